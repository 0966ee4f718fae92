"""Reading a card that is brought to the counter: at the intake, the returns desk, the card desk.

Its chip proves itself or doesn't, its seal is judged by the keys at hand, both are held against
each other and against the books, and the face on the chip is shown beside the record and beside
whoever sits here. What comes of it are findings (`desktop.domain.card_reading`); the officer looks
and acts. A reader that can't answer is told and changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from desktop.cards.chip.profiles import ChipProfile
from desktop.cards.seal import CardStatement
from desktop.cards.seal_check import SealFault, SealVerdict, check
from desktop.domain.application import Application, Visit
from desktop.domain.card_reading import (
    ABOUT_THE_HOLDER,
    DOUBTFUL,
    CardFact,
    CardFinding,
    ChipWanted,
    NoCodeSeen,
    Weight,
)
from desktop.domain.officer import Actor
from desktop.domain.person import Hold, Licence, Person
from desktop.domain.revocation import RevokedKind
from desktop.domain.sim_number import digits_of
from desktop.domain.stock import Blank
from desktop.domain.violations import CardOrder, PointsVerdict
from desktop.ledger import Reading
from desktop.services.base import Frame
from desktop.services.card_code import OWN_CODE
from desktop.services.card_compare import Books, disagreements, standing, whose
from desktop.services.card_orders import CardOrders
from desktop.services.chip_asking import ChipAnswer, ChipAsking
from desktop.services.likeness import score_of
from desktop.services.sealing import Sealing
from devices.device import Cancel
from devices.errors import (
    DeviceFault,
)

READ = "card.read"
"""The act of reading a card."""

CAMERA_SECONDS = 10.0

UNLIKE = 35
"""A score of likeness (0 to 100, 50 the network's own limit) under which the officer is warned.

Lower than the limit, because the portrait on a chip is small and may be five years old; the figure
is a guess that no measurement on real faces stands behind.
"""


class FaceOf(StrEnum):
    """Where a face comes from."""

    CHIP = "chip"
    SEAL = "seal"
    RECORD = "record"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class CardFace:
    """One face; `score` is its likeness to the first of them, None where none can be had."""

    source: FaceOf
    picture: bytes = field(repr=False)
    score: int | None = None


@dataclass(frozen=True, slots=True)
class ReadCard:
    """A card that was read, whole. `fault` is the reader's, where the chip couldn't be asked."""

    serial: str
    chip: ChipAnswer
    seal: SealVerdict | None
    books: Books
    findings: tuple[CardFinding, ...]
    faces: tuple[CardFace, ...] = ()
    waiting: CardOrder | None = None
    """The centre's order that this card's chip doesn't carry yet."""

    @property
    def sealed(self) -> CardStatement | None:
        """What the seal states, once its signature holds."""
        return believed(self.seal)

    @property
    def worst(self) -> Weight:
        """The heaviest finding's weight."""
        weights = {finding.weight for finding in self.findings}
        return next((w for w in (Weight.BAD, Weight.ATTEND) if w in weights), Weight.GOOD)

    @property
    def stops(self) -> bool:
        """Whether the card itself is good, and something else speaks against going on."""
        bad = [finding for finding in self.findings if finding.weight is Weight.BAD]
        return bool(bad) and all(finding.code in ABOUT_THE_HOLDER for finding in bad)

    @property
    def nothing(self) -> bool:
        """Whether neither chip nor code was read, and no book names a card to judge."""
        unread = self.chip.code in (CardFact.CHIP_NONE, CardFact.CHIP_NOT_READ)
        return unread and self.seal is None and not self.serial and not self.books.known

    @property
    def fault(self) -> DeviceFault | None:
        return self.chip.fault

    def has(self, code: CardFact) -> bool:
        """Whether this was found."""
        return any(finding.code is code for finding in self.findings)


class CardReadings:
    """Reads cards. Safe from any thread; the chip is read in the caller's."""

    def __init__(
        self,
        frame: Frame,
        sealing: Sealing,
        profiles: Sequence[ChipProfile],
        orders: CardOrders,
    ) -> None:
        self._frame = frame
        self._sealing = sealing
        self._orders = orders
        self._chips = ChipAsking(frame, profiles, orders)

    def read_card(
        self,
        by: Actor,
        code: str = "",
        *,
        visit_id: str = "",
        nik: str = "",
        birth: date | None = None,
        subject: str = "",
        chip: ChipWanted = ChipWanted.WAIT,
        live: bytes = b"",
        cancel: threading.Event | None = None,
    ) -> ReadCard:
        """Read the card on the desk's reader and judge the code scanned from it.

        `code` is a seal's text, a blank's serial, or a printed number. `nik` and `birth` are of
        whoever stands here, where that is known (or `visit_id`, whose they are); `live` is who sits
        before the camera; `subject` is the case that it is about. Raises Cancelled and nothing
        else: what is wrong is found, not raised.
        """
        answer = self._chips.ask(chip, cancel)
        verdict = self._judge(code)
        with self._frame.ledger.reading() as r:
            if visit_id and not nik:
                visit = r.look(Visit, visit_id)
                person = r.look(Person, visit.person_id) if visit and visit.person_id else None
                if person is not None:
                    nik, birth = person.nik, person.applicant.birth_date
            serial = self._serial(answer, verdict, code)
            books = _books(r, serial, code, answer, verdict)
        serial = serial or (books.licence.blank_serial if books.licence else "")
        found = self._findings(answer, verdict, books, code, nik, birth)
        waiting = self._waiting(answer, found)
        if waiting is not None:
            found.append(_awaited(waiting))
        faces = _faces(answer, believed(verdict), books, live)
        if any(face.score is not None and face.score < UNLIKE for face in faces):
            found.append(CardFinding(CardFact.FACES_UNLIKE))
        read = ReadCard(serial, answer, verdict, books, tuple(found), faces, waiting)
        self._keep(by, read, subject)
        return read

    def code_before_camera(self, cancel: Cancel = None) -> str:
        """The seal on the card that is held before the camera. Raises NoCodeSeen, its faults."""
        import io

        import zxingcpp
        from PIL import Image, UnidentifiedImageError

        with self._frame.hub.camera() as camera:
            picture = camera.capture(timeout=CAMERA_SECONDS, cancel=cancel)
        try:
            with Image.open(io.BytesIO(picture)) as image:
                seen = zxingcpp.read_barcodes(image.convert("L"))
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise NoCodeSeen from error
        texts = [one.text for one in seen if one.text.startswith(OWN_CODE)]
        if not texts:
            raise NoCodeSeen
        return texts[0]

    # -- the seal --------------------------------------------------------------------------

    def _judge(self, code: str) -> SealVerdict | None:
        if not code.strip().startswith(OWN_CODE):
            return None
        now = self._frame.now()
        return check(code.strip(), self._sealing.verifying_keys(now), now)

    def _serial(self, chip: ChipAnswer, seal: SealVerdict | None, code: str) -> str:
        """Which card it is: by its chip, else by its seal, else as it was scanned or typed."""
        if chip.said is not None:
            return chip.said.serial
        stated = seal.statement if seal is not None else None
        if isinstance(stated, CardStatement):
            return stated.serial
        plain = code.strip().upper()
        return "" if plain.startswith(OWN_CODE) else plain

    # -- judging ---------------------------------------------------------------------------

    def _findings(
        self,
        chip: ChipAnswer,
        seal: SealVerdict | None,
        books: Books,
        scanned: str,
        nik: str,
        birth: date | None,
    ) -> list[CardFinding]:
        facts: dict[str, object] = {"part": chip.part or "–"}
        if chip.revoked is not None:
            facts |= {"at": chip.revoked.at, "order": chip.revoked.order}
        found = [CardFinding(chip.code, facts=facts), _sealed(seal)]
        told = chip.said if chip.code is not CardFact.CHIP_UNREADABLE else None
        stated = believed(seal)
        found += disagreements(told, stated, books)
        if self._rewritten(chip, books):
            found.append(CardFinding(CardFact.CHIP_NOT_AS_WRITTEN))
        until = told.valid_until if told else stated.valid_until if stated else None
        chip_spoke = chip.code not in (CardFact.CHIP_NOT_READ, CardFact.CHIP_NONE)
        if chip_spoke or seal is not None or scanned.strip():
            found += whose(nik, birth, told, stated, books)  # else there is no card to speak of
        found += standing(books, until, self._frame.today())
        found += self._taken_back(chip, stated, books)
        if chip.order_bad:
            found.append(CardFinding(CardFact.POINTS_FORGED, facts={"part": chip.order_bad}))
        elif chip.order is not None:
            code = {
                PointsVerdict.CLEAR: CardFact.POINTS_CLEAR,
                PointsVerdict.WARN: CardFact.POINTS_WARN,
                PointsVerdict.BLOCKED: CardFact.POINTS_BLOCKED,
            }[chip.order.verdict]
            found.append(CardFinding(code, facts={"count": len(chip.order.violations)}))
        return found

    def _waiting(self, chip: ChipAnswer, found: Sequence[CardFinding]) -> CardOrder | None:
        """What the centre ordered for a card that proves to be the one. A list on it that nobody
        signed is no hindrance: the order stands for it.
        """
        doubts = {finding.code for finding in found} & (DOUBTFUL - {CardFact.POINTS_FORGED})
        if chip.said is None or chip.code is not CardFact.CHIP_PROVEN or doubts:
            return None
        return self._orders.waiting(chip.said.serial, chip.order)

    def _taken_back(
        self, chip: ChipAnswer, seal: CardStatement | None, books: Books
    ) -> list[CardFinding]:
        """A card or a licence that the centre revoked."""
        serials = {chip.said.serial if chip.said else "", seal.serial if seal else ""}
        named = [(RevokedKind.CARD, serial) for serial in sorted(serials) if serial]
        if books.licence is not None:
            named.append((RevokedKind.LICENCE, books.licence.id))
        gone = [self._frame.revoked.of(kind, key) for kind, key in named]
        return [
            CardFinding(CardFact.REVOKED_BY_ORDER, facts={"at": one.since, "order": one.order})
            for one in gone
            if one is not None
        ]

    def _rewritten(self, chip: ChipAnswer, books: Books) -> bool:
        """Whether the chip of a card that was made here says anything but what was written."""
        return chip.said is not None and self.as_written(chip.told, books.app) is False

    def as_written(self, told: bytes, app: Application | None) -> bool | None:
        """Whether a chip tells exactly what was written for a case; None where it isn't known."""
        import rfc8785

        from desktop.documents.sim import chip_content
        from desktop.services.base import content_digest

        if app is None or app.issue_on is None:
            return None
        said = rfc8785.dumps(chip_content(app, self._frame.realm, content_digest(app)))
        return told == said

    def _keep(self, by: Actor, read: ReadCard, subject: str) -> None:
        with self._frame.ledger.acting(by) as w:
            w.record(
                READ,
                subject or (read.books.licence.id if read.books.licence else read.serial[:40]),
                {
                    "serial": read.serial[:40],
                    "found": [str(finding.code) for finding in read.findings],
                    "differs": sorted({str(f) for one in read.findings for f in one.fields}),
                    "scores": {str(f.source): f.score for f in read.faces if f.score is not None},
                },
            )


def believed(verdict: SealVerdict | None) -> CardStatement | None:
    """What a card's seal states, once a key that we know has signed it."""
    if verdict is None or verdict.key is None or verdict.fault is SealFault.BAD_SIGNATURE:
        return None
    return verdict.statement if isinstance(verdict.statement, CardStatement) else None


def _awaited(order: CardOrder) -> CardFinding:
    """What the centre says of the holder counts before the chip says it too."""
    blocked = order.verdict is PointsVerdict.BLOCKED
    code = CardFact.ORDER_WAITS_BLOCKED if blocked else CardFact.ORDER_WAITS
    facts: dict[str, object] = {"number": order.sequence, "verdict": order.verdict}
    return CardFinding(code, facts=facts | {"count": len(order.violations)})


_SEAL_FACTS = {
    SealFault.NOT_A_SEAL: CardFact.SEAL_BROKEN,
    SealFault.BAD_SIGNATURE: CardFact.SEAL_BROKEN,
    SealFault.UNKNOWN_KEY: CardFact.SEAL_KEY_UNKNOWN,
    SealFault.OTHER_REALM: CardFact.SEAL_OTHER_REALM,
    SealFault.KEY_STOLEN: CardFact.SEAL_KEY_WITHDRAWN,
    SealFault.KEY_SUPERSEDED: CardFact.SEAL_KEY_WITHDRAWN,
    SealFault.KEY_NOT_YET: CardFact.SEAL_KEY_DATES,
    SealFault.KEY_ENDED: CardFact.SEAL_KEY_DATES,
    SealFault.WITHDRAWN: CardFact.SEAL_CARD_WITHDRAWN,
    SealFault.NOT_FOR_PEOPLE: CardFact.SEAL_OF_PAPER,
}


_BY_ORDER = (SealFault.KEY_STOLEN, SealFault.KEY_SUPERSEDED)


def _sealed(verdict: SealVerdict | None) -> CardFinding:
    if verdict is None:
        return CardFinding(CardFact.SEAL_NOT_READ)
    gone = verdict.key.withdrawn if verdict.key is not None else None
    if verdict.fault in _BY_ORDER and gone is not None and gone.order:
        return CardFinding(CardFact.SEAL_KEY_REVOKED, facts={"at": gone.at, "order": gone.order})
    if verdict.fault is not None:
        return CardFinding(_SEAL_FACTS[verdict.fault])
    card = isinstance(verdict.statement, CardStatement)
    return CardFinding(CardFact.SEAL_GOOD if card else CardFact.SEAL_OF_PAPER)


def _books(r: Reading, serial: str, code: str, chip: ChipAnswer, seal: SealVerdict | None) -> Books:
    """What this office has of a card: by its serial, or by a printed number that was typed."""
    licence = r.first(Licence, blank_serial=serial) if serial else None
    if licence is None and chip.said is None and seal is None:
        digits = digits_of(code)
        licence = r.first(Licence, sim_number=digits) if len(digits) in (12, 14) else None
    blank = r.look(Blank, serial) if serial else None
    case = licence.application_id if licence else (blank.application_id if blank else "")
    app = r.look(Application, case) if case else None
    if app is not None and licence is None and app.licence_id:
        licence = r.look(Licence, app.licence_id)
        # The case has another card by now; this one was spoiled on the way.
        licence = licence if licence is not None and licence.blank_serial == serial else None
    known = licence.person_id if licence else (app.person_id if app else "")
    person = r.look(Person, known) if known else None
    photo = (licence.photo if licence else "") or (app.photo if app else "")
    holds = tuple(r.find(Hold, nik=person.nik, active=True)) if person is not None else ()
    return Books(licence, blank, app, person, holds, r.picture(photo))


def _faces(
    chip: ChipAnswer, seal: CardStatement | None, books: Books, live: bytes
) -> tuple[CardFace, ...]:
    """The faces that there are, each held against the first by a network's hint."""
    pictures = [
        (FaceOf.CHIP, chip.said.portrait if chip.said is not None else b""),
        (FaceOf.SEAL, seal.face if seal is not None else b""),
        (FaceOf.RECORD, books.photo),
        (FaceOf.LIVE, live),
    ]
    there = [(source, picture) for source, picture in pictures if picture]
    # A seal's face is 56 pixels wide: for the eye, not for the network.
    first = next((p for source, p in there if source is not FaceOf.SEAL), b"")
    return tuple(
        CardFace(
            source,
            picture,
            score_of(first, picture)
            if source is not FaceOf.SEAL and picture is not first
            else None,
        )
        for source, picture in there
    )
