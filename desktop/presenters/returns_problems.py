"""What the returns screen can refuse before any service is asked."""

from __future__ import annotations

from desktop.domain.errors import Problem


class ReturnReasonMissing(Problem):
    """Why the parcel came back wasn't picked yet."""


class SealNotJudged(Problem):
    """Nobody has said yet whether the seal is whole."""


class NewWaybillNext(Problem):
    """The card was scanned again where the new waybill was awaited."""


class ShelfCardFirst(Problem):
    """Something else was scanned where the held card is awaited."""


class CardCodeNext(Problem):
    """A waybill was scanned where the card from the opened parcel is awaited."""
