"""The training stage beside the walk-in: somebody comes when a ticket is called, without hardware.

A drawn person lays the KTP-el down, sits, signs, and at the end holds the card under the scanner.
The officer may choose who comes; if not, the next one who fits the ticket's service does. Only in
the training realm; the live program never makes one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from desktop.domain.application import Application, Ticket
from desktop.domain.calendar import office_date
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor
from desktop.domain.service import Service
from desktop.presenters.base import DESK, Presenter, View
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkInView, WalkStep
from desktop.services.base import waits
from desktop.services.desk import Desk
from desktop.training.cast import Extra, cast_of
from desktop.training.people import Person as Drawn
from desktop.training.people import make_person
from desktop.training.stage import Stage

LANE = "stage"
SOON = timedelta(days=90)
IMPOSTOR_SEED, IMPOSTOR_BORN_BY = 5151, date(2026, 1, 5)
MORNING: tuple[tuple[Service, str], ...] = (
    (Service.RENEWAL, "priority"),
    (Service.RENEWAL, "regular"),
    (Service.NEW_ISSUE, "regular"),
    (Service.REPLACE_LOST, "regular"),
    (Service.RENEWAL, "regular"),
    (Service.DATA_CHANGE, "regular"),
)
"""Who stands in the hall when a training day begins."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who may come: what they hold, and whether they were here today."""

    extra: Extra
    ends_in: int | None = None
    busy: bool = False
    until: date | None = None

    @property
    def nik(self) -> str:
        return self.extra.person.nik


@dataclass(frozen=True)
class StageView(View):
    """Who may come, and who is here."""

    seats: tuple[Seat, ...] = ()
    here: str = ""
    here_name: str = ""


