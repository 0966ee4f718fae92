"""The office's own date and zone, holidays, closing days and working days.

Dates on cards and deadlines are those of the office's wall, not of the server's: 23.59 in
Jayapura is still the same day there, though Jakarta reads 21.59.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class OfficeZone(StrEnum):
    """The three zones of Indonesia; none has summer time."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(_ZONES[self])


_ZONES = {
    OfficeZone.WIB: "Asia/Jakarta",
    OfficeZone.WITA: "Asia/Makassar",
    OfficeZone.WIT: "Asia/Jayapura",
}


def office_time(now: datetime, zone: OfficeZone) -> datetime:
    """An aware moment as the office's clock shows it. ValueError for a naive one."""
    if now.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return now.astimezone(zone.zone)


def office_date(now: datetime, zone: OfficeZone) -> date:
    """The date on the office's wall."""
    return office_time(now, zone).date()


class DayOff(StrEnum):
    """Why a day isn't a working day. WORKING cancels a holiday that was moved."""

    WEEKLY = "weekly"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    CLOSURE = "closure"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Holiday:
    """One named day; an empty area means the whole country."""

    day: date
    name: str
    kind: DayOff
    source: str
    area: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The days of one office.

    `rest_days` are the weekdays (0 Monday … 6 Sunday) that don't count as working days for legal
    terms; `closed_days` those on which the office is shut. `known_years` are the years whose
    holidays are published: outside them only weekdays are known.
    """

    rest_days: tuple[int, ...]
    closed_days: tuple[int, ...]
    holidays: tuple[Holiday, ...]
    known_years: tuple[int, ...]

    def knows(self, day: date) -> bool:
        """Whether the holidays of that year are published."""
        return day.year in self.known_years

    def holidays_on(self, day: date) -> tuple[Holiday, ...]:
        """What the day is called, moved holidays left out."""
        named = [holiday for holiday in self.holidays if holiday.day == day]
        if any(holiday.kind is DayOff.WORKING for holiday in named):
            return tuple(h for h in named if h.kind is DayOff.CLOSURE)
        return tuple(named)

    def why_closed(self, day: date) -> DayOff | None:
        """Why the office is shut on a day, or None if it is open."""
        named = self.holidays_on(day)
        if named:
            return named[0].kind
        return DayOff.WEEKLY if day.weekday() in self.closed_days else None

    def is_open(self, day: date) -> bool:
        return self.why_closed(day) is None

    def is_working_day(self, day: date) -> bool:
        """Whether a day counts in legal terms: no rest day, holiday or joint leave.

        A closure of this one office doesn't stop the law's clock.
        """
        if day.weekday() in self.rest_days:
            return False
        return all(holiday.kind is DayOff.CLOSURE for holiday in self.holidays_on(day))

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself isn't counted."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def next_open_day(self, day: date) -> date:
        """`day` itself if the office is open, else the first open day after it."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`."""
        span = range(1, (last - first).days + 1)
        return sum(self.is_working_day(first + timedelta(days=step)) for step in span)
