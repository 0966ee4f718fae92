"""Parcels that came back: scan, look at the seal, open by two, compare the card, decide."""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.application import Application
from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import Actor, Officer
from desktop.domain.reasons import DestroyReason, ReprintReason, ReturnReason
from desktop.domain.shipment import (
    Address,
    ContactResult,
    ContactWay,
    Manifest,
    Parcel,
    ReturnCase,
    ReturnState,
)
from desktop.notices import DutyChanged, Notice, ShipmentMoved
from desktop.presenters.base import Presenter
from desktop.presenters.returns_problems import (
    NewWaybillNext,
    ReturnReasonMissing,
    SealNotJudged,
)
from desktop.presenters.returns_view import (
    OpenReturn,
    ReturnFilter,
    ReturnLine,
    ReturnStep,
    ReturnsView,
)
from desktop.presenters.walkin_card import card_serial
from desktop.services.desk import Desk
from desktop.services.paper_forms import courier_label
from desktop.services.papers import MadePaper
from desktop.services.returns import AgedReturn, CardCheck

CAMERA, READER, PRINTER = "camera", "desk_reader", "document_printer"
CAPTURE_SECONDS = 10.0

_End = Callable[[Actor, Actor, ReturnCase], object]
_Make = Callable[[], MadePaper]


