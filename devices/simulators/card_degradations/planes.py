"""A face as a dye-sublimation printer lays it, and the plastic that comes of it.

Dye goes on in three panels that take red, green and blue light away; resin black lies on top
where the ordered picture is pure black, without greys; varnish over all. No two cards are alike:
`tolerance` gives a good print the small differences that any printer in order shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
"""Rows, columns and, in colour, red, green, blue (and alpha on finished plastic); bytes."""
Rng = np.random.Generator

DOTS_PER_MM = 300 / 25.4
CORNER_MM = 3.18
"""ISO/IEC 7810, ID-1."""
PLASTIC = (250, 249, 246)
RESIN_LEFT = 0.07
"""Light that resin black still gives back."""
MATTE = 0.035
"""How much lighter dye looks where no varnish lies."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """What lies on one side. Functions hand back new planes, or planes with new arrays."""

    dye: Pixels
    """RGB: the light that the dye leaves; 255 where there is none."""
    resin: Pixels
    """0 to 255: how much of a dot is covered."""
    varnish: Pixels
    """0 to 255."""

    @property
    def height(self) -> int:
        return int(self.resin.shape[0])

    @property
    def width(self) -> int:
        return int(self.resin.shape[1])


def separated(face: Pixels) -> Planes:
    """The planes of an ordered face: pure black is resin, all else dye."""
    resin = cv2.inRange(face, (0, 0, 0), (0, 0, 0))
    dye = cv2.bitwise_or(face, cv2.merge([resin] * 3))
    return Planes(dye, resin, np.full(resin.shape, 255, np.uint8))


def plastic(planes: Planes) -> Pixels:
    """The finished card, RGBA; outside the rounded corners there is nothing."""
    dye = planes.dye
    bare = cv2.bitwise_not(planes.varnish)
    if cv2.countNonZero(bare):
        share = bare.astype(np.float32)[:, :, None] * (MATTE / 255)
        dye = (dye + (255 - dye) * share).astype(np.uint8)
    cover = np.arange(256) * ((1 - RESIN_LEFT) / 255)
    let = [cv2.LUT(planes.resin, ((1 - cover) * light).astype(np.uint8)) for light in PLASTIC]
    light = cv2.multiply(dye, cv2.merge(let), scale=1 / 255)
    return cv2.merge([*cv2.split(light), outline(planes.width, planes.height)])


@lru_cache(maxsize=4)
def outline(width: int, height: int) -> Pixels:
    """255 on the card, 0 beyond its rounded corners."""
    radius = round(CORNER_MM * DOTS_PER_MM)
    shape = np.zeros((height, width), np.uint8)
    cv2.rectangle(shape, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
    cv2.rectangle(shape, (0, radius), (width - 1, height - 1 - radius), 255, -1)
    for x in (radius, width - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(shape, (x, y), radius, 255, -1, cv2.LINE_AA)
    shape.flags.writeable = False
    return shape


def tolerance(planes: Planes, rng: Rng) -> Planes:
    """The same print as a printer in good order lays it today.

    Panels meet to half a dot, the print sits within 0.3 mm of its place, each dye within a few per
    cent of its density, dye spreads by less than a dot, and a speck of dust may be anywhere.
    """
    dye = planes.dye
    curves = [_curve(1 + clipped(rng, 0.025, 0.05), 1 + clipped(rng, 0.02, 0.045)) for _ in "cmy"]
    dye = cv2.LUT(dye, np.stack(curves, axis=1)[None])
    place = rng.uniform(-0.3, 0.3, 2) * DOTS_PER_MM
    turn = clipped(rng, 0.06, 0.15)
    spread = rng.uniform(0.45, 0.85)
    channels = []
    for index in range(3):
        at = place + rng.uniform(-0.5, 0.5, 2)
        channel = moved(dye[:, :, index], at[0], at[1], turn, 255)
        channels.append(cv2.GaussianBlur(channel, (0, 0), spread))
    at = place + rng.uniform(-0.6, 0.6, 2)
    resin = moved(planes.resin, at[0], at[1], turn, 0)
    resin = cv2.GaussianBlur(resin, (0, 0), rng.uniform(0.35, 0.55))
    laid = mottled(cv2.merge(channels), rng, 0.012)
    for _ in range(rng.poisson(0.7)):
        x, y = int(rng.integers(planes.width)), int(rng.integers(planes.height))
        cv2.circle(laid, (x, y), 1, (255, 255, 255), -1, cv2.LINE_AA)
    return Planes(laid, resin, planes.varnish)


def clipped(rng: Rng, deviation: float, most: float) -> float:
    """A normal deviate, cut at both ends."""
    return float(np.clip(rng.normal(0, deviation), -most, most))


def moved(
    plane: Pixels, dx: float, dy: float, degrees: float, around: int, stretch: float = 1.0
) -> Pixels:
    """A plane shifted in dots, turned about its middle, drawn out along the card's way."""
    height, width = plane.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[0] *= stretch
    matrix[0, 2] += dx + (1 - stretch) * width / 2
    matrix[1, 2] += dy
    return cv2.warpAffine(
        plane,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(around,) * 3,
    )


def thinned(plane: Pixels, keep: Pixels | float) -> Pixels:
    """Dye of which only a share (0 to 1, or more) was laid: one plane, or all three."""
    density = (255 - plane).astype(np.float32)
    density *= keep
    return 255 - np.clip(density, 0, 255).astype(np.uint8)


def with_channel(planes: Planes, index: int, channel: Pixels) -> Planes:
    """The planes with one dye (0 cyan, 1 magenta, 2 yellow) replaced."""
    dye = planes.dye.copy()
    dye[:, :, index] = channel
    return Planes(dye, planes.resin, planes.varnish)


def mottled(dye: Pixels, rng: Rng, strength: float, grain: int = 6) -> Pixels:
    """Uneven dye: slow clouds of relative density."""
    height, width = dye.shape[:2]
    coarse = rng.normal(1, strength, (height // (grain * 8), width // (grain * 8)))
    keep = cv2.resize(coarse.astype(np.float32), (width, height))
    density = cv2.multiply(cv2.bitwise_not(dye), cv2.merge([keep] * 3), dtype=cv2.CV_8U)
    return cv2.bitwise_not(density)


def clouds(rng: Rng, width: int, height: int, size: float) -> Pixels:
    """Smooth noise from 0 to 1 with features of about `size` dots."""
    rows, columns = max(2, round(height / size)), max(2, round(width / size))
    coarse = rng.random((rows, columns)).astype(np.float32)
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(wide, 0, 1)


def span(low: float, high: float, severity: float) -> float:
    """From `low` at severity 0 to `high` at 1."""
    return low + (high - low) * severity


def _curve(gain: float, gamma: float) -> Pixels:
    density = (255 - np.arange(256)) / 255
    return (255 - np.clip(255 * gain * density**gamma, 0, 255)).astype(np.uint8)
