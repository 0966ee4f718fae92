"""The frames on the picture of a looked-at card leave what they point at readable."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from desktop.cards.inspection.facts import BoxMm, CardCheck, CardFinding, CardSide, Severity
from desktop.cards.inspection.marking import marked
from desktop.cards.layout import load_layout

LAYOUT = load_layout()
UNIT = LAYOUT.dpi / 25.4
WIDE, TALL = LAYOUT.size_px


def failed(check: CardCheck, severity: Severity, box: BoxMm) -> CardFinding:
    return CardFinding(check, severity, 1.0, 0.0, passed=False, side=CardSide.FRONT, box=box)


def drawn(picture: Any, *findings: CardFinding) -> Any:
    """Red, green and blue of the framed picture, as numbers that may be taken apart."""
    jpeg = marked(picture, findings, CardSide.FRONT, LAYOUT)
    blue_first = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert blue_first is not None
    return cv2.cvtColor(blue_first, cv2.COLOR_BGR2RGB).astype(int)


def is_red(picture: Any) -> Any:
    return (picture[..., 0] - picture[..., 1] > 90) & (picture[..., 1] < 90)


def test_a_frame_goes_around_a_value_that_is_longer_than_the_ordered_one() -> None:
    picture = np.full((TALL, WIDE, 3), 240, np.uint8)
    left, top, right, foot = 300, 240, 420, 266
    for x in range(left, right, 16):  # letters
        picture[top:foot, x : x + 11] = 20
    ordered = (left + 40) / UNIT, top / UNIT, 40 / UNIT, (foot - top) / UNIT
    seen = drawn(picture, failed(CardCheck.NAME, Severity.REFUSE, ordered))
    red = is_red(seen)
    assert red.any()
    assert not red[top:foot, left:right].any()
    letters = seen[top + 2 : foot - 2, left:right][picture[top + 2 : foot - 2, left:right] < 30]
    assert letters.max() < 90  # no white around a frame eats one either


def test_a_strip_of_the_ribbon_lies_thin_under_the_frame_of_a_value() -> None:
    picture = np.full((TALL, WIDE, 3), 240, np.uint8)
    strip = failed(CardCheck.PANELS, Severity.REFUSE, (30.0, 0.0, 11.0, TALL / UNIT))
    value = failed(CardCheck.NUMBER, Severity.FAULT, (27.0, 20.0, 30.0, 3.0))
    alone = is_red(drawn(picture, strip))
    across = alone[TALL // 2]
    assert 2 <= across.sum() <= 8  # both edges
    both = is_red(drawn(picture, strip, value))
    over = drawn(picture, value)
    frame = (over[..., 0] - over[..., 2] > 120) & (over[..., 0] > 180)
    crossing = cv2.erode(frame.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert (crossing & alone).any()
    assert not (crossing & both).any()
    row = round(21.5 * UNIT)
    assert alone[row].any()
    assert not both[row].any()  # nor does the strip run through the value
