"""What looks otherwise than ordered, by its shape: stripes, spots, wrinkles, and the rest."""

from __future__ import annotations

import cv2
import numpy as np

from desktop.cards.inspection.expected import BoxPx, Pixels
from desktop.cards.inspection.facts import BoxMm, CardCheck
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.layout import Signature

_LIGHTER = 26.0
_DARKER = 34.0
_SPOT = (5, 160)
"""Pixels of the smallest and the largest spot; every card has specks of a dot or two."""
_LONG_MM = 5.0


def check_marks(side: Side, judge: Judge, *, taken: tuple[BoxPx, ...] = ()) -> None:
    """Everything that a residual shows. `taken` are places whose own check failed already."""
    lighter, darker = side.off
    light = cv2.threshold(lighter, _LIGHTER, 1, cv2.THRESH_BINARY)[1]
    dark = cv2.threshold(darker, _DARKER, 1, cv2.THRESH_BINARY)[1]
    # Resin has checks of its own, and half a dot's shift shows at all its edges.
    light[cv2.dilate(side.expected.resin, np.ones((7, 7), np.uint8)) > 0] = 0
    for x0, y0, x1, y1 in taken:
        for mask in (light, dark):
            mask[max(0, y0 - 6) : y1 + 6, max(0, x0 - 6) : x1 + 6] = 0
    left, wrinkle = _wrinkles(side, light)
    judge(CardCheck.WRINKLE, wrinkle[0], side.name, wrinkle[1])
    spots, rest = _spots(left)
    box = None if not spots else side.expected.mm(_around(spots))
    judge(CardCheck.SPOTS, float(sum(_weight(spot) for spot in spots)), side.name, box)
    area, where = _largest(cv2.bitwise_or(rest, dark))
    unit = 25.4 / side.expected.layout.dpi
    judge(
        CardCheck.SURFACE, area * unit * unit, side.name,
        None if where is None else side.expected.mm(where),
    )  # fmt: skip


def check_bands(side: Side, judge: Judge, *, taken: tuple[BoxPx, ...] = ()) -> None:
    """Stripes along or across the card: lines of one lightness that the order doesn't have.

    `taken` are places whose own check failed already: another's photo isn't a stripe.
    """
    told = side.told_grey
    slope = cv2.morphologyEx(told, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    calm = (side.inside > 0) & (slope < 26) & (told > 30)
    for x0, y0, x1, y1 in taken:
        calm[max(0, y0) : y1, max(0, x0) : x1] = False
    off = np.clip(np.where(calm, side.grey - told, 0), -40, 40).astype(np.float32)
    weight = calm.astype(np.float32)
    best = 0.0, "", None
    for axis, name in ((0, "across"), (1, "along")):
        sums, counts = off.sum(axis=axis), weight.sum(axis=axis)
        length = len(sums)
        enough = counts > 0.12 * calm.shape[axis]
        profile = np.where(enough, sums / np.maximum(1, counts), 0).astype(np.float32)
        slow = cv2.GaussianBlur(profile[None], (0, 0), 22)[0]
        swing = np.where(enough, profile - slow, 0)
        swing = swing[8 : length - 8]
        depth = float(np.percentile(np.abs(swing), 97))
        if depth > best[0]:
            at = int(np.abs(swing).argmax()) + 8
            width, height = side.expected.size
            box = (at - 4, 0, at + 4, height) if axis == 0 else (0, at - 4, width, at + 4)
            best = depth, name, box
    depth, name, where = best
    judge(
        CardCheck.BANDS, depth, side.name,
        None if where is None else side.expected.mm(where), name,
    )  # fmt: skip


def check_signature(side: Side, shift: tuple[float, float], judge: Judge) -> None:
    """Whether the signature's strokes are there."""
    for element in side.expected.elements:
        if not isinstance(element, Signature):
            continue
        box = side.expected.px(element.box)
        ink = side.cut(side.expected.resin, box) > 0
        if int(ink.sum()) < 60:
            continue
        x0, y0, x1, y1 = box
        middle = ((x0 + x1 - 1) / 2 + shift[0], (y0 + y1 - 1) / 2 + shift[1])
        seen = cv2.getRectSubPix(side.grey, (x1 - x0, y1 - y0), middle)
        ground = float(np.median(seen))
        lowest = cv2.erode(seen, np.ones((3, 3), np.uint8))
        there = (ground - lowest[ink]) > 0.35 * ground
        judge(CardCheck.SIGNATURE, float(there.mean()), side.name, side.expected.mm(box))


def _wrinkles(side: Side, light: Pixels) -> tuple[Pixels, tuple[float, BoxMm | None]]:
    """Takes lines without dye out of the mask; the longest one in mm, and its box."""
    unit = 25.4 / side.expected.layout.dpi
    least = round(_LONG_MM / unit)
    lines = cv2.HoughLinesP(light * 255, 1, np.pi / 180, 40, minLineLength=least, maxLineGap=18)
    if lines is None:
        return light, (0.0, None)
    best, where = 0.0, None
    rest = light.copy()
    for x0, y0, x1, y1 in lines.reshape(-1, 4).astype(int)[:60]:
        strip = np.zeros_like(light)
        cv2.line(strip, (x0, y0), (x1, y1), (1,), 7)
        wide = np.zeros_like(light)
        cv2.line(wide, (x0, y0), (x1, y1), (1,), 25)
        # A line, not the middle of a field: little lies beside it.
        beside = int(light[(wide > 0) & (strip == 0)].sum())
        on = int(light[strip > 0].sum())
        length = float(np.hypot(x1 - x0, y1 - y0)) * unit
        if on > 1.5 * beside:
            rest[strip > 0] = 0
            if length > best:
                best = length
                where = (min(x0, x1) - 4, min(y0, y1) - 4, max(x0, x1) + 4, max(y0, y1) + 4)
    return rest, (best, None if where is None else side.expected.mm(where))


def _spots(light: Pixels) -> tuple[list[BoxPx], Pixels]:
    """Roundish spots by their boxes, and the mask without them."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    found: list[BoxPx] = []
    rest = light.copy()
    for index, (x, y, width, height, area) in enumerate(stats.tolist()):
        if index == 0 or not _SPOT[0] <= area <= _SPOT[1]:
            continue
        if max(width, height) > 3.2 * min(width, height) or area < 0.3 * width * height:
            continue
        found.append((x, y, x + width, y + height))
        rest[labels == index] = 0
    return found, rest


def _weight(spot: BoxPx) -> int:
    """A large spot counts as two."""
    return 2 if (spot[2] - spot[0]) * (spot[3] - spot[1]) >= 30 else 1


def _largest(mask: Pixels) -> tuple[float, BoxPx | None]:
    """The largest thing after near pieces are joined: its own pixels, and its box."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if len(stats) < 2:
        return 0.0, None
    flat = labels.ravel().astype(np.intp)
    sums = np.bincount(flat, weights=mask.ravel(), minlength=len(stats))
    sums[0] = 0
    best = int(sums.argmax())
    if not sums[best]:
        return 0.0, None
    x, y, width, height, _ = stats[best].tolist()
    return float(sums[best]), (x, y, x + width, y + height)


def _around(boxes: list[BoxPx]) -> BoxPx:
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip
