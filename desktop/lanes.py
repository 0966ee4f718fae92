"""Lanes: one worker thread for each thing that blocks, so that the window never does.

A job runs on one lane from start to end and its result is delivered where `post` says (the
window's own thread). A lane never waits for another: a job that needs a second device borrows it.
What the world refused (Problem, DeviceFault, StoreProblem) goes to the job's `failed`; anything
else is a fault of the program and goes to the one crash handler.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from db.errors import StoreProblem
from desktop.domain.errors import Problem
from devices.errors import DeviceFault

T = TypeVar("T")
Post = Callable[[Callable[[], None]], None]
Failed = Callable[[Exception], None]
Crash = Callable[[BaseException], None]

KNOWN: tuple[type[Exception], ...] = (Problem, DeviceFault, StoreProblem)


class LaneRunner(Protocol):
    """What services and presenters need of lanes; threads in the window, none in a script."""

    def call(
        self,
        lane: str,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run `work` on a lane, after what was called there before; then one of the others.

        A known refusal without `failed` goes to the crash handler: somebody forgot it.
        """
        ...

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no work runs or waits; False when the time ran out. Deliveries may follow."""
        ...

    def busy(self, lane: str) -> bool:
        """Whether work runs or waits on a lane."""
        ...

    def close(self, timeout: float = 5.0) -> bool:
        """Take no more work, drop what waits, let what runs end; False if something still runs."""
        ...


class _Job:
    """One call, and who hears of its end."""

    __slots__ = ("_crash", "_failed", "_run")

    def __init__(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None,
        failed: Failed | None,
        crash: Crash,
    ) -> None:
        self._crash = crash
        self._failed = failed

        def run() -> Callable[[], None] | None:
            result = work()
            return None if then is None else partial(then, result)

        self._run = run

    def run(self) -> Callable[[], None] | None:
        """Do the work; what is to be delivered, if anything."""
        try:
            return self._run()
        except KNOWN as refusal:
            known, failed = refusal, self._failed
            return lambda: (failed or self._crash)(known)
        except Exception as fault:  # noqa: BLE001 - a lane's edge: the crash handler answers
            return self.crashed(fault)

    def crashed(self, fault: BaseException) -> Callable[[], None]:
        """The delivery that tells the crash handler."""
        return lambda: self._crash(fault)


class _Lane:
    def __init__(self, name: str, post: Post, finished: Callable[[_Lane], None]) -> None:
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self.waiting = 0
        self._post = post
        self._finished = finished
        self.thread = threading.Thread(target=self._work, name=f"lane {name}", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while (job := self.jobs.get()) is not None:
            try:
                delivery = job.run()
            except BaseException as end:  # noqa: BLE001 - even SystemExit must not end a lane unheard
                delivery = job.crashed(end)
            if delivery is not None:
                self._post(delivery)
            del job, delivery  # else an idle lane would hold a person's data until its next job
            self._finished(self)

    def drop(self) -> int:
        """Forget the jobs that wait, and end after the one that runs; how many were dropped."""
        dropped = 0
        try:
            while self.jobs.get_nowait() is not None:
                dropped += 1
        except Empty:
            pass
        self.jobs.put(None)
        return dropped


class Lanes:
    """Lanes with threads. They end with the program, even while a device hangs."""

    def __init__(self, post: Post, crash: Crash) -> None:
        self._post = post
        self._crash = crash
        self._lanes: dict[str, _Lane] = {}
        self._changed = threading.Condition()
        self._pending = 0
        self._closed = False

    def call(
        self,
        lane: str,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        with self._changed:
            if self._closed:
                return
            worker = self._lanes.get(lane)
            if worker is None:
                worker = self._lanes[lane] = _Lane(lane, self._post, self._finished)
            worker.waiting += 1
            self._pending += 1
            worker.jobs.put(_Job(work, then, failed, self._crash))

    def wait_idle(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, timeout)

    def busy(self, lane: str) -> bool:
        worker = self._lanes.get(lane)
        return worker is not None and worker.waiting > 0

    def close(self, timeout: float = 5.0) -> bool:
        with self._changed:
            self._closed = True
            lanes = list(self._lanes.values())
            for lane in lanes:
                dropped = lane.drop()
                lane.waiting -= dropped
                self._pending -= dropped
            self._changed.notify_all()
        end = time.monotonic() + timeout
        for lane in lanes:
            lane.thread.join(max(0.0, end - time.monotonic()))
        return not any(lane.thread.is_alive() for lane in lanes)

    def _finished(self, lane: _Lane) -> None:
        with self._changed:
            lane.waiting -= 1
            self._pending -= 1
            self._changed.notify_all()


class InlineLanes:
    """The same without threads: work runs at once in the caller.

    A call made from within a job or a delivery waits until that one has ended, as it would on a
    thread; when the outermost call returns, all has been done.
    """

    def __init__(self, crash: Crash) -> None:
        self._crash = crash
        self._jobs: deque[tuple[str, _Job]] = deque()
        self._running: str | None = None
        self._closed = False

    def call(
        self,
        lane: str,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        if self._closed:
            return
        self._jobs.append((lane, _Job(work, then, failed, self._crash)))
        if self._running is not None:
            return
        try:
            while self._jobs:
                self._running, job = self._jobs.popleft()
                delivery = job.run()
                if delivery is not None:
                    delivery()
        finally:
            self._running = None
            self._jobs.clear()

    def wait_idle(self, timeout: float) -> bool:
        return self._running is None

    def busy(self, lane: str) -> bool:
        return self._running == lane or any(name == lane for name, _ in self._jobs)

    def close(self, timeout: float = 5.0) -> bool:
        self._closed = True
        self._jobs.clear()
        return self._running is None


def raise_it(fault: BaseException) -> None:
    """A crash handler for scripts and tests: the fault goes on up, out of the call."""
    raise fault
