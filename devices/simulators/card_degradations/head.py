"""What print heads, rollers and drivers do: bands, dead elements, heat, place, size, copies.

Each function lays one side's planes wrongly: (planes, severity, rng) to planes.
"""

from __future__ import annotations

import cv2
import numpy as np

from devices.simulators.card_degradations.planes import (
    DOTS_PER_MM,
    Pixels,
    Planes,
    Rng,
    clouds,
    moved,
    span,
    thinned,
)


def banded(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Bands across the card's way, from an uneven feed."""
    period = rng.uniform(9, 60)
    at = np.arange(planes.width) * (2 * np.pi / period) + rng.uniform(0, 2 * np.pi)
    keep = 1 + np.sin(at).astype(np.float32) * span(0.03, 0.3, severity)
    return _thin_all(planes, keep[None, :], resin=False)


def dead_element(planes: Planes, severity: float, rng: Rng) -> Planes:
    """One dot of the head (up to three beside each other) lays nothing along the whole card."""
    keep = np.ones(planes.height, np.float32)
    first = int(rng.integers(20, planes.height - 24))
    keep[first : first + 1 + int(severity * 2.999)] = span(0.5, 0.0, min(1.0, severity * 3))
    return _thin_all(planes, keep[:, None])


def hot_element(planes: Planes, severity: float, rng: Rng) -> Planes:
    """One dot of the head that doesn't cool: a dark line along the card."""
    dye = planes.dye.copy()
    row = int(rng.integers(20, planes.height - 24))
    rows = slice(row, row + 1 + int(severity * 2.999))
    dye[rows] = (dye[rows] * span(0.75, 0.15, severity)).astype(np.uint8)
    return Planes(dye, planes.resin, planes.varnish)


def dirty_head(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Dirt on the head: pale stripes with soft edges along the card."""
    keep = np.ones(planes.height, np.float32)
    rows = np.arange(planes.height)
    for _ in range(1 + round(span(0, 3, severity))):
        row, half = rng.uniform(20, planes.height - 20), span(1.5, 7, severity)
        keep -= span(0.15, 0.7, severity) * np.exp(-(((rows - row) / half) ** 2))
    return _thin_all(planes, np.clip(keep, 0, 1).astype(np.float32)[:, None])


def dust(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Dust on the plastic: white voids where neither dye nor resin took."""
    voids = np.zeros((planes.height, planes.width), np.uint8)
    for _ in range(1 + round(span(0, 22, severity))):
        x, y = int(rng.integers(planes.width)), int(rng.integers(planes.height))
        axes = tuple((rng.uniform(1.2, span(2.5, 9, severity), 2)).round().astype(int).tolist())
        cv2.ellipse(voids, (x, y), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    return _thin_all(planes, 1 - voids.astype(np.float32) / 255)


def one_void(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A single void, 0.3 to 3 mm across: a hair, a grain, a fingertip of grease."""
    voids = np.zeros((planes.height, planes.width), np.uint8)
    across = span(0.3, 3.0, severity) * DOTS_PER_MM
    x, y = int(rng.integers(30, planes.width - 30)), int(rng.integers(30, planes.height - 30))
    axes = (max(1, round(across / 2)), max(1, round(across / 2 * rng.uniform(0.4, 1))))
    cv2.ellipse(voids, (x, y), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    return _thin_all(planes, 1 - voids.astype(np.float32) / 255)


def greasy_finger(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A fingerprint on the blank: dye takes between its ridges only."""
    x, y = rng.uniform(120, planes.width - 120), rng.uniform(120, planes.height - 120)
    down, across = np.mgrid[0 : planes.height, 0 : planes.width].astype(np.float32)
    far = np.hypot((across - x) / 1.0, (down - y) / 1.35)
    ridges = 0.5 + 0.5 * np.sin(far * (2 * np.pi / 5.5))
    inside = np.clip(1.2 - far / span(60, 110, severity), 0, 1)
    keep = 1 - ridges * np.minimum(inside * 3, 1) * span(0.12, 0.75, severity)
    return _thin_all(planes, keep.astype(np.float32), resin=False)


def overheated(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Too much heat: dye too dense, resin wider than ordered."""
    dye = thinned(planes.dye, span(1.08, 1.7, severity))
    wide = cv2.dilate(planes.resin, np.ones((3, 3), np.uint8))
    share = severity * 0.9
    resin = (planes.resin * (1 - share) + wide * share).astype(np.uint8)
    return Planes(dye, resin, planes.varnish)


def underheated(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Too little heat: everything pale, resin broken."""
    keep = span(0.9, 0.35, severity)
    took = clouds(rng, planes.width, planes.height, 7)
    resin = np.where(took < span(0.0, 0.35, severity), 0, planes.resin)
    return Planes(thinned(planes.dye, keep), resin.astype(np.uint8), planes.varnish)


def colour_cast(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The wrong curve for this ribbon: one dye too strong and another too weak in the mid-tones."""
    strong, weak = rng.permutation(3)[:2]
    levels = (255 - np.arange(256)) / 255
    bend = span(1.15, 2.3, severity)
    dye = planes.dye.copy()
    for index, power in ((strong, 1 / bend), (weak, bend)):
        curve = (255 - 255 * levels**power).astype(np.uint8)
        dye[:, :, index] = cv2.LUT(dye[:, :, index], curve)
    return Planes(dye, planes.resin, planes.varnish)


def shifted(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The whole print 0.6 to 4 mm off its place, plastic bare along the edge."""
    far = span(0.6, 4.0, severity) * DOTS_PER_MM
    angle = rng.choice((0, 0.5, 1, 1.5)) * np.pi + rng.uniform(-0.3, 0.3)
    return _placed(planes, far * np.cos(angle), far * np.sin(angle), 0, 1)


def turned(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The whole print turned on the card by 0.5 to 4 degrees."""
    return _placed(planes, 0, 0, span(0.5, 4.0, severity) * rng.choice((-1, 1)), 1)


def stretched(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A feed too slow or too fast: 0.6 to 5 per cent longer or shorter along the card."""
    far = span(0.006, 0.05, severity) * rng.choice((-1, 1))
    return _placed(planes, 0, 0, 0, 1 + far)


def half_printed(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Printing stopped on the way: bare plastic from there on."""
    end = round(planes.width * span(0.92, 0.15, severity))
    rest = slice(end, None) if rng.random() < 0.5 else slice(None, planes.width - end)
    dye, resin = planes.dye.copy(), planes.resin.copy()
    dye[:, rest], resin[:, rest] = 255, 0
    return Planes(dye, resin, planes.varnish)


def edge_bare(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A margin of 0.8 to 6 mm along one edge that the head didn't reach."""
    wide = round(span(0.8, 6.0, severity) * DOTS_PER_MM)
    dye, resin = planes.dye.copy(), planes.resin.copy()
    side = int(rng.integers(4))
    rest: tuple[slice, ...] = (
        (slice(None), slice(0, wide)),
        (slice(None), slice(planes.width - wide, None)),
        (slice(0, wide),),
        (slice(planes.height - wide, None),),
    )[side]
    dye[rest], resin[rest] = 255, 0
    return Planes(dye, resin, planes.varnish)


def printed_twice(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The same face laid again, 2 to 30 dots beside itself."""
    far = span(2, 30, severity)
    angle = rng.uniform(0, 2 * np.pi)
    again = _placed(planes, far * np.cos(angle), far * np.sin(angle), 0, 1)
    dye = planes.dye.astype(np.uint16) * again.dye // 255
    return Planes(dye.astype(np.uint8), np.maximum(planes.resin, again.resin), planes.varnish)


def soft(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Too little pressure of the head: dye without edges."""
    dye = cv2.GaussianBlur(planes.dye, (0, 0), span(1.3, 6, severity))
    resin = cv2.GaussianBlur(planes.resin, (0, 0), span(0.6, 2.2, severity))
    return Planes(dye, resin, planes.varnish)


def coarse(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A driver that sent half the resolution, or less."""
    size = round(span(2, 8, severity))
    small = (max(1, planes.width // size), max(1, planes.height // size))
    whole = (planes.width, planes.height)

    def blocks(plane: Pixels) -> Pixels:
        less = cv2.resize(plane, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(less, whole, interpolation=cv2.INTER_NEAREST)

    return Planes(blocks(planes.dye), blocks(planes.resin), planes.varnish)


def few_levels(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A driver that sent few levels of each dye."""
    step = 255 / round(span(16, 2, severity))
    dye = (np.round(planes.dye / step) * step).astype(np.uint8)
    return Planes(dye, planes.resin, planes.varnish)


def _thin_all(planes: Planes, keep: Pixels, *, resin: bool = True) -> Planes:
    dye = thinned(planes.dye, keep[:, :, None])
    black = (planes.resin * np.clip(keep, 0, 1)).astype(np.uint8) if resin else planes.resin
    return Planes(dye, black, planes.varnish)


def _placed(planes: Planes, dx: float, dy: float, degrees: float, stretch: float) -> Planes:
    return Planes(
        moved(planes.dye, dx, dy, degrees, 255, stretch),
        moved(planes.resin, dx, dy, degrees, 0, stretch),
        planes.varnish,
    )
