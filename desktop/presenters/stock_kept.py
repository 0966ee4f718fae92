"""What is typed at the stock desk before an act takes it: kept at every field, opened again.

The count of a shift, the officer's words about a difference, a lot half recounted, a consignment
half taken in: whoever signs in after a crash goes on where it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from desktop.domain.stock import Shift
from desktop.presenters.asking import Asking
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

BOX, DOOMED = "box", "doomed"
"""What a consignment and the cards to be destroyed are kept under: one of each."""
CARD, AREA = "card", "area"
"""The card on show, which a question is about, and the job in which it is asked."""
COUNT = "count."
"""Before the number of a counted lot."""
TYPED = ("lot", "note", "first", "last")


class StockKept(Asking[StockView]):
    """The part of the stock presenter that keeps."""

    question_form = STOCK_QUESTION

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, StockView())
        self._close_work = Keeper(desk, CLOSE, self._unkept)
        self._box_work = Keeper(desk, CONSIGNMENT, self._unkept)
        self._pile_work = Keeper(desk, PILE, self._unkept)
        self._sought = False
        self._box_typed: dict[str, str] = {}

    def _keep(self) -> None:
        super()._keep()
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

    def about_question(self) -> Mapping[str, str]:
        """The card on show, and the job that asks."""
        view = self.view
        card = {CARD: view.looked.blank.id} if view.looked is not None else {}
        return {AREA: str(view.area), **card}

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
