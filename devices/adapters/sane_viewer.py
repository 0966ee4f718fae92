"""A flat-bed scanner as card viewer, through SANE.

A flat-bed sees one side at a time and only while it scans. It scans coarsely until a card lies
there, then finely; then coarsely again until the card shows its other side. Nobody has to press
anything: what the officer does is lay the card down, and turn it when the screen says so. A card
that was moved between the coarse scan and the fine one is scanned again.

Scanners differ in what they can be set to, so each is asked for its options first, and gets only
those that it has. A card is seen best on a dark sheet; under a white lid, whose tone is the card's
own, all that is printed on it is taken together.

POSIX only, by `scanimage` (Debian: sane-utils). On Windows the folder viewer serves.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from devices.adapters.camera_viewer import LAID, TURNED, Lying, lying, still, turned_over
from devices.adapters.options import SANE_VIEWER
from devices.card_viewer import CardViewer, CardViews, Hint, ViewStep
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason, Pause
from devices.errors import Cancelled, CardMissing, NotConnected, ProgramMissing
from devices.options import OptionRefused, read_options
from devices.wire.sane import ListedScanner, ScanImage, ScannerOption
from devices.wire.tape import NO_TAPE, Hidden, Tape

if TYPE_CHECKING:
    from devices.catalog import Place

COARSE_DPI = 100.0
FAINT = 7.0
"""Of a lid's white by so much a card's print differs, and the scanner's noise doesn't (CIELAB)."""
GAP_SECONDS = 0.5
LISTING_SECONDS = 30.0
"""Between two lists of what is plugged in, where the system can't tell of a single scanner."""
FIND_SECONDS = 15.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Scanning:
    """What is asked of each scan: mm from the glass's corner, dots per inch, further options."""

    dpi: float = 300.0
    left: float = 0.0
    top: float = 0.0
    width: float = 120.0
    height: float = 85.0
    mode: str = ""
    """Empty: the scanner's own word for colour."""
    extra: tuple[tuple[str, str], ...] = ()

    def settings(self, can: dict[str, ScannerOption], dpi: float) -> tuple[str, ...]:
        """The program's arguments for a scanner that can be set to these."""
        chosen: list[tuple[str, str]] = []
        if "source" in can and (bed := _choice(can["source"], "flatbed")):
            chosen.append(("source", bed))
        mode = self.mode or (_choice(can["mode"], "color", "colour") if "mode" in can else "")
        if mode:
            chosen.append(("mode", mode))
        chosen += self.extra
        if "resolution" in can:
            chosen.append(("resolution", can["resolution"].nearest(dpi)))
        arguments = [f"--{name}={value}" for name, value in chosen if name in can]
        for flag, value in zip("ltxy", (self.left, self.top, self.width, self.height), strict=True):
            if flag in can:
                arguments += [f"-{flag}", f"{value:g}"]
        return tuple(arguments)


def _choice(option: ScannerOption, *parts: str) -> str:
    """The choice that has one of these parts in its name."""
    return next((one for part in parts for one in option.choices if part in one.casefold()), "")


def on_glass(scan: bytes) -> Lying | None:
    """The card on a scan, on a ground of another tone or under a lid of its own."""
    return lying(scan) or lying(scan, faint=FAINT)


