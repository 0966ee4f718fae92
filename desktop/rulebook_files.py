"""The shapes of the files in resources/rules, checked strictly before a single rule is believed.

Every line says from when, until when and where it holds, and on what regulation it rests; a
`note` that begins with "assumption:" marks what no public source settles.
"""

from __future__ import annotations

from datetime import date

import msgspec

from desktop.domain.calendar import DayOff
from desktop.domain.classes import Door
from desktop.domain.codes import CheckDigit, CodeKind
from desktop.domain.fees import FeeGroup
from desktop.domain.international import InternationalNeed
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Role
from desktop.domain.offline import OfflinePrinting
from desktop.domain.periods import PeriodKind
from desktop.domain.requirements import Enforcement, Nationality, RequirementKind
from desktop.domain.retakes import TestKind
from desktop.domain.service import Channel, Service
from desktop.domain.sim_number import SimScheme
from desktop.domain.validity import StayPermit


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every line says of itself: its days (both included), its area and its source."""

    valid_from: date
    source: str
    valid_to: date | None = None
    area: tuple[str, ...] = ()
    note: str = ""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every file says of itself."""

    version: str


class ClassLine(Line, frozen=True, kw_only=True):
    licence_class: LicenceClass
    min_age: int
    after: tuple[LicenceClass, ...] = ()
    holding_months: int = 0
    covers: tuple[LicenceClass, ...] = ()


class OfferLine(Line, frozen=True, kw_only=True):
    door: Door
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]


class ClassesFile(File, frozen=True, kw_only=True):
    classes: tuple[ClassLine, ...] = ()
    offers: tuple[OfferLine, ...] = ()


class FeeLine(Line, frozen=True, kw_only=True):
    group: FeeGroup
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]
    amount: int


class FeesFile(File, frozen=True, kw_only=True):
    fees: tuple[FeeLine, ...] = ()


class WaiverLine(Line, frozen=True, kw_only=True):
    decree: str
    group_id: str
    group_en: str
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]
    quota: int | None = None


class WaiversFile(File, frozen=True, kw_only=True):
    waivers: tuple[WaiverLine, ...] = ()


class ValidityLine(Line, frozen=True, kw_only=True):
    years: int
    replacement_keeps_expiry: bool
    data_change_keeps_expiry: bool
    in_time_stays_renewal: bool
    warn_days: int
    online_opens_days: int
    permit_years: dict[StayPermit, int]


class DispensationLine(Line, frozen=True, kw_only=True):
    decree: str
    expiry_from: date
    expiry_to: date
    renew_from: date
    renew_to: date


class ValidityFile(File, frozen=True, kw_only=True):
    validity: tuple[ValidityLine, ...] = ()
    dispensations: tuple[DispensationLine, ...] = ()


class WeekLine(Line, frozen=True, kw_only=True):
    rest_days: tuple[int, ...]
    closed_days: tuple[int, ...]


class DayLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named day of its own: a closure, a moved holiday."""

    day: date
    name: str
    kind: DayOff
    source: str
    area: tuple[str, ...] = ()
    note: str = ""


class YearDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    day: date
    name: str
    kind: DayOff


class YearLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The yearly joint decree of three ministers."""

    year: int
    source: str
    holidays: tuple[YearDay, ...]
    note: str = ""


class CalendarFile(File, frozen=True, kw_only=True):
    week: tuple[WeekLine, ...] = ()
    years: tuple[YearLine, ...] = ()
    days: tuple[DayLine, ...] = ()


class RequirementLine(Line, frozen=True, kw_only=True):
    kind: RequirementKind
    enforcement: Enforcement
    services: tuple[Service, ...] = ()
    classes: tuple[LicenceClass, ...] = ()
    channels: tuple[Channel, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    shelf_days: int = 0
    shelf_months: int = 0
    any_of: str = ""
    only_working: bool = False
    only_revoked: bool = False
    needs_simulator: bool = False


class RequirementsFile(File, frozen=True, kw_only=True):
    requirements: tuple[RequirementLine, ...] = ()


class RetakeLine(Line, frozen=True, kw_only=True):
    test: TestKind
    pass_mark: int
    questions: int
    chances: int
    window: int
    same_day: int
    wait: int


class RetakesFile(File, frozen=True, kw_only=True):
    retakes: tuple[RetakeLine, ...] = ()


class SchemeLine(Line, frozen=True, kw_only=True):
    scheme: SimScheme
    groups: tuple[int, ...]
    foreigners: bool = True
    citizens: bool = True


class SimNumbersFile(File, frozen=True, kw_only=True):
    schemes: tuple[SchemeLine, ...] = ()


class CodeLine(Line, frozen=True, kw_only=True):
    kind: CodeKind
    name: str
    pattern: str
    example: str
    check: CheckDigit = CheckDigit.NONE
    carrier: str = ""


class CodesFile(File, frozen=True, kw_only=True):
    codes: tuple[CodeLine, ...] = ()


class PeriodLine(Line, frozen=True, kw_only=True):
    period: PeriodKind
    days: int = 0
    months: int = 0


class PeriodsFile(File, frozen=True, kw_only=True):
    periods: tuple[PeriodLine, ...] = ()


class OfflineLine(Line, frozen=True, kw_only=True):
    services: tuple[Service, ...]
    printing: OfflinePrinting
    holds_hours: int = 0


class OfflineFile(File, frozen=True, kw_only=True):
    offline: tuple[OfflineLine, ...] = ()


class LimitLine(Line, frozen=True, kw_only=True):
    ask_age: int
    name_letters: int
    address_letters: int


class OccupationLine(Line, frozen=True, kw_only=True):
    name: str
    words: tuple[str, ...]
    youngest: int
    oldest: int


class PlausibleFile(File, frozen=True, kw_only=True):
    limits: tuple[LimitLine, ...] = ()
    occupations: tuple[OccupationLine, ...] = ()


class InternationalLine(Line, frozen=True, kw_only=True):
    years: int
    site: str
    citizens: tuple[InternationalNeed, ...]
    foreigners: tuple[InternationalNeed, ...]
    photo_kilobytes: int


class InternationalFile(File, frozen=True, kw_only=True):
    international: tuple[InternationalLine, ...] = ()


class DutyLine(Line, frozen=True, kw_only=True):
    crew: int
    together: tuple[tuple[Role, ...], ...]
    never: tuple[tuple[Role, Role], ...]
    needed: tuple[Role, ...]
    offline_cards: int
    waits: tuple[Service, ...] = ()


class DutiesFile(File, frozen=True, kw_only=True):
    plans: tuple[DutyLine, ...] = ()


FILES: dict[str, type[File]] = {
    "calendar.toml": CalendarFile,
    "classes.toml": ClassesFile,
    "codes.toml": CodesFile,
    "duties.toml": DutiesFile,
    "fees.toml": FeesFile,
    "international.toml": InternationalFile,
    "offline.toml": OfflineFile,
    "periods.toml": PeriodsFile,
    "plausible.toml": PlausibleFile,
    "requirements.toml": RequirementsFile,
    "retakes.toml": RetakesFile,
    "sim_numbers.toml": SimNumbersFile,
    "validity.toml": ValidityFile,
    "waivers.toml": WaiversFile,
}
