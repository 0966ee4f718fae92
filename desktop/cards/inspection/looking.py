"""One side as it is judged: under even light, beside its order made equally soft."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from desktop.cards.inspection.expected import BoxPx, ExpectedFace, Pixels
from desktop.cards.inspection.facts import BoxMm, CardCheck, CardSide
from desktop.cards.inspection.light import EvenLit, toned
from desktop.cards.inspection.registering import Registered

_CORNER_MM = 3.6
_EDGE_MM = 0.9
_SOFT = (0.0, 0.7, 1.0, 1.4, 1.9, 2.6)


class Judge(Protocol):
    """Notes a value of a check; answers whether it passed."""

    def __call__(
        self,
        check: CardCheck,
        value: float,
        side: CardSide | None = None,
        box: BoxMm | None = None,
        note: str = "",
    ) -> bool: ...


@dataclass(frozen=True)
class Side:
    """A registered side and everything that is derived from it once."""

    expected: ExpectedFace = field(repr=False)
    registered: Registered = field(repr=False)
    lit: EvenLit = field(repr=False)

    @property
    def name(self) -> CardSide:
        return self.expected.side

    @cached_property
    def seen(self) -> Pixels:
        """Colours under even light, float, without the grain of single pixels."""
        return self.lit.pixels

    @cached_property
    def bands(self) -> tuple[Pixels, Pixels, Pixels]:
        """The three colours apart."""
        red, green, blue = cv2.split(self.seen)
        return red, green, blue

    @cached_property
    def grey(self) -> Pixels:
        """Lightness under even light, float."""
        return cv2.cvtColor(self.seen, cv2.COLOR_RGB2GRAY)

    @cached_property
    def softness(self) -> float:
        """By which blur (sigma in pixels) the order looks most like the picture."""
        told = cv2.cvtColor(self._toned, cv2.COLOR_RGB2GRAY)
        # The resin's edges are the sharpest that a card has; the dye's follow them.
        edge = cv2.morphologyEx(self.expected.grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        height, width = told.shape
        part = (slice(height // 5, height * 4 // 5), slice(width // 4, width * 3 // 4))
        part = (*part[:1], slice(part[1].start, part[1].stop, 2))
        near = edge[part] > 60
        if int(near.sum()) < 200:
            return 1.0
        seen, told = self.grey[part][near], told[part].astype(np.float32)
        best, least = 0.0, float("inf")
        for sigma in _SOFT:
            soft = told if sigma == 0 else cv2.GaussianBlur(told, (0, 0), sigma)
            # The middle difference: where it is another's text, most of it fits nowhere anyway.
            off = float(np.median(np.abs(soft[near] - seen)))
            if off < least:
                best, least = sigma, off
        return best

    @cached_property
    def _toned(self) -> Pixels:
        return toned(self.expected.pixels, self.lit.tone)

    @cached_property
    def told(self) -> Pixels:
        """The order's colours, of the picture's tones and as soft, float."""
        order = self._toned.astype(np.float32)
        return order if self.softness == 0 else cv2.GaussianBlur(order, (0, 0), self.softness)

    @cached_property
    def told_grey(self) -> Pixels:
        """The order's lightness, as soft as the picture."""
        return cv2.cvtColor(self.told, cv2.COLOR_RGB2GRAY)

    @cached_property
    def inside(self) -> Pixels:
        """Where the plastic surely is: 255; 0 at its edges and rounded corners."""
        width, height = self.expected.size
        unit = self.expected.layout.dpi / 25.4
        edge, corner = round(_EDGE_MM * unit), round(_CORNER_MM * unit)
        mask = np.zeros((height, width), np.uint8)
        mask[edge : height - edge, corner : width - corner] = 255
        mask[corner : height - corner, edge : width - edge] = 255
        for x in (corner, width - 1 - corner):
            for y in (corner, height - 1 - corner):
                cv2.circle(mask, (x, y), corner - edge, (255,), -1)
        return mask

    @cached_property
    def off(self) -> tuple[Pixels, Pixels]:
        """How much lighter, and how much darker, it is than the order anywhere near could be.

        Bytes, 0 at the edges. What changes slowly over the card (a lamp's glare, a faint dye) is
        taken away: it is no mark. It is looked for at an eighth of the size, so that a mark itself
        has no say in it.
        """
        told = self.told_grey
        slow = cv2.resize(self.grey - told, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        slow = cv2.medianBlur(np.clip(slow, -60, 60).astype(np.float32), 5)
        slow = cv2.GaussianBlur(slow, (0, 0), 1.6)
        height, width = told.shape
        slow = cv2.resize(slow, (width, height), interpolation=cv2.INTER_LINEAR)
        seen = cv2.medianBlur(cv2.convertScaleAbs(np.maximum(self.grey - slow, 0)), 3)
        order, kernel = cv2.convertScaleAbs(told), np.ones((5, 5), np.uint8)
        lighter = cv2.subtract(seen, cv2.dilate(order, kernel))
        darker = cv2.subtract(cv2.erode(order, kernel), seen)
        return cv2.bitwise_and(lighter, self.inside), cv2.bitwise_and(darker, self.inside)

    def cut(self, pixels: Pixels, box: BoxPx) -> Pixels:
        """A part of any picture in layout pixels."""
        x0, y0, x1, y1 = box
        return pixels[max(0, y0) : y1, max(0, x0) : x1]


def correlation(one: Pixels, other: Pixels) -> float:
    """Of two pictures of one size, -1 to 1; 0 where one is even."""
    a, b = np.asarray(one, np.float32), np.asarray(other, np.float32)
    if not a.size or a.shape != b.shape:
        return 0.0
    value = float(cv2.matchTemplate(a, b, cv2.TM_CCOEFF_NORMED)[0, 0])
    # An even picture has no correlation; OpenCV then says 1 or something beyond all bounds.
    even = min(float(a.max() - a.min()), float(b.max() - b.min())) < 1.0
    return 0.0 if even or not -1.001 <= value <= 1.001 else value