class SaneViewer(CardViewer):
    """A card viewer made of a flat-bed scanner and the officer's hands."""

    OPTIONS = SANE_VIEWER

    def __init__(
        self,
        name: str,
        pattern: str,
        scanning: Scanning,
        pause: Pause,
        *,
        scan_seconds: float = 40.0,
        tape: Tape = NO_TAPE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._pattern = pattern
        self._scanning = scanning
        self._pause = pause
        self._scan_seconds = scan_seconds
        self._tape = tape
        self._now = now
        self._program = ScanImage()
        self._scanner: ListedScanner | None = None
        self._can: dict[str, ScannerOption] = {}
        self._listed: ListedScanner | None = None
        self._gone = False
        self._listed_at = 0.0

    @property
    def info(self) -> DeviceInfo:
        about = self._scanner.about if self._scanner else ""
        return DeviceInfo(DeviceKind.CARD_VIEWER, self._name, "", about or "SANE scanner", "")

    @property
    def is_open(self) -> bool:
        return self._scanner is not None

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CARD_VIEWER, "open")
        if self._scanner is not None and not self._gone:
            return
        deadline = Deadline(timeout)
        scanner = (None if self._gone else self._listed) or self._find(deadline, cancel)
        self._listed = scanner
        try:
            self._can = self._program.options(
                scanner.name, timeout=max(0.1, deadline.left()), cancel=cancel
            )
        except NotConnected:
            self._listed = None
            raise
        self._tape.noted("open")
        self._scanner, self._gone, self._listed_at = scanner, False, self._now()

    def close(self) -> None:
        if self._scanner is not None:  # a list that opening waits for goes on: it is asked again
            self._program.stop_looking()
        self._scanner = None

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        """From what is known: a list of scanners takes seconds and is made beside the work."""
        del timeout
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CARD_VIEWER, "health")
        if self._scanner is None:
            return Health.judged((HealthReason.CLOSED,))
        self._watch(self._scanner)
        return Health.judged((HealthReason.UNPLUGGED,) if self._gone else ())

    def look(
        self, asked: str = "", *, timeout: float, cancel: Cancel = None, hint: Hint | None = None
    ) -> CardViews:
        del asked  # a flat-bed has no display
        if self._scanner is None:
            raise NotConnected(DeviceKind.CARD_VIEWER, LAID)
        deadline = Deadline(timeout)
        front, first = self._side(self._scanner, None, deadline, cancel, LAID)
        if hint is not None:
            hint(ViewStep.TURN)
        back, _ = self._side(self._scanner, first, deadline, cancel, TURNED)
        return CardViews(front, back)

    def _side(
        self,
        scanner: ListedScanner,
        before: Lying | None,
        deadline: Deadline,
        cancel: Cancel,
        step: str,
    ) -> tuple[bytes, Lying]:
        """The fine picture of a side that lies still and isn't the one before."""
        while True:
            coarse = on_glass(self._scan(scanner, COARSE_DPI, cancel, step))
            if coarse is not None and (before is None or turned_over(before, coarse)):
                fine = self._scan(scanner, self._scanning.dpi, cancel, step)
                shown = on_glass(fine)
                if shown is not None and still(shown, coarse):
                    return fine, shown
            if not deadline.left():
                raise CardMissing(DeviceKind.CARD_VIEWER, step)
            if not self._pause(GAP_SECONDS, cancel):
                raise Cancelled(DeviceKind.CARD_VIEWER, step)

    def _scan(self, scanner: ListedScanner, dpi: float, cancel: Cancel, step: str) -> bytes:
        settings = self._scanning.settings(self._can, dpi)
        self._tape.sent(" ".join(settings).encode())
        try:
            picture = self._program.scan(
                scanner.name, settings, timeout=self._scan_seconds, cancel=cancel, during=step
            )
        except NotConnected:
            self._gone = True
            self._tape.noted("reset")
            raise
        self._tape.heard(Hidden.of(picture))
        return picture

    def _find(self, deadline: Deadline, cancel: Cancel) -> ListedScanner:
        """The scanner of the settings; a name without a pattern is taken as it is.

        A list may take longer than a caller waits: it goes on meanwhile, for the next one.
        """
        wanted = self._pattern
        if wanted and not any(sign in wanted for sign in "*?"):
            return ListedScanner(wanted, "")
        while (listed := self._program.look_around()) is None:
            if not deadline.left():
                raise NotConnected(DeviceKind.CARD_VIEWER, "open")
            if not self._pause(POLL_SECONDS, cancel):
                raise Cancelled(DeviceKind.CARD_VIEWER, "open")
        for scanner in listed:
            if not wanted or fnmatchcase(scanner.name, wanted):
                return scanner
        raise NotConnected(DeviceKind.CARD_VIEWER, "open")

    def _watch(self, scanner: ListedScanner) -> None:
        """Learn whether it is still there, without waiting for the answer."""
        socket = usb_socket(scanner.name)
        if socket is not None:
            self._gone = not socket.exists()
            return
        if not scanner.about or self._now() - self._listed_at < LISTING_SECONDS:
            return  # what was never listed can't be missed in a list
        try:
            listed = self._program.look_around()
        except (ProgramMissing, OSError):
            return
        if listed is not None:
            self._listed_at = self._now()
            self._gone = all(one.name != scanner.name for one in listed)


def usb_socket(name: str, devices: Path = Path("/dev/bus/usb")) -> Path | None:
    """Where the kernel shows a scanner that SANE calls by its USB address; None for others."""
    before, mark, address = name.partition("libusb:")
    del before
    bus, _, number = address.partition(":")
    if not mark or not (bus.isdecimal() and number.isdecimal()):
        return None
    return devices / f"{int(bus):03}" / f"{int(number):03}"


def found() -> list[ListedScanner]:
    """The scanners that SANE sees now. Raises ProgramMissing where it isn't installed."""
    return list(ScanImage().list(timeout=FIND_SECONDS))


def general(name: str) -> str:
    """The pattern that means this scanner wherever it is plugged in."""
    before, mark, _ = name.partition("libusb:")
    return f"{before}{mark}*" if mark else name


def extra_of(text: str) -> tuple[tuple[str, str], ...]:
    """Further options as people write them: `brightness=10 source="ADF Front"`.

    Raises OptionRefused.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise OptionRefused("scan_extra") from None
    pairs = [word.lstrip("-").partition("=") for word in words]
    if any(not name or not sign for name, sign, _ in pairs):
        raise OptionRefused("scan_extra")
    return tuple((name, value) for name, _, value in pairs)


def make(place: Place) -> SaneViewer:
    """The viewer at a place; nothing is opened. Raises OptionRefused."""
    options = read_options(SANE_VIEWER, place.options)
    return SaneViewer(
        place.name,
        str(options["sane_device"]),
        Scanning(
            dpi=float(options["scan_dpi"]),
            left=float(options["area_left"]),
            top=float(options["area_top"]),
            width=float(options["area_width"]),
            height=float(options["area_height"]),
            mode=str(options["scan_mode"]),
            extra=extra_of(str(options["scan_extra"])),
        ),
        place.pause,
        scan_seconds=float(options["scan_seconds"]),
        tape=place.tape,
    )
