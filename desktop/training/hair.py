"""Hair and head cover of a drawn person."""

from __future__ import annotations

import random

from PIL import Image, ImageChops

from desktop.training.canvas import (
    Canvas,
    Frame,
    Pixel,
    Point,
    Point3,
    deep,
    ellipse,
    mirrored,
    mix,
    shade,
    smooth,
)
from desktop.training.look import Colour, Hair, Look

_GREY: Colour = (176, 174, 172)
_SHORT = (Hair.SIDE_PART, Hair.CROP, Hair.QUIFF, Hair.RECEDING)


def hair_colour(look: Look) -> Colour:
    """With the grey of the age in it."""
    return mix(look.hair_colour, _GREY, look.grey)


def paint_back(canvas: Canvas, look: Look, frame: Frame) -> None:
    """What hangs behind neck and shoulders."""
    colour = shade(hair_colour(look), 0.78)
    w = look.face_width
    if look.hair is Hair.LONG:
        half: list[Point] = [
            (0.0, -1.62),
            (0.75 * w, -1.4),
            (1.13 * w, -0.7),
            (1.2 * w, 0.2),
            (1.24 * w, 1.2),
            (1.32 * w, 2.1),
            (1.2 * w, 3.0),
            (0.0, 3.0),
        ]
    elif look.hair is Hair.BOB:
        half = [
            (0.0, -1.62),
            (0.75 * w, -1.4),
            (1.14 * w, -0.7),
            (1.23 * w, 0.1),
            (1.26 * w, 0.9),
            (1.12 * w, 1.5),
            (0.55 * w, 1.56),
            (0.0, 1.56),
        ]
    elif look.hair is Hair.BUN:
        bun = frame.all(deep(ellipse(0.0, -1.72, 0.42, 0.34), -0.5))
        canvas.fill(bun, colour)
        glow = frame.all(deep(ellipse(-0.08, -1.84, 0.2, 0.1), -0.5))
        canvas.soft(glow, shade(colour, 1.3), 0.5, frame.px(0.08))
        return
    else:
        return
    points = frame.all(deep(smooth(mirrored(half), closed=True, steps=5), -0.2))
    canvas.soft(points, colour, 1.0, frame.px(0.02))


def paint_front(canvas: Canvas, look: Look, frame: Frame, light: float) -> None:
    """What frames the face; drawn after it."""
    if look.hair in _SHORT:
        _paint_short(canvas, look, frame, light)
    elif look.hair is Hair.BALD:
        _paint_bald(canvas, look, frame)
    elif look.hair is not Hair.HIJAB:
        _paint_parted(canvas, look, frame, light)


def _paint_short(canvas: Canvas, look: Look, frame: Frame, light: float) -> None:
    w, colour = look.face_width, hair_colour(look)
    rng = random.Random(look.seed)
    tall = {Hair.SIDE_PART: 1.76, Hair.CROP: 1.64, Hair.QUIFF: 1.86, Hair.RECEDING: 1.62}[look.hair]
    line = {Hair.SIDE_PART: 0.98, Hair.CROP: 0.98, Hair.QUIFF: 1.02, Hair.RECEDING: 1.24}[look.hair]
    corner = 0.98 if look.hair is Hair.RECEDING else 0.84
    wide = 1.0 if look.hair is not Hair.CROP else 0.98
    outer: list[Point] = [
        (-0.985 * w, 0.10),
        (-1.03 * w * wide, -0.22),
        (-1.07 * w * wide, -0.66),
        (-0.98 * w * wide, -1.16),
        (-0.62 * w, -tall + 0.16),
        (-0.08 * w, -tall),
        (0.56 * w, -tall + 0.14),
        (0.96 * w * wide, -1.16),
        (1.07 * w * wide, -0.66),
        (1.03 * w * wide, -0.22),
        (0.985 * w, 0.10),
    ]
    part = 0.12 if look.hair is Hair.SIDE_PART else 0.0
    inner: list[Point] = [
        (-0.935 * w, 0.08),
        (-0.915 * w, -0.28),
        (-0.875 * w, -0.58),
        (-0.76 * w, -corner - part * 0.4),
        (-0.48 * w, -line - part),
        (0.0, -line + 0.015),
        (0.46 * w, -line + part * 0.5),
        (0.76 * w, -corner),
        (0.875 * w, -0.58),
        (0.915 * w, -0.28),
        (0.935 * w, 0.08),
    ]
    outer, inner = smooth(outer, steps=6), smooth(inner, steps=6)
    shadow = [(x * 0.97, y + 0.09) for x, y in inner[18:-18]]
    top = [(x, y - 0.12) for x, y in inner[18:-18]]
    canvas.soft(
        frame.all(deep([*shadow, *top[::-1]], 0.4)), shade(look.skin, 0.5), 0.5, frame.px(0.06)
    )
    sides = 0.72 if look.hair in (Hair.CROP, Hair.QUIFF) else 0.97
    outside, inside = deep(outer, 0.0), deep(inner, 0.24)
    canvas.soft(frame.all([*outside, *inside[::-1]]), colour, sides, frame.px(0.012))
    crown_o, crown_i = outer[14:-14], inner[14:-14]
    crown = [*deep(crown_o, 0.0), *deep(crown_i, 0.28)[::-1]]
    canvas.soft(frame.all(crown), colour, 0.98, frame.px(0.012))
    sweep = {Hair.SIDE_PART: 0.34, Hair.QUIFF: -0.08, Hair.CROP: 0.05}.get(look.hair, 0.16)
    _strands(canvas, frame, deep(outer, 0.0), deep(inner, 0.26), colour, rng, sweep)
    glow = smooth(
        [
            (-0.62 * w, -1.18),
            (-0.1, -tall + 0.20),
            (0.55 * w, -1.22),
            (0.42 * w, -1.12),
            (-0.1, -tall + 0.34),
            (-0.48 * w, -1.08),
        ],
        closed=True,
    )
    moved = [(x + 0.22 * light, y) for x, y in glow]
    canvas.soft(frame.all(deep(moved, 0.2)), shade(colour, 1.34), 0.30, frame.px(0.09))


