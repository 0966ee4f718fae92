"""What is typed at the stock desk before an act takes it: kept at every field, opened again.

The count of a shift, the officer's words about a difference, a lot half recounted, a consignment
half taken in: whoever signs in after a crash goes on where it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from desktop.domain.stock import Shift
from desktop.presenters.asked import Asked, asked_fields, asked_of
from desktop.presenters.base import Presenter
from desktop.presenters.kept import Keeper
from desktop.presenters.stock_view import Area, CloseStage, LotScan, Receiving, StockView
from desktop.services.desk import Desk
from desktop.services.kept_work import (
    CLOSE,
    CONSIGNMENT,
    COUNTED,
    PILE,
    STOCK_QUESTION,
)

BOX, DOOMED, ASKED = "box", "doomed", "asked"
"""What a consignment, the cards to be destroyed and a question are kept under: one of each."""
CARD = "card"
"""The card on show, which the question is about."""
COUNT = "count."
"""Before the number of a counted lot."""
TYPED = ("lot", "note", "first", "last")


class StockKept(Presenter[StockView]):
    """The part of the stock presenter that keeps."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, StockView())
        self._close_work = Keeper(desk, CLOSE, self._unkept)
        self._box_work = Keeper(desk, CONSIGNMENT, self._unkept)
        self._pile_work = Keeper(desk, PILE, self._unkept)
        self._ask_work = Keeper(desk, STOCK_QUESTION, self._unkept)
        self._sought = False
        self._box_typed: dict[str, str] = {}

    def show(self, **changes: Any) -> None:
        super().show(**changes)
        self._keep()

    def _unkept(self, problem: Exception) -> None:
        self.show(problem=problem)

    def _keep(self) -> None:
        view = self.view
        if view.shift is not None:
            self._close_work.tell(view.shift.id, close_fields(view))
        if view.receiving is None:
            self._box_typed.clear()
            self._box_work.tell(BOX, {})
        else:
            box = dataclasses.replace(view.receiving, **self._box_typed)
            self._box_work.tell(BOX, box_fields(box))
        self._pile_work.tell(DOOMED, pile_fields(view))
        question = asked_fields(view.asked)
        if question and view.looked is not None:
            question[CARD] = view.looked.blank.id
        self._ask_work.tell(ASKED, question)

    def _quietly(self, **changes: Any) -> None:
        """Keep what the screen's own field shows already."""
        self.view = dataclasses.replace(self.view, **changes)
        self._keep()

    # -- typing ----------------------------------------------------------------------------

    def type_count(self, lot: str, number: int) -> None:
        """A lot's count as far as it is typed; one below nought is none."""
        counts = {name: n for name, n in self.view.counts.items() if name != lot}
        if number >= 0:
            counts[lot] = number
        self._quietly(counts=counts)

    def type_statement(self, text: str) -> None:
        """The officer's words as far as they are typed."""
        found = self.view.reckoning
        said = found.statement if found is not None else ""
        self._quietly(statement=None if text == said else text)

    def type_box(self, name: str, text: str) -> None:
        """A field of the consignment as far as it is typed; it counts when it is left."""
        if self.view.receiving is not None:
            self._box_typed[name] = text
            self._keep()

    def left_box(self, *names: str) -> None:
        """These fields were left: what stands in them is in the view."""
        for name in names:
            self._box_typed.pop(name, None)

    def type_manner(self, ribbons: int, method: str) -> None:
        """How many ribbons go with the ticked cards, and how all are destroyed."""
        self._quietly(ribbons=ribbons, method=method)

    # -- questions -------------------------------------------------------------------------

    def ask(self, question: str, answers: Mapping[str, str]) -> None:
        """A question stands over the screen, with what was answered so far."""
        self._quietly(asked=Asked(question, dict(answers)))

    def answered(self, question: str) -> dict[str, str]:
        """What was answered before, if this is the question that waits for its act."""
        asked = self.view.asked
        return dict(asked.answers) if asked is not None and asked.question == question else {}

    def ask_no_more(self) -> None:
        """The question was given up."""
        self._quietly(asked=None)

    # -- going on --------------------------------------------------------------------------

    def begun_close(self, shift: Shift | None) -> dict[str, object]:
        """What was typed of a shift that isn't on show yet; on the store's lane.

        Another shift is counted blind like the first: nothing typed for one stays for the next.
        """
        known = self.view.shift
        if shift is None or (known is not None and known.id == shift.id):
            return {}
        fields = self._close_work.find(shift.id)
        self._close_work.found(shift.id, fields)
        lot = fields.get("scan", "")
        scanned = fields.get("scanned", "").split()
        scan = None
        if lot:
            scan = LotScan(lot, tuple(scanned), self.desk.closing.unaccounted(lot, scanned))
        going_on = bool(fields) and self.view.area is Area.CLOSE
        return {
            **({"said": self.say("stock.going_on")} if going_on else {}),
            "counts": {
                name.removeprefix(COUNT): int(number)
                for name, number in fields.items()
                if name.startswith(COUNT)
            },
            "recounting": bool(fields.get("recount")),
            "statement": fields.get("statement"),
            "scan": scan,
        }

    def begun_work(self) -> dict[str, object]:
        """What was being taken in or ticked when the program ended; looked for once."""
        if self._sought:
            return {}
        self._sought = True
        box, pile = self._box_work.find(BOX), self._pile_work.find(DOOMED)
        asked = self._ask_work.find(ASKED)
        self._ask_work.found(ASKED, asked)
        self._box_work.found(BOX, box)
        self._pile_work.found(DOOMED, pile)
        begun: dict[str, object] = {}
        if box:
            lot, note, first, last = (box.get(name, "") for name in TYPED)
            extra = tuple(box.get("extra", "").split())
            begun["receiving"] = Receiving(lot, note, first, last, extra)
        if pile:
            doomed = {card.serial for card in self.desk.destruction.waiting()}
            begun["ticked"] = frozenset(pile.get("ticked", "").split()) & doomed
            begun["ribbons"] = int(pile.get("ribbons", "0"))
            begun["method"] = pile.get("method", "")
            if self.view.area is Area.DESTROY:
                begun["said"] = self.say("stock.pile_going_on")
        if asked:
            begun["asked"] = asked_of(asked)
            begun["card"] = asked.get(CARD, "")
        return begun


