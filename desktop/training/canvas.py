"""Brush and easel of the drawn people: smooth shapes, soft shades, a head that turns.

Pillow only. Everything is drawn at twice the size and reduced, soft shades are blurred small and
enlarged; coordinates are rounded to whole pixels before drawing, so that the last bit of a sine
can't change a picture between machines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from desktop.training.look import Colour

Point = tuple[float, float]
Point3 = tuple[float, float, float]
Pixel = tuple[int, int]

SCALE = 2
"""How much larger than the result everything is drawn."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head stands in the picture."""

    yaw: float = 0.0
    """Degrees to the viewer's right."""
    pitch: float = 0.0
    """Degrees upwards."""
    roll: float = 0.0
    """Degrees clockwise."""
    size: float = 1.0
    """1 fills a portrait as the rules want it."""
    dx: float = 0.0
    """Shift in half-widths of the face."""
    dy: float = 0.0
    smile: float = 0.15
    lids: float = 1.0
    """1 open, 0 closed."""


class Frame:
    """From the head's own lengths to pixels: y runs down from the line of the eyes, z outwards."""

    def __init__(self, centre: Pixel, unit: float, pose: Pose) -> None:
        self.centre = centre
        self.unit = unit * pose.size
        self._yaw = math.radians(pose.yaw)
        self._pitch = math.radians(pose.pitch)
        self._roll = math.radians(pose.roll)
        self._shift = (pose.dx, pose.dy)

    def at(self, x: float, y: float, z: float = 0.0) -> Pixel:
        """The pixel of a point of the head."""
        turned_x = x * math.cos(self._yaw) + z * math.sin(self._yaw)
        turned_z = z * math.cos(self._yaw) - x * math.sin(self._yaw)
        turned_y = y * math.cos(self._pitch) - turned_z * math.sin(self._pitch)
        return self.flat(turned_x, turned_y)

    def flat(self, x: float, y: float) -> Pixel:
        """A point that tilts with the head but doesn't turn with it."""
        pivot = 1.7
        low = y - pivot
        tilted_x = x * math.cos(self._roll) - low * math.sin(self._roll)
        tilted_y = x * math.sin(self._roll) + low * math.cos(self._roll) + pivot
        return self.body(tilted_x, tilted_y)

    def body(self, x: float, y: float) -> Pixel:
        """A point of the shoulders, which keep still."""
        return (
            round((self.centre[0] + (x + self._shift[0]) * self.unit) * SCALE),
            round((self.centre[1] + (y + self._shift[1]) * self.unit) * SCALE),
        )

    def all(self, points: Sequence[Point3]) -> list[Pixel]:
        """Many points at once."""
        return [self.at(*point) for point in points]

    def px(self, length: float) -> float:
        """A length in pixels of the enlarged picture."""
        return length * self.unit * SCALE


