"""Who may sign beside the officer at work: the choice that a screen offers for a second one."""

from __future__ import annotations

from desktop.domain.officer import Role
from desktop.domain.realm import Realm
from desktop.services.desk import Desk


def second_officers(desk: Desk, *roles: Role) -> tuple[tuple[str, str, str], ...]:
    """(number, name, password) of everybody else, those with one of `roles` first.

    Passwords are told in training alone.
    """
    passwords: dict[str, str] = {}
    if desk.realm is Realm.TRAINING:
        from desktop.training.officers import SAMPLE_OFFICERS

        passwords = {sample.nrp: sample.password for sample in SAMPLE_OFFICERS}
    session = desk.duty.session
    me = session.officer.id if session else ""
    others = [officer for officer in desk.duty.officers() if officer.id != me]
    ranked = sorted(others, key=lambda officer: not officer.roles & set(roles))
    return tuple((o.id, o.title, passwords.get(o.id, "")) for o in ranked)
