"""The picture that an officer sees: the side as it was seen, each fault framed."""

from __future__ import annotations

import cv2
import numpy as np

from desktop.cards.inspection.expected import Pixels
from desktop.cards.inspection.facts import CardFinding, CardSide, Severity
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
        failed = [f for f in findings if not f.passed and f.side is side and f.box is not None]
        order = list(Severity)
        for finding in sorted(failed, key=lambda f: -order.index(f.severity)):
            x, y, wide, tall = finding.box or (0.0, 0.0, 0.0, 0.0)
            begin = max(2, round(x * unit) - _ASIDE), max(2, round(y * unit) - _MARGIN)
            end = (
                min(width - 3, round((x + wide) * unit) + _ASIDE),
                min(height - 3, round((y + tall) * unit) + _MARGIN),
            )
            cv2.rectangle(picture, begin, end, (255, 255, 255), 7)
            cv2.rectangle(picture, begin, end, _COLOURS[finding.severity], 4)
    elif width > _WIDEST:
        shrink = _WIDEST / width
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, packed = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(packed).tobytes() if done else b""
