"""What lies behind the text of a card: paper, band, and fields of fine lines.

Everything is computed from the layout's few colours, once per layout and side; the lines are ours
and copy no feature of a real document.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from PIL import Image, ImageChops, ImageDraw, ImageFont

from desktop.cards.layout import RESOURCES, Ground, Layout

_SCALE = 3
_LINE = 4
"""Width of a fine line in enlarged pixels."""
Pixel = tuple[int, int]


def paint_ground(ground: Ground, layout: Layout) -> Image.Image:
    """The empty face, RGB, in the layout's size."""
    width, height = layout.size_px
    face = _paper(ground, (width, height))
    big = (width * _SCALE, height * _SCALE)
    mm = layout.dpi / 25.4 * _SCALE
    _ink(face, _waves(big, mm), ground.line, 0.30)
    _ink(face, _rosette(big, mm, 0.70, 0.60, 21.0), ground.line, 0.40)
    _ink(face, _rosette(big, mm, 0.06, 0.98, 15.0), ground.gold, 0.30)
    if ground.hidden:
        _ink(face, _hidden(big, mm, ground.hidden), ground.line, 0.62)
    if ground.band:
        _band(face, ground, layout)
    return face


def _paper(ground: Ground, size: Pixel) -> Image.Image:
    """Paper that takes a tint towards the lower right."""
    down = Image.linear_gradient("L").resize(size)
    across = Image.linear_gradient("L").rotate(90).resize(size)
    ramp = ImageChops.multiply(down, across)
    return Image.composite(
        Image.new("RGB", size, ground.tint), Image.new("RGB", size, ground.paper), ramp
    )


def _ink(face: Image.Image, lines: Image.Image, colour: str, strength: float) -> None:
    level = round(strength * 256)
    mask = lines.reduce(_SCALE).point([value * level // 256 for value in range(256)])
    face.paste(colour, (0, 0), mask)


def _waves(size: Pixel, mm: float) -> Image.Image:
    """Bundles of lines that swing against each other from edge to edge."""
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    step = max(4, round(mm * 0.25))
    count = 60
    for index in range(count):
        base = size[1] * (index + 0.5) / count
        phase = index * 0.11
        points = [
            (
                x,
                round(
                    base
                    + mm * 2.2 * math.sin(x / (mm * 10.0) + phase)
                    + mm * 0.8 * math.sin(x / (mm * 3.7) - phase * 2.0)
                ),
            )
            for x in range(0, size[0] + step, step)
        ]
        pen.line(points, fill=255, width=_LINE)
    return mask


def _rosette(size: Pixel, mm: float, at_x: float, at_y: float, radius: float) -> Image.Image:
    """A flower of curves round a point; radius in mm."""
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    centre_x, centre_y = size[0] * at_x, size[1] * at_y
    for ring in range(22):
        reach = radius * mm * (0.20 + 0.80 * ring / 22)
        points: list[Pixel] = []
        for step in range(721):
            angle = 2 * math.pi * step / 720
            swing = 1 + 0.13 * math.sin(8 * angle + (0.0 if ring % 2 else math.pi))
            points.append(
                (
                    round(centre_x + reach * swing * math.cos(angle)),
                    round(centre_y + reach * swing * math.sin(angle)),
                )
            )
        pen.line(points, fill=255, width=_LINE)
    return mask


def _hidden(size: Pixel, mm: float, words: str) -> Image.Image:
    """Level lines that are shifted by half their distance inside the words."""
    stencil = Image.new("L", size, 0)
    font = ImageFont.truetype(
        RESOURCES / "fonts" / "Inter-Bold.ttf", round(mm * 15), layout_engine=ImageFont.Layout.BASIC
    )
    left, top, right, low = font.getbbox(words)
    pen = ImageDraw.Draw(stencil)
    pen.text(
        (round(size[0] * 0.66 - (right + left) / 2), round(size[1] * 0.50 - (low + top) / 2)),
        words,
        font=font,
        fill=255,
    )
    pitch = max(4, round(mm * 0.62))
    plain, shifted = _level(size, pitch, 0), _level(size, pitch, pitch // 2)
    field = Image.composite(shifted, plain, stencil)
    fade = Image.new("L", size, 0)
    ImageDraw.Draw(fade).rectangle(
        (
            round(size[0] * 0.38),
            round(size[1] * 0.30),
            round(size[0] * 0.96),
            round(size[1] * 0.72),
        ),
        fill=255,
    )
    return ImageChops.multiply(field, fade)


def _level(size: Pixel, pitch: int, start: int) -> Image.Image:
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for y in range(start, size[1], pitch):
        pen.line((0, y, size[0], y), fill=255, width=_LINE)
    return mask


def _band(face: Image.Image, ground: Ground, layout: Layout) -> None:
    """The coloured head with a swung lower edge, and a narrow foot."""
    width, height = layout.size_px
    size = (width * _SCALE, height * _SCALE)
    mm = layout.dpi / 25.4 * _SCALE
    depth = ground.band * mm

    def edge(extra: float, swing: float) -> list[Pixel]:
        return [
            (
                x,
                round(
                    depth
                    + extra * mm
                    + swing * mm * math.sin(math.pi * (x / size[0] * 1.35 + 0.05))
                ),
            )
            for x in range(0, size[0] + 8, 8)
        ]

    layers: Iterable[tuple[str, float, float]] = (
        (ground.gold, 0.62, -1.1),
        (ground.paper, 0.42, -1.15),
        (ground.deep_red, 0.0, -1.3),
    )
    for colour, extra, swing in layers:
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon([(0, 0), *edge(extra, swing), (size[0], 0)], fill=255)
        face.paste(colour, (0, 0), mask.reduce(_SCALE))
    ramp = Image.linear_gradient("L").rotate(90).resize((width, height))
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([(0, 0), *edge(0.0, -1.3), (size[0], 0)], fill=255)
    face.paste(ground.red, (0, 0), ImageChops.multiply(mask.reduce(_SCALE), ramp))
    lines = ImageChops.multiply(_rosette(size, mm, 0.9, 0.02, 17.0), mask)
    _ink(face, lines, "#ffffff", 0.16)
    foot = round(1.5 * mm / _SCALE)
    face.paste(ground.deep_red, (0, height - foot, width, height))
    face.paste(ground.gold, (0, height - foot - 3, width, height - foot - 1))
