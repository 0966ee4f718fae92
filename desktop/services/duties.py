"""The duty plan as it stands at this office today: which one holds, and what is against it."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.duties import (
    DutyFinding,
    DutyPairForbidden,
    DutyPlan,
    check_duties,
    crew_of,
    plan_for,
)
from desktop.domain.officer import Officer, Role
from desktop.ledger import Reading
from desktop.services.base import Frame


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """The crew, the plan for it, and what stands against it."""

    crew: int
    plan: DutyPlan
    findings: tuple[DutyFinding, ...]


class DutyPlans:
    """Reads the plan for the crew that there is; the delegate is checked against it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def standing(self) -> DutyStanding:
        """Today's plan and findings. Raises NoRulesInForce, RulesDamaged."""
        with self._frame.ledger.reading() as r:
            officers = r.find(Officer, active=True)
        return self._standing(officers)

    def _standing(self, officers: list[Officer]) -> DutyStanding:
        today = self._frame.today()
        crew = len(crew_of(officers, today))
        plan = plan_for(self._frame.rules(today).duties, crew)
        return DutyStanding(crew, plan, tuple(check_duties(plan, officers, today)))

    def check_delegate(self, r: Reading, officer: Officer, handed: frozenset[Role]) -> None:
        """Refuse a delegate who would hold two duties that the plan keeps apart.

        What somebody holds already is the supervisor's to mend, not the delegation's to refuse.
        Raises DutyPairForbidden.
        """
        standing = self._standing(r.find(Officer, active=True))
        pair = standing.plan.pair_added(officer.roles, officer.roles | handed)
        if pair is not None:
            one, other = pair
            raise DutyPairForbidden(
                officer=officer.title, one=one, other=other, crew=standing.plan.crew
            )
