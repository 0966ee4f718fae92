"""A picture of one side brought to the layout's own pixels.

The outline gives the first guess; what fixes it are the things that dye prints on every card (the
labels, the head, the class table): they are looked for near where they should be, and the map that
most of them agree on is taken. So a card that was printed askew is still laid over its order, and
where its edges lie then says how far the print is off (`Registered.edges`). Where no outline is
found, features of the whole face are matched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.cards.inspection.expected import COARSE, SOFT, ExpectedFace, Patch
from desktop.cards.inspection.finding import THUMBNAIL, Matrix, Pixels, Points, card_outline

_SURE_COARSE = 0.45
"""Correlation of the small pictures from which on the outline is believed."""
_WIDE, _NEAR = 22, 5
"""Pixels to each side in which a patch is looked for, first and then."""
_LEAST_MATCH = 0.45
_FEATURES = 1400


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a patch lies from where it should, in layout pixels, and how sure."""

    patch: Patch
    dx: float
    dy: float
    match: float


@dataclass(frozen=True)
class Registered:
    """A side at the layout's size. `likeness` is the correlation of both, made small."""

    pixels: Pixels = field(repr=False)
    likeness: float
    to_picture: Matrix = field(repr=False)
    edges: Points | None
    """The outline's corners in layout pixels, clockwise from the upper left one."""
    scale: float
    """Picture pixels to one of the layout."""

    @property
    def turn(self) -> float:
        """Degrees by which the side lies turned on the picture, -180 to 180."""
        way = self.to_picture @ np.array([(0, 100), (0, 0), (1, 1)], np.float64)
        (x0, x1), (y0, y1) = way[0] / way[2], way[1] / way[2]
        return float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))


def register(picture: Pixels, expected: ExpectedFace) -> Registered | None:
    """The picture laid over its order; None where no card like it is seen."""
    small, shrunk = _thumbnail(picture)
    outline = card_outline(picture, small)
    first = _by_outline(small, shrunk, expected, outline)
    if first is None or first[1] < _SURE_COARSE:
        other = _by_features(picture, small, shrunk, expected)
        if other is not None and (first is None or other[1] > first[1]):
            first = other
    if first is None:
        return None
    there = first[0]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    for reach, halved in ((_WIDE, True), (_NEAR, False)):
        seen = _laid(grey, there, expected.size)
        better = _agreed(measured(seen, expected, reach, halved=halved))
        if better is not None:
            there = there @ better
    seen = _laid(picture, there, expected.size)
    edges = None
    if outline is not None:
        back = cv2.perspectiveTransform(outline[None], np.linalg.inv(there))[0]
        edges = _from_upper_left(back)
    width, _ = expected.size
    ends = cv2.perspectiveTransform(np.array([[(0, 0), (width, 0)]], np.float64), there)[0]
    scale = float(np.linalg.norm(ends[1] - ends[0])) / width
    return Registered(seen, _likeness(seen, expected), there, edges, scale)


