"""What goes wrong on the plastic while a card is printed: the real print with its defects.

Each defect changes the pictures of both faces as ribbon, head and rollers would; `severity` goes
from 0 (nothing) to 1 (as bad as it gets), and the same seed spoils in the same way. They are for
the simulated printer, where faults are ordered, and for the tests of the inspection, whose limits
were set by looking at them: whoever measures how well the inspection sees must use others too.

Loaded with the first defect only: NumPy is heavy.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[Any]
"""A face: height, width, red, green, blue; bytes."""

DPI = 300
_MM = DPI / 25.4
_PHOTO = (4.0, 14.4, 20.4, 27.2)
_CODE = (4.0, 7.4, 28.6, 28.6)
"""Where the usual layout has portrait (front) and code (back): x, y, width, height in mm."""


class PrintFault(StrEnum):
    """Defects of a print."""

    RESIN_SHIFT = "resin_shift"
    DYE_SHIFT = "dye_shift"
    PLACE = "place"
    BANDING = "banding"
    COLOUR_CAST = "colour_cast"
    MISSING_PANEL = "missing_panel"
    MISSING_BLACK = "missing_black"
    SMUDGED_CODE = "smudged_code"
    DUST = "dust"
    WRINKLE = "wrinkle"
    SWAPPED_PHOTO = "swapped_photo"
    SWAPPED_CARD = "swapped_card"


Faces = tuple[Pixels, Pixels]
Spoiler = Callable[[Faces, float, np.random.Generator, Faces | None], Faces]


def spoiled(
    faces: Faces, fault: PrintFault, severity: float, seed: int, other: Faces | None = None
) -> Faces:
    """Both faces with a defect. `other` is another person's card, for the swapped ones.

    ValueError for a severity outside 0 to 1, or a swap without another card.
    """
    if not 0.0 <= severity <= 1.0:
        raise ValueError("severity")
    if fault in {PrintFault.SWAPPED_CARD, PrintFault.SWAPPED_PHOTO} and other is None:
        raise ValueError("other")
    return _SPOILERS[fault](faces, severity, np.random.default_rng(seed), other)


def spoiled_png(
    front: bytes,
    back: bytes,
    fault: PrintFault,
    severity: float,
    seed: int,
    other: tuple[bytes, bytes] | None = None,
) -> tuple[bytes, bytes]:
    """The same with PNG files."""
    with_other = None if other is None else (_opened(other[0]), _opened(other[1]))
    faces = spoiled((_opened(front), _opened(back)), fault, severity, seed, with_other)
    return _packed(faces[0]), _packed(faces[1])


def _resin_shift(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Resin lies up to 1.2 mm away from the dye, on both sides alike."""
    del other
    way = rng.uniform(0, 2 * np.pi)
    step = severity * 1.2 * _MM
    dx, dy = round(step * np.cos(way)), round(step * np.sin(way))
    return _resin_moved(faces[0], dx, dy), _resin_moved(faces[1], dx, dy)


def _resin_moved(face: Pixels, dx: int, dy: int) -> Pixels:
    resin = face.max(axis=2) == 0
    # Under the resin lies bare plastic, as the printer gets its panels.
    dye = _closed(face, resin)
    dye[_moved(resin, dx, dy, False)] = 0
    return dye


def _closed(face: Pixels, hole: Pixels) -> Pixels:
    """The dye with what stood under the resin guessed from beside it."""
    soft = cv2.dilate(face, np.ones((9, 9), np.uint8))
    dye = face.copy()
    dye[hole] = soft[hole]
    return dye


def _dye_shift(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """One dye lies up to 0.8 mm away from the others."""
    del other
    band = int(rng.integers(0, 3))
    way = rng.uniform(0, 2 * np.pi)
    step = severity * 0.8 * _MM
    dx, dy = round(step * np.cos(way)), round(step * np.sin(way))
    found: list[Pixels] = []
    for face in faces:
        resin = face.max(axis=2) == 0
        dye = _closed(face, resin)
        dye[:, :, band] = _moved(dye[:, :, band], dx, dy, 255)
        dye[resin] = 0
        found.append(dye)
    return found[0], found[1]


def _place(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """The whole print lies up to 2.5 mm off; bare plastic shows at the edges."""
    del other
    way = rng.uniform(0, 2 * np.pi)
    step = severity * 2.5 * _MM
    dx, dy = round(step * np.cos(way)), round(step * np.sin(way))
    return _moved(faces[0], dx, dy, 255), _moved(faces[1], dx, dy, 255)


def _moved(pixels: Pixels, dx: int, dy: int, fill: Any) -> Pixels:
    out = np.full_like(pixels, fill)
    height, width = pixels.shape[:2]
    dx, dy = max(-width, min(width, dx)), max(-height, min(height, dy))
    out[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)] = pixels[
        max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)
    ]
    return out