def _paint_bald(canvas: Canvas, look: Look, frame: Frame) -> None:
    w, colour = look.face_width, hair_colour(look)
    for side in (-1, 1):
        rim: list[Point] = [
            (side * 0.97 * w, 0.06),
            (side * 1.04 * w, -0.25),
            (side * 1.03 * w, -0.72),
            (side * 0.90 * w, -0.98),
            (side * 0.90 * w, -0.5),
            (side * 0.92 * w, -0.2),
        ]
        points = frame.all(deep(smooth(rim, closed=True, steps=5), 0.0))
        canvas.soft(points, colour, 0.7, frame.px(0.05))
    shine = frame.all(deep(ellipse(0.1, -1.22, 0.36, 0.12), 0.4))
    canvas.soft(shine, shade(look.skin, 1.5), 0.42, frame.px(0.12))


def _paint_parted(canvas: Canvas, look: Look, frame: Frame, light: float) -> None:
    w, colour = look.face_width, hair_colour(look)
    rng = random.Random(look.seed)
    down = {Hair.LONG: 2.35, Hair.BOB: 1.42, Hair.BUN: 0.05}[look.hair]
    at = 0.16 if look.seed % 2 else -0.16
    for side in (-1, 1):
        if look.hair is Hair.BUN:
            outer: list[Point] = [
                (at, -1.66),
                (side * 0.5 * w, -1.60),
                (side * 0.92 * w, -1.22),
                (side * 1.06 * w, -0.66),
                (side * 1.04 * w, -0.25),
                (side * 0.99 * w, 0.05),
            ]
            inner: list[Point] = [
                (at, -1.08),
                (side * 0.42 * w, -0.98),
                (side * 0.74 * w, -0.78),
                (side * 0.90 * w, -0.48),
                (side * 0.945 * w, -0.2),
                (side * 0.95 * w, 0.03),
            ]
        else:
            outer = [
                (at, -1.68),
                (side * 0.55 * w, -1.60),
                (side * 1.0 * w, -1.15),
                (side * 1.15 * w, -0.45),
                (side * 1.22 * w, 0.5),
                (side * 1.26 * w, down - 0.3),
                (side * 1.05 * w, down),
            ]
            inner = [
                (at, -1.14),
                (side * 0.40 * w + at * 0.3, -0.98),
                (side * 0.76 * w, -0.62),
                (side * 0.90 * w, -0.1),
                (side * 0.93 * w, 0.5),
                (side * 0.96 * w, down - 0.45),
                (side * 0.92 * w, down),
            ]
        out, into = smooth(outer, steps=7), smooth(inner, steps=7)
        edge = [(x * 0.93, y + 0.05) for x, y in into]
        canvas.soft(
            frame.all([*deep(into, 0.3), *deep(edge, 0.3)[::-1]]),
            shade(look.skin, 0.45),
            0.40,
            frame.px(0.05),
        )
        canvas.soft(
            frame.all([*deep(out, 0.0), *deep(into, 0.22)[::-1]]), colour, 0.99, frame.px(0.014)
        )
        _along(canvas, frame, out, into, colour, rng)
        glow = [(x * 0.94 + into[i][0] * 0.06, y) for i, (x, y) in enumerate(out[6:22], start=6)]
        band = [
            ((x + into[i][0]) / 2, (y + into[i][1]) / 2)
            for i, (x, y) in enumerate(out[6:22], start=6)
        ]
        canvas.soft(
            frame.all(deep([*glow, *band[::-1]], 0.1)),
            shade(colour, 1.32),
            0.30 + 0.14 * light * side,
            frame.px(0.08),
        )


