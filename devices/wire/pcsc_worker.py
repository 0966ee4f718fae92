"""The thread that makes the calls to PC/SC, one after the other, and may get stuck in one.

It has a context and a card handle of its own, so that it can be left behind with both; when its
call comes back at last, it lets go of the card and ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol, cast

from devices.device import Deadline, DeviceKind
from devices.errors import (
    CardMissing,
    CardMute,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
)
from devices.wire.atr import parse_atr
from devices.wire.pcsc_results import (
    CARD_GONE,
    INVALID_HANDLE,
    NO_READER,
    NO_SERVICE,
    OK,
    SHARING_VIOLATION,
    TIMEOUT,
    code_of,
    fault_of,
    scrubbed,
    scrubbed_answer,
)
from devices.wire.t0 import in_t0
from devices.wire.tape import Tape

SHARING = 1.0
"""Seconds that another program may hold a card that was just laid down: Windows looks at each."""
SLICE = 0.05
"""Seconds between two looks at whether anybody still waits."""

_STATE_UNKNOWN, _STATE_UNAVAILABLE, STATE_PRESENT, STATE_EXCLUSIVE = 0x4, 0x8, 0x20, 0x80
_SCOPE, _EXCLUSIVE, _T0, _T1, _LEAVE, _RESET = 0, 1, 1, 2, 0, 1
UNAWARE = 0

Clock = Callable[[], float]
"""Seconds that only grow, as `time.monotonic` gives them."""


class Api(Protocol):
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


def load_api(kind: DeviceKind) -> Api:
    try:
        from smartcard import scard  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as missing:
        raise ServiceStopped(kind, "open") from missing
    return cast("Api", scard)


class LeftBehind(Exception):
    """Nobody waits for this call any more."""


class Worker(threading.Thread):
    """Does one call after another; whoever waits may leave it behind in the middle of one."""

    def __init__(self, kind: DeviceKind, api: Api, tape: Tape, clock: Clock) -> None:
        super().__init__(name="pcsc", daemon=True)
        self.kind = kind
        self.api = api
        self.tape = tape
        self.clock = clock
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
        if code_of(result) in NO_READER:
            return ()
        self.check(result, "open")
        return tuple(names)

    def state(self, reader: str, known: int = UNAWARE, milliseconds: int = 0) -> int:
        """The reader's state bits, once they differ from `known` or the time is over."""
        self.connect_service()
        result, states = self.api.SCardGetStatusChange(
            self._context, milliseconds, [(reader, known)]
        )
        if code_of(result) != TIMEOUT:
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
            if code_of(result) != SHARING_VIOLATION or not patience.left():
                break
            if self.left.wait(SLICE):
                raise LeftBehind
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
        code = code_of(self.api.SCardStatus(self.card)[0])
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
            raise LeftBehind
        api = self.api
        pci = api.SCARD_PCI_T0 if self.protocol == _T0 else api.SCARD_PCI_T1
        recording = self.tape.recording
        if recording:
            self.tape.sent(*scrubbed(command))
        self.since = self.clock()
        result, answer = api.SCardTransmit(self._card, pci, list(command))
        if result == OK and len(answer) >= 2:
            self.since = None
            heard = bytes(answer)
            if recording:
                self.tape.heard(*scrubbed_answer(heard))
            return heard
        self.tape.noted(f"result {code_of(result):08x}, {len(answer)} bytes")
        raise self._broken(code_of(result), len(answer))

    def _broken(self, code: int, count: int) -> DeviceFault:
        """Why a command failed. PC/SC hardly says, so the card is asked to start anew."""
        try:
            if code in NO_SERVICE | INVALID_HANDLE | NO_READER | CARD_GONE:
                return fault_of(code, self.kind, "transmit")
            again = code_of(self.api.SCardReconnect(self._card, _EXCLUSIVE, _T0 | _T1, _RESET)[0])
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
            self.tape.noted(f"{during}: result {code_of(result):08x}")
            raise fault_of(code_of(result), self.kind, during)

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