def _banding(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Dense and faint stripes across the way that the card takes, from a worn roller."""
    del other
    period = rng.uniform(0.5, 2.5) * _MM
    begin = rng.uniform(0, 2 * np.pi)
    found: list[Pixels] = []
    for face in faces:
        wave = np.sin(np.arange(face.shape[1]) / period * 2 * np.pi + begin)
        share = 1 - severity * 0.30 * (0.5 + 0.5 * wave)
        found.append(_thinner(face, share[None, :, None]))
    return found[0], found[1]


def _thinner(face: Pixels, share: Any) -> Pixels:
    """Less dye everywhere by a share; resin stays."""
    resin = face.max(axis=2) == 0
    light = 255 - (255 - face.astype(np.float32)) * share
    out = np.clip(np.rint(light), 1, 255).astype(np.uint8)
    out[resin] = 0
    return out


def _colour_cast(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """One dye comes too strong or too faint, by up to 45 %."""
    del other
    band = int(rng.integers(0, 3))
    way = 1 if rng.random() < 0.5 else -1
    share = np.ones(3, np.float32)
    share[band] = 1 + way * severity * 0.45
    return _thinner(faces[0], share), _thinner(faces[1], share)


def _missing_panel(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """A dye ends on its way: what comes after has none of it, from a fifth to the whole card."""
    del other
    band = int(rng.integers(0, 3))
    found: list[Pixels] = []
    for face in faces:
        width = face.shape[1]
        begin = width - round(width * (0.2 + 0.8 * severity)) if severity else width
        out = face.copy()
        resin = face.max(axis=2) == 0
        out[:, begin:, band] = 255
        out[resin] = 0
        found.append(out)
    return found[0], found[1]


def _missing_black(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Resin ends on its way, from a fifth to the whole card."""
    del rng, other
    found: list[Pixels] = []
    for face in faces:
        width = face.shape[1]
        begin = width - round(width * (0.2 + 0.8 * severity)) if severity else width
        resin = face.max(axis=2) == 0
        resin[:, :begin] = False
        found.append(_closed(face, resin))
    return found[0], found[1]


def _smudged_code(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """A finger wipes over fresh resin: up to the whole code is grey and drawn out."""
    del other
    back = faces[1].copy()
    x0, y0, wide, tall = (round(edge * _MM) for edge in _CODE)
    size = round(max(wide, tall) * (0.15 + 0.65 * severity)) if severity else 0
    if size < 4:
        return faces[0], back
    left = x0 + int(rng.integers(0, max(1, wide - size)))
    top = y0 + int(rng.integers(0, max(1, tall - size)))
    part = back[top : top + size, left : left + size]
    length = max(3, round(0.35 * _MM * (1 + 5 * severity)))
    kernel = np.ones(length) / length
    drawn = np.apply_along_axis(
        lambda row: np.convolve(row, kernel, mode="same"), 1, part.astype(np.float32)
    )
    back[top : top + size, left : left + size] = np.clip(drawn + 8, 1, 255).astype(np.uint8)
    return faces[0], back


def _dust(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Specks on the plastic keep dye away: white dots, more and larger."""
    del other
    return _dusty(faces[0], severity, rng), _dusty(faces[1], severity, rng)


def _dusty(face: Pixels, severity: float, rng: Any) -> Pixels:
    picture = Image.fromarray(face)
    pen = ImageDraw.Draw(picture)
    for _ in range(round(severity * 60)):
        x, y = rng.uniform(0, face.shape[1]), rng.uniform(0, face.shape[0])
        radius = rng.uniform(1.2, 2.0 + 3.5 * severity)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#ffffff")
    return np.asarray(picture).copy()


def _wrinkle(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """The ribbon folds: slanted lines without dye on the front."""
    del other
    if not severity:
        return faces
    picture = Image.fromarray(faces[0])
    pen = ImageDraw.Draw(picture)
    height, width = faces[0].shape[:2]
    for _ in range(1 + round(severity * 2)):
        length = (0.15 + 0.5 * severity) * width
        way = rng.uniform(-0.5, 0.5) + (np.pi if rng.random() < 0.5 else 0.0)
        x, y = rng.uniform(0.2, 0.8) * width, rng.uniform(0.1, 0.9) * height
        end = (x + length * np.cos(way), y + length * np.sin(way))
        pen.line((x, y, *end), fill="#fdfaf8", width=2 + round(3 * severity))
    return np.asarray(picture).copy(), faces[1]


def _swapped_photo(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Another person's portrait where this one's should be; less severe: laid half over it."""
    del rng
    if other is None:
        raise ValueError("other")
    x0, y0, wide, tall = (round(edge * _MM) for edge in _PHOTO)
    spot = (slice(y0, y0 + tall), slice(x0, x0 + wide))
    front = faces[0].copy()
    mixed = faces[0][spot] * (1 - severity) + other[0][spot] * severity
    front[spot] = np.clip(np.rint(mixed), 1, 255).astype(np.uint8)
    return front, faces[1]


def _swapped_card(faces: Faces, severity: float, rng: Any, other: Faces | None) -> Faces:
    """Another person's whole card, or (less severe) only one side of it."""
    if other is None:
        raise ValueError("other")
    if severity >= 0.5:
        return other
    return (other[0], faces[1]) if rng.random() < 0.5 else (faces[0], other[1])


_SPOILERS: dict[PrintFault, Spoiler] = {
    PrintFault.RESIN_SHIFT: _resin_shift,
    PrintFault.DYE_SHIFT: _dye_shift,
    PrintFault.PLACE: _place,
    PrintFault.BANDING: _banding,
    PrintFault.COLOUR_CAST: _colour_cast,
    PrintFault.MISSING_PANEL: _missing_panel,
    PrintFault.MISSING_BLACK: _missing_black,
    PrintFault.SMUDGED_CODE: _smudged_code,
    PrintFault.DUST: _dust,
    PrintFault.WRINKLE: _wrinkle,
    PrintFault.SWAPPED_PHOTO: _swapped_photo,
    PrintFault.SWAPPED_CARD: _swapped_card,
}


def _opened(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def _packed(face: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(face).save(out, "PNG", compress_level=1, dpi=(DPI, DPI))
    return out.getvalue()
