"""The counter's shift: opened in the morning, counted by hand, reckoned, closed under signature.

A difference is a question, not a verdict: the close shows what is behind it and what the program
can't exclude, takes the officer's statement and opens an incident. The supervisor's signature
over the journal's head anchors everything that was written until then.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from desktop.domain.application import Approval
from desktop.domain.calendar import OfficeCalendar
from desktop.domain.officer import PROGRAM, Actor, NotSignedIn, Role, SameOfficer
from desktop.domain.rules import NoRulesInForce
from desktop.domain.stock import (
    DayStillOpen,
    MovedSinceCount,
    Movement,
    NotCounted,
    Shift,
    ShiftState,
    StatementMissing,
)
from desktop.ledger import Reading
from desktop.notices import Say, StockChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.counting import COUNT, Counting
from desktop.services.duty import Duty
from desktop.services.kept_work import CLOSE as CLOSE_WORK
from desktop.services.kept_work import drop_kept
from desktop.services.lot_balances import balances, moved_since_count, on_hand
from desktop.services.reckoning import Reckoning, closing_content
from desktop.services.shift_counts import at_end, ribbons_at_end
from desktop.services.signing import digest_of
from desktop.services.standing import Standing, standing
from desktop.services.stock_known import At, note

CLOSE = "shift.close"
"""The act that a supervisor signs."""

OPENERS = frozenset(
    {Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION, Role.STOCK_KEEPER, Role.DISPATCH}
)
"""Whose signing in begins the office's day at this counter."""


