"""The head cover (hijab) of a drawn person: cloth, folds, and the opening for the face."""

from __future__ import annotations

import random

from PIL import Image, ImageChops

from desktop.training.canvas import (
    Canvas,
    Frame,
    Pixel,
    Point,
    deep,
    ellipse,
    mirrored,
    ribbon,
    shade,
    smooth,
)
from desktop.training.look import Look


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
                ribbon(path, frame.px(0.03)), shade(colour, 0.62), 0.42, frame.px(0.02), hood
            )
            lit = [(x + round(frame.px(0.03)), y) for x, y in path]
            canvas.soft(
                ribbon(lit, frame.px(0.02)), shade(colour, 1.25), 0.35, frame.px(0.02), hood
            )
    top = frame.all(deep(ellipse(0.2 * light, -1.30, 0.5, 0.14), 0.2))
    canvas.soft(top, shade(colour, 1.3), 0.40, frame.px(0.10), hood)
    under = [
        frame.at(x, y, 0.3)
        for x, y in smooth([(-0.9, long * 0.9), (0, long + 0.34), (0.9, long * 0.9)])
    ]
    canvas.soft(ribbon(under, frame.px(0.16)), shade(colour, 0.5), 0.52, frame.px(0.08), cloth)
    return canvas.mask(_opening(look, frame))


def close_cover(
    canvas: Canvas, look: Look, frame: Frame, before: Image.Image, mask: Image.Image
) -> None:
    """Puts the cloth back round the opening, with its shadow on the face."""
    canvas.image = Image.composite(canvas.image, before, mask)
    canvas.refresh()
    ring = [*_opening(look, frame)]
    rim = [*ring, ring[0]]
    canvas.soft(ribbon(rim, frame.px(0.10)), shade(look.skin, 0.40), 0.62, frame.px(0.045), mask)
    outside = ImageChops.invert(mask)
    canvas.soft(ribbon(rim, frame.px(0.07)), shade(look.cover, 0.72), 0.75, frame.px(0.02), outside)
    lit = [(x, y - round(frame.px(0.05))) for x, y in rim]
    canvas.soft(ribbon(lit, frame.px(0.02)), shade(look.cover, 1.3), 0.3, frame.px(0.02), outside)


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
        canvas.soft(ribbon(path, frame.px(0.09)), shade(colour, 0.58), 0.42, frame.px(0.05), clip)
        lit = [(x - round(frame.px(0.09)), y) for x, y in path]
        canvas.soft(ribbon(lit, frame.px(0.06)), shade(colour, 1.22), 0.34, frame.px(0.05), clip)
    for side in (-1, 1):
        slope = [
            (side * 1.2, long + 0.1),
            (side * 2.6, long + 1.5),
            (side * 2.6, 5.0),
            (side * 1.9, 5.0),
        ]
        points = [frame.body(x, y) for x, y in slope]
        canvas.soft(points, shade(colour, 0.5), 0.40 - 0.2 * light * side, frame.px(0.24), clip)
