"""Who is served: the next of the line is called, or a ticket, visit, case or draft is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.application import Application, Draft, QueueEmpty, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor
from desktop.domain.service import Service
from desktop.domain.stock import JobInDoubt
from desktop.presenters.problems import (
    CardFirst,
    CardUnderWay,
    LeaveFirst,
    LeaveService,
    OtherFirst,
    ServeFirst,
    WaitFirst,
)
from desktop.presenters.walkin_base import GIVEN_BACK, WalkInBase
from desktop.presenters.walkin_kept import CASE, FORM, draft_of
from desktop.presenters.walkin_view import (
    LOOKING,
    PRINTING,
    SERVED,
    WAITED_FOR,
    Typing,
    WalkInView,
    let_go,
)
from desktop.services.desk import Desk
from desktop.services.queue import CALLING, may_call


@dataclass(frozen=True, slots=True)
class CallTicket:
    """A payload: call this ticket now, out of turn with a coded reason; none is F3."""

    ticket_id: str = ""
    reason: str = ""
    note: str = ""


UNDER_WAY = (S.IN_PRODUCTION, S.ENCODED)
MADE = (S.PRINTED, S.INSPECTED)
"""A card is being made, or waits to be looked at: no hold before."""
NOT_COME = object()
"""A payload: whoever was called didn't come, and goes back into the line once the wait ended."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found of a ticket, a visit or a case."""

    key: str
    ticket: Ticket | None = None
    visit: Visit | None = None
    cases: tuple[Application, ...] = ()
    draft: Draft | None = None
    eid_photo: bytes = b""
    drafts: int = 0
    taken: bytes = b""


