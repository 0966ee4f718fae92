"""What packing and printing at the online desk can refuse before any service is asked."""

from __future__ import annotations

from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem


class NotForCourier(Problem):
    """The scanned card belongs to a case that isn't waiting for a parcel."""

    number: str
    state: ApplicationState


class ScanCardFirst(Problem):
    """A waybill was scanned before the card that it is for."""


class ScanWaybillNext(Problem):
    """Another card was scanned where the waybill of this one was awaited."""

    number: str


class NothingSelected(Problem):
    """No card is ticked for the batch."""


class HandCountMissing(Problem):
    """A manifest closes on a count by hand, and none was typed."""


class ManifestNotPrinted(Problem):
    """The parcels have left with a manifest whose sheet isn't printed yet."""

    number: int
    count: int


class LabelNotPrinted(Problem):
    """The parcel is packed, its label isn't printed yet."""

    awb: str


class FingerUnproven(Problem):
    """No finger matched the applicant's KTP-el; `reason` is "over" once no try is left."""

    reason: str = ""


class ChipsFailed(Problem):
    """Two blanks in a row had a chip that failed; what ailed the last is told at its case.

    The chip's own remedy is for a card on a reader, and these were thrown out.
    """