def measured(
    seen: Pixels,
    expected: ExpectedFace,
    reach: int,
    *,
    black: bool = False,
    halved: bool = False,
    most: int = 60,
) -> tuple[Moved, ...]:
    """Where the patches of dye (or of resin) are found on a grey picture in layout pixels.

    `halved` looks at both at half their size: twice as far for a quarter of the work. Of more than
    `most` patches an even choice is taken.
    """
    found: list[Moved] = []
    grey = expected.grey
    step = 2 if halved else 1
    if halved:
        seen, grey = _half(seen), expected.half
    height, width = seen.shape[:2]
    patches = [patch for patch in expected.patches if patch.black is black]
    step_over = max(1, -(-len(patches) // most))
    for patch in patches[::step_over]:
        x0, y0, x1, y1 = (edge // step for edge in patch.box)
        left, top = max(0, x0 - reach), max(0, y0 - reach)
        area = seen[top : min(height, y1 + reach), left : min(width, x1 + reach)]
        match = cv2.matchTemplate(area, grey[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED)
        _, best, _, (x, y) = cv2.minMaxLoc(match)
        if best >= _LEAST_MATCH:
            dx = left + x - x0 + _vertex(match[y], x)
            dy = top + y - y0 + _vertex(match[:, x], y)
            found.append(Moved(patch, dx * step, dy * step, float(best)))
    return tuple(found)


def _half(seen: Pixels) -> Pixels:
    return cv2.resize(seen, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _vertex(values: NDArray[Any], at: int) -> float:
    """Where between pixels a peak is."""
    if not 0 < at < len(values) - 1:
        return 0.0
    low, mid, high = (float(values[at + step]) for step in (-1, 0, 1))
    bend = low - 2 * mid + high
    return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, (low - high) / (2 * bend)))


def _agreed(moved: tuple[Moved, ...]) -> Matrix | None:
    """The map from the order to where most patches were found."""
    if len(moved) < 6:
        return None
    here = np.array([_middle(m.patch) for m in moved], np.float32)
    there = here + np.array([(m.dx, m.dy) for m in moved], np.float32)
    if len(moved) >= 12:
        found, kept = _homography(here, there, 1.6)
    else:
        flat, kept = _affine(here, there)
        found = None if flat is None else np.vstack([flat, (0, 0, 1)])
    if found is None or int(kept.sum()) < max(6, len(moved) // 3):
        return None
    return np.asarray(found, np.float64)


def _homography(here: Points, there: Points, within: float) -> tuple[Any, Any]:
    """OpenCV's, which gives None where it finds none, though its stubs deny it."""
    found: Any = cv2.findHomography(here, there, cv2.RANSAC, within)
    return found


def _affine(here: Points, there: Points) -> tuple[Any, Any]:
    """The same without perspective, for few points."""
    found: Any = cv2.estimateAffine2D(here, there, method=cv2.RANSAC)
    return found


def _middle(patch: Patch) -> tuple[float, float]:
    x0, y0, x1, y1 = patch.box
    return (x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2


def _by_outline(
    small: Pixels, shrunk: Matrix, expected: ExpectedFace, outline: Points | None
) -> tuple[Matrix, float] | None:
    if outline is None:
        return None
    width, height = expected.size
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    best: tuple[Matrix, float] | None = None
    for turned in range(4):
        corners = np.roll(outline, -turned, axis=0)
        there = cv2.getPerspectiveTransform(frame, corners.astype(np.float32))
        like = _likeness(_small(small, shrunk @ there, expected.size), expected)
        if best is None or like > best[1]:
            best = np.asarray(there, np.float64), like
    return best


def _small(picture: Pixels, there: Matrix, size: tuple[int, int]) -> Pixels:
    """A side at the size of a thumbnail, straight from a small picture."""
    shrink = np.diag([size[0] / COARSE[0], size[1] / COARSE[1], 1.0])
    return cv2.warpPerspective(
        picture, there @ shrink, COARSE,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _thumbnail(picture: Pixels) -> tuple[Pixels, Matrix]:
    """The picture made small once for all tries, and the map that does so."""
    step = min(1.0, THUMBNAIL / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=step, fy=step, interpolation=cv2.INTER_AREA)
    return small, np.diag([step, step, 1.0])


def _likeness(seen: Pixels, expected: ExpectedFace) -> float:
    """Correlation of both, made small and soft, over all colours."""
    one, other = _soft(seen), expected.small
    return float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-6))


def _soft(seen: Pixels) -> Pixels:
    one = cv2.resize(seen, COARSE, interpolation=cv2.INTER_AREA)
    one = cv2.GaussianBlur(one, (0, 0), SOFT).astype(np.float32)
    return one - one.mean((0, 1))


def _by_features(
    picture: Pixels, small: Pixels, shrunk: Matrix, expected: ExpectedFace
) -> tuple[Matrix, float] | None:
    shrink = min(1.0, 1300 / max(picture.shape[:2]))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    orb = cv2.ORB.create(_FEATURES)
    nothing: Any = None
    found: Any = orb.detectAndCompute(expected.grey, nothing)
    here, one = found
    found = orb.detectAndCompute(grey, nothing)
    there, other = found
    if one is None or other is None or len(there) < 8:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(one, other, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < 0.8 * p[1].distance]
    if len(good) < 12:
        return None
    begins = np.array([here[m.queryIdx].pt for m in good], np.float32)
    ends = np.array([there[m.trainIdx].pt for m in good], np.float32) / shrink
    found, kept = _homography(begins, ends, 5.0)
    if found is None or int(kept.sum()) < 10:
        return None
    found = np.asarray(found, np.float64)
    return found, _likeness(_small(small, shrunk @ found, expected.size), expected)


def _laid(picture: Pixels, there: Matrix, size: tuple[int, int]) -> Pixels:
    return _warped(picture, there, size)


def _warped(picture: Pixels, there: Matrix, size: tuple[int, int]) -> Pixels:
    """The picture where `there` maps layout pixels to, without losing what lies between."""
    width, _ = size
    ends = cv2.perspectiveTransform(np.array([[(0, 0), (width, 0)]], np.float64), there)[0]
    ratio = float(np.linalg.norm(ends[1] - ends[0])) / width
    if ratio > 1.6:
        # Sampling alone would skip pixels: the picture is made smaller first.
        step = 1.15 / ratio
        picture = cv2.resize(picture, None, fx=step, fy=step, interpolation=cv2.INTER_AREA)
        there = np.diag([step, step, 1.0]) @ there
    return cv2.warpPerspective(
        picture, there, size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _from_upper_left(corners: Points) -> Points:
    """The same corners, the upper left one first."""
    begin = int(corners.sum(axis=1).argmin())
    return np.roll(corners, -begin, axis=0)
