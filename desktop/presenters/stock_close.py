"""Closing the shift: counted by hand, reckoned, said, signed; the second half of the stock desk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from desktop.domain.application import Application, Paper
from desktop.domain.officer import Actor, Role
from desktop.domain.stock import (
    DayStillOpen,
    MovedSinceCount,
    NoShift,
    Shift,
    ShiftState,
    StatementMissing,
)
from desktop.ledger import Reading
from desktop.presenters.base import Said
from desktop.presenters.problems import NotOfThisCount
from desktop.presenters.second import SecondOfficers, gives_back
from desktop.presenters.stock_kept import StockKept
from desktop.presenters.stock_view import Area, CloseStage, LotScan, Money
from desktop.services.closing import OPENERS, Closed
from desktop.services.counting import COUNTERS, with_printer_of
from desktop.services.desk import Desk
from desktop.services.paper_minutes import DESTRUCTION
from desktop.services.reckoning import Reckoning
from desktop.services.standing import Standing

PRINTER = "card_printer"
PAPER = "document_printer"
UNREPORTED = 5
"""How many closed shifts are looked at for reports that weren't made."""


def still_open(way: Standing) -> DayStillOpen:
    """What is to be answered before the day can be closed."""
    return DayStillOpen(in_doubt=len(way.in_doubt), at_printer=len(way.at_printer))


