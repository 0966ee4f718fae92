"""SANE's `scanimage`, one process for each question: lists, options, scans.

The program is asked rather than the library: a driver that crashes or hangs takes its own process
with it, and nothing has to be built. Its exit status is the SANE_Status that stopped a scan (SANE
standard 1.06, 4.2.7); where a device can't be opened the status is 1 and the reason stands in the
message, which LC_ALL=C keeps in English.

A scan that isn't waited for any more is interrupted, so that the driver can send the carriage home
(`sane_cancel`), and killed only where it doesn't end by itself. POSIX only: there is no SANE on
Windows.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import (
    Busy,
    Cancelled,
    CardMissing,
    DeviceFault,
    Garbage,
    LidOpen,
    NotConnected,
    NotPermitted,
    ProgramMissing,
    ScannerJammed,
    TimedOut,
)

PROGRAM = "scanimage"
KIND = DeviceKind.CARD_VIEWER
SLICE = 0.05
ENDING = 3.0
"""Seconds in which an interrupted scan may send its carriage home."""
_LIST = "%d\t%v\t%m%n"
Fault = Callable[[str], DeviceFault]
"""Makes the fault that stopped a step."""

_STATUS: dict[int, Fault] = {
    2: lambda during: Cancelled(KIND, during),  # somebody pressed the scanner's own button
    3: lambda _: Busy(KIND),
    6: lambda _: ScannerJammed(),
    7: lambda during: CardMissing(KIND, during),  # a feeder without a card
    8: lambda _: LidOpen(),
    # Unplugged in mid-scan: an I/O error is all that a driver knows.
    9: lambda during: NotConnected(KIND, during),
    11: lambda _: NotPermitted(KIND),
}
# A reader that is cancelled at a bad moment never ends (in libsane-test a thread that holds
# the heap's lock), so what stopped a scan is taken from the message where the program stays.
_READING = re.compile(rb"sane_(?:start|read): (.+)")
_SAID = {
    "Operation was cancelled": 2,
    "Device busy": 3,
    "Document feeder jammed": 6,
    "Document feeder out of documents": 7,
    "Scanner cover is open": 8,
    "Error during device I/O": 9,
    "Access to resource has been denied": 11,
}
_OPENING = {
    "Device busy": 3,
    "Document feeder jammed": 6,
    "Scanner cover is open": 8,
    "Access to resource has been denied": 11,
}
"""Why a device couldn't be opened, as the status that it would be of a scan."""
_OPTION = re.compile(r"^ {4}-{1,2}(?P<name>[A-Za-z][\w-]*)(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class ListedScanner:
    """A scanner as SANE lists it."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class ScannerOption:
    """What a scanner can be set to: named choices or numbers where it lists them, or limits."""

    name: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    def nearest(self, wanted: float) -> str:
        """The smallest value that is at least as large, else the largest."""
        listed = sorted(float(word) for word in self.choices if _number(word))
        if listed:
            return f"{next((one for one in listed if one >= wanted), listed[-1]):g}"
        least = wanted if self.least is None else max(wanted, self.least)
        return f"{least if self.most is None else min(least, self.most):g}"


class ScanImage:
    """The program, and what of it runs now."""

    def __init__(self) -> None:
        self._listing: subprocess.Popen[bytes] | None = None
        self._left_behind: weakref.finalize[..., ScanImage] | None = None

    def list(self, *, timeout: float, cancel: Cancel = None) -> tuple[ListedScanner, ...]:
        """The scanners that SANE finds; takes seconds where it also looks in the network.

        Raises ProgramMissing, TimedOut, Cancelled.
        """
        process = _start("-f", _LIST)
        return _listed(_wait(process, Deadline(timeout), timeout, cancel, "open")[0])

    def look_around(self) -> tuple[ListedScanner, ...] | None:
        """Begin to list, or what was listed meanwhile; None while that lasts. Returns at once."""
        if self._listing is None:
            self._listing = _start("-f", _LIST)
            self._left_behind = weakref.finalize(self, _end, self._listing)
            return None
        if self._listing.poll() is None:
            return None
        said, _ = self._taken(self._listing).communicate()
        return _listed(said)

    def stop_looking(self) -> None:
        """End a listing that still runs: some drivers hold the scanner while they list."""
        if self._listing is not None:
            _end(self._taken(self._listing))

    def _taken(self, listing: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self._listing = None
        if self._left_behind is not None:
            self._left_behind.detach()
        return listing

    def options(
        self, device: str, *, timeout: float, cancel: Cancel = None
    ) -> dict[str, ScannerOption]:
        """What this scanner can be set to; opens it for that. Raises what `scan` raises."""
        self.stop_looking()
        said = _answer(("-d", device, "-A"), timeout, cancel, "open")
        return read_scanner_options(said.decode("utf-8", "replace"))

    def scan(
        self, device: str, settings: tuple[str, ...], *, timeout: float, cancel: Cancel, during: str
    ) -> bytes:
        """One scan as PNG.

        Raises ProgramMissing, NotConnected, NotPermitted, Busy, LidOpen, ScannerJammed,
        CardMissing, TimedOut, Cancelled, and Garbage for what no officer can do anything about.
        """
        self.stop_looking()
        wanted = ("-d", device, "--format=png", *settings)
        picture = _answer(wanted, timeout, cancel, during)
        if not picture.startswith(b"\x89PNG"):
            raise Garbage(KIND, during)
        return picture


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    program = shutil.which(PROGRAM)
    if program is None:
        raise ProgramMissing(PROGRAM)
    return subprocess.Popen(  # noqa: S603 — no shell, and the device's name is an argument of -d
        (program, *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    )


def _answer(arguments: tuple[str, ...], timeout: float, cancel: Cancel, during: str) -> bytes:
    if cancel is not None and cancel.is_set():
        raise Cancelled(KIND, during)
    process = _start(*arguments)
    said, told = _wait(process, Deadline(timeout), timeout, cancel, during)
    if process.returncode == 0:
        return said
    raise fault_of(process.returncode, told.decode("utf-8", "replace"), during)


def _wait(
    process: subprocess.Popen[bytes],
    deadline: Deadline,
    timeout: float,
    cancel: Cancel,
    during: str,
) -> tuple[bytes, bytes]:
    stuck: Deadline | None = None
    while True:
        try:
            return process.communicate(timeout=SLICE)
        except subprocess.TimeoutExpired as late:
            if cancel is not None and cancel.is_set():
                _end(process)
                raise Cancelled(KIND, during) from None
            told = late.stderr or b""
            if stuck is None and _READING.search(told):
                stuck = Deadline(ENDING)
            if stuck is not None and not (stuck.left() and deadline.left()):
                process.kill()
                process.communicate()
                return b"", told
            if not deadline.left():
                _end(process)
                raise TimedOut(KIND, timeout, during) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def fault_of(status: int, message: str, during: str) -> DeviceFault:
    """What an exit status and its message mean."""
    if status < 0 and (said := _READING.search(message.encode())) is not None:
        status = _SAID.get(said[1].decode().strip(), status)
    if status not in _STATUS and "open of device" in message:
        reason = message.rsplit("failed: ", 1)[-1].strip()
        if reason not in _OPENING:
            return NotConnected(KIND, during)
        status = _OPENING[reason]
    return _STATUS[status](during) if status in _STATUS else Garbage(KIND, during)


def _listed(said: bytes) -> tuple[ListedScanner, ...]:
    rows = (line.split("\t") for line in said.decode("utf-8", "replace").splitlines())
    return tuple(
        ListedScanner(row[0], " ".join(filter(None, map(str.strip, row[1:]))))
        for row in rows
        if row[0]
    )


def read_scanner_options(text: str) -> dict[str, ScannerOption]:
    """The options of `scanimage -A`, by their names without dashes; inactive ones are left out."""
    found: dict[str, ScannerOption] = {}
    for line in text.splitlines():
        match = _OPTION.match(line)
        if match is None or "[inactive]" in line or "[read-only]" in line:
            continue
        # "--resolution auto||75|300dpi [75]", "-x 0..215.9mm (in steps of 0.1) [215.9]"
        values = re.sub(r"\s*(\(in steps of [^)]*\))?\s*\[[^\]]*\].*$", "", match["rest"])
        values = values.strip().removeprefix("[=(").removesuffix(")]").strip()
        limits = re.fullmatch(r"(-?[\d.]+)\.\.(-?[\d.]+)\D*", values)
        if limits:
            least, most = float(limits[1]), float(limits[2])
            found[match["name"]] = ScannerOption(match["name"], (), least, most)
            continue
        words = [word for word in values.split("|") if word and word != "auto"]
        if words and (last := re.fullmatch(r"(-?[\d.]+)(dpi|mm|%|us|pel|bit)", words[-1])):
            words[-1] = last[1]
        found[match["name"]] = ScannerOption(match["name"], tuple(words))
    return found


def _number(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", word) is not None
