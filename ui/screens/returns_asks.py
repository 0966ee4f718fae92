"""What the returns screen asks before it acts: slot, address, statements, reasons, tries to reach.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import Role
from desktop.domain.reasons import DestroyReason, ReprintReason
from desktop.domain.shipment import ContactResult, ContactWay, ReturnAction
from desktop.presenters.returns import Returns
from desktop.presenters.second import second_officers
from ui.screens.asks import Asks
from ui.screens.online_dialogs import Line, Lines, ask_yes
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk
from ui.shell import Shell

REPRINTS = (
    ReprintReason.RETURNED_DAMAGED, ReprintReason.CHIP, ReprintReason.PRINT_DEFECT,
    ReprintReason.DATA_ERROR_OFFICE, ReprintReason.OTHER,
)  # fmt: skip
RECALLS = (
    DestroyReason.UNDELIVERABLE, DestroyReason.UNCOLLECTED, DestroyReason.WRONG_DATA,
    DestroyReason.TURNED_UP, DestroyReason.SURRENDERED,
)  # fmt: skip
WITNESSES = (Role.DISPATCH, Role.SUPERVISOR)
POSTCODE = 5
"""Digits of an Indonesian postcode."""


class ReturnsAsks(Screen):
    """The part of the returns screen that asks."""

    def __init__(self, shell: Shell, presenter: Returns) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self.second_ask = SecondAsk(self, self.words)
        self.asks = Asks(self, presenter, {
            "empty": self.ask_empty, "swap": self.ask_swap, "slot": self.ask_slot,
            "address": self.ask_address, "reprint": self.ask_reprint, "recall": self.ask_recall,
            "destroy": self.ask_destroy, "contact_way": self.ask_contact,
            "contact_result": self._ask_result,
        })  # fmt: skip

    # -- how -------------------------------------------------------------------------------

    def ask_second(self, why: str, then: Callable[[str, str], object]) -> None:
        """A second officer signs."""
        roles = (Role.SUPERVISOR,) if why in ("check", "destroy") else WITNESSES
        officers = second_officers(self.presenter.desk, *roles)
        later = self.presenter.ask_later
        p = self.presenter
        kind = {"swap": p.swap_kind, "empty": p.empty_kind}.get(why, str)()
        told = self.words(f"returns_screen.second.{why}{kind}")
        self.second_ask.ask(told, officers, then, given_up=later)

    # -- what ------------------------------------------------------------------------------

    def ask_open(self) -> None:
        if self.presenter.may_do(ReturnAction.VERIFY) and self.presenter.seal_ready:
            self.ask_second("open", self.presenter.open_parcel)

    def ask_second_check(self) -> None:
        self.ask_second("check", lambda nrp, word: self.presenter.check_card("", nrp, word))

    def _stated(self, question: str, then: Callable[[str, str, str], object]) -> None:
        def told(found: Lines) -> None:
            self.ask_second(question, lambda nrp, word: then(found["statement"], nrp, word))

        line = Line("statement", "online_screen.statement")
        self.asks.lines(question, f"returns_screen.{question}_lines", (line,), told)

    def ask_empty(self) -> None:
        if self.presenter.may_do(ReturnAction.REPRINT):
            self._stated("empty", self.presenter.found_empty)

    def ask_swap(self) -> None:
        if self.presenter.may_do(ReturnAction.REPRINT):
            self._stated("swap", self.presenter.settle_swap)

    def ask_slot(self) -> None:
        if not self.presenter.may_do(ReturnAction.HOLD_FOR_COLLECTION):
            return
        m = "returns_screen.slot_lines"
        line = Line("slot", f"{m}.slot")
        self.asks.lines("slot", m, (line,), lambda found: self.presenter.hold(found["slot"]))

    def ask_address(self) -> None:
        view = self.presenter.view
        if view.open is None:
            return
        now = view.address or view.open.parcel.address
        m = "returns_screen.address_lines"
        self.asks.lines(
            "address", m,
            (
                Line("line", f"{m}.line", now.line),
                Line("city", f"{m}.city", now.city),
                Line("postcode", f"{m}.postcode", now.postcode, digits=POSTCODE),
                Line("phone", f"{m}.phone", now.phone, needed=False),
            ),
            lambda found: self.presenter.new_address(
                found["line"], found["city"], found["postcode"], found["phone"]
            ),
        )  # fmt: skip

    def ask_reprint(self) -> None:
        p = self.presenter
        if not p.may_do(ReturnAction.REPRINT):
            return

        def why(reason: str, note: str) -> None:
            picked = ReprintReason(reason)
            self.ask_second("reprint", lambda nrp, word: p.reprint(picked, nrp, word, note))

        self.asks.reason("reprint", "returns_screen.reprint_why", REPRINTS, why)

    def ask_recall(self) -> None:
        p = self.presenter
        if not p.may_do(ReturnAction.RECALL):
            return

        def why(reason: str, _note: str) -> None:
            picked = DestroyReason(reason)
            self.ask_second("recall", lambda nrp, word: p.recall(picked, nrp, word))

        self.asks.reason("recall", "returns_screen.recall_why", RECALLS, why)

    def ask_reissue(self) -> None:
        shown = self.presenter.view.open
        if shown is not None and self.presenter.may(Role.DISPATCH, Role.SUPERVISOR):
            ask_yes(self, self.words, "online_screen.reissue_ask", self.presenter.reissue,
                    name=shown.app.applicant.name)  # fmt: skip

    def ask_destroy(self) -> None:
        p = self.presenter
        if not p.may_do(ReturnAction.DESTROY):
            return

        def how(picked: str, _note: str) -> None:
            method = DestroyMethod(picked)
            self.ask_second("destroy", lambda nrp, word: p.destroy(method, nrp, word))

        self.asks.reason("destroy", "returns_screen.destroy_how", tuple(DestroyMethod), how)

    def ask_contact(self) -> None:
        def way(picked: str, _note: str) -> None:
            self.presenter.ask("contact_result", {"way": picked})
            self._ask_result()

        self.asks.reason("contact_way", "returns_screen.contact_way", tuple(ContactWay), way)

    def _ask_result(self) -> None:
        p = self.presenter
        way = ContactWay(p.answered("contact_result")["way"])

        def came(result: str, note: str) -> None:
            p.contact(way, ContactResult(result), note)

        results = tuple(ContactResult)
        message = "returns_screen.contact_result"
        self.asks.reason("contact_result", message, results, came, also={"way": str(way)})
