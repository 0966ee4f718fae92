"""A camera above the desk as card viewer: the card lies under it, front up, and is turned over.

One camera sees one side at a time. The first picture is taken as soon as a card lies still; the
second as soon as a card lies still again and looks otherwise, so that nobody has to press anything
between. A card that was only pushed looks the same and is waited for. Which side came first, and
whether it was turned like a page, is for the inspection to find out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from devices.adapters.options import CAMERA_VIEWER
from devices.adapters.own_camera import own_camera
from devices.camera import Camera
from devices.card_viewer import CardViewer, CardViews, Hint, ViewStep
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, Pause
from devices.errors import Cancelled, CardMissing, NoPicture, NotConnected
from devices.options import read_options

if TYPE_CHECKING:
    from devices.catalog import Place

LAID, TURNED = "viewer.front", "viewer.back"
GAP_SECONDS = 0.15
"""Between two looks at the live picture."""
FRAME_SECONDS = 3.0
_WIDE = 320
_SMALL = (72, 46)
_ASPECT = (1.3, 1.95)
_SHARE = (0.10, 0.93)
"""Of the picture that a card may fill."""
_RECTANGLE = 0.9
"""Of the rectangle around it: a hand fills less."""
_STILL = 0.97
"""Correlation from which on two frames show a card that hasn't moved."""
_OTHER_SIDE = 0.7
"""Below this it is another side; a side that was pushed or turned about stays above."""


@dataclass(frozen=True)
class Lying:
    """A card on a frame: its middle as shares of the frame, and what it looks like, made small."""

    middle: tuple[float, float]
    small: Any = field(repr=False)


def lying(frame: bytes, *, faint: float = 0.0) -> Lying | None:
    """The card on a frame; None where nothing of a card's shape lies on the ground.

    `faint` is for an even ground of the card's own tone, such as a flat-bed's white lid: all that
    differs from it by so much (CIELAB) is taken together for the card.
    """
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        return None
    shrink = _WIDE / picture.shape[1]
    picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.2), cv2.COLOR_BGR2LAB)
    edges = (lab[:4], lab[-4:], lab[:, :4], lab[:, -4:])
    ring = np.concatenate([edge.reshape(-1, 3) for edge in edges])
    apart = np.linalg.norm(lab.astype(np.float32) - np.median(ring, axis=0), axis=2)
    how = cv2.THRESH_BINARY | (0 if faint else cv2.THRESH_OTSU)
    level, mask = cv2.threshold(np.minimum(apart, 255).astype(np.uint8), faint, 255, how)
    if not faint and level < 8:
        return None
    if faint:
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))  # dust
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = np.concatenate(contours) if faint else max(contours, key=cv2.contourArea)
    shape = cv2.convexHull(outline)
    box = cv2.minAreaRect(shape)
    (x, y), (one, other), _ = box
    long, short = max(one, other), min(one, other)
    if cv2.contourArea(shape) < _RECTANGLE * long * short:
        return None
    height, width = mask.shape
    if short <= 0 or not _ASPECT[0] < long / short < _ASPECT[1]:
        return None
    if not _SHARE[0] < long * short / (width * height) < _SHARE[1]:
        return None
    corners = cv2.boxPoints(box)
    if np.linalg.norm(corners[1] - corners[0]) < np.linalg.norm(corners[2] - corners[1]):
        corners = np.roll(corners, -1, axis=0)
    wide, tall = _SMALL
    frame_of = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    way = cv2.getPerspectiveTransform(corners.astype(np.float32), frame_of)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.warpPerspective(grey, way, _SMALL, flags=cv2.INTER_LINEAR)
    return Lying((x / width, y / height), cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0))


def alike(one: Lying, other: Lying) -> float:
    """Correlation of two cards as they look, whichever way round they lie; -1 to 1."""
    import numpy as np

    a = one.small - one.small.mean()
    best = -1.0
    for turned in (other.small, other.small[::-1, ::-1]):
        b = turned - turned.mean()
        power = float(np.sqrt((a * a).sum() * (b * b).sum()))
        best = max(best, float((a * b).sum()) / power if power else 0.0)
    return best


class CameraViewer(CardViewer):
    """A card viewer made of one camera and the officer's hands."""

    OPTIONS = CAMERA_VIEWER

    def __init__(
        self, name: str, camera: Camera, pause: Pause, *, still_seconds: float = 0.6
    ) -> None:
        self._name = name
        self._camera = camera
        self._pause = pause
        self._looks = max(2, round(still_seconds / GAP_SECONDS))

    @property
    def info(self) -> DeviceInfo:
        return replace(self._camera.info, kind=DeviceKind.CARD_VIEWER, name=self._name)

    @property
    def is_open(self) -> bool:
        return self._camera.is_open

    @property
    def unanswered(self) -> float:
        return self._camera.unanswered

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        try:
            self._camera.open(timeout=timeout, cancel=cancel)
        except NotConnected as missing:
            raise NotConnected(DeviceKind.CARD_VIEWER, missing.during) from missing

    def close(self) -> None:
        self._camera.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        return self._camera.health(timeout=timeout, cancel=cancel)

    def look(
        self, asked: str = "", *, timeout: float, cancel: Cancel = None, hint: Hint | None = None
    ) -> CardViews:
        del asked  # nothing here could show it
        deadline = Deadline(timeout)
        front, first = self._side(None, deadline, cancel, LAID)
        if hint is not None:
            hint(ViewStep.TURN)
        back, _ = self._side(first, deadline, cancel, TURNED)
        return CardViews(front, back)

    def _side(
        self, before: Lying | None, deadline: Deadline, cancel: Cancel, step: str
    ) -> tuple[bytes, Lying]:
        """The picture of a side that lies still and isn't the one before."""
        last: Lying | None = None
        looks = 0
        while deadline.left():
            if cancel is not None and cancel.is_set():
                raise Cancelled(DeviceKind.CARD_VIEWER, step)
            seen = self._seen(deadline, cancel)
            looks = looks + 1 if seen and last and still(seen, last) else 0
            last = seen
            if seen and looks >= self._looks and (before is None or turned_over(before, seen)):
                taken = self._camera.capture(timeout=FRAME_SECONDS, cancel=cancel)
                shown = lying(taken)
                if shown is not None and still(shown, seen):
                    return taken, shown
                looks = 0
            if not self._pause(GAP_SECONDS, cancel):
                raise Cancelled(DeviceKind.CARD_VIEWER, step)
        raise CardMissing(DeviceKind.CARD_VIEWER, step)

    def _seen(self, deadline: Deadline, cancel: Cancel) -> Lying | None:
        allowed = min(FRAME_SECONDS, max(0.05, deadline.left()))
        try:
            return lying(self._camera.frame(timeout=allowed, cancel=cancel))
        except NoPicture:
            return None  # a hand before the lens, or a cover: nothing lies there yet


def still(one: Lying, other: Lying) -> bool:
    """Whether two frames show a card that lies where it lay."""
    way = abs(one.middle[0] - other.middle[0]) + abs(one.middle[1] - other.middle[1])
    return way < 0.02 and alike(one, other) > _STILL


def turned_over(before: Lying, now: Lying) -> bool:
    """Whether a card shows another side than before."""
    return alike(before, now) < _OTHER_SIDE


def make(place: Place) -> CameraViewer:
    """The viewer at a place, with a camera of its own."""
    options = read_options(CAMERA_VIEWER, place.options)
    return CameraViewer(
        place.name,
        own_camera(place, options),
        place.pause,
        still_seconds=float(options["still_seconds"]),
    )