def paint_cover(canvas: Canvas, look: Look, frame: Frame, light: float) -> Image.Image:
    """A hijab: paints the cloth and gives the mask of the opening for the face."""
    long, colour = look.face_length, look.cover
    w = look.face_width
    half: list[Point] = [
        (0.0, -1.64),
        (0.55 * w, -1.56),
        (0.98 * w, -1.16),
        (1.16 * w, -0.48),
        (1.18 * w, 0.3),
        (1.08 * w, long * 0.62),
        (0.94 * w, long * 0.92),
        (0.62 * w, long * 1.12),
        (0.0, long * 1.16),
    ]
    head = frame.all(deep(smooth(mirrored(half), closed=True, steps=6), 0.0))
    drape: list[Point] = [
        (0.0, long * 0.6),
        (0.90, long * 0.62),
        (1.06, long + 0.02),
        (1.34, long + 0.48),
        (1.92, long + 0.86),
        (2.34, long + 1.36),
        (2.55, long + 2.2),
        (2.6, 5.2),
        (2.6, 13.0),
        (0.0, 13.0),
    ]
    body = [frame.body(x, y) for x, y in smooth(mirrored(drape), closed=True, steps=6)]
    canvas.fill(body, shade(colour, 0.92))
    cloth = canvas.mask(body)
    _folds(canvas, look, frame, cloth, light)
    canvas.fill(head, colour)
    hood = canvas.mask(head)
    for side in (-1, 1):
        edge = [
            (side * 1.25, -1.5),
            (side * 0.96, -0.9),
            (side * 1.02, 0.2),
            (side * 0.90, long),
            (side * 1.3, long),
        ]
        canvas.soft(
            frame.all(deep(edge, 0.0)),
            shade(colour, 0.55),
            0.46 - 0.24 * light * side,
            frame.px(0.10),
            hood,
        )
        for index in range(3):
            fold = smooth(
                [
                    (side * (0.34 + 0.2 * index), -1.45 + 0.1 * index),
                    (side * (0.93 + 0.05 * index), -0.62),
                    (side * (0.96 + 0.06 * index), 0.3),
                    (side * (0.72 + 0.09 * index), long * 0.9),
                ]
            )
            path = frame.all(deep(fold, 0.1))
            canvas.soft(
                _ribbon(path, frame.px(0.03)), shade(colour, 0.62), 0.42, frame.px(0.02), hood
            )
            lit = [(x + round(frame.px(0.03)), y) for x, y in path]
            canvas.soft(
                _ribbon(lit, frame.px(0.02)), shade(colour, 1.25), 0.35, frame.px(0.02), hood
            )
    top = frame.all(deep(ellipse(0.2 * light, -1.30, 0.5, 0.14), 0.2))
    canvas.soft(top, shade(colour, 1.3), 0.40, frame.px(0.10), hood)
    under = [
        frame.at(x, y, 0.3)
        for x, y in smooth([(-0.9, long * 0.9), (0, long + 0.34), (0.9, long * 0.9)])
    ]
    canvas.soft(_ribbon(under, frame.px(0.16)), shade(colour, 0.5), 0.52, frame.px(0.08), cloth)
    return canvas.mask(_opening(look, frame))


def close_cover(
    canvas: Canvas, look: Look, frame: Frame, before: Image.Image, mask: Image.Image
) -> None:
    """Puts the cloth back round the opening, with its shadow on the face."""
    canvas.image = Image.composite(canvas.image, before, mask)
    canvas.refresh()
    ring = [*_opening(look, frame)]
    rim = [*ring, ring[0]]
    canvas.soft(_ribbon(rim, frame.px(0.10)), shade(look.skin, 0.40), 0.62, frame.px(0.045), mask)
    outside = ImageChops.invert(mask)
    canvas.soft(
        _ribbon(rim, frame.px(0.07)), shade(look.cover, 0.72), 0.75, frame.px(0.02), outside
    )
    lit = [(x, y - round(frame.px(0.05))) for x, y in rim]
    canvas.soft(_ribbon(lit, frame.px(0.02)), shade(look.cover, 1.3), 0.3, frame.px(0.02), outside)


