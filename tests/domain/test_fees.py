"""What the bank must have been paid, to the rupiah."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.domain.fees import (
    FeeGroup,
    PaymentOtherClass,
    PaymentOtherGroup,
    PaymentOverpaid,
    PaymentUnderpaid,
    check_payment,
    fee_for,
)
from desktop.domain.international import InternationalNeed, tariff
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.domain.waiver import (
    WaiverDoesNotCover,
    WaiverNotInForce,
    WaiverUsedUp,
    check_waiver,
    waivers_for,
)
from tests.domain.office_rules import TODAY, TRAINING_BOOK, rules_on

L = LicenceClass
S = Service
FEES = rules_on().fees
RENEWALS = (S.RENEWAL, S.REPLACE_LOST, S.REPLACE_DAMAGED, S.DATA_CHANGE)
NEW = {L.A: 120_000, L.C: 100_000, L.CI: 100_000, L.CII: 100_000, L.D: 50_000, L.DI: 50_000}
WITH_SKILL_TEST = (L.A_UMUM, L.BI, L.BI_UMUM, L.BII, L.BII_UMUM)
RENEWAL = {
    **dict.fromkeys((L.A, *WITH_SKILL_TEST), 80_000),
    **dict.fromkeys((L.C, L.CI, L.CII), 75_000),
    **dict.fromkeys((L.D, L.DI), 30_000),
}


@pytest.mark.parametrize("licence_class", list(L))
def test_tariff_of_pp_76_2020(licence_class: LicenceClass) -> None:
    for service in (S.NEW_ISSUE, S.CLASS_UPGRADE):
        fee = fee_for(FEES, service, licence_class)
        assert fee.total == NEW.get(licence_class, 170_000)
        assert fee.group is FeeGroup.NEW
    for service in RENEWALS:
        fee = fee_for(FEES, service, licence_class)
        assert fee.total == RENEWAL[licence_class]
        assert [line.group for line in fee.lines] == [FeeGroup.RENEWAL]


@pytest.mark.parametrize("licence_class", WITH_SKILL_TEST)
def test_the_skill_test_is_a_line_of_its_own(licence_class: LicenceClass) -> None:
    lines = fee_for(FEES, S.CLASS_UPGRADE, licence_class).lines
    assert [(line.group, line.amount) for line in lines] == [
        (FeeGroup.NEW, 120_000),
        (FeeGroup.SKILL_TEST, 50_000),
    ]


@pytest.mark.parametrize(
    ("paid", "licence_class", "group", "expected"),
    [
        (75_000, None, None, []),
        (75_000, L.C, FeeGroup.RENEWAL, []),
        (74_999, None, None, [PaymentUnderpaid]),
        (0, None, None, [PaymentUnderpaid]),
        (80_000, None, None, [PaymentOverpaid]),
        (80_000, L.A, FeeGroup.RENEWAL, [PaymentOtherClass, PaymentOverpaid]),
        (75_000, L.CI, None, [PaymentOtherClass]),
        (100_000, L.C, FeeGroup.NEW, [PaymentOtherGroup, PaymentOverpaid]),
    ],
)
def test_payment_against_bill(paid, licence_class, group, expected) -> None:
    fee = fee_for(FEES, S.RENEWAL, L.C)
    found = check_payment(fee, paid, licence_class, group)
    assert [type(problem) for problem in found] == expected


def test_underpayment_names_what_is_missing() -> None:
    (problem,) = check_payment(fee_for(FEES, S.NEW_ISSUE, L.A), 100_000)
    assert problem.facts() == {"expected": 120_000, "paid": 100_000, "missing": 20_000}


def test_a_waived_fee_is_a_zero_line_with_its_decree() -> None:
    rules = TRAINING_BOOK.on(TODAY, "Jawa Barat", "1374")
    (waiver,) = waivers_for(rules.waivers, S.RENEWAL, L.D, TODAY)
    fee = fee_for(rules.fees, S.RENEWAL, L.D, waiver)
    assert (fee.total, fee.waived, fee.free) == (0, 30_000, True)
    assert [(line.amount, line.decree) for line in fee.lines] == [(0, waiver.decree)]
    assert check_payment(fee, 0) == []
    assert fee_for(rules.fees, S.RENEWAL, L.C, waiver).total == 75_000


def test_a_decree_holds_in_its_area_only() -> None:
    assert TRAINING_BOOK.on(TODAY, "Jawa Timur").waivers == ()
    assert rules_on(TODAY, "Jawa Barat").waivers == ()


@pytest.mark.parametrize(
    ("on", "licence_class", "used", "expected"),
    [
        (TODAY, L.D, 0, []),
        (TODAY, L.D, 19, []),
        (TODAY, L.D, 20, [WaiverUsedUp]),
        (date(2026, 1, 31), L.D, 0, [WaiverNotInForce]),
        (date(2027, 1, 1), L.D, 0, [WaiverNotInForce]),
        (TODAY, L.A, 0, [WaiverDoesNotCover]),
    ],
)
def test_limits_of_a_decree(on, licence_class, used, expected) -> None:
    (waiver,) = TRAINING_BOOK.on(TODAY, "Jawa Barat").waivers
    found = check_waiver(waiver, S.RENEWAL, licence_class, on, used)
    assert [type(problem) for problem in found] == expected


@pytest.mark.parametrize(
    ("group", "amount"),
    [(FeeGroup.INTERNATIONAL_NEW, 250_000), (FeeGroup.INTERNATIONAL_RENEWAL, 225_000)],
)
def test_the_tariff_has_the_international_licence_and_no_counter_charges_it(
    group: FeeGroup, amount: int
) -> None:
    line = tariff(FEES, group)
    assert line is not None
    assert (line.amount, line.source) == (amount, "PP 76/2020, Lampiran")
    billed = {x.group for s in S for c in L for x in fee_for(FEES, s, c).lines}
    assert group not in billed


def test_the_international_licence_asks_foreigners_for_a_kitap() -> None:
    terms = rules_on().international
    assert terms.years == 3
    assert InternationalNeed.KITAP in terms.foreigners
    assert InternationalNeed.KTP not in terms.foreigners
    assert InternationalNeed.DOMESTIC_LICENCE in terms.citizens
