"""Cameras through OpenCV: V4L2, Media Foundation, and MJPEG or RTSP over the network.

OpenCV's `read` may wait for as long as the driver likes, and a network camera may fall silent in
the middle of a picture. So a thread of the adapter's own grabs without pause, and the callers only
look at what it has: they keep their timeouts whatever the source does. A thread that hangs in a
driver is left behind, marked, and lets go of the source when the driver returns.

A live sensor never gives the same picture twice. When frames keep coming and none differs from the
one before, the picture is frozen; when they are all of one tone (lens cover, privacy shutter), the
camera gives no picture.

Options (declared in `adapters/options.py`): `source` is a number (0 is the first camera), a device
path (/dev/video2) or a URL (http, https, rtsp); `width` and `height` are asked of the camera, which
may choose others; `turn` turns a camera that stands on its side; `portrait` cuts the middle 3:4 out
of a landscape picture.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from devices.camera import Camera
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, DeviceFault, NoPicture, NotConnected, PictureFrozen, TimedOut
from devices.options import OptionValue
from devices.wire.tape import Hidden

if TYPE_CHECKING:
    from devices.catalog import Place

READ_SECONDS = 2.0
"""The source must give a frame within this time, or it isn't answering."""
OPEN_SECONDS = 5.0
FRAME_SECONDS = 0.4
"""A frame may be so long in coming, by a long exposure, before one is owed."""
FROZEN_SECONDS = 0.7
"""So long may every frame equal the one before; two frames at least must have come."""
FRESH_SECONDS = 0.5
"""A live frame to aim by may be this old."""
JPEG_QUALITY = 95
_FLAT = 2.0
"""Standard deviation, in grey levels, below which a picture shows nothing."""
_SLICE = 0.05
_LETTING_GO = 1.0
_URLS = frozenset({"http", "https", "rtsp", "rtsps"})
_TURNS = {"0": None, "90": 0, "180": 1, "270": 2}
"""cv2.ROTATE_90_CLOCKWISE, ROTATE_180, ROTATE_90_COUNTERCLOCKWISE."""

Source = int | str
Capture = Any
Opener = Callable[[Source, Mapping[str, OptionValue]], Capture]


def read_source(text: str) -> Source:
    """A number for OpenCV, or the path or URL as it stands."""
    return int(text) if text.isdecimal() else text


def shown_source(text: str) -> str:
    """The source without the name and password that a URL may hold."""
    parts = urlsplit(text)
    if parts.scheme not in _URLS:
        return text
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def open_capture(source: Source, options: Mapping[str, OptionValue]) -> Capture:
    """OpenCV's capture of a source, opened or not; it may take its time."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a cut frame is no news for stderr
    import cv2

    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_SECONDS * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(READ_SECONDS * 1000),
    ]  # fmt: skip
    if isinstance(source, str) and urlsplit(source).scheme in _URLS:
        return cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
    backend = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF}.get(sys.platform, cv2.CAP_ANY)
    capture = cv2.VideoCapture(source, backend)
    if capture.isOpened():
        for name, known in (
            ("width", cv2.CAP_PROP_FRAME_WIDTH),
            ("height", cv2.CAP_PROP_FRAME_HEIGHT),
        ):
            wanted = float(options.get(name, 0.0))
            if wanted:
                capture.set(known, wanted)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the grabbing thread knows at one moment."""

    number: int = 0
    picture: Any = None
    digest: bytes = b""
    at: float = 0.0
    changed: int = 0
    """Number of the last frame that differed from the one before."""
    changed_at: float = 0.0
    fault: type[DeviceFault] | None = None


