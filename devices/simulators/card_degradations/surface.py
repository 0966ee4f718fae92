"""What happens to finished plastic: scratches, stains, labels, smudges, breaks, bending.

Each function takes one side as RGBA and hands back a new picture: (card, places, severity, rng).
`places` are boxes in dots by name (left, top, right, lower edge), those of this side only.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from devices.simulators.card_degradations.planes import DOTS_PER_MM, Pixels, Rng, clouds, span

Box = tuple[int, int, int, int]
Boxes = Mapping[str, Box]


def scratched(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A few scratches through the varnish, light or dark."""
    height, width = card.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    for _ in range(1 + round(span(0, 6, severity))):
        start = rng.uniform((0, 0), (width, height))
        angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.6) * width
        bend = rng.uniform(-0.15, 0.15)
        steps = np.linspace(0, 1, 10)
        x = start[0] + reach * steps * np.cos(angle + bend * steps)
        y = start[1] + reach * steps * np.sin(angle + bend * steps)
        line = np.stack((x, y), axis=1).round().astype(np.int32)
        thick = 1 + round(span(0, 2, severity))
        cv2.polylines(lines, [line], False, 255, thick, cv2.LINE_AA)
    colour = (235, 235, 235) if rng.random() < 0.7 else (60, 55, 50)
    return _painted(card, lines, colour, span(0.35, 0.95, severity))


