"""What whoever asks for the international licence is told: a view of the rules, nothing more."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.fees import FeeGroup, FeeRule
from desktop.domain.international import InternationalRules, tariff
from desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class InternationalView:
    """The terms in force today and the two lines of the tariff."""

    terms: InternationalRules
    fees: tuple[FeeRule, ...]


def international(desk: Desk) -> InternationalView:
    """Read from the rules of the office's own day. Raises RulesDamaged, NoRulesInForce."""
    rules = desk.frame.rules()
    groups = (FeeGroup.INTERNATIONAL_NEW, FeeGroup.INTERNATIONAL_RENEWAL)
    lines = (tariff(rules.fees, group) for group in groups)
    return InternationalView(rules.international, tuple(line for line in lines if line))
