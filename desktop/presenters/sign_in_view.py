"""What the sign-in and lock screen shows: a whole frozen view, without sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class SignInMode(Enum):
    """Nobody is signed in, or someone's work waits behind the lock."""

    SIGN_IN = "sign_in"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class OfficerChoice:
    """One officer of this office. `password` is told in training only, never in the live realm."""

    number: str
    name: str
    roles: tuple[Enum, ...] = ()
    password: str = ""
    begins: bool = False
    """No password opens their key here yet: they begin with a one-time code."""


@dataclass(frozen=True, slots=True)
class SignInView:
    """`chosen` is the remembered officer's number, or the one who locked the window.

    `suggested` is whom the locked work waits for (an approver), preselected in their place.
    `clock` is what is wrong with the PC's clock.
    `choosing` is who has given their one-time code and chooses a password now.
    `by_card`: an officer's own card and its PIN are taken here as well.
    `place` is what is wrong with the office's particulars, told while the clock is right.
    `problem` is why the last try failed (wrong password with tries left, locked out until, …).
    """

    officers: tuple[OfficerChoice, ...]
    mode: SignInMode = SignInMode.SIGN_IN
    chosen: str = ""
    suggested: str = ""
    office: str = ""
    counter: str = ""
    training: bool = False
    problem: Exception | None = None
    clock: Exception | None = None
    place: Exception | None = None
    busy: bool = False
    by_card: bool = False
    choosing: str = ""
