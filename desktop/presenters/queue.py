"""The work queue: who waits, what is in hand, who comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from desktop.domain.application import Application, Draft, NotNext, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import SERVING, Actor, Officer
from desktop.domain.person import fold
from desktop.domain.service import Channel, Service
from desktop.domain.stock import JobState
from desktop.ledger import Reading
from desktop.notices import ApplicationMoved, DutyChanged, TicketsChanged
from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.places import place_kept
from desktop.presenters.queue_view import Line, Pile, QueueView
from desktop.presenters.walkin_view import proof_lost
from desktop.services.desk import Desk
from desktop.services.kept_work import QUEUE_QUESTION
from desktop.services.own_jobs import own_jobs
from desktop.services.queue import CALLING, may_call

Open = Callable[[str], None]

_PILES: dict[S, Pile] = {
    S.CONFIRMED: Pile.APPROVAL,
    S.APPROVED: Pile.PRODUCTION,
    S.AWAITING_MATERIAL: Pile.PRODUCTION,
    S.IN_PRODUCTION: Pile.PRODUCTION,
    S.ENCODED: Pile.PRODUCTION,
    S.PRINTED: Pile.PRODUCTION,
    S.INSPECTED: Pile.PRODUCTION,
    S.READY: Pile.READY,
    S.ON_HOLD: Pile.HELD,
}
_SERVED = (
    S.DRAFT, S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED,
)  # fmt: skip
_IN_HAND = (*_SERVED, *_PILES)
"""Who has something to do at the walk-in."""


TICKET = "ticket"
"""Whose turn it isn't: a question why they are called is about them."""


