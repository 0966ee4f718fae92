"""The reckoning of a shift: lots against the stock ledger, the printer's counters against the jobs.

Nothing here judges. A difference is handed on with the acts behind it and with what the program
can't exclude: jobs in doubt, restarts, clock jumps, prints that failed half-way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from db.trail import Line, Wanted, look
from desktop.domain.ribbon import RibbonMark
from desktop.domain.stock import (
    Balance,
    Blank,
    BlankState,
    Job,
    JobState,
    Movement,
    Shift,
)
from desktop.ledger import Reading
from desktop.services.printer_counts import (
    NOT_COUNTED,
    CounterKind,
    CounterLine,
    PrinterReading,
    RibbonLine,
)

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

CLOCK_JUMP = timedelta(minutes=2)
"""Wall time and running time of a PC part by more than this only when somebody set the clock."""

MECHANICAL = ("CardJam", "CoverOpen", "RibbonEnded", "HalfPrinted")
"""Faults that a printer counts as its own errors."""


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

    @property
    def flows(self) -> tuple[str, ...]:
        """Its lines in the balance: a card that came and went in one shift stands in two. One
        spoiled in it counts as that, even if it lies with those to be destroyed by now."""
        came = () if self.before in ON_HAND else ("received",)
        if self.after in ON_HAND:
            return came if self.before not in ON_HAND else ()
        left = _LEFT[self.after]
        left = "spoiled" if self.spoiled and left == "to_be_destroyed" else left
        if self.before is None:
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


# -- the printer's own counters ----------------------------------------------------------------


def test_cards(r: Reading, shift: Shift, counter: str, printer: str) -> int:
    """Cards without a number that a printer, or any of them for "", counted; no cleaning cards."""
    return sum(
        int(content.get("cards_after", 0)) - int(content.get("cards_before", 0))
        for line in look(r.conn, counter, span(shift, "stock.unnumbered"))
        if (content := line.content) and printer in ("", line.subject)
    )


def spoiled_in_print(r: Reading, shift: Shift, counter: str) -> list[Job]:
    """Jobs of a shift whose card was begun and never finished: ribbon was spent on them."""
    begun = {line.subject for line in look(r.conn, counter, span(shift, "job.printing"))}
    unfinished = [JobState.FAILED, JobState.IN_DOUBT]
    return [job for job in r.find(Job, shift=shift.id, state=unfinished) if job.id in begun]


def at_end(r: Reading, shift: Shift, reading: PrinterReading | None) -> PrinterReading | None:
    """The printer's counts at a shift's end: now, or where the next shift began."""
    later = next_shift(r, shift)
    if later is None or reading is None:
        return reading
    if not later.counters_known:
        return None
    return replace(
        reading,
        cards=later.cards_at_open,
        errors=later.errors_at_open,
        panels=later.panels_at_open,
        machines=later.printers_at_open,
    )


def ribbons_at_end(r: Reading, shift: Shift, now: tuple[RibbonMark, ...]) -> tuple[RibbonMark, ...]:
    """The ribbons at a shift's end: now, or where the next shift began."""
    later = next_shift(r, shift)
    return now if later is None else later.ribbons_at_open


def changed_machines(r: Reading, shift: Shift, reading: PrinterReading | None) -> tuple[str, ...]:
    """The serials of all machines of a shift in which one took another's place; else nothing.

    Seen by who is there at both ends, and by who made the cards in between. A shift of before
    such serials were kept can't tell.
    """
    before = shift.printers_at_open
    if not shift.counters_known or not before:
        return ()
    after = reading.machines if reading is not None else ()
    made = {job.printer for job in r.find(Job, shift=shift.id)} - {""}
    strange = made - set(before) if "" not in before else set[str]()
    if not strange and (not after or sorted(after) == sorted(before)):
        return ()
    return tuple(dict.fromkeys((*before, *sorted(strange), *after)))


def counter_lines(
    r: Reading, shift: Shift, reading: PrinterReading | None, counter: str
) -> tuple[CounterLine, ...]:
    """The printer's counts against the jobs of the shift.

    Nothing where it never answered, or where another machine stands in its place: two machines'
    counters have no difference that means anything.
    Cards: every job that was printed, and test cards. Errors: jobs that a mechanical fault ended.
    Panels: what whole cards use; a card spoiled half-way has used up to as many more.
    """
    if reading is None or not shift.counters_known or changed_machines(r, shift, reading):
        return ()
    jobs = r.find(Job, shift=shift.id)
    printed = sum(1 for job in jobs if job.state is JobState.PRINTED)
    broken = sum(1 for job in jobs if job.fault in MECHANICAL)
    test = test_cards(r, shift, counter, "")
    panels = (printed + test) * reading.panels_per_card
    spoiled = len(spoiled_in_print(r, shift, counter)) * reading.panels_per_card
    lines = (
        CounterLine(CounterKind.CARDS, shift.cards_at_open, reading.cards, printed + test),
        CounterLine(CounterKind.ERRORS, shift.errors_at_open, reading.errors, broken),
        CounterLine(CounterKind.PANELS, shift.panels_at_open, reading.panels, panels, spoiled),
    )
    return tuple(line for line in lines if NOT_COUNTED not in (line.before, line.after))


# -- what can't be excluded --------------------------------------------------------------------


