"""Number, class and texts read from the picture: the ordered glyphs against all others.

Each character's place is compared with every character that could stand there, set in the same
font at the same place and made as soft as the picture; the best fit is what is read. Of the other
texts it is asked how well the order fits at its worst place. Two letters that look nearly alike in
a font of two millimetres (O and Q) aren't told apart here; the seal's facts are.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from desktop.cards.fitting import font
from desktop.cards.inspection.expected import BoxPx, Pixels, TextLine
from desktop.cards.inspection.facts import CardCheck
from desktop.cards.inspection.looking import Judge, Side, correlation
from desktop.cards.layout import ClassTable, Face, Vehicle
from desktop.cards.record import CardField, CardRecord
from desktop.cards.vehicles import vehicle_mask
from desktop.domain.licence_class import LicenceClass

DIGITS = "0123456789"
SERIALS = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNREAD = "?"
_LEAST_FIT = 0.5
"""A place that fits nothing better than this is unread."""
_MARGIN = 0.03
"""So much better must another character fit before it is said to be that one."""
_WINDOW = 3
"""Characters that are compared together in texts that aren't read."""
Shift = tuple[float, float]


def read_line(side: Side, line: TextLine, alphabet: str, shift: Shift) -> str:
    """What stands on a line, character by character; `?` where nothing fits."""
    read: list[str] = []
    for index, told in enumerate(line.text):
        if told not in alphabet:
            read.append(told)
            continue
        seen = _patch(side.grey, _padded(line.cell(index)), shift)
        fits = {
            char: correlation(seen, _glyph_at(line, index, char, side.softness))
            for char in alphabet
        }
        best = max(fits, key=lambda char: fits[char])
        if fits[best] < _LEAST_FIT:
            read.append(UNREAD)
        else:
            read.append(best if fits[best] > fits[told] + _MARGIN else told)
    return "".join(read)


def check_texts(
    side: Side, record: CardRecord, shift: Shift, judge: Judge, *, has_black: bool = True
) -> None:
    """Every value of a side; number, serial and name by checks of their own.

    Where resin is missing (`has_black` is False) a name that isn't there isn't another one.
    """
    worst: tuple[float, TextLine, BoxPx] | None = None
    name: tuple[float, BoxPx] | None = None
    for line in side.expected.lines:
        box = side.expected.mm(line.box)
        moved = shift if line.black else (0.0, 0.0)
        if line.place in {CardField.NUMBER, CardField.BLANK_SERIAL}:
            serial = line.place is CardField.BLANK_SERIAL
            read = read_line(side, line, SERIALS if serial else DIGITS, moved)
            wrong = sum(a != b and b != UNREAD for a, b in zip(line.text, read, strict=True))
            wrong = wrong if has_black else 0
            judge(
                CardCheck.PRINTED_SERIAL if serial else CardCheck.NUMBER,
                float(wrong), side.name, box,
            )  # fmt: skip
            if UNREAD in read:
                fit, where = 0.0, line.box
                worst = (fit, line, where) if worst is None or fit < worst[0] else worst
            continue
        fit, where = worst_window(side, line, moved)
        if line.place is CardField.NAME:
            whole = correlation(
                _patch(side.grey, line.box, moved), side.cut(side.told_grey, line.box)
            )
            name = (whole, line.box) if name is None or whole < name[0] else name
        if worst is None or fit < worst[0]:
            worst = fit, line, where
    if name is not None and has_black:
        judge(CardCheck.NAME, name[0], side.name, side.expected.mm(name[1]))
    if worst is not None:
        judge(CardCheck.TEXTS, worst[0], side.name, side.expected.mm(worst[2]), str(worst[1].place))
    check_class(side, record, judge)


def worst_window(side: Side, line: TextLine, shift: Shift) -> tuple[float, BoxPx]:
    """Where a line fits its order worst, over a few characters at a time."""
    count = len(line.text)
    worst = 1.0, line.box
    for begin in range(max(1, count - _WINDOW + 1)):
        end = min(count, begin + _WINDOW) - 1
        x0, y0, _, _ = line.cell(begin)
        _, _, x1, y1 = line.cell(end)
        if not line.text[begin : end + 1].strip() or x1 - x0 < 6:
            continue
        box = (x0, y0, x1, y1)
        fit = correlation(_patch(side.grey, box, shift), side.cut(side.told_grey, box))
        if fit < worst[0]:
            worst = fit, box
    return worst


