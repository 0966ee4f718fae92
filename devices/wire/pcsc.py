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

import fnmatch
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar, cast

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import (
    Busy,
    Cancelled,
    CardMissing,
    CardMute,
    ChipDead,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
    TimedOut,
    WrongCard,
)
from devices.wire.atr import parse_atr
from devices.wire.t0 import in_t0
from devices.wire.tape import NO_TAPE, Hidden, Tape

ANSWER = 10.0
"""Seconds after which a chip that doesn't answer one command counts as mute."""
SHARING = 1.0
"""Seconds that another program may hold a card that was just laid down: Windows looks at each."""
GRACE = 0.5
"""Seconds that a call waits for one that was left behind, before it gives up too."""
_SLICE = 0.05
_WATCH = 200
"""Milliseconds of one wait for a card; between two, cancelling is heard."""

OK = 0
NO_SERVICE = frozenset({0x8010001D, 0x8010001E, 0x80100013, 0x80100001, 0x80100014})
INVALID_HANDLE = frozenset({0x80100003, 6})
NO_READER = frozenset({0x80100009, 0x80100017, 0x8010002E, 0x8010001A})
CARD_GONE = frozenset({0x8010000C, 0x80100069, 0x80100068, 0x80100010})
UNPOWERED = frozenset({0x80100066, 0x80100067})
UNSUPPORTED = 0x80100065
PROTOCOL_MISMATCH = 0x8010000F
SHARING_VIOLATION = 0x8010000B
NOT_TRANSACTED = 0x80100016
TIMEOUT = 0x8010000A
"""Results of PC/SC (winscard.h, pcsclite.h); 6 is Windows' own for a handle that died."""

_STATE_UNKNOWN, _STATE_UNAVAILABLE, _STATE_PRESENT, _STATE_EXCLUSIVE = 0x4, 0x8, 0x20, 0x80
_SCOPE, _EXCLUSIVE, _T0, _T1, _LEAVE, _RESET = 0, 1, 1, 2, 0, 1
_UNAWARE = 0

T = TypeVar("T")
Send = Callable[[bytes], bytes]


class _Api(Protocol):
    """What is used of smartcard.scard; the first of each answer is the result."""

    SCARD_PCI_T0: int
    SCARD_PCI_T1: int

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]: ...
    def SCardReleaseContext(self, context: int) -> int: ...
    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]: ...
    def SCardGetStatusChange(
        self, context: int, milliseconds: int, readers: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]: ...
    def SCardConnect(
        self, context: int, reader: str, share: int, protocols: int
    ) -> tuple[int, int, int]: ...
    def SCardReconnect(
        self, card: int, share: int, protocols: int, start: int
    ) -> tuple[int, int]: ...
    def SCardStatus(self, card: int) -> tuple[int, str, int, int, list[int]]: ...
    def SCardTransmit(
        self, card: int, protocol: int, command: list[int]
    ) -> tuple[int, list[int]]: ...
    def SCardDisconnect(self, card: int, end: int) -> int: ...


def _load(kind: DeviceKind) -> _Api:
    try:
        from smartcard import scard  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as missing:
        raise ServiceStopped(kind, "open") from missing
    return cast("_Api", scard)


class _LeftBehind(Exception):
    """Nobody waits for this call any more."""


def matching(readers: Sequence[str], pattern: str) -> str | None:
    """The first reader whose name has the pattern in it, or fits it where it has wildcards.

    Case doesn't count; an empty pattern fits any reader. Names carry the station ("... PICC 0",
    "... Contactless"), and a number that may change at each start ("00 00").
    """
    wanted = pattern.strip().casefold()
    glob = any(sign in wanted for sign in "*?[")
    for reader in readers:
        name = reader.casefold()
        if fnmatch.fnmatchcase(name, wanted) if glob else wanted in name:
            return reader
    return None


def readers(kind: DeviceKind = DeviceKind.CARD_READER, *, timeout: float = 2.0) -> tuple[str, ...]:
    """The readers that the PC has now, for choosing one. Raises ServiceStopped, TimedOut."""
    line = PcscLine(kind)
    try:
        return line.found(timeout=timeout)
    finally:
        line.close()


