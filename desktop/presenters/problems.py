"""What a screen itself can refuse, before any service is asked."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.errors import Problem


@dataclass(eq=False)
class DateUnreadable(Problem):
    """A date field doesn't hold eight digits of a real day (dd/mm/yyyy)."""

    field: str


@dataclass(eq=False)
class AmountUnreadable(Problem):
    """A field for rupiah holds no whole number."""


@dataclass(eq=False)
class ScanTheCard(Problem):
    """The handover needs the card to be scanned."""


@dataclass(eq=False)
class SecondOfficerNeeded(Problem):
    """The step needs a reason and a second officer's signature first."""


@dataclass(eq=False)
class ServeFirst(Problem):
    """Somebody is being served: finish or hold before the next is called."""
