"""A training counter to measure on: fresh, headless, on a virtual clock, its simulators at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop.desk import open_desk
from desktop.domain.application import Application
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor
from desktop.domain.service import Service
from desktop.presenters.base import Presenter
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.services.desk import Desk
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.day import Day
from desktop.training.day_walkins import Visit
from desktop.training.office import KEEPER, PEOPLE, PEOPLE_SEED, add_people
from desktop.training.people import Person, make_people
from desktop.training.stage import Stage
from devices.simulators.bench import SimulatedBench
from devices.simulators.plastic import PlasticCard

BEGIN = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SEED = 1
HASTE = 0.2
"""Hands and talk take a fifth of their time, so that any number of visits fits into one day."""
MORE_SEED = 77
FEEDER = 90


class QuickDay(Day):
    """A scripted day without files from outside, told to nobody."""

    def __init__(self, desk: Desk, clock: VirtualClock) -> None:
        assert desk.bench is not None
        self.desk = desk
        self.clock = clock
        self.bench: SimulatedBench = desk.bench
        self.stage = Stage(desk)
        self.cards = {}
        self.breathe: Callable[[], object] = _hold_breath

    def spend(self, seconds: float) -> None:
        self.clock.advance(seconds * HASTE)

    def press(
        self,
        presenter: Presenter[Any],
        act: Callable[..., object],
        *args: object,
        takes: float = 4.0,
    ) -> None:
        super().press(presenter, act, *args, takes=takes)
        self.breathe()

    def tell(self, message_id: str, **facts: object) -> None:
        """Nobody listens."""

    def clear_trays(self) -> list[PlasticCard]:
        """The cards go with their people; none is kept here."""
        done = self.bench.take_output()
        self.bench.take_rejects()
        self.bench.take_by_hand()
        return done


class BenchVisit(Visit):
    """A visit on a walk-in of its own, or on the window's, which stays open for the next."""

    def __init__(self, day: Day, person: Person, walk: WalkIn | None = None) -> None:
        super().__init__(day, person)
        self._window = walk
        if walk is not None:
            self.walk.close()
            self.walk = walk

    def hand_over(self) -> None:
        if self._window is None:
            super().hand_over()
            return
        self.day.clear_trays()
        for _ in self.open_cases():
            self.at(WalkStep.HANDOVER)
            self.walk.scanned(self.app.blank_serial)
            self.enter(takes=10)
        self.day.bench.take_papers()
        self.enter()
        self.day.stage.take_eid()


class BenchWorld:
    """A counter with Andi at work."""

    def __init__(self, desk: Desk, clock: VirtualClock) -> None:
        self.desk = desk
        self.day = QuickDay(desk, clock)
        self.people: tuple[Person, ...] = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
        self.day.sign_in("andi")

    @classmethod
    def open(cls, folder: Path, **more: Any) -> BenchWorld:
        """A fresh training profile in `folder`."""
        clock = VirtualClock(BEGIN)
        desk = open_desk(
            folder,
            clock=clock,
            ids=SeededIds(SEED, clock),
            keys=SeededKeys(SEED),
            pace=0.0,
            **more,
        )
        return cls(desk, clock)

    @property
    def by(self) -> Actor:
        return self.desk.duty.actor()

    def known_people(self, count: int) -> tuple[Person, ...]:
        """So many people with a licence of class C that runs out soon."""
        if count > len(self.people):
            niks = {person.nik for person in self.people}
            more = make_people(MORE_SEED, count, today=self.desk.frame.today())
            new = tuple(p for p in more if p.nik not in niks)[: count - len(self.people)]
            add_people(self.desk, new)
            self.people += new
        return self.people[:count]

    def blanks_for(self, count: int) -> None:
        """Enough blanks at this counter, some of them in the printer."""
        stock = self.desk.stock
        missing = count - stock.at_counter()
        if missing > 0:
            serials = [f"BM{number:08d}" for number in range(missing)]
            stock.receive(KEEPER, "BENCH", serials, "BENCH")
            stock.assign(KEEPER, serials)
        self.fill_feeder()

    def fill_feeder(self) -> None:
        """Put the counter's next blanks where cards are taken from; ribbon and paper too."""
        core = self.day.bench.printer
        core.unload_blanks()
        self.day.bench.load_blanks(self.desk.stock.free_here(FEEDER))
        if core.truth.ribbon < FEEDER:
            core.change_ribbon()
        self.day.bench.paper.load_paper()

    def confirmed_case(self, person: Person | None = None) -> Application:
        """A renewal of C up to the approver's desk."""
        visit = Visit(self.day, person or self.people[1])
        self._until_confirmed(visit)
        app = visit.app
        visit.walk.close()
        return app

    def serve(
        self,
        person: Person,
        walk: WalkIn | None = None,
        breathe: Callable[[], object] | None = None,
    ) -> None:
        """A renewal of C from ticket to handover, on the window's own walk-in if it is given.

        `breathe` lets a window draw after each key.
        """
        visit = BenchVisit(self.day, person, walk)
        self.day.breathe = breathe or _hold_breath
        self._until_confirmed(visit)
        visit.approve()
        visit.produce()
        visit.hand_over()

    def _until_confirmed(self, visit: Visit) -> None:
        visit.call(Service.RENEWAL)
        visit.register(Service.RENEWAL, LicenceClass.C)
        visit.requirements_and_payment()
        visit.photo_and_signature()
        visit.confirm()


def _hold_breath() -> None:
    """Nothing is drawn."""
