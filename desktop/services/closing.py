"""The counter's shift: opened in the morning, counted by hand, reckoned, closed under signature.

A difference is a question, not a verdict: the close shows what is behind it and what the program
can't exclude, takes the officer's statement and opens an incident. The supervisor's signature
over the journal's head anchors everything that was written until then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.application import Application, Approval, Incident
from desktop.domain.officer import PROGRAM, Actor, NotSignedIn, Role, SameOfficer
from desktop.domain.reasons import CancelReason
from desktop.domain.ribbon import RibbonMark
from desktop.domain.stock import (
    Balance,
    Blank,
    BlankState,
    CountMissing,
    DayStillOpen,
    Movement,
    NoShift,
    NotCounted,
    Shift,
    ShiftState,
    StatementMissing,
)
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Reading, Writing
from desktop.notices import StockChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.duty import Duty
from desktop.services.lot_balances import balances, movements, on_hand
from desktop.services.pool import printers
from desktop.services.printer_counts import AtPrinters, PrinterReading
from desktop.services.reckoning import LotCount, Reckoning, closing_content
from desktop.services.ribbons import mark, ribbon_lines, with_lots
from desktop.services.shift_causes import CauseKind, acts_behind, causes
from desktop.services.shift_counts import at_end, changed_machines, counter_lines, ribbons_at_end
from desktop.services.signing import digest_of
from desktop.services.standing import Standing, standing
from devices.errors import DeviceFault

COUNT = "shift.count"
CLOSE = "shift.close"
"""Acts that are signed: the count by whoever counted, the close by a supervisor."""

ASK_SECONDS = 5.0

OPENERS = frozenset(
    {Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION, Role.STOCK_KEEPER, Role.DISPATCH}
)
"""Whose signing in begins the office's day at this counter."""

