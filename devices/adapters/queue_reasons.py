"""What a printer's states and reasons (RFC 8011, 5.4.11 and 5.4.12; PWG 5100.9) mean to us.

A reason is a keyword, with "-report", "-warning" or "-error" behind it where the printer grades
it. CUPS regrades what it passes on (an error of the printer arrives as a warning), so the grade
decides only for what is "low" anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum

from devices.device import HealthReason as R
from devices.device import Hopper, Station, Supply, SupplyName
from devices.errors import (
    CardJam,
    CoverOpen,
    DeviceFault,
    OutOfCards,
    OutOfPaper,
    OutputTrayFull,
    PaperJam,
    RibbonEnded,
)
from devices.wire.ipp_codec import Attributes, number, numbers, texts

HEARSAY_SECONDS = 3.0
"""How long after a job's start a queue may still tell what it heard during the last one."""


class PrinterState(IntEnum):
    """RFC 8011, 5.4.11."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


_GRADES = ("-error", "-warning", "-report")

_BOTH: Mapping[str, R] = {
    "cover-open": R.COVER_OPEN,
    "door-open": R.COVER_OPEN,
    "interlock-open": R.COVER_OPEN,
    "output-area-full": R.OUTPUT_TRAY_FULL,
    "output-tray-missing": R.OTHER_FAULT,
    "paused": R.QUEUE_STOPPED,
    "moving-to-paused": R.QUEUE_STOPPED,
    "shutdown": R.NO_POWER,
    "offline": R.NOT_ANSWERING,
    "timed-out": R.NOT_ANSWERING,
    "hold-new-jobs": R.QUEUE_STOPPED,
    "cups-missing-filter": R.OTHER_FAULT,
    "cups-insecure-filter": R.OTHER_FAULT,
    "fuser-over-temp": R.OTHER_FAULT,
    "marker-fatal-error": R.OTHER_FAULT,
    "other": R.OTHER_FAULT,
}
_CARDS: Mapping[str, R] = {
    **_BOTH,
    "media-empty": R.OUT_OF_CARDS,
    "media-needed": R.OUT_OF_CARDS,
    "input-tray-missing": R.OUT_OF_CARDS,
    "media-low": R.CARDS_LOW,
    "media-jam": R.CARD_JAM,
    "marker-supply-empty": R.RIBBON_ENDED,
    "marker-supply-missing": R.RIBBON_ENDED,
    "toner-empty": R.RIBBON_ENDED,
    "marker-supply-low": R.RIBBON_LOW,
    "toner-low": R.RIBBON_LOW,
    "cleaning-required": R.CLEANING_DUE,
}
_PAPER: Mapping[str, R] = {
    **_BOTH,
    "media-empty": R.OUT_OF_PAPER,
    "media-needed": R.OUT_OF_PAPER,
    "input-tray-missing": R.OUT_OF_PAPER,
    "media-low": R.PAPER_LOW,
    "media-jam": R.PAPER_JAM,
    "marker-supply-empty": R.SUPPLY_EMPTY,
    "marker-supply-missing": R.SUPPLY_EMPTY,
    "toner-empty": R.SUPPLY_EMPTY,
    "marker-supply-low": R.SUPPLY_LOW,
    "toner-low": R.SUPPLY_LOW,
}


def bare(reason: str) -> str:
    """The keyword without its grade."""
    for grade in _GRADES:
        reason = reason.removesuffix(grade)
    return reason


def _reasons(state: int | None, given: Iterable[str], table: Mapping[str, R]) -> tuple[R, ...]:
    found = [table[bare(each)] for each in given if bare(each) in table]
    unknown = [each for each in given if each.endswith("-error") and bare(each) not in table]
    if unknown:
        found.append(R.OTHER_FAULT)
    if state == PrinterState.STOPPED and not found:
        found.append(R.QUEUE_STOPPED)
    return tuple(dict.fromkeys(found))


def card_reasons(state: int | None, given: Iterable[str]) -> tuple[R, ...]:
    """Why a card printer isn't well; none where it is."""
    return _reasons(state, tuple(given), _CARDS)


def paper_reasons(state: int | None, given: Iterable[str]) -> tuple[R, ...]:
    """Why a document printer isn't well; none where it is."""
    return _reasons(state, tuple(given), _PAPER)


def card_fault(reasons: Iterable[R], *, begun: bool) -> DeviceFault | None:
    """The fault that stops a card; None where the reasons stop nothing.

    `begun`: the job was handed over, so that ribbon may have touched the card.
    """
    given = set(reasons)
    if R.CARD_JAM in given:
        return CardJam(Station.PRINT, begun)
    if R.COVER_OPEN in given:
        return CoverOpen(begun)
    if R.RIBBON_ENDED in given:
        return RibbonEnded(begun)
    if R.OUTPUT_TRAY_FULL in given:
        return OutputTrayFull(0)
    if R.OUT_OF_CARDS in given:
        return OutOfCards(Hopper.FEEDER, 0)
    return None


def paper_fault(reasons: Iterable[R]) -> DeviceFault | None:
    """The fault that stops a document; None where the reasons stop nothing."""
    given = set(reasons)
    if R.PAPER_JAM in given:
        return PaperJam()
    if R.COVER_OPEN in given:
        return CoverOpen()
    if R.OUT_OF_PAPER in given:
        return OutOfPaper()
    return None


def ribbon(printer: Attributes, cards: int) -> tuple[Supply, ...]:
    """The ribbon by the printer's marker attributes, which are per cent (PWG 5100.9, 4.3).

    The least of several markers counts; negative levels are "unknown" (RFC 3805, 2.2.1.2).
    """
    levels = [level for level in numbers(printer, "marker-levels") if 0 <= level <= 100]
    types = texts(printer, "marker-types")
    if not levels or any("waste" in each for each in types[:1]):
        return ()
    level = min(levels)
    least = number(printer, "marker-low-levels") or 0
    return (Supply(SupplyName.RIBBON, level * cards // 100, cards, level <= least),)


_SERIAL = re.compile(r"(?:^|;)\s*(?:SERIALNUMBER|SERN|SERIAL|SN)\s*:\s*([^;]{1,64})", re.IGNORECASE)


def serial_of(device_id: str) -> str:
    """The serial number in an IEEE 1284 device id; nothing where it has none."""
    found = _SERIAL.search(device_id)
    return found.group(1).strip() if found else ""
