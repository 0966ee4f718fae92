"""One line of print as it is seen: laid over its order anew, its characters told from all others.

A line is first aligned by itself, since a card stretches and lies askew by parts of a dot. Then
each character's place is compared with every character of its kind (digit, capital, small letter)
in the same font and softness. What counts is how much better another one fits than the ordered
one, as a share of how far the two are apart: a 3 and an 8 differ in few dots only, and a date with
one wrong digit looks like the right one in all others.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from desktop.cards.fitting import font
from desktop.cards.inspection.expected import BoxPx, Pixels, TextLine
from desktop.cards.inspection.looking import Side
from desktop.cards.layout import Face

DIGITS = string.digits
CAPITALS = string.ascii_uppercase
SMALL = string.ascii_lowercase
SERIALS = DIGITS + CAPITALS
UNREAD = "?"
Shift = tuple[float, float]
"""By how much a panel lies off, in pixels."""

_REACH = 3
"""Pixels to each side in which a line is looked for anew."""
_LEAST_LINE = 0.6
"""Correlation from which on a line's own place is believed."""
_LEAST_FIT = 0.5
"""A place that fits nothing better than this is unread."""
_SURE = 0.15
"""How near to the other character, on the way there from the ordered one (-1 to 1), it must be."""
_MARGIN = 0.02
"""By so much must the other one's correlation be better, however alike the two are."""
_WELL, _CLEARLY = 0.8, 0.08
"""Correlation of a digit that is found beside its place, and its lead before the ordered one."""
_FAINT = 0.35
"""Of the ordered contrast: where there is less, no ink is, and nothing is read."""
_ROOM = 0.32
"""Of a font's height: beside a line, and beside a digit that may have been set elsewhere."""
_AS_WIDE = 2.0
"""Pixels by which another character may be wider than the one in whose place it stands."""
_WINDOW = 3
"""Characters that are compared together where a text as a whole is judged."""
_PAD = 2


@dataclass(frozen=True)
class SeenLine:
    """A line cut out of picture and order, both of one size and laid over each other."""

    line: TextLine
    seen: Pixels = field(repr=False)
    told: Pixels = field(repr=False)
    soft: float
    left: int
    """Where the cut begins on the face; its upper edge is that of the line's characters."""
    top: int

    def columns(self, begin: int, end: int) -> tuple[int, int]:
        """The columns of the characters from `begin` to before `end`, cut at the edges."""
        x0, x1 = self.line.cell(begin)[0] - self.left, self.line.cell(end - 1)[2] - self.left
        wide = self.told.shape[1]
        return max(0, min(wide, x0)), max(0, min(wide, x1))


