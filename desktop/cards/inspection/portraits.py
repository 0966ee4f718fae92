"""Photo and ghost photo: is it the picture that was ordered, printed well or badly?

Not whether two pictures show one person: the order has the very picture, so both are laid over each
other. Brightness and tint of the whole are fitted first, because a faint dye isn't another face.
"""

from __future__ import annotations

import cv2
import numpy as np

from desktop.cards.inspection.expected import BoxPx, Pixels
from desktop.cards.inspection.facts import CardCheck
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.inspection.panels import DyeShifts

_SHRINK = 3
_SOFT = 1.0
_GLARE = 8.0
"""Of a photo's width: what changes faster than that is no glare."""
_LIGHT, _TINTED, _BURNT, _MOST_BURNT = 170, 238, 244, 0.1
_DOWN, _ACROSS = 6, 5
_RANK = 0.74
"""Of the parts, from the best to the worst: a line across a face leaves most parts alone."""


def check_portraits(
    side: Side,
    shift: tuple[float, float],
    dyes: DyeShifts,
    judge: Judge,
    *,
    ghost_too: bool = True,
) -> None:
    """Both photos of a side, as far as its layout has them; `shift` is the resin's.

    The signature crosses the ghost: where resin is missing, the ghost isn't judged (`ghost_too`),
    nor is it under so much glare that a part of it is gone.
    """
    for ghost, check in ((False, CardCheck.PHOTO), (True, CardCheck.GHOST)):
        box = side.expected.photo(ghost=ghost)
        if box is not None and (not ghost or (ghost_too and _burnt(side, box) < _MOST_BURNT)):
            value = unlikeness(side, box, _resin(side, shift), dyes)
            judge(check, value, side.name, side.expected.mm(box))


def _resin(side: Side, shift: tuple[float, float]) -> Pixels:
    """Where resin lies or should lie, with some room: the signature crosses the ghost."""
    ink = side.expected.resin
    height, width = ink.shape
    way = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    there = cv2.warpAffine(ink, way, (width, height), flags=cv2.INTER_NEAREST)
    return cv2.dilate(cv2.bitwise_or(ink, there), np.ones((9, 9), np.uint8))


def unlikeness(side: Side, box: BoxPx, resin: Pixels, dyes: DyeShifts) -> float:
    """What differs of a photo as a share of its own contrast; 0 the same, about 1 anything else.

    Neither the best nor the worst of its parts counts (_RANK), so that a scratch isn't another
    face, and a face before the same wall isn't the same. Of the three colours the middle one
    counts: a dye that is missing or askew isn't another face either, and another face differs in
    all.
    """
    free = (side.cut(resin, box) == 0).astype(np.float32)
    told, free = _soft(side.cut(side.told, box)), _soft(free)
    x0, y0, x1, y1 = box
    seen: list[Pixels] = []
    for band in range(3):
        dx, dy = dyes[band] or (0.0, 0.0)
        middle = ((x0 + x1 - 1) / 2 + dx, (y0 + y1 - 1) / 2 + dy)
        seen.append(_soft(cv2.getRectSubPix(side.bands[band], (x1 - x0, y1 - y0), middle)))
    glare = _glare(seen, told)
    return float(np.median([_off(seen[b] - glare, told[:, :, b], free) for b in range(3)]))


def _burnt(side: Side, box: BoxPx) -> float:
    """Share of the parts that should be tinted but are as white as bare plastic, from glare."""
    seen, told = side.cut(side.seen, box).min(axis=2), side.cut(side.told, box).min(axis=2)
    light = (told > _LIGHT) & (told < _TINTED)
    return float((seen[light] >= _BURNT).mean()) if light.any() else 0.0


def _glare(seen: list[Pixels], told: Pixels) -> Pixels:
    """A lamp in the varnish: the same light over all three colours, without edges of its own."""
    steps = [each - told[:, :, band] for band, each in enumerate(seen)]
    least = np.minimum.reduce([step - float(np.median(step)) for step in steps])
    return np.maximum(0, cv2.GaussianBlur(least, (0, 0), told.shape[1] / _GLARE))


def _off(seen: Pixels, told: Pixels, free: Pixels) -> float:
    """How far one colour is off, where no resin lies."""
    use = free > 0.95
    if int(use.sum()) < 50:
        return 0.0
    x, y = seen[use], told[use]
    spread = float(x.var())
    gain = 1.0 if spread < 4 else float(np.cov(x, y, bias=True)[0, 1]) / spread
    gain = max(0.6, min(1.7, gain))
    off = np.where(use, (seen - x.mean()) * gain + y.mean() - told, 0)
    # Stripes over the whole card have a check of their own.
    off -= off.sum(axis=0) / np.maximum(1, use.sum(axis=0))
    off -= (off.sum(axis=1) / np.maximum(1, use.sum(axis=1)))[:, None]
    off = np.square(off)
    contrast = max(8.0, float(y.std()))
    height, width = told.shape
    parts: list[float] = []
    for j in range(_DOWN):
        for i in range(_ACROSS):
            rows = slice(j * height // _DOWN, (j + 1) * height // _DOWN)
            columns = slice(i * width // _ACROSS, (i + 1) * width // _ACROSS)
            part = use[rows, columns]
            if int(part.sum()) * 3 >= part.size:
                parts.append(float(np.sqrt(off[rows, columns][part].mean())) / contrast)
    return sorted(parts)[round(len(parts) * _RANK)] if len(parts) > 3 else 0.0


def _soft(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    size = (width // _SHRINK, height // _SHRINK)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(np.asarray(small, np.float32), (0, 0), _SOFT)
