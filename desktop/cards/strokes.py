"""How single things are laid on a face: lines of text, tables, signatures, masks.

`Paint` is a colour on a colour picture, or 255 on the mask of resin black.
"""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from desktop.cards.fitting import font
from desktop.cards.layout import Align, ClassTable, Face, Layout
from desktop.cards.record import CardField, DoesNotFit
from desktop.domain.licence_class import LicenceClass

Paint = str | int
RESIN_PAINT = 255


def set_lines(
    pen: ImageDraw.ImageDraw,
    lines: tuple[str, ...],
    box: tuple[int, int, int],
    face: Face,
    pixels: float,
    leading: float,
    align: Align,
    colour: Paint,
) -> None:
    """Lines of text, the first one's top at the box's."""
    set_in = font(face, pixels)
    x0, y0, x1 = box
    for index, line in enumerate(lines):
        wide = set_in.getlength(line)
        x = {Align.LEFT: x0, Align.CENTRE: (x0 + x1 - wide) / 2, Align.RIGHT: x1 - wide}[align]
        base = y0 + pixels * (0.86 + leading * index)
        pen.text((round(x), round(base)), line, font=set_in, fill=colour, anchor="ls")


def class_table(
    pen: ImageDraw.ImageDraw, table: ClassTable, layout: Layout, held: LicenceClass
) -> None:
    """All classes, the held one on a bar."""
    x0, y0, x1, y1 = layout.box_px(table.box)
    pixels = layout.text_px(table.size)
    row = (y1 - y0) / len(LicenceClass)
    wide = x1 - x0 - round(pixels * 5.4)
    for index, licence_class in enumerate(LicenceClass):
        is_held = licence_class is held
        base = round(y0 + row * (index + 0.72))
        if is_held:
            pen.rectangle(
                (x0 - 4, round(y0 + row * index), x1 + 4, round(y0 + row * (index + 1))),
                fill=table.held,
            )
        colour = "#ffffff" if is_held else table.colour
        text = layout.classes[licence_class].id
        face = Face.SEMIBOLD if is_held else Face.MEDIUM
        if font(face, pixels).getlength(text) > wide:
            face = Face.CONDENSED_BOLD if is_held else Face.CONDENSED
        if font(face, pixels).getlength(text) > wide:
            raise DoesNotFit(CardField.VEHICLE_ID)
        pen.text(
            (x0, base), licence_class.value, font=font(Face.BOLD, pixels), fill=colour, anchor="ls"
        )
        pen.text(
            (x0 + round(pixels * 5.4), base),
            text,
            font=font(face, pixels),
            fill=colour,
            anchor="ls",
        )


def sign(
    face: Image.Image, ink: Image.Image, box: tuple[int, int, int, int], colour: Paint
) -> None:
    """The ink alone: what is darker than its paper, cut to its edges."""
    dark = ImageOps.autocontrast(ImageOps.invert(ink.convert("L")), cutoff=(2, 0))
    mask = dark.point([0 if value < 70 else min(255, (value - 70) * 2) for value in range(256)])
    edges = mask.getbbox()
    if edges is None:
        return
    x0, y0, x1, y1 = box
    cut = ImageOps.contain(mask.crop(edges), (x1 - x0, y1 - y0), Image.Resampling.LANCZOS)
    at = (x0 + (x1 - x0 - cut.width) // 2, y0 + (y1 - y0 - cut.height) // 2)
    if colour == RESIN_PAINT:  # resin has no greys: a thin stroke stays whole rather than faint
        cut = cut.point([min(255, value * 2) for value in range(256)])
    face.paste(colour, at, cut)


def person_mask(picture: Image.Image) -> Image.Image:
    """What differs from the wall behind, which is taken from the upper corners."""
    width, height = picture.size
    patch = max(2, width // 12)
    corners = Image.new("RGB", (patch * 2, patch))
    corners.paste(picture.crop((0, 0, patch, patch)), (0, 0))
    corners.paste(picture.crop((width - patch, 0, width, patch)), (patch, 0))
    wall = corners.resize((1, 1), Image.Resampling.BOX).resize((width, height))
    red, green, blue = ImageChops.difference(picture, wall).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    mask = most.point([max(0, min(255, (value - 24) * 9)) for value in range(256)])
    return mask.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(1))


@lru_cache(maxsize=8)
def fade(size: tuple[int, int], strength: float) -> Image.Image:
    """An even mask whose lower quarter runs out."""
    level = round(strength * 255)
    ramp = Image.linear_gradient("L").resize(size)
    return ramp.point(
        [level if v < 178 else max(0, level - (v - 178) * level // 70) for v in range(256)]
    )


@lru_cache(maxsize=4)
def watermark(text: str, size: tuple[int, int]) -> Image.Image:
    """The training realm's word across a face, as a mask."""
    mask = Image.new("L", size, 0)
    set_in = font(Face.BOLD, size[1] * 0.36)
    ImageDraw.Draw(mask).text((size[0] // 2, size[1] // 2), text, font=set_in, fill=38, anchor="mm")
    return mask.rotate(24, Image.Resampling.BICUBIC)
