"""The checks of a portrait, in the manner of ISO/IEC 29794-5: each a value, its limits, a place.

The measuring is the models' and OpenCV's, the limits are data (`resources/faces/limits.toml`,
calibrated on drawn people). What can't be measured is left out rather than guessed: without a face
nothing is said of eyes, and of a dark, glaring or blurred picture neither.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PIL import Image

from desktop import skin
from desktop.faces.finder import FoundFace, Pixels, finder
from desktop.faces.limits import Limits, limits
from desktop.faces.measures import Measures, measure
from desktop.pictures import (
    Background,
    Box,
    PictureCheck,
    PictureFinding,
    open_picture,
)

_C = PictureCheck
_SMALLEST_SECOND = 0.06
"""A second face smaller than this share of the first is a picture on a shirt, nobody behind."""
_WORK = 480


class _Judge(Protocol):
    def __call__(self, check: PictureCheck, value: float, box: Box | None = None) -> bool: ...


def check_face(
    data: bytes,
    *,
    background: Background = Background.BLUE,
    allowed: Limits | None = None,
) -> tuple[PictureFinding, ...]:
    """Everything that is measured of a portrait, passed or not.

    Raises NotAPicture.
    """
    picture = open_picture(data).convert("RGB")
    rules = allowed or limits()
    pixels: Pixels = np.asarray(picture)
    found: list[PictureFinding] = []

    def judge(check: PictureCheck, value: float, box: Box | None = None) -> bool:
        finding = rules.of[check].judged(check, value, box)
        found.append(finding)
        return finding.passed

    width, height = picture.size
    whole = (0, 0, width, height)
    judge(_C.SIZE, min(width / 300, height / 400))
    judge(_C.SHAPE, width / height)
    faces = finder().faces(pixels)
    if judge(_C.FACE, float(len(faces[:1])), None if faces else _middle(width, height)):
        first = faces[0]
        others = [face for face in faces[1:] if face.area >= first.area * _SMALLEST_SECOND]
        judge(_C.ONE_FACE, float(1 + len(others)), _box_of(others[0]) if others else None)
        mesh = finder().mesh(pixels, first)
        _judge_face(measure(pixels, mesh), judge, rules)
    wall = skin.wall(_work(picture))
    top = (0, 0, width, height // 4)
    judge(_C.BACKGROUND_EVEN, wall.even, top)
    judge(_C.BACKGROUND_COLOUR, skin.colour_distance(wall.colour, background.value), whole)
    return tuple(found)


def warm() -> None:
    """Use both networks once on a blank picture, so that the first photo waits for neither."""
    blank: Pixels = np.full((640, 480, 3), 255, np.uint8)
    finder().faces(blank)
    middle = FoundFace(1.0, 140, 190, 340, 390, ((200, 260), (280, 260)))
    measure(blank, finder().mesh(blank, middle))


def _judge_face(face: Measures, judge: _Judge, rules: Limits) -> None:
    box = face.face
    bright = judge(_C.BRIGHTNESS, face.brightness, box)
    clear = judge(_C.EXPOSURE, face.clipped, box)
    sharp = judge(_C.SHARPNESS, face.sharpness, box)
    judge(_C.FACE_SIZE, face.length, box)
    judge(_C.FACE_PLACE, face.off_middle, box)
    judge(_C.EYE_LINE, face.eye_line, _eyes(face))
    judge(_C.TILT, face.roll, box)
    judge(_C.YAW, face.yaw, box)
    if bright and clear and sharp:
        less, more = sorted((face.left_eye, face.right_eye), key=lambda eye: eye.opening)
        both = not rules.of[_C.EYES].judged(_C.EYES, more.opening, None).passed
        judge(_C.EYES, less.opening, _eyes(face) if both else less.box)
        judge(_C.MOUTH, face.mouth, face.mouth_box)


def _eyes(face: Measures) -> Box:
    left, right = face.left_eye.box, face.right_eye.box
    return left[0], min(left[1], right[1]), right[2], max(left[3], right[3])


def _box_of(face: FoundFace) -> Box:
    return round(face.left), round(face.top), round(face.right), round(face.bottom)


def _middle(width: int, height: int) -> Box:
    return width // 4, height // 5, width * 3 // 4, height * 7 // 10


def _work(picture: Image.Image) -> Image.Image:
    height = max(1, min(_WORK * 4, round(picture.height * _WORK / picture.width)))
    return picture.resize((_WORK, height), Image.Resampling.BOX)