class WalkInCalls(WalkInBase):
    """Calls and opens."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._looked_back = ""
        """The officer for whom it was looked who was being served when the program ended."""

    def load(self, payload: object = None) -> None:
        """Show what `payload` names (ticket, visit, case, draft, CallTicket), or go on."""
        if isinstance(payload, CallTicket) and not payload.ticket_id:
            self.refresh()
            self.call_if_left(told=True)
        elif payload and self.view.doing not in ("", PRINTING):
            self._pending, self._pending_for = payload, self._at_work()
            if self.view.doing in WAITED_FOR:
                self.cancel_work()  # whoever was waited for can wait
        elif isinstance(payload, str) and payload:
            self.open(payload)
        elif isinstance(payload, CallTicket):
            self.call_next(payload.ticket_id, payload.reason, payload.note)
        elif payload is GIVEN_BACK:
            self.leave_visit()
        elif payload is NOT_COME:
            self.skip()
        else:
            self.refresh()

    def open(self, key: str) -> None:
        """Open by the id of a ticket, a visit, a case or a draft."""
        by = self.by
        self._step_aside()
        self.work(lambda: self.find(by, key), self.opened)

    def open_draft(self, draft_id: str) -> None:
        """Go on with what was typed before a crash, at the same step."""
        self.open(draft_id)

    def call_next(self, ticket_id: str = "", reason: str = "", note: str = "") -> None:
        """Call the next ticket (or a named one with a reason) and begin."""
        by = self.by

        def call() -> None:
            self._call(by, lambda: self.desk.queue.call(by, ticket_id, reason, note))

        def then(waiting: list[Ticket]) -> None:
            if not self.still_here(by):
                return
            if not waiting:
                self.show(said=self.say("walkin.nobody_waits"))
            elif self.view.doing == PRINTING:
                # The card stays on the screen where nobody is called.
                named = next((one for one in waiting if one.id == ticket_id), waiting[0])
                if may_call(by, named) or self.may(*CALLING):
                    self._step_aside()
                    call()
            else:
                self.show(problem=_first_of_all(self.view))  # the card came out meanwhile

        if self.view.doing == PRINTING:  # it leaves the screen for somebody, not for nobody
            self.read(self.desk.queue.waiting, then)
        else:
            call()

    def call_if_free(self) -> None:
        """F3: the next one, unless somebody is in the middle of being served."""
        if self.view.doing not in ("", PRINTING, *WAITED_FOR):
            return
        if self.view.may_leave:
            self.call_or_go_back()
        elif self.view.doubt is not None:
            job = self.view.doubt.job
            self.show(problem=JobInDoubt(job=job.id, serial=job.blank_serial))
        else:
            self.show(problem=_first_of_all(self.view))

    def call_if_left(self, *, told: bool = False) -> None:
        """F3 from another screen: the next one, where nobody is served at the case here.

        It may have been set aside over there, and this screen looked away: what is stored now
        arrives first, on the same lane. Else F3 only comes back to whoever is served; where the
        call itself was asked for, why nobody is called is `told`.
        """
        by = self.by

        def then(_: None) -> None:
            if (told or self.view.may_leave) and self.still_here(by):
                self.call_if_free()

        if self.view.may_leave:
            self.call_if_free()
        else:
            self.read(lambda: None, then)

    def call_or_go_back(self) -> None:
        """The next one; at the first call of all, whoever was being served when the program ended.

        Nothing is kept of somebody for whom nothing was typed, so no draft leads back to them.
        """
        by = self.by
        if not self.view.idle or self._looked_back == by.officer:
            self.call_next()
            return
        self._looked_back = by.officer

        def act() -> Opened | None:
            key = self._still_served(by)
            return self.find(by, key) if key else None

        def then(found: Opened | None) -> None:
            if found is None or found.ticket is None:
                self.call_next()
                return
            self.opened(found)
            way = "walkin.led_back_case" if self.view.cases else "walkin.led_back"
            self.show(said=self.warn(way, number=found.ticket.number))

        self.work(act, then)

    def _still_served(self, by: Actor) -> str:
        """Whom this officer called last and who still stands here: their case that is served (one
        laid aside beside it stays so), or the ticket where nothing is registered.
        """
        today, link = self.desk.frame.today().isoformat(), self.desk.frame.link
        with self.desk.ledger.reading() as r:
            called = r.find(Ticket, day=today, state="called")
            mine = [one for one in called if one.called_by == by.officer and one.visit_id]
            for ticket in sorted(mine, key=_called_at, reverse=True):
                cases = r.find(Application, visit_id=ticket.visit_id)
                here = [c for c in cases if link is None or link.held_by(r, c) is None]
                served = [case.id for case in here if case.state in SERVED]
                if served or not cases:
                    return served[0] if served else ticket.id
        return ""

    def walk_in(self, service: Service | None = None, lane: str = "regular") -> None:
        """Somebody stands at the counter without a ticket: make one and call it."""
        by = self.by

        def act() -> tuple[Ticket, Visit]:
            ticket = self.desk.queue.take_ticket(by, service, lane)
            waiting = self.desk.queue.waiting()
            mine = "" if waiting and waiting[0].id == ticket.id else "back_with_document"
            return self.desk.queue.call(by, ticket.id, mine)

        self._call(by, act)

    def _step_aside(self) -> None:
        """The printer works on by itself; the screen is free for somebody else."""
        if self.view.doing == PRINTING:
            self.end_reading()
            self._stop = threading.Event()  # what is waited for from now on isn't the printer
            self.view = WalkInView(
                waiting=self.view.waiting, tickets=self.view.tickets,
                blanks_left=self.view.blanks_left, taken_over=self.view.taken_over,
            )  # fmt: skip

    def skip(self) -> None:
        """Whoever was called didn't come: back to the end of the line."""
        ticket, by = self.view.ticket, self.by
        if ticket is None or self.view.cases:
            return
        if self.view.cancellable:
            self.load(NOT_COME)
            return
        self.work(
            lambda: self.desk.queue.skip(by, ticket.id),
            lambda _: self.leave_visit("walkin.skipped"),
        )

    def _call(self, by: Actor, call: Callable[[], tuple[Ticket, Visit]]) -> None:
        def act() -> tuple[Ticket, Visit, list[Draft]]:
            ticket, visit = call()
            with self.desk.ledger.reading() as r:
                return ticket, visit, r.find(Draft, officer=by.officer, form=FORM)

        self.work(act, self._called, failed=self._not_called)

    def _not_called(self, problem: Exception) -> None:
        """That nobody waits is an answer to the key: no fault of the case that stands here."""
        if isinstance(problem, QueueEmpty) and self.view.app is not None:
            self.show(said=self.say("walkin.nobody_waits"))
        else:
            self.show(problem=problem)

    def _called(self, found: tuple[Ticket, Visit, list[Draft]]) -> None:
        ticket, visit, mine = found
        self.end_reading()
        self._second, self._begun = None, {}
        self.view = WalkInView(
            ticket=ticket, visit=visit, waiting=self.view.waiting, tickets=self.view.tickets,
            said=self.view.said, blanks_left=self.view.blanks_left,
            taken_over=self.view.taken_over,
        )  # fmt: skip
        draft = draft_of(mine, ticket, [])
        if draft is not None:  # they were here before, and went back into the line
            self.restore(draft, len(mine))
        self.show(lacks=self._lacking())
        self.step_begins()

    def find(self, by: Actor, key: str) -> Opened:
        """What belongs to the id of a ticket, a visit, a case or a draft."""
        desk = self.desk
        with desk.ledger.reading() as r:
            draft = r.look(Draft, key)
            if draft is not None:
                key = draft.fields.get("_case") or draft.ticket_id or key
            app = r.look(Application, key)
            ticket = r.look(Ticket, key)
            visit_id = app.visit_id if app else (ticket.visit_id if ticket else key)
            visit = r.look(Visit, visit_id) if visit_id else None
            if visit is not None and ticket is None:
                ticket = r.look(Ticket, visit.ticket_id)
            cases = r.find(Application, visit_id=visit.id) if visit else ([app] if app else [])
            mine = r.find(Draft, officer=by.officer, form=FORM)
            asked_for = [case for case in cases if case.id == key] or cases
            draft = draft or draft_of(mine, ticket, asked_for)
            key = (draft.fields.get(CASE) if draft is not None else "") or key
            seen = visit.eid_photo if visit else app.photo if app else ""
            photo = r.picture(seen)
            taken = (
                b"" if photo else next((r.picture(one.photo) for one in cases if one.photo), b"")
            )
        if app is not None:
            desk.intake.opened(by, app.id)
        return Opened(key, ticket, visit, tuple(cases), draft, photo, len(mine), taken)

    def opened(self, found: Opened) -> None:
        """Show what was found and let its step begin."""
        cases, key = found.cases, found.key
        current = next((i for i, app in enumerate(cases) if app.id == key), 0)
        if not any(app.id == key for app in cases):
            current = next((i for i, app in enumerate(cases) if not app.ended), 0)
        self.end_reading()
        self._second, self._begun = None, {}
        self.view = WalkInView(
            ticket=found.ticket, visit=found.visit, cases=cases, current=current,
            eid_photo=found.eid_photo, taken_before=found.taken,
            waiting=self.view.waiting, tickets=self.view.tickets,
            blanks_left=self.view.blanks_left, taken_over=self.desk.duty.taken_over,
        )  # fmt: skip
        if found.draft is not None:
            self.restore(found.draft, found.drafts)
        self.show(lacks=self._lacking())
        self._seek()
        if self.view.adding:
            self.add_case()
        else:
            self.step_begins()  # of a held case it only shows: to go on is an Enter of its own


def _called_at(ticket: Ticket) -> tuple[datetime, str]:
    return ticket.called_at or ticket.issued_at, ticket.id


def _first_of_all(view: WalkInView) -> ServeFirst:
    """What is to be done before the next is called, by the keys that work there."""
    app, small_forms = view.app, (Typing.EVIDENCE, Typing.BANK_SLIP, Typing.PROXY)
    if view.doing in WAITED_FOR and view.doing not in (PRINTING, LOOKING):
        return WaitFirst() if view.cases else ServeFirst()
    if view.typing in small_forms or (view.adding and view.cases):
        return LeaveService() if view.adding and view.goes_on is None else LeaveFirst()
    if app is not None and let_go(app):
        return OtherFirst()
    if app is not None and app.state in UNDER_WAY:
        return CardUnderWay()
    return CardFirst() if app is not None and app.state in MADE else ServeFirst()


__all__ = ["CallTicket", "Opened", "WalkInCalls"]