class _Grabber(threading.Thread):
    """Opens the source and reads it until told to stop or until it ends."""

    def __init__(self, opener: Opener, source: Source, options: Mapping[str, OptionValue]) -> None:
        super().__init__(name="camera", daemon=True)
        self._opener = opener
        self._source = source
        self._options = options
        self._news = threading.Condition()
        self._seen = _Seen()
        self._stop_now = threading.Event()

    def run(self) -> None:
        capture = self._opener(self._source, self._options)
        try:
            if not capture.isOpened():
                self._tell(_Seen(fault=NotConnected))
                return
            while not self._stop_now.is_set():
                begun = time.monotonic()
                there, picture = capture.read()
                took = time.monotonic() - begun
                if self._stop_now.is_set():
                    return
                if there and picture is not None and picture.size:
                    self._tell(self._next(picture))
                else:
                    # A source that is gone says so at once; a silent one uses the whole time up.
                    silent = took >= READ_SECONDS * 0.8
                    self._fail(TimedOut if silent else NotConnected)
                    return
        finally:
            capture.release()

    def _next(self, picture: Any) -> _Seen:
        before, now = self._seen, time.monotonic()
        digest = hashlib.blake2b(picture.data, digest_size=16).digest()
        number = before.number + 1
        if digest == before.digest:
            return _Seen(number, picture, digest, now, before.changed, before.changed_at)
        return _Seen(number, picture, digest, now, number, now)

    def _fail(self, fault: type[DeviceFault]) -> None:
        old = self._seen
        self._tell(_Seen(old.number, None, old.digest, old.at, old.changed, old.changed_at, fault))

    def _tell(self, seen: _Seen) -> None:
        with self._news:
            self._seen = seen
            self._news.notify_all()

    @property
    def seen(self) -> _Seen:
        with self._news:
            return self._seen

    def wait(self, after: int, seconds: float) -> _Seen:
        """Wait a moment for a frame with a higher number, or for the end."""
        with self._news:
            self._news.wait_for(
                lambda: self._seen.number > after or self._seen.fault is not None, seconds
            )
            return self._seen

    def stop(self) -> None:
        """Let go of the source; a thread that hangs in its driver is left behind."""
        self._stop_now.set()
        if self.is_alive():
            self.join(_LETTING_GO)


