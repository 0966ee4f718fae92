"""The last metre: every card is scanned, named by its class, and given to the right person.

Where no scanner reads it, its chip tells which card it is, or two officers read its number.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from db.trail import Wanted, look
from desktop.cards.chip.profiles import ChipProfile
from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable, SignerRevoked
from desktop.domain.application import (
    Application,
    CardMisread,
    CardSwapped,
    CardUnproven,
    Delivery,
    NoHandoverYet,
    OtherCardRead,
    ProxyLetterMissing,
    ProxyUnnamed,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import CardFact
from desktop.domain.correction import LicenceNotGood, OldCardNotTaken
from desktop.domain.officer import Actor, SameOfficer
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import CardKnownBy, OldCardSeen, OverrideReason
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.workflow import APPLICATION, Action, Gate, NoSuchStep
from desktop.ledger import Reading, Writing
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require, serial_digest
from desktop.services.finishing import SERIAL
from desktop.services.old_cards import old_card_due, set_aside_old, take_unread
from desktop.services.parcels import collected, to_collect
from desktop.services.queue import end_visit
from devices.device import Cancel, DeviceKind
from devices.errors import Garbage

CHIP_SECONDS = 10.0
CARD_SECONDS = 15.0
CHIP_REFUSED = "card.chip_refused"
"""The act of reading a chip at the handover that couldn't prove what it says."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who takes the card: the person, or somebody with a letter."""

    is_holder: bool = True
    name: str = ""
    letter: str = ""
    relation: str = ""