COUNTERS = (Role.PRODUCTION, Role.STOCK_KEEPER, Role.DISPATCH, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed shift and who signed; the papers are made from it."""

    shift: Shift
    reckoning: Reckoning
    count: Approval
    close: Approval


class Closing:
    """Acts on the counter's shift."""

    def __init__(self, frame: Frame, duty: Duty, approvals: Approvals) -> None:
        self._frame = frame
        self._duty = duty
        self._approvals = approvals

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
                    opening=on_hand(w),
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

    def read_printers(self) -> AtPrinters:
        """What all card printers tell; no counts when one doesn't answer or doesn't count."""
        counts: list[PrinterReading | None] = []
        ribbons: list[RibbonMark] = []
        for name in printers(self._frame.hub):
            try:
                with self._frame.hub.printer(name) as printer:
                    now = printer.counters(timeout=ASK_SECONDS)
                    per_card = printer.capabilities.panels_per_card
                    serial = printer.info.serial
                    ribbons.append(mark(name, printer))
            except DeviceFault:
                counts.append(None)
                ribbons.append(RibbonMark(name, ""))
                continue
            counts.append(
                None
                if now is None
                else PrinterReading.of(now.cards, now.errors, now.panels, per_card, serial)
            )
        told = [one for one in counts if one is not None]
        together = PrinterReading.together(told) if len(told) == len(counts) else None
        return AtPrinters(together, tuple(ribbons))

    def _lots_noted(self, r: Reading, marks: tuple[RibbonMark, ...]) -> tuple[RibbonMark, ...]:
        return with_lots(r, marks, self._frame.ledger.journal.counter)

    # -- looking ---------------------------------------------------------------------------

    def current(self, r: Reading) -> Shift | None:
        """The shift to be closed: the oldest that is open, so that no day is skipped."""
        return r.first(
            Shift, counter=self._frame.counter, order="id",
            state=[ShiftState.OPEN, ShiftState.COUNTED],
        )  # fmt: skip

    def shift(self) -> Shift | None:
        """The same, read by itself."""
        with self._frame.ledger.reading() as r:
            return self.current(r)

    def standing(self) -> Standing:
        """What stands in the way of the close."""
        with self._frame.ledger.reading() as r:
            return standing(self._frame, r, self.current(r))

    def lots_to_count(self) -> tuple[str, ...]:
        """Which lots are to be counted; how many the books have of each isn't told."""
        with self._frame.ledger.reading() as r:
            shift = self._need(r)
            return self._lots(balances(r, shift))

    @staticmethod
    def _lots(lines: list[Balance]) -> tuple[str, ...]:
        return tuple(line.lot for line in lines if line.closing or line.opening or line.received)

    def expire(self, by: Actor, application_id: str, note: str = "") -> Application:
        """The applicant never came back: the case ends, its papers are given back.

        Raises RoleMissing (a supervisor's act), NoSuchStep.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            reason = CancelReason.NEVER_CAME_BACK
            return self._frame.move(
                w, app, Action.EXPIRE, also=(Gate.REASON,),
                told={"reason": reason, "note": note}, reason=reason, note=note,
            )  # fmt: skip

    # -- counting --------------------------------------------------------------------------

    def count(self, by: Actor, counts: Mapping[str, int]) -> Reckoning:
        """Give the count by hand, signed; only then is the books' own number shown.

        Raises NoShift, CountMissing (a lot without a count), RoleMissing.
        """
        require(by, *COUNTERS)
        frame = self._frame
        now = self.read_printers()
        with frame.ledger.acting(by) as w:
            shift = self._need(w)
            for lot in self._lots(balances(w, shift)):
                if counts.get(lot, -1) < 0:
                    raise CountMissing(lot=lot)
            content = {"shift": shift.id, "counted": dict(sorted(counts.items()))}
            for old in w.find(Approval, subject=shift.id, act=COUNT, void=False):
                w.change(old, void=True)
            approval = self._approvals.sign(w, by, COUNT, shift.id, digest_of(content))
            shift = w.change(
                shift, state=ShiftState.COUNTED, counted=dict(counts), counted_by=by.officer
            )
            w.record("shift.counted", shift.id, content, (approval,))
            return self._reckon(w, shift, now)

    def unaccounted(self, lot: str, scanned: list[str]) -> tuple[str, ...]:
        """After a recount by scan: which serials of a lot nobody found."""
        seen = {serial.strip().upper() for serial in scanned}
        here = [BlankState.IN_STOCK, BlankState.ASSIGNED, BlankState.RECEIVED]
        with self._frame.ledger.reading() as r:
            return tuple(b.id for b in r.find(Blank, lot=lot, state=here) if b.id not in seen)

    def reckoning(self) -> Reckoning:
        """The reckoning of the counted shift; the printer's lane's work. Raises NotCounted."""
        now = self.read_printers()
        with self._frame.ledger.reading() as r:
            shift = self._need(r)
            if shift.counted is None:
                raise NotCounted
            return self._reckon(r, shift, now)

    def reckoned(self, r: Reading, before: Reckoning | None = None) -> Reckoning | None:
        """The reckoning without asking the printer: its counts stand as they were `before`."""
        shift = self.current(r)
        if shift is None or shift.counted is None:
            return None
        found = self._reckon(r, shift, AtPrinters())
        if before is None or before.shift.id != shift.id:
            return found
        silent = CauseKind.PRINTER_SILENT
        kept = found.causes
        if not any(cause.kind is silent for cause in before.causes):
            kept = tuple(cause for cause in found.causes if cause.kind is not silent)
        swapped = CauseKind.PRINTER_CHANGED
        kept = tuple(cause for cause in kept if cause.kind is not swapped)
        kept += tuple(cause for cause in before.causes if cause.kind is swapped)
        return dataclasses.replace(
            found, counters=before.counters, ribbons=before.ribbons, causes=kept
        )

    def _reckon(self, r: Reading, shift: Shift, now: AtPrinters) -> Reckoning:
        reading = at_end(r, shift, now.counts)
        marks = self._lots_noted(r, ribbons_at_end(r, shift, now.ribbons))
        counted = shift.counted or {}
        lines = balances(r, shift)
        counter = self._frame.ledger.journal.counter
        return Reckoning(
            shift=shift,
            lots=tuple(LotCount(line, counted.get(line.lot, line.closing)) for line in lines),
            counters=counter_lines(r, shift, reading, counter),
            ribbons=ribbon_lines(r, shift, marks, counter),
            behind=acts_behind(movements(r, shift)),
            causes=causes(
                r,
                shift,
                counter,
                printer_silent=reading is None,
                machines=changed_machines(r, shift, reading),
            ),
            statement=shift.statement,
        )

    # -- saying ----------------------------------------------------------------------------

    def state(self, by: Actor, statement: str) -> Shift:
        """The officer's own words about what differs; a lot that is short becomes an incident.

        Raises NoShift, NotCounted, StatementMissing (no words), RoleMissing.
        """
        require(by, *COUNTERS)
        text = " ".join(statement.split())
        if not text:
            raise StatementMissing
        frame = self._frame
        with frame.ledger.acting(by) as w:
            shift = self._need(w)
            if shift.counted is None:
                raise NotCounted
            for lot in self._reckon(w, shift, AtPrinters()).lots:
                if lot.difference:
                    self._incident(w, shift, lot, text)
            shift = w.change(shift, statement=text)
            w.record("shift.stated", shift.id, {"statement": text})
        return shift

    def _incident(self, w: Writing, shift: Shift, lot: LotCount, statement: str) -> None:
        """One open incident per lot and shift; a second statement is added to its words."""
        frame = self._frame
        details = {
            "shift": shift.id,
            "books": str(lot.balance.closing),
            "counted": str(lot.counted),
        }
        for known in w.find(Incident, kind="count_differs", subject=lot.balance.lot, closed_by=""):
            if known.details.get("shift") == shift.id:
                w.change(known, details=details, statement=statement)
                return
        incident = w.add(
            Incident(
                id=frame.ids.new(),
                kind="count_differs",
                subject=lot.balance.lot,
                opened_by=w.by.officer,
                opened_at=frame.now(),
                details=details,
                statement=statement,
            )
        )
        w.record("incident.opened", incident.id, {"kind": incident.kind, **details})

    # -- closing ---------------------------------------------------------------------------

    def close(self, supervisor: Actor) -> Closed:
        """Close the shift: the supervisor signs the reckoning and the journal's head.

        Raises RoleMissing, NoShift, NotCounted, SameOfficer (whoever counted can't close),
        DayStillOpen (jobs in doubt, blanks at the printer), StatementMissing (something differs).
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

    def _need(self, r: Reading) -> Shift:
        shift = self.current(r)
        if shift is None:
            raise NoShift
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
