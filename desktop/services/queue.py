"""Tickets: who came when, who is called next, and who was called out of turn and why."""

from __future__ import annotations

from datetime import datetime

from db.trail import Wanted, count
from desktop.domain.application import Application, NotNext, QueueEmpty, Ticket, Visit
from desktop.domain.officer import Actor, Role
from desktop.domain.reasons import OutOfTurnReason
from desktop.domain.service import Service
from desktop.domain.stock import Shift, ShiftState
from desktop.ledger import Reading, Writing
from desktop.notices import Say, TicketsChanged
from desktop.services.base import Frame, require

LANES = ("priority", "appointment", "return_visit", "regular")
"""In the order of interleaving; the priority lane (by law, no proof asked) is no exception."""

CALLING = (Role.REGISTRATION, Role.IDENTIFICATION)
"""Whose duties a visit begins with. Whoever comes again has a case already, which others may go on
with: any duty of the counter calls that lane."""

PREFIX = {"priority": "P", "appointment": "J", "return_visit": "K", "regular": "A"}


def may_call(by: Actor, ticket: Ticket) -> bool:
    """Whether the officer's duties reach beyond the call of this ticket."""
    return ticket.lane == "return_visit" or bool(by.roles & set(CALLING))


class Queue:
    """The queue of this office's day, as this counter knows it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def take_ticket(
        self, by: Actor, service: Service | None = None, lane: str = "regular"
    ) -> Ticket:
        """Make a ticket by hand (one key) for whoever stands at the door."""
        with self._frame.ledger.acting(by) as w:
            return self._ticket(w, service, lane)

    def waiting(self) -> list[Ticket]:
        """Who waits, in the order in which they will be called."""
        with self._frame.ledger.reading() as r:
            found = r.find(Ticket, day=self._frame.today().isoformat(), state="waiting")
        return self._ordered(found)

    def handed_over(self, r: Reading) -> int:
        """Cards handed over at this counter today, from whichever way they came, as F9 counts."""
        frame = self._frame
        day = frame.today()
        start = datetime(day.year, day.month, day.day, tzinfo=frame.zone.zone)
        wanted = Wanted(since=start, acts=("application.hand_over",))
        return sum(count(r.conn, frame.ledger.journal.counter, wanted).values())

    def call(
        self, by: Actor, ticket_id: str = "", reason: str = "", note: str = ""
    ) -> tuple[Ticket, Visit]:
        """Call the next one, or a named one with a coded reason, and open the visit.

        Raises QueueEmpty, NotNext (somebody else's turn and no reason given), RoleMissing.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            waiting = self._ordered(w.find(Ticket, day=frame.today().isoformat(), state="waiting"))
            if not waiting:
                raise QueueEmpty
            ticket = waiting[0]
            out_of_turn = bool(ticket_id) and ticket_id != ticket.id
            if out_of_turn:
                if not reason or all(other.id != ticket_id for other in waiting):
                    raise NotNext(number=ticket.number)
                OutOfTurnReason(reason)
                ticket = w.get(Ticket, ticket_id)
            if not may_call(by, ticket):
                require(by, *CALLING)
            return self._open(w, ticket, reason if out_of_turn else "", note)

    def admit(self, w: Writing, reason: OutOfTurnReason) -> Visit:
        """Ticket, call and visit inside an act: what the act refuses leaves nobody called.

        `reason` is kept where others wait.
        """
        ticket = self._ticket(w, None, "regular")
        day = self._frame.today().isoformat()
        first = self._ordered(w.find(Ticket, day=day, state="waiting"))[0]
        return self._open(w, ticket, "" if first.id == ticket.id else reason)[1]

    def call_again(self, by: Actor, ticket_id: str) -> Ticket:
        """Nobody came yet: the number is called once more, and that is on record."""
        with self._frame.ledger.acting(by) as w:
            ticket = w.get(Ticket, ticket_id)
            w.record("ticket.called_again", ticket.id, {"number": ticket.number})
        return ticket

    def skip(self, by: Actor, ticket_id: str) -> Ticket:
        """Somebody called didn't come; they go to the end of the waiting line,
        whichever lane they came by."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            ticket = w.get(Ticket, ticket_id)
            ticket = w.change(ticket, state="waiting", issued_at=frame.now(), visit_id="")
            w.record("ticket.skipped", ticket.id, {"number": ticket.number})
            w.notify(TicketsChanged())
        return ticket

    def finish(self, w: Writing, visit: Visit) -> None:
        """Close the ticket of a visit that is over."""
        _finish(self._frame, w, visit)

    def came_back(self, by: Actor, visit_id: str, case: str) -> None:
        """Whoever was called has an open case: it goes on in its own visit, this one is over."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            w.change(visit, closed_at=frame.now())
            self.finish(w, visit)
            w.record("visit.joined", visit_id, {"number": case})

    def _ticket(self, w: Writing, service: Service | None, lane: str) -> Ticket:
        frame = self._frame
        day = frame.today()
        number = w.number(f"ticket:{day.isoformat()}:{lane}")
        ticket = w.add(
            Ticket(
                id=frame.ids.new(),
                number=f"{PREFIX[lane]}-{frame.serial(number, 3):03d}",
                lane=lane,
                day=day,
                issued_at=frame.now(),
                service=service,
            )
        )
        w.record("ticket.taken", ticket.id, {"number": ticket.number, "lane": lane})
        w.notify(TicketsChanged())
        return ticket

    def _open(
        self, w: Writing, ticket: Ticket, reason: str, note: str = ""
    ) -> tuple[Ticket, Visit]:
        """Call a ticket, out of turn with a reason and its sentence, and open its visit."""
        frame = self._frame
        visit = w.add(
            Visit(
                id=frame.ids.new(),
                ticket_id=ticket.id,
                officer=w.by.officer,
                opened_at=frame.now(),
            )
        )
        ticket = w.change(
            ticket,
            state="called",
            called_at=frame.now(),
            called_by=w.by.officer,
            call_reason=reason,
            visit_id=visit.id,
        )
        told = {"number": ticket.number}
        if reason:
            told["reason"] = reason
            if note:
                told["statement"] = note
        w.record("ticket.called_out_of_turn" if reason else "ticket.called", ticket.id, told)
        w.notify(TicketsChanged())
        if self._closed_today(w):
            w.notify(Say("queue.after_close"))
        return ticket, visit

    def _closed_today(self, w: Writing) -> bool:
        """Whether this counter's day was closed: what is done now is the next shift's."""
        last = w.first(Shift, counter=self._frame.counter, order="id", descending=True)
        if last is None or last.state is not ShiftState.CLOSED:
            return False
        return last.day == self._frame.today()

    @staticmethod
    def _ordered(tickets: list[Ticket]) -> list[Ticket]:
        def place(ticket: Ticket) -> tuple[int, datetime, str]:
            # Who was called and didn't come stands behind everybody, of whichever lane; else the
            # first of the priority lane, if absent, would be next for ever.
            lane = "regular" if ticket.called_at else ticket.lane
            return LANES.index(lane), ticket.issued_at, ticket.number

        return sorted(tickets, key=place)


def end_visit(frame: Frame, w: Writing, app: Application) -> None:
    """After a case ended: its visit is over too once no other case of it goes on."""
    visit = w.look(Visit, app.visit_id) if app.visit_id else None
    if visit is None or any(not one.ended for one in w.find(Application, visit_id=visit.id)):
        return
    w.change(visit, closed_at=frame.now())
    _finish(frame, w, visit)
    w.record("visit.closed", visit.id, {})


def _finish(frame: Frame, w: Writing, visit: Visit) -> None:
    ticket = w.look(Ticket, visit.ticket_id)
    if ticket is not None and ticket.state != "done":
        w.change(ticket, state="done", done_at=frame.now())
        w.notify(TicketsChanged())
