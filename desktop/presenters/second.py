"""Who may sign beside the officer at work: the choice that a screen offers for a second one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from desktop.domain.officer import Officer, Role, RoleMissing, WrongPassword
from desktop.domain.realm import Realm
from desktop.keys.errors import LastPinTry, WrongPin
from desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class SecondOfficers:
    """Those who can be asked, as (number, name, password in training).

    `by_card`: whether this counter takes their own cards too.
    """

    named: tuple[tuple[str, str, str], ...] = ()
    by_card: bool = False


def second_officers(desk: Desk, *roles: Role) -> SecondOfficers:
    """Everybody but the officer at work and who only reads, those with one of `roles` first."""
    others = [one for one in _others(desk) if one.roles != frozenset({Role.AUDITOR})]
    return _named(desk, sorted(others, key=lambda officer: not officer.roles & set(roles)))


def entitled_officers(
    desk: Desk, roles: Collection[Role], first: str, signed: Collection[str] = ()
) -> SecondOfficers:
    """Those alone who may sign what is done again: who did it `first`, and whoever has the duty.

    Whoever `signed` a part of it already was tried for the rest, and can't stand for it.
    """
    today = desk.frame.today()
    left = [one for one in _others(desk) if one.id not in signed]
    able = [one for one in left if one.id == first or one.roles_on(today) & set(roles)]
    return _named(desk, sorted(able, key=lambda officer: officer.id != first))


_OVER_OTHERS = frozenset({Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR})

NAMED = 4
"""So many names make a remedy; a whole crew is a list that nobody reads."""


def who_may(
    desk: Desk, problem: RoleMissing, opened_by: frozenset[Role] = frozenset()
) -> RoleMissing:
    """The refusal with the names of those who have the duty; as it was where nobody has.

    `opened_by`: duties that open the screen of the act, so that nobody is named who can't get to
    it. Whoever signs as the second needn't.
    """
    today, wanted = desk.frame.today(), set(problem.needed)
    doors = frozenset[Role]() if problem.reason == "second" else opened_by
    able = [one.title for one in _others(desk) if _fits(one.roles_on(today), wanted, doors)]
    if not able:
        return problem
    reason = "second_held" if problem.reason == "second" else "held"
    if reason == "held" and desk.duty.taken_over:
        below = desk.duty.sessions[-2].officer
        able = [below.title] if below.title in able else able
        if not decides_over_others(desk, below):  # F12 gives the counter back before it locks
            reason = "held_below" if able == [below.title] else "held_over"
    return RoleMissing(needed=problem.needed, holders=tuple(able[:NAMED]), reason=reason)


def gives_back(desk: Desk) -> bool:
    """Whether F12 gives the counter back to whoever was here first, and they work on at once."""
    duty = desk.duty
    return duty.taken_over and not decides_over_others(desk, duty.sessions[-2].officer)


def decides_over_others(desk: Desk, officer: Officer) -> bool:
    """Whether a counter that is given back to them locks at once: a maker could act as them."""
    return bool(officer.roles_on(desk.frame.today()) & _OVER_OTHERS)


def may_try_again(problem: Exception) -> bool:
    """Whether another password, or another officer, may still sign."""
    another = isinstance(problem, RoleMissing) and problem.reason.startswith("second")
    return another or isinstance(problem, (WrongPassword, WrongPin, LastPinTry))


def _fits(held: frozenset[Role], wanted: set[Role], doors: frozenset[Role]) -> bool:
    return bool(held & wanted) and (not doors or bool(held & doors))


def _others(desk: Desk) -> list[Officer]:
    session = desk.duty.session
    me = session.officer.id if session else ""
    return [officer for officer in desk.duty.officers() if officer.id != me]


def _named(desk: Desk, officers: Iterable[Officer]) -> SecondOfficers:
    """Passwords are told in training alone, and only those that open a key still."""
    passwords: dict[str, str] = {}
    if desk.realm is Realm.TRAINING:
        from desktop.training.officers import SAMPLE_OFFICERS

        passwords = {sample.nrp: sample.password for sample in SAMPLE_OFFICERS}

    def told(officer: Officer) -> str:
        stands = officer.has_password and not officer.own_password
        return passwords.get(officer.id, "") if stands else ""

    return SecondOfficers(tuple((o.id, o.title, told(o)) for o in officers), desk.takes_cards)
