"""Setting text into boxes: by rule, never cut.

Fonts are the bundled files alone, set by Pillow's own simple shaper: the result doesn't depend on
fonts or text libraries of the system.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

from desktop.cards.layout import RESOURCES, Face, Layout, Value
from desktop.cards.record import CannotPrintOnCard, CardField, DoesNotFit

_STEP = 0.25
"""Points by which a text shrinks at a time."""
_LONGEST = 400
"""Longer than anything a card could hold: refused before it is measured."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text is set."""

    lines: tuple[str, ...]
    font: Face
    size: float


@lru_cache(maxsize=256)
def font(face: Face, pixels: float) -> ImageFont.FreeTypeFont:
    """A bundled font at a size in pixels."""
    path = RESOURCES / "fonts" / f"{face.value}.ttf"
    return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.BASIC)


def clean(text: str, field: CardField, layout: Layout) -> str:
    """The text in composed form with single spaces.

    Raises CannotPrintOnCard for what the fonts don't have, writing from right to left,
    pictograms and control characters among it.
    """
    if len(text) > _LONGEST:
        raise DoesNotFit(field)
    composed = unicodedata.normalize("NFC", text)
    wrong = {
        char
        for char in composed
        if char != "\n" and not any(first <= ord(char) <= last for first, last in layout.characters)
    }
    if wrong:
        raise CannotPrintOnCard(field, tuple(f"U+{ord(char):04X}" for char in sorted(wrong)))
    return "\n".join(
        " ".join(word for word in line.split(" ") if word) for line in composed.split("\n")
    )


def fit(text: str, value: Value, layout: Layout) -> Setting:
    """The largest setting that holds the whole text: smaller, then more lines, then narrow.

    Raises DoesNotFit when even the smallest narrow setting is too long.
    """
    if value.capitals:
        text = text.upper()
    given = tuple(line for line in text.split("\n") if line) or ("",)
    x0, y0, x1, y1 = layout.box_px(value.box)
    width, height = x1 - x0, y1 - y0
    for face in (value.font, value.narrow):
        for wrap in (False, True) if value.lines > len(given) else (False,):
            size = value.size
            while size >= value.min_size - 1e-9:
                pixels = layout.text_px(size)
                lines = _wrapped(given, face, pixels, width) if wrap else given
                tall = len(lines) * pixels * value.leading
                if (
                    len(lines) <= value.lines
                    and (len(lines) == 1 or tall <= height + pixels * 0.2)
                    and all(font(face, pixels).getlength(line) <= width for line in lines)
                ):
                    return Setting(lines, face, size)
                size -= _STEP
    raise DoesNotFit(value.field)


def _wrapped(lines: tuple[str, ...], face: Face, pixels: float, width: int) -> tuple[str, ...]:
    """Lines broken at spaces, filled from the start."""
    measure = font(face, pixels)
    found: list[str] = []
    for line in lines:
        current = ""
        for word in line.split(" "):
            longer = f"{current} {word}" if current else word
            if current and measure.getlength(longer) > width:
                found.append(current)
                current = word
            else:
                current = longer
        found.append(current)
    return tuple(found)