def seen_line(side: Side, line: TextLine, shift: Shift) -> SeenLine | None:
    """A line where it is; None where it has no room on the face."""
    x0, y0, x1, y1 = line.box
    wide, tall = side.expected.size
    room = round(line.size * _ROOM)
    box = (max(0, x0 - room), max(0, y0), min(wide, x1 + room), min(tall, y1))
    if box[2] - box[0] < 6 or box[3] - box[1] < 6:
        return None
    told = side.cut(side.told_grey, box)
    around = _taken(side.grey, box, shift, _REACH)
    match = cv2.matchTemplate(around, told, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    moved = shift
    if _LEAST_LINE <= best <= 1.001:
        dx, dy = x - _REACH + _vertex(match[y], x), y - _REACH + _vertex(match[:, x], y)
        moved = shift[0] + dx, shift[1] + dy
    return SeenLine(line, _taken(side.grey, box, moved, 0), told, side.softness, box[0], box[1])


def read(line: SeenLine, alphabet: str = "") -> str:
    """What stands there, character by character; UNREAD where nothing fits.

    `alphabet` is what may stand there; without one it is the kind of the ordered character. What
    belongs to no kind (hyphens, spaces) is taken as ordered.
    """
    said: list[str] = []
    for index, told in enumerate(line.line.text):
        kind = _kind(told, alphabet)
        fits = None if not kind else _fits(line, index, kind)
        char = told if fits is None else _best(fits, kind, told)
        if fits is not None and kind == DIGITS and float(fits[0].max()) < _WELL:
            char = _anywhere(line, index, char)
        said.append(char)
    return "".join(said)


def _anywhere(line: SeenLine, index: int, said: str) -> str:
    """A digit that fits badly where it should stand, looked for a little beside it.

    A 1 is narrower than the others, so that a date with a wrong one is set elsewhere as a whole.
    """
    told = line.line.text[index]
    x0, x1 = line.columns(index, index + 1)
    drawn, wide, base = _drawn(line.line.font, line.line.size, DIGITS, line.soft)
    reach, top = round(line.line.size * _ROOM), base - (line.line.base - line.top)
    around = line.seen[:, max(0, x0 - reach) : x1 + reach]
    fits = np.full(len(DIGITS), -1.0)
    for at in range(len(DIGITS)):
        one = drawn[at, top : top + around.shape[0], _PAD - 1 : _PAD + 1 + round(float(wide[at]))]
        if one.shape[0] == around.shape[0] and one.shape[1] <= around.shape[1]:
            fits[at] = cv2.matchTemplate(around, one, cv2.TM_CCOEFF_NORMED).max()
    best = int(fits.argmax())
    sure = fits[best] > _WELL and fits[best] > fits[DIGITS.index(told)] + _CLEARLY
    return DIGITS[best] if sure else said


def _best(fits: tuple[Pixels, Pixels], kind: str, told: str) -> str:
    """The character that is read: the ordered one unless another is surely nearer."""
    found, alike = fits
    at = kind.index(told)
    if float(found.max()) < _LEAST_FIT:
        return UNREAD
    better = found - found[at]
    way = better / np.maximum(0.02, 1 - alike)
    other = int(np.where(better > _MARGIN, way, -1).argmax())
    return kind[other] if better[other] > _MARGIN and way[other] > _SURE else told


def _fits(line: SeenLine, index: int, kind: str) -> tuple[Pixels, Pixels] | None:
    """How well each character fits a place, and how like the ordered one each of them is."""
    told = line.line.text[index]
    x0, x1 = line.columns(index, index + 1)
    drawn, wide, base = _drawn(line.line.font, line.line.size, kind, line.soft)
    rise = line.line.base - line.top
    rows = line.told.shape[0]
    top = base - rise
    if x1 - x0 < 3 or top < 0 or top + rows > drawn.shape[1]:
        return None
    begin, end = max(0, x0 - 1), min(line.told.shape[1], x1 + 1)
    first = _PAD + begin - (line.line.cell(index)[0] - line.left)
    if first < 0 or first + end - begin > drawn.shape[2]:
        return None
    others = drawn[:, top : top + rows, first : first + end - begin].reshape(len(kind), -1)
    others = others - others.mean(axis=1, keepdims=True)
    others = others / np.maximum(1e-3, np.linalg.norm(others, axis=1, keepdims=True))
    here = line.seen[:, begin:end].reshape(-1)
    here = here - here.mean()
    long = float(np.linalg.norm(here))
    ink = line.told[:, begin:end]
    if long < _FAINT * float(np.linalg.norm(ink - ink.mean())) + 1:
        return np.zeros(len(kind), np.float32), np.zeros(len(kind), np.float32)
    fits, at = others @ (here / long), kind.index(told)
    # A wider one would have moved all that follows, and a part of it looks like anything.
    fits[wide - wide[at] > _AS_WIDE] = -1
    return fits, others @ others[at]


def worst_window(line: SeenLine) -> tuple[float, BoxPx]:
    """Where the line fits its order worst, over a few characters at a time."""
    text, count = line.line.text, len(line.line.text)
    sums = _sums(line.seen, line.told)
    rows = line.told.shape[0]
    worst = 1.0, line.line.box
    for begin in range(max(1, count - _WINDOW + 1)):
        end = min(count, begin + _WINDOW)
        x0, x1 = line.columns(begin, end)
        if not text[begin:end].strip() or x1 - x0 < 6:
            continue
        fit = _correlated(sums[x1] - sums[x0], rows * (x1 - x0))
        if fit < worst[0]:
            worst = fit, (line.left + x0, line.top, line.left + x1, line.top + rows)
    return worst


def whole(line: SeenLine) -> float:
    """Correlation of the whole line with its order."""
    x0, x1 = line.columns(0, len(line.line.text))
    sums = _sums(line.seen, line.told)
    return _correlated(sums[x1] - sums[x0], line.told.shape[0] * (x1 - x0))


def _sums(one: Pixels, other: Pixels) -> Pixels:
    """Running sums over columns: both, their squares, their product; row 0 is nothing."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    columns = np.stack([each.sum(axis=0) for each in (a, b, a * a, b * b, a * b)], axis=1)
    return np.vstack([np.zeros((1, 5)), np.cumsum(columns, axis=0)])


def _correlated(sums: Pixels, count: int) -> float:
    """Correlation from such sums; 0 where one is even."""
    a, b, aa, bb, ab = (float(each) for each in sums)
    spread = (aa - a * a / count) * (bb - b * b / count)
    even = min(aa - a * a / count, bb - b * b / count) < count
    return 0.0 if even or spread <= 0 else (ab - a * b / count) / spread**0.5


def _kind(told: str, alphabet: str) -> str:
    if alphabet:
        return alphabet if told in alphabet else ""
    return next((kind for kind in (DIGITS, CAPITALS, SMALL) if told in kind), "")


@lru_cache(maxsize=96)
def _drawn(face: Face, size: float, kind: str, soft: float) -> tuple[Pixels, Pixels, int]:
    """Every character of a kind, drawn at _PAD from the left; how wide each is set; their base."""
    type_ = font(face, size)
    widths = np.array([type_.getlength(char) for char in kind])
    wide = round(float(widths.max())) + 3 * _PAD + 2
    base, tall = round(size) + 2, round(size * 1.35) + 4
    drawn = np.empty((len(kind), tall, wide), np.float32)
    for index, char in enumerate(kind):
        picture = Image.new("L", (wide, tall), 255)
        ImageDraw.Draw(picture).text((_PAD, base), char, font=type_, fill=0, anchor="ls")
        dots = np.where(np.asarray(picture) < 128, 0, 255).astype(np.float32)
        drawn[index] = dots if soft == 0 else cv2.GaussianBlur(dots, (0, 0), soft)
    return drawn, widths, base


def _taken(grey: Pixels, box: BoxPx, shift: Shift, wider: int) -> Pixels:
    """A part of the picture, taken where a shifted panel has it, with `wider` pixels around."""
    x0, y0, x1, y1 = box
    middle = ((x0 + x1 - 1) / 2 + shift[0], (y0 + y1 - 1) / 2 + shift[1])
    return cv2.getRectSubPix(grey, (x1 - x0 + 2 * wider, y1 - y0 + 2 * wider), middle)


def _vertex(values: Pixels, at: int) -> float:
    """Where between pixels a peak is."""
    if not 0 < at < len(values) - 1:
        return 0.0
    low, mid, high = (float(values[at + step]) for step in (-1, 0, 1))
    bend = low - 2 * mid + high
    return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, (low - high) / (2 * bend)))
