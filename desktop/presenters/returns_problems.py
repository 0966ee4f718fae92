"""What the returns screen can refuse before any service is asked."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.errors import Problem


@dataclass(eq=False)
class ReturnReasonMissing(Problem):
    """Why the parcel came back wasn't picked yet."""


@dataclass(eq=False)
class SealNotJudged(Problem):
    """Nobody has said yet whether the seal is whole."""


@dataclass(eq=False)
class NewWaybillNext(Problem):
    """The card was scanned again where the new waybill was awaited."""