class WorkQueue(Asking[QueueView]):
    """Answers the queue screen. `open_key` shows a ticket or case in the walk-in."""

    question_form = QUEUE_QUESTION

    hears = (TicketsChanged, ApplicationMoved, DutyChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, QueueView())
        self._all: tuple[Line, ...] = ()
        self._next_key = ""

    # -- reading ---------------------------------------------------------------------------

    def leave(self) -> None:
        """What was refused here is of no matter once somebody is served."""
        super().leave()
        if self.view.problem is not None:
            self.dismiss()

    def load(self, payload: object = None) -> None:
        """Read tickets and cases; `payload` may be a pile, or the id of a ticket or a case."""
        if isinstance(payload, Pile):
            self.show(pile=payload)
            payload = None
        by, wanted = self.by, payload if isinstance(payload, str) else ""

        def then(found: tuple[tuple[Line, ...], int, int]) -> None:
            self._loaded(by, found)
            if wanted:
                self.go_to(wanted)

        self.read(lambda: self._look(by), then)

    def go_to(self, wanted: str) -> None:
        """The line of a ticket or case, whatever the filter; one that has ended is said to have."""
        line = next(
            (line for line in self._all if wanted in (line.key, line.ticket and line.ticket.id)),
            None,
        )
        if line is None:
            self.show(said=self.say("queue.not_here"))
            return
        if line not in self.view.lines:
            self.show(pile=Pile.ALL, text="")
        self.show(current=line.key)
        self._filter()

    # -- what is asked ---------------------------------------------------------------------

    def about_question(self) -> Mapping[str, str]:
        """The line under the cursor."""
        return {TICKET: self.view.current}

    def still_asked(self, asked: Asked) -> bool:
        """They wait still, it isn't their turn, and the cursor is on them."""
        return asked.about == self.about_question() and self.out_of_turn(self.view.current)

    def go_on_with(self, asked: Asked) -> None:
        """Show the line, and ask again; who isn't there any more is asked about no more."""
        key = asked.about.get(TICKET, "")
        if any(line.key == key for line in self._all):
            self.go_to(key)
        self.show(asked=asked)

    def _loaded(self, by: Actor, found: tuple[tuple[Line, ...], int, int]) -> None:
        self._all, drafts, handed = found
        first = next((line.ticket for line in self._all if line.next_up), None)
        counts = Counter(line.pile for line in self._all)
        self.show(
            counts=tuple((p, counts[p] if p is not Pile.ALL else len(self._all)) for p in Pile),
            drafts=drafts,
            handed_today=handed,
            in_doubt=sum(line.in_doubt for line in self._all),
            now=self.desk.clock.now(),
            may_serve=bool(by.roles & SERVING),
            may_call=bool(by.roles & set(CALLING)),
            calls_next=first is not None and may_call(by, first),
        )
        self._filter([line.key for line in self.view.lines])

    def _look(self, by: Actor) -> tuple[tuple[Line, ...], int, int]:
        desk = self.desk
        waiting = desk.queue.waiting()
        with desk.ledger.reading() as r:
            officers = {o.id: o.name for o in r.find(Officer)}
            in_doubt = own_jobs(desk.frame, r, [JobState.IN_DOUBT])
            doubtful = {job.application_id for job in in_doubt}
            drafts = r.find(Draft, officer=by.officer)
            day = desk.frame.today().isoformat()
            called = r.find(Ticket, day=day, state="called")
            handed = desk.queue.handed_over(r)
            cases = [
                app
                for app in r.find(Application, state=list(_IN_HAND), order="changed_at")
                if app.channel is Channel.WALK_IN or app.at_the_counter
            ]
            lines = [self._case_line(r, app, officers, doubtful, drafts) for app in reversed(cases)]
            begun = {app.visit_id for app in cases}
            lines += [
                Line(
                    t.id, Pile.SERVED, t, None, t.called_at or t.issued_at,
                    officer=officers.get(t.called_by, t.called_by),
                    draft=next((d for d in drafts if d.ticket_id == t.id), None),
                )
                for t in called
                if t.visit_id not in begun and not self._over(r, t)
            ]  # fmt: skip
        lines += [
            Line(t.id, Pile.WAITING, t, None, t.issued_at, next_up=place == 0)
            for place, t in enumerate(waiting)
        ]
        return tuple(sorted(lines, key=_order)), len(drafts), handed

    @staticmethod
    def _over(r: Reading, ticket: Ticket) -> bool:
        visit = r.look(Visit, ticket.visit_id) if ticket.visit_id else None
        return visit is not None and visit.closed_at is not None

    @staticmethod
    def _case_line(
        r: Reading,
        app: Application,
        officers: dict[str, str],
        doubtful: set[str],
        drafts: list[Draft],
    ) -> Line:
        visit = r.look(Visit, app.visit_id) if app.visit_id else None
        ticket = r.look(Ticket, visit.ticket_id) if visit else None
        denied = proof_lost(app, app.state) is not None
        return Line(
            key=app.id,
            pile=Pile.SERVED if denied else _PILES.get(app.state, Pile.SERVED),
            ticket=ticket,
            app=app,
            since=app.changed_at,
            name=app.applicant.name,
            officer=officers.get(app.maker, app.maker),
            in_doubt=app.id in doubtful,
            draft=next((d for d in drafts if d.fields.get("_case") == app.id), None),
            denied=denied,
        )

    # -- choosing --------------------------------------------------------------------------

    def filter_by(self, pile: Pile) -> None:
        """Show one pile."""
        self.show(pile=pile)
        self._filter()

    def type_filter(self, text: str) -> None:
        """Letters filter at once, by name or number."""
        if text != self.view.text:
            self.show(text=text)
            self._filter()

    def select(self, key: str) -> None:
        """Move to a line."""
        if key != self.view.current:
            self.show(current=key)

    def _filter(self, before: Sequence[str] = ()) -> None:
        """`before`: where the lines themselves changed, those that were on show."""
        wanted = fold(self.view.text)
        pile = self.view.pile
        lines = tuple(
            line
            for line in self._all
            if (pile is Pile.ALL or line.pile is pile)
            and (not wanted or wanted in fold(f"{line.number} {line.name}"))
        )
        keys = [line.key for line in lines]
        current = place_kept(self.view.current, before, keys)
        self.show(lines=lines, current=current)

    # -- acts ------------------------------------------------------------------------------

    def take_ticket(self, service: Service | None, lane: str = "regular") -> None:
        """Somebody stands at the door."""
        by = self.by

        def then(ticket: Ticket) -> None:
            self.show(said=self.say("queue.taken", number=ticket.number), current=ticket.id)

        self.work(lambda: self.desk.queue.take_ticket(by, service, lane), then)

    def call_again(self) -> None:
        """P: say the number once more, for whoever hasn't come."""
        line, by = self.view.current_line, self.by
        if line is None or line.ticket is None or line.pile is not Pile.SERVED:
            return
        ticket = line.ticket
        self.work(
            lambda: self.desk.queue.call_again(by, ticket.id),
            lambda done: self.show(
                called=done.number, said=self.say("queue.called_again", number=done.number)
            ),
        )

    def skip(self) -> None:
        """L: whoever was called didn't come; to the end of the line."""
        line, by = self.view.current_line, self.by
        if line is None or line.ticket is None or line.pile is not Pile.SERVED or line.app:
            return
        ticket = line.ticket
        self.work(
            lambda: self.desk.queue.skip(by, ticket.id),
            lambda done: self.show(said=self.say("queue.skipped", number=done.number, key=done.id)),
        )

    def hold(self, reason: str) -> None:
        """T: set the current case aside."""
        line, by = self.view.current_line, self.by
        if line is None or line.app is None:
            return
        app = line.app
        self.work(
            lambda: self.desk.intake.hold(by, app.id, reason),
            lambda held: self.show(said=self.say("queue.held", number=held.number, key=held.id)),
        )

    def take_up(self, case: str) -> None:
        """Ctrl+Z: it wasn't to be set aside."""
        by = self.by
        self.work(
            lambda: self.desk.intake.resume(by, case),
            lambda app: self.show(said=self.say("queue.taken_up", number=app.number)),
        )

    def out_of_turn(self, key: str) -> bool:
        """Whether opening this line would call somebody before their turn."""
        line = next((line for line in self.view.lines if line.key == key), None)
        return line is not None and line.pile is Pile.WAITING and not line.next_up

    def may_call_line(self, key: str) -> bool:
        """Whether the officer may call whoever waits there; if not, that is said, and who may.

        Before a reason is asked, and while the queue is still on show.
        """
        line = next((line for line in self.view.lines if line.key == key), None)
        ticket = line.ticket if line is not None and line.pile is Pile.WAITING else None
        return ticket is None or may_call(self.by, ticket) or self.may(*CALLING)

    def refuse_out_of_turn(self) -> None:
        """Nothing was chosen: say whose turn it is."""
        first = next((line for line in self._all if line.next_up), None)
        if first is not None:
            self.show(problem=NotNext(number=first.number))

    def tick(self) -> None:
        """The waits grow."""
        if self.entered and self.view.lines:
            self.view = replace(self.view, now=self.desk.clock.now())
            self.show()


def _order(line: Line) -> tuple[int, bool, float]:
    """In doubt first, then who is being served, what can be handed over, who waits, the rest."""
    places = (
        Pile.SERVED, Pile.READY, Pile.WAITING, Pile.PRODUCTION, Pile.APPROVAL, Pile.HELD,
    )  # fmt: skip
    waits = line.pile is Pile.WAITING
    printed = line.app is not None and line.app.state is S.PRINTED  # lies in the tray, unseen
    place = places.index(Pile.READY if printed else line.pile)
    return (
        -1 if line.in_doubt else place,
        not line.next_up,
        0.0 if waits else -line.since.timestamp(),
    )
