"""Officers, their roles, and the sessions in which they act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem


class Role(StrEnum):
    """What a person may do. PROGRAM and CENTRE belong to no person."""

    REGISTRATION = "registration"
    IDENTIFICATION = "identification"
    EXAMINER = "examiner"
    APPROVER = "approver"
    PRODUCTION = "production"
    DISPATCH = "dispatch"
    STOCK_KEEPER = "stock_keeper"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PROGRAM = "program"
    CENTRE = "centre"


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Duties in the one order in which they are told everywhere: that of a card's way."""
    held = frozenset(roles)
    return tuple(role for role in Role if role in held)


NOBODY_S = frozenset({Role.PROGRAM, Role.CENTRE})
"""Duties that no person has."""

SERVING = frozenset(
    {Role.REGISTRATION, Role.IDENTIFICATION, Role.EXAMINER, Role.PRODUCTION, Role.DISPATCH}
)
"""Duties in which an officer serves people at the counter."""

# Nobody holds both of a pair in one case; checked per case, whatever the crew's size.
NEVER_ONE_PERSON: frozenset[frozenset[Role]] = frozenset(
    {
        frozenset({Role.REGISTRATION, Role.APPROVER}),
        frozenset({Role.AUDITOR, Role.APPROVER}),
        frozenset({Role.AUDITOR, Role.PRODUCTION}),
        frozenset({Role.AUDITOR, Role.STOCK_KEEPER}),
    }
)


@dataclass(frozen=True, slots=True)
class Officer:
    """A person who signs in at the counter. `id` is the service number (NRP)."""

    id: str
    name: str
    rank: str
    roles: frozenset[Role]
    password_hash: str
    secret: dict[str, str]
    certificate: str
    version: int = 0
    active: bool = True
    failed_tries: int = 0
    locked_until: datetime | None = None
    last_online: datetime | None = None
    delegate_roles: frozenset[Role] = frozenset()
    delegate_until: date | None = None

    @property
    def has_password(self) -> bool:
        """Whether a password opens their key here; else a one-time code may wait for them."""
        return "salt" in self.secret

    @property
    def own_password(self) -> bool:
        """Whether they chose it themselves: then nobody else is told it, in training neither."""
        return "own" in self.secret

    @property
    def title(self) -> str:
        """Rank and name, as papers and screens show them."""
        return f"{self.rank} {self.name}".strip()

    def roles_on(self, day: date) -> frozenset[Role]:
        """The roles in force, a dated delegation included."""
        if self.delegate_until is not None and day <= self.delegate_until:
            return self.roles | self.delegate_roles
        return self.roles


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an officer in a session, or the program itself."""

    officer: str
    session: str
    roles: frozenset[Role]

    def __post_init__(self) -> None:
        if self.officer and not self.is_person:
            raise ValueError("what the program does bears no officer's number")

    @property
    def is_person(self) -> bool:
        return Role.PROGRAM not in self.roles and Role.CENTRE not in self.roles


PROGRAM = Actor(officer="", session="", roles=frozenset({Role.PROGRAM}))


class RoleMissing(Problem):
    """The officer's duty doesn't include this act.

    `reason` is "second" where the second officer lacks it. A screen adds who has it, `holders` by
    name; "held" or "second_held" say so, "held_below" and "held_over" after a take-over: whose
    work waits below has the duty, or somebody else ("held" where giving back locks the counter).
    """

    needed: tuple[Role, ...]
    holders: tuple[str, ...] = ()
    reason: str = ""


class OwnWork(Problem):
    """The maker of a case can't approve it (separation of duties)."""


class SameOfficer(Problem):
    """Two different officers must sign; one officer signed twice.

    `reason` is "own_proof" of a paper that they recorded and can't close.
    """

    reason: str = ""


class CardPin(str):
    """Typed where a password is asked for: the PIN of the officer's own card, used at once."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "CardPin()"


class WrongPassword(Problem):
    """The password didn't fit."""

    tries_left: int


class LockedOut(Problem):
    """Too many wrong passwords."""

    until: datetime


class UnknownOfficer(Problem):
    """No active officer has this number at this office."""


class PasswordWanted(Problem):
    """The one-time code fits: the officer chooses a password of their own now."""


class CodeTooOld(Problem):
    """The officer's one-time code isn't good any more since `until`."""

    until: datetime


class NoCredentialHere(Problem):
    """The centre told of this officer, but nobody gave them a password at this counter yet."""


class NotSignedIn(Problem):
    """An act needs a signed-in officer."""


class SignInTooOld(Problem):
    """The officer hasn't been online for more days than the office allows."""

    days: int
