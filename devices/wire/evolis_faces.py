"""Card faces to Evolis panels and back: which dot becomes dye, resin or varnish.

A face comes as one flat RGB picture. Resin black takes exactly the dots that are pure black
(0, 0, 0) and the dye panels leave those out; everything else is dye, the exact complement of its
channel at 256 levels. Text and code drawn in pure black are therefore resin, sharp to the dot, and
no other dot changes. The panel is the picture turned a quarter, as the maker's own SDK turns it.

A face of another size than the machine's field is set in its middle, dot for dot, never scaled;
its outermost dots run on to the field's edge, which lies beyond the card's.
"""

from __future__ import annotations

import io

from PIL import Image, ImageChops

from devices.wire.evolis_job import ACROSS, ALONG, Face, Panel

SIZE = (ALONG, ACROSS)
"""The field in the picture's own orientation: width, height."""

_FULL = bytes([255]) * (ACROSS * ALONG)
_OVER = 12
"""Dots by which a picture may differ from the field and still be set dot for dot."""


def fitted(png: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The face on the machine's field, and where its upper left corner lies.

    Raises ValueError for what is no picture or no card's size.
    """
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            face = opened.convert("RGB")
    except (OSError, ValueError) as error:
        raise ValueError("card faces are PNG") from error
    left, top = (SIZE[0] - face.width) // 2, (SIZE[1] - face.height) // 2
    if abs(left) > _OVER or abs(top) > _OVER:
        raise ValueError("the face hasn't the card's size in dots")
    if (left, top) == (0, 0) and face.size == SIZE:
        return face, (0, 0)
    field = Image.new("RGB", SIZE, "white")
    field.paste(face, (left, top))
    _run_on(field, (left, top, left + face.width, top + face.height))
    return field, (left, top)


def _run_on(field: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Carry the outermost dots to the field's edge."""
    x0, y0, x1, y1 = (
        max(0, box[0]), max(0, box[1]), min(SIZE[0], box[2]), min(SIZE[1], box[3])
    )  # fmt: skip
    for column, at, wide in ((x0, 0, x0), (x1 - 1, x1, SIZE[0] - x1)):
        if wide > 0:
            strip = field.crop((column, 0, column + 1, SIZE[1]))
            field.paste(strip.resize((wide, SIZE[1])), (at, 0))
    for row, at, high in ((y0, 0, y0), (y1 - 1, y1, SIZE[1] - y1)):
        if high > 0:
            strip = field.crop((0, row, SIZE[0], row + 1))
            field.paste(strip.resize((SIZE[0], high)), (0, at))


def separated(png: bytes, *, back: bool, colour: bool, overlay: bool) -> Face:
    """The panels of a face. `colour` False lays resin alone: every dot darker than the middle.

    An all-white colour panel is left out, as the maker's SDK leaves it out. Raises ValueError.
    """
    field, _ = fitted(png)
    panels: list[Panel] = []
    if colour:
        bands = [ImageChops.invert(band) for band in field.split()]
        cyan, magenta, yellow = bands
        black = _everywhere_full(bands)
        dyes = {"y": yellow, "m": magenta, "c": cyan}
        without = {name: ImageChops.subtract(band, black) for name, band in dyes.items()}
        if any(band.getbbox() for band in without.values()):
            panels += [Panel(name, 256, _turned(band)) for name, band in without.items()]
    else:
        black = field.convert("L").point([255 if v < 128 else 0 for v in range(256)])
    if black.getbbox() or not panels:
        panels.append(Panel("k", 2, _turned(black)))
    if overlay:
        panels.append(Panel("o", 2, _FULL))
    return Face(tuple(panels), back)


def _everywhere_full(bands: list[Image.Image]) -> Image.Image:
    """255 where every band is 255, else 0."""
    least = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    return least.point([0] * 255 + [255])


def _turned(band: Image.Image) -> bytes:
    return band.transpose(Image.Transpose.ROTATE_270).tobytes()


def joined(face: Face) -> Image.Image:
    """The picture that these panels lay, RGB: what somebody would see on a white card."""
    found = {panel.name: _turned_back(panel.dots) for panel in face.panels}
    none = Image.new("L", SIZE, 0)
    bands = [ImageChops.invert(found.get(name, none)) for name in "cmy"]
    picture = Image.merge("RGB", bands)
    if "k" in found:
        picture.paste((0, 0, 0), (0, 0), found["k"])
    return picture


def _turned_back(dots: bytes) -> Image.Image:
    return Image.frombytes("L", (ACROSS, ALONG), dots).transpose(Image.Transpose.ROTATE_90)


def as_png(picture: Image.Image) -> bytes:
    """The picture as PNG, quickly packed."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def alignment_card() -> bytes:
    """A frame, a cross and steps of grey, as PNG: what a ruler is laid against."""
    from PIL import ImageDraw

    card = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(card)
    for inset in (0, 12, 24):
        pen.rectangle((inset, inset, SIZE[0] - 1 - inset, SIZE[1] - 1 - inset), outline="black")
    pen.line((SIZE[0] // 2, 0, SIZE[0] // 2, SIZE[1]), fill="black")
    pen.line((0, SIZE[1] // 2, SIZE[0], SIZE[1] // 2), fill="black")
    for step in range(8):
        grey = 32 * step + 16
        left = 140 + step * 92
        pen.rectangle((left, 80, left + 84, 180), fill=(grey, grey, grey))
    return as_png(card)