class _Worker(threading.Thread):
    """Does one call after another; whoever waits may leave it behind in the middle of one."""

    def __init__(self, kind: DeviceKind, api: _Api, tape: Tape) -> None:
        super().__init__(name="pcsc", daemon=True)
        self.kind = kind
        self.api = api
        self.tape = tape
        self.jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.answers: SimpleQueue[tuple[object, BaseException | None]] = SimpleQueue()
        self.context: int | None = None
        self.card: int | None = None
        self.protocol = 0
        self.since: float | None = None
        self.left = threading.Event()

    def run(self) -> None:
        try:
            while not self.left.is_set() and (job := self.jobs.get()) is not None:
                answer: object = None
                error: BaseException | None = None
                try:
                    answer = job()
                except BaseException as raised:  # noqa: BLE001  whoever waits answers it
                    error = raised
                self.answers.put((answer, error))
        finally:
            self.since = None
            self.drop()
            if self.context is not None:
                self.api.SCardReleaseContext(self.context)

    # all below runs in the worker's thread

    def connect_service(self) -> None:
        """A context with the service. Raises ServiceStopped."""
        if self.context is None:
            result, context = self.api.SCardEstablishContext(_SCOPE)
            self.check(result, "open")
            self.context = context

    def list_readers(self) -> tuple[str, ...]:
        self.connect_service()
        result, names = self.api.SCardListReaders(self._context, [])
        if _code(result) in NO_READER:
            return ()
        self.check(result, "open")
        return tuple(names)

    def state(self, reader: str, known: int = _UNAWARE, milliseconds: int = 0) -> int:
        """The reader's state bits, once they differ from `known` or the time is over."""
        self.connect_service()
        result, states = self.api.SCardGetStatusChange(
            self._context, milliseconds, [(reader, known)]
        )
        if _code(result) != TIMEOUT:
            self.check(result, "present")
        now = states[0][1] & 0xFFFF if states else 0
        if now & (_STATE_UNKNOWN | _STATE_UNAVAILABLE):
            raise NotConnected(self.kind, "present")
        return now

    def connect(self, reader: str, during: str) -> None:
        """Take the card that lies there for ourselves."""
        self.connect_service()
        patience = Deadline(SHARING)
        while True:
            result, card, protocol = self.api.SCardConnect(
                self._context, reader, _EXCLUSIVE, _T0 | _T1
            )
            if _code(result) != SHARING_VIOLATION or not patience.left():
                break
            if self.left.wait(_SLICE):
                raise _LeftBehind
        self.check(result, during)
        self.card, self.protocol = card, protocol
        self.tape.noted("connected")

    def power_up(self, reader: str) -> bytes:
        """The card's ATR after a fresh start."""
        if self.card is not None:
            result, protocol = self.api.SCardReconnect(self.card, _EXCLUSIVE, _T0 | _T1, _RESET)
            if result == OK:
                self.protocol = protocol
            else:
                self.drop()
        if self.card is None:
            self.connect(reader, "wait")
        result, _, _, _, atr = self.api.SCardStatus(self._card)
        if result != OK:
            self.drop()
        self.check(result, "wait")
        told = bytes(atr)
        self.tape.noted("atr " + told.hex())
        try:
            parse_atr(told)
        except ValueError as wrong:
            self.drop()
            raise Garbage(self.kind, "wait") from wrong
        return told

    def changed(self) -> bool:
        """Whether the card that we held was taken away, even if another lies there; it is let go.

        Raises what the line broke by.
        """
        if self.card is None:
            return False
        code = _code(self.api.SCardStatus(self.card)[0])
        if code == OK:
            return False
        self.drop()
        if code not in CARD_GONE:
            raise fault_of(code, self.kind, "status")
        return True

    def send(self, command: bytes) -> bytes:
        """One APDU there and back, T=0's detours included."""
        if self.protocol == _T0:
            return in_t0(self._send, command)
        return self._send(command)

    def _send(self, command: bytes) -> bytes:
        if self.left.is_set():
            raise _LeftBehind
        api = self.api
        pci = api.SCARD_PCI_T0 if self.protocol == _T0 else api.SCARD_PCI_T1
        recording = self.tape.recording
        if recording:
            self.tape.sent(*_scrubbed(command))
        self.since = time.monotonic()
        result, answer = api.SCardTransmit(self._card, pci, list(command))
        if result == OK and len(answer) >= 2:
            self.since = None
            heard = bytes(answer)
            if recording:
                self.tape.heard(*_scrubbed_answer(heard))
            return heard
        self.tape.noted(f"result {_code(result):08x}, {len(answer)} bytes")
        raise self._broken(_code(result), len(answer))

    def _broken(self, code: int, count: int) -> DeviceFault:
        """Why a command failed. PC/SC hardly says, so the card is asked to start anew."""
        try:
            if code in NO_SERVICE | INVALID_HANDLE | NO_READER | CARD_GONE:
                return fault_of(code, self.kind, "transmit")
            again = _code(self.api.SCardReconnect(self._card, _EXCLUSIVE, _T0 | _T1, _RESET)[0])
            if again == OK:
                # It lies there and powers up: it said nothing, or half of something.
                return CardMute() if count == 0 else Garbage(self.kind, "transmit")
            return fault_of(again, self.kind, "transmit")
        finally:
            self.since = None
            self.drop()

    def drop(self) -> None:
        """Let go of the card, with whatever it was unlocked for."""
        card, self.card = self.card, None
        if card is not None:
            self.api.SCardDisconnect(card, _RESET)

    def check(self, result: int, during: str) -> None:
        """Raise the fault that a result stands for."""
        if result != OK:
            self.tape.noted(f"{during}: result {_code(result):08x}")
            raise fault_of(_code(result), self.kind, during)

    @property
    def _context(self) -> int:
        if self.context is None:
            raise NotConnected(self.kind, "open")
        return self.context

    @property
    def _card(self) -> int:
        if self.card is None:
            raise CardMissing(self.kind, "transmit")
        return self.card


