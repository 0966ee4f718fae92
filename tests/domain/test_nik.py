"""A NIK is blocked only by its bare structure, and only when typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.nik import (
    NikDateImpossible,
    NikDateMismatch,
    NikDayImpossible,
    NikMonthImpossible,
    NikNotDigits,
    NikRegionUnknown,
    NikReport,
    NikSerialZero,
    NikSexMismatch,
    NikSource,
    NikWrongLength,
    RegionLevel,
    check_nik,
    clean_nik,
    make_nik,
    mask_nik,
)
from desktop.domain.person import Sex
from tests.domain.office_rules import TODAY

NAMES = {"32": "Jawa Barat", "32.73": "Kota Bandung", "32.73.01": "Sukasari"}


def check(text: str, source: NikSource = NikSource.TYPED, **how) -> NikReport:
    return check_nik(text, source, on=TODAY, names=NAMES.get, **how)


def kinds(problems) -> list[type]:
    return [type(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("3273010505900001", []),
        ("3273014505900001", []),
        ("32.73.01.050590.0001", []),
        (" 3273 0105 0590 0001 ", []),
        ("", [NikWrongLength]),
        ("327301050590001", [NikWrongLength]),
        ("32730105059000011", [NikWrongLength]),
        ("9" * 10_000, [NikWrongLength]),
        ("327301050590000O", [NikNotDigits]),
        ("٣٢٧٣٠١٠٥٠٥٩٠٠٠٠١", [NikNotDigits]),
        ("3273010505900²01", [NikNotDigits]),
        ("🙂" * 16, [NikNotDigits]),
        ("3273010005900001", [NikDayImpossible]),
        ("3273013205900001", [NikDayImpossible]),
        ("3273014005900001", [NikDayImpossible]),
        ("3273017205900001", [NikDayImpossible]),
        ("3273010500900001", [NikMonthImpossible]),
        ("3273010513900001", [NikMonthImpossible]),
        ("3273010505900000", [NikSerialZero]),
        ("3273013213900000", [NikDayImpossible, NikMonthImpossible, NikSerialZero]),
    ],
)
def test_what_blocks_a_typed_number(text: str, blocks: list[type]) -> None:
    report = check(text)
    assert kinds(report.blocks) == blocks
    assert report.ok == (not blocks)


@pytest.mark.parametrize("source", [NikSource.CHIP, NikSource.CONFIRMED])
@pytest.mark.parametrize("text", ["3273013213900000", "123", "32730105059000X1", ""])
def test_chip_and_dukcapil_are_never_blocked(text: str, source: NikSource) -> None:
    report = check(text, source)
    assert report.ok
    assert report.warns


@pytest.mark.parametrize(
    ("text", "birth", "sex", "warns"),
    [
        ("3273010505900001", date(1990, 5, 5), Sex.MALE, []),
        ("3273014505900001", date(1990, 5, 5), Sex.FEMALE, []),
        ("3273010505900001", date(1990, 5, 6), Sex.MALE, [NikDateMismatch]),
        ("3273010505900001", date(1990, 5, 5), Sex.FEMALE, [NikSexMismatch]),
        ("3273013102900001", None, None, [NikDateImpossible]),
        ("3273013102900001", date(1990, 3, 3), None, [NikDateImpossible, NikDateMismatch]),
        ("3273992505900001", None, None, [NikRegionUnknown]),
        ("9999992505900001", None, None, [NikRegionUnknown]),
    ],
)
def test_the_doubtful_only_warns(text, birth, sex, warns) -> None:
    report = check(text, birth_date=birth, sex=sex)
    assert report.ok
    assert kinds(report.warns) == warns


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("9973010505900001", RegionLevel.PROVINCE, "99"),
        ("3299010505900001", RegionLevel.REGENCY, "32.99"),
        ("3273990505900001", RegionLevel.DISTRICT, "32.73.99"),
    ],
)
def test_an_unknown_region_says_which_part(text: str, level: RegionLevel, code: str) -> None:
    (problem,) = check(text).warns
    assert isinstance(problem, NikRegionUnknown)
    assert (problem.level, problem.code) == (level, code)


@pytest.mark.parametrize(
    ("text", "birth", "read"),
    [
        ("3273010505900001", None, date(1990, 5, 5)),
        ("3273010505080001", None, date(2008, 5, 5)),
        ("3273010505200001", None, date(1920, 5, 5)),  # a child of six isn't at this counter
        ("3273010505200001", date(2020, 5, 5), date(2020, 5, 5)),
        ("3273012902000001", None, date(2000, 2, 29)),
    ],
)
def test_the_century_comes_from_the_printed_date(text, birth, read) -> None:
    assert check(text, birth_date=birth).birth_date == read


def test_region_names_come_from_the_ministrys_list() -> None:
    report = check_nik("3273010505900001", NikSource.TYPED, on=TODAY)
    assert report.province == "Jawa Barat"
    assert "Bandung" in report.regency
    assert report.district


def test_facts_never_carry_the_number() -> None:
    report = check("3299017205130000")
    for problem in (*report.blocks, *report.warns):
        assert "3299017205130000" not in repr(problem)
        assert str(problem) == type(problem).__name__


def test_masking_shows_both_ends() -> None:
    assert mask_nik("3273010505900001") == "3273••••••••0001"
    assert mask_nik("1234") == "••••"


@given(st.dates(date(1930, 1, 1), date(2009, 1, 1)), st.sampled_from(Sex), st.integers(1, 9999))
def test_a_made_number_reads_back(birth: date, sex: Sex, serial: int) -> None:
    report = check(make_nik("327301", birth, sex, serial), birth_date=birth, sex=sex)
    assert (report.blocks, report.warns) == ((), ())
    assert (report.birth_date, report.sex, report.serial) == (birth, sex, f"{serial:04d}")
    assert report.regency == "Kota Bandung"


@given(st.text(max_size=40), st.sampled_from(NikSource), st.none() | st.dates())
def test_any_text_gets_an_answer(text: str, source: NikSource, birth: date | None) -> None:
    report = check(text, source, birth_date=birth)
    assert report.ok or source is NikSource.TYPED
    if report.ok and source is NikSource.TYPED:
        assert len(clean_nik(text)) == 16


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_sixteen_digits_are_blocked_by_structure_alone(text: str) -> None:
    day, month = int(text[6:8]), int(text[8:10])
    sound = (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12 and text[12:] != "0000"
    assert check(text).ok == sound