class CauseKind(StrEnum):
    """What may lie behind a difference."""

    IN_DOUBT = "in_doubt"
    HALF_PRINTED = "half_printed"
    FOUND_AT_START = "found_at_start"
    RESTART = "restart"
    CLOCK_JUMP = "clock_jump"
    MOVED_BETWEEN = "moved_between"
    RIBBON_CHANGED = "ribbon_changed"
    PRINTER_SILENT = "printer_silent"
    PRINTER_CHANGED = "printer_changed"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that the program can't exclude; `at` is when it happened, if at one moment."""

    kind: CauseKind
    at: datetime | None = None
    count: int = 1
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """An act on stock that isn't everyday: a card spoiled, lost, found or sent away."""

    at: datetime
    act: str
    serial: str
    lot: str
    officer: str
    reason: str


def span(shift: Shift, *acts: str) -> Wanted:
    """The stretch of the journal that belongs to a shift."""
    end = shift.seq_at_close + 1 if shift.seq_at_close else 0
    return Wanted(after=shift.seq_at_open, before=end, acts=acts)


def acts_behind(moved: Sequence[Movement]) -> tuple[Behind, ...]:
    """The movements that change a balance otherwise than by a licence issued."""
    telling = ("spoiled", "missing", "found", "transferred_out", "to_be_destroyed")
    return tuple(
        Behind(m.at, str(m.action), m.serial, m.lot, m.officer, m.reason)
        for m in moved
        if flow_of(m) in telling
    )


def causes(
    r: Reading,
    shift: Shift,
    counter: str,
    *,
    printer_silent: bool,
    machines: tuple[str, ...] = (),
) -> tuple[Cause, ...]:
    """What the program can't exclude as the cause of a difference in this shift.

    `machines` are those of a shift in which a printer was changed (see `changed_machines`).
    """
    lines = look(r.conn, counter, span(shift), content=False)
    found = list(_of_the_clock(lines))
    told = look(r.conn, counter, span(shift, "job.in_doubt", "device.ribbon_changed"))
    for line in told:
        content = line.content or {}
        if line.act == "device.ribbon_changed":
            found.append(Cause(CauseKind.RIBBON_CHANGED, line.time))
            continue
        at_start = bool(content.get("found_at_start"))
        kind = CauseKind.FOUND_AT_START if at_start else CauseKind.IN_DOUBT
        found.append(Cause(kind, line.time, subject=str(content.get("serial", ""))))
    for job in r.find(Job, shift=shift.id, state=JobState.FAILED):
        if job.fault in MECHANICAL or job.fault == "PrinterIdle":
            at = job.finished_at or job.started_at
            found.append(Cause(CauseKind.HALF_PRINTED, at, subject=job.blank_serial))
    if shift.carried is not None:
        between = [m for m in movements(r, shift) if not m.shift and flow_of(m)]
        if between:
            found.append(Cause(CauseKind.MOVED_BETWEEN, between[0].at, len(between)))
    if printer_silent:
        found.append(Cause(CauseKind.PRINTER_SILENT))
    if machines:
        names = ", ".join(name or "–" for name in machines)
        found.append(Cause(CauseKind.PRINTER_CHANGED, count=len(machines), subject=names))
    return tuple(sorted(found, key=lambda c: (c.at is None, c.at or shift.opened_at, c.kind)))


def _of_the_clock(lines: Iterable[Line]) -> Iterable[Cause]:
    """Restarts of the PC (running time begins anew) and clocks that were set."""
    before: Line | None = None
    for line in lines:
        if before is not None:
            if line.tick_us < before.tick_us:
                yield Cause(CauseKind.RESTART, line.time)
            else:
                ran = timedelta(microseconds=line.tick_us - before.tick_us)
                if abs((line.time - before.time) - ran) > CLOCK_JUMP:
                    yield Cause(CauseKind.CLOCK_JUMP, line.time)
        before = line


# -- the whole ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotCount:
    """One lot's balance beside what was counted by hand."""

    balance: Balance
    counted: int

    @property
    def difference(self) -> int:
        return self.counted - self.balance.closing


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The whole reckoning; only known once the count was given."""

    shift: Shift
    lots: tuple[LotCount, ...]
    counters: tuple[CounterLine, ...]
    behind: tuple[Behind, ...]
    causes: tuple[Cause, ...]
    statement: str = ""
    ribbons: tuple[RibbonLine, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything asks for a statement."""
        lots = any(lot.difference or not lot.balance.holds for lot in self.lots)
        return lots or any(line.unexplained for line in (*self.counters, *self.ribbons))


def closing_content(reckoned: Reckoning) -> dict[str, Any]:
    """What the supervisor signs: every lot, every counter and ribbon, the statement."""
    return {
        "counters": [[str(c.kind), c.before, c.after, c.ledger] for c in reckoned.counters],
        "day": reckoned.shift.day.isoformat(),
        "lots": {
            lot.balance.lot: {
                "opening": lot.balance.opening,
                "received": lot.balance.received,
                "issued": lot.balance.issued,
                "spoiled": lot.balance.spoiled,
                "transferred_out": lot.balance.transferred_out,
                "missing": lot.balance.missing,
                "closing": lot.balance.closing,
                "counted": lot.counted,
            }
            for lot in reckoned.lots
        },
        "ribbons": [
            [line.printer, line.told, line.gone, line.expected] for line in reckoned.ribbons
        ],
        "shift": reckoned.shift.id,
        "statement": reckoned.statement,
    }
