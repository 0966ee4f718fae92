"""State fees (PNBP, PP 76/2020), and whether a payment fits the bill.

Only PNBP stands here. Medical, psychology, insurance, courier and bank charges are not ours to
take or to count.

    Problem
    ├── PaymentUnderpaid   less than the bill
    ├── PaymentOverpaid    more than the bill
    ├── PaymentOtherClass  paid for another class
    ├── PaymentOtherGroup  paid for another kind of service
    └── PaidOnAnotherDay   before the bill was there, or in the future
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.domain.waiver import Waiver


class FeeGroup(StrEnum):
    """What the tariff tells apart."""

    NEW = "new"
    RENEWAL = "renewal"
    SKILL_TEST = "skill_test"
    INTERNATIONAL_NEW = "international_new"
    INTERNATIONAL_RENEWAL = "international_renewal"


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One line of the tariff, in whole rupiah; on `services`, for `classes`."""

    group: FeeGroup
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]
    amount: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of a bill. A waived line costs nothing and names its decree and what it forgoes."""

    group: FeeGroup
    licence_class: LicenceClass
    amount: int
    source: str
    decree: str = ""
    waived: int = 0


@dataclass(frozen=True, slots=True)
class Fee:
    """A bill for one application."""

    lines: tuple[FeeLine, ...]

    @property
    def total(self) -> int:
        """Whole rupiah to be paid at the bank."""
        return sum(line.amount for line in self.lines)

    @property
    def waived(self) -> int:
        """Whole rupiah that decrees forgo, counted apart."""
        return sum(line.waived for line in self.lines)

    @property
    def free(self) -> bool:
        """Nothing to pay: the decree is the evidence."""
        return self.total == 0

    @property
    def group(self) -> FeeGroup:
        """New or renewal, the line that names the licence itself."""
        return next(line.group for line in self.lines if line.group is not FeeGroup.SKILL_TEST)


def fee_for(
    rules: tuple[FeeRule, ...],
    service: Service,
    licence_class: LicenceClass,
    waiver: Waiver | None = None,
) -> Fee:
    """The bill for one application by the tariff in force.

    `rules` come with the more special and younger line first; the first that fits decides a
    group. A waiver makes every line that it covers a zero line.
    """
    found: dict[FeeGroup, FeeLine] = {}
    waives = waiver is not None and waiver.covers(service, licence_class)
    for rule in rules:
        if rule.group in found or service not in rule.services or licence_class not in rule.classes:
            continue
        found[rule.group] = FeeLine(
            group=rule.group,
            licence_class=licence_class,
            amount=0 if waives else rule.amount,
            source=rule.source,
            decree=waiver.decree if waiver is not None and waives else "",
            waived=rule.amount if waives else 0,
        )
    return Fee(tuple(found[group] for group in FeeGroup if group in found))


class PaymentUnderpaid(Problem):
    """Less than the bill; `missing` rupiah are still due."""

    expected: int
    paid: int
    missing: int


class PaymentOverpaid(Problem):
    """More than the bill; `surplus` rupiah go back through the bank."""

    expected: int
    paid: int
    surplus: int


class PaymentOtherClass(Problem):
    """The code was paid for another class."""

    expected: LicenceClass
    paid: LicenceClass


class PaymentOtherGroup(Problem):
    """The code was paid for another kind of service."""

    expected: FeeGroup
    paid: FeeGroup


class PaidOnAnotherDay(Problem):
    """A slip's day outside `first` (the bill was made) to `last` (today)."""

    first: date
    last: date


def check_payment(
    fee: Fee,
    paid: int,
    licence_class: LicenceClass | None = None,
    group: FeeGroup | None = None,
) -> list[Problem]:
    """Compare a bank's answer with the bill; an empty list means it fits to the rupiah.

    `licence_class` and `group` are what the bank says it was paid for, None if it doesn't say.
    """
    problems: list[Problem] = []
    billed = fee.lines[0].licence_class if fee.lines else None
    if licence_class is not None and billed is not None and licence_class is not billed:
        problems.append(PaymentOtherClass(billed, licence_class))
    if group is not None and fee.lines and group is not fee.group:
        problems.append(PaymentOtherGroup(fee.group, group))
    if paid < fee.total:
        problems.append(PaymentUnderpaid(fee.total, paid, fee.total - paid))
    elif paid > fee.total:
        problems.append(PaymentOverpaid(fee.total, paid, paid - fee.total))
    return problems
