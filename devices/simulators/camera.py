"""A simulated camera: it sees whoever sits in the chair, as a picture brought from outside.

The sitter is either a finished picture or a function that draws one for an ordered fault; with a
finished picture the faults that pixels allow (dark, blurred, tilted, two faces, nobody) are made
here, and closed eyes are left to sitters that can draw them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from contextlib import contextmanager

from PIL import Image, ImageEnhance, ImageFilter

from devices.camera import Camera
from devices.device import Cancel, DeviceKind
from devices.errors import NoPicture, PictureFrozen
from devices.simulators.core import Budget, SimulatedDevice, SimulatorCore
from devices.simulators.faults import Fault, FaultName

Sitter = bytes | Callable[[FaultName | None], bytes]
"""A picture (JPEG or PNG), or what draws one: with no fault, or with the one named."""

_ON_THE_PICTURE = frozenset(
    {
        FaultName.NO_FACE,
        FaultName.TWO_FACES,
        FaultName.DARK,
        FaultName.EYES_CLOSED,
        FaultName.BLURRED,
        FaultName.TILTED,
    }
)


class CameraCore(SimulatorCore):
    """A camera and the chair before it."""

    def __init__(self, name: str = "camera", serial: str = "SIM-CAM-0001") -> None:
        super().__init__(DeviceKind.CAMERA, name, "Camera Simulator", serial)
        self._sitter: Sitter | None = None

    @property
    def occupied(self) -> bool:
        """Whether somebody sits in the chair."""
        return self._sitter is not None

    def sit(self, sitter: Sitter | None) -> None:
        """Let somebody sit down, or leave the chair empty."""
        with self.lock:
            self._sitter = sitter

    def plug(self) -> None:
        """Begun anew, with its cable looked at, it sees again."""
        super().plug()
        self.script.settle(FaultName.FROZEN, FaultName.NO_PICTURE)

    @contextmanager
    def before(self, thing: bytes) -> Generator[None]:
        """For a moment this lies before the camera; then whoever sat there sits again."""
        with self.lock:
            sitter, self._sitter = self._sitter, thing
        try:
            yield
        finally:
            self.sit(sitter)

    def look(self, fault: FaultName | None = None) -> bytes:
        """What the camera sees."""
        sitter = self._sitter
        if sitter is None or fault is FaultName.NO_FACE:
            return empty_chair()
        if isinstance(sitter, bytes):
            return sitter if fault is None else spoiled(sitter, fault)
        return sitter(fault)


class SimulatedCamera(SimulatedDevice[CameraCore], Camera):
    """The adapter of a CameraCore."""

    FRAME = 1 / 30
    SHOT = 0.4

    def frame(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        budget = self._begin(timeout, cancel, "camera.frame")
        fault = self._seen("camera.frame", self.FRAME, budget)
        return self._core.look(fault)

    def capture(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        budget = self._begin(timeout, cancel, "camera.capture")
        fault = self._seen("camera.capture", self.SHOT, budget)
        if fault is FaultName.FROZEN:
            raise PictureFrozen
        return self._core.look(fault)

    def _seen(self, step: str, seconds: float, budget: Budget) -> FaultName | None:
        fault: Fault | None = self._step(step, seconds, budget)
        if fault is None:
            return None
        if fault.stays:
            self._core.script.stand(fault)
        if fault.fault is FaultName.NO_PICTURE:
            raise NoPicture
        known = _ON_THE_PICTURE | {FaultName.FROZEN}
        return fault.fault if fault.fault in known else None


def empty_chair(width: int = 480, height: int = 640) -> bytes:
    """The studio's wall with nobody before it, as PNG."""
    return _png(Image.new("RGB", (width, height), (176, 60, 52)))


def spoiled(picture: bytes, fault: FaultName) -> bytes:
    """The picture with a fault that pixels allow, as PNG; unchanged for any other."""
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    match fault:
        case FaultName.DARK:
            image = ImageEnhance.Brightness(image).enhance(0.22)
        case FaultName.BLURRED:
            image = image.filter(ImageFilter.GaussianBlur(image.width / 60))
        case FaultName.TILTED:
            corner = image.getpixel((2, 2))
            image = image.rotate(
                17,
                resample=Image.Resampling.BICUBIC,
                fillcolor=corner,  # pyright: ignore[reportArgumentType]
            )
        case FaultName.TWO_FACES:
            half = image.resize((image.width // 2, image.height // 2))
            double = Image.new("RGB", image.size, (176, 60, 52))
            double.paste(half, (0, image.height // 4))
            double.paste(half, (image.width - half.width, image.height // 4))
            image = double
        case _:
            return picture
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
