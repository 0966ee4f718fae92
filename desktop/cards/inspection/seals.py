"""The seal on the back: read, verified offline, compared with the record, and its print judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
import zxingcpp

from desktop.cards.inspection.expected import BoxPx, Pixels
from desktop.cards.inspection.facts import CardCheck
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.record import CardRecord
from desktop.cards.seal import CardStatement, portrait_digest
from desktop.cards.seal_check import SealFault, check, statement_of
from desktop.cards.seal_keys import SealKeys

_WEAK = 0.20
"""A module nearer than this to the middle of light and dark (of their distance) is weak."""


_FORGED = frozenset(
    {
        SealFault.NOT_A_SEAL,
        SealFault.UNKNOWN_KEY,
        SealFault.BAD_SIGNATURE,
        SealFault.OTHER_REALM,
        SealFault.KEY_STOLEN,
    }
)
"""By these anybody may have made a code that isn't the ordered one. The others tell of dates and
lists: a key that was changed between the print and the look leaves a lawful card."""


@dataclass(frozen=True, slots=True)
class ReadSeal:
    """What the code said; empty where it couldn't be read."""

    text: str
    statement: CardStatement | None


def read_seal(side: Side, picture: Pixels) -> ReadSeal:
    """The code's text: from the place where it should be, else from the whole picture."""
    box = side.expected.code()
    if box is None:
        return ReadSeal("", None)
    x0, y0, x1, y1 = _wider(box, 14, side.expected.size)
    crop = np.clip(side.grey[y0:y1, x0:x1], 0, 255).astype(np.uint8)
    large = cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    for tried in (large, crop, picture):
        for code in zxingcpp.read_barcodes(
            tried, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        ):
            if code.text:
                said = statement_of(code.text)
                return ReadSeal(code.text, said if isinstance(said, CardStatement) else None)
    return ReadSeal("", None)


def check_seal(
    side: Side,
    read: ReadSeal,
    record: CardRecord,
    keys: SealKeys | None,
    at: datetime,
    judge: Judge,
) -> None:
    """All checks of the seal."""
    box = side.expected.code()
    if box is None:
        return
    mm = side.expected.mm(box)
    is_read = judge(CardCheck.SEAL_READ, float(bool(read.text)), side.name, mm)
    if is_read:
        fault = None if keys is None else check(read.text, keys, at).fault
        # A withdrawn list that is older than this blank's return isn't this card's fault; but a
        # blank that the list names is another story, which the officer must hear.
        if keys is not None:
            good = fault is None
            note = "" if fault is None else str(fault)
            judge(CardCheck.SEAL_GOOD, float(good), side.name, mm, note)
            forged = fault in _FORGED and read.text != record.seal
            judge(CardCheck.SEAL_FORGED, float(forged), side.name, mm, note)
        differing = differences(read, record)
        judge(CardCheck.SEAL_RECORD, float(len(differing)), side.name, mm, ",".join(differing[:3]))
    if not is_read or read.text == record.seal:
        share, where = bad_modules(side)
        # A code that can't be read and has nothing of the ordered one is another's, or none.
        if is_read or share < 0.4:
            judge(CardCheck.SEAL_PRINT, share, side.name, side.expected.mm(where))


def differences(read: ReadSeal, record: CardRecord) -> tuple[str, ...]:
    """The facts of a seal that aren't the record's; the text itself where it is no card's seal."""
    said = read.statement
    if said is None:
        return () if read.text == record.seal else (str(SealFault.NOT_A_SEAL),)
    pairs: tuple[tuple[str, object, object], ...] = (
        ("realm", said.realm, record.realm),
        ("number", said.number, record.number),
        ("class", said.licence_class, record.licence_class),
        ("name", said.name.upper(), record.name.upper()),
        ("birth", said.birth, record.birth_date),
        ("issued_on", said.issued_on, record.issued_on),
        ("valid_until", said.valid_until, record.valid_until),
        ("serial", said.serial, record.blank_serial),
        ("portrait", said.portrait, portrait_digest(record.photo)),
    )
    return tuple(name for name, one, other in pairs if one != other)


def bad_modules(side: Side) -> tuple[float, BoxPx]:
    """Share of the code's modules that are wrong or weak, and where most of them lie."""
    box = side.expected.code() or (0, 0, 1, 1)
    cells, left, top, dots = _grid(side.expected.resin, box)
    count = len(cells)
    size = count * dots
    area = side.grey[top : top + size, left : left + size]
    inner = max(1, dots // 2)
    means = cv2.blur(area, (inner, inner), anchor=(inner // 2, inner // 2))
    at = np.arange(count) * dots + dots // 2
    values = means[np.ix_(at, at)]
    light, dark = float(np.median(values[~cells])), float(np.median(values[cells]))
    reach = max(12.0, light - dark)
    # Signed distance from the middle: 0.5 where it should be, below 0 on the wrong side.
    off = (values - (light + dark) / 2) / reach * np.where(cells, -1, 1)
    bad = off < _WEAK
    ys, xs = np.nonzero(bad)
    where = box
    if len(xs):
        low_x, high_x = np.percentile(xs, (10, 90))
        low_y, high_y = np.percentile(ys, (10, 90))
        where = (
            left + int(low_x) * dots, top + int(low_y) * dots,
            left + (int(high_x) + 1) * dots, top + (int(high_y) + 1) * dots,
        )  # fmt: skip
    return float(bad.mean()), where


def _grid(resin: Pixels, box: BoxPx) -> tuple[Pixels, int, int, int]:
    """The ordered modules (true where dark), their upper left corner, and dots a module.

    Taken from the drawn face, since making a code again costs more than all other checks: its
    first row begins with the seven dark modules of a finder.
    """
    x0, y0, x1, y1 = box
    area = resin[y0:y1, x0:x1] > 0
    columns, rows = np.nonzero(area.any(axis=0))[0], np.nonzero(area.any(axis=1))[0]
    left, top = int(columns[0]), int(rows[0])
    finder = area[top, left:]
    dots = max(1, round(int(finder.argmin()) / 7))
    count = (int(columns[-1]) + 1 - left) // dots
    at = np.arange(count) * dots + dots // 2
    return area[np.ix_(top + at, left + at)], x0 + left, y0 + top, dots


def _wider(box: BoxPx, by: int, size: tuple[int, int]) -> BoxPx:
    x0, y0, x1, y1 = box
    return max(0, x0 - by), max(0, y0 - by), min(size[0], x1 + by), min(size[1], y1 + by)
