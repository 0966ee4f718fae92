"""The picture that an officer sees: the side as it was seen, each fault framed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.cards.inspection.expected import Pixels
from desktop.cards.inspection.facts import BoxMm, CardFinding, CardSide, Severity
from desktop.cards.layout import Layout

_COLOURS = {
    Severity.REFUSE: (200, 20, 40),
    Severity.FAULT: (225, 120, 0),
    Severity.AGAIN: (90, 90, 90),
}
_QUALITY = 88
_MARGIN, _ASIDE = 5, 14
"""Around a place; at its sides a digit's width more, since what stands there may be longer."""
_WIDEST = 1400
_STRIP_MM = 40.0
"""What is taller runs across a whole side: a fault of the ribbon, never a value."""
_LINE_MM = 5.0
"""What is lower is a line of text, and its frame cuts no letter."""
_INK, _GAP, _FARTHEST = 110, 4, 200
"""Grey of printed letters; clear columns at either side of a frame's edge; the widest way there."""


def marked(
    seen: Pixels | None, findings: tuple[CardFinding, ...], side: CardSide, layout: Layout
) -> bytes:
    """The side as JPEG with its faults framed; the whole picture where no card was found."""
    if seen is None:
        return b""
    picture = seen.copy()
    height, width = picture.shape[:2]
    unit = layout.dpi / 25.4
    if (width, height) == layout.size_px:
        failed = [f for f in findings if not f.passed and f.side is side]
        dark = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) < _INK
        order = list(Severity)
        placed = [
            (finding, _around(finding.box, unit, dark))
            for finding in sorted(failed, key=lambda f: -order.index(f.severity))
            if finding.box is not None
        ]
        strips = [each for each in placed if _is_strip(each[0])]
        values = [each for each in placed if not _is_strip(each[0])]
        for finding, (left, top, right, foot) in strips:
            cv2.rectangle(picture, (left, top), (right, foot), _COLOURS[finding.severity], 2)
        for _, (left, top, right, foot) in values:  # no strip's edge runs through a value
            picture[top:foot, left:right] = seen[top:foot, left:right]
        for finding, (left, top, right, foot) in values:
            cv2.rectangle(picture, (left, top), (right, foot), (255, 255, 255), 5)
            cv2.rectangle(picture, (left, top), (right, foot), _COLOURS[finding.severity], 3)
    elif width > _WIDEST:
        shrink = _WIDEST / width
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, packed = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(packed).tobytes() if done else b""


def _is_strip(finding: CardFinding) -> bool:
    return finding.box is not None and finding.box[3] > _STRIP_MM


def _around(box: BoxMm, unit: float, dark: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and foot of a box's frame in pixels; `dark` is where letters are."""
    height, width = dark.shape
    x, y, wide, tall = box
    top, foot = round(y * unit), round((y + tall) * unit)
    left, right = (
        max(2, round(x * unit) - _ASIDE),
        min(width - 3, round((x + wide) * unit) + _ASIDE),
    )
    if tall < _LINE_MM:
        inked = np.asarray(dark[max(0, top) : foot].any(axis=0))
        left, right = _clear(inked, left, -1), _clear(inked, right, 1)
    return left, max(2, top - _MARGIN), right, min(height - 3, foot + _MARGIN)


def _clear(inked: NDArray[np.bool_], at: int, step: int) -> int:
    """The next column outwards that runs between words; the same one where there is none near."""
    for column in range(at, at + step * _FARTHEST, step):
        if not 2 <= column < len(inked) - 2:
            break
        if not inked[max(0, column - _GAP) : column + _GAP + 1].any():
            return column
    return at