class TrainingStage(Presenter[StageView]):
    """Brings people to the simulated bench."""

    def __init__(self, desk: Desk, walk_in: WalkIn) -> None:
        super().__init__(desk, StageView())
        self._stage = Stage(desk)
        self._walk_in = walk_in
        self._visit = self._served = ""
        self._doing = ""
        self._scanned = ""
        self._impostor = False
        self._came = 0
        walk_in.attach(self._follow)

    # -- choosing --------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """Read who may come."""
        self.read(self._seats, lambda seats: self.show(seats=seats))

    def come(self, nik: str, *, impostor: bool = False) -> None:
        """This one comes to the counter now: KTP-el on the reader, on the chair, pen in hand.

        An `impostor` comes in their place: a stranger whose KTP-el bears this NIK.
        """
        seat = next((s for s in self.view.seats if s.nik == nik), None)
        if seat is not None:
            self._impostor = impostor
            self._place(seat)

    def go(self) -> None:
        """The chair is empty, the reader too."""
        self._impostor = False
        self.show(here="", here_name="")
        self.desk.lanes.call(LANE, self._clear)

    def sign_again(self) -> None:
        """Whoever is here signs once more."""
        seat = next((s for s in self.view.seats if s.nik == self.view.here), None)
        if seat is not None:
            self._came += 1
            take, who = self._came, self._who(seat)
            self.desk.lanes.call(LANE, lambda: self._stage.ready_to_sign(who, take))

    def open_hall(self) -> None:
        """A training day begins: people take tickets, if nobody has taken one today."""
        by = self.desk.duty.actor()
        self.desk.lanes.call(DESK, lambda: self._fill_hall(by), None, self._refused)

    # -- following the walk-in -------------------------------------------------------------

    def _follow(self, view: WalkInView) -> None:
        visit = view.visit.id if view.visit else ""
        if visit != self._visit:
            self._visit = visit
            self._scanned = ""
            if visit and self.view.here == self._served:
                self._impostor = False
                self.show(here="", here_name="")  # theirs is the visit that now waits
            if visit:
                self._somebody_comes(view)
            elif self.view.here:
                self.go()
        self._served = view.cases[0].nik if view.cases else ""
        doing, self._doing = self._doing, view.doing
        if view.doing == "doing.take_signature" and view.doing != doing:
            self.sign_again()
        step = view.step if visit else None
        if step is WalkStep.HANDOVER and view.app is not None and not view.doing:
            serial = view.app.blank_serial
            if serial and serial != self._scanned:
                self._scanned = serial
                self.desk.lanes.call(LANE, lambda: self._scan(serial))

    def _somebody_comes(self, view: WalkInView) -> None:
        nik = view.cases[0].nik if view.cases else ""
        wanted = view.ticket.service if view.ticket else None
        known = nik or self.view.here

        def act() -> tuple[tuple[Seat, ...], Seat | None]:
            seats = self._seats()
            seat = next((s for s in seats if s.nik == known), None) if known else None
            if seat is None and not nik:
                seat = fitting(seats, wanted)
            if seat is not None:
                self._put(seat)
            return seats, seat

        def then(found: tuple[tuple[Seat, ...], Seat | None]) -> None:
            seats, seat = found
            here, name = (seat.nik, self._who(seat).name) if seat else ("", "")
            self.show(seats=seats, here=here, here_name=name)

        self.desk.lanes.call(LANE, act, then, self._refused)

    def _place(self, seat: Seat) -> None:
        self.show(here=seat.nik, here_name=self._who(seat).name)
        read = self._walk_in.view.identity

        def then(_none: object) -> None:
            now = self._walk_in.view
            if read is not None and now.identity is read and not now.cases and not now.doing:
                self._walk_in.read_again()  # somebody else's card lies there now

        self.desk.lanes.call(LANE, lambda: self._put(seat), then, self._refused)

    def _who(self, seat: Seat) -> Drawn:
        """Whoever really stands there."""
        person = seat.extra.person
        if not self._impostor:
            return person
        stranger = make_person(IMPOSTOR_SEED, today=IMPOSTOR_BORN_BY, woman=person.woman)
        return replace(stranger, nik=person.nik)

    def _put(self, seat: Seat) -> None:
        person = self._who(seat)
        self._stage.lay_eid(person)
        self._stage.sit(person)

    def _scan(self, serial: str) -> None:
        bench = self.desk.bench
        if bench is not None and bench.scan(serial):  # else nothing heard it: the card stays
            bench.take_output()

    def _clear(self) -> None:
        self._stage.take_eid()
        self._stage.stand_up()
        if self.desk.bench is not None:
            self.desk.bench.pad.wipe()

    def _refused(self, problem: Exception) -> None:
        self.show(problem=problem)

    # -- reading ---------------------------------------------------------------------------

    def _seats(self) -> tuple[Seat, ...]:
        cast = cast_of(self.desk)
        today, zone = self.desk.frame.today(), self.desk.frame.zone
        with self.desk.ledger.reading() as r:
            cases = r.find(Application)
            busy = {
                a.nik for a in cases if waits(a.state) or office_date(a.created_at, zone) == today
            }
        seats: list[Seat] = []
        for extra in cast:
            until = extra.until
            left = None if until is None else (until - today).days
            seats.append(Seat(extra, left, extra.person.nik in busy, until))
        return tuple(seats)

    def _fill_hall(self, by: Actor) -> None:
        with self.desk.ledger.reading() as r:
            if r.count(Ticket, day=self.desk.frame.today().isoformat()):
                return
        for service, lane in MORNING:
            self.desk.queue.take_ticket(by, service, lane)


def fitting(seats: tuple[Seat, ...], wanted: Service | None) -> Seat | None:
    """The next one whom the ticket's service suits and who wasn't here yet."""

    def suits(seat: Seat) -> bool:
        held = seat.extra.licences
        if wanted is Service.NEW_ISSUE:
            return not held and not seat.extra.gone
        if wanted is Service.CLASS_UPGRADE:
            return LicenceClass.A in held
        if wanted in (Service.RENEWAL, None):
            return bool(held) and seat.ends_in is not None and 0 <= seat.ends_in <= SOON.days
        return bool(held)

    free = [seat for seat in seats if not seat.busy]
    return next((s for s in free if suits(s)), next(iter(free), None))