class PcscLine:
    """One reader, found by its name, and the card on it. Constructing touches nothing.

    All calls raise ServiceStopped, NotConnected, TimedOut and Cancelled; those about a card also
    CardMissing, Busy, CardMute, ChipDead, WrongCard, Garbage.
    """

    def __init__(
        self,
        kind: DeviceKind,
        pattern: str = "",
        tape: Tape = NO_TAPE,
        *,
        answer: float = ANSWER,
    ) -> None:
        self._kind = kind
        self._pattern = pattern
        self._tape = tape
        self._answer = answer
        self._worker: _Worker | None = None
        self._behind: list[tuple[_Worker, DeviceFault]] = []
        self._claimed = False
        self.reader = ""
        self.lost: NotConnected | None = None

    @property
    def is_open(self) -> bool:
        """Whether the reader was there when it was last asked."""
        return bool(self.reader) and self.lost is None

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
        return bool(state & _STATE_PRESENT)

    def let_go(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Release the card that is held; whether somebody else holds it."""
        reader = self._opened("health")
        self._claimed = False

        def job(worker: _Worker) -> int:
            worker.drop()
            return worker.state(reader)

        return bool(self._do(job, timeout, cancel, "health") & _STATE_EXCLUSIVE)

    def wait(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """Wait for a card and power it up; its ATR. CardMissing when none came in time.

        A mute card has to be taken away first.
        """
        reader = self._opened("wait")
        deadline = Deadline(timeout)
        self._unstick(deadline, timeout, cancel)
        seen = _UNAWARE
        while True:

            def watch(worker: _Worker, known: int = seen) -> int:
                slice_ms = min(_WATCH, round(deadline.left() * 1000))
                return worker.state(reader, known, slice_ms if known else 0)

            seen = self._do(watch, deadline.left() + GRACE, cancel, "wait")
            if seen & _STATE_PRESENT:
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

        def job(worker: _Worker) -> bytes:
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

        def job(worker: _Worker) -> T:
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
            worker.join(min(_SLICE, patience.left()))

    def _do(self, job: Callable[[_Worker], T], timeout: float, cancel: Cancel, during: str) -> T:
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, during)
        worker = self._worker
        if worker is None:
            worker = self._worker = _Worker(self._kind, _load(self._kind), self._tape)
            worker.start()
        hired = worker
        worker.jobs.put(lambda: job(hired))
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                answer, error = worker.answers.get(timeout=max(0.0, min(_SLICE, left)))
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
        self, worker: _Worker, end: float, timeout: float, cancel: Cancel, during: str
    ) -> DeviceFault | None:
        """Why nobody should wait any longer, if so."""
        if cancel is not None and cancel.is_set():
            return Cancelled(self._kind, during)
        now, since = time.monotonic(), worker.since
        if since is not None and now - since >= self._answer:
            return CardMute()
        return TimedOut(self._kind, timeout, during) if now >= end else None

    def _leave(self, worker: _Worker, why: DeviceFault) -> None:
        """Leave a worker behind: it stops before its next command, or when its call comes back."""
        worker.left.set()
        worker.jobs.put(None)
        self._tape.noted("left behind")
        self._behind.append((worker, why))
        self._worker, self._claimed = None, False


def _code(result: int) -> int:
    return result & 0xFFFFFFFF


def fault_of(code: int, kind: DeviceKind, during: str) -> DeviceFault:
    """What a result of PC/SC means at the counter."""
    if code in NO_SERVICE | INVALID_HANDLE:
        return ServiceStopped(kind, during)
    if code in NO_READER:
        return NotConnected(kind, during)
    if code in CARD_GONE:
        return CardMissing(kind, during)
    if code in UNPOWERED:
        return ChipDead()
    if code == UNSUPPORTED:
        return WrongCard(kind)
    if code == SHARING_VIOLATION:
        return Busy(kind)
    if code == NOT_TRANSACTED:
        return CardMute()
    return Garbage(kind, during)


_INS_SELECT = 0xA4


def _scrubbed(command: bytes) -> tuple[bytes | Hidden, ...]:
    """A command as a recording may keep it: what it selects is no secret, what it writes is."""
    if len(command) <= 7 or command[1] == _INS_SELECT:
        return (command,)
    head = 7 if command[4] == 0 else 5
    return (command[:head], Hidden.of(command[head:]))


def _scrubbed_answer(answer: bytes) -> tuple[bytes | Hidden, ...]:
    """An answer as a recording may keep it: its status word, and that there were data."""
    return (answer,) if len(answer) <= 2 else (Hidden.of(answer[:-2]), answer[-2:])