class OpenCvCamera(Camera):
    """A camera that OpenCV can read."""

    def __init__(self, place: Place, opener: Opener = open_capture) -> None:
        self._name = place.name
        self._options = place.options
        self._tape = place.tape
        self._opener = opener
        self._source = str(place.options["source"])
        self._grabber: _Grabber | None = None

    @property
    def info(self) -> DeviceInfo:
        shown = shown_source(self._source)
        return DeviceInfo(DeviceKind.CAMERA, self._name, "OpenCV", f"Camera {shown}", shown)

    @property
    def is_open(self) -> bool:
        grabber = self._grabber
        return grabber is not None and grabber.seen.number > 0 and grabber.seen.fault is None

    @property
    def unanswered(self) -> float:
        grabber = self._grabber
        if grabber is None:
            return 0.0
        seen = grabber.seen
        if not seen.number or seen.fault is not None:
            return 0.0
        return max(0.0, time.monotonic() - seen.at - FRAME_SECONDS)

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CAMERA, "open")
        if self.is_open:
            return
        self.close()
        grabber = _Grabber(self._opener, read_source(self._source), self._options)
        self._grabber = grabber
        grabber.start()
        try:
            self._await(grabber, 0, Deadline(timeout), timeout, cancel, "open")
        except DeviceFault:
            self.close()
            raise
        self._tape.noted("open")

    def close(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.stop()
            self._tape.noted("closed")

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        del timeout  # nothing is asked of the source: the grabbing thread knows
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CAMERA, "health")
        grabber = self._grabber
        if grabber is None:
            return Health.judged((HealthReason.CLOSED,))
        seen, now = grabber.seen, time.monotonic()
        if seen.fault is NotConnected:
            return Health.judged((HealthReason.UNPLUGGED,))
        if seen.fault is not None or now - seen.at > READ_SECONDS:
            return Health.judged((HealthReason.NOT_ANSWERING,))
        if _flat(seen.picture):
            return Health.judged((HealthReason.NO_PICTURE,))
        if self._frozen(seen, now):
            return Health.judged((HealthReason.PICTURE_FROZEN,))
        return Health.judged(())

    def frame(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        grabber = self._opened("camera.frame")
        seen = grabber.seen
        if seen.fault is not None or time.monotonic() - seen.at > FRESH_SECONDS:
            seen = self._await(
                grabber, seen.number, Deadline(timeout), timeout, cancel, "camera.frame"
            )
        elif cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CAMERA, "camera.frame")
        return self._packed(seen)

    def capture(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        grabber = self._opened("camera.capture")
        deadline = Deadline(timeout)
        begun = grabber.seen
        # The frame that is being read now may have been exposed before the call: skip it.
        seen = self._await(grabber, begun.number + 1, deadline, timeout, cancel, "camera.capture")
        while seen.changed <= begun.number:
            if self._frozen(seen, time.monotonic()):
                raise NoPicture if _flat(seen.picture) else PictureFrozen
            seen = self._await(grabber, seen.number, deadline, timeout, cancel, "camera.capture")
        return self._packed(seen)

    def _opened(self, during: str) -> _Grabber:
        if self._grabber is None:
            raise NotConnected(DeviceKind.CAMERA, during)
        return self._grabber

    def _await(
        self, grabber: _Grabber, after: int, deadline: Deadline, allowed: float,
        cancel: Cancel, during: str,
    ) -> _Seen:  # fmt: skip
        """A frame with a number above `after`. Raises TimedOut, NotConnected or Cancelled."""
        while True:
            if cancel is not None and cancel.is_set():
                raise Cancelled(DeviceKind.CAMERA, during)
            seen = grabber.wait(after, min(_SLICE, deadline.left()))
            if seen.fault is NotConnected:
                self._tape.noted("closed")
                raise NotConnected(DeviceKind.CAMERA, during)
            if seen.fault is None and seen.number > after:
                return seen
            if seen.fault is not None or not deadline.left():
                self._tape.noted("timeout")
                raise TimedOut(DeviceKind.CAMERA, allowed, during)

    @staticmethod
    def _frozen(seen: _Seen, now: float) -> bool:
        return seen.number > seen.changed + 1 and now - seen.changed_at > FROZEN_SECONDS

    def _packed(self, seen: _Seen) -> bytes:
        import cv2

        picture = seen.picture
        if picture is None or _flat(picture):
            raise NoPicture
        turn = _TURNS[str(self._options.get("turn", "0"))]
        if turn is not None:
            picture = cv2.rotate(picture, turn)
        if self._options.get("portrait", True):
            picture = _portrait(picture)
        fine, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not fine:
            raise NoPicture
        data = packed.tobytes()
        if self._tape.recording:
            self._tape.heard(Hidden.of(data))
        return data


def _flat(picture: Any) -> bool:
    return picture is None or float(picture[::8, ::8].std()) < _FLAT


def _portrait(picture: Any) -> Any:
    """The middle of a landscape picture, three parts wide and four high."""
    height, width = picture.shape[:2]
    wanted = height * 3 // 4
    if wanted >= width:
        return picture
    left = (width - wanted) // 2
    return picture[:, left : left + wanted]


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera of this PC: what to set `source` to, and what it calls itself."""

    source: str
    label: str


def found(devices: Path = Path("/sys/class/video4linux")) -> tuple[FoundCamera, ...]:
    """The cameras that can be seen without opening any.

    Linux names them in /sys; a camera's second node carries only metadata and is left out.
    Elsewhere nothing tells without switching a camera on, so the first two numbers are proposed.
    """
    if sys.platform != "linux":
        return (FoundCamera("0", "0"), FoundCamera("1", "1"))
    seen: list[FoundCamera] = []
    for node in sorted(devices.glob("video*"), key=lambda path: (len(path.name), path.name)):
        index = node / "index"
        if index.exists() and index.read_text().strip() != "0":
            continue
        label = node / "name"
        name = label.read_text().strip() if label.exists() else node.name
        seen.append(FoundCamera(f"/dev/{node.name}", name))
    return tuple(seen)


def make(place: Place) -> OpenCvCamera:
    """The camera of a place at the counter; nothing is opened."""
    return OpenCvCamera(place)