class Returns(Presenter[ReturnsView]):
    """Answers the returns screen."""

    hears = (ShipmentMoved, DutyChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, ReturnsView())

    # -- reading ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """The list; `payload` (a return's id or a waybill) is opened."""
        self.refresh()
        if isinstance(payload, str) and payload:
            self._open_or_receive(payload)

    def heard(self, notice: Notice) -> None:
        if not self.view.doing:
            self.refresh()

    def refresh(self) -> None:
        """Read the shelf anew, and the return on show."""
        wanted, shown = self.view.filter, self.view.open

        def look() -> dict[str, object]:
            ageing = self.desk.returns.ageing()
            recalled = self.desk.returns.cases(ReturnState.RECALLED)
            groups = {
                ReturnFilter.WAITING: [a for a in ageing if not _held(a)],
                ReturnFilter.HELD: [a for a in ageing if _held(a)],
                ReturnFilter.LATE: [a for a in ageing if a.alarm],
                ReturnFilter.TO_DESTROY: [self._aged(case) for case in recalled],
            }
            changes: dict[str, object] = {
                "lines": self._lines(groups[wanted]),
                "counts": {key: len(group) for key, group in groups.items()},
            }
            if shown is not None:
                changes["open"] = self._read(shown.case.id, shown.check)
            return changes

        def then(changes: dict[str, object]) -> None:
            now = self.view.open
            if shown is None or now is None or now.case.id != shown.case.id:
                changes.pop("open", None)
            self.show(**changes)

        self.read(look, then)

    def _aged(self, case: ReturnCase) -> AgedReturn:
        now = self.desk.frame.now()
        with self.desk.ledger.reading() as r:
            number = r.get(Application, case.application_id).number
        return AgedReturn(case, number, (now - case.received_at).days, alarm=False)

    def _lines(self, ageing: list[AgedReturn]) -> tuple[ReturnLine, ...]:
        lines: list[ReturnLine] = []
        with self.desk.ledger.reading() as r:
            for aged in ageing:
                parcel = r.get(Parcel, aged.case.parcel_id)
                lines.append(ReturnLine(aged, parcel.address.recipient, parcel.address.city))
        return tuple(lines)

    def _read(self, case_id: str, check: CardCheck | None = None) -> OpenReturn:
        incidents = self.desk.returns.incidents(case_id)
        with self.desk.ledger.reading() as r:
            case = r.get(ReturnCase, case_id)
            app = r.get(Application, case.application_id)
            parcel = r.get(Parcel, case.parcel_id)
            other_id = case.other_application
            officers = {o.id: o.title for o in r.find(Officer)}
            manifest = r.look(Manifest, parcel.manifest_id) if parcel.manifest_id else None
            return OpenReturn(
                case=case,
                app=app,
                parcel=parcel,
                photo=r.blob(app.photo) if app.photo else b"",
                seal_picture=r.blob(case.picture) if case.picture else b"",
                incidents=tuple(incidents),
                other=r.look(Application, other_id) if other_id else None,
                opener=officers.get(case.opened_with, case.opened_with),
                receiver=officers.get(case.received_by, case.received_by),
                manifest=manifest.number if manifest else 0,
                check=check,
            )

    def choose(self, wanted: ReturnFilter) -> None:
        """Another part of the shelf."""
        self.show(filter=wanted)
        self.refresh()

    # -- scanning --------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A waybill, or the card that lay in the parcel."""
        if self.view.doing:
            return True
        view = self.view
        if view.step is ReturnStep.CARD:
            self.check_card(card_serial(text))
        elif view.sending and view.open is not None:
            self._scan_to_send(view.open, text)
        else:
            self._open_or_receive(text)
        return True

    def _open_or_receive(self, text: str) -> None:
        by = self.by

        def act() -> OpenReturn:
            with self.desk.ledger.reading() as r:
                known = r.look(ReturnCase, text)
            case = known or self.desk.returns.receive(by, text)
            return self._read(case.id)

        self.work(act, self._opened, doing="doing.open_return")

    def open_case(self, case_id: str) -> None:
        """A return from the list."""
        self.work(lambda: self._read(case_id), self._opened, doing="doing.open_return")

    def _opened(self, found: OpenReturn) -> None:
        self.view = ReturnsView(
            lines=self.view.lines, filter=self.view.filter, counts=self.view.counts,
            said=self.view.said, open=found, scanned=found.case.awb,
        )  # fmt: skip
        self.show()
        self.refresh()

    def close_case(self) -> None:
        """Back to the list; what both officers haven't signed is forgotten."""
        self.view = ReturnsView(
            lines=self.view.lines, filter=self.view.filter, counts=self.view.counts,
            said=self.view.said,
        )  # fmt: skip
        self.show()
        self.refresh()

    # -- the seal --------------------------------------------------------------------------

    def pick_reason(self, reason: ReturnReason) -> None:
        """Why the courier brought it back."""
        self.show(reason=reason, problem=None)

    def judge_seal(self, *, intact: bool) -> None:
        """How the envelope looks."""
        self.show(seal_intact=intact, problem=None)

    def write_note(self, text: str) -> None:
        """A line in the officer's own words."""
        self.show(note=text)

    def take_picture(self) -> None:
        """The envelope before the counter's camera."""

        def act() -> bytes:
            with self.desk.hub.camera() as camera:
                return camera.capture(timeout=CAPTURE_SECONDS)

        self.work(
            act, lambda picture: self.show(picture=picture), lane=CAMERA,
            doing="doing.picture_seal",
        )  # fmt: skip

    @property
    def seal_ready(self) -> bool:
        """Whether everything is told that both officers sign; else the problem is shown."""
        if self.view.reason is None:
            self.show(problem=ReturnReasonMissing())
            return False
        if self.view.seal_intact is None:
            self.show(problem=SealNotJudged())
            return False
        return True

    def open_parcel(self, nrp: str, password: str) -> None:
        """Both officers sign what they saw, and open the parcel."""
        view, by = self.view, self.by
        if view.open is None or view.reason is None or view.seal_intact is None:
            return
        case, reason, intact = view.open.case, view.reason, view.seal_intact

        def act() -> OpenReturn:
            second = self.desk.duty.second(by, nrp, password)
            self.desk.returns.verify(
                by, second, case.id, seal_intact=intact, reason=reason, picture=view.picture,
                note=view.note,
            )  # fmt: skip
            return self._read(case.id)

        self.work(act, lambda found: self.show(open=found))

    # -- the card --------------------------------------------------------------------------

    def check_card(self, serial: str = "", nrp: str = "", password: str = "") -> None:
        """Compare the scanned card: serial, chip, case. Without a serial, the last one again."""
        view, by = self.view, self.by
        serial = serial or view.card_scanned
        if view.open is None or not serial:
            return
        case_id = view.open.case.id

        def act() -> OpenReturn:
            second: Actor | None = None
            if nrp:
                second = self.desk.duty.second(by, nrp, password)
            check = self.desk.returns.check_card(by, case_id, serial, second=second)
            return self._read(case_id, check)

        def then(found: OpenReturn) -> None:
            fault = found.check.fault if found.check else None
            self.show(open=found, problem=fault)

        self.show(card_scanned=serial, scanned=serial)
        self.work(act, then, lane=READER, doing="doing.compare_chip")

    def found_empty(self, statement: str, nrp: str, password: str) -> None:
        """No card inside."""
        self._by_two(
            nrp, password, "returns_screen.said.empty",
            lambda by, second, case: self.desk.outcomes.found_empty(
                by, second, case.id, statement
            ),
        )  # fmt: skip

    def settle_swap(self, statement: str, nrp: str, password: str) -> None:
        """Somebody else's card lay inside."""
        self._by_two(
            nrp, password, "returns_screen.said.swap",
            lambda by, second, case: self.desk.outcomes.settle_swap(
                by, second, case.id, statement
            ),
        )  # fmt: skip

    # -- outcomes --------------------------------------------------------------------------

    def send_again(self) -> None:
        """Begin to send it: a held card is scanned first, then the new waybill."""
        self.show(sending=not self.view.sending, problem=None)

    def new_address(self, line: str, city: str, postcode: str, phone: str) -> None:
        """Where the applicant wants it sent now."""
        shown = self.view.open
        if shown is not None:
            old = shown.parcel.address
            self.show(address=Address(old.recipient, line, city, postcode, phone or old.phone))

    def _scan_to_send(self, shown: OpenReturn, text: str) -> None:
        serial = self.view.card_scanned
        if not serial:
            self.show(card_scanned=card_serial(text), scanned=card_serial(text), problem=None)
            return
        if card_serial(text).upper() == serial.upper():
            self.show(problem=NewWaybillNext())
            return
        by, address = self.by, self.view.address

        def act() -> tuple[OpenReturn, Parcel]:
            parcel = self.desk.outcomes.redispatch(by, shown.case.id, serial, text, address=address)
            return self._read(shown.case.id), parcel

        def then(found: tuple[OpenReturn, Parcel]) -> None:
            done, parcel = found
            said = self.say("returns_screen.said.sent_again", awb=parcel.awb)
            self.show(open=done, sending=False, scanned=parcel.awb, said=said)
            self.refresh()
            self._print(lambda: courier_label(self.desk.papers, by, parcel))

        self.work(act, then, doing="doing.pack")

    def hold(self, slot: str) -> None:
        """Keep it in a slot until the applicant comes."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            self.desk.returns.hold_for_collection(by, shown.case.id, slot)
            return self._read(shown.case.id)

        self.work(act, lambda found: self._ended(found, "returns_screen.said.held"))

    def reprint(self, reason: ReprintReason, nrp: str, password: str) -> None:
        """The card is no good: another one is made."""
        self._by_two(
            nrp, password, "returns_screen.said.reprint",
            lambda by, second, case: self.desk.outcomes.reprint(by, second, case.id, reason),
        )  # fmt: skip

    def recall(self, reason: DestroyReason, nrp: str, password: str) -> None:
        """Take the card out of the world."""
        self._by_two(
            nrp, password, "returns_screen.said.recalled",
            lambda by, second, case: self.desk.outcomes.recall(by, second, case.id, reason),
        )  # fmt: skip

    def destroy(self, method: DestroyMethod, nrp: str, password: str) -> None:
        """Destroy the recalled card before two officers; the minutes come by themselves."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> tuple[OpenReturn, MadePaper]:
            second = self.desk.duty.second(by, nrp, password)
            made = self.desk.outcomes.destroy(by, second, shown.case.id, method)
            return self._read(shown.case.id), made

        def then(found: tuple[OpenReturn, MadePaper]) -> None:
            done, made = found
            self._ended(done, "returns_screen.said.destroyed")
            self._print(lambda: made)

        self.work(act, then)

    def _by_two(self, nrp: str, password: str, message: str, end: _End) -> None:
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            second = self.desk.duty.second(by, nrp, password)
            end(by, second, shown.case)
            return self._read(shown.case.id, shown.check)

        self.work(act, lambda found: self._ended(found, message))

    def _ended(self, found: OpenReturn, message: str) -> None:
        self.show(open=found, sending=False, said=self.say(message, awb=found.case.awb))
        self.refresh()

    # -- reaching the person, papers -------------------------------------------------------

    def contact(self, way: ContactWay, result: ContactResult, note: str = "") -> None:
        """One more try to reach the applicant."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            self.desk.returns.contact(by, shown.case.id, way, result, note)
            return self._read(shown.case.id, shown.check)

        self.work(act, lambda found: self.show(open=found))

    def print_minutes(self) -> None:
        """What two officers saw and decided, on paper."""
        shown, by = self.view.open, self.by
        if shown is not None:
            self._print(
                lambda: self.desk.outcomes.minutes(by, shown.case.id),
                "returns_screen.said.minutes",
            )

    def _print(self, make: _Make, message: str = "returns_screen.said.printed") -> None:
        by, papers = self.by, self.desk.papers

        def act() -> MadePaper:
            made = make()
            papers.print(by, made.paper.id)
            return made

        def then(made: MadePaper) -> None:
            self.show(said=self.say(message, number=made.paper.number))

        self.work(act, then, lane=PRINTER, doing="doing.print_minutes")


def _held(aged: AgedReturn) -> bool:
    return aged.case.state is ReturnState.HELD_FOR_COLLECTION
