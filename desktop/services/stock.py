"""Accountable stock: consignments, assignment to counters, spoiled and missing blanks, balances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.domain.officer import Actor
from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.stock import (
    Balance,
    Blank,
    BlankAction,
    BlankBusy,
    BlankState,
    Movement,
    SerialKnown,
    SerialMalformed,
    UnknownBlank,
)
from desktop.ledger import Reading
from desktop.notices import StockChanged
from desktop.services.base import Frame

ON_HAND = frozenset(
    {
        BlankState.RECEIVED,
        BlankState.IN_STOCK,
        BlankState.ASSIGNED,
        BlankState.RESERVED,
        BlankState.AT_PRINTER,
    }
)
"""States in which a blank is in the office and neither used nor lost."""

STORE_ROOM = "store_room"


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot on the stock screen: how many stand in each state, here and in the store room."""

    lot: str
    states: dict[BlankState, int]
    at_counter: int

    @property
    def on_hand(self) -> int:
        return sum(count for state, count in self.states.items() if state in ON_HAND)


class Stock:
    """The stock keeper's and production's acts on blanks."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    # -- coming in -------------------------------------------------------------------------

    def receive(self, by: Actor, lot: str, serials: Sequence[str], delivery_note: str) -> int:
        """Take a consignment into the store room.

        Raises SerialMalformed (the office's pattern), SerialKnown; nothing is taken then.
        """
        frame = self._frame
        pattern = re.compile(frame.place.serial_pattern)
        cleaned = [serial.strip().upper() for serial in serials]
        for serial in cleaned:
            if not pattern.fullmatch(serial):
                raise SerialMalformed(serial=serial[:40])
        if len(set(cleaned)) != len(cleaned):
            twice = sorted({s for s in cleaned if cleaned.count(s) > 1})
            raise SerialKnown(count=len(twice), first=twice[0])
        with frame.ledger.acting(by) as w:
            known = [serial for serial in cleaned if w.look(Blank, serial) is not None]
            if known:
                raise SerialKnown(count=len(known), first=known[0])
            for serial in cleaned:
                blank = w.add(
                    Blank(
                        id=serial,
                        lot=lot,
                        state=BlankState.RECEIVED,
                        custodian=STORE_ROOM,
                        movement=1,
                    )
                )
                frame.add_movement(w, blank, BlankAction.RECEIVE, None)
                frame.move_blank(w, blank, BlankAction.STORE, record=False)
            w.record(
                "stock.received",
                lot,
                {"lot": lot, "count": len(cleaned), "serials": cleaned, "note": delivery_note},
            )
            w.notify(StockChanged())
        return len(cleaned)

    def assign(self, by: Actor, serials: Iterable[str], counter: str = "") -> int:
        """Hand blanks from the store room to a counter. Raises UnknownBlank, BlankBusy."""
        frame = self._frame
        to = counter or frame.counter
        moved: list[str] = []
        with frame.ledger.acting(by) as w:
            for serial in serials:
                blank = w.look(Blank, serial)
                if blank is None:
                    raise UnknownBlank(serial=serial)
                if blank.state is not BlankState.IN_STOCK:
                    raise BlankBusy(serial=serial, state=blank.state)
                frame.move_blank(w, blank, BlankAction.ASSIGN, custodian=to, record=False)
                moved.append(serial)
            w.record("stock.assigned", to, {"counter": to, "serials": moved})
            w.notify(StockChanged())
        return len(moved)

    def next_in_store(self, count: int, lot: str = "") -> list[str]:
        """The next serials in the store room, in order."""
        wanted: dict[str, object] = {"custodian": STORE_ROOM, "state": BlankState.IN_STOCK}
        if lot:
            wanted["lot"] = lot
        with self._frame.ledger.reading() as r:
            return [blank.id for blank in r.find(Blank, limit=count, **wanted)]

    def free_here(self, count: int) -> list[str]:
        """The next free serials of this counter, in the order in which they will be taken."""
        with self._frame.ledger.reading() as r:
            found = r.find(
                Blank, limit=count, custodian=self._frame.counter, state=BlankState.ASSIGNED
            )
        return [blank.id for blank in found]

    # -- going out -------------------------------------------------------------------------

    def spoil(self, by: Actor, serial: str, reason: str) -> Blank:
        """Write a blank off that no case uses. Raises UnknownBlank, BlankBusy."""
        coded = SpoilReason(reason)
        with self._frame.ledger.acting(by) as w:
            blank = w.look(Blank, serial)
            if blank is None:
                raise UnknownBlank(serial=serial)
            if blank.state not in (BlankState.IN_STOCK, BlankState.ASSIGNED):
                raise BlankBusy(serial=serial, state=blank.state)
            return self._frame.move_blank(w, blank, BlankAction.SPOIL, reason=coded)

    def miss(self, by: Actor, serial: str, reason: str) -> Blank:
        """Report a blank missing. Raises UnknownBlank."""
        coded = MissingReason(reason)
        with self._frame.ledger.acting(by) as w:
            blank = w.look(Blank, serial)
            if blank is None:
                raise UnknownBlank(serial=serial)
            return self._frame.move_blank(w, blank, BlankAction.MISS, reason=coded)

    # -- looking ---------------------------------------------------------------------------

    def lots(self) -> list[LotLine]:
        """Every lot with its counts by state."""
        with self._frame.ledger.reading() as r:
            tally = r.tally(Blank, "lot", "state")
            here = r.tally(Blank, "lot", custodian=self._frame.counter, state=BlankState.ASSIGNED)
        lots: dict[str, dict[BlankState, int]] = {}
        for (lot, state), count in tally.items():
            lots.setdefault(lot, {})[BlankState(state)] = count
        return [LotLine(lot, states, here.get((lot,), 0)) for lot, states in sorted(lots.items())]

    def at_counter(self) -> int:
        """Free blanks at this counter."""
        with self._frame.ledger.reading() as r:
            return r.count(Blank, custodian=self._frame.counter, state=BlankState.ASSIGNED)

    def balances(self, r: Reading, shift: str) -> list[Balance]:
        """The invariant, lot by lot, over the movements of one shift."""
        moved = r.find(Movement, shift=shift, order="at")
        tally = r.tally(Blank, "lot", "state")
        closing: dict[str, int] = {}
        for (lot, state), count in tally.items():
            if BlankState(state) in ON_HAND:
                closing[lot] = closing.get(lot, 0) + count
            else:
                closing.setdefault(lot, 0)
        flows: dict[str, dict[str, int]] = {}
        for movement in moved:
            name = flow_of(movement)
            if name:
                lot = flows.setdefault(movement.lot, {})
                lot[name] = lot.get(name, 0) + 1
        found: list[Balance] = []
        for lot in sorted(set(closing) | set(flows)):
            flow = flows.get(lot, {})
            came = flow.get("received", 0) + flow.get("found", 0)
            left = sum(
                flow.get(name, 0)
                for name in ("issued", "spoiled", "transferred_out", "to_be_destroyed", "missing")
            )
            found.append(
                Balance(
                    lot=lot,
                    opening=closing.get(lot, 0) - came + left,
                    received=came,
                    issued=flow.get("issued", 0),
                    spoiled=flow.get("spoiled", 0),
                    transferred_out=flow.get("transferred_out", 0),
                    to_be_destroyed=flow.get("to_be_destroyed", 0),
                    missing=flow.get("missing", 0),
                    closing=closing.get(lot, 0),
                )
            )
        return found


_LEFT = {
    BlankState.ISSUED: "issued",
    BlankState.SPOILED: "spoiled",
    BlankState.TRANSFERRED: "transferred_out",
    BlankState.TO_BE_DESTROYED: "to_be_destroyed",
    BlankState.MISSING: "missing",
}


def flow_of(movement: Movement) -> str:
    """Which line of the balance a movement belongs to; nothing for moves within the office."""
    was_here = movement.before in ON_HAND
    is_here = movement.after in ON_HAND
    if is_here and movement.before is None:
        return "received"
    if is_here and not was_here:
        return "found"
    if was_here and not is_here:
        return _LEFT[movement.after]
    return ""
