"""Printed licence numbers: three generations that live side by side until about mid-2029.

12 digits (YYMM PP AA SSSS), 14 digits (area, YYMM, six-digit serial; Smart SIM), and since July
2024 the NIK, which all cards of a person share. So the number is text with its scheme and never a
key; it is searched by its digits alone.

    Problem
    └── SimNumberMalformed none of the three generations
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.errors import Problem

_SEPARATORS = re.compile(r"[\s.\-]+")


class SimScheme(StrEnum):
    """Which generation a number is of."""

    DIGITS_12 = "digits_12"
    DIGITS_14 = "digits_14"
    NIK = "nik"


_LENGTHS = {12: SimScheme.DIGITS_12, 14: SimScheme.DIGITS_14, 16: SimScheme.NIK}


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """Since when a generation is issued, to whom, and how its digits are grouped in print."""

    scheme: SimScheme
    groups: tuple[int, ...]
    source: str
    foreigners: bool = True
    citizens: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class SimNumber:
    """A number read: its digits, and what they say of area and year and month of birth."""

    digits: str
    scheme: SimScheme
    area: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    serial: str = ""

    def fits_birth(self, birth_date: date) -> bool:
        """Whether year and month agree; a NIK is judged by the rules for NIKs."""
        if self.birth_year is None:
            return True
        return (birth_date.year % 100, birth_date.month) == (self.birth_year, self.birth_month)


class SimNumberMalformed(Problem):
    """Neither 12, 14 nor 16 digits."""

    length: int


def digits_of(text: str) -> str:
    """What a search compares: the digits alone."""
    return "".join(ch for ch in text if ch in "0123456789")


def read_sim_number(text: str) -> SimNumber:
    """Read a printed number of any generation, hyphens or not. Raises SimNumberMalformed."""
    plain = _SEPARATORS.sub("", text)
    scheme = _LENGTHS.get(len(plain))
    if scheme is None or digits_of(plain) != plain:
        raise SimNumberMalformed(len(plain))
    if scheme is SimScheme.DIGITS_12:
        return SimNumber(plain, scheme, plain[4:8], int(plain[:2]), int(plain[2:4]), plain[8:])
    if scheme is SimScheme.DIGITS_14:
        return SimNumber(plain, scheme, plain[:4], int(plain[4:6]), int(plain[6:8]), plain[8:])
    return SimNumber(plain, scheme)


def scheme_of(text: str) -> SimScheme:
    """The generation of a number in print; what fits none is a NIK, which no structure bars."""
    try:
        return read_sim_number(text).scheme
    except SimNumberMalformed:
        return SimScheme.NIK


def format_sim_number(number: str, groups: tuple[int, ...]) -> str:
    """The digits in printed groups, joined by hyphens; one group prints plain."""
    digits = digits_of(number)
    if sum(groups) != len(digits):
        return digits
    parts: list[str] = []
    start = 0
    for size in groups:
        parts.append(digits[start : start + size])
        start += size
    return "-".join(parts)


def scheme_on(rules: tuple[SchemeRule, ...], *, foreigner: bool = False) -> SchemeRule:
    """The generation that a card issued today gets; `rules` are those in force, youngest first."""
    return next(rule for rule in rules if (rule.foreigners if foreigner else rule.citizens))


def groups_of(scheme: SimScheme) -> tuple[int, ...]:
    """How the digits of a generation are grouped on a card."""
    return {SimScheme.DIGITS_12: (4, 4, 4), SimScheme.DIGITS_14: (4, 4, 6)}.get(scheme, (16,))


def make_sim_number(scheme: SimScheme, area: str, birth_date: date, serial: int, nik: str) -> str:
    """A number's digits: `area` is the office's four digits, `serial` counts within the scheme."""
    birth = f"{birth_date:%y%m}"
    if scheme is SimScheme.DIGITS_12:
        return f"{birth}{area}{serial % 10_000:04d}"
    if scheme is SimScheme.DIGITS_14:
        return f"{area}{birth}{serial % 1_000_000:06d}"
    return nik
