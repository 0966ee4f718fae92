"""The count of a shift: given by hand, reckoned against books and machines, then explained.

Whoever counts isn't told what the books have; once the count is signed, every difference is shown
with the acts behind it and with what the program can't exclude.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from desktop.domain.application import Approval, Incident
from desktop.domain.officer import Actor, Role
from desktop.domain.ribbon import RibbonMark
from desktop.domain.stock import (
    Balance,
    Blank,
    BlankState,
    CountMissing,
    MovedSinceCount,
    Movement,
    NoShift,
    NotCounted,
    Shift,
    ShiftState,
    StatementMissing,
)
from desktop.ledger import Reading, Writing
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.custody import Books
from desktop.services.lot_balances import balances, moved_since_count, movements
from desktop.services.pool import printers
from desktop.services.printer_counts import AtPrinters, PrinterReading
from desktop.services.reckoning import LotCount, Reckoning
from desktop.services.ribbons import mark, ribbon_lines, with_lots
from desktop.services.shift_causes import CauseKind, acts_behind, causes
from desktop.services.shift_counts import at_end, changed_machines, counter_lines, ribbons_at_end
from desktop.services.signing import digest_of
from desktop.services.stock_known import At, note
from devices.errors import DeviceFault

COUNT = "shift.count"
"""The act that is signed by whoever counted."""

COUNTERS = (Role.PRODUCTION, Role.STOCK_KEEPER, Role.DISPATCH, Role.SUPERVISOR)

ASK_SECONDS = 5.0


FAR = 20
"""So many cards apart, and half of what the books have, are more likely a slip of the hand."""


def _far(counted: int, booked: int) -> bool:
    apart = abs(counted - booked)
    return apart >= FAR and 2 * apart > booked


class Counting:
    """Acts on the count of the counter's shift."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        self._frame = frame
        self._approvals = approvals

    # -- looking ---------------------------------------------------------------------------

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

    def lots_to_count(self) -> tuple[str, ...]:
        """Which lots are to be counted; how many the books have of each isn't told."""
        with self._frame.ledger.reading() as r:
            shift = self._need(r)
            return self._lots(balances(r, shift))

    def far_off(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Lots whose count can hardly be meant, as with a digit too many; the books stay hidden."""
        with self._frame.ledger.reading() as r:
            books = {line.lot: line.closing for line in balances(r, self._need(r))}
        return tuple(lot for lot, n in counts.items() if _far(n, books.get(lot, 0)))

    def store_elsewhere(self) -> tuple[str, ...]:
        """Lots of those to count whose cards in the store room another counter counts."""
        with self._frame.ledger.reading() as r:
            books = Books(r, self._frame.counter)
            if books.alone:
                return ()
            return tuple(x for x in self._lots(balances(r, self._need(r))) if not books.keep(x))

    @staticmethod
    def _lots(lines: list[Balance]) -> tuple[str, ...]:
        return tuple(line.lot for line in lines if line.closing or line.opening or line.received)

    def _need(self, r: Reading) -> Shift:
        shift = self.current(r)
        if shift is None:
            raise NoShift
        return shift

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
            # Words about another difference aren't about this one.
            same = shift.counted == dict(counts) and not moved_since_count(w, shift)
            said = shift.statement if same else ""
            newest = w.first(Movement, order="id", descending=True)
            shift = w.change(
                shift, state=ShiftState.COUNTED, counted=dict(counts), counted_by=by.officer,
                statement=said, last_movement=newest.id if newest is not None else "",
            )  # fmt: skip
            w.record("shift.counted", shift.id, content, (approval,))
            note(w, shift, At.COUNTED)
            return self._reckon(w, shift, now)

    def unaccounted(self, lot: str, scanned: list[str]) -> tuple[str, ...]:
        """After a recount by scan: which serials of a lot nobody found."""
        seen = {serial.strip().upper() for serial in scanned}
        here = [BlankState.IN_STOCK, BlankState.ASSIGNED, BlankState.RECEIVED]
        with self._frame.ledger.reading() as r:
            books = Books(r, self._frame.counter)
            return tuple(
                b.id
                for b in r.find(Blank, lot=lot, state=here)
                if b.id not in seen and books.hold(b.lot, b.state, b.custodian)
            )

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
        return found if before is None else with_printer_of(found, before)

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
            moved=moved_since_count(r, shift),
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

        Raises NoShift, NotCounted, MovedSinceCount, StatementMissing (no words), RoleMissing.
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
            moved = moved_since_count(w, shift)
            if moved:
                raise MovedSinceCount(count=moved)
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


def with_printer_of(found: Reckoning, before: Reckoning) -> Reckoning:
    """A reckoning that didn't ask the printer, with what it told `before` in the same shift."""
    if before.shift.id != found.shift.id:
        return found
    silent = CauseKind.PRINTER_SILENT
    kept = found.causes
    if not any(cause.kind is silent for cause in before.causes):
        kept = tuple(cause for cause in found.causes if cause.kind is not silent)
    swapped = CauseKind.PRINTER_CHANGED
    kept = tuple(cause for cause in kept if cause.kind is not swapped)
    kept += tuple(cause for cause in before.causes if cause.kind is swapped)
    return dataclasses.replace(found, counters=before.counters, ribbons=before.ribbons, causes=kept)
