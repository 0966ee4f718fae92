"""Which duties whoever sits here can hand to another officer, and why one can't be handed."""

from __future__ import annotations

from desktop.domain.duties import READ_ONLY, DutyPairForbidden
from desktop.domain.errors import Problem
from desktop.domain.officer import Officer, Role, RoleMissing
from desktop.presenters.supervisor_view import SupervisorView
from desktop.services.oversight import DelegateRefused


def to_hand(view: SupervisorView, officer_id: str) -> tuple[list[Role], Problem | None]:
    """The duties that the other officer can take over now; the problem of one that they can't.

    Neither where they hold all of them already.
    """
    by_id = {officer.id: officer for officer in view.officers}
    officer, giver = by_id.get(officer_id), by_id.get(view.officer)
    if officer is None or giver is None or view.today is None:
        return [], None
    mine = [Role.APPROVER] if view.approves else []
    mine += [Role.SUPERVISOR] if view.supervises else []
    own = [role for role in mine if role in giver.roles]
    if not own:  # who stands in themselves hands nothing on
        return [], RoleMissing(needed=tuple(mine or (Role.SUPERVISOR,)))
    if officer.roles & READ_ONLY:
        return [], DelegateRefused(officer=officer.title)
    held = officer.roles_on(view.today)
    refused = {role: _against(view, officer, held | {role}) for role in own if role not in held}
    told = (problem for problem in refused.values() if problem is not None)
    return [role for role, problem in refused.items() if problem is None], next(told, None)


def _against(view: SupervisorView, officer: Officer, roles: frozenset[Role]) -> Problem | None:
    """What the duty plan has against an officer with these roles."""
    if view.duties is None:
        return None
    plan = view.duties.plan
    pair = plan.pair_added(officer.roles, roles)
    if pair is None:
        return None
    return DutyPairForbidden(officer=officer.title, one=pair[0], other=pair[1], crew=plan.crew)
