"""A shift's counts: what the card printers told by themselves against the jobs of the journal.

A shift that ended is looked at as it was: its end is where the next one began.
"""

from __future__ import annotations

from dataclasses import replace

from db.trail import Wanted, look
from desktop.domain.ribbon import RibbonMark
from desktop.domain.stock import Job, JobState, Shift
from desktop.ledger import Reading
from desktop.services.lot_balances import last_shift, next_shift
from desktop.services.printer_counts import NOT_COUNTED, CounterKind, CounterLine, PrinterReading

MECHANICAL = ("CardJam", "CoverOpen", "RibbonEnded", "HalfPrinted")
"""Faults that a printer counts as its own errors."""


def test_cards(r: Reading, shift: Shift, counter: str, printer: str) -> int:
    """Cards without a number that a printer, or any of them for "", counted; no cleaning cards."""
    return sum(
        int(content.get("cards_after", 0)) - int(content.get("cards_before", 0))
        for line in look(r.conn, counter, span(r, shift, "stock.unnumbered"))
        if (content := line.content) and printer in ("", line.subject)
    )


def spoiled_in_print(r: Reading, shift: Shift, counter: str) -> list[Job]:
    """Jobs of a shift whose card was begun and never finished: ribbon was spent on them."""
    begun = {line.subject for line in look(r.conn, counter, span(r, shift, "job.printing"))}
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


def span(r: Reading, shift: Shift, *acts: str) -> Wanted:
    """The stretch of the journal that belongs to a shift: to its close, or to where the next began.

    One that was left open over night isn't charged with the next day's acts.
    """
    later = next_shift(r, shift)
    ends = [shift.seq_at_close, later.seq_at_open if later is not None else 0]
    end = min((seq for seq in ends if seq), default=-1) + 1
    return Wanted(after=shift.seq_at_open, before=end, acts=acts)


def reach(r: Reading, shift: Shift, *acts: str) -> Wanted:
    """What a shift's reports tell of: its own stretch, and all since the close before it.

    What is done after a close stands in the next shift's papers, as the cards of that time do.
    The printer's counts are no part of it: they begin with the shift (`span`).
    """
    wanted, before = span(r, shift, *acts), last_shift(r, shift)
    if before is not None and 0 < before.seq_at_close <= shift.seq_at_open:
        return replace(wanted, after=before.seq_at_close)
    return wanted
