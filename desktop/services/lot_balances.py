"""The stock ledger lot by lot: what moved in a shift, and what must be in the office after it.

A card counts once in a shift, by where it stood before and where it stands after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktop.domain.stock import Balance, Blank, BlankState, Movement, Shift
from desktop.ledger import Reading

ON_HAND = frozenset(
    {
        BlankState.RECEIVED, BlankState.IN_STOCK, BlankState.ASSIGNED, BlankState.RESERVED,
        BlankState.AT_PRINTER,
    }
)  # fmt: skip
"""States in which a blank is in the office and neither used nor lost."""

_LEFT = {
    BlankState.ISSUED: "issued",
    BlankState.SPOILED: "spoiled",
    BlankState.TRANSFERRED: "transferred_out",
    BlankState.TO_BE_DESTROYED: "to_be_destroyed",
    BlankState.DESTROYED: "to_be_destroyed",
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


def on_hand(r: Reading) -> dict[str, int]:
    """Blanks in the office by lot, as the rows stand now."""
    found: dict[str, int] = {}
    for (lot, state), count in r.tally(Blank, "lot", "state").items():
        here = count if BlankState(state) in ON_HAND else 0
        found[lot] = found.get(lot, 0) + here
    return found


def movements(r: Reading, shift: Shift | None) -> list[Movement]:
    """What moved in a shift, and since the close before it while no shift was open."""
    if shift is None:
        return r.find(Movement)
    found = r.find(Movement, shift=shift.id)
    if shift.carried is not None:
        between = r.find(Movement, shift="", since=shift.after_movement)
        end = next_shift(r, shift)
        found += [
            m
            for m in between
            if m.id != shift.after_movement and (end is None or m.at < end.opened_at)
        ]
    return found


def next_shift(r: Reading, shift: Shift) -> Shift | None:
    """The shift of this counter that was opened after it, if any."""
    later = r.find(Shift, counter=shift.counter, order="id", since=shift.id)
    return next((other for other in later if other.id != shift.id), None)


@dataclass(frozen=True, slots=True)
class Way:
    """Where one card stood before a stretch of movements, and where it stands after it."""

    serial: str
    lot: str
    before: BlankState | None
    after: BlankState
    application_id: str
    spoiled: bool = False
    turned_up: bool = False
    """Whether it came to hand in this stretch, as a missing one does that is found."""

    @property
    def flows(self) -> tuple[str, ...]:
        """Its lines in the balance: a card that came and went in one shift stands in two. One
        spoiled in it counts as that, even if it lies with those to be destroyed by now."""
        came = () if self.before in ON_HAND else ("received",)
        if self.after in ON_HAND:
            return came if self.before not in ON_HAND else ()
        left = _LEFT[self.after]
        left = "spoiled" if self.spoiled and left == "to_be_destroyed" else left
        if self.before is None or (self.turned_up and self.before not in ON_HAND):
            return ("received", left)
        return (left,) if self.before in ON_HAND else ()


def ways(moved: Iterable[Movement]) -> list[Way]:
    """Each card once: a card issued and then spoiled in one shift is a spoiled one."""
    found: dict[str, Way] = {}
    for movement in sorted(moved, key=lambda m: (m.serial, m.number)):
        known = found.get(movement.serial)
        found[movement.serial] = Way(
            movement.serial,
            movement.lot,
            movement.before if known is None else known.before,
            movement.after,
            movement.application_id or (known.application_id if known else ""),
            movement.after is BlankState.SPOILED or bool(known and known.spoiled),
            movement.after in ON_HAND or bool(known and known.turned_up),
        )
    return list(found.values())


def balances(r: Reading, shift: Shift | None) -> list[Balance]:
    """The invariant lot by lot: what was carried over, what moved, what the rows say is here."""
    flows: dict[str, dict[str, int]] = {}
    for way in ways(movements(r, shift)):
        lot = flows.setdefault(way.lot, {})
        for name in way.flows:
            lot[name] = lot.get(name, 0) + 1
    later = next_shift(r, shift) if shift is not None else None
    closing = on_hand(r) if later is None else later.opening
    found: list[Balance] = []
    for lot in sorted(set(closing) | set(flows)):
        flow = flows.get(lot, {})
        line = Balance(
            lot=lot,
            received=flow.get("received", 0),
            issued=flow.get("issued", 0),
            spoiled=flow.get("spoiled", 0),
            transferred_out=flow.get("transferred_out", 0),
            to_be_destroyed=flow.get("to_be_destroyed", 0),
            missing=flow.get("missing", 0),
            closing=closing.get(lot, 0),
        )
        left = line.issued + line.spoiled + line.transferred_out + line.to_be_destroyed
        opening = line.closing + left + line.missing - line.received
        if shift is not None and shift.carried is not None:
            opening = shift.carried.get(lot, 0)
        if opening or flow or line.closing:
            found.append(replace(line, opening=opening))
    return found
