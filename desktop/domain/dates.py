"""Adding months and years to dates, with one rule for days that don't exist.

A date that falls on a missing day (29 February in a common year, 31 in a short month) becomes
the last day of that month. No regulation settles it for a licence issued on 29 February;
28 February is chosen, the earlier day, so that no card is valid longer than five years.
"""

from __future__ import annotations

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months, clipped to the end of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """`day` moved by whole years; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * years)


def age_on(birth_date: date, day: date) -> int:
    """Completed years of life; who is born on 29 February completes one on 28 February."""
    years = day.year - birth_date.year
    return years if day >= add_years(birth_date, years) else years - 1
