"""The international licence: no class of this counter, but asked for at its window.

It is a booklet, issued centrally on a site of its own, for the countries of the Vienna Convention
of 1968. The counter makes no case of it; it tells what it costs, what it needs and where it is
applied for, all of it read from the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.fees import FeeGroup, FeeRule


class InternationalNeed(StrEnum):
    """What an applicant brings; a foreigner's stay permit is a KITAP, nothing less."""

    PASSPORT = "passport"
    DOMESTIC_LICENCE = "domestic_licence"
    KTP = "ktp"
    KITAP = "kitap"
    PHOTO = "photo"
    REFUND_ACCOUNT = "refund_account"


@dataclass(frozen=True, slots=True)
class InternationalRules:
    """Its terms: validity in years, what citizens and foreigners bring, and where."""

    years: int
    site: str
    citizens: tuple[InternationalNeed, ...]
    foreigners: tuple[InternationalNeed, ...]
    photo_kilobytes: int
    source: str
    note: str = ""


def tariff(fees: tuple[FeeRule, ...], group: FeeGroup) -> FeeRule | None:
    """The line of the tariff that no service of a counter is charged by; None if there is none.

    `fees` come with the more special and younger line first.
    """
    return next((rule for rule in fees if rule.group is group and not rule.services), None)
