"""Lanes: order within a lane, freedom between lanes, one way out for every end of a job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

import pytest

from db.errors import StoreBusy
from desktop.domain.errors import Problem
from desktop.lanes import InlineLanes, LaneRunner, Lanes, raise_it
from desktop.notices import ApplicationMoved, Notice, Notices, Say, ScanArrived, at_once
from devices.device import DeviceKind
from devices.errors import NotConnected

SOON = 10.0


class Unpaid(Problem):
    """Said no, for the test."""


class Desk:
    """A window's thread: deliveries wait here until `settle`."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.crashes: list[BaseException] = []
        self.lanes: LaneRunner = Lanes(self.posted.put, self.crashes.append)

    def settle(self) -> None:
        assert self.lanes.wait_idle(SOON)
        while True:
            try:
                self.posted.get_nowait()()
            except Empty:
                return


class InlineDesk(Desk):
    def __init__(self) -> None:
        super().__init__()
        self.lanes = InlineLanes(self.crashes.append)


@pytest.fixture(params=[Desk, InlineDesk])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    made = request.param()
    yield made
    assert made.lanes.close()


def test_results_are_delivered_in_the_order_of_a_lane(desk: Desk) -> None:
    got: list[int] = []
    for number in range(50):
        desk.lanes.call("desk", lambda number=number: number * 2, got.append)
    desk.settle()
    assert got == [number * 2 for number in range(50)]
    assert not desk.lanes.busy("desk")


@pytest.mark.parametrize(
    "refusal", [Unpaid(), NotConnected(DeviceKind.CAMERA), StoreBusy(5.0)], ids=lambda r: str(r)
)
def test_what_the_world_refuses_goes_to_the_caller(desk: Desk, refusal: Exception) -> None:
    heard: list[Exception] = []
    desk.lanes.call("desk", lambda: raise_it(refusal), failed=heard.append)
    desk.settle()
    assert heard == [refusal]
    assert desk.crashes == []


def test_a_refusal_that_nobody_awaits_is_a_crash(desk: Desk) -> None:
    desk.lanes.call("desk", lambda: raise_it(Unpaid()))
    desk.settle()
    assert [type(crash) for crash in desk.crashes] == [Unpaid]


def test_a_fault_of_the_program_goes_to_the_crash_handler_and_the_lane_lives_on(
    desk: Desk,
) -> None:
    heard: list[Exception] = []
    got: list[str] = []
    desk.lanes.call("desk", lambda: raise_it(ZeroDivisionError()), failed=heard.append)
    desk.lanes.call("desk", lambda: "still here", got.append)
    desk.settle()
    assert heard == []
    assert [type(crash) for crash in desk.crashes] == [ZeroDivisionError]
    assert got == ["still here"]


def test_a_job_called_from_a_delivery_runs_too(desk: Desk) -> None:
    got: list[str] = []

    def again(first: str) -> None:
        got.append(first)
        desk.lanes.call("other", lambda: "second", got.append)
        got.append("after the call")

    desk.lanes.call("desk", lambda: "first", again)
    desk.settle()
    desk.settle()
    if isinstance(desk, InlineDesk):
        assert got == ["first", "after the call", "second"]
    assert sorted(got) == ["after the call", "first", "second"]


def test_a_closed_lane_takes_no_work(desk: Desk) -> None:
    got: list[int] = []
    assert desk.lanes.close()
    desk.lanes.call("desk", lambda: 1, got.append)
    desk.settle()
    assert got == []


def test_one_lane_doesn_t_wait_for_another() -> None:
    desk = Desk()
    gate = threading.Event()
    got: list[str] = []
    desk.lanes.call("printer", lambda: gate.wait(SOON) and "printed", got.append)
    desk.lanes.call("desk", gate.set)
    desk.settle()
    assert got == ["printed"]
    assert desk.lanes.close()


def test_closing_drops_what_waits_and_reports_what_hangs() -> None:
    desk = Desk()
    gate, begun = threading.Event(), threading.Event()
    ran: list[int] = []

    def hang() -> None:
        begun.set()
        gate.wait(SOON)

    desk.lanes.call("printer", hang)
    for number in range(5):
        desk.lanes.call("printer", lambda number=number: ran.append(number))
    assert begun.wait(SOON)
    assert desk.lanes.busy("printer")
    assert not desk.lanes.wait_idle(0.01)
    assert not desk.lanes.close(timeout=0.01)
    gate.set()
    assert desk.lanes.close(timeout=SOON)
    assert ran == []
    assert desk.lanes.wait_idle(SOON)


def test_even_an_exit_on_a_lane_is_heard() -> None:
    desk = Desk()
    got: list[int] = []
    desk.lanes.call("desk", lambda: raise_it(SystemExit(3)))
    desk.lanes.call("desk", lambda: 1, got.append)
    desk.settle()
    assert [type(crash) for crash in desk.crashes] == [SystemExit]
    assert got == [1]
    assert desk.lanes.close()


def test_inline_an_exit_leaves_the_call_and_nothing_behind() -> None:
    lanes = InlineLanes(raise_it)
    with pytest.raises(KeyboardInterrupt):
        lanes.call("desk", lambda: raise_it(KeyboardInterrupt()))
    with pytest.raises(ZeroDivisionError):
        lanes.call("desk", lambda: raise_it(ZeroDivisionError()))
    got: list[int] = []
    lanes.call("desk", lambda: 1, got.append)
    assert got == [1]


def test_notices_reach_everybody_until_they_stop() -> None:
    notices = Notices(at_once)
    first: list[Notice] = []
    second: list[Notice] = []
    stop = notices.subscribe(first.append)
    notices.subscribe(second.append)
    notices.publish(ApplicationMoved("a"))
    stop()
    stop()
    notices.publish(ApplicationMoved("b"))
    assert first == [ApplicationMoved("a")]
    assert second == [ApplicationMoved("a"), ApplicationMoved("b")]


def test_who_stopped_hears_nothing_even_of_what_was_posted() -> None:
    posted: list[Callable[[], None]] = []
    notices = Notices(posted.append)
    heard: list[Notice] = []
    stop = notices.subscribe(heard.append)
    notices.publish(Say("hello"))
    stop()
    for delivery in posted:
        delivery()
    assert heard == []


def test_a_listener_may_stop_another_in_the_middle() -> None:
    notices = Notices(at_once)
    heard: list[Notice] = []
    stops: list[Callable[[], None]] = []
    notices.subscribe(lambda notice: stops[0]())
    stops.append(notices.subscribe(heard.append))
    notices.publish(Say("hello"))
    assert heard == []


def test_no_scan_in_a_repr() -> None:
    assert "3273" not in repr(ScanArrived("3273010203900001"))


def test_notices_from_many_threads_all_arrive() -> None:
    posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
    notices = Notices(posted.put)
    heard: list[Notice] = []
    notices.subscribe(heard.append)

    def publish(name: str) -> None:
        for number in range(100):
            notices.publish(ApplicationMoved(f"{name}{number}"))

    threads = [threading.Thread(target=publish, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    while not posted.empty():
        posted.get()()
    assert len(heard) == 400
