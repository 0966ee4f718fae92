"""A card for whoever sets up a printer or draws a layout: rulers, crosses, colours, and the boxes.

Rulers in millimetres run along all four edges, so that what the printer cuts off or shifts can be
read. Boxes of the layout are outlined, those of resin black in black. Names no person.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from desktop.cards.fitting import font
from desktop.cards.layout import Face, Layer, Layout, Side
from desktop.cards.panels import laid

_DYES = ("#00a0ff", "#ff00a0", "#ffe000", "#ff0000", "#00c000", "#0000ff")
_BLACK_BOX, _COLOUR_BOX = 255, "#d080d0"


def alignment(layout: Layout) -> tuple[Image.Image, Image.Image]:
    """Both faces, RGB, in the layout's size."""
    front = _face(layout, layout.front, f"{layout.title} · 1")
    return front, _face(layout, layout.back, f"{layout.title} · 2")


def _face(layout: Layout, side: Side, title: str) -> Image.Image:
    width, height = layout.size_px
    dye = Image.new("RGB", (width, height), "#ffffff")
    resin = Image.new("L", (width, height), 0)
    colours, blacks = ImageDraw.Draw(dye), ImageDraw.Draw(resin)
    for element in side.elements:
        x0, y0, x1, y1 = layout.box_px(element.box)
        if element.layer is Layer.BLACK:
            blacks.rectangle((x0, y0, x1 - 1, y1 - 1), outline=_BLACK_BOX)
        else:
            colours.rectangle((x0, y0, x1 - 1, y1 - 1), outline=_COLOUR_BOX)
    _patches(colours, layout)
    _rulers(blacks, layout)
    for x, y in _crosses(width, height):
        blacks.line((x - 12, y, x + 12, y), fill=255)
        blacks.line((x, y - 12, x, y + 12), fill=255)
        colours.ellipse((x - 8, y - 8, x + 8, y + 8), outline="#ff00a0")
    small = font(Face.MEDIUM, layout.text_px(5))
    blacks.text((width // 2, round(height * 0.16)), title, font=small, fill=255, anchor="mm")
    return laid(dye, resin)


def _crosses(width: int, height: int) -> list[tuple[int, int]]:
    near = round(height * 0.16)
    corners = [(x, y) for x in (near, width - near) for y in (near, height - near)]
    return [*corners, (width // 2, height // 2)]


def _rulers(pen: ImageDraw.ImageDraw, layout: Layout) -> None:
    """A tick each millimetre from each edge inwards, longer at five and ten."""
    width, height = layout.size_px
    for mm in range(int(layout.width) + 1):
        x, long = layout.px(mm), _tick(mm)
        pen.line((x, 0, x, long), fill=255)
        pen.line((x, height - 1 - long, x, height - 1), fill=255)
    for mm in range(int(layout.height) + 1):
        y, long = layout.px(mm), _tick(mm)
        pen.line((0, y, long, y), fill=255)
        pen.line((width - 1 - long, y, width - 1, y), fill=255)
    pen.rectangle((0, 0, width - 1, height - 1), outline=255)


def _tick(mm: int) -> int:
    return 24 if mm % 10 == 0 else 16 if mm % 5 == 0 else 9


def _patches(pen: ImageDraw.ImageDraw, layout: Layout) -> None:
    """Dyes alone and mixed, and steps of grey made of dye, in the middle."""
    width, height = layout.size_px
    wide, high = round(width * 0.05), round(height * 0.06)
    left, top = round(width * 0.3), round(height * 0.72)
    for index, colour in enumerate(_DYES):
        x = left + index * round(wide * 1.3)
        pen.rectangle((x, top, x + wide, top + high), fill=colour)
        grey = 32 + index * 36
        under = top + round(high * 1.3)
        pen.rectangle((x, under, x + wide, under + high), fill=(grey, grey, grey))
