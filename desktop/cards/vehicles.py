"""Outlines of vehicles, from `resources/icons/vehicles.toml` to a mask of any size."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from PIL import Image, ImageDraw

from desktop.cards.layout import RESOURCES
from desktop.cards.record import LayoutBroken

_FILE = "vehicles.toml"
_WIDTH, _HEIGHT = 200, 100
_SCALE = 4
Shape = list[str | float]


@lru_cache(maxsize=1)
def vehicle_names() -> tuple[str, ...]:
    """All vehicles that a layout may name."""
    return tuple(_shapes())


@lru_cache(maxsize=32)
def vehicle_mask(name: str, size: tuple[int, int]) -> Image.Image:
    """The vehicle as a mask, centred in a box of that size in pixels.

    Raises LayoutBroken when there is no such vehicle.
    """
    shapes = _shapes().get(name)
    if shapes is None:
        raise LayoutBroken(_FILE, name)
    unit = min(size[0] / _WIDTH, size[1] / _HEIGHT) * _SCALE
    left = (size[0] * _SCALE - _WIDTH * unit) / 2
    top = (size[1] * _SCALE - _HEIGHT * unit) / 2
    mask = Image.new("L", (size[0] * _SCALE, size[1] * _SCALE), 0)
    pen = ImageDraw.Draw(mask)
    for shape in shapes:
        kind, numbers = shape[0], [float(number) for number in shape[1:]]
        if kind in ("poly", "hole"):
            points = _points(numbers, unit, left, top)
            pen.polygon(points, fill=255 if kind == "poly" else 0)
            if kind == "poly":
                pen.line([*points, points[0]], fill=255, width=round(4 * unit), joint="curve")
        elif kind in ("disc", "gap"):
            (x, y), radius = _points(numbers[:2], unit, left, top)[0], round(numbers[2] * unit)
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse(box, fill=255 if kind == "disc" else 0)
        elif kind == "line":
            points = _points(numbers[1:], unit, left, top)
            pen.line(points, fill=255, width=round(numbers[0] * unit), joint="curve")
            radius = round(numbers[0] * unit / 2)
            for x, y in (points[0], points[-1]):
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        else:
            raise LayoutBroken(_FILE, f"{name}: {kind}")
    return mask.reduce(_SCALE)


@lru_cache(maxsize=1)
def _shapes() -> dict[str, list[Shape]]:
    text = (RESOURCES / "icons" / _FILE).read_text(encoding="utf-8")
    return {name: table["shapes"] for name, table in tomllib.loads(text).items()}


def _points(numbers: list[float], unit: float, left: float, top: float) -> list[tuple[int, int]]:
    return [
        (round(left + x * unit), round(top + y * unit))
        for x, y in zip(numbers[::2], numbers[1::2], strict=True)
    ]
