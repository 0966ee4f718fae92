"""Taking the light away: what would the picture be under even, white light?

White parts of the order say how bright and of which colour the light is at each place (a curved
surface through all of them), the darkest parts how much stray light lies over all. One tone curve
for all colours, laid on the order, takes the rest; what then still differs is the card's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.cards.inspection.expected import ExpectedFace, Pixels

_WHITE = 226
"""From here on in every colour the order is as good as bare plastic."""
_CELL = 12
_FLOOR = 90.0
_MOST = 318.0
_CURVED = 6.0
"""How strongly curvature is held back, in cells' weight: no white lies at some corners."""


@dataclass(frozen=True)
class EvenLit:
    """A side under even light, 0 to 255 in float, and what was taken away."""

    pixels: Pixels = field(repr=False)
    tone: float
    """By which power the order's tones become the picture's."""
    brightness: float
    """Of white, mean of the colours, 0 to 1."""
    cast: float
    """The most that a colour of white is off from the mean of all three, as a share."""
    yellow: float
    """By which share white's blue is below its red and green; below 0 it is bluish."""
    uneven: float
    """Darkest white by the brightest."""
    clipped: float
    """Share of what should have colour that is burnt out."""
    stray: float
    """What black was seen as, 0 to 255."""


def even_lit(seen: Pixels, expected: ExpectedFace) -> EvenLit:
    """The side without its light."""
    order = expected.pixels
    least = expected.least
    low = np.percentile(seen[::4, ::4].reshape(-1, 3), 0.4, axis=0)
    floor = np.minimum(low, _FLOOR)
    surface = _surface(seen, order, float(floor.max()))
    stray: Any = (*floor.tolist(), 0.0)  # a colour, which the stubs don't know here
    gain = (255 / (surface - floor)).astype(np.float32)
    size = (order.shape[1], order.shape[0])
    gain = cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR)
    even = cv2.multiply(cv2.subtract(seen, stray, dtype=cv2.CV_32F), gain)
    even = cv2.threshold(even, _MOST, 0, cv2.THRESH_TRUNC)[1]
    even = cv2.threshold(even, 0, 0, cv2.THRESH_TOZERO)[1]
    levels = surface.reshape(-1, 3).mean(axis=0) / 255
    bright = surface.mean(axis=2)
    burnt = (seen[::4, ::4].min(axis=2) >= 252) & (least[::4, ::4] < 200)
    coloured = max(1, int((least[::4, ::4] < 200).sum()))
    return EvenLit(
        even,
        _tone(even, order),
        float(levels.mean()),
        float(np.abs(levels / levels.mean() - 1).max()),
        1 - float(levels[2] / max(1e-6, (levels[0] + levels[1]) / 2)),
        float(np.percentile(bright, 1) / max(1.0, float(np.percentile(bright, 99)))),
        float(burnt.sum()) / coloured,
        float(floor.mean()),
    )


def _surface(seen: Pixels, order: Pixels, floor: float) -> Pixels:
    """Height of white per colour, at an eighth of the size. White is looked for at half of it."""
    height, width = order.shape[:2]
    half = (width // 2, height // 2)
    colour = cv2.resize(seen, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    told = cv2.resize(order, half, interpolation=cv2.INTER_AREA)
    red, green, blue = cv2.split(told)
    least = cv2.min(cv2.min(red, green), blue)
    white = cv2.erode((least >= _WHITE).astype(np.uint8), np.ones((3, 3), np.uint8))
    down, across = half[1] // _CELL, half[0] // _CELL
    cut = (slice(0, down * _CELL), slice(0, across * _CELL))
    count = _cells(white[cut].astype(np.float32), down, across)
    good = count > 0.2 * _CELL * _CELL
    # A white part's own tint is divided out, so that the ground's shade isn't taken for light.
    inside = cv2.divide(colour[cut], np.maximum(told[cut], 1).astype(np.float32))
    share = inside * (white[cut].astype(np.float32) * 255)[:, :, None]
    ys, xs = np.mgrid[0:down, 0:across].astype(np.float32)
    x, y = (xs.ravel() + 0.5) / across - 0.5, (ys.ravel() + 0.5) / down - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    wide, tall = width // 8, height // 8
    grid_x, grid_y = np.meshgrid(
        (np.arange(wide, dtype=np.float32) + 0.5) / wide - 0.5,
        (np.arange(tall, dtype=np.float32) + 0.5) / tall - 0.5,
    )
    gx, gy = grid_x.ravel(), grid_y.ravel()
    every = np.stack([np.ones_like(gx), gx, gy, gx * gx, gy * gy, gx * gy], axis=1)
    small = np.empty((*grid_x.shape, 3), np.float32)
    hold = np.diag([0, 0.2, 0.2, _CURVED, _CURVED, _CURVED]).astype(np.float32)
    for band in range(3):
        sums = _cells(share[:, :, band], down, across)
        level = np.log(np.maximum(1.0, sums[good] / count[good]))
        use = terms[good.ravel()]
        kept = np.ones(len(level), bool)
        found = np.zeros(6)
        for _ in range(3):
            a, b = use[kept], level[kept]
            found = np.linalg.solve(a.T @ a + hold + 1e-6 * np.eye(6), a.T @ b)
            off = np.abs(use @ found - level)
            kept = off <= max(0.02, 2.0 * float(np.median(off)))
        small[:, :, band] = np.exp(every @ found).reshape(grid_x.shape)
    return np.clip(small, floor + 8.0, 275.0)


def _cells(values: NDArray[np.float32], down: int, across: int) -> NDArray[np.float32]:
    return values.reshape(down, _CELL, across, _CELL).sum(axis=(1, 3))


def _tone(even: Pixels, order: Pixels) -> float:
    """One power that brings the order's middle tones to where the picture has them."""
    size = (order.shape[1] // 8, order.shape[0] // 8)
    seen = cv2.resize(even, size, interpolation=cv2.INTER_AREA).mean(axis=2) / 255
    told = cv2.resize(order, size, interpolation=cv2.INTER_AREA).mean(axis=2) / 255
    middle = (told > 0.2) & (told < 0.85) & (seen > 0.05) & (seen < 0.98)
    if int(middle.sum()) < 60:
        return 1.0
    power = float(np.median(np.log(seen[middle]) / np.log(told[middle])))
    return max(0.65, min(1.55, power))


def toned(order: Pixels, power: float) -> Pixels:
    """The order with the picture's tones, bytes."""
    curve = 255 * np.power(np.arange(256) / 255, power)
    return cv2.LUT(order, np.rint(curve).astype(np.uint8))
