"""One card of the inspection's measurement: what it is, making it, and what the inspection says.

A job is a pure function of the run's seed, its group and its number, so that a run resumes, and
grows, without changing what was measured. Four groups:

    good     good cards, taken as a counter takes them
    blind    defects drawn up without knowledge of the inspection (`card_degradations`)
    known    defects drawn up by whoever wrote the inspection (`print_faults`)
    capture  good cards, badly taken
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from desktop.cards.inspection import Brought, Ordered, inspect_pictures
from desktop.cards.seal_keys import SealKeys
from desktop.commands.bench_inspection_cards import Cards
from desktop.commands.bench_inspection_known import KNOWN_NAMES, laid_wrongly
from desktop.commands.bench_seal_card import MOMENT, published
from devices.simulators.card_degradations import capture, catalog
from devices.simulators.card_degradations.mixups import NothingDiffers

GOOD, BLIND, KNOWN, CAPTURE = "good", "blind", "known", "capture"
GROUPS = (GOOD, BLIND, KNOWN, CAPTURE)
BROUGHT = ("serial_of_another", "chip_uid_of_another", "chip_of_another")
"""What no picture shows: the plastic isn't the one that was ordered."""
BLIND_NAMES: tuple[str, ...] = (*catalog.NAMES, *BROUGHT)
WITHOUT_SEVERITY = catalog.NO_SEVERITY | frozenset(BROUGHT)
RAISED = "raised"
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One card to be made and inspected."""

    group: str
    number: int
    name: str
    severity: float
    person: int
    seed: int

    @property
    def id(self) -> str:
        return f"{self.group}-{self.number}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the inspection said of it."""

    group: str
    number: int
    name: str
    severity: float
    verdict: str
    """`good`, `faulty`, `refused`, `unseen`, or `raised`."""
    faults: tuple[str, ...]
    ms: float
    """Wall time of the inspection alone."""
    cpu_ms: float
    made_ms: float
    """Wall time for making card and pictures."""

    @property
    def id(self) -> str:
        return f"{self.group}-{self.number}"

    @property
    def passed(self) -> bool:
        return self.verdict == "good"


def jobs_of(seed: int, sizes: Mapping[str, int], people: int) -> Iterator[Job]:
    """All jobs, the groups mixed evenly, so that any beginning of a run is a fair sample."""
    mixed = sorted(
        ((number + 0.5) / count, group, number)
        for group, count in sizes.items()
        for number in range(count)
    )
    names = {BLIND: BLIND_NAMES, KNOWN: KNOWN_NAMES, CAPTURE: capture.BAD, GOOD: ("",)}
    names = {group: tuple(sorted(of, key=_shuffled)) for group, of in names.items()}
    for _, group, number in mixed:
        yield _job(seed, group, number, names[group], people)


def _job(seed: int, group: str, number: int, names: tuple[str, ...], people: int) -> Job:
    """Names go round, and each goes through the thirds of severity, not all from the same one."""
    rng = np.random.default_rng(_seed(seed, group, number))
    turn, at = divmod(number, len(names))
    severity = ((turn + at) % 3 + float(rng.random())) / 3
    person = int(rng.integers(people))
    own = int(rng.integers(2**32))
    return Job(group, number, names[at], round(severity, 4), person, own)


def _shuffled(name: str) -> bytes:
    """So that a short run has something of every stage."""
    return hashlib.sha256(name.encode()).digest()


def _seed(seed: int, group: str, number: int) -> int:
    told = hashlib.sha256(f"{seed} {group} {number}".encode()).digest()
    return int.from_bytes(told[:8], "big")


class Bench:
    """Makes and inspects cards, one after the other; one in each process."""

    def __init__(self, folder: Path, people: int) -> None:
        self._cards = Cards(folder, people)
        self._keys: SealKeys = published()

    def answer(self, job: Job) -> Answer:
        """Make the card of a job and let it be inspected."""
        begun = time.perf_counter()
        job, plastic = self._possible(job)
        front, back = _pictures(job, plastic)
        kept = self._cards.card(job.person)
        ordered = Ordered(kept.record, kept.faces, self._cards.layout)
        brought = self._brought(job, kept.record.blank_serial)
        made = time.perf_counter()
        busy = time.process_time()
        try:
            found = inspect_pictures(front, back, ordered, self._keys, at=MOMENT, brought=brought)
        except ImportError:
            raise
        except Exception as error:  # noqa: BLE001 - a measurement tells of it and goes on
            verdict, faults = RAISED, (type(error).__name__,)
        else:
            verdict = found.verdict.value
            faults = tuple(sorted({fault.check.value for fault in found.faults}))
        return Answer(
            job.group,
            job.number,
            job.name,
            job.severity,
            verdict,
            faults,
            round((time.perf_counter() - made) * 1000, 1),
            round((time.process_time() - busy) * 1000, 1),
            round((made - begun) * 1000, 1),
        )

    def _possible(self, job: Job) -> tuple[Job, catalog.Plastic]:
        """The card of a job, or of the same for the next person whose order can have the defect."""
        for _ in range(_TRIES):
            try:
                return job, self._plastic(job)
            except NothingDiffers:
                job = replace(job, person=(job.person + 1) % self._cards.people)
        return job, self._plastic(job)

    def _plastic(self, job: Job) -> catalog.Plastic:
        order = self._cards.order(job.person)
        if job.group == BLIND and job.name not in BROUGHT:
            return catalog.degraded(job.name, order, job.severity, job.seed)
        if job.group == KNOWN:
            return laid_wrongly(job.name, order, job.severity, job.seed)
        return catalog.made(order, job.seed)

    def _brought(self, job: Job, serial: str) -> Brought:
        uid = f"04{job.seed:012x}"
        if job.name == "serial_of_another":
            return Brought(serial=f"{serial[:-1]}{(int(serial[-1]) + 1) % 10}")
        if job.name == "chip_uid_of_another":
            return Brought(serial=serial, chip_uid=uid, chip_uid_ordered=f"04{job.seed ^ 1:012x}")
        if job.name == "chip_of_another":
            return Brought(chip=b"another's" * 20, chip_ordered=b"the holder's" * 20)
        return Brought(serial=serial, chip_uid=uid, chip_uid_ordered=uid)


def _pictures(job: Job, plastic: catalog.Plastic) -> tuple[bytes, bytes]:
    rng = np.random.default_rng((job.seed, 3))
    if job.group == CAPTURE:
        taken = capture.bad_conditions(job.name, job.severity, rng)
    else:
        taken = capture.good_conditions(rng)
    front = capture.taken(plastic.front, taken, rng)
    return front, capture.taken(plastic.back, replace(taken, turn=taken.turn - 4), rng)


_bench: list[Bench] = []


def begin(folder: Path, people: int) -> None:
    """Make this process a worker."""
    cv2.setNumThreads(1)
    _bench[:] = [Bench(folder, people)]


def work(job: Job) -> Answer:
    """One job in a worker."""
    return _bench[0].answer(job)


def plain(answer: Answer) -> dict[str, Any]:
    """As a line of the result file."""
    return asdict(answer)
