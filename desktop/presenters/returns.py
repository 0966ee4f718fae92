"""Parcels that came back: scan, look at the seal, open by two, compare the card, decide."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from desktop.domain.application import CardSwapped
from desktop.domain.card_reading import AWAITED
from desktop.domain.codes import CodeKind, fits
from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import Actor
from desktop.domain.person import Licence
from desktop.domain.reasons import DestroyReason, ReprintReason
from desktop.domain.shipment import (
    Address,
    ContactResult,
    ContactWay,
    Parcel,
    ReturnAction,
    ReturnCase,
)
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.violations import CardOrder
from desktop.presenters.returns_problems import CardCodeNext, NewWaybillNext, ShelfCardFirst
from desktop.presenters.returns_shelf import ReturnsShelf
from desktop.presenters.returns_view import BESIDE, OpenReturn
from desktop.presenters.training_scans import into_envelope
from desktop.presenters.walkin_view import ASKING
from desktop.services.card_code import card_serial
from desktop.services.paper_forms import courier_label
from desktop.services.papers import MadePaper
from desktop.services.syncing import LANE as SYNC

BOTH = 2
READER, PRINTER = "desk_reader", "document_printer"
MINUTES = "returns_screen.said.minutes"

_End = Callable[[Actor, Actor, ReturnCase], object]
_Make = Callable[[], MadePaper]


class Returns(ReturnsShelf):
    """Answers the returns screen."""

    _code = ""
    """What was scanned from the card last, whole."""
    _owed: tuple[str, MadePaper] | None = None
    """Minutes of a destruction that haven't come out yet, and of which return."""

    # -- the card --------------------------------------------------------------------------

    def check_card(self, code: str = "", nrp: str = "", password: str = "") -> None:
        """Compare the scanned card: serial, seal, chip, case. Without a code, the last again."""
        view, by = self.view, self.by
        refused = self._no_card(code) if code else None
        if refused is not None:  # not noted: nothing of it is to be laid on the reader
            self.show(problem=refused)
            return
        known = view.card_scanned or (view.open.case.card_serial if view.open else "")
        if code:
            self._code = code
        elif card_serial(self._code) != known:
            self._code = known
        code = self._code
        serial = card_serial(code)
        if view.open is None or not serial:
            return
        case_id = view.open.case.id

        def act(stop: threading.Event) -> OpenReturn:
            second: Actor | None = None
            if nrp:
                second = self.desk.duty.second(by, nrp, password)
            check = self.desk.returns.check_card(by, case_id, code, second=second, cancel=stop)
            return self.read_return(case_id, check)

        def then(found: OpenReturn) -> None:
            fault = found.check.fault if found.check else None
            self.show(open=found, problem=fault)

        def compare() -> None:
            self.show(card_scanned=serial, scanned=serial)
            self.wait_for(act, then, lane=READER, doing="doing.compare_chip")

        self._with_case(compare)

    def _with_case(self, go_on: Callable[[], None]) -> None:
        """First the centre is asked for a case that has ended: its lease ended with it."""
        desk, by, shown = self.desk, self.by, self.view.open
        if shown is None or not (desk.has_centre and shown.app.ended):
            go_on()
            return
        app_id = shown.app.id
        self.work(lambda: desk.claims.take_free(by, [app_id]), lambda _: go_on(), lane=SYNC)

    def _no_card(self, code: str) -> Exception | None:
        """Why what was scanned can't be the card from the parcel: no blank has that number."""
        serial = card_serial(code).upper()
        with self.desk.ledger.reading() as r:
            if r.look(Blank, serial) is not None:
                return None
        waybill = fits(self.desk.frame.rules().codes, CodeKind.WAYBILL, code)
        return CardCodeNext() if waybill else UnknownBlank(serial=serial[:40])

    def write_waiting(self) -> None:
        """Put the order that waits on the chip of the card that came back."""
        shown, by = self.view.open, self.by
        check = shown.check if shown is not None else None
        read = check.read if check is not None else None
        if shown is None or check is None or read is None or read.waiting is None:
            return
        order = read.waiting

        def then(written: CardOrder) -> None:
            left = tuple(one for one in read.findings if one.code not in AWAITED)
            now = replace(read, waiting=None, findings=left)
            facts = {"sequence": written.sequence, "serial": written.serial}
            self.show(
                open=replace(shown, check=replace(check, read=now)),
                said=self.say("reading.order_written", **facts),
            )

        self.wait_for(
            lambda stop: self.desk.card_orders.write_waiting(
                by, order.serial, order.sequence, stop
            ),
            then, lane=READER, doing="doing.write_order",
        )  # fmt: skip

    def empty_kind(self) -> str:
        """Which words an empty envelope has: none promises a card that was made already."""
        shown = self.view.open
        return ".settled" if shown is not None and not shown.mine_due else ""

    def swap_kind(self) -> str:
        """Which words the settlement has, by how many cards it has made."""
        shown = self.view.open
        if shown is None or shown.cards_due == BOTH:
            return ""
        if not shown.cards_due:
            return ".settled"
        return ".one" if shown.other is not None else ".stray"

    def found_empty(self, statement: str, nrp: str, password: str) -> None:
        """No card inside."""
        self._by_two(
            nrp, password, f"returns_screen.said.empty{self.empty_kind()}",
            lambda by, second, case: self.desk.outcomes.found_empty(
                by, second, case.id, statement
            ),
        )  # fmt: skip

    def settle_swap(self, statement: str, nrp: str, password: str) -> None:
        """Somebody else's card lay inside."""
        self._by_two(
            nrp, password, f"returns_screen.said.swap{self.swap_kind()}",
            lambda by, second, case: self.desk.outcomes.settle_swap(
                by, second, case.id, statement
            ),
        )  # fmt: skip

    # -- outcomes --------------------------------------------------------------------------

    def send_again(self) -> None:
        """Begin to send it: a held card is scanned first, then the new waybill. Or stop that."""
        if not self.view.sending and not self.may_do(ReturnAction.REDISPATCH):
            return
        self.take_laid()  # it goes into the envelope
        self.show(sending=not self.view.sending, problem=None)

    def ask_jkn(self) -> None:
        """Whether the applicant still is in arrears, for which the card isn't sent."""
        shown, by = self.view.open, self.by
        if shown is None or not shown.app.jkn_hold:
            return

        def act() -> OpenReturn:
            self.desk.requirements.clear_jkn(by, shown.app.id)
            return self.read_return(shown.case.id, shown.check)

        def then(found: OpenReturn) -> None:
            self.show(open=found, said=self.say("online_screen.said.jkn_clear"))

        self.work(act, then, doing=ASKING)

    def _not_from_the_shelf(self, own: str, found: str) -> Exception:
        """A number that isn't this card's: another card's, or no card's at all (the waybill)."""
        with self.desk.ledger.reading() as r:
            card = r.first(Licence, blank_serial=found)
        if card is not None:
            return CardSwapped(expected=own, found=found, found_class=str(card.licence_class))
        return ShelfCardFirst()

    def new_address(self, line: str, city: str, postcode: str, phone: str) -> None:
        """Where the applicant wants it sent now."""
        shown = self.view.open
        if shown is not None:
            old = shown.parcel.address
            new = Address(old.recipient, line, city, postcode, phone or old.phone)
            self.show(address=new, asked=None)

    def scan_to_send(self, shown: OpenReturn, text: str) -> None:
        """The card from the shelf, then the new waybill."""
        serial = self.view.card_scanned
        if not serial:
            found, own = card_serial(text).upper(), shown.app.blank_serial
            if found == own:
                self.show(card_scanned=found, scanned=found, problem=None)
            else:
                self.show(problem=self._not_from_the_shelf(own, found))
            return
        if card_serial(text).upper() == serial.upper():
            self.show(problem=NewWaybillNext())
            return
        by, address = self.by, self.view.address

        def act() -> tuple[OpenReturn, Parcel]:
            parcel = self.desk.outcomes.redispatch(by, shown.case.id, serial, text, address=address)
            return self.read_return(shown.case.id), parcel

        def then(found: tuple[OpenReturn, Parcel]) -> None:
            done, parcel = found
            into_envelope(self.desk, serial)
            said = self.say("returns_screen.said.sent_again", awb=parcel.awb)
            self.show(open=done, sending=False, asked=None, scanned=parcel.awb, said=said)
            self.refresh()
            self._print(by, lambda: courier_label(self.desk.papers, by, parcel))

        self.work(act, then, doing="doing.pack")

    def hold(self, slot: str) -> None:
        """Keep it in a slot until the applicant comes."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            self.desk.returns.hold_for_collection(by, shown.case.id, slot)
            return self.read_return(shown.case.id)

        self.work(act, lambda found: self._ended(found, "returns_screen.said.held"))

    def reprint(self, reason: ReprintReason, nrp: str, password: str, note: str = "") -> None:
        """The card is no good: another one is made."""
        self._by_two(
            nrp, password, "returns_screen.said.reprint",
            lambda by, second, case: self.desk.outcomes.reprint(by, second, case.id, reason, note),
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
            return self.read_return(shown.case.id), made

        def then(found: tuple[OpenReturn, MadePaper]) -> None:
            done, made = found
            self._owed = (done.case.id, made)
            self._ended(done, "returns_screen.said.destroyed")
            self._print(by, lambda: made, MINUTES)

        self.work(act, then)

    def reissue(self) -> None:
        """The owner of the recalled card was found: it is made again, free."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            self.desk.outcomes.reissue_recalled(by, shown.app.id)
            return self.read_return(shown.case.id, shown.check)

        def reissued(found: OpenReturn) -> None:
            self._ended(found, "returns_screen.said.reissued")

        self._with_case(lambda: self.work(act, reissued))

    def _by_two(self, nrp: str, password: str, message: str, end: _End) -> None:
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            second = self.desk.duty.second(by, nrp, password)
            end(by, second, shown.case)
            return self.read_return(shown.case.id, shown.check)

        self._with_case(lambda: self.work(act, lambda found: self._ended(found, message)))

    def _ended(self, found: OpenReturn, message: str) -> None:
        said = self.say(message, awb=found.case.awb)
        self.show(open=found, sending=False, asked=None, said=said)
        self.refresh()

    # -- reaching the person, papers -------------------------------------------------------

    def contact(self, way: ContactWay, result: ContactResult, note: str = "") -> None:
        """One more try to reach the applicant."""
        shown, by = self.view.open, self.by
        if shown is None:
            return

        def act() -> OpenReturn:
            self.desk.returns.contact(by, shown.case.id, way, result, note)
            return self.read_return(shown.case.id, shown.check)

        self.work(act, lambda found: self.show(open=found, asked=None))

    def print_minutes(self) -> None:
        """What two officers saw and decided, on paper; what they destroyed where that is owed."""
        shown, by, owed = self.view.open, self.by, self._owed
        if shown is None:
            return
        case_id = shown.case.id

        def make() -> MadePaper:
            if owed is not None and owed[0] == case_id:
                return owed[1]
            return self.desk.outcomes.minutes(by, case_id)

        self._print(by, make, MINUTES)

    def _print(self, by: Actor, make: _Make, message: str = "returns_screen.said.printed") -> None:
        papers = self.desk.papers

        def act() -> MadePaper:
            made = make()
            papers.print(by, made.paper.id)
            return made

        def then(made: MadePaper) -> None:
            if self._owed is not None and self._owed[1] is made:
                self._owed = None
            self.show(said=self.say(message, number=made.paper.number))

        self.work(act, then, lane=PRINTER, doing=BESIDE)
