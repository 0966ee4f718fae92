"""Shoulders and what is worn on them."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from desktop.training.canvas import Canvas, Frame, Pixel, Point, mirrored, shade, smooth
from desktop.training.look import Clothes, Hair, Look


def paint_clothes(canvas: Canvas, look: Look, frame: Frame, light: float) -> None:
    """Shoulders, cloth and collar; the neck is already there."""
    long = look.face_length - 0.10
    broad = 0.90 if look.woman else 1.0
    half: list[Point] = [
        (0.0, long + 0.78),
        (0.42, long + 0.56),
        (0.66, long + 0.36),
        (1.05 * broad, long + 0.58),
        (1.85 * broad, long + 0.88),
        (2.45 * broad, long + 1.24),
        (2.75 * broad, long + 1.9),
        (2.82 * broad, 5.4),
        (2.85 * broad, 13.0),
        (0.0, 13.0),
    ]
    body = [frame.body(x, y) for x, y in smooth(mirrored(half), closed=True, steps=5)]
    canvas.fill(body, look.cloth)
    clip = canvas.mask(body)
    if look.clothes is Clothes.BATIK:
        _paint_batik(canvas, look, frame, clip)
    for side in (-1, 1):
        arm: list[Point] = [
            (side * 1.7 * broad, long + 0.8),
            (side * 3.0, long + 1.0),
            (side * 3.0, 13.0),
            (side * 2.1 * broad, 13.0),
            (side * 1.95 * broad, long + 1.8),
        ]
        points = [frame.body(x, y) for x, y in arm]
        canvas.soft(
            points, shade(look.cloth, 0.55), 0.40 - 0.22 * light * side, frame.px(0.22), clip
        )
        fold: list[Point] = [
            (side * 1.62 * broad, long + 1.5),
            (side * 1.70 * broad, long + 2.1),
            (side * 1.66 * broad, 5.2),
            (side * 1.58 * broad, 5.2),
        ]
        points = [frame.body(x, y) for x, y in fold]
        canvas.soft(points, shade(look.cloth, 0.6), 0.40, frame.px(0.06), clip)
    if look.hair is Hair.HIJAB:
        return
    match look.clothes:
        case Clothes.JACKET:
            _paint_jacket(canvas, look, frame)
        case Clothes.BLOUSE:
            _paint_blouse(canvas, look, frame, clip)
        case _:
            _paint_collar(canvas, look, frame)


def _paint_collar(canvas: Canvas, look: Look, frame: Frame) -> None:
    long, cloth = look.face_length - 0.10, look.cloth
    leaf_colour = shade(cloth, 0.94)
    opening = [
        frame.body(-0.34, long + 0.48),
        frame.body(0.34, long + 0.48),
        frame.body(0, long + 1.12),
    ]
    canvas.fill(opening, shade(look.skin, 0.80))
    canvas.soft(
        [frame.body(-0.5, long + 0.2), frame.body(0.5, long + 0.2), frame.body(0, long + 0.8)],
        shade(look.skin, 0.55),
        0.45,
        frame.px(0.1),
        canvas.mask(opening),
    )
    line = shade(cloth, 0.62)
    canvas.line([frame.body(0, long + 1.1), frame.body(0.02, 5.3)], line, frame.px(0.018))
    canvas.line(
        [frame.body(0.2, long + 1.2), frame.body(0.22, 5.3)], shade(cloth, 0.8), frame.px(0.012)
    )
    for index in range(3):
        x, y = frame.body(0.11, long + 1.42 + 0.62 * index)
        r = round(frame.px(0.035))
        ImageDraw.Draw(canvas.image).ellipse(
            (x - r, y - r, x + r, y + r), fill=shade(cloth, 1.3), outline=line
        )
    for side in (-1, 1):
        leaf: list[Point] = [
            (side * 0.68, long + 0.30),
            (side * 0.56, long + 0.36),
            (side * 0.30, long + 0.72),
            (side * 0.03, long + 1.02),
            (side * 0.34, long + 1.32),
            (side * 0.78, long + 0.86),
            (side * 0.86, long + 0.50),
        ]
        points = [frame.body(x, y) for x, y in leaf]
        shadow = [(x, y + round(frame.px(0.05))) for x, y in points]
        canvas.soft(shadow, shade(cloth, 0.45), 0.55, frame.px(0.05))
        canvas.fill(points, leaf_colour)
        if look.clothes is Clothes.BATIK:
            _paint_batik(canvas, look, frame, canvas.mask(points))
        canvas.line([*points, points[0]], shade(cloth, 0.7), frame.px(0.016))


def _paint_jacket(canvas: Canvas, look: Look, frame: Frame) -> None:
    long, cloth, shirt = look.face_length - 0.10, look.cloth, look.cloth_2
    front = [
        frame.body(-0.60, long + 0.40),
        frame.body(0.60, long + 0.40),
        frame.body(0.34, long + 1.5),
        frame.body(0.0, long + 2.4),
        frame.body(-0.34, long + 1.5),
    ]
    canvas.fill(front, shirt)
    clip = canvas.mask(front)
    canvas.soft(
        [frame.body(-0.4, long + 0.3), frame.body(0.4, long + 0.3), frame.body(0, long + 0.86)],
        shade(look.skin, 0.82),
        1.0,
        frame.px(0.015),
        clip,
    )
    for side in (-1, 1):
        leaf = [
            frame.body(side * 0.62, long + 0.32),
            frame.body(side * 0.42, long + 0.50),
            frame.body(side * 0.02, long + 0.90),
            frame.body(side * 0.26, long + 1.14),
            frame.body(side * 0.60, long + 0.80),
        ]
        canvas.fill(leaf, shade(shirt, 0.96))
        canvas.line([*leaf, leaf[0]], shade(shirt, 0.74), frame.px(0.014))
    if not look.woman:
        red = (112, 34, 44) if look.seed % 2 else (40, 58, 96)
        knot = [
            frame.body(-0.13, long + 0.86),
            frame.body(0.13, long + 0.86),
            frame.body(0.08, long + 1.10),
            frame.body(-0.08, long + 1.10),
        ]
        tie = [
            frame.body(-0.08, long + 1.10),
            frame.body(0.08, long + 1.10),
            frame.body(0.20, long + 2.3),
            frame.body(-0.20, long + 2.3),
        ]
        canvas.fill(tie, red)
        canvas.fill(knot, shade(red, 0.8))
    for side in (-1, 1):
        lapel: list[Point] = [
            (side * 0.74, long + 0.30),
            (side * 0.60, long + 0.62),
            (side * 0.30, long + 1.5),
            (side * 0.0, long + 2.5),
            (side * 0.55, long + 1.9),
            (side * 1.02, long + 1.20),
            (side * 0.88, long + 1.08),
            (side * 1.06, long + 0.98),
            (side * 0.92, long + 0.46),
        ]
        points = [frame.body(x, y) for x, y in lapel]
        canvas.fill(points, shade(cloth, 1.10))
        canvas.line([*points, points[0]], shade(cloth, 0.6), frame.px(0.016))


def _paint_blouse(canvas: Canvas, look: Look, frame: Frame, clip: Image.Image) -> None:
    long = look.face_length - 0.10
    scoop: list[Point] = [
        (-0.64, long + 0.36),
        (-0.48, long + 0.78),
        (0.0, long + 1.0),
        (0.48, long + 0.78),
        (0.64, long + 0.36),
    ]
    curve = smooth(scoop, steps=8)
    points = [frame.body(x, y) for x, y in curve]
    canvas.fill(points, shade(look.skin, 0.90))
    skin = canvas.mask(points)
    shadow = [
        frame.body(x, y)
        for x, y in ((-0.6, long + 0.1), (0.6, long + 0.1), (0.3, long + 0.6), (-0.3, long + 0.6))
    ]
    canvas.soft(shadow, shade(look.skin, 0.55), 0.5, frame.px(0.12), skin)
    _hem(canvas, points, frame.px(0.075), shade(look.cloth, 0.86))
    _hem(canvas, points, frame.px(0.012), shade(look.cloth, 0.62))
    canvas.soft(
        [
            frame.body(-0.3, long + 1.2),
            frame.body(0.3, long + 1.2),
            frame.body(0.1, long + 2.2),
            frame.body(-0.1, long + 2.2),
        ],
        shade(look.cloth, 1.25),
        0.25,
        frame.px(0.16),
        clip,
    )


def _hem(canvas: Canvas, points: list[Pixel], width: float, colour: tuple[int, int, int]) -> None:
    canvas.line(points, colour, width)


def _paint_batik(canvas: Canvas, look: Look, frame: Frame, clip: Image.Image) -> None:
    """Kawung or parang, by the person."""
    box = clip.getbbox()
    if box is None:
        return
    layer = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), look.cloth)
    pen = ImageDraw.Draw(layer)
    cell = max(6, round(frame.px(0.27)))
    start_x, start_y = -(box[0] % cell) - cell, -(box[1] % cell) - cell
    light, half = shade(look.cloth_2, 0.95), cell // 2
    rng = random.Random(look.seed)
    parang = rng.randrange(2) == 0
    for y in range(start_y, layer.height + cell, cell):
        for x in range(start_x, layer.width + cell, cell):
            if parang:
                pen.line([(x, y + cell), (x + cell, y)], fill=light, width=max(1, cell // 9))
                pen.ellipse(
                    (
                        x + half - cell // 5,
                        y + half - cell // 8,
                        x + half + cell // 5,
                        y + half + cell // 8,
                    ),
                    fill=light,
                )
                pen.ellipse(
                    (x - cell // 10, y - cell // 10, x + cell // 10, y + cell // 10),
                    fill=shade(look.cloth, 1.3),
                )
            else:
                gap = cell // 12
                for dx, dy in ((0, 0), (half, 0), (0, half), (half, half)):
                    petal = (x + dx + gap, y + dy + gap, x + dx + half - gap, y + dy + half - gap)
                    pen.ellipse(petal, outline=light, width=max(1, cell // 14))
                pen.ellipse(
                    (x + half - gap, y + half - gap, x + half + gap, y + half + gap), fill=light
                )
    canvas.image.paste(layer, box[:2], clip.crop(box))
    canvas.refresh()
