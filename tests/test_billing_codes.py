"""Billing codes: one for each case, or what one applicant paid would be another's."""

from __future__ import annotations

import argparse
import itertools
from typing import Any, cast

import pytest

from desktop.commands import centre_orders
from desktop.domain.codes import CodeKind, CodeMalformed, fits
from desktop.services.payment import billing_code
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.words import Words
from tests.domain.office_rules import rules_on

CODES = rules_on().codes


def test_no_two_cases_share_a_code() -> None:
    cases = [
        f"{office}-{year}-{counter}-{number:06d}"
        for office, year, counter, number in itertools.product(
            ("1374", "1375", "SATPAS-A"), ("25", "26"), ("L1", "L3", "L11", "L13", "A3"),
            (1, 2, 9, 10, 11, 19, 34, 35, 123456, 123457),
        )
    ]  # fmt: skip
    codes = {billing_code(case) for case in cases}
    assert len(codes) == len(cases)
    assert all(len(code) == 15 and code.isdigit() for code in codes)
    assert all(fits(CODES, CodeKind.BILLING_CODE, code) for code in codes)


def test_the_sample_officers_numbers_are_as_the_rules_have_them() -> None:
    assert all(fits(CODES, CodeKind.OFFICER_NUMBER, one.nrp) for one in SAMPLE_OFFICERS)


@pytest.mark.parametrize("nrp", ["98", "7901000A", "790100012"])
def test_an_officer_isn_t_entered_under_a_mistyped_number(nrp: str) -> None:
    typed = argparse.Namespace(
        nrp=nrp,
        name="X",
        rank="",
        role=["examiner"],
        office=[],
        inactive=False,
        stands_in=[],
        until=None,
    )
    with pytest.raises(CodeMalformed) as refused:
        centre_orders._officer(cast("Any", None), typed, Words.load("id"))
    told = Words.load("id").problem(refused.value)
    assert "NRP" in told.text
    assert "79010001" in told.text
