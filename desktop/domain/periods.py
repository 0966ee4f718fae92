"""Terms that no public rule settles: holding, ageing, waiting and keeping.

All are settings of the office or the centre (resources/rules/periods.toml), most of them marked
as assumptions there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from desktop.domain.dates import add_months


class PeriodKind(StrEnum):
    """What a term is about."""

    CARD_UNCOLLECTED = "card_uncollected"
    RETURN_AGEING = "return_ageing"
    PARCEL_SILENT = "parcel_silent"
    DELIVERY_DISPUTE = "delivery_dispute"
    CASE_WAITING = "case_waiting"
    SENT_BACK_WAITING = "sent_back_waiting"
    INTERIM_LETTER = "interim_letter"
    SIGN_IN_OFFLINE = "sign_in_offline"
    KEEP_CLOSED_CASE = "keep_closed_case"
    KEEP_FILE = "keep_file"
    KEEP_AUDIT = "keep_audit"


@dataclass(frozen=True, slots=True)
class Period:
    """One term in days and months."""

    days: int
    months: int
    source: str
    note: str = ""

    def end(self, start: date) -> date:
        """The last day of the term."""
        return add_months(start, self.months) + timedelta(days=self.days)

    def over(self, start: date, on: date) -> bool:
        """Whether the term has run out by `on`."""
        return on > self.end(start)


Periods = Mapping[PeriodKind, Period]
