"""The scripted day's stage hand: its clock, its officers, and hands that press like an officer's.

The acts (`day_*.py`) drive the same presenters as the window. A refusal that the script didn't
expect ends the day: it would be a fault of the program or of the script, never of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from desktop.domain.officer import Actor
from desktop.domain.waybill import make_s10
from desktop.presenters.base import Presenter
from desktop.services.desk import Desk
from desktop.services.papers import MadePaper
from desktop.sources import VirtualClock
from desktop.training.batch_maker import make_batch
from desktop.training.day_cast import make_cast
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.stage import Stage
from devices.simulators.bench import SimulatedBench
from devices.simulators.plastic import PlasticCard

Tell = Callable[[datetime, str, dict[str, object]], None]
"""Hears the story: local time, message id and facts (numbers and enums, never a person)."""

CREDENTIALS = {s.name.split()[0].casefold(): (s.nrp, s.password) for s in SAMPLE_OFFICERS}
"""Officers of the training office by their first name: number and password."""

PORTAL = "portal.zip"
FILES, FAULTY = 12, 2
"""Applications in the portal's file, and how many of them are bad."""

WAYBILLS = 20_603_001
"""Where the courier's roll of waybill stickers begins."""

P = TypeVar("P", bound=Exception)


class OffScript(RuntimeError):
    """Something happened that the day's script doesn't know."""


class Day:
    """One officer-day at a training counter, as far as it has been played."""

    def __init__(
        self, desk: Desk, clock: VirtualClock, seed: int, folder: Path, tell: Tell
    ) -> None:
        """`folder` is where files from outside arrive: the portal's batch, the courier's list."""
        if desk.bench is None:
            raise OffScript("the day needs simulated devices")
        self.desk = desk
        self.clock = clock
        self.folder = folder
        made = make_batch(desk, folder / PORTAL, count=FILES, seed=seed, faulty=FAULTY)
        self.filed = {one.external_id: one for one in made}
        busy = {one.person.nik for one in made}
        self.cast = make_cast(seed, desk.frame.today(), busy)
        self.waybills = count(WAYBILLS)
        self.bench: SimulatedBench = desk.bench
        self.stage = Stage(desk)
        self.cards: dict[str, PlasticCard] = {}
        self._tell = tell

    # -- time ------------------------------------------------------------------------------

    def until(self, hour: int, minute: int) -> None:
        """Nothing happens until this time of the office's day; a day that runs late goes on."""
        now = self.desk.frame.local_now()
        ahead = now.replace(hour=hour, minute=minute, second=0, microsecond=0) - now
        if ahead > timedelta(0):
            self.clock.advance(ahead.total_seconds())

    def spend(self, seconds: float) -> None:
        """Hands and talk take their time."""
        self.clock.advance(seconds)

    def tell(self, message_id: str, **facts: object) -> None:
        """One line of the story."""
        self._tell(self.desk.frame.local_now(), f"demo.{message_id}", facts)

    # -- officers --------------------------------------------------------------------------

    @property
    def by(self) -> Actor:
        return self.desk.duty.actor()

    def sign_in(self, name: str) -> None:
        """An officer begins at the counter; who was there before has left it."""
        if self.desk.duty.session is not None:
            self.desk.duty.sign_out()
        self.spend(12)
        self.desk.duty.sign_in(*CREDENTIALS[name])

    @contextmanager
    def officer(self, name: str) -> Generator[Actor]:
        """An officer takes the counter over for a moment and gives it back."""
        self.spend(8)
        self.desk.duty.take_over(*CREDENTIALS[name])
        yield self.by
        self.desk.duty.give_back()

    def second(self, name: str) -> Actor:
        """A second officer signs beside the first with an own credential."""
        self.spend(8)
        return self.desk.duty.second(self.by, *CREDENTIALS[name])

    # -- hands -----------------------------------------------------------------------------

    def press(
        self,
        presenter: Presenter[Any],
        act: Callable[..., object],
        *args: object,
        takes: float = 4.0,
    ) -> None:
        """One key; what it was refused is not in the script."""
        self.spend(takes)
        act(*args)
        problem = presenter.view.problem
        if problem is not None:
            raise OffScript(f"{getattr(act, '__name__', act)}: {problem!r}") from problem
        if presenter.view.doing:
            raise OffScript(f"still {presenter.view.doing}")

    def refused(
        self,
        presenter: Presenter[Any],
        kind: type[P],
        act: Callable[..., object],
        *args: object,
        takes: float = 4.0,
    ) -> P:
        """One key that is refused as the script says; the officer reads it and goes on."""
        self.spend(takes)
        act(*args)
        problem = presenter.view.problem
        if not isinstance(problem, kind):
            raise OffScript(f"{getattr(act, '__name__', act)}: {problem!r}, not {kind.__name__}")
        self.spend(6)
        presenter.dismiss()
        return problem

    def clear_trays(self) -> list[PlasticCard]:
        """Take what lies in and beside the printer; finished cards come back, in order."""
        done = self.bench.take_output()
        for card in (*done, *self.bench.take_rejects(), *self.bench.take_by_hand()):
            self.cards[card.serial] = card
        return done

    def waybill(self) -> str:
        """The next sticker of the courier's roll."""
        return make_s10("EP", next(self.waybills))

    def hand_out(self, made: MadePaper) -> None:
        """Print a paper and give it away."""
        self.desk.papers.print(self.by, made.paper.id)
        self.bench.take_papers()
        self.spend(5)
