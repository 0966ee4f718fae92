"""The stock ledger lot by lot: what moved in a shift, and what must be at the counter after it.

A card counts once in a shift, by where it stood before and where it stands after it. Which cards
are the counter's, `custody` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktop.domain.stock import Balance, Blank, BlankState, Movement, Shift
from desktop.ledger import Reading
from desktop.services.custody import ON_HAND, Books
from desktop.services.stock_known import At, among, known, unknown

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


def on_hand(r: Reading, counter: str) -> dict[str, int]:
    """Blanks that a counter answers for by lot, as the rows stand now."""
    return _held(r, Books(r, counter))


def _held(r: Reading, books: Books | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for (lot, custodian, state), count in r.tally(Blank, "lot", "custodian", "state").items():
        stands = BlankState(state)
        here = stands in ON_HAND if books is None else books.hold(lot, stands, custodian)
        found[lot] = found.get(lot, 0) + (count if here else 0)
    return found


def movements(r: Reading, shift: Shift | None) -> list[Movement]:
    """What moved in a shift, and since the close before it while no shift was open.

    Where several counters share the office: what moved of this one's cards, at any of them.
    """
    if shift is None:
        return r.find(Movement)
    return _moved(r, shift, Books(r, shift.counter))


def _moved(r: Reading, shift: Shift, books: Books) -> list[Movement]:
    found = r.find(Movement, shift=shift.id)
    if not books.alone:
        told = _became_known(r, shift, books)
        found += [m for m in told if not m.shift or books.maker(m) != shift.counter]
        return sorted((m for m in found if books.concern(m, shift.id)), key=lambda m: m.id)
    if shift.carried is not None:
        between = r.find(Movement, shift="", since=shift.after_movement)
        end = next_shift(r, shift)
        found += [
            m
            for m in between
            if m.id != shift.after_movement and (end is None or m.at < end.opened_at)
        ]
    return found


def _became_known(r: Reading, shift: Shift, books: Books) -> list[Movement]:
    """All that was on the books when a shift ended and not when the one before it did."""
    before, later = last_shift(r, shift), next_shift(r, shift)
    closed = before.closed_at if before is not None else None
    if before is not None and closed is not None and closed <= shift.opened_at:
        begin = known(r, before, At.CLOSED)
    else:
        begin = known(r, shift, At.OPENED)
    if begin is None:
        marker = shift.after_movement
        found = [m for m in r.find(Movement, since=marker or None) if m.id != marker]
    else:
        found = unknown(r, books, begin)
    if later is not None and (shift.closed_at is None or later.opened_at < shift.closed_at):
        end, last = known(r, later, At.OPENED), later.after_movement
    elif shift.closed_at is not None:
        end, last = known(r, shift, At.CLOSED), shift.last_movement
    else:
        return found
    return [m for m in found if (m.id <= last if end is None else among(books, end, m))]


def last_shift(r: Reading, shift: Shift) -> Shift | None:
    """The shift of this counter that was opened before it, if any."""
    earlier = r.find(
        Shift, counter=shift.counter, order="id", descending=True, until=shift.id, limit=2
    )
    return next((other for other in earlier if other.id != shift.id), None)


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
    was_here: bool = False
    is_here: bool = False
    """Whether it was on hand at this counter before, and is so after it."""

    @property
    def flows(self) -> tuple[str, ...]:
        """Its lines in the balance: a card that came and went in one shift stands in two. One
        spoiled in it counts as that, even if it lies with those to be destroyed by now."""
        if not (self.was_here or self.turned_up):
            return ()
        came = ("transferred_in",) if self.before in ON_HAND else ("received",)
        came = () if self.was_here else came
        if self.is_here:
            return came
        left = "transferred_out" if self.after in ON_HAND else _LEFT[self.after]
        left = "spoiled" if self.spoiled and left == "to_be_destroyed" else left
        return (*came, left)


def ways(r: Reading, shift: Shift | None) -> list[Way]:
    """Each card of a shift once: one issued and then spoiled in it is a spoiled one."""
    if shift is None:
        return _ways(r.find(Movement), None)
    books = Books(r, shift.counter)
    return _ways(_moved(r, shift, books), books)


def _ways(moved: Iterable[Movement], books: Books | None) -> list[Way]:
    found: dict[str, Way] = {}
    for movement in sorted(moved, key=lambda m: (m.serial, m.number)):
        known = found.get(movement.serial)
        here = movement.after in ON_HAND if books is None else books.held_after(movement)
        if known is not None:
            was_here = known.was_here
        else:
            was_here = books.held_before(movement) if books else movement.before in ON_HAND
        found[movement.serial] = Way(
            movement.serial,
            movement.lot,
            movement.before if known is None else known.before,
            movement.after,
            movement.application_id or (known.application_id if known else ""),
            movement.after is BlankState.SPOILED or bool(known and known.spoiled),
            here or bool(known and known.turned_up),
            was_here,
            here,
        )
    return list(found.values())


def balances(r: Reading, shift: Shift | None) -> list[Balance]:
    """The invariant lot by lot: what was carried over, what moved, what the rows say is here.

    Over all time, for no shift, it is the whole office's.
    """
    flows: dict[str, dict[str, int]] = {}
    for way in ways(r, shift):
        lot = flows.setdefault(way.lot, {})
        for name in way.flows:
            lot[name] = lot.get(name, 0) + 1
    closing = _at_end(r, shift)
    found: list[Balance] = []
    for lot in sorted(set(closing) | set(flows)):
        flow = flows.get(lot, {})
        line = Balance(
            lot=lot,
            received=flow.get("received", 0),
            transferred_in=flow.get("transferred_in", 0),
            issued=flow.get("issued", 0),
            spoiled=flow.get("spoiled", 0),
            transferred_out=flow.get("transferred_out", 0),
            to_be_destroyed=flow.get("to_be_destroyed", 0),
            missing=flow.get("missing", 0),
            closing=closing.get(lot, 0),
        )
        left = line.issued + line.spoiled + line.transferred_out + line.to_be_destroyed
        came = line.received + line.transferred_in
        opening = line.closing + left + line.missing - came
        if shift is not None and shift.carried is not None:
            opening = shift.carried.get(lot, 0)
        if opening or flow or line.closing:
            found.append(replace(line, opening=opening))
    return found


def moved_since_count(r: Reading, shift: Shift) -> int:
    """How many blanks came or went since the shift was counted; a missing one is what it found."""
    books = Books(r, shift.counter)
    then = known(r, shift, At.COUNTED)
    later = [
        m
        for m in _moved(r, shift, books)
        if (m.id > shift.last_movement if then is None else not among(books, then, m))
    ]
    return sum(any(flow != "missing" for flow in way.flows) for way in _ways(later, books))


def _at_end(r: Reading, shift: Shift | None) -> dict[str, int]:
    """On hand by lot when a shift ended; now, while it lasts."""
    if shift is None:
        return _held(r, None)
    if shift.closing is not None:
        return shift.closing
    later = next_shift(r, shift)
    return on_hand(r, shift.counter) if later is None else later.opening
