"""Duty plans: which duties one person may hold, by the size of the crew, and what waits.

A plan is data (resources/rules/duties.toml). It never loosens the separation of duties within a
case: whoever had a hand in a case can't approve it, however small the crew is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.officer import Officer, Role
from desktop.domain.service import Service

READ_ONLY = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Who holds nothing but these isn't of the crew."""

DELEGABLE = frozenset({Role.SUPERVISOR, Role.APPROVER})
"""What an absent officer may hand on; everything else is a matter of the duty plan."""

DELEGATE_DAYS = 31
"""Days from the day of the act to the last one on which somebody stands in, at most."""


class DutyFault(StrEnum):
    """What a crew's duties have against the plan."""

    NEVER = "never"
    NOT_TOGETHER = "not_together"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DutyFinding:
    """One such fault: whose it is (nobody's for a duty that nobody has) and about which duties."""

    fault: DutyFault
    roles: tuple[Role, ...]
    officer: str = ""


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """The plan for crews of at most `crew` people.

    `together` are the sets within which one person's duties must lie, `never` the pairs that
    nobody holds, `needed` what somebody must have for the counter to do all its work.
    `offline_cards` is how many cards a day may be made without the centre, `waits` the services
    that a crew of this size leaves to another office.
    """

    crew: int
    together: tuple[frozenset[Role], ...]
    never: tuple[frozenset[Role], ...]
    needed: tuple[Role, ...]
    offline_cards: int
    waits: tuple[Service, ...]
    source: str

    def pair_in(self, roles: Iterable[Role]) -> tuple[Role, Role] | None:
        """The first pair among `roles` that one person never holds."""
        held = frozenset(roles)
        for pair in self.never:
            if pair <= held:
                one, other = sorted(pair)
                return one, other
        return None

    def pair_added(self, own: Iterable[Role], roles: Iterable[Role]) -> tuple[Role, Role] | None:
        """Such a pair among `roles` that isn't there by an officer's `own` ones already."""
        pair = self.pair_in(roles)
        return None if pair == self.pair_in(own) else pair

    def fits(self, roles: Iterable[Role]) -> bool:
        """Whether one person may hold all of `roles`."""
        held = frozenset(roles) - READ_ONLY
        return not held or any(held <= allowed for allowed in self.together)


class DutyPairForbidden(Problem):
    """By the plan for this crew one person never holds both duties."""

    officer: str
    one: Role
    other: Role
    crew: int


def crew_of(officers: Iterable[Officer], day: date) -> list[Officer]:
    """Those who work at the counter; who only reads or administers isn't counted."""
    return [one for one in officers if one.active and one.roles_on(day) - READ_ONLY]


def plan_for(plans: Sequence[DutyPlan], crew: int) -> DutyPlan:
    """The smallest plan that is large enough, else the largest. There is at least one."""
    ordered = sorted(plans, key=lambda plan: plan.crew)
    return next((plan for plan in ordered if crew <= plan.crew), ordered[-1])


def check_duties(plan: DutyPlan, officers: Iterable[Officer], day: date) -> list[DutyFinding]:
    """What stands against the plan on a day, delegations included; worst first."""
    crew = crew_of(officers, day)
    found: list[DutyFinding] = []
    for officer in crew:
        roles = officer.roles_on(day)
        pair = plan.pair_in(roles)
        if pair is not None:
            found.append(DutyFinding(DutyFault.NEVER, pair, officer.id))
        elif not plan.fits(roles):
            held = tuple(sorted(roles - READ_ONLY))
            found.append(DutyFinding(DutyFault.NOT_TOGETHER, held, officer.id))
    held_by_all = frozenset[Role]().union(*(officer.roles_on(day) for officer in crew))
    missing = tuple(role for role in plan.needed if role not in held_by_all)
    if missing:
        found.append(DutyFinding(DutyFault.NOBODY, missing))
    order = list(DutyFault)
    return sorted(found, key=lambda one: order.index(one.fault))
