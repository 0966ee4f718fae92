"""Who may sign beside the officer at work: the choice that a screen offers for a second one."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.officer import Role
from desktop.domain.realm import Realm
from desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class SecondOfficers:
    """Those who can be asked, as (number, name, password in training).

    `by_card`: whether this counter takes their own cards too.
    """

    named: tuple[tuple[str, str, str], ...] = ()
    by_card: bool = False


def second_officers(desk: Desk, *roles: Role) -> SecondOfficers:
    """Everybody but the officer at work, those with one of `roles` first.

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
    named = tuple((o.id, o.title, passwords.get(o.id, "")) for o in ranked)
    return SecondOfficers(named, desk.takes_cards)
