"""Number, dates, class and texts read from the picture: the ordered characters against all others.

What is a fact by itself has a check of its own, character by character: number, serial, dates. Of
the other texts it is asked how well the order fits at its worst place, and a place where another
character stands fits not at all.
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
from desktop.cards.inspection.reading import (
    DIGITS,
    SERIALS,
    UNREAD,
    SeenLine,
    Shift,
    read,
    seen_line,
    whole,
    worst_window,
)
from desktop.cards.layout import ClassTable, Vehicle
from desktop.cards.record import CardField, CardRecord
from desktop.cards.vehicles import vehicle_mask
from desktop.domain.licence_class import LicenceClass

_F = CardField
_DATES = frozenset({_F.VALID_UNTIL, _F.BIRTH, _F.BIRTH_DATE, _F.ISSUED, _F.ISSUED_ON})
_CODES = {
    _F.NUMBER: (CardCheck.NUMBER, DIGITS),
    _F.BLANK_SERIAL: (CardCheck.PRINTED_SERIAL, SERIALS),
}
Place = tuple[float, BoxPx, CardField]
"""How well a place fits, where it is, and in which field."""


def check_texts(
    side: Side, record: CardRecord, shift: Shift, judge: Judge, *, has_black: bool = True
) -> None:
    """Every value of a side; number, serial, dates and name by checks of their own.

    Where resin is missing (`has_black` is False) a name that isn't there isn't another one.
    """
    places: list[Place] = []
    names: list[Place] = []
    dates: list[tuple[int, BoxPx, CardField]] = []
    for line in side.expected.lines:
        seen = seen_line(side, line, shift if line.black else (0.0, 0.0))
        if seen is None:
            continue
        code, alphabet = _CODES.get(line.place, (None, ""))
        said = read(seen, alphabet) if line.black else line.text
        wrong = _others(line, said)
        if code is not None:
            # A blank's number is nobody's: which one was read helps to find the right card.
            other = said if wrong and code is CardCheck.PRINTED_SERIAL else ""
            judge(code, float(len(wrong)), side.name, side.expected.mm(line.box), other)
        if line.place in _DATES:
            digits = [at for at in wrong if line.text[at].isdigit()]
            dates.append((len(digits), _box(line, digits), line.place))
            wrong = [at for at in wrong if at not in digits]
        worst = (*_worst(seen, said, wrong if code is None else []), line.place)
        if line.place is _F.NAME:
            names.append((0.0 if wrong else whole(seen), line.box, line.place))
        if code is None or UNREAD in said:
            places.append(worst)
    if names and has_black:
        fit, box, _ = min(names)
        judge(CardCheck.NAME, fit, side.name, side.expected.mm(box))
    if dates:
        count, box, place = max(dates)
        judge(CardCheck.DATES, float(count), side.name, side.expected.mm(box), str(place))
    if places:
        fit, box, place = min(places)
        judge(CardCheck.TEXTS, fit, side.name, side.expected.mm(box), str(place))
    check_class(side, record, judge)


def _others(line: TextLine, said: str) -> list[int]:
    """Where surely another character stands."""
    pairs = enumerate(zip(line.text, said, strict=True))
    return [at for at, (told, seen) in pairs if seen not in (told, UNREAD)]


def _box(line: TextLine, at: list[int]) -> BoxPx:
    """Around these characters; the whole line where there are none."""
    if not at:
        return line.box
    return (*line.cell(at[0])[:2], *line.cell(at[-1])[2:])


def _worst(seen: SeenLine, said: str, wrong: list[int]) -> tuple[float, BoxPx]:
    """Where a line fits its order worst: at another or an unread character not at all."""
    bad = sorted({*wrong, *(at for at, char in enumerate(said) if char == UNREAD)})
    return (0.0, _box(seen.line, bad)) if bad else worst_window(seen)


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


@lru_cache(maxsize=64)
def _vehicle(name: str, size: tuple[int, int], soft: float) -> Pixels:
    return _soft(np.asarray(vehicle_mask(name, size)), soft)


def _soft(pixels: Pixels, sigma: float) -> Pixels:
    pixels = pixels.astype(np.float32)
    return pixels if sigma == 0 else cv2.GaussianBlur(pixels, (0, 0), sigma)
