"""Reads the rules from dated files and hands the domain those in force, as plain values.

A rulebook is one set of files (resources/rules) with others laid over it: the training realm's,
or the centre's. Laying over means adding lines; of lines about the same thing the one of the more
special area wins, then the younger, then the one laid over last. So a decree that begins at
midnight is one more line, and the rules of the day before can still be asked for.

To change a rule: add a line with its `valid_from` and `source`, and end the old one with
`valid_to` only if nothing follows it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from desktop import rulebook_files as files
from desktop.domain.calendar import DayOff, Holiday, OfficeCalendar
from desktop.domain.classes import ClassGraph, ClassRule, Offer
from desktop.domain.codes import CodePattern
from desktop.domain.duties import DutyPlan
from desktop.domain.fees import FeeRule
from desktop.domain.international import InternationalRules
from desktop.domain.licence_class import LicenceClass
from desktop.domain.offline import OfflineRule
from desktop.domain.periods import Period, PeriodKind
from desktop.domain.plausible import OccupationAges, PlausibleRules
from desktop.domain.requirements import RequirementRule, ShelfLife
from desktop.domain.retakes import RetakeRule, TestKind
from desktop.domain.rules import Rules, RulesDamaged
from desktop.domain.sim_number import SchemeRule
from desktop.domain.validity import Dispensation, ValidityRules
from desktop.domain.waiver import Waiver
from desktop.rulebook_checks import check_file
from desktop.rulebook_pick import Picker, most_special, specificity

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "rules"
TRAINING = FOLDER / "training"


@lru_cache(maxsize=64)
def parse_file(name: str, text: str) -> files.File:
    """One file of rules, checked. Raises RulesDamaged naming the file and the place in it.

    A rulebook is read anew with each order from the centre, and most of its files are as before.
    """
    shape = files.FILES.get(name)
    if shape is None:
        raise RulesDamaged(name, "$", "unknown file")
    try:
        file = msgspec.convert(tomllib.loads(text), shape)
    except tomllib.TOMLDecodeError as error:
        raise RulesDamaged(name, "TOML", str(error)) from error
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at ")
        raise RulesDamaged(name, where.strip("`") or "$", why) from error
    check_file(name, file)
    return file


class Rulebook:
    """Dated rules of every area, and what they are on a day at an office."""

    def __init__(self, sheets: Sequence[Mapping[str, files.File]]) -> None:
        self._sheets = tuple(sheets)
        self._made: dict[tuple[date, tuple[str, ...]], Rules] = {}

    @classmethod
    def load(
        cls, folder: Path = FOLDER, *overlays: Path, sheets: Sequence[Mapping[str, str]] = ()
    ) -> Rulebook:
        """Read a folder of rules, others to lay over it, then `sheets`. Raises RulesDamaged."""
        return cls.read(*(_texts(one) for one in (folder, *overlays)), *sheets)

    @classmethod
    def read(cls, *sheets: Mapping[str, str]) -> Rulebook:
        """The same from texts by file name: what the centre sends needs no folder."""
        book = cls(
            [{name: parse_file(name, text) for name, text in sheet.items()} for sheet in sheets]
        )
        for name in files.FILES:
            if not sheets or name not in sheets[0]:
                raise RulesDamaged(name, "$", "missing file")
        return book

    def on(self, day: date, *areas: str) -> Rules:
        """The rules in force on the office's date, areas from wide to narrow (Polda, office code).

        Raises NoRulesInForce for a day before the oldest rules, as a dead clock's battery gives.
        """
        found = self._made.get((day, areas))
        if found is None:
            found = self._make(day, areas)
            self._made[day, areas] = found
        return found

    def _make(self, day: date, areas: tuple[str, ...]) -> Rules:
        pick = Picker(self._sheets, day, areas)
        rules = Rules(
            version="",
            on=day,
            areas=areas,
            classes=ClassGraph(
                classes=tuple(
                    ClassRule(
                        licence_class=line.licence_class,
                        min_age=line.min_age,
                        after=line.after,
                        holding_months=line.holding_months,
                        covers=line.covers,
                        source=line.source,
                        note=line.note,
                    )
                    for line in pick.each_once(
                        files.ClassesFile,
                        lambda file: file.classes,
                        lambda line: line.licence_class,
                        LicenceClass,
                    )
                ),
                offers=tuple(
                    Offer(line.door, line.services, line.classes, line.source, line.note)
                    for line in most_special(
                        pick.lines(files.ClassesFile, lambda file: file.offers),
                        lambda line: line.door,
                        areas,
                    )
                ),
            ),
            fees=tuple(
                FeeRule(
                    line.group, line.services, line.classes, line.amount, line.source, line.note
                )
                for line in pick.lines(files.FeesFile, lambda file: file.fees)
            ),
            validity=_validity(pick),
            calendar=_calendar(pick, self._sheets, day, areas),
            requirements=tuple(
                _requirement(line)
                for line in pick.lines(files.RequirementsFile, lambda file: file.requirements)
            ),
            retakes=tuple(
                RetakeRule(
                    test=line.test,
                    pass_mark=line.pass_mark,
                    questions=line.questions,
                    chances=line.chances,
                    window=line.window,
                    same_day=line.same_day,
                    wait=line.wait,
                    source=line.source,
                    note=line.note,
                )
                for line in pick.each_once(
                    files.RetakesFile, lambda file: file.retakes, lambda line: line.test, TestKind
                )
            ),
            sim_numbers=tuple(
                SchemeRule(
                    scheme=line.scheme,
                    groups=line.groups,
                    source=line.source,
                    foreigners=line.foreigners,
                    citizens=line.citizens,
                    note=line.note,
                )
                for line in pick.lines(files.SimNumbersFile, lambda file: file.schemes)
            ),
            codes=tuple(
                CodePattern(
                    kind=line.kind,
                    name=line.name,
                    pattern=line.pattern,
                    example=line.example,
                    source=line.source,
                    check=line.check,
                    carrier=line.carrier,
                    note=line.note,
                )
                for line in most_special(
                    pick.lines(files.CodesFile, lambda file: file.codes),
                    lambda line: line.kind,
                    areas,
                )
            ),
            waivers=_waivers(pick),
            periods={
                line.period: Period(line.days, line.months, line.source, line.note)
                for line in pick.each_once(
                    files.PeriodsFile,
                    lambda file: file.periods,
                    lambda line: line.period,
                    PeriodKind,
                )
            },
            offline=tuple(
                OfflineRule(line.services, line.printing, line.holds_hours, line.source)
                for line in pick.lines(files.OfflineFile, lambda file: file.offline)
            ),
            plausible=_plausible(pick),
            international=_international(pick),
            duties=tuple(
                DutyPlan(
                    crew=line.crew,
                    together=tuple(frozenset(allowed) for allowed in line.together),
                    never=tuple(frozenset(pair) for pair in line.never),
                    needed=line.needed,
                    offline_cards=line.offline_cards,
                    waits=line.waits,
                    source=line.source,
                )
                for line in pick.each_once(
                    files.DutiesFile, lambda file: file.plans, lambda line: line.crew
                )
            ),
        )
        return replace(
            rules,
            version=f"{pick.youngest.isoformat()}+{_digest(rules)}",
            assumptions=tuple(sorted(pick.assumptions)),
        )


def _validity(pick: Picker) -> ValidityRules:
    line = pick.lines(files.ValidityFile, lambda file: file.validity)[0]
    decrees = pick.each_once(
        files.ValidityFile, lambda file: file.dispensations, lambda one: one.decree
    )
    return ValidityRules(
        years=line.years,
        replacement_keeps_expiry=line.replacement_keeps_expiry,
        data_change_keeps_expiry=line.data_change_keeps_expiry,
        in_time_stays_renewal=line.in_time_stays_renewal,
        warn_days=line.warn_days,
        online_opens_days=line.online_opens_days,
        permit_years=line.permit_years,
        source=line.source,
        note=line.note,
        dispensations=tuple(
            Dispensation(
                decree=one.decree,
                expiry_from=one.expiry_from,
                expiry_to=one.expiry_to,
                renew_from=one.renew_from,
                renew_to=one.renew_to,
                source=one.source,
                area=one.area,
                note=one.note,
            )
            for one in sorted(decrees, key=lambda one: (one.renew_from, one.decree))
        ),
    )


def _international(pick: Picker) -> InternationalRules:
    line = pick.lines(files.InternationalFile, lambda file: file.international)[0]
    return InternationalRules(
        years=line.years,
        site=line.site,
        citizens=line.citizens,
        foreigners=line.foreigners,
        photo_kilobytes=line.photo_kilobytes,
        source=line.source,
        note=line.note,
    )


def _plausible(pick: Picker) -> PlausibleRules:
    line = pick.lines(files.PlausibleFile, lambda file: file.limits)[0]
    jobs = pick.each_once(files.PlausibleFile, lambda file: file.occupations, lambda one: one.name)
    return PlausibleRules(
        ask_age=line.ask_age,
        name_letters=line.name_letters,
        address_letters=line.address_letters,
        source=line.source,
        note=line.note,
        occupations=tuple(
            OccupationAges(one.name, one.words, one.youngest, one.oldest, one.source, one.note)
            for one in jobs
        ),
    )


def _waivers(pick: Picker) -> tuple[Waiver, ...]:
    lines = pick.each_once(files.WaiversFile, lambda file: file.waivers, lambda line: line.decree)
    return tuple(
        Waiver(
            decree=line.decree,
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            group_id=line.group_id,
            group_en=line.group_en,
            services=line.services,
            classes=line.classes,
            quota=line.quota,
            source=line.source,
            area=line.area,
            note=line.note,
        )
        for line in sorted(lines, key=lambda line: line.decree)
    )


def _requirement(line: files.RequirementLine) -> RequirementRule:
    shelf = ShelfLife(line.shelf_days, line.shelf_months)
    return RequirementRule(
        kind=line.kind,
        enforcement=line.enforcement,
        source=line.source,
        services=line.services,
        classes=line.classes,
        channels=line.channels,
        nationalities=line.nationalities,
        shelf_life=None if shelf == ShelfLife() else shelf,
        any_of=line.any_of,
        only_working=line.only_working,
        only_revoked=line.only_revoked,
        needs_simulator=line.needs_simulator,
        note=line.note,
    )


def _calendar(
    pick: Picker,
    sheets: Sequence[Mapping[str, files.File]],
    day: date,
    areas: tuple[str, ...],
) -> OfficeCalendar:
    week = pick.lines(files.CalendarFile, lambda file: file.week)[0]
    years: dict[int, list[Holiday]] = {}
    days: list[Holiday] = []
    for sheet in sheets:
        for file in sheet.values():
            if not isinstance(file, files.CalendarFile):
                continue
            for year in file.years:
                years[year.year] = [
                    Holiday(one.day, one.name, one.kind, year.source) for one in year.holidays
                ]
            days += [
                Holiday(one.day, one.name, one.kind, one.source, one.area)
                for one in file.days
                if specificity(one.area, areas) >= 0
            ]
    for year_number in (day.year, day.year + 1):
        if year_number not in years:
            published = _published_holidays(year_number)
            if published:
                years[year_number] = published
    return OfficeCalendar(
        rest_days=week.rest_days,
        closed_days=week.closed_days,
        holidays=tuple(
            sorted([*days, *(one for year in years.values() for one in year)], key=_by_day)
        ),
        known_years=tuple(sorted(years)),
    )


def _by_day(holiday: Holiday) -> tuple[date, str]:
    return holiday.day, holiday.name


def _published_holidays(year: int) -> list[Holiday]:
    """A year that our own list lacks, from lokal-id if a newer release knows it, else nothing."""
    from lokal.holidays import HOLIDAY_YEARS, get_holidays

    if year not in HOLIDAY_YEARS:
        return []
    listed = get_holidays(year)
    kinds = {"libur_nasional": DayOff.HOLIDAY, "cuti_bersama": DayOff.JOINT_LEAVE}
    return [
        Holiday(date.fromisoformat(one.date), one.name, kinds[one.type], listed.decree)
        for one in listed.holidays
    ]


def _digest(rules: Rules) -> str:
    """Eight hex digits over everything that decides a case, the day and area it's for left out."""
    plain = msgspec.to_builtins(rules, order="deterministic")
    for key in ("version", "on", "areas", "assumptions"):
        del plain[key]
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()[:8]


def _texts(folder: Path) -> dict[str, str]:
    try:
        return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
    except UnicodeDecodeError as error:
        raise RulesDamaged(folder.name, "UTF-8", error.reason) from error
