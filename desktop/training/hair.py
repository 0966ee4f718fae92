"""Hair of a drawn person."""

from __future__ import annotations

import random

from desktop.training.canvas import (
    Canvas,
    Frame,
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
