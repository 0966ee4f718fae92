"""What a card's pictures are compared with, made ready once: faces as numbers, patches, texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.cards.face import texts_of
from desktop.cards.fitting import fit, font
from desktop.cards.inspection.facts import BoxMm, CardSide, Ordered
from desktop.cards.layout import Align, Box, Code, Label, Layer, Layout, Photo, Stand, Value
from desktop.cards.layout import Face as FontFace
from desktop.cards.record import CardField

Pixels = NDArray[Any]
BoxPx = tuple[int, int, int, int]
"""Left, top, right and lower edge."""

COARSE = (168, 106)
SOFT = 1.5
"""Size and blur of the small pictures by which sides are compared as a whole."""
_CHUNK = 110
"""Width of the patches by which a picture is laid over the order."""


@dataclass(frozen=True)
class TextLine:
    """One line of a value as it was set: where each character stands."""

    place: CardField
    text: str
    font: FontFace
    size: float
    """Height of the font in pixels."""
    left: int
    base: int
    colour: str
    black: bool

    def cell(self, index: int) -> BoxPx:
        """The box of a character, its height that of capitals with what hangs below."""
        begin, end = self.left + self._ends[index], self.left + self._ends[index + 1]
        top, low = self.base - 0.80 * self.size, self.base + 0.22 * self.size
        return round(begin), round(top), round(end), round(low)

    @cached_property
    def _ends(self) -> tuple[float, ...]:
        """Where each character begins, and the last one ends."""
        ends = [0.0]
        for char in self.text:
            ends.append(ends[-1] + _advance(self.font, self.size, char))
        return tuple(ends)

    @cached_property
    def box(self) -> BoxPx:
        """The line's box."""
        return (*self.cell(0)[:2], *self.cell(len(self.text) - 1)[2:])


@lru_cache(maxsize=4096)
def _advance(face: FontFace, size: float, char: str) -> float:
    """How wide a character is set; the bundled fonts are laid without kerning."""
    return font(face, size).getlength(char)


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of the dye's own drawing that is the same on every card, or of the resin's."""

    box: BoxPx
    black: bool


@dataclass(frozen=True)
class ExpectedFace:
    """One face: pixels (RGB), and where things stand on it."""

    side: CardSide
    layout: Layout = field(repr=False)
    pixels: Pixels = field(repr=False)
    lines: tuple[TextLine, ...] = field(repr=False)

    @cached_property
    def grey(self) -> Pixels:
        """Lightness, bytes."""
        return cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)

    @cached_property
    def half(self) -> Pixels:
        """Lightness at half the size."""
        return cv2.resize(self.grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)

    @cached_property
    def small(self) -> Pixels:
        """All colours made small and soft, their mean taken away, float."""
        small = cv2.resize(self.pixels, COARSE, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), SOFT).astype(np.float32)
        return small - small.mean((0, 1))

    @cached_property
    def least(self) -> Pixels:
        """The lowest of the three colours, bytes."""
        red, green, blue = cv2.split(self.pixels)
        return cv2.min(cv2.min(red, green), blue)

    @cached_property
    def resin(self) -> Pixels:
        """Where resin lies: 255, else 0."""
        red, green, blue = cv2.split(self.pixels)
        most = cv2.max(cv2.max(red, green), blue)
        return cv2.threshold(most, 0, 255, cv2.THRESH_BINARY_INV)[1]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def elements(self) -> tuple[Any, ...]:
        """The layout's elements of this face."""
        face = self.layout.front if self.side is CardSide.FRONT else self.layout.back
        return face.elements

    def px(self, box: Box) -> BoxPx:
        """A layout's box in pixels."""
        return self.layout.box_px(box)

    def mm(self, box: BoxPx) -> BoxMm:
        """Pixels as millimetres on the card."""
        unit = 25.4 / self.layout.dpi
        x0, y0, x1, y1 = box
        return (round(x0 * unit, 2), round(y0 * unit, 2), round((x1 - x0) * unit, 2),
                round((y1 - y0) * unit, 2))  # fmt: skip

    def photo(self, *, ghost: bool) -> BoxPx | None:
        """Where the portrait, or its ghost, is."""
        for element in self.elements:
            if isinstance(element, Photo) and element.grey is ghost:
                return self.px(element.box)
        return None

    def code(self) -> BoxPx | None:
        """Where the seal is."""
        return next((self.px(e.box) for e in self.elements if isinstance(e, Code)), None)

    @cached_property
    def patches(self) -> tuple[Patch, ...]:
        """Pieces with edges enough to be found again: labels in dye, values and codes in resin."""
        found: list[Patch] = []
        for element in self.elements:
            black = element.layer is Layer.BLACK
            if isinstance(element, Label) and not black:
                x0, y0, _, _ = self.px(element.box)
                pixels = self.layout.text_px(element.size)
                measure = font(element.font, pixels)
                texts = element.text.split("\n")
                wide = max(measure.getlength(text) for text in texts)
                tall = pixels * (0.25 + 0.86 + element.leading * (len(texts) - 1))
                found += _chunks((x0, y0, round(x0 + wide), round(y0 + tall)), black=False)
            elif isinstance(element, Code):
                found += _chunks(self.px(element.box), black=True)
        for line in self.lines:
            found += _chunks(line.box, black=line.black)
        width, height = self.size
        inside = [p for p in found if _within(p.box, width, height)]
        return tuple(patch for patch in inside if self._has_edges(patch.box))

    def _has_edges(self, box: BoxPx) -> bool:
        x0, y0, x1, y1 = box
        return float(self.grey[y0:y1, x0:x1].std()) > 12