class CloseSteps(StockKept):
    """The shift's end."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._asked = False

    # -- looking ---------------------------------------------------------------------------

    def look_at_shift(self) -> dict[str, object]:
        """The part of the view that tells of the shift."""
        closing = self.desk.closing
        with self.desk.ledger.reading() as r:
            shift = closing.current(r)
            counted = shift is not None and shift.counted is not None
            reckoning = closing.reckoned(r, self.view.reckoning) if counted else None
            found = self._money(r) if shift is not None else Money()
            papers = self.last_papers(r)
            unreported = self._unreported(r)
        begun = self.begun_close(shift)
        recounting = begun.get("recounting", self.view.recounting)
        stage = CloseStage.RECKON if counted and not recounting else CloseStage.COUNT
        if shift is None:
            stage = CloseStage.CLOSED if self.view.closed else CloseStage.NO_SHIFT
        return {
            **begun,
            "stage": stage,
            "shift": shift,
            "today": self.desk.frame.today(),
            "standing": closing.standing(),
            **self._who_closes(shift),
            "last_papers": papers,
            "unreported": unreported,
            "to_count": closing.lots_to_count() if shift is not None else (),
            "store_elsewhere": closing.store_elsewhere() if shift is not None else (),
            "reckoning": reckoning if shift is not None else self.view.reckoning,
            "money": found if shift is not None else self.view.money,
        }

    def _who_closes(self, shift: Shift | None) -> dict[str, object]:
        session = self.desk.duty.session
        roles = session.actor.roles if session is not None else frozenset[Role]()
        officer = session.actor.officer if session is not None else ""
        counted_by = shift.counted_by if shift is not None else ""
        closers = self._supervisors()
        return {
            "officer": officer,
            "may_close": Role.SUPERVISOR in roles,
            "may_count": bool(roles.intersection(COUNTERS)),
            "may_open": bool(roles & (OPENERS | {Role.SUPERVISOR})),
            "others_close": bool(closers - {counted_by or officer}),
            "any_close": bool(closers),
            "gives_back": gives_back(self.desk),
        }

    def _supervisors(self) -> set[str]:
        """Who may sign a close here today, unless they counted."""
        today, all_ = self.desk.frame.today(), self.desk.duty.officers()
        return {one.id for one in all_ if Role.SUPERVISOR in one.roles_on(today)}

    def refusal_now(self, way: Standing) -> Exception | None:
        """The refusal on show as things stand now: what was answered since isn't asked for."""
        problem = self.view.problem
        if not isinstance(problem, DayStillOpen):
            return problem
        return still_open(way) if way.blocks else None

    @property
    def closers(self) -> SecondOfficers:
        """Who can be asked to close: not who counted."""
        shift, all_ = self.view.shift, self.view.witnesses
        counted = shift.counted_by if shift is not None else ""
        named = tuple(one for one in all_.named if one[0] != counted)
        return dataclasses.replace(all_, named=named)

    def keep_printer(self, found: dict[str, object]) -> None:
        """What the printer told while this look was under way stays: it isn't asked twice."""
        reckoning, told = found.get("reckoning"), self.view.reckoning
        if isinstance(reckoning, Reckoning) and told is not None and told.counters:
            found["reckoning"] = with_printer_of(reckoning, told)

    def ask_printer(self) -> None:
        """A count that was given before this screen was opened still lacks the printer's part."""
        view = self.view
        known = view.shift is not None and view.shift.counters_known
        if view.stage is CloseStage.RECKON and known:
            reckoning = view.reckoning
            if reckoning is not None and not reckoning.counters and not self._asked:
                self._asked = True
                self.desk.lanes.call(
                    PRINTER, self.desk.closing.reckoning,
                    lambda found: self.show(reckoning=found), self._not_reckoned,
                )  # fmt: skip

    def _not_reckoned(self, problem: Exception) -> None:
        """Nobody asked for it, and of a shift that was closed meanwhile nobody needs it."""
        if self.view.stage is CloseStage.RECKON and not isinstance(problem, NoShift):
            self.show(problem=problem)

    def _money(self, r: Reading) -> Money:
        shift = self.desk.closing.current(r)
        if shift is None:
            return Money()
        evidence = self.desk.reports.evidence(r, shift)
        banks, waivers = self.desk.reports.money(r, shift)
        return Money(
            sum(bank.payments for bank in banks),
            sum(bank.amount for bank in banks),
            sum(waiver.count for waiver in waivers),
            sum(1 for piece in evidence if piece.open_typed),
        )

    # -- the shift -------------------------------------------------------------------------

    def open_shift(self) -> None:
        """Begin a shift by hand, as after one was closed at noon."""

        def then(_shift: object) -> None:
            self._asked = False
            self.show(closed=None, reckoning=None)
            self.load()

        by = self.by
        self.work(lambda: self.desk.closing.open_shift(by), then, lane=PRINTER)

    def far_off(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Lots whose number is more likely mistyped than counted; one that was given is not."""
        before = self.view.shift.counted if self.view.shift is not None else None
        new = {lot: n for lot, n in counts.items() if (before or {}).get(lot) != n}
        try:
            return self.desk.closing.far_off(new)
        except NoShift:
            return ()  # the count itself says so

    def count(self, counts: Mapping[str, int]) -> None:
        """Give the count by hand; only then the books' numbers are shown.

        Whoever pressed the key counted, also where the lane comes to it after a take-over.
        """
        by = self.by
        self.work(
            lambda: self.desk.closing.count(by, counts), self._reckoned,
            lane=PRINTER, doing="doing.count",
        )  # fmt: skip

    def _reckoned(self, reckoning: Reckoning) -> None:
        self.show(
            reckoning=reckoning, shift=reckoning.shift, stage=CloseStage.RECKON, scan=None,
            recounting=False, **self._who_closes(reckoning.shift),
        )  # fmt: skip

    def recount(self) -> None:
        """Count again: the fields come back, with what was counted before beside them."""
        if not self.may_count():
            return
        self.show(stage=CloseStage.COUNT, scan=None, recounting=True, problem=None)

    def scan_lot(self, lot: str) -> None:
        """Recount one lot card by card, to learn which one is missing."""
        self._missing(LotScan(lot))

    def lot_scan(self, serial: str) -> None:
        """One more card of the lot; another lot's, a used or an unknown one isn't counted."""
        scan = self.view.scan
        if scan is None:
            return
        if serial in scan.scanned:
            self.show(problem=None)
        elif serial in self.desk.closing.unaccounted(scan.lot, list(scan.scanned)):
            self._missing(dataclasses.replace(scan, scanned=(*scan.scanned, serial)))
        else:
            self.show(problem=NotOfThisCount(serial=serial, lot=scan.lot))

    def _missing(self, scan: LotScan) -> None:
        missing = self.desk.closing.unaccounted(scan.lot, list(scan.scanned))
        self.show(scan=dataclasses.replace(scan, missing=missing), problem=None)

    def report_missing(self) -> None:
        """The cards that nobody scanned are missing: each becomes an incident."""
        scan = self.view.scan
        if scan is None or not scan.missing:
            return
        by = self.by

        def act() -> Reckoning:
            # A card that was issued since the last scan is not missing.
            for serial in self.desk.closing.unaccounted(scan.lot, list(scan.scanned)):
                self.desk.stock.miss(by, serial, "not_counted")
            return self.desk.closing.reckoning()

        self.work(act, self._reckoned, lane=PRINTER, doing="doing.count")

    def state(self, statement: str, after: Callable[[], object] | None = None) -> None:
        """The officer's own words about what differs; `after` goes on once they are kept.

        Until then no other act is taken.
        """
        by = self.by

        def act() -> Reckoning:
            self.desk.closing.state(by, statement)
            return self.desk.closing.reckoning()

        def then(reckoning: Reckoning) -> None:
            self.show(reckoning=reckoning, statement=None, said=self.say("stock.stated"))
            if after is not None:
                after()

        self.work(act, then, lane=PRINTER)

    def statement_missing(self) -> None:
        """Something differs and nobody said a word: no supervisor need come for that."""
        self.show(problem=StatementMissing())

    def count_outdated(self) -> bool:
        """Whether cards moved since the count: no words need be said of it; told if so."""
        found = self.view.reckoning
        if found is None or not found.moved:
            return False
        self.show(problem=MovedSinceCount(count=found.moved))
        return True

    def may_count(self) -> bool:
        """Whether this officer's duty includes the count and its statement; told if not."""
        return self.may(*COUNTERS)

    def may_expire(self) -> bool:
        """Whether this officer may end a case whose applicant never came back; told if not."""
        return self.may(Role.SUPERVISOR)

    def expire(self, application_id: str) -> None:
        """An applicant never came back."""

        def then(app: Application) -> None:
            self.show(said=self.say("stock.expired", number=app.number))
            self.load()

        by = self.by
        self.work(lambda: self.desk.intake.expire(by, application_id), then)

    def close_shift(self, number: str, password: str) -> None:
        """The supervisor signs; the papers are made and printed."""
        by = self.by

        def act() -> Closed:
            supervisor = self.desk.duty.second(by, number, password, Role.SUPERVISOR)
            return self.desk.closing.close(supervisor)

        self.work(act, lambda closed: self._closed(closed, by), lane=PRINTER, doing="doing.close")

    def close_as_supervisor(self) -> None:
        """The same where the supervisor is the one signed in."""
        by = self.by
        self.work(
            lambda: self.desk.closing.close(by), lambda closed: self._closed(closed, by),
            lane=PRINTER, doing="doing.close",
        )  # fmt: skip

    def _closed(self, closed: Closed, by: Actor) -> None:
        self._asked = False
        mine = closed.shift.id
        others = tuple(one for one in self.view.unreported if one != mine)
        self.show(
            closed=closed.shift, reckoning=closed.reckoning, stage=CloseStage.CLOSED, scan=None,
            unreported=(*others, mine),
        )  # fmt: skip
        self._report((mine,), by, self.say("stock.closed"))

    def _report(self, shifts: tuple[str, ...], by: Actor, said: Said | None = None) -> None:
        """Make the reports of closed shifts and print them; also behind a lock that came since."""

        def act() -> tuple[Paper, ...]:
            both = self.desk.reports.both
            return tuple(made.paper for one in shifts for made in both(by, one))

        def then(papers: tuple[Paper, ...]) -> None:
            self.show(papers=papers, said=said)
            self.load()
            self.print_papers(by)

        self.work(act, then, doing="doing.report")

    def print_papers(self, by: Actor, told: Said | None = None) -> None:
        """Print what was just made; it can be printed again at any time.

        `told` is said once it came out: what was done, rather than how many papers came.
        """
        self._print(self.view.papers, by, told)

    def print_again(self) -> None:
        """Print once more what this job made last, or make what a close left without reports."""
        if self.view.owed:
            self._report(self.view.owed, self.by)
        else:
            self._print(self.view.reprints, self.by)

    def _unreported(self, r: Reading) -> tuple[str, ...]:
        """The newest closed shifts whose reports were never made: a full disk, a kill."""
        closed = r.find(
            Shift, counter=self.desk.frame.counter, state=ShiftState.CLOSED,
            order="id", descending=True, limit=UNREPORTED,
        )  # fmt: skip
        return tuple(shift.id for shift in reversed(closed) if not shift.report)

    def last_papers(self, r: Reading) -> dict[Area, tuple[Paper, ...]]:
        """What can be printed again: the last closed shift's reports, the last destruction's
        minutes."""
        counter = self.desk.frame.counter
        shift = r.first(
            Shift, counter=counter, state=ShiftState.CLOSED, order="id", descending=True
        )
        reports = r.find(Paper, subject=shift.id) if shift is not None else []
        minutes = r.first(Paper, kind=DESTRUCTION, order="id", descending=True)
        return {Area.CLOSE: tuple(reports[-2:]), Area.DESTROY: (minutes,) if minutes else ()}

    def _print(self, papers: tuple[Paper, ...], by: Actor, told: Said | None = None) -> None:
        ids = [paper.id for paper in papers]

        def act() -> int:
            for key in ids:
                self.desk.papers.print(by, key, again=True)
            return len(ids)

        def then(count: int) -> None:
            self.show(said=told or self.say("stock.printed", count=count))
            if self.view.area is Area.DESTROY:
                self.load()  # a letter counts once it came out

        if ids:
            self.work(act, then, lane=PAPER, doing="doing.print_paper")

    def may_be_signed(self) -> bool:
        """Whether a supervisor who didn't count can sign the close here, and may; told if not."""
        way = self.desk.closing.standing()
        if way.blocks:
            self.show(problem=still_open(way))
            return False
        now = dataclasses.replace(self.view, **self._who_closes(self.view.shift))
        problem = now.nobody_signs
        if problem is not None:
            self.show(problem=problem)
        return problem is None

    @property
    def closes_alone(self) -> bool:
        """Whether the officer at work is a supervisor who didn't count: their own name suffices."""
        shift, me = self.view.shift, self.by
        other = shift is not None and bool(shift.counted_by) and shift.counted_by != me.officer
        return Role.SUPERVISOR in me.roles and other
