"""What the stock screen asks about blanks before it acts: a load, a transfer, a card's fate.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.stock import BlankAction, UnknownBlank
from desktop.presenters.problems import NotForDestruction, NotOfThisCount
from desktop.presenters.second import SecondOfficers
from desktop.presenters.stock import StockDesk
from ui.device_words import device_name
from ui.screens.asks import Asks
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk
from ui.screens.stock_dialogs import (
    ask_code,
    ask_feeder,
    ask_number,
    ask_text,
    ask_transfer,
)
from ui.shell import Shell

SPOILS = (
    SpoilReason.LOT_DEFECT, SpoilReason.SERIAL_UNREADABLE, SpoilReason.CHIP,
    SpoilReason.PRINT_DEFECT, SpoilReason.JAM, SpoilReason.OTHER,
)  # fmt: skip
MISSINGS = (MissingReason.NOT_COUNTED, MissingReason.CONSIGNMENT_SHORT, MissingReason.OTHER)


class StockAsks(Screen):
    """The part of the stock screen that asks about blanks."""

    def __init__(self, shell: Shell, presenter: StockDesk) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self.second_ask = SecondAsk(self, self.words)
        self._looked_for = ""  # a code that was typed last
        self.gone.connect(self._forget_typed)  # whoever comes back may be somebody else
        self.asks = Asks(self, presenter, {
            "feeder": self.ask_feeder, "transfer": self.ask_transfer, "spoil": self.ask_spoil,
            "miss": self.ask_miss, "find": self.ask_found, "assign": self.ask_assign,
            "redeem": self.ask_redeem, "code": self.type_code,
        })  # fmt: skip

    # -- how -------------------------------------------------------------------------------

    def _second(
        self,
        message: str,
        then: Callable[[str, str], object],
        officers: SecondOfficers | None = None,
    ) -> None:
        """A second officer signs."""
        words = self.words
        why = f"{words(f'{message}.second')}. {words(f'{message}.second.ask')}"
        later = self.presenter.ask_later
        named = self.presenter.view.witnesses if officers is None else officers
        self.second_ask.ask(why, named, then, given_up=later)

    def _reason(
        self, question: str, reasons: Sequence[StrEnum], then: Callable[[str, str], object]
    ) -> None:
        self.asks.reason(question, f"stock.{question}", reasons, then)

    # -- what ------------------------------------------------------------------------------

    def take_typed(self, code: str) -> None:
        """A code was typed instead of scanned; the screen knows what it is for."""

    def type_code(self) -> None:
        """A code that no scanner can read goes where a scanned one would."""

        def typed(code: str) -> None:
            self.presenter.ask_no_more()
            self._looked_for = code.upper()
            self.take_typed(code)

        self.asks.form("code", ask_code(self, self.words, typed))

    def _forget_typed(self) -> None:
        self._looked_for = ""

    def hear_typed(self, problem: Exception | None) -> None:
        """A code that was typed is told to be wrong: it stands open to be mended."""
        code = self._looked_for
        wrong = (UnknownBlank, NotOfThisCount, NotForDestruction)
        told = isinstance(problem, wrong) and problem.serial == code
        if problem is None or not (code and told):
            return
        self._looked_for = ""

        def again() -> None:
            self.type_code()
            form = self.asks.opened
            if form is not None:
                form.go_on({"serial": code})
                form.rejected.connect(self.presenter.dismiss)
                form.refuse(problem)

        self.when_seen(again)

    def ask_assign(self) -> None:
        p = self.presenter
        if p.may_move(BlankAction.ASSIGN):
            there = p.view.forecast.free_in_store if p.view.forecast else None
            m = "stock.assign"
            self.asks.form(
                "assign", ask_number(self, self.words, m, p.assign, most=there, value=60)
            )

    def ask_redeem(self) -> None:
        m, redeem = "stock.redeem", self.presenter.redeem
        self.asks.form("redeem", ask_text(self, self.words, m, redeem))

    def ask_feeder(self) -> None:
        p = self.presenter
        if not p.may_load:
            return
        printers = tuple((name, device_name(self.words, name)) for name in p.printers)
        self.asks.form("feeder", ask_feeder(self, self.words, p.load_feeder, printers))

    def ask_transfer(self) -> None:
        p = self.presenter
        if not p.may_move(BlankAction.TRANSFER):
            return
        there = p.view.forecast.free_in_store if p.view.forecast else None

        def second(count: int, office: str, letter: str) -> None:
            self._second(
                "stock.transfer",
                lambda number, password: p.transfer(count, office, letter, number, password),
            )

        self.asks.form("transfer", ask_transfer(self, self.words, there, second, p.wrong_office))

    def ask_spoil(self) -> None:
        p, serial = self.presenter, self.presenter.on_show
        if p.may_move(BlankAction.SPOIL):
            self._reason("spoil", SPOILS, lambda key, note: p.spoil(key, note, serial))

    def ask_miss(self) -> None:
        p, serial = self.presenter, self.presenter.on_show
        if p.may_move(BlankAction.MISS):
            self._reason("miss", MISSINGS, lambda key, note: p.miss(key, note, serial))

    def ask_found(self) -> None:
        p, serial = self.presenter, self.presenter.on_show
        if not p.may_move(BlankAction.FIND):
            return

        looked = p.view.looked
        used = looked is not None and looked.used

        def second(where: str) -> None:
            self._second(
                "stock.find_used" if used else "stock.find",
                lambda number, password: p.found(number, password, where, serial),
            )

        self.asks.form("find", ask_text(self, self.words, "stock.find", second))
