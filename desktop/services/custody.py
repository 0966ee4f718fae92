"""In whose books a card stands, where several counters share an office and each knows all its rows.

A card lies in one place: at a counter, or in the office's store room. The store room is counted at
one counter, lot by lot: where the lot's first cards came in. At a counter that knows of no other
one, all cards of the office are its own.
"""

from __future__ import annotations

from db.trail import Wanted, look
from desktop.domain.stock import Blank, BlankAction, BlankState, Movement, Shift
from desktop.ledger import Reading

STORE_ROOM = "store_room"
OTHER_OFFICE = "office:"
"""Custodians that are no counter; what follows the second is the other office's number."""

ON_HAND = frozenset(
    {
        BlankState.RECEIVED, BlankState.IN_STOCK, BlankState.ASSIGNED, BlankState.RESERVED,
        BlankState.AT_PRINTER,
    }
)  # fmt: skip
"""States in which a blank is in the office and neither used nor lost."""

_IN_STORE = frozenset({BlankState.RECEIVED, BlankState.IN_STOCK})


class Books:
    """Which cards one counter answers for; good for as long as one look at the store."""

    def __init__(self, r: Reading, counter: str) -> None:
        self._r = r
        self.counter = counter
        known = {key[0] for key in (*r.tally(Blank, "custodian"), *r.tally(Shift, "counter"))}
        others = known - {counter, STORE_ROOM}
        self.alone = all(other.startswith(OTHER_OFFICE) for other in others)
        self._keeps: dict[str, bool] = {}
        self._makers: dict[str, str] = {}

    def hold(self, lot: str, state: BlankState | None, custodian: str) -> bool:
        """Whether a card in this state, at this custodian, is on hand here."""
        if state not in ON_HAND:
            return False
        if self.alone:
            return True
        return self.keep(lot) if custodian == STORE_ROOM else custodian == self.counter

    def keep(self, lot: str) -> bool:
        """Whether what lies of a lot in the store room is counted here."""
        if lot not in self._keeps:
            self._keeps[lot] = self._came_in_here(lot)
        return self._keeps[lot]

    def _came_in_here(self, lot: str) -> bool:
        r = self._r
        first = r.first(Movement, lot=lot, action=BlankAction.RECEIVE)
        shift = r.look(Shift, first.shift) if first is not None and first.shift else None
        if shift is not None:
            return shift.counter == self.counter
        # Before anybody had opened a shift: only its own journal knows where.
        wanted = Wanted(acts=("stock.received",), subjects=(lot,))
        return bool(look(r.conn, r.ledger.journal.counter, wanted, content=False, limit=1))

    def held_before(self, movement: Movement) -> bool:
        """Whether the card was on hand here when this movement began."""
        before = movement.before
        if self.alone or before not in ON_HAND:
            return before in ON_HAND
        if before in _IN_STORE:
            return self.keep(movement.lot)
        if movement.action is not BlankAction.UNASSIGN:
            return movement.custodian == self.counter
        last = self._r.first(Movement, serial=movement.serial, number=movement.number - 1)
        return last is not None and last.custodian == self.counter

    def held_after(self, movement: Movement) -> bool:
        """Whether the card was on hand here once this movement was made."""
        return self.hold(movement.lot, movement.after, movement.custodian)

    def concern(self, movement: Movement, shift: str) -> bool:
        """Whether a movement belongs to the books of this counter's shift.

        So does each that brings or takes a card of ours, whoever made it, and each that was made
        in the shift about a card that nobody has on hand.
        """
        if self.held_before(movement) or self.held_after(movement):
            return True
        if movement.before in ON_HAND or movement.after in ON_HAND:
            return False
        if not movement.shift:
            return movement.custodian == self.counter
        return movement.shift == shift

    def maker(self, movement: Movement) -> str:
        """The counter that made a movement; without a shift, whoever has the card by it."""
        if not movement.shift:
            return movement.custodian
        if movement.shift not in self._makers:
            found = self._r.look(Shift, movement.shift)
            self._makers[movement.shift] = found.counter if found is not None else ""
        return self._makers[movement.shift]
