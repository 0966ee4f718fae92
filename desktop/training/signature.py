"""Signatures of the drawn people: strokes for a pad, ink for paper.

A signature is loops and a flourish drawn by two slow oscillators, shaped by the person's seed; the
take varies it a little, as hands do.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from desktop.training.people import Person

_STEP_MS = 8
_INK = (24, 34, 92)


@dataclass(frozen=True, slots=True)
class PadPoint:
    """One sample of a pen: x and y from 0 to 1 across the pad, y downwards."""

    x: float
    y: float
    t_ms: int
    pressure: float


def signature_strokes(person: Person, take: int = 0) -> tuple[tuple[PadPoint, ...], ...]:
    """The person's signature as a pad would report it, stroke by stroke."""
    shape = random.Random(person.seed * 31 + 7)
    wobble = random.Random(person.seed * 31 + 8 + take)
    letters = 4 + min(5, len(person.name.split()[0]) // 2)
    points: list[tuple[float, float]] = []
    x = 0.14
    rise = 0.10 + shape.randrange(10) / 100
    for letter in range(letters):
        tall = rise * (2.0 if letter == 0 else 0.55 + shape.randrange(60) / 100)
        wide = (0.66 / letters) * (0.8 + shape.randrange(40) / 100)
        loop = 0.35 + shape.randrange(70) / 100
        down = shape.randrange(4) == 0
        for step in range(14):
            a = 2 * math.pi * step / 14
            points.append(
                (
                    x + wide * (step / 14 + loop * 0.32 * math.sin(a)),
                    0.56
                    + (0.6 if down else -1.0) * tall * (1 - math.cos(a)) / 2
                    - 0.08 * (x - 0.14),
                )
            )
        x += wide * 0.92
    first = _timed(points, 0, wobble)
    last = first[-1].t_ms + 180
    sweep = [
        (
            0.20 + 0.62 * step / 16,
            0.66
            + 0.035 * math.sin(step / 16 * math.pi * (1 + shape.randrange(2)))
            - 0.10 * step / 16,
        )
        for step in range(17)
    ]
    strokes = [first, _timed(sweep, last, wobble)]
    if shape.randrange(2):
        dot = 0.3 + shape.randrange(40) / 100
        strokes.append(
            _timed([(dot, 0.27), (dot + 0.012, 0.285)], strokes[-1][-1].t_ms + 150, wobble)
        )
    return tuple(strokes)


def draw_strokes(
    strokes: tuple[tuple[PadPoint, ...], ...],
    size: tuple[int, int] = (640, 240),
    *,
    ink: tuple[int, int, int] = _INK,
    paper: tuple[int, int, int] = (255, 255, 255),
) -> Image.Image:
    """The strokes as ink, thicker where the pen pressed."""
    scale = 2
    width, height = size[0] * scale, size[1] * scale
    picture = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        for one, two in itertools.pairwise(stroke):
            thick = max(2, round(height * (0.008 + 0.014 * two.pressure)))
            ends = [(round(p.x * width), round(p.y * height)) for p in (one, two)]
            pen.line(ends, fill=ink, width=thick)
            x, y = ends[1]
            r = thick // 2
            pen.ellipse((x - r, y - r, x + r, y + r), fill=ink)
    return picture.reduce(scale)


def _timed(
    points: list[tuple[float, float]], start_ms: int, wobble: random.Random
) -> tuple[PadPoint, ...]:
    found: list[PadPoint] = []
    last = max(1, len(points) - 1)
    for index, (x, y) in enumerate(points):
        shift = wobble.randrange(-40, 41) / 10000
        press = 0.35 + 0.5 * math.sin(math.pi * index / last) + wobble.randrange(-5, 6) / 100
        found.append(
            PadPoint(
                round(min(1.0, max(0.0, x + shift)), 4),
                round(min(1.0, max(0.0, y - shift)), 4),
                start_ms + index * _STEP_MS,
                round(min(1.0, max(0.05, press)), 3),
            )
        )
    return tuple(found)
