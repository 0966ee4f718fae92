"""A device that owes an answer is shown as silent soon, and a slow one isn't."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from desktop.device_hub import DeviceHub
from desktop.device_slot import ASKING, OF_LATE, QUIET, UNKNOWN
from desktop.lanes import InlineLanes, raise_it
from desktop.notices import DeviceChanged, Notices, at_once
from desktop.sources import VirtualClock
from devices.device import Cancel, DeviceKind, Health, HealthReason, HealthState
from devices.simulators.bench import SimulatedBench
from devices.simulators.card_printer import SimulatedCardPrinter

SILENT = (HealthReason.NOT_ANSWERING,)
A_LITTLE = 0.01


class HesitantPrinter(SimulatedCardPrinter):
    """Lets the test act between a question and its answer."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)
    owed = 0.0
    cancel: Cancel = None

    @property
    def unanswered(self) -> float:
        return self.owed

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        self.cancel = cancel
        self.meanwhile()
        return super().health(timeout=timeout, cancel=cancel)


@dataclass
class Watched:
    """One printer, its hub, and a clock of seconds that the test moves."""

    seconds: float = 0.0
    told: int = 0
    seen: list[tuple[HealthReason, ...]] = field(default_factory=list[tuple[HealthReason, ...]])

    def __post_init__(self) -> None:
        clock = VirtualClock(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
        bench = SimulatedBench(clock.pause)
        bench.load_blanks(f"B{number}" for number in range(20))
        notices = Notices(at_once)
        notices.subscribe(self._count)
        self.printer = HesitantPrinter(bench.printer, clock.pause)
        self.hub = DeviceHub(
            [self.printer], InlineLanes(raise_it), notices, seconds=lambda: self.seconds
        )
        self.hub.start()

    def _count(self, notice: object) -> None:
        self.told += isinstance(notice, DeviceChanged)

    @property
    def health(self) -> Health:
        return self.hub.status(DeviceKind.CARD_PRINTER).health

    def answering_after(self, seconds: float) -> None:
        """One look whose answer takes so long; what the screen says just before it comes."""

        def wait() -> None:
            self.seconds += seconds
            self.hub.listen()
            self.seen.append(self.health.reasons)

        self.printer.meanwhile = wait
        self.hub.glance()
        self.printer.meanwhile = lambda: None
        self.hub.listen()


@pytest.fixture
def watched() -> Watched:
    made = Watched()
    made.answering_after(A_LITTLE)
    made.seen.clear()
    made.told = 0
    return made


@pytest.mark.fault
def test_silence_is_told_while_the_question_is_still_open(watched: Watched) -> None:
    watched.answering_after(QUIET + A_LITTLE)
    assert watched.seen == [SILENT]
    assert watched.health.state is HealthState.READY, "the answer came after all"
    assert watched.told == 2
    log = [event.health.reasons for event in watched.hub.events("card_printer") if event.health]
    assert SILENT in log


def test_who_answers_in_time_isn_t_called_silent(watched: Watched) -> None:
    watched.answering_after(QUIET - A_LITTLE)
    assert watched.seen == [()]
    assert watched.told == 0


def test_a_slow_printer_is_given_the_time_it_takes(watched: Watched) -> None:
    for _ in range(3):
        watched.answering_after(QUIET + 0.5)
    assert watched.seen == [SILENT, (), ()], "learned by the first"
    watched.answering_after(ASKING + A_LITTLE)
    assert watched.seen[-1] == SILENT, "but not without end"


def test_one_slow_answer_is_forgotten_in_time(watched: Watched) -> None:
    watched.answering_after(QUIET + 0.5)
    for _ in range(OF_LATE):
        watched.answering_after(A_LITTLE)
    watched.answering_after(QUIET + A_LITTLE)
    assert watched.seen[-1] == SILENT


@pytest.mark.parametrize(
    ("after", "shown"), [(UNKNOWN - A_LITTLE, ()), (UNKNOWN + A_LITTLE, SILENT)]
)
def test_a_new_one_may_be_slow_at_first(
    watched: Watched, after: float, shown: tuple[HealthReason, ...]
) -> None:
    first: list[tuple[HealthReason, ...]] = []

    def wait() -> None:
        watched.seconds += after
        watched.hub.listen()
        first.append(watched.health.reasons)
        watched.printer.meanwhile = lambda: None

    watched.printer.meanwhile = wait
    watched.hub.replace("card_printer", watched.printer)
    assert (HealthReason.NOT_ANSWERING in first[0]) is bool(shown)


@pytest.mark.fault
def test_silence_in_a_job_is_told_while_the_job_goes_on(watched: Watched) -> None:
    with watched.hub.printer():
        watched.printer.owed = QUIET + A_LITTLE
        watched.hub.listen()
        assert watched.health.reasons == SILENT
        assert watched.hub.status(DeviceKind.CARD_PRINTER).in_use
        watched.hub.listen()
        assert watched.told == 1, "told once"
        watched.printer.owed = 0.0
        watched.hub.listen()
        assert watched.health.usable
    assert watched.told == 2


def test_whoever_closes_the_counter_waits_for_no_silent_device(watched: Watched) -> None:
    told: list[bool] = []

    def close() -> None:
        watched.hub.close()
        cancel = watched.printer.cancel
        told.append(cancel is not None and cancel.is_set())

    watched.printer.meanwhile = close
    watched.hub.glance()
    assert told == [True], "the question is called off"