def _opening(look: Look, frame: Frame) -> list[Pixel]:
    long, w = look.face_length, look.face_width
    half: list[Point] = [
        (0.0, -0.90),
        (0.42 * w, -0.85),
        (0.74 * w, -0.62),
        (0.87 * w, -0.15),
        (0.875 * w, 0.35),
        (look.jaw * w - 0.015, long * 0.64),
        ((look.jaw + look.chin) / 2 * w + 0.06, long * 0.84),
        (look.chin * w, long * 0.955),
        (0.0, long * 0.995),
    ]
    outline = smooth(mirrored(half), closed=True, steps=6)
    return [frame.at(x, y, 0.34) for x, y in outline]


def _folds(canvas: Canvas, look: Look, frame: Frame, clip: Image.Image, light: float) -> None:
    long, colour = look.face_length, look.cover
    rng = random.Random(look.seed)
    for index in range(9):
        side = -1 if index % 2 else 1
        start = side * (0.05 + 0.12 * index)
        sway = rng.randrange(-20, 21) / 100
        fold = smooth(
            [
                (start * 0.5, long + 0.12),
                (start * 1.1 + sway * 0.4, long + 0.8),
                (start * 1.9 + sway, long + 1.9),
                (start * 2.2 + sway, 4.6),
            ]
        )
        path = [frame.body(x, y) for x, y in fold]
        canvas.soft(_ribbon(path, frame.px(0.09)), shade(colour, 0.58), 0.42, frame.px(0.05), clip)
        lit = [(x - round(frame.px(0.09)), y) for x, y in path]
        canvas.soft(_ribbon(lit, frame.px(0.06)), shade(colour, 1.22), 0.34, frame.px(0.05), clip)
    for side in (-1, 1):
        slope = [
            (side * 1.2, long + 0.1),
            (side * 2.6, long + 1.5),
            (side * 2.6, 5.0),
            (side * 1.9, 5.0),
        ]
        points = [frame.body(x, y) for x, y in slope]
        canvas.soft(points, shade(colour, 0.5), 0.40 - 0.2 * light * side, frame.px(0.24), clip)


def _strands(
    canvas: Canvas,
    frame: Frame,
    outer: list[Point3],
    inner: list[Point3],
    colour: Colour,
    rng: random.Random,
    sweep: float,
) -> None:
    """Hairs from the line of the forehead up over the crown."""
    count = len(outer)
    for _ in range(150):
        at = 4 + rng.randrange(count - 8)
        to = min(count - 3, max(2, at + round(sweep * (4 + rng.randrange(8)))))
        ix, iy, iz = inner[at]
        ox, oy, oz = outer[to]
        first, last = rng.randrange(30) / 100, 0.62 + rng.randrange(36) / 100
        path = [
            frame.at(
                ix + (ox - ix) * t, iy + (oy - iy) * t - 0.05 * t * (1 - t), iz + (oz - iz) * t
            )
            for t in (first, (first + last) / 2, last)
        ]
        dark = 0.30 * (1 - 0.6 * min(1.0, colour[0] / 160))
        tone = shade(
            colour, 1.0 + (0.16 if rng.randrange(3) == 0 else 0.0) - dark * rng.randrange(100) / 100
        )
        canvas.line(path, tone, frame.px(0.010))


def _along(
    canvas: Canvas,
    frame: Frame,
    outer: list[Point],
    inner: list[Point],
    colour: Colour,
    rng: random.Random,
) -> None:
    """Long hairs that follow the fall of the hair."""
    for _ in range(34):
        between = rng.randrange(6, 96) / 100
        start, end = rng.randrange(6), len(outer) - 1 - rng.randrange(8)
        path = [
            frame.at(
                inner[i][0] + (outer[i][0] - inner[i][0]) * between,
                inner[i][1] + (outer[i][1] - inner[i][1]) * between,
                0.2 * (1 - between),
            )
            for i in range(start, end, 2)
        ]
        if len(path) > 1:
            tone = shade(colour, 1.14 if rng.randrange(3) == 0 else 0.66 + rng.randrange(26) / 100)
            canvas.line(path, tone, frame.px(0.010))


def _ribbon(points: list[Pixel], width: float) -> list[Pixel]:
    left: list[Pixel] = []
    right: list[Pixel] = []
    last = len(points) - 1
    for index, (x, y) in enumerate(points):
        before, after = points[max(0, index - 1)], points[min(last, index + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        left.append((round(x - dy / length * width / 2), round(y + dx / length * width / 2)))
        right.append((round(x + dy / length * width / 2), round(y - dx / length * width / 2)))
    return left + right[::-1]
