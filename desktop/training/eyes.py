"""Eyes and brows of a drawn person."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from desktop.training.canvas import (
    Canvas,
    Frame,
    Pixel,
    Point,
    Pose,
    mix,
    shade,
    smooth,
    swelling,
    thick,
)
from desktop.training.look import Colour, Look

EYE_Z = 0.62
_WHITE: Colour = (236, 230, 224)
_LASH: Colour = (34, 26, 24)


def paint_eye(
    canvas: Canvas, look: Look, frame: Frame, pose: Pose, side: int, clip: Image.Image
) -> None:
    x, half = look.eye_gap, look.eye_width
    opened = look.eye_open * max(0.0, min(1.15, pose.lids))
    tilt = look.eye_tilt

    def place(points: list[Point], z: float = EYE_Z) -> list[Pixel]:
        return frame.all([(side * px, py, z) for px, py in points])

    upper: list[Point] = [
        (x - half, 0.022),
        (x - half * 0.55, -opened * 0.72),
        (x + 0.02, -opened),
        (x + half * 0.58, -opened * 0.70 - tilt * 0.6),
        (x + half * 1.02, -tilt),
    ]
    low = max(0.25, opened / look.eye_open) * look.eye_open * 0.62
    lower: list[Point] = [
        (x + half * 1.02, -tilt),
        (x + half * 0.45, low * 0.85),
        (x - 0.02, low),
        (x - half * 0.6, low * 0.68),
        (x - half, 0.022),
    ]
    lid_colour = shade(look.skin, 0.80)
    if pose.lids < 0.2:
        seam = smooth([(px, py + 0.035) for px, py in reversed(lower)], steps=6)
        dome = smooth(
            [(x - half, 0.02), (x - half * 0.5, -0.085), (x + half * 0.5, -0.09), (x + half, 0.0)]
        )
        canvas.soft(place([*dome, *seam[::-1]]), shade(look.skin, 0.88), 0.9, frame.px(0.015), clip)
        canvas.taper(place(seam), _LASH, frame.px(0.022), frame.px(0.034))
        return
    top, bottom = smooth(upper, steps=6), smooth(lower, steps=6)
    shape = place([*top, *bottom])
    _paint_ball(canvas, look, frame, shape, place([(x + 0.01, -0.012)])[0])
    crease = [(px, py - 0.052 - 0.012 * (px - x)) for px, py in top[2:]]
    canvas.soft(
        thick(place(crease), frame.px(0.022)), shade(look.skin, 0.5), 0.62, frame.px(0.01), clip
    )
    lid = [*top, *[(px, py - 0.045) for px, py in reversed(top)]]
    canvas.soft(place(lid), lid_colour, 0.5, frame.px(0.012), clip)
    thin, bold = (0.020, 0.046) if look.woman else (0.016, 0.034)
    canvas.taper(place(top), _LASH, frame.px(thin), frame.px(bold))
    if look.woman:
        flick = [top[-4], top[-1], (top[-1][0] + 0.045, top[-1][1] - 0.035)]
        canvas.taper(place(flick), _LASH, frame.px(0.034), frame.px(0.006))
    canvas.soft(thick(place(bottom), frame.px(0.014)), shade(look.skin, 0.5), 0.75, frame.px(0.006))


def _paint_ball(
    canvas: Canvas, look: Look, frame: Frame, shape: list[Pixel], centre: Pixel
) -> None:
    """White, iris, pupil and light of one eye, inside its lids."""
    xs, ys = [p[0] for p in shape], [p[1] for p in shape]
    box = (min(xs) - 2, min(ys) - 2, max(xs) + 3, max(ys) + 3)
    size = (box[2] - box[0], box[3] - box[1])
    if size[0] <= 0 or size[1] <= 0:
        return
    ball = Image.new("RGB", size, _WHITE)
    pen = ImageDraw.Draw(ball)
    cx, cy = centre[0] - box[0], centre[1] - box[1]

    def disc(radius: float, colour: Colour, dx: float = 0.0, dy: float = 0.0) -> None:
        r = frame.px(radius)
        x, y = cx + frame.px(dx), cy + frame.px(dy)
        pen.ellipse((round(x - r), round(y - r), round(x + r), round(y + r)), fill=colour)

    iris = mix((74, 46, 28), (46, 30, 22), (look.seed % 7) / 7)
    disc(0.106, mix(iris, (14, 10, 10), 0.55))
    disc(0.093, iris)
    disc(0.062, mix(iris, (150, 96, 56), 0.26), 0.0, 0.022)
    disc(0.045, (12, 10, 11))
    disc(0.022, (250, 250, 252), -0.036, -0.038)
    shadow = Image.new("L", size, 0)
    rows = ImageDraw.Draw(shadow)
    for row in range(size[1]):
        rows.line((0, row, size[0], row), fill=max(0, 120 - row * 300 // max(1, size[1])))
    ball.paste((70, 52, 46), (0, 0), shadow)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([(px - box[0], py - box[1]) for px, py in shape], fill=255)
    canvas.image.paste(ball, box[:2], mask)


def paint_brow(canvas: Canvas, look: Look, frame: Frame, side: int) -> None:
    x, half, high = look.eye_gap, look.eye_width, look.brow_height
    path = smooth(
        [
            (x - half * 1.08, -high + 0.012),
            (x - half * 0.35, -high - look.brow_arch * 0.45),
            (x + half * 0.55, -high - look.brow_arch),
            (x + half * 1.42, -high + 0.04),
        ],
        steps=7,
    )
    colour = mix(mix(look.hair_colour, (188, 186, 184), look.grey * 0.8), look.skin, 0.12)
    points = frame.all([(side * px, py, 0.66 - 0.1 * (px - x)) for px, py in path])
    tall = frame.px(look.brow_thick)
    shape = swelling(points, tall)
    canvas.soft(shape, colour, 0.9, frame.px(0.012))
    rng = random.Random(look.seed + side)
    for index in range(2, len(points) - 2):
        bx, by = points[index]
        rise = tall * (0.35 + rng.randrange(40) / 100)
        lean = tall * (0.5 + rng.randrange(40) / 100) * side
        tip = (round(bx + lean), round(by - rise * (1 - index / len(points))))
        canvas.line([(bx, round(by + tall * 0.3)), tip], shade(colour, 0.8), frame.px(0.009))
