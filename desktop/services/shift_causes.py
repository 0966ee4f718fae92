"""What may lie behind a difference of a shift: acts not of every day, and what can't be excluded.

Jobs in doubt, restarts of the PC, clocks that were set, prints that failed half-way. Nothing here
judges: the officer's statement and the supervisor do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from db.trail import Line, look
from desktop.domain.stock import BlankState, JobState, Movement, Shift
from desktop.ledger import Reading
from desktop.services.custody import ON_HAND
from desktop.services.doubts import CUT_OFF
from desktop.services.lot_balances import flow_of, movements
from desktop.services.shift_counts import MECHANICAL, span, spoiled_in_print

CLOCK_JUMP = timedelta(minutes=2)
"""Wall time and running time of a PC part by more than this only when somebody set the clock."""


class CauseKind(StrEnum):
    """What may lie behind a difference."""

    IN_DOUBT = "in_doubt"
    HALF_PRINTED = "half_printed"
    CUT_OFF = "cut_off"
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


def acts_behind(moved: Sequence[Movement]) -> tuple[Behind, ...]:
    """The movements that change a balance otherwise than by a licence issued.

    A card that was issued and spoiled or recalled afterwards is one of them: the balance counts it
    as that, and no longer as issued.
    """
    telling = ("spoiled", "missing", "found", "transferred_out", "to_be_destroyed")
    ours = {m.serial for m in moved if m.before in ON_HAND}
    ended = (BlankState.TO_BE_DESTROYED, BlankState.MISSING)
    return tuple(
        Behind(m.at, str(m.action), m.serial, m.lot, m.officer, m.reason)
        for m in moved
        if flow_of(m) in telling
        or m.after is BlankState.SPOILED
        or (m.before is BlankState.ISSUED and m.after in ended and m.serial in ours)
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
    lines = look(r.conn, counter, span(r, shift), content=False)
    found = list(_of_the_clock(lines))
    told = look(r.conn, counter, span(r, shift, "job.in_doubt", "device.ribbon_changed"))
    for line in told:
        content = line.content or {}
        if line.act == "device.ribbon_changed":
            found.append(Cause(CauseKind.RIBBON_CHANGED, line.time))
            continue
        cut = content.get("fault") == CUT_OFF
        kind = CauseKind.CUT_OFF if cut else CauseKind.IN_DOUBT
        found.append(Cause(kind, line.time, subject=str(content.get("serial", ""))))
    # What failed before its print was begun spent no ribbon.
    for job in spoiled_in_print(r, shift, counter):
        failed = job.state is JobState.FAILED
        if failed and (job.fault in MECHANICAL or job.fault == "PrinterIdle"):
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