def _chunks(box: BoxPx, *, black: bool) -> list[Patch]:
    x0, y0, x1, y1 = box
    across = max(1, round((x1 - x0) / _CHUNK))
    down = max(1, round((y1 - y0) / _CHUNK))
    return [
        Patch(
            (
                x0 + (x1 - x0) * i // across,
                y0 + (y1 - y0) * j // down,
                x0 + (x1 - x0) * (i + 1) // across,
                y0 + (y1 - y0) * (j + 1) // down,
            ),
            black,
        )
        for i in range(across)
        for j in range(down)
        if (x1 - x0) // across >= 20 and (y1 - y0) // down >= 12
    ]


def _within(box: BoxPx, width: int, height: int) -> bool:
    return box[0] >= 8 and box[1] >= 4 and box[2] <= width - 8 and box[3] <= height - 4


def expected_faces(ordered: Ordered) -> tuple[ExpectedFace, ExpectedFace]:
    """Front and back of an order."""
    layout = ordered.layout
    texts = texts_of(ordered.record, layout)
    return (
        ExpectedFace(CardSide.FRONT, layout, np.asarray(ordered.faces.front),
                     _lines(layout, layout.front.elements, texts)),
        ExpectedFace(CardSide.BACK, layout, np.asarray(ordered.faces.back),
                     _lines(layout, layout.back.elements, texts)),
    )  # fmt: skip


def _lines(
    layout: Layout, elements: tuple[Any, ...], texts: dict[CardField, str]
) -> tuple[TextLine, ...]:
    """Every value's lines, set as the face sets them."""
    found: list[TextLine] = []
    for value in elements:
        if not isinstance(value, Value) or not texts[value.field]:
            continue
        setting = fit(texts[value.field], value, layout)
        pixels = layout.text_px(setting.size)
        x0, y0, x1, y1 = layout.box_px(value.box)
        if value.stand is Stand.BOTTOM:
            y0 = round(y1 - pixels * (1.1 + value.leading * (len(setting.lines) - 1)))
        for index, text in enumerate(setting.lines):
            wide = font(setting.font, pixels).getlength(text)
            at: dict[Align, float] = {
                Align.LEFT: x0, Align.CENTRE: (x0 + x1 - wide) / 2, Align.RIGHT: x1 - wide
            }  # fmt: skip
            base = round(y0 + pixels * (0.86 + value.leading * index))
            found.append(
                TextLine(value.field, text, setting.font, pixels, round(at[value.align]), base,
                         value.colour, value.layer is Layer.BLACK)
            )  # fmt: skip
    return tuple(found)
