"""From a case to everything that the machines need: both faces and the chip's file."""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass, replace

import rfc8785

from desktop.cards.chip.groups import ChipRecord
from desktop.cards.chip.pictures import PORTRAIT, SIGNATURE, jpeg
from desktop.cards.chip.profiles import ChipProfile, TrivialProfile
from desktop.cards.face import Faces, render
from desktop.cards.inspection.facts import Ordered
from desktop.cards.layout import Layout
from desktop.cards.record import CardRecord
from desktop.documents.sim import chip_content
from desktop.domain.application import Application
from desktop.domain.errors import Problem
from desktop.domain.person import Sex
from desktop.domain.realm import Realm
from desktop.domain.sim_number import scheme_of
from desktop.pictures import open_picture
from desktop.services.base import Frame, content_digest
from desktop.services.licences import Licences
from desktop.services.sealing import NO_SERIAL, Sealing
from devices.errors import AuthenticationFailed, CardFault, ChipFull

KEPT = 4
"""Drawn cards that are kept: a visit's few cases, shown at each step until they are printed."""

ISO_SEX = {Sex.MALE: 1, Sex.FEMALE: 2}
"""ISO/IEC 5218."""

PRINTED_SEX = {Sex.MALE: "LAKI-LAKI", Sex.FEMALE: "PEREMPUAN"}


def card_record(
    app: Application,
    *,
    realm: Realm,
    office: str,
    polda: str,
    photo: bytes,
    signature: bytes | None,
    seal: str,
) -> CardRecord:
    """Both faces of an application's card. ValueError before its dates are set."""
    if app.issue_on is None or app.valid_until is None:
        raise ValueError("a card needs its dates")
    who = app.applicant
    return CardRecord(
        realm=realm,
        number=app.sim_number or app.nik,
        scheme=scheme_of(app.sim_number or app.nik),
        licence_class=app.licence_class,
        name=who.name.upper(),
        birth_place=who.birth_place.upper(),
        birth_date=who.birth_date,
        blood_group=who.blood_type,
        sex=PRINTED_SEX[who.sex],
        address=(who.address.upper(),),
        occupation=who.occupation.upper(),
        office=office,
        polda=polda,
        issued_on=app.issue_on,
        valid_until=app.valid_until,
        photo=photo,
        signature=signature,
        blank_serial=app.blank_serial,
        seal=seal,
    )


def chip_record(card: CardRecord, app: Application, told: bytes) -> ChipRecord:
    """What the chip of a card says: the same as its faces, the pictures made smaller."""
    return ChipRecord(
        number=card.number,
        name=card.name,
        birth_date=card.birth_date,
        birth_place=card.birth_place,
        sex=ISO_SEX[app.applicant.sex],
        address="; ".join(card.address),
        licence_class=str(card.licence_class),
        issued_on=card.issued_on,
        valid_until=card.valid_until,
        office=card.office,
        polda=card.polda,
        serial=card.blank_serial,
        portrait=jpeg(card.photo, PORTRAIT),
        signature=jpeg(card.signature, SIGNATURE) if card.signature else b"",
        domestic=told,
    )


@dataclass(frozen=True, slots=True)
class MadeCard:
    """What goes to the printer and the chip; digests go into the journal."""

    front: bytes
    back: bytes
    chip: bytes
    faces_digest: str
    chip_digest: str
    layout: str
    """Name and version of the layout that drew it."""

    def told(self, uid: str) -> dict[str, str]:
        """What the journal tells of it, beside the chip that it went into."""
        faces, layout = self.faces_digest, self.layout
        return {"uid": uid, "chip": self.chip_digest, "faces": faces, "layout": layout}


class ChipDiffers(Problem):
    """What was read back from the chip isn't what was written.

    `reason` is "order" where it is a holder's card: nothing was noted, and no blank is lost.
    """

    reason: str = ""


