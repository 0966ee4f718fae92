"""Licence numbers of three generations, waybills and other scanned numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.codes import CodeCheckDigitWrong, CodeKind, CodeMalformed, fits, read_code
from desktop.domain.sim_number import (
    SimNumberMalformed,
    SimScheme,
    digits_of,
    format_sim_number,
    groups_of,
    make_sim_number,
    read_sim_number,
    scheme_on,
)
from desktop.domain.waybill import make_domestic, make_s10, read_waybill
from tests.domain.office_rules import TODAY, rules_on

CODES = rules_on().codes
BIRTH = date(1999, 5, 17)


@pytest.mark.parametrize(
    ("text", "scheme", "area", "year", "month"),
    [
        ("9905-1374-0012", SimScheme.DIGITS_12, "1374", 99, 5),
        ("990513740012", SimScheme.DIGITS_12, "1374", 99, 5),
        ("1421-9905-000123", SimScheme.DIGITS_14, "1421", 99, 5),
        ("14219905000123", SimScheme.DIGITS_14, "1421", 99, 5),
        ("3273011705990001", SimScheme.NIK, "", None, None),
    ],
)
def test_three_generations(text, scheme, area, year, month) -> None:
    number = read_sim_number(text)
    assert number.scheme is scheme
    assert (number.area, number.birth_year, number.birth_month) == (area, year, month)
    assert number.fits_birth(BIRTH)
    assert number.fits_birth(date(1998, 5, 17)) == (scheme is SimScheme.NIK)


@pytest.mark.parametrize("text", ["", "123", "99051374001X", "9" * 13, "9" * 10_000, "١" * 12])
def test_what_is_no_licence_number(text: str) -> None:
    with pytest.raises(SimNumberMalformed):
        read_sim_number(text)


@pytest.mark.parametrize(
    ("on", "citizen", "foreigner"),
    [
        (date(2021, 3, 1), SimScheme.DIGITS_14, SimScheme.DIGITS_14),
        (date(2024, 6, 30), SimScheme.DIGITS_14, SimScheme.DIGITS_14),
        (date(2024, 7, 1), SimScheme.NIK, SimScheme.DIGITS_14),
    ],
)
def test_the_day_decides_the_generation(on, citizen, foreigner) -> None:
    rules = rules_on(on).sim_numbers
    assert scheme_on(rules).scheme is citizen
    assert scheme_on(rules, foreigner=True).scheme is foreigner


@given(st.sampled_from(SimScheme), st.integers(0, 999_999))
def test_made_numbers_read_back(scheme: SimScheme, serial: int) -> None:
    nik = "3273011705990001"
    digits = make_sim_number(scheme, "1374", BIRTH, serial, nik)
    printed = format_sim_number(digits, groups_of(scheme))
    assert read_sim_number(printed).scheme is scheme
    assert digits_of(printed) == digits


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RR287043775IN", "s10"),
        ("rr 287 043 775 in", "s10"),
        ("EE123456785ID", "s10"),
        ("P2603020000017", "pos-p13"),
        ("18203456789", "pos-11"),
    ],
)
def test_waybills(text: str, name: str) -> None:
    code = read_waybill(CODES, text)
    assert (code.pattern, code.carrier) == (name, "Pos Indonesia")
    assert " " not in code.text


def test_the_often_quoted_sample_has_a_wrong_check_digit() -> None:
    with pytest.raises(CodeCheckDigitWrong) as caught:
        read_waybill(CODES, "EE123456789ID")
    assert (caught.value.expected, caught.value.found) == (5, 9)


@pytest.mark.parametrize("text", ["", "P123", "1" * 12, "A" * 13, "X" * 10_000, "P26030200000𝟙7"])
def test_what_is_no_waybill(text: str) -> None:
    with pytest.raises(CodeMalformed):
        read_waybill(CODES, text)


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2), st.integers(0, 99_999_999))
def test_s10_reads_back_and_a_wrong_digit_is_noticed(service: str, serial: int) -> None:
    number = make_s10(service, serial)
    assert read_waybill(CODES, number).text == number
    for place in range(2, 10):
        other = str((int(number[place]) + 1) % 10)
        wrong = number[:place] + other + number[place + 1 :]
        # two remainders share the check digit 5: there alone the standard is blind
        assert number[10] == "5" or not fits(CODES, CodeKind.WAYBILL, wrong)


def test_domestic_numbers_are_made_by_their_pattern() -> None:
    assert read_waybill(CODES, make_domestic(TODAY, 17)).text == "P2603020000017"


@pytest.mark.parametrize(
    ("kind", "text", "ok"),
    [
        (CodeKind.BILLING_CODE, "820260302000017", True),
        (CodeKind.BILLING_CODE, "82026030200001", False),
        (CodeKind.NTPN, "1a2b3c4d5e6f7g8h", True),
        (CodeKind.NTPN, "1A2B3C4D5E6F7G8", False),
        (CodeKind.BLANK_SERIAL, "B260300123", True),
        (CodeKind.BLANK_SERIAL, "B26", False),
        (CodeKind.OFFICER_NUMBER, "79010001", True),
        (CodeKind.OFFICER_NUMBER, "7901000", False),
    ],
)
def test_other_numbers(kind: CodeKind, text: str, ok: bool) -> None:
    assert fits(CODES, kind, text) is ok


def test_every_example_follows_its_own_pattern() -> None:
    for pattern in CODES:
        assert read_code(CODES, pattern.kind, pattern.example)