class Handover:
    """Acts at the collection desk."""

    def __init__(self, frame: Frame, chip: ChipProfile, approvals: Approvals) -> None:
        self._frame = frame
        self._chip = chip
        self._approvals = approvals

    def due(self, visit_id: str) -> list[Application]:
        """Cards of this visit that wait to be handed over."""
        with self._frame.ledger.reading() as r:
            return r.find(Application, visit_id=visit_id, state=S.READY)

    def find_card(self, serial: str) -> Application | None:
        """Whose card a scanned serial is, spoiled ones too; any card lying about can be asked."""
        with self._frame.ledger.reading() as r:
            app = r.first(Application, blank_serial=serial)
            if app is None:
                blank = r.look(Blank, serial)
                app = r.look(Application, blank.application_id) if blank else None
            return app

    def knows(self, serial: str) -> bool:
        """Whether a code is a card's or a blank's number on this office's books."""
        with self._frame.ledger.reading() as r:
            return (
                r.look(Blank, serial) is not None
                or r.first(Application, blank_serial=serial) is not None
                or r.first(Licence, blank_serial=serial) is not None
            )

    def read_card(self, cancel: Cancel = None) -> str:
        """The serial that the chip of a card on the desk's reader tells; empty for a fresh blank.

        Raises the reader's faults; Garbage where the chip holds something else; ChipUnreadable
        and ChipNotGenuine where it can't prove what it says.
        """
        return self._proven(self._image(cancel))

    def read_due(self, by: Actor, application_id: str, cancel: Cancel = None) -> str:
        """As `read_card`, of the card that this case waits for; a chip refused is on record.

        It keeps this case's card here, whatever number it tells: a forged card may tell any. Where
        another card lay there by mistake, the right one's chip says so.
        """
        image = b""
        try:
            image = self._image(cancel)
            return self._proven(image)
        except (ChipUnreadable, ChipNotGenuine) as problem:
            with self._frame.ledger.acting(by) as w:
                app = w.get(Application, application_id)
                found = [str(_refused_as(problem))]
                told: dict[str, object] = {"serial": app.blank_serial, "found": found}
                claimed = self._claimed(image)[:40]
                if claimed not in ("", app.blank_serial):
                    told["claimed"] = claimed
                w.record(CHIP_REFUSED, app.id, told)
            raise

    def _image(self, cancel: Cancel) -> bytes:
        """What the chip of the card on the desk's reader holds."""
        with self._frame.hub.desk_reader() as reader:
            reader.wait_card(timeout=CARD_SECONDS, cancel=cancel)
            return self._chip.read(reader, timeout=CHIP_SECONDS, cancel=cancel)

    def _proven(self, image: bytes) -> str:
        """The serial that an image tells and proves."""
        if not image:
            return ""
        self._chip.verify(image)
        return self._serial_in(image)

    def _claimed(self, image: bytes) -> str:
        """The serial that a refused image tells, proven or not; empty where it tells none."""
        try:
            return _folded(self._serial_in(image)) if image else ""
        except (ChipUnreadable, ChipNotGenuine, Garbage):
            return ""

    def _serial_in(self, image: bytes) -> str:
        try:
            content = self._chip.told(image)
            told: dict[str, str] = msgspec.json.decode(content, type=dict[str, str])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Garbage(DeviceKind.CARD_READER, "read_file") from error
        return told.get("serial", "")

    def hand_over(
        self,
        by: Actor,
        application_id: str,
        scanned_serial: str,
        recipient: Recipient | None = None,
        known_by: CardKnownBy | None = None,
    ) -> Application:
        """Hand over one card that was scanned, or whose chip was read (`known_by`).

        Raises CardSwapped (another case's card, its class named; OtherCardRead or CardMisread where
        its chip told that), UnknownBlank, NoHandoverYet (JKN arrears), Blocked (a hold from the
        centre), LicenceNotGood (flagged meanwhile), OldCardNotTaken, ProxyLetterMissing,
        ProxyUnnamed, CardUnproven, StaleCase;
        CardNotChecked for one that came back in a parcel and wasn't found good since.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if scanned_serial != app.blank_serial:
                other = w.first(Application, blank_serial=scanned_serial)
                if known_by is not None:
                    raise _misread(scanned_serial, other)
                self._refuse(app, other)
                if w.look(Blank, scanned_serial) is None:
                    raise UnknownBlank(serial=scanned_serial)
                raise CardSwapped(app.blank_serial, scanned_serial, "", "blank")
            return self._give(w, by, app, recipient or Recipient(), known_by)

    def take_old(self, by: Actor, application_id: str, why: str) -> None:
        """The card that this case replaces was taken in, though no machine reads it.

        Raises OldCardNotTaken where a damaged one is said to be lost.
        """
        coded = OldCardSeen(why)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            step = APPLICATION.find(app.state, Action.HAND_OVER, self._frame.facts(app, by))
            if step is None:
                raise NoSuchStep(state=app.state, action=Action.HAND_OVER)
            require(by, *step.roles)
            take_unread(w, self._frame, app, coded)

    def check_read(
        self, by: Actor, application_id: str, number: str, recipient: Recipient | None = None
    ) -> None:
        """What a second officer needn't come for: the number read is wrong, or the card stays here.

        A number that isn't this card's is on record. Raises CardMisread, OtherCardRead, and what
        `hand_over` raises.
        """
        self._compare(by, application_id, number)
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            step = APPLICATION.find(app.state, Action.HAND_OVER, self._frame.facts(app, by))
            if step is not None:
                require(by, *step.roles)
            self._may_go(r, app, recipient or Recipient(), CardKnownBy.TWO_READERS)
            to_collect(r, app)

    def hand_over_read(
        self,
        by: Actor,
        second: Actor,
        application_id: str,
        numbers: tuple[str, str],
        recipient: Recipient | None = None,
    ) -> Application:
        """Hand over a card that no machine reads: each officer read its number, and both sign so.

        Raises SameOfficer, CardMisread, OtherCardRead, and what `hand_over` raises.
        """
        if by.officer == second.officer:
            raise SameOfficer
        for actor, number in zip((by, second), numbers, strict=True):
            self._compare(by, application_id, number, actor)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            serial = app.blank_serial
            if any(_folded(number) != serial for number in numbers):
                # Another card was made for the case since the numbers were compared.
                raise CardMisread(found=_folded(numbers[0]))
            digest = serial_digest(app.id, serial)
            signed = tuple(
                self._approvals.sign(w, actor, SERIAL, app.id, digest) for actor in (by, second)
            )
            reason = OverrideReason.SERIAL_READ_BY_TWO
            told = {"serial": serial, "reason": reason, "second_officer": second.officer}
            w.record("blank.read_by_two", serial, told, signed)
            return self._give(w, by, app, recipient or Recipient(), CardKnownBy.TWO_READERS)

    def _compare(
        self, by: Actor, application_id: str, number: str, reader: Actor | None = None
    ) -> None:
        """Refuse a number that isn't on this case's card; that it was read is on record then."""
        found, who = _folded(number), (reader or by).officer
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if found == app.blank_serial:
                return
            other = w.first(Application, blank_serial=found)
            w.record("card.misread", app.id, {"serial": found[:40], "read_by": who})
        raise _misread(found, other)

    def _may_go(
        self, r: Reading, app: Application, to: Recipient, known_by: CardKnownBy | None
    ) -> Licence:
        """The licence whose card may go over the counter now."""
        if known_by is not CardKnownBy.CHIP and self._chip_refused(r, app):
            raise CardUnproven
        self._frame.refuse_held(r, app.nik)
        if app.jkn_hold:
            raise NoHandoverYet
        if old_card_due(r, self._frame, app):
            raise OldCardNotTaken
        if not to.is_holder and not to.letter.strip():
            raise ProxyLetterMissing
        if not to.is_holder and not to.name.strip():
            raise ProxyUnnamed(field="name")
        licence = r.look(Licence, app.licence_id) if app.licence_id else None
        if licence is None:
            raise NoSuchStep(state=app.state, action=Action.HAND_OVER)
        if licence.status is not LicenceStatus.VALID:
            raise LicenceNotGood(status=licence.status)
        return licence

    def _chip_refused(self, r: Reading, app: Application) -> bool:
        """Whether a chip that was read as this card's couldn't prove what it says."""
        wanted = Wanted(acts=(CHIP_REFUSED,), subjects=(app.id,))
        lines = look(r.conn, self._frame.counter, wanted)
        return any((line.content or {}).get("serial") == app.blank_serial for line in lines)

    def _give(
        self,
        w: Writing,
        by: Actor,
        app: Application,
        to: Recipient,
        known_by: CardKnownBy | None,
    ) -> Application:
        frame = self._frame
        w.change(self._may_go(w, app, to, known_by), handed_over_at=frame.now())
        told = {"serial": app.blank_serial, "holder": to.is_holder, "letter": to.letter,
                "relation": to.relation}  # fmt: skip
        app = frame.move(
            w, app, Action.HAND_OVER,
            also=(Gate.CARD_SCANNED, Gate.RECIPIENT),
            told=told if known_by is None else {**told, "known_by": known_by},
            handed_to="" if to.is_holder else to.name,
            delivery=Delivery.COLLECT if to.is_holder else Delivery.PROXY,
        )  # fmt: skip
        collected(frame, w, app)
        set_aside_old(w, frame, by, app)
        app = frame.move(w, app, Action.CLOSE)
        end_visit(frame, w, app)
        return app

    @staticmethod
    def _refuse(app: Application, other: Application | None) -> None:
        if other is not None:
            raise CardSwapped(
                expected=app.blank_serial,
                found=other.blank_serial,
                found_class=str(other.licence_class),
            )


def _refused_as(problem: ChipUnreadable | ChipNotGenuine) -> CardFact:
    if isinstance(problem, SignerRevoked):
        return CardFact.CHIP_SIGNER_REVOKED
    return CardFact.CHIP_FORGED if isinstance(problem, ChipNotGenuine) else CardFact.CHIP_UNREADABLE


def _misread(found: str, other: Application | None) -> CardMisread:
    """The number isn't this case's; the right one is named to nobody, as two may read it next."""
    if other is None:
        return CardMisread(found=found[:40])
    return OtherCardRead(found=found[:40], found_class=str(other.licence_class))


def _folded(number: str) -> str:
    """A number as it was read off a card, however it was grouped."""
    return "".join(number.split()).upper()
