"""Where the card lies on a picture: its four edges against the ground."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
"""A picture: height, width and, in colour, red, green, blue."""
Points = NDArray[np.float32]
"""Rows of x and y."""
Matrix = NDArray[np.float64]
"""A homography, 3 x 3."""

THUMBNAIL = 420
"""Pixels of the long side of the picture in which the card is looked for."""
_RING = 0.03
_LEAST_APART = 9.0
"""Distance in Lab below which nothing is told from the ground."""
_LEAST_SHARE = 0.10
"""Of the picture; a smaller card has too few pixels to be judged."""
_ASPECT = 85.6 / 53.98
_ASPECT_OFF = 0.30
_REACH = 9
"""Pixels to both sides in which a line is looked for at full size."""


def card_outline(picture: Pixels, small: Pixels) -> Points | None:
    """The card's corners, clockwise, the first side a long one; None where no card is seen.

    `small` is the same picture at THUMBNAIL pixels. Corners are where the edges would meet, so
    that rounded ones don't matter.
    """
    scale = small.shape[1] / picture.shape[1]
    apart = _from_ground(small)
    level = float(cv2.threshold(apart, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    mask = (apart > max(_LEAST_APART, level * 0.6)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    if cv2.contourArea(hull) < _LEAST_SHARE * mask.size:
        return None
    corners = _four(hull)
    if corners is None:
        return None
    corners = _along_contour(contour.reshape(-1, 2).astype(np.float32), _ordered(corners))
    corners = _refined(picture, corners / scale)
    return corners if _plausible(corners) else None


def _from_ground(small: Pixels) -> Pixels:
    """How far each pixel's colour is from the ground's, which may be lit unevenly; 0 to 255."""
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    ring = np.zeros((height, width), bool)
    edge = max(3, round(_RING * height))
    ring[:edge], ring[-edge:], ring[:, :edge], ring[:, -edge:] = True, True, True, True
    rows, columns = np.nonzero(ring)
    ramp = np.stack([np.ones(len(rows)), columns / width - 0.5, rows / height - 0.5], axis=1)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    every = np.stack([np.ones_like(xs), xs / width - 0.5, ys / height - 0.5], axis=2)
    total = np.zeros((height, width), np.float32)
    for band in range(3):
        values = lab[rows, columns, band]
        kept = np.abs(values - np.median(values)) <= max(4.0, 2.5 * _mad(values))
        plane = np.linalg.lstsq(ramp[kept], values[kept], rcond=None)[0].astype(np.float32)
        total += np.square(lab[:, :, band] - every @ plane)
    return np.minimum(255, np.sqrt(total)).astype(np.uint8)


def _mad(values: NDArray[np.float32]) -> float:
    return float(np.median(np.abs(values - np.median(values)))) * 1.48


def _four(hull: Pixels) -> Points | None:
    """The hull as four corners: the coarsest polygon that still has four."""
    around = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.04, 0.06, 0.08):
        found = cv2.approxPolyDP(hull, share * around, True).reshape(-1, 2)
        if len(found) == 4:
            return found.astype(np.float32)
        if len(found) < 4:
            break
    box = cv2.boxPoints(cv2.minAreaRect(hull))
    whole = cv2.contourArea(hull) / max(1.0, cv2.contourArea(box))
    return box.astype(np.float32) if whole > 0.9 else None


def _ordered(corners: Points) -> Points:
    """Clockwise on the picture, beginning with a long side."""
    middle = corners.mean(axis=0)
    turn = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    around = corners[np.argsort(turn)]
    sides = np.linalg.norm(np.roll(around, -1, axis=0) - around, axis=1)
    return around if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(around, -1, axis=0)


def _along_contour(contour: Points, corners: Points) -> Points:
    """Sides laid through the contour's straight parts: a rounded corner has no say."""
    lines: list[tuple[Points, Points]] = []
    for index in range(4):
        begin, end = corners[index], corners[(index + 1) % 4]
        length = max(1e-6, float(np.linalg.norm(end - begin)))
        along = (end - begin) / length
        share = (contour - begin) @ along / length
        off = (contour - begin) @ np.array([-along[1], along[0]], np.float32) / length
        near = contour[(share > 0.12) & (share < 0.88) & (np.abs(off) < 0.06)]
        if len(near) < 8:
            return corners
        lines.append(_line(near))
    return _corners_of(lines, corners)


def _refined(picture: Pixels, corners: Points) -> Points:
    """Each side's line laid through the strongest step near it, at the picture's full size."""
    reach = max(_REACH, round(float(np.linalg.norm(corners[1] - corners[0])) / 160))
    lines: list[tuple[Points, Points]] = []
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    steps = np.linspace(0.1, 0.9, 60, dtype=np.float32)
    for index in range(4):
        begin, end = corners[index], corners[(index + 1) % 4]
        along = (end - begin) / max(1e-6, float(np.linalg.norm(end - begin)))
        across = np.array([-along[1], along[0]], np.float32)
        spots = begin + steps[:, None] * (end - begin)
        where = spots[:, None, :] + offsets[None, :, None] * across
        seen = cv2.remap(
            picture, where[:, :, 0], where[:, :, 1], cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        soft = cv2.GaussianBlur(seen.astype(np.float32), (5, 1), 0)
        rise = np.abs(np.diff(soft, axis=1)).sum(axis=2)
        # From outside: a band printed along the edge may be the stronger step behind it.
        strength = rise.max(axis=1)
        first = (rise > 0.5 * strength[:, None]).argmax(axis=1)
        span = np.minimum(first[:, None] + np.arange(3), rise.shape[1] - 1)
        best = np.take_along_axis(span, np.take_along_axis(rise, span, 1).argmax(1)[:, None], 1)
        best = best[:, 0]
        kept = strength > 0.4 * float(np.median(strength))
        at = offsets[best] + 0.5
        lines.append(_line((spots + at[:, None] * across)[kept]))
    return _corners_of(lines, corners)


def _line(points: Points) -> tuple[Points, Points]:
    """A point of the line and its direction."""
    found = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).reshape(-1)
    return found[2:].astype(np.float32), found[:2].astype(np.float32)


def _corners_of(lines: list[tuple[Points, Points]], before: Points) -> Points:
    """Where the sides meet; as before where two never do, or far from there."""
    met = [_meeting(lines[index - 1], lines[index]) for index in range(4)]
    found = np.array([was if now is None else now for now, was in zip(met, before, strict=True)])
    limit = 0.08 * float(np.linalg.norm(before[1] - before[0]))
    return found.astype(np.float32) if float(np.abs(found - before).max()) < limit else before


def _meeting(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points | None:
    (p, d), (q, e) = one, other
    cross = float(d[0] * e[1] - d[1] * e[0])
    if abs(cross) < 1e-6:
        return None
    share = float((q[0] - p[0]) * e[1] - (q[1] - p[1]) * e[0]) / cross
    return np.asarray(p + share * d, np.float32)


def _plausible(corners: Points) -> bool:
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    wide, tall = float(sides[0] + sides[2]), float(sides[1] + sides[3])
    if tall <= 0 or not cv2.isContourConvex(corners.astype(np.float32)):
        return False
    return abs(wide / tall / _ASPECT - 1) < _ASPECT_OFF