class Canvas:
    """A picture being painted."""

    def __init__(self, size: Pixel, colour: Colour) -> None:
        self.size = (size[0] * SCALE, size[1] * SCALE)
        self.image = Image.new("RGB", self.size, colour)
        self._pen = ImageDraw.Draw(self.image)

    def fill(self, points: Sequence[Pixel], colour: Colour) -> None:
        """A shape in one colour."""
        self._pen.polygon(list(points), fill=colour)

    def line(self, points: Sequence[Pixel], colour: Colour, width: float) -> None:
        """A line of one width with round joints."""
        self._pen.line(list(points), fill=colour, width=max(1, round(width)), joint="curve")

    def taper(self, points: Sequence[Pixel], colour: Colour, first: float, last: float) -> None:
        """A stroke whose width runs from one value to another."""
        self.fill(taper(points, first, last), colour)

    def mask(self, points: Sequence[Pixel]) -> Image.Image:
        """The shape as a mask as large as the picture."""
        mask = Image.new("L", self.size, 0)
        ImageDraw.Draw(mask).polygon(list(points), fill=255)
        return mask

    def soft(
        self,
        points: Sequence[Pixel],
        colour: Colour,
        strength: float,
        blur: float,
        clip: Image.Image | None = None,
    ) -> None:
        """A shape with soft edges laid over the picture; strength 1 hides what is below."""
        margin = int(blur * 2.5) + 2
        box = (
            max(0, min(p[0] for p in points) - margin),
            max(0, min(p[1] for p in points) - margin),
            min(self.size[0], max(p[0] for p in points) + margin + 1),
            min(self.size[1], max(p[1] for p in points) + margin + 1),
        )
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        shrink = 4 if blur >= 10 else 2 if blur >= 4 else 1
        width, height = box[2] - box[0], box[3] - box[1]
        small = Image.new("L", (max(1, width // shrink), max(1, height // shrink)), 0)
        moved = [((x - box[0]) // shrink, (y - box[1]) // shrink) for x, y in points]
        ImageDraw.Draw(small).polygon(moved, fill=255)
        small = small.filter(ImageFilter.GaussianBlur(blur / shrink))
        mask = small.resize((width, height), Image.Resampling.BILINEAR) if shrink > 1 else small
        level = round(strength * 256)
        mask = mask.point([min(255, value * level // 256) for value in range(256)])
        if clip is not None:
            mask = ImageChops.multiply(mask, clip.crop(box))
        self.image.paste(colour, box, mask)

    def refresh(self) -> None:
        """Take up the pen again after `image` was replaced."""
        self._pen = ImageDraw.Draw(self.image)

    def finish(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.reduce(SCALE)


def taper(points: Sequence[Pixel], first: float, last: float) -> list[Pixel]:
    """The outline of a stroke that grows thicker or thinner along its way."""
    left: list[Pixel] = []
    right: list[Pixel] = []
    count = len(points)
    for index, (x, y) in enumerate(points):
        before = points[max(0, index - 1)]
        after = points[min(count - 1, index + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = (first + (last - first) * index / max(1, count - 1)) / 2
        left.append((round(x - dy / length * half), round(y + dx / length * half)))
        right.append((round(x + dy / length * half), round(y - dx / length * half)))
    return left + right[::-1]


def smooth(points: Sequence[Point], *, closed: bool = False, steps: int = 8) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    found: list[Point] = []
    for index in range(count if closed else count - 1):
        p0 = points[(index - 1) % count] if closed or index else points[0]
        p1 = points[index]
        p2 = points[(index + 1) % count]
        p3 = points[(index + 2) % count] if closed else points[min(count - 1, index + 2)]
        for step in range(steps):
            t = step / steps
            found.append(
                (_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t))
            )
    if not closed:
        found.append(points[-1])
    return found


def mirrored(half: Sequence[Point]) -> list[Point]:
    """A closed outline from its right half, which runs from the top to the bottom."""
    return [*half, *[(-x, y) for x, y in reversed(half) if x > 0]]


def ellipse(x: float, y: float, rx: float, ry: float, steps: int = 20) -> list[Point]:
    """Points round an ellipse."""
    return [
        (
            x + rx * math.cos(2 * math.pi * step / steps),
            y + ry * math.sin(2 * math.pi * step / steps),
        )
        for step in range(steps)
    ]


def deep(points: Sequence[Point], z: float) -> list[Point3]:
    """The same depth for all points."""
    return [(x, y, z) for x, y in points]


def shade(colour: Colour, factor: float) -> Colour:
    """Darker (below 1) or lighter (above 1); skin in shade turns a little redder."""
    red, green, blue = colour
    if factor <= 1:
        return (
            round(red * factor),
            round(green * factor * (0.9 + 0.1 * factor)),
            round(blue * factor * (0.84 + 0.16 * factor)),
        )
    add = factor - 1
    return (
        min(255, round(red + (255 - red) * add)),
        min(255, round(green + (255 - green) * add)),
        min(255, round(blue + (255 - blue) * add)),
    )


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """So much of the other colour in the first."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3
    )


def thick(points: list[Pixel], width: float) -> list[Pixel]:
    """A line as a shape that is thickest in its middle."""
    return swelling(points, width, ends=0.35)


def swelling(points: list[Pixel], width: float, ends: float = 0.45) -> list[Pixel]:
    """A line as a shape that swells from its ends to its middle."""
    above: list[Pixel] = []
    below: list[Pixel] = []
    last = max(1, len(points) - 1)
    for index, (x, y) in enumerate(points):
        part = index / last
        swell = ends + (1 - ends) * 4 * part * (1 - part)
        before, after = points[max(0, index - 1)], points[min(last, index + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        above.append(
            (round(x - dy / length * width * swell / 2), round(y + dx / length * width * swell / 2))
        )
        below.append(
            (round(x + dy / length * width * swell / 2), round(y - dx / length * width * swell / 2))
        )
    return above + below[::-1]


def ribbon(points: list[Pixel], width: float) -> list[Pixel]:
    """A line as a shape of one width."""
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
