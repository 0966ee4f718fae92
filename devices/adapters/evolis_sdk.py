"""Evolis printers through the maker's own SDK: by USB, and for models whose language differs.

The SDK (`evolis-sdk`, installed by whoever wants it, never part of the program) runs in a process
of its own. When it crashes the call ends in SdkCrashed, and the next one starts it anew; a call
that must end before the SDK does ends with its process.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import Cancelled, NotConnected, SdkCrashed, SdkMissing, TimedOut
from devices.wire.evolis import MOVING, Command
from devices.wire.evolis_line import SLICE, Line
from devices.wire.tape import NO_TAPE, Hidden, Tape

if TYPE_CHECKING:
    from devices.catalog import Place

KIND = DeviceKind.CARD_PRINTER
WORKER = (sys.executable, "-m", "devices.adapters.evolis_sdk_worker")
STARTING = 10.0
ENDING = 2.0


class SdkLine(Line):
    """The SDK's process as a line: commands and jobs go in, replies come out."""

    end = b"\r"

    def __init__(self, device: str, tape: Tape = NO_TAPE, worker: tuple[str, ...] = WORKER) -> None:
        super().__init__(tape)
        self._device = device
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._firmware = ""

    def open(self, timeout: float, cancel: Cancel = None) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._process = subprocess.Popen(  # noqa: S603 — our own module, by our own interpreter
            self._worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        answers = self._answers = queue.SimpleQueue[bytes]()
        threading.Thread(
            target=_read, args=(self._process.stdout, answers), name="evolis-sdk", daemon=True
        ).start()
        first = self._await(Deadline(max(timeout, STARTING)), timeout, cancel, "open")
        if "missing" in first:
            self.close()
            raise SdkMissing
        opened = self._request({"do": "open", "device": self._device}, b"", timeout, cancel, "open")
        if not opened.get("ok"):
            self.close()
            raise NotConnected(KIND, "open")

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            _quietly(process.stdin.close)
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(ENDING)
        if process.stdout is not None:
            _quietly(process.stdout.close)

    def ask(self, command: Command, timeout: float, cancel: Cancel = None, during: str = "") -> str:
        text = str(command)
        self._tape.sent(text.encode("ascii"))
        with self.waiting.answer(command.working):
            reply = self._reply({"do": "command", "text": text}, b"", timeout, cancel, during)
        if command.name == "Rfv":
            self._firmware = reply
        return reply

    def send_job(
        self, stream: bytes, timeout: float, cancel: Cancel = None, during: str = ""
    ) -> str:
        self._tape.sent(Hidden.of(stream))
        with self.waiting.answer(MOVING):
            reply = self._reply({"do": "print"}, stream, timeout, cancel, during)
        return self._firmware if reply == "printed" else reply

    def _talk(self, message: bytes, left: Callable[[], float]) -> bytes:
        """Never reached: the SDK speaks for itself."""
        raise NotConnected(KIND, "talk")

    def _reply(
        self, request: dict[str, Any], payload: bytes, timeout: float, cancel: Cancel, during: str
    ) -> str:
        answer = self._request(request, payload, timeout, cancel, during)
        if answer.get("gone"):
            self._tape.noted("reset")
            raise NotConnected(KIND, during)
        reply = str(answer.get("reply", ""))
        self._tape.heard(reply.encode("utf-8", "replace"))
        return reply

    def _request(
        self, request: dict[str, Any], payload: bytes, timeout: float, cancel: Cancel, during: str
    ) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise NotConnected(KIND, during)
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, during)
        head = json.dumps({**request, "size": len(payload)}).encode() + b"\n"
        try:
            process.stdin.write(head + payload)
            process.stdin.flush()
        except OSError as error:
            raise self._crashed(during) from error
        return self._await(Deadline(timeout), timeout, cancel, during)

    def _await(
        self, deadline: Deadline, timeout: float, cancel: Cancel, during: str
    ) -> dict[str, Any]:
        """The next answer. A call that isn't waited for any more takes its process with it."""
        while True:
            try:
                line = self._answers.get(timeout=min(SLICE, max(0.001, deadline.left())))
            except queue.Empty:
                if cancel is not None and cancel.is_set():
                    self._kill()
                    raise Cancelled(KIND, during) from None
                if not deadline.left():
                    self._kill()
                    raise TimedOut(KIND, timeout, during) from None
                continue
            if not line:
                raise self._crashed(during)
            try:
                found = json.loads(line)
            except ValueError:
                raise self._crashed(during) from None
            return found if isinstance(found, dict) else {}

    def _crashed(self, during: str) -> SdkCrashed:
        self._tape.noted("crashed")
        self._kill()
        return SdkCrashed(KIND, during)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self.close()


def _read(pipe: IO[bytes] | None, answers: queue.SimpleQueue[bytes]) -> None:
    """Hand on whole lines; an empty one is the end."""
    while pipe is not None:
        try:
            line = pipe.readline()
        except (OSError, ValueError):
            line = b""
        answers.put(line)
        if not line:
            return


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        return


def make(place: Place) -> EvolisPrinterAdapter:
    """The printer of these settings, closed."""
    options = place.options
    return EvolisPrinterAdapter(
        place.name,
        SdkLine(str(options["sdk_device"]), place.tape),
        ribbon=str(options["evolis_ribbon"]),
        overlay=bool(options["overlay"]),
        ribbon_holds=int(float(options["ribbon_cards"])),
    )