def close_fields(view: StockView) -> dict[str, str]:
    """What is told of the close on show; a shift that was counted waits for its end."""
    fields: dict[str, str] = {}
    if view.stage is CloseStage.COUNT:
        fields |= {COUNT + lot: str(number) for lot, number in sorted(view.counts.items())}
        fields |= {"recount": "yes"} if view.recounting else {}
    elif view.stage is CloseStage.RECKON:
        counter = view.shift.counted_by if view.shift is not None else ""
        fields[COUNTED] = counter or "yes"
        if view.scan is not None:
            fields |= {"scan": view.scan.lot, "scanned": " ".join(view.scan.scanned)}
    else:
        return {}
    if view.statement is not None:
        fields["statement"] = view.statement
    return fields


def box_fields(now: Receiving) -> Mapping[str, str]:
    """What is told of a consignment; one that was only begun is kept, too."""
    typed = {name: text for name in TYPED if (text := str(getattr(now, name)))}
    return {"begun": "yes", **typed, **({"extra": " ".join(now.extra)} if now.extra else {})}


def pile_fields(view: StockView) -> dict[str, str]:
    """What is told of the cards to be destroyed; a way alone destroys nothing."""
    if not view.ticked and not view.ribbons:
        return {}
    fields = {"ticked": " ".join(sorted(view.ticked)), "method": view.method}
    fields |= {"ribbons": str(view.ribbons)} if view.ribbons else {}
    return {name: text for name, text in fields.items() if text}