def bad_blank(fault: Exception | None) -> bool:
    """Whether a chip failed in the printer that another blank may have whole.

    The fault's own remedy is for a card on the reader: it would lay down what is thrown away.
    """
    ours = isinstance(fault, AuthenticationFailed | ChipFull)  # the next blank's chip as well
    return isinstance(fault, CardFault | ChipDiffers) and not ours


class CardMaker:
    """Draws cards of cases by one layout."""

    def __init__(
        self,
        frame: Frame,
        layout: Layout,
        licences: Licences,
        sealing: Sealing,
        chip: ChipProfile | None = None,
    ) -> None:
        self.chip = chip or TrivialProfile()
        self._frame = frame
        self._sealing = sealing
        self._layout = layout
        self._licences = licences
        self._lock = threading.Lock()
        self._last: dict[CardRecord, tuple[bytes, bytes, str]] = {}

    def make(self, app: Application) -> MadeCard:
        """Faces and chip file of a case whose dates are set.

        Raises the face's own problems (DoesNotFit, CannotPrintCharacters) and NoSealKey.
        """
        record, digest = self._record(app)
        front, back, faces_digest = self._drawn(record)
        chip = self._image(app, record, digest)
        chip_digest = hashlib.sha256(chip).hexdigest()
        return MadeCard(front, back, chip, faces_digest, chip_digest, self._layout.title)

    def chip_image(self, app: Application) -> bytes:
        """What the chip of that card holds; its faces aren't drawn."""
        return self._image(app, *self._record(app))

    def seal_of(self, app: Application) -> str:
        """What a scanner reads from the code on that card. Raises NoSealKey, SealKeyRevoked."""
        return self._record(app)[0].seal

    def _record(self, app: Application) -> tuple[CardRecord, str]:
        frame = self._frame
        with frame.ledger.reading() as r:
            photo = r.blob(app.photo)
            signature = on_white(r.blob(app.signature)) if app.signature else None
        record = card_record(
            app,
            realm=frame.realm,
            office=frame.place.office_name,
            polda=frame.place.polda,
            photo=photo,
            signature=signature,
            seal=self._sealing.card(app, photo, self._layout.seal_profile),
        )
        return record, content_digest(app)

    def _image(self, app: Application, record: CardRecord, digest: str) -> bytes:
        told = rfc8785.dumps(chip_content(app, self._frame.realm, digest))
        return self.chip.build(told, lambda: chip_record(record, app, told))

    def _drawn(self, record: CardRecord) -> tuple[bytes, bytes, str]:
        """Both faces as PNG and their digest; the last few are kept, since steps look again."""
        with self._lock:
            found = self._last.get(record)
        if found is None:
            faces = render(record, self._layout)
            found = (*faces.png(), faces.digest)
            with self._lock:
                self._last[record] = found
                while len(self._last) > KEPT:
                    del self._last[next(iter(self._last))]
        return found

    def ordered(self, app: Application) -> Ordered:
        """What a finished card is compared with: its record, and its faces as they were printed."""
        record, _ = self._record(app)
        front, back, digest = self._drawn(record)
        faces = Faces(
            open_picture(front).convert("RGB"), open_picture(back).convert("RGB"),
            self._layout.title, self._layout.dpi, digest,
        )  # fmt: skip
        return Ordered(record, faces, self._layout)

    def preview(self, app: Application) -> MadeCard:
        """The card as it would be printed today, for the applicant's and approver's eyes."""
        if app.issue_on is None or app.valid_until is None or not app.blank_serial:
            with self._frame.ledger.reading() as r:
                dates = self._licences.dates(r, app)
            app = replace(
                app,
                issue_on=dates.issued_on,
                valid_until=dates.valid_until,
                sim_number=dates.sim_number,
                blank_serial=app.blank_serial or NO_SERIAL,
            )
        return self.make(app)


def on_white(picture: bytes) -> bytes:
    """A signature's ink on white paper: the pad's picture is transparent."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        if image.mode not in {"RGBA", "LA"}:
            return picture
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()