def said_if_shut(calendar: OfficeCalendar, day: date) -> Say | None:
    """What is said where the calendar has the office shut; whoever works all the same may."""
    if calendar.is_open(day):
        return None
    names = [holiday.name for holiday in calendar.holidays_on(day)]
    facts: dict[str, object] = {"next": calendar.next_open_day(day)}
    if not names:
        return Say("clock.shut_weekly", facts)
    return Say("clock.shut_on", {**facts, "day": names[0], "why": calendar.why_closed(day)})


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed shift and who signed; the papers are made from it."""

    shift: Shift
    reckoning: Reckoning
    count: Approval
    close: Approval


class Closing(Counting):
    """Acts on the counter's shift."""

    def __init__(self, frame: Frame, duty: Duty, approvals: Approvals) -> None:
        super().__init__(frame, approvals)
        self._duty = duty

    # -- opening ---------------------------------------------------------------------------

    def wanted(self, by: Actor) -> bool:
        """Whether this officer's signing in begins a day that nobody has begun yet."""
        if not by.roles & OPENERS:
            return False
        with self._frame.ledger.reading() as r:
            return r.count(Shift, counter=self._frame.counter, day=self._today()) == 0

    def open_shift(self, by: Actor) -> Shift:
        """Begin today's shift, or give the one that was begun; reads the printer's counters.

        An earlier shift that was never closed stays open and is shown as such. Raises RoleMissing.
        """
        require(by, *OPENERS, Role.SUPERVISOR)
        frame = self._frame
        now = self.read_printers()
        reading = now.counts
        with frame.ledger.acting(by) as w:
            known = w.first(Shift, counter=frame.counter, day=self._today(),
                            state=[ShiftState.OPEN, ShiftState.COUNTED])  # fmt: skip
            if known is not None:
                return known
            # A clock before the oldest rules is told of by itself, and opens the day all the same.
            with suppress(NoRulesInForce):
                shut = said_if_shut(frame.rules(frame.today()).calendar, frame.today())
                if shut is not None:
                    w.notify(shut)
            last = w.first(Shift, counter=frame.counter, order="id", descending=True)
            shift = w.add(
                Shift(
                    id=frame.ids.new(),
                    counter=frame.counter,
                    day=frame.today(),
                    state=ShiftState.OPEN,
                    opened_by=by.officer,
                    opened_at=frame.now(),
                    cards_at_open=reading.cards if reading else 0,
                    errors_at_open=reading.errors if reading else 0,
                    panels_at_open=reading.panels if reading else 0,
                    counters_known=reading is not None,
                    printers_at_open=reading.machines if reading else (),
                    ribbons_at_open=self._lots_noted(w, now.ribbons),
                    opening=on_hand(w, frame.counter),
                    carried=self._carried(w, last),
                    seq_at_open=w.head().seq,
                    after_movement=self._marker(w, last),
                )
            )
            w.record(
                "shift.opened",
                shift.id,
                {"day": shift.day, "opening": shift.opening, "carried": shift.carried,
                 "cards": shift.cards_at_open, "printer": shift.counters_known,
                 "machines": list(shift.printers_at_open)},
            )  # fmt: skip
            note(w, shift, At.OPENED)
            w.notify(StockChanged())
        return shift

    @staticmethod
    def _carried(r: Reading, last: Shift | None) -> dict[str, int] | None:
        """On hand by lot as the last shift left it; None where there was none."""
        if last is None:
            return None
        if last.closing is not None:
            return last.closing
        return {line.lot: line.closing for line in balances(r, last)}

    @staticmethod
    def _marker(r: Reading, last: Shift | None) -> str:
        if last is not None and last.closing is not None:
            return last.last_movement
        newest = r.first(Movement, order="id", descending=True)
        return newest.id if newest is not None else ""

    # -- looking ---------------------------------------------------------------------------

    def standing(self) -> Standing:
        """What stands in the way of the close."""
        with self._frame.ledger.reading() as r:
            return standing(self._frame, r, self.current(r))

    # -- closing ---------------------------------------------------------------------------

    def close(self, supervisor: Actor) -> Closed:
        """Close the shift: the supervisor signs the reckoning and the journal's head.

        Raises RoleMissing, NoShift, NotCounted, SameOfficer (whoever counted can't close),
        MovedSinceCount (cards came or went after it), DayStillOpen (jobs in doubt, blanks at the
        printer), StatementMissing (something differs).
        """
        require(supervisor, Role.SUPERVISOR)
        frame = self._frame
        way = self.standing()
        if way.blocks:
            raise DayStillOpen(in_doubt=len(way.in_doubt), at_printer=len(way.at_printer))
        now = self.read_printers()
        with frame.ledger.acting(supervisor) as w:
            frame.check_clock(w)
            shift = self._need(w)
            if shift.counted is None:
                raise NotCounted
            if shift.counted_by == supervisor.officer:
                raise SameOfficer
            moved = moved_since_count(w, shift)
            if moved:
                raise MovedSinceCount(count=moved)
            reading = at_end(w, shift, now.counts)
            reckoned = self._reckon(w, shift, now)
            if reckoned.differs and not shift.statement:
                raise StatementMissing
            content = closing_content(reckoned)
            signed = self._approvals.sign(w, supervisor, CLOSE, shift.id, digest_of(content))
            shift = w.change(
                shift,
                state=ShiftState.CLOSED,
                closed_by=supervisor.officer,
                closed_at=frame.now(),
                closing={lot.balance.lot: lot.balance.closing for lot in reckoned.lots},
                last_movement=self._marker(w, None),
                seq_at_close=w.head().seq + 1,
                panels_per_card=reading.panels_per_card if reading else 0,
                printer_cards=reading.cards if reading else 0,
                printer_errors=reading.errors if reading else 0,
                printer_panels=reading.panels if reading else 0,
                printers_at_close=reading.machines if reading else (),
                ribbons_at_close=self._lots_noted(w, ribbons_at_end(w, shift, now.ribbons)),
            )
            w.record("shift.closed", shift.id, content, (signed,))
            note(w, shift, At.CLOSED)
            drop_kept(w, CLOSE_WORK, shift.id)
            signer = self._duty.signer(supervisor)
            frame.ledger.journal.anchor(w.conn, signer, officer=supervisor.officer)
            counted = w.first(Approval, subject=shift.id, act=COUNT, void=False)
            if counted is None:
                raise NotCounted
            w.notify(StockChanged())
        return Closed(shift, reckoned, counted, signed)

    def keep_reports(self, shift_id: str, report: str, day_report: str) -> Shift:
        """Remember which papers tell of a closed shift."""
        with self._frame.ledger.acting(PROGRAM) as w:
            shift = w.change(w.get(Shift, shift_id), report=report, day_report=day_report)
            w.record("shift.reported", shift.id, {"report": report, "day_report": day_report})
        return shift

    def _today(self) -> str:
        return self._frame.today().isoformat()

    def begin_day(self) -> Shift | None:
        """Open the shift for whoever just signed in, where it is theirs to open.

        Run on the printer's lane; nothing happens when nobody may, or it is open.
        """
        try:
            by = self._duty.actor()
        except NotSignedIn:
            return None
        return self.open_shift(by) if self.wanted(by) else None
