"""What a screen itself can refuse, before any service is asked."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.errors import Problem


@dataclass(eq=False)
class DateUnreadable(Problem):
    """A date field doesn't hold eight digits of a real day (dd/mm/yyyy)."""

    field: str


@dataclass(eq=False)
class ScanTheCard(Problem):
    """The handover needs the card to be scanned."""
