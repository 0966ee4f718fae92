"""The far end of a replayed chip reader: what the PC/SC library answered, from the recording."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager

from devices.device import Device, DeviceKind
from devices.wire.pcsc import PcscLine
from devices.wire.pcsc_results import OK, TIMEOUT
from devices.wire.pcsc_worker import STATE_PRESENT
from devices.wire.replay import Ear, Exchange, NotReplayable, Recording, Step, kind_of
from devices.wire.replay_script import Script, options_of, stand_in

_RESULT = re.compile(r"(?:(\w+): )?result ([0-9a-f]{8})(?:, (\d+) bytes)?")
_CONNECTING = ("wait", "transmit", "uid", "write", "read")
_READ_HEAD = "00b0000004"
_REMOVED = 0x80100069
_ATR = bytes.fromhex("3B8080010101")
_READER = "Replay Reader 00 00"


class ScardEnd:
    """What smartcard.scard answered then: readers, states, ATRs, answers and results."""

    SCARD_PCI_T0: int = 1
    SCARD_PCI_T1: int = 2

    def __init__(self, pattern: str) -> None:
        self.device: Device
        self.script = Script()
        self._reader = pattern.replace("*", "").replace("?", "") or _READER
        self._step = Step("")
        self._results: list[tuple[str, int]] = []
        self._atr = _ATR

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self.script.begin(step, cancel)
        self._step = step
        found = (_RESULT.fullmatch(note) for note in step.notes)
        self._results = [
            (each[1], int(each[2], 16)) for each in found if each is not None and each[1]
        ]
        for note in step.notes:
            if note.startswith("atr "):
                self._atr = bytes.fromhex(note[4:])

    def left(self) -> int:
        return self.script.left()

    def _result(self, *during: str) -> int:
        if self._results and self._results[0][0] in during:
            return self._results.pop(0)[1]
        return OK

    # the names of PC/SC

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        return self._result("open"), 1

    def SCardReleaseContext(self, context: int) -> int:
        return OK

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:
        gone = self._step.ended == "NotConnected" and self._step.verb == "open"
        return self._result("open"), [] if gone else [self._reader]

    def SCardGetStatusChange(
        self, context: int, milliseconds: int, readers: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        name, known = readers[0]
        step = self._step
        absent = (step.verb == "card_present" and step.gave is False) or (
            step.verb in {"wait_card", "read"} and step.ended in {"CardMissing", "Cancelled"}
        )
        state = 0x10 if absent else STATE_PRESENT
        if result := self._result("present"):
            return result, [(name, state, [])]
        if state == known and milliseconds:
            threading.Event().wait(milliseconds / 1000)
            return TIMEOUT, [(name, state, [])]
        return OK, [(name, state, [])]

    def SCardConnect(
        self, context: int, reader: str, share: int, protocols: int
    ) -> tuple[int, int, int]:
        return self._result(*_CONNECTING), 1, 2

    def SCardReconnect(self, card: int, share: int, protocols: int, start: int) -> tuple[int, int]:
        spoke = self._step.ended in {"ok", "CardMute", "Garbage", "EidUnreadable"}
        return (OK if spoke else _REMOVED), 2

    def SCardStatus(self, card: int) -> tuple[int, str, int, int, list[int]]:
        gone = bool(self._results) and self._results[0][0] in _CONNECTING
        return _REMOVED if gone else OK, self._reader, 0, 2, list(self._atr)

    def SCardTransmit(self, card: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:
        exchange = self.script.take()
        if exchange is None:
            return _REMOVED, []
        if exchange.heard:
            return OK, list(self._answer(exchange))
        for note in exchange.notes:
            if (found := _RESULT.fullmatch(note)) is not None and found[3]:
                return int(found[2], 16), [0] * int(found[3])
        return _REMOVED, []

    def SCardDisconnect(self, card: int, end: int) -> int:
        return OK

    def _answer(self, exchange: Exchange) -> bytes:
        """The answer; a plain file's hidden length is what was read after it."""
        if exchange.sent == ({"hex": _READ_HEAD},) and "hidden" in exchange.heard[0][0]:
            whole = sum(
                int(str(each.heard[0][0]["hidden"]))
                for each in self._step.exchanges
                if each.heard and "hidden" in each.heard[0][0]
                and str(each.sent[0].get("hex", "")).startswith("00b0")
            )  # fmt: skip
            return (whole - 4).to_bytes(4, "big") + stand_in(exchange.heard[0][1:])
        return stand_in(exchange.heard[0])


@contextmanager
def scard_end(recording: Recording, ear: Ear) -> Generator[ScardEnd]:
    """A chip reader in front of it."""
    from devices.adapters.pcsc_eid import PcscEidReader
    from devices.adapters.pcsc_reader import PcscReader

    options = options_of(recording)
    pattern, kind = str(options["reader_name"]), kind_of(recording)
    if options.get("sam_reader"):
        # What the security module said was never recorded.
        raise NotReplayable(recording.header.family, "module")
    end = ScardEnd(pattern)
    line = PcscLine(
        kind, pattern, ear, answer=float(options["answer_seconds"]), load=lambda _kind: end
    )
    made = PcscReader if kind is DeviceKind.CARD_READER else PcscEidReader
    end.device = made(recording.header.name, line, pattern)
    yield end
