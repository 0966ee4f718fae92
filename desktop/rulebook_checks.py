"""What a shape can't say about a rules file: spans the right way round, numbers that make sense."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from desktop import rulebook_files as files
from desktop.domain.licence_class import LicenceClass
from desktop.domain.rules import RulesDamaged


def check_file(name: str, file: files.File) -> None:
    """Raises RulesDamaged at the first line that can't be meant."""
    for where, why in _faults(file):
        raise RulesDamaged(name, where, why)


def _faults(file: files.File) -> Iterator[tuple[str, str]]:
    for table in msgspec.structs.fields(file):
        value = getattr(file, table.name)
        if not isinstance(value, tuple):
            continue
        for index, line in enumerate(value):
            where = f"$.{table.name}[{index}]"
            if isinstance(line, files.Line):
                yield from _common(where, line)
            for why in _special(line):
                yield where, why
    if isinstance(file, files.ClassesFile):
        yield from _circles(file)


def _common(where: str, line: files.Line) -> Iterator[tuple[str, str]]:
    if line.valid_to is not None and line.valid_to < line.valid_from:
        yield where, "valid_to lies before valid_from"
    if not line.source.strip():
        yield where, "source is empty"


def _special(line: object) -> Iterator[str]:
    match line:
        case files.ClassLine():
            if not 0 < line.min_age < 100:
                yield "min_age isn't an age"
            if line.holding_months < 0:
                yield "holding_months is negative"
            if line.licence_class in line.after:
                yield "a class can't come before itself"
        case files.FeeLine():
            if line.amount < 0:
                yield "amount is negative"
        case files.OfflineLine():
            if line.holds_hours < 0:
                yield "holds_hours is negative"
        case files.DutyLine():
            if line.crew < 1 or line.offline_cards < 0:
                yield "crew must be one or more, offline_cards not negative"
            for allowed in line.together:
                if any(set(pair) <= set(allowed) for pair in line.never):
                    yield "together allows a pair that never goes together"
        case files.WaiverLine():
            if line.quota is not None and line.quota < 0:
                yield "quota is negative"
        case files.ValidityLine():
            if line.years < 1 or any(years < 1 for years in line.permit_years.values()):
                yield "years must be one or more"
        case files.DispensationLine():
            if line.expiry_to < line.expiry_from or line.renew_to < line.renew_from:
                yield "a span ends before it begins"
        case files.WeekLine():
            for days in (line.rest_days, line.closed_days):
                if len(set(days)) > 6 or any(day not in range(7) for day in days):
                    yield "weekdays are 0 to 6, and at least one must remain"
        case files.YearLine():
            if any(one.day.year != line.year for one in line.holidays):
                yield "a holiday lies in another year"
        case files.RequirementLine():
            if line.shelf_days < 0 or line.shelf_months < 0:
                yield "a shelf life is negative"
        case files.RetakeLine():
            if not 0 <= line.pass_mark <= 100:
                yield "pass_mark must be 0 to 100"
            if min(line.chances, line.window, line.same_day, line.wait, line.questions) < 0:
                yield "chances and waits can't be negative"
        case files.PeriodLine():
            if line.days < 0 or line.months < 0:
                yield "a term is negative"
        case files.LimitLine():
            if min(line.ask_age, line.name_letters, line.address_letters) < 0:
                yield "a limit is negative"
        case files.OccupationLine():
            if line.oldest < line.youngest or not line.words:
                yield "ages the wrong way round, or no word to know the occupation by"
            if any(word != word.upper() for word in line.words):
                yield "words are compared in capitals"
        case files.InternationalLine():
            if line.years < 1 or line.photo_kilobytes < 1 or not line.site.strip():
                yield "years and the picture's size must be one or more, and the site named"
        case files.CodeLine():
            yield from _pattern(line)
        case _:
            return


def _pattern(line: files.CodeLine) -> Iterator[str]:
    try:
        pattern = re.compile(line.pattern, re.ASCII)
    except re.error as error:
        yield f"pattern: {error}"
        return
    if not pattern.fullmatch(line.example):
        yield "the example doesn't fit its own pattern"
    if line.check == "s10" and not re.fullmatch(r"[A-Z]{2}[0-9]{9}[A-Z]{2}", line.example):
        yield "an S10 number is two letters, nine digits, two letters"


def _circles(file: files.ClassesFile) -> Iterator[tuple[str, str]]:
    """A class that leads back to itself could never be reached."""
    after: dict[LicenceClass, set[LicenceClass]] = {}
    for line in file.classes:
        after.setdefault(line.licence_class, set()).update(line.after)
    for start in after:
        seen: set[LicenceClass] = set()
        todo = list(after[start])
        while todo:
            one = todo.pop()
            if one is start:
                yield "$.classes", f"{start} leads back to itself"
                return
            if one not in seen:
                seen.add(one)
                todo += after.get(one, set())
