"""Chip readers over PC/SC: pcscd on Linux, the Smart Card service on Windows.

A command to a card can hang for ever (a mute card on a reader without a time limit of its own:
only taking the card away ends it), and so can every other call when the service hangs. So each
call to PC/SC is made by a worker thread with a context of its own. Whoever waits for it gives up
in time, and leaves the worker behind together with its handle; when the call comes back at last
the worker lets go of the card and ends. Until then the reader counts as not answering.

Cards are connected exclusively: nobody else's commands come between ours. A card that was waited
for stays connected until it is taken away, `let_go`, or the line is closed.

pyscard is loaded when the first line is opened; a PC without it is a PC without the service.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty
from typing import TypeVar, cast

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import (
    Cancelled,
    CardMissing,
    CardMute,
    DeviceFault,
    NotConnected,
    TimedOut,
)
from devices.wire.pcsc_results import matching
from devices.wire.pcsc_worker import (
    SLICE,
    STATE_EXCLUSIVE,
    STATE_PRESENT,
    UNAWARE,
    Api,
    Clock,
    Worker,
    load_api,
)
from devices.wire.tape import NO_TAPE, Tape

ANSWER = 10.0
"""Seconds after which a chip that doesn't answer one command counts as mute."""
WORKING = 0.5
"""Seconds that a chip may work on one command before its answer is owed."""
GRACE = 0.5
"""Seconds that a call waits for one that was left behind, before it gives up too."""
_WATCH = 200
"""Milliseconds of one wait for a card; between two, cancelling is heard."""

T = TypeVar("T")
Send = Callable[[bytes], bytes]


def readers(kind: DeviceKind = DeviceKind.CARD_READER, *, timeout: float = 2.0) -> tuple[str, ...]:
    """The readers that the PC has now, for choosing one. Raises ServiceStopped, TimedOut."""
    line = PcscLine(kind)
    try:
        return line.found(timeout=timeout)
    finally:
        line.close()