def check_class(side: Side, record: CardRecord, judge: Judge) -> None:
    """The class, its vehicle or its row of the table, against the ten other classes."""
    held = record.licence_class
    for element in side.expected.elements:
        if isinstance(element, ClassTable):
            rows = _row_fits(side, side.expected.px(element.box))
            best = max(rows, key=lambda each: rows[each])
            judge(
                CardCheck.LICENCE_CLASS, rows[best] - rows[held], side.name,
                side.expected.mm(side.expected.px(element.box)), "table",
            )  # fmt: skip
        elif isinstance(element, Vehicle):
            box = side.expected.px(element.box)
            seen = -side.cut(side.grey, box)
            size = (box[2] - box[0], box[3] - box[1])
            fits = {
                each: correlation(seen, _vehicle(text.vehicle, size, side.softness))
                for each, text in side.expected.layout.classes.items()
            }
            best = max(fits, key=lambda each: fits[each])
            judge(
                CardCheck.LICENCE_CLASS, fits[best] - fits[held], side.name,
                side.expected.mm(box), "vehicle",
            )  # fmt: skip
    for line in side.expected.lines:
        if line.place is CardField.CLASS:
            _check_class_text(side, line, held, judge)


def _check_class_text(side: Side, line: TextLine, held: LicenceClass, judge: Judge) -> None:
    """The large class in the head: each other one set as the layout sets it."""
    _, y0, x1, y1 = line.box
    box = (max(0, x1 - round(line.size * 2.2)), max(0, y0), x1 + 2, y1)
    seen = side.cut(side.grey, box)
    # Contrast of the drawn class against the head behind it, which is brighter to the right.
    fits: dict[str, float] = {}
    for text in sorted({each.value.partition(" ")[0] for each in LicenceClass}):
        mask = _text_mask(text, line, box, side.softness)
        fits[text] = correlation(seen, mask)
    told = held.value.partition(" ")[0]
    best = max(fits, key=lambda text: fits[text])
    judge(
        CardCheck.LICENCE_CLASS, fits[best] - fits[told], side.name, side.expected.mm(line.box),
        "head",
    )  # fmt: skip


def _text_mask(text: str, line: TextLine, box: BoxPx, soft: float) -> Pixels:
    picture = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
    pen = ImageDraw.Draw(picture)
    wide = font(line.font, line.size).getlength(text)
    told = font(line.font, line.size).getlength(line.text)
    right = line.left + told
    pen.text(
        (round(right - wide) - box[0], line.base - box[1]), text,
        font=font(line.font, line.size), fill=255, anchor="ls",
    )  # fmt: skip
    return _soft(np.asarray(picture), soft)


def _row_fits(side: Side, box: BoxPx) -> dict[LicenceClass, float]:
    """How much each row of the table looks like the marked one: dark where others are light."""
    x0, y0, x1, y1 = box
    classes = list(LicenceClass)
    row = (y1 - y0) / len(classes)
    green = side.seen[:, :, 1]
    levels = [
        float(np.median(green[round(y0 + row * i + 3) : round(y0 + row * (i + 1) - 3), x0:x1]))
        for i in range(len(classes))
    ]
    return {each: 1 - level / 255 for each, level in zip(classes, levels, strict=True)}


def _padded(box: BoxPx) -> BoxPx:
    x0, y0, x1, y1 = box
    return x0 - 2, y0, x1 + 2, y1


def _patch(grey: Pixels, box: BoxPx, shift: Shift) -> Pixels:
    """A part of the picture, taken where a shifted panel has it."""
    x0, y0, x1, y1 = box
    middle = ((x0 + x1 - 1) / 2 + shift[0], (y0 + y1 - 1) / 2 + shift[1])
    return cv2.getRectSubPix(np.asarray(grey, np.float32), (x1 - x0, y1 - y0), middle)


@lru_cache(maxsize=4096)
def _glyph(face: Face, size: float, char: str, width: int, height: int, x: int, base: int,
           soft: float) -> Pixels:  # fmt: skip
    picture = Image.new("L", (width, height), 255)
    ImageDraw.Draw(picture).text((x, base), char, font=font(face, size), fill=0, anchor="ls")
    drawn = np.where(np.asarray(picture) < 128, 0, 255).astype(np.uint8)
    return _soft(drawn, soft)


def _glyph_at(line: TextLine, index: int, char: str, soft: float) -> Pixels:
    """A character where another stands on the line."""
    cell = line.cell(index)
    x0, y0, x1, y1 = _padded(cell)
    return _glyph(
        line.font, line.size, char, x1 - x0, y1 - y0, cell[0] - x0, line.base - y0, soft
    )  # fmt: skip


@lru_cache(maxsize=64)
def _vehicle(name: str, size: tuple[int, int], soft: float) -> Pixels:
    return _soft(np.asarray(vehicle_mask(name, size)), soft)


def _soft(pixels: Pixels, sigma: float) -> Pixels:
    pixels = pixels.astype(np.float32)
    return pixels if sigma == 0 else cv2.GaussianBlur(pixels, (0, 0), sigma)
