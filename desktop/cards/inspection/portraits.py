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

_SHRINK = 3
_SOFT = 1.0
_DOWN, _ACROSS = 6, 5


def check_portraits(side: Side, judge: Judge) -> None:
    """Both photos of a side, as far as its layout has them."""
    for ghost, check in ((False, CardCheck.PHOTO), (True, CardCheck.GHOST)):
        box = side.expected.photo(ghost=ghost)
        if box is not None:
            judge(check, unlikeness(side, box), side.name, side.expected.mm(box))


def unlikeness(side: Side, box: BoxPx) -> float:
    """What differs of a photo as a share of its own contrast; 0 the same, about 1 anything else.

    The third worst of its parts counts, so that a scratch isn't another face, and a face before
    the same wall isn't the same.
    """
    seen, told = (_soft(side.cut(pixels, box)) for pixels in (side.seen, side.told))
    fitted = _fitted(seen, told)
    height, width = told.shape[:2]
    spread = max(8.0, float(told.std(axis=(0, 1)).mean()))
    parts: list[float] = []
    for j in range(_DOWN):
        for i in range(_ACROSS):
            rows = slice(j * height // _DOWN, (j + 1) * height // _DOWN)
            columns = slice(i * width // _ACROSS, (i + 1) * width // _ACROSS)
            off = fitted[rows, columns] - told[rows, columns]
            parts.append(float(np.sqrt(np.square(off).mean())) / spread)
    return sorted(parts)[-3]


def _soft(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    size = (width // _SHRINK, height // _SHRINK)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(np.asarray(small, np.float32), (0, 0), _SOFT)


def _fitted(seen: Pixels, told: Pixels) -> Pixels:
    """The seen colours with the gain and offset, colour by colour, that bring them nearest."""
    fitted = np.empty_like(seen)
    for band in range(3):
        x, y = seen[:, :, band].ravel(), told[:, :, band].ravel()
        spread = float(x.var())
        gain = 1.0 if spread < 4 else float(np.cov(x, y, bias=True)[0, 1]) / spread
        gain = max(0.6, min(1.7, gain))
        fitted[:, :, band] = (seen[:, :, band] - x.mean()) * gain + y.mean()
    return fitted
