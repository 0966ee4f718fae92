"""Whether what stopped a device is past: its health tells the opposite of the fault by now."""

from __future__ import annotations

from desktop.device_slot import DeviceStatus
from devices.device import DeviceKind, HealthReason
from devices.errors import (
    CardJam,
    CoverOpen,
    NotConnected,
    OutOfCards,
    OutOfPaper,
    OutputTrayFull,
    PaperJam,
    RejectBoxFull,
    RibbonEnded,
)

_TOLD_BY: dict[type[Exception], tuple[DeviceKind, HealthReason]] = {
    OutOfCards: (DeviceKind.CARD_PRINTER, HealthReason.OUT_OF_CARDS),
    CardJam: (DeviceKind.CARD_PRINTER, HealthReason.CARD_JAM),
    CoverOpen: (DeviceKind.CARD_PRINTER, HealthReason.COVER_OPEN),
    RibbonEnded: (DeviceKind.CARD_PRINTER, HealthReason.RIBBON_ENDED),
    RejectBoxFull: (DeviceKind.CARD_PRINTER, HealthReason.REJECT_BOX_FULL),
    OutputTrayFull: (DeviceKind.CARD_PRINTER, HealthReason.OUTPUT_TRAY_FULL),
    OutOfPaper: (DeviceKind.DOCUMENT_PRINTER, HealthReason.OUT_OF_PAPER),
    PaperJam: (DeviceKind.DOCUMENT_PRINTER, HealthReason.PAPER_JAM),
}
"""Faults of which a device's health tells. A slow answer or a bad picture is no such thing: the
device may be ready all the while, and what it did wrong stays to be read."""


def is_mended(fault: Exception | None, now: DeviceStatus) -> bool:
    """Whether `fault` was this device's, and it is ready again. One that is lent tells nothing."""
    if fault is None or now.in_use or not now.health.usable:
        return False
    if isinstance(fault, NotConnected):
        return fault.kind is now.kind
    kind, reason = _TOLD_BY.get(type(fault), (None, None))
    empty = HealthReason.SUPPLY_EMPTY in now.health.reasons
    return kind is now.kind and reason not in now.health.reasons and not empty
