"""A training counter for walks: officers act, people come, nothing waits."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from desktop.desk import Desk, open_desk
from desktop.domain.officer import Actor
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.people import Person, make_people
from desktop.training.stage import Stage
from devices.simulators.bench import SimulatedBench

MORNING = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
"""2 March 2026, 07.30 WIB."""

IDS_OF_THE_OFFICE = 20_000
"""More ids than furnishing an office takes; a copy goes on behind them."""

PASSWORDS = {s.name.split()[0].casefold(): (s.nrp, s.password) for s in SAMPLE_OFFICERS}


@dataclass
class World:
    """One counter with its simulators and its people."""

    desk: Desk
    clock: VirtualClock
    people: tuple[Person, ...]
    stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        self.stage = Stage(self.desk)

    @property
    def bench(self) -> SimulatedBench:
        assert self.desk.bench is not None
        return self.desk.bench

    @property
    def by(self) -> Actor:
        return self.desk.duty.actor()

    def sign_in(self, name: str) -> None:
        self.desk.duty.sign_in(*PASSWORDS[name])

    def take_over(self, name: str) -> None:
        self.desk.duty.take_over(*PASSWORDS[name])

    def give_back(self) -> None:
        self.desk.duty.give_back()

    def put_eid(self, person: Person) -> None:
        self.stage.lay_eid(person)

    def photograph(self, visit_id: str, person: Person) -> None:
        """Photo and signature of a person who sits and signs as asked."""
        self.stage.sit(person)
        self.stage.ready_to_sign(person)
        with self.desk.hub.camera() as camera:
            picture = camera.capture(timeout=5)
        shot = self.desk.capture.shot(self.by, visit_id, picture, "image/jpeg")
        assert not shot.faults, shot.faults
        with self.desk.hub.signature_pad() as pad:
            strokes = pad.capture(timeout=5)
        self.desk.capture.sign(self.by, visit_id, strokes)


@cache
def furnished_profile() -> Path:
    """A training profile as it is on its first morning, made once in a worker, to be copied."""
    kept = Path(tempfile.mkdtemp(prefix="loket-office-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    folder = kept / "profile"
    clock = VirtualClock(MORNING)
    open_desk(folder, clock=clock, ids=SeededIds(1, clock), keys=SeededKeys(1)).close()
    return folder


def new_world(folder: Path) -> World:
    """A counter on its first morning in a folder that isn't there yet."""
    shutil.copytree(furnished_profile(), folder)
    return open_world(folder, ids_used=IDS_OF_THE_OFFICE)


def open_world(
    folder: Path, *, seed: int = 1, clock: VirtualClock | None = None, ids_used: int = 0
) -> World:
    """A fresh training profile in `folder`, or the one that is there.

    `ids_used` is how many ids of the seed stand in it already.
    """
    clock = clock or VirtualClock(MORNING)
    ids = SeededIds(seed, clock, ids_used)
    desk = open_desk(folder, clock=clock, ids=ids, keys=SeededKeys(seed))
    people = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
    return World(desk, clock, people)


def jpeg(image: object) -> bytes:
    """A drawn picture as a camera would send it."""
    out = BytesIO()
    image.save(out, "JPEG", quality=90)  # type: ignore[attr-defined]
    return out.getvalue()
