"""Reading codes with a camera: the fall-back where no scanner is at hand.

A camera of its own looks at the desk (any camera that the program can read); its frames are
searched for Code 128, QR and PDF417. Slower than a scanner and choosy about light and distance,
but every office has a spare camera.

A code is told once: as long as it lies before the camera, and for `repeat_seconds` after, it is the
same scan. Nothing of the frames is kept.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from devices.adapters.options import CAMERA_SCANNER
from devices.adapters.own_camera import own_camera
from devices.camera import Camera
from devices.device import Cancel, DeviceInfo, DeviceKind, Health
from devices.errors import DeviceFault, NotConnected
from devices.options import read_options
from devices.scanner import OnScan, Scanner

if TYPE_CHECKING:
    from devices.catalog import Place

LONGEST = 4096
FRAME_SECONDS = 1.0
_MOST_PIXELS = 40_000_000


def codes_in(frame: bytes) -> list[str]:
    """The texts of the codes in a picture, from left to right; nothing where there is none."""
    import zxingcpp

    try:
        with Image.open(io.BytesIO(frame)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return []
            grey = picture.convert("L")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError):
        return []
    formats = [
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.PDF417,
    ]
    seen = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(formats))
    seen = sorted(seen, key=lambda code: (code.position.top_left.x, code.position.top_left.y))
    texts = (code.text.strip() for code in seen if code.valid)
    return [text for text in texts if text and text.isprintable() and len(text) <= LONGEST]


class CameraScanner(Scanner):
    """A scanner made of a camera."""

    OPTIONS = CAMERA_SCANNER

    def __init__(
        self,
        name: str,
        camera: Camera,
        *,
        repeat_seconds: float = 3.0,
        looks_a_second: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._camera = camera
        self._repeat = repeat_seconds
        self._gap = 1 / looks_a_second
        self._now = now
        self._seen: dict[str, float] = {}
        self._callbacks: list[OnScan] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def info(self) -> DeviceInfo:
        return replace(self._camera.info, kind=DeviceKind.SCANNER, name=self._name)

    @property
    def is_open(self) -> bool:
        return self._thread is not None and self._camera.is_open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if self.is_open:
            return
        self.close()
        try:
            self._camera.open(timeout=timeout, cancel=cancel)
        except NotConnected as missing:
            raise NotConnected(DeviceKind.SCANNER, missing.during) from missing
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._look, args=(self._stop,), name=f"{self._name}-eyes", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(FRAME_SECONDS + 2.0)
        self._camera.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        return self._camera.health(timeout=timeout, cancel=cancel)

    def on_scan(self, callback: OnScan) -> Callable[[], None]:
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def looked(self, frame: bytes) -> list[str]:
        """Search one frame and tell what is new; what was told."""
        now, told = self._now(), list[str]()
        for text in codes_in(frame):
            fresh = now - self._seen.get(text, float("-inf")) >= self._repeat
            self._seen[text] = now
            if fresh:
                told.append(text)
        self._seen = {text: at for text, at in self._seen.items() if now - at < self._repeat}
        for text in told:
            for callback in tuple(self._callbacks):
                callback(text)
        return told

    def _look(self, stop: threading.Event) -> None:
        while not stop.wait(self._gap):
            try:
                frame = self._camera.frame(timeout=FRAME_SECONDS, cancel=stop)
            except DeviceFault:
                if not self._camera.is_open:
                    return  # the watch opens it anew
                continue
            self.looked(frame)


def make(place: Place) -> CameraScanner:
    """The scanner at a place, with a camera of its own."""
    options = read_options(CAMERA_SCANNER, place.options)
    return CameraScanner(
        place.name,
        own_camera(place, options),
        repeat_seconds=float(options["repeat_seconds"]),
        looks_a_second=float(options["looks_a_second"]),
    )
