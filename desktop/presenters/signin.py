"""Who works at this counter: signing in, locking, taking over, giving back.

Passwords are judged on a lane, since a live one takes its time to try. Whoever shows the work
hears `changed` after each of these acts, with the officer's session or None.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from desktop.domain.errors import Problem
from desktop.domain.officer import Officer, PasswordWanted, Role, in_order
from desktop.domain.realm import Realm
from desktop.presenters.base import DESK
from desktop.presenters.second import decides_over_others
from desktop.presenters.sign_in_view import OfficerChoice, SignInMode, SignInView
from desktop.services.desk import Desk
from desktop.services.duty import Session
from desktop.services.particulars import particulars_problem

Passwords = dict[str, str]


class PasswordsDiffer(Problem):
    """The new password was typed two ways."""


class SignIn:
    """Answers the sign-in and lock screen. All methods are called in the window's thread.

    `passwords` (number to password) is told in training alone.
    """

    def __init__(
        self, desk: Desk, passwords: Passwords | None = None, remembered: str = ""
    ) -> None:
        self.desk = desk
        training = desk.realm is Realm.TRAINING
        place = desk.settings.place
        self._passwords = (passwords or {}) if training else {}
        self._last_other = ""
        self._code = ""
        self._listeners: list[Callable[[SignInView], None]] = []
        self._changed: list[Callable[[Session | None], None]] = []
        self.view = SignInView(
            (), office=place.office_name, counter=place.counter_name, training=training,
            by_card=bool(desk.settings.officer_card.module),
            place=particulars_problem(desk.frame),
        )  # fmt: skip
        self._load_officers(remembered)

    # -- who hears -------------------------------------------------------------------------

    def attach(self, listener: Callable[[SignInView], None]) -> None:
        """Show every new view to `listener`, beginning with the present one."""
        self._listeners.append(listener)
        listener(self.view)

    def on_changed(self, listener: Callable[[Session | None], None]) -> None:
        """Tell `listener` of each sign-in, unlock, take-over and give-back."""
        self._changed.append(listener)

    # -- acts ------------------------------------------------------------------------------

    def sign_in(self, number: str, password: str) -> None:
        """Begin a session, or unlock one's own, or take a locked counter over."""
        if self.view.busy:
            return
        self._show(busy=True, problem=None)

        def refused(problem: Exception) -> None:
            if isinstance(problem, PasswordWanted):
                self._code = password
                self._show(busy=False, choosing=number)
            else:
                self._show(busy=False, problem=problem)

        self.desk.lanes.call(
            DESK, lambda: self.desk.duty.unlock(number, password), self._entered, refused
        )

    def choose_password(self, new: str, again: str) -> None:
        """Begin with a password of one's own, typed twice; the code is used up by it."""
        number, code = self.view.choosing, self._code
        if self.view.busy or not number:
            return
        if new != again:
            self._show(problem=PasswordsDiffer())
            return
        self._show(busy=True, problem=None)
        self.desk.lanes.call(
            DESK,
            lambda: self.desk.credentials.choose_password(number, code, new),
            self._entered,
            lambda problem: self._show(busy=False, problem=problem),
        )

    def choose_later(self) -> None:
        """Back to the names; the code stays good."""
        self._code = ""
        self._show(choosing="", problem=None)

    def sign_in_by_card(self, number: str, pin: str) -> None:
        """The same by the officer's own card; the PIN is used at once and kept nowhere."""
        if self.view.busy or not self.view.by_card:
            return
        self._show(busy=True, problem=None)

        def act() -> Session:
            from desktop.keys.pkcs11 import TokenPlace

            card = self.desk.settings.officer_card
            place = TokenPlace(card.module, card.label)
            return self.desk.officer_cards.unlock(number, place, pin)

        self.desk.lanes.call(
            DESK, act, self._entered, lambda problem: self._show(busy=False, problem=problem)
        )

    def lock(
        self, *, suggest: frozenset[Role] = frozenset(), but: frozenset[str] = frozenset()
    ) -> None:
        """Cover the work. `suggest` preselects an officer with such a role, not one of `but`."""
        session = self.desk.duty.session
        if session is None or self.desk.duty.locked:
            return
        self.desk.duty.lock()
        self._load_officers(session.officer.id)
        fitting = sorted(
            (
                officer
                for officer in self.view.officers
                if suggest & frozenset(officer.roles) and officer.number not in but
            ),
            key=lambda officer: (officer.number != self._last_other, len(officer.roles)),
        )
        self._show(
            mode=SignInMode.LOCKED,
            chosen=session.officer.id,
            suggested=fitting[0].number if fitting else "",
            problem=None,
            busy=False,
        )
        for tell in self._changed:
            tell(None)

    def tell_clock(self, problem: Exception | None) -> None:
        """What is wrong with the PC's clock, for whoever is about to sign in."""
        self._show(clock=problem)

    def give_back(self) -> None:
        """The approver has done: the maker's work goes on as it was.

        Where whoever signs or decides for others had been here first, their own sign-in resumes it:
        a maker could act in their name else.
        """
        desk = self.desk
        if desk.duty.taken_over and not desk.duty.locked:
            session = desk.duty.give_back()
            for tell in self._changed:
                tell(session)
            if decides_over_others(desk, session.officer):
                self.lock()

    def sign_out(self) -> None:
        """End the shift at this counter."""
        self.desk.duty.sign_out()
        self._load_officers(self.view.chosen)
        self._show(mode=SignInMode.SIGN_IN, suggested="", problem=None, busy=False)
        for tell in self._changed:
            tell(None)

    def reload(self) -> None:
        """Officers came or were given a code: show them."""
        if self.view.mode is SignInMode.SIGN_IN and not self.view.choosing:
            self._load_officers(self.view.chosen)
            self._show()

    def gone(self) -> None:
        """Every session here was ended from outside, as where the centre dismissed an officer."""
        self._load_officers(self.view.chosen)
        self._show(mode=SignInMode.SIGN_IN, suggested="", problem=None, busy=False)
        for tell in self._changed:
            tell(None)

    # -- inside ----------------------------------------------------------------------------

    def _entered(self, session: Session) -> None:
        if self.view.choosing:
            self._code = ""
            self._show(choosing="")
            self._load_officers(session.officer.id)
        if self.desk.duty.taken_over:
            self._last_other = session.officer.id
        self._show(busy=False, problem=None, chosen=session.officer.id, suggested="")
        for tell in self._changed:
            tell(session)

    def _load_officers(self, remembered: str) -> None:
        today = self.desk.frame.today()
        officers = tuple(
            OfficerChoice(
                number=officer.id,
                name=officer.title,
                roles=in_order(officer.roles_on(today)),
                password=self._passwords.get(officer.id, "")
                if officer.has_password and not officer.own_password
                else "",
                begins=not officer.has_password,
            )
            for officer in sorted(self.desk.duty.officers(), key=_place)
        )
        known = any(officer.number == remembered for officer in officers)
        chosen = remembered if known else (officers[0].number if officers else "")
        self.view = dataclasses.replace(self.view, officers=officers, chosen=chosen)

    def _show(self, **changes: object) -> None:
        self.view = dataclasses.replace(self.view, **changes)  # type: ignore[arg-type]
        for listener in self._listeners:
            listener(self.view)


def _place(officer: Officer) -> tuple[int, str]:
    """The counter's own crew first, then those who come by."""
    order = list(Role)
    return min((order.index(role) for role in officer.roles), default=len(order)), officer.id
