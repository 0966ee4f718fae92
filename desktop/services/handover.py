"""The last metre: every card is scanned, named by its class, and given to the right person."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from desktop.cards.chip.profiles import ChipProfile
from desktop.domain.application import (
    Application,
    CardSwapped,
    Delivery,
    NoHandoverYet,
    ProxyLetterMissing,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import LicenceNotGood
from desktop.domain.officer import Actor
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.workflow import Action, Gate, NoSuchStep
from desktop.services.base import Frame
from desktop.services.parcels import collected
from desktop.services.queue import end_visit
from devices.device import DeviceKind
from devices.errors import Garbage

CHIP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who takes the card: the person, or somebody with a letter."""

    is_holder: bool = True
    name: str = ""
    letter: str = ""
    relation: str = ""


class Handover:
    """Acts at the collection desk."""

    def __init__(self, frame: Frame, chip: ChipProfile) -> None:
        self._frame = frame
        self._chip = chip

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

    def read_card(self) -> str:
        """The serial that the chip of a card on the desk's reader tells; empty for a fresh blank.

        Raises the reader's faults; Garbage where the chip holds something else; ChipUnreadable
        and ChipNotGenuine where it can't prove what it says.
        """
        with self._frame.hub.desk_reader() as reader:
            image = self._chip.read(reader, timeout=CHIP_SECONDS)
        if not image:
            return ""
        self._chip.verify(image)
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
    ) -> Application:
        """Hand over one scanned card.

        Raises CardSwapped (another case's card, its class named), UnknownBlank, NoHandoverYet (JKN
        arrears), Blocked (a hold from the centre), LicenceNotGood (flagged meanwhile),
        ProxyLetterMissing, StaleCase; CardNotChecked for one that came back in a parcel and wasn't
        found good since.
        """
        frame = self._frame
        to = recipient or Recipient()
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if scanned_serial != app.blank_serial:
                self._refuse(app, w.first(Application, blank_serial=scanned_serial))
                if w.look(Blank, scanned_serial) is None:
                    raise UnknownBlank(serial=scanned_serial)
                raise CardSwapped(expected=app.blank_serial, found=scanned_serial, found_class="")
            frame.refuse_held(w, app.nik)
            if app.jkn_hold:
                raise NoHandoverYet
            if not to.is_holder and not (to.letter.strip() and to.name.strip()):
                raise ProxyLetterMissing
            licence = w.look(Licence, app.licence_id) if app.licence_id else None
            if licence is None:
                raise NoSuchStep(state=app.state, action=Action.HAND_OVER)
            if licence.status is not LicenceStatus.VALID:
                raise LicenceNotGood(status=licence.status)
            w.change(licence, handed_over_at=frame.now())
            app = frame.move(
                w, app, Action.HAND_OVER,
                also=(Gate.CARD_SCANNED, Gate.RECIPIENT),
                told={"serial": scanned_serial, "holder": to.is_holder, "letter": to.letter,
                      "relation": to.relation},
                handed_to="" if to.is_holder else to.name,
                delivery=Delivery.COLLECT if to.is_holder else Delivery.PROXY,
            )  # fmt: skip
            collected(frame, w, app)
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