class PcscLine:
    """One reader, found by its name, and the card on it. Constructing touches nothing.

    All calls raise ServiceStopped, NotConnected, TimedOut and Cancelled; those about a card also
    CardMissing, Busy, CardMute, ChipDead, WrongCard, Garbage. By `clock` it is reckoned for how
    many seconds a chip owes an answer.
    """

    def __init__(
        self,
        kind: DeviceKind,
        pattern: str = "",
        tape: Tape = NO_TAPE,
        *,
        answer: float = ANSWER,
        load: Callable[[DeviceKind], Api] = load_api,
        clock: Clock = time.monotonic,
    ) -> None:
        self._kind = kind
        self._pattern = pattern
        self._tape = tape
        self._answer = answer
        self._load = load
        self._clock = clock
        self._worker: Worker | None = None
        self._behind: list[tuple[Worker, DeviceFault]] = []
        self._claimed = False
        self.reader = ""
        self.lost: NotConnected | None = None

    @property
    def is_open(self) -> bool:
        """Whether the reader was there when it was last asked."""
        return bool(self.reader) and self.lost is None

    @property
    def unanswered(self) -> float:
        """Seconds that a chip owes the answer to a command."""
        worker = self._worker
        since = None if worker is None else worker.since
        return 0.0 if since is None else max(0.0, self._clock() - since - WORKING)

    @property
    def stuck(self) -> bool:
        """Whether a call that was left behind hasn't come back yet."""
        self._behind = [(worker, why) for worker, why in self._behind if worker.is_alive()]
        return bool(self._behind)

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Find the reader."""
        if self.is_open:
            return
        self.lost = None
        # A service that hangs gets no second call to hang in each time that somebody tries again;
        # a mute card hangs one command and no other call.
        if self.stuck and any(worker.since is None for worker, _ in self._behind):
            self._unstick(Deadline(min(timeout, GRACE)), timeout, cancel)
        try:
            found = matching(self.found(timeout=timeout, cancel=cancel), self._pattern)
            if found is None:
                raise NotConnected(self._kind, "open")
        except NotConnected as lost:
            self.close()
            self.lost = lost
            raise
        self.reader = found
        self._tape.noted("open")

    def close(self) -> None:
        """Let go of everything; a call that hangs is left to itself."""
        worker, self._worker = self._worker, None
        self.reader, self.lost, self._claimed = "", None, False
        if worker is not None:
            worker.jobs.put(None)
            worker.join(GRACE)
            self._tape.noted("closed")

    def found(self, *, timeout: float, cancel: Cancel = None) -> tuple[str, ...]:
        """All readers of the PC."""
        return self._do(lambda worker: worker.list_readers(), timeout, cancel, "open")

    def present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Whether a card lies there."""
        reader = self._opened("present")
        state = self._do(lambda worker: worker.state(reader), timeout, cancel, "present")
        return bool(state & STATE_PRESENT)

    def let_go(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Release the card that is held; whether somebody else holds it."""
        reader = self._opened("health")
        self._claimed = False

        def job(worker: Worker) -> int:
            worker.drop()
            return worker.state(reader)

        return bool(self._do(job, timeout, cancel, "health") & STATE_EXCLUSIVE)

    def wait(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """Wait for a card and power it up; its ATR. CardMissing when none came in time.

        A mute card has to be taken away first.
        """
        reader = self._opened("wait")
        deadline = Deadline(timeout)
        self._unstick(deadline, timeout, cancel)
        seen = UNAWARE
        while True:

            def watch(worker: Worker, known: int = seen) -> int:
                slice_ms = min(_WATCH, round(deadline.left() * 1000))
                return worker.state(reader, known, slice_ms if known else 0)

            seen = self._do(watch, deadline.left() + GRACE, cancel, "wait")
            if seen & STATE_PRESENT:
                break
            if not deadline.left():
                raise CardMissing(self._kind, "wait")
        atr = self._do(lambda worker: worker.power_up(reader), deadline.left(), cancel, "wait")
        self._claimed = True
        return atr

    def transmit(self, command: bytes, *, timeout: float, cancel: Cancel = None) -> bytes:
        """One command of several that belong together: CardMissing when the card was changed."""
        reader = self._opened("transmit")
        if self._behind:
            self._unstick(Deadline(min(timeout, GRACE)), timeout, cancel)

        def job(worker: Worker) -> bytes:
            if worker.card is None:
                worker.connect(reader, "transmit")
            return worker.send(command)

        try:
            return self._do(job, timeout, cancel, "transmit")
        except DeviceFault:
            self._claimed = False
            raise

    def talk(
        self,
        verb: Callable[[Send], T],
        during: str,
        *,
        timeout: float,
        cancel: Cancel = None,
        same_card: bool = False,
    ) -> T:
        """Let a verb send all its commands, one after the other, in the worker's thread.

        A verb begins anew (it selects what it needs), so it takes whichever card lies there. Where
        it must be the card that was waited for, it raises CardMissing once when it was changed.
        """
        reader = self._opened(during)
        deadline = Deadline(timeout)
        self._unstick(Deadline(min(timeout, GRACE)), timeout, cancel)
        claimed = self._claimed and same_card

        def job(worker: Worker) -> T:
            if worker.changed() and claimed:
                raise CardMissing(self._kind, during)
            if worker.card is None:
                worker.connect(reader, during)
            return verb(worker.send)

        try:
            return self._do(job, deadline.left(), cancel, during)
        except DeviceFault:
            self._claimed = False
            raise

    def _opened(self, during: str) -> str:
        if not self.is_open:
            raise NotConnected(self._kind, during)
        return self.reader

    def _unstick(self, patience: Deadline, timeout: float, cancel: Cancel) -> None:
        """Wait for a call that was left behind. Raises what it was left for."""
        while self.stuck:
            worker, why = self._behind[0]
            if cancel is not None and cancel.is_set():
                raise Cancelled(self._kind, "wait")
            if not patience.left():
                if isinstance(why, CardMute):
                    raise CardMute
                raise TimedOut(self._kind, timeout, "wait")
            worker.join(min(SLICE, patience.left()))

    def _do(self, job: Callable[[Worker], T], timeout: float, cancel: Cancel, during: str) -> T:
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, during)
        worker = self._worker
        if worker is None:
            api = self._load(self._kind)
            worker = self._worker = Worker(self._kind, api, self._tape, self._clock)
            worker.start()
        hired = worker
        worker.jobs.put(lambda: job(hired))
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                answer, error = worker.answers.get(timeout=max(0.0, min(SLICE, left)))
                break
            except Empty:
                why = self._give_up(worker, end, timeout, cancel, during)
            if why is not None:
                self._leave(worker, why)
                raise why
        if error is None:
            return cast("T", answer)
        if isinstance(error, NotConnected):
            self.close()
            self.lost = error
        raise error

    def _give_up(
        self, worker: Worker, end: float, timeout: float, cancel: Cancel, during: str
    ) -> DeviceFault | None:
        """Why nobody should wait any longer, if so."""
        if cancel is not None and cancel.is_set():
            return Cancelled(self._kind, during)
        since = worker.since
        if since is not None and self._clock() - since >= self._answer:
            return CardMute()
        return TimedOut(self._kind, timeout, during) if time.monotonic() >= end else None

    def _leave(self, worker: Worker, why: DeviceFault) -> None:
        """Leave a worker behind: it stops before its next command, or when its call comes back."""
        worker.left.set()
        worker.jobs.put(None)
        self._tape.noted("left behind")
        self._behind.append((worker, why))
        self._worker, self._claimed = None, False