def scuffed(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """Many fine scratches side by side, as from a dirty roller."""
    height, width = card.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    x, y = rng.uniform(0.1, 0.8) * width, rng.uniform(0.1, 0.8) * height
    angle = rng.uniform(0, np.pi)
    for _ in range(round(span(8, 60, severity))):
        at = np.array((x, y)) + rng.normal(0, span(12, 45, severity), 2)
        turn, reach = angle + rng.normal(0, 0.08), rng.uniform(40, 160)
        end = at + reach * np.array((np.cos(turn), np.sin(turn)))
        start, stop = (tuple(int(value) for value in point) for point in (at, end))
        cv2.line(lines, start, stop, 255, 1, cv2.LINE_AA)
    return _painted(card, lines, (240, 240, 240), span(0.25, 0.7, severity))


def stained(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A spot of coffee, ink or oil that lets the print shine through."""
    height, width = card.shape[:2]
    at = rng.uniform((60, 60), (width - 60, height - 60))
    blot = _blot(width, height, at, span(8, 75, severity), rng)
    colour = ((140, 95, 50), (40, 50, 120), (90, 90, 80))[int(rng.integers(3))]
    return _tinted(card, blot, colour, span(0.25, 0.85, severity))


def pen_marked(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A stroke of a pen somewhere."""
    height, width = card.shape[:2]
    start = rng.uniform((80, 80), (width - 80, height - 80))
    steps = np.cumsum(rng.normal(0, span(5, 18, severity), (round(span(6, 30, severity)), 2)), 0)
    line = (start + steps).round().astype(np.int32)
    ink = np.zeros((height, width), np.uint8)
    cv2.polylines(ink, [line], False, 255, 2 + round(span(0, 3, severity)), cv2.LINE_AA)
    colour = ((25, 30, 110), (20, 20, 20), (150, 20, 30))[int(rng.integers(3))]
    return _painted(card, ink, colour, 0.9)


def code_scribbled(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """Pen strokes over the code."""
    x0, y0, x1, y1 = _inked(places["code"])
    ink = np.zeros(card.shape[:2], np.uint8)
    for _ in range(1 + round(span(0, 7, severity))):
        ends = rng.uniform((x0, y0), (x1, y1), (5, 2)).round().astype(np.int32)
        cv2.polylines(ink, [ends], False, 255, 2 + round(span(0, 4, severity)), cv2.LINE_AA)
    return _painted(card, ink, (25, 28, 70), 0.92)


def code_smudged(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A part of the code rubbed over: modules run into each other."""
    x0, y0, x1, y1 = _inked(places["code"])
    at = rng.uniform((x0 + 20, y0 + 20), (x1 - 20, y1 - 20))
    blot = _blot(card.shape[1], card.shape[0], at, span(20, 170, severity), rng)
    length = round(span(7, 31, severity)) | 1
    kernel: Pixels = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    angle = float(rng.uniform(-90, 90))
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), angle, 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    drawn = cv2.filter2D(card[:, :, :3], -1, kernel / kernel.sum())
    share = blot[:, :, None].astype(np.float32) / 255
    out = card.copy()
    out[:, :, :3] = card[:, :, :3] * (1 - share) + drawn * share
    return out


def code_covered(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A label over a part of the code, from a twentieth to most of it."""
    return _covered(card, _inked(places["code"]), span(0.05, 0.8, severity), rng)


def photo_covered(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A label over a part of the portrait."""
    return _covered(card, places["photo"], span(0.05, 0.8, severity), rng)


def text_covered(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A label, or correction fluid, over a part of one text."""
    texts = [name for name in places if name not in ("photo", "ghost", "code", "signature")]
    box = places[texts[int(rng.integers(len(texts)))]]
    return _covered(card, box, span(0.1, 0.9, severity), rng)


def cracked(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A crack from an edge inwards."""
    height, width = card.shape[:2]
    x = rng.uniform(0.15, 0.85) * width
    from_above = rng.random() < 0.5
    reach = span(0.1, 1.0, severity) * height
    steps = np.linspace(0, 1, 14)
    wander = np.cumsum(rng.normal(0, 4, 14))
    down = steps * reach if from_above else height - steps * reach
    line = np.stack((x + wander, down), axis=1).round().astype(np.int32)
    marks = np.zeros((height, width), np.uint8)
    cv2.polylines(marks, [line], False, 255, 1 + round(severity * 2), cv2.LINE_AA)
    return _painted(card, marks, (95, 90, 85), span(0.5, 0.95, severity))


def corner_broken(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A corner is missing, 2 to 16 mm of it."""
    height, width = card.shape[:2]
    reach = span(2, 16, severity) * DOTS_PER_MM
    along, down = reach * rng.uniform(0.7, 1.3), reach * rng.uniform(0.7, 1.3)
    x, right = (0, 1) if rng.random() < 0.5 else (width, -1)
    y, below = (0, 1) if rng.random() < 0.5 else (height, -1)
    piece = np.array([(x, y), (x + right * along, y), (x, y + below * down)]).astype(np.int32)
    return _gone(card, lambda shape: cv2.fillPoly(shape, [piece], 0))


def holed(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """A hole of 1 to 7 mm."""
    height, width = card.shape[:2]
    radius = round(span(0.5, 3.5, severity) * DOTS_PER_MM)
    at = (int(rng.integers(40, width - 40)), int(rng.integers(40, height - 40)))
    return _gone(card, lambda shape: cv2.circle(shape, at, radius, 0, -1, cv2.LINE_AA))


def bubbled(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """Bubbles under the varnish: a light rim with a dark one inside."""
    height, width = card.shape[:2]
    light, dark = (np.zeros((height, width), np.uint8) for _ in "ld")
    for _ in range(1 + round(span(0, 8, severity))):
        at = (int(rng.integers(20, width - 20)), int(rng.integers(20, height - 20)))
        radius = round(rng.uniform(4, span(7, 26, severity)))
        cv2.circle(light, at, radius, 255, 2, cv2.LINE_AA)
        cv2.circle(dark, at, max(1, radius - 2), 255, 2, cv2.LINE_AA)
    seen = span(0.5, 1.0, severity)
    return _painted(_painted(card, light, (250, 250, 250), 0.6 * seen), dark, (70, 65, 65),
                    0.35 * seen)  # fmt: skip


def bent(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """The card bows, so that its long edges are curves in the picture; 3 to 26 dots deep."""
    height, width = card.shape[:2]
    deep = span(3, 26, severity) * rng.choice((-1, 1))
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    bow = (deep * (np.sin(across / width * np.pi) - 0.6)).astype(np.float32)
    return cv2.remap(
        card, across, down + bow, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0
    )


def yellowed(card: Pixels, places: Boxes, severity: float, rng: Rng) -> Pixels:
    """Old or burnt plastic: whites gone yellow."""
    share = np.array((span(0.99, 0.93, severity), span(0.97, 0.84, severity),
                      span(0.9, 0.5, severity)))  # fmt: skip
    out = card.copy()
    out[:, :, :3] = card[:, :, :3] * share
    return out


def _inked(box: Box) -> Box:
    """A code's place without the white around its modules (a twelfth on each side)."""
    x0, y0, x1, y1 = box
    edge = (x1 - x0) // 12
    return x0 + edge, y0 + edge, x1 - edge, y1 - edge


def _blot(width: int, height: int, at: Pixels, radius: float, rng: Rng) -> Pixels:
    """A soft-edged blot without a regular outline, 0 to 255."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot(across - at[0], (down - at[1]) * rng.uniform(0.8, 1.25)) / radius
    rough = (clouds(rng, width, height, max(6.0, radius / 2)) - 0.5) * 0.7
    return (np.clip((1.0 - far + rough) * 5, 0, 1) * 255).astype(np.uint8)


def _painted(card: Pixels, shape: Pixels, colour: tuple[int, int, int], strength: float) -> Pixels:
    share = shape[:, :, None].astype(np.float32) * (strength / 255)
    out = card.copy()
    out[:, :, :3] = card[:, :, :3] * (1 - share) + np.array(colour, np.float32) * share
    return out


def _tinted(card: Pixels, shape: Pixels, colour: tuple[int, int, int], strength: float) -> Pixels:
    share = shape[:, :, None].astype(np.float32) * (strength / 255)
    let = 1 - share * (1 - np.array(colour, np.float32) / 255)
    out = card.copy()
    out[:, :, :3] = card[:, :, :3] * let
    return out


def _covered(card: Pixels, box: Box, share: float, rng: Rng) -> Pixels:
    """A label over so much of a box, from one of its sides."""
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    across = wide >= high * 2 or rng.random() < 0.5
    if across:
        length = wide * share
        left = x0 if rng.random() < 0.5 else x1 - length
        corners = (left, y0 - 4, left + length, y1 + 4)
    else:
        length = high * share
        upper = y0 if rng.random() < 0.5 else y1 - length
        corners = (x0 - 4, upper, x1 + 4, upper + length)
    label = np.zeros(card.shape[:2], np.uint8)
    start, end = ((round(corners[0]), round(corners[1])), (round(corners[2]), round(corners[3])))
    cv2.rectangle(label, start, end, 255, -1)
    white = int(rng.integers(215, 252))
    return _painted(card, label, (white, white, white - 6), 1.0)


def _gone(card: Pixels, cut: object) -> Pixels:
    assert callable(cut)
    shape = np.full(card.shape[:2], 255, np.uint8)
    cut(shape)
    out = card.copy()
    out[:, :, 3] = np.minimum(card[:, :, 3], shape)
    return out
