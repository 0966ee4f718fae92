"""What a camera sees of a simulated card: the real print on its plastic, lying on a grey mat.

The card lies a little askew and nearer on one side, the lamp is brighter on one side, the sensor
has its grain; all of it follows from a number, so that the same card looks the same again. Loaded
with the first look only: NumPy and OpenCV are heavy.
"""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from devices.simulators.plastic import PlasticCard
from devices.simulators.print_faults import Faces, PrintFault, spoiled

Pixels = NDArray[Any]

WIDTH, HEIGHT = 1011, 638
_SCALE = 1.18
_FRAME = (1430, 980)
_CORNER = 38
"""Radius of the plastic's corners in pixels (ISO/IEC 7810: 3.18 mm)."""
_SEVERITY = 0.6
_QUALITY = 92


def printed_faces(card: PlasticCard, other: PlasticCard | None = None) -> Faces:
    """Both faces as they really are: panels laid, then what went wrong meanwhile.

    `other` is whose photo or card got mixed in; without one a stranger is drawn.
    """
    faces = _face(card.front), _face(card.back)
    seed = _number(card.serial)
    for name in card.defects:
        fault = PrintFault(name)
        strange = None
        if fault in {PrintFault.SWAPPED_CARD, PrintFault.SWAPPED_PHOTO}:
            strange = stranger(faces) if other is None else printed_faces(other)
        # Half a swap is none.
        severity = 1.0 if strange is not None else _SEVERITY
        faces = spoiled(faces, fault, severity, seed, strange)
    return faces


def stranger(faces: Faces) -> Faces:
    """Somebody else's card: other colours where the person is, and another number."""
    front = faces[0].copy()
    front[170:490, 47:288] = 255 - front[170:490, 47:288][::-1]
    front[170:610, 320:760] = front[170:610, 320:760][:, ::-1]
    back = faces[1].copy()
    back[100:410, 60:370] = back[100:410, 60:370][::-1]
    return front, back


def seen(face: Pixels, number: int, *, dark: bool = False, blurred: bool = False) -> bytes:
    """A side as the camera gives it, JPEG."""
    rng = np.random.default_rng(number)
    width, height = _FRAME
    turn = float(rng.uniform(-4, 4)) * np.pi / 180
    here = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    spread = (here - [WIDTH / 2, HEIGHT / 2]) * _SCALE
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    middle = np.array([width / 2, height / 2]) + rng.uniform(-12, 12, 2)
    there = (spread @ spin + middle + rng.uniform(-7, 7, (4, 2))).astype(np.float32)
    way = cv2.getPerspectiveTransform(here - 0.5, there)
    mat = (58 + rng.normal(0, 2.5, (height // 4, width // 4))).astype(np.float32)
    mat = _three(cv2.resize(mat, (width, height)))
    laid = cv2.warpPerspective(
        face, way, _FRAME, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    plastic = cv2.warpPerspective(_outline(), way, _FRAME, flags=cv2.INTER_LINEAR)
    share = _three(plastic.astype(np.float32) / 255)
    picture = laid.astype(np.float32)
    picture *= share
    mat *= 1 - share
    picture += mat
    lean = rng.uniform(-0.05, 0.05, 2)
    lamp = 0.9 + (
        lean[0] * np.linspace(-1, 1, width)[None, :] + lean[1] * np.linspace(-1, 1, height)[:, None]
    )
    picture *= _three((lamp * (0.12 if dark else 1.0)).astype(np.float32))
    picture += 4
    picture = cv2.GaussianBlur(picture, (0, 0), 9.0 if blurred else 0.8)
    grain = rng.normal(0, 1.6, (height // 2, width // 2, 3)).astype(np.float32)
    picture += cv2.resize(grain, (width, height), interpolation=cv2.INTER_NEAREST)
    out = io.BytesIO()
    np.clip(picture, 0, 255, out=picture)
    done = Image.fromarray(picture.astype(np.uint8))
    done.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def _three(grey: Pixels) -> Pixels:
    """The same in each colour: NumPy is slow where it repeats along an axis of three."""
    return cv2.merge([grey, grey, grey])


def _outline() -> Pixels:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(mask, (_CORNER, 0), (WIDTH - 1 - _CORNER, HEIGHT - 1), (255,), -1)
    cv2.rectangle(mask, (0, _CORNER), (WIDTH - 1, HEIGHT - 1 - _CORNER), (255,), -1)
    for x in (_CORNER, WIDTH - 1 - _CORNER):
        for y in (_CORNER, HEIGHT - 1 - _CORNER):
            cv2.circle(mask, (x, y), _CORNER, (255,), -1)
    return mask


def _face(data: bytes) -> Pixels:
    """A printed side at the printer's resolution; bare plastic where nothing is printed."""
    if not data:
        return np.full((HEIGHT, WIDTH, 3), 252, np.uint8)
    with Image.open(io.BytesIO(data)) as picture:
        plain = picture.convert("RGB")
        if plain.size != (WIDTH, HEIGHT):
            plain = plain.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        return np.asarray(plain)


def _number(text: str) -> int:
    """A number that follows from a text, the same in every run."""
    return int.from_bytes(text.encode()[-6:], "big")


def views(
    card: PlasticCard,
    other: PlasticCard | None = None,
    *,
    dark: bool = False,
    blurred: bool = False,
) -> tuple[bytes, bytes]:
    """Both sides of a card as the viewer gives them."""
    front, back = printed_faces(card, other)
    number = _number(card.serial)
    return (
        seen(front, number, dark=dark, blurred=blurred),
        seen(back, number + 1, dark=dark, blurred=blurred),
    )
