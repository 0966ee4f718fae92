"""Who is at the counter: signing in, locking, taking over and giving back.

An officer's password opens the officer's own key; what it signs nobody else can sign. A take-over
puts an approver's session on top of the maker's, so that each acts under their own name on one
PC; giving back returns to the maker's work, which was never closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.errors import StoreProblem
from desktop.domain.errors import Problem
from desktop.domain.officer import (
    PROGRAM,
    Actor,
    CardPin,
    NoCredentialHere,
    NotSignedIn,
    Officer,
    Role,
    RoleMissing,
    SameOfficer,
)
from desktop.keys.signer import Signer
from desktop.ledger import Reading
from desktop.notices import DutyChanged
from desktop.services.base import Frame
from desktop.services.proving import Proving

ONLINE_NOTED = timedelta(hours=12)
"""How often an officer's last time online is written down anew."""


@dataclass(frozen=True, slots=True)
class Session:
    """An officer at work."""

    id: str
    officer: Officer
    actor: Actor


SecondByCard = Callable[[Actor, str, str, Role | None], Actor]
"""First officer, the second's number and PIN, the role that is needed: who signs beside them."""


def _no_card(_by: Actor, _nrp: str, _pin: str, _role: Role | None) -> Actor:
    raise NoCredentialHere


class NobodyToReturnTo(Problem):
    """There is no session below this one."""


class Duty:
    """The stack of sessions at this counter; only the topmost acts."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self.proving = Proving(frame)
        self._stack: list[Session] = []
        self._signers: dict[str, Signer] = {}
        self._witnesses: dict[str, Session] = {}
        self._owed: deque[tuple[Session, str, datetime]] = deque()
        self._locked = False
        self._by_card: SecondByCard = _no_card

    def take_cards(self, by_card: SecondByCard) -> None:
        """Ask `by_card` for a second officer who gives a PIN instead of a password."""
        self._by_card = by_card

    # -- looking ---------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        """The session that acts now, locked or not."""
        return self._stack[-1] if self._stack else None

    @property
    def locked(self) -> bool:
        return self._locked

    @property
    def taken_over(self) -> bool:
        """Whether another officer's work waits below this session."""
        return len(self._stack) > 1

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions here, the acting one last; second officers beside them."""
        return (*self._witnesses.values(), *self._stack)

    def actor(self) -> Actor:
        """Who acts now. Raises NotSignedIn, also while locked."""
        if not self._stack or self._locked:
            raise NotSignedIn
        return self._stack[-1].actor

    def signer(self, by: Actor) -> Signer:
        """The key that an officer's password opened in this session. Raises NotSignedIn."""
        signer = self._signers.get(by.session)
        if signer is None:
            raise NotSignedIn
        return signer

    def officers(self) -> list[Officer]:
        """Everybody who may sign in here."""
        with self._frame.ledger.reading() as r:
            return r.find(Officer, active=True)

    # -- signing in ------------------------------------------------------------------------

    def sign_in(self, nrp: str, password: str) -> Session:
        """Begin a session (or end a lock with one's own).

        Raises UnknownOfficer, WrongPassword, LockedOut, SignInTooOld, OfficerKeyRevoked, and
        PasswordWanted where what was typed is the officer's one-time code.
        """
        return self._begin(self._open(nrp, password, "duty.signed_in"))

    def sign_in_with(self, nrp: str, prove: Callable[[Officer], Signer]) -> Session:
        """The same where the officer's key is elsewhere (a card) and `prove` finds it theirs.

        Raises UnknownOfficer, LockedOut, SignInTooOld, and what `prove` raises.
        """
        officer = self.proving.able(nrp)
        return self._begin(self._opened(officer, prove(officer), "duty.signed_in"))

    def unlock_with(self, nrp: str, prove: Callable[[Officer], Signer]) -> Session:
        """As `unlock`, where `prove` finds the officer's key elsewhere (a card).

        One's own session goes on with that key. Raises what `sign_in_with` raises.
        """
        top = self.session
        if top is None:
            return self.sign_in_with(nrp, prove)
        officer = self.proving.able(nrp)
        signer = prove(officer)
        if top.officer.id == nrp:
            self.proving.refuse_revoked(officer, signer)
            session = self._resumed(signer)
        else:
            session = self._opened(officer, signer, "duty.taken_over")
            self._stack.append(session)
        self._locked = False
        self._tell()
        return session

    def _begin(self, session: Session) -> Session:
        self._end_all()
        self._stack = [session]
        self._locked = False
        self._tell()
        return session

    def sign_out(self) -> None:
        """End every session of this counter."""
        self._end_all()
        self._locked = False
        self._tell()

    def lock(self) -> None:
        """Nobody acts until somebody unlocks; work stays as it is."""
        if self._stack and not self._locked:
            self._leave(self._stack[-1], "duty.locked")
            self._locked = True
            self._tell()

    def unlock(self, nrp: str, password: str) -> Session:
        """Resume one's own work, or take over another's (both names in the journal)."""
        top = self.session
        if top is None:
            return self.sign_in(nrp, password)
        if top.officer.id == nrp:
            officer, signer = self.proving.check(nrp, password)
            self.proving.refuse_revoked(officer, signer)
            session = self._resumed(signer)
            self._locked = False
            self._tell()
            return session
        return self.take_over(nrp, password)

    def take_over(self, nrp: str, password: str) -> Session:
        """Put another officer's session on top of the present one."""
        session = self._open(nrp, password, "duty.taken_over")
        self._stack.append(session)
        self._locked = False
        self._tell()
        return session

    def give_back(self) -> Session:
        """End the session on top; the one below goes on. Raises NobodyToReturnTo."""
        if len(self._stack) < 2:
            raise NobodyToReturnTo
        done = self._stack.pop()
        self._leave(done, "duty.given_back")
        self._signers.pop(done.id, None)
        self._end_witnesses()
        session = self._by_today()
        self._tell()
        return session

    def second(self, by: Actor, nrp: str, password: str, role: Role | None = None) -> Actor:
        """A second officer's credential for one act: signs in beside the first, never instead.

        `password` may be a CardPin: then the officer's own card is asked. Raises SameOfficer,
        RoleMissing and what signing in raises. The actor's key stays open until the first
        officer's session ends.
        """
        if isinstance(password, CardPin):
            return self._by_card(by, nrp, password, role)
        if nrp == by.officer:
            raise SameOfficer
        return self._beside(self._open(nrp, password, "duty.witnessed"), role).actor

    def second_with(
        self, by: Actor, nrp: str, prove: Callable[[Officer], Signer], role: Role | None = None
    ) -> Session:
        """The same where `prove` finds the officer's key. Raises what `second` raises."""
        if nrp == by.officer:
            raise SameOfficer
        officer = self.proving.able(nrp)
        return self._beside(self._opened(officer, prove(officer), "duty.witnessed"), role)

    def _beside(self, session: Session, role: Role | None) -> Session:
        reads = session.actor.roles <= {Role.AUDITOR}
        if reads or (role is not None and role not in session.actor.roles):
            self._signers.pop(session.id, None)
            raise RoleMissing(needed=(role or Role.SUPERVISOR,), reason="second")
        self._witnesses[session.officer.id] = session
        return session

    def witness(self, nrp: str) -> Actor:
        """The second officer of this number who signed beside the first. Raises NotSignedIn."""
        session = self._witnesses.get(nrp)
        if session is None:
            raise NotSignedIn
        return session.actor

    def dismiss(self, nrp: str) -> None:
        """What this officer has open here beside the acting session ends: their key is no more."""
        waiting = [s for s in self._stack[:-1] if s.officer.id == nrp]
        beside = self._witnesses.pop(nrp, None)
        for session in (*waiting, *([beside] if beside is not None else [])):
            self._leave(session, "duty.signed_out")
            self._signers.pop(session.id, None)
        self._stack = [s for s in self._stack if s not in waiting]
        if waiting:
            self._tell()

    # -- what the centre says of officers --------------------------------------------------

    def end_dismissed(self) -> bool:
        """End every session here once one of its officers serves no more, has lost a role, or
        their key is revoked; whether it did."""
        with self._frame.ledger.reading() as r:
            gone = [s for s in self._stack if self._dismissed(r, s)]
            beside = [s for s in self._witnesses.values() if self._dismissed(r, s)]
        for session in beside:
            self._witnesses.pop(session.officer.id, None)
            self._signers.pop(session.id, None)
        if not gone:
            return False
        self.sign_out()
        return True

    def _dismissed(self, r: Reading, session: Session) -> bool:
        signer, now = self._signers.get(session.id), self._frame.now()
        gone = None if signer is None else self._frame.revoked.key_at(signer.key_id, now)
        officer = r.get(Officer, session.officer.id)
        lost = session.actor.roles - officer.roles_on(self._frame.today())
        return gone is not None or not officer.active or bool(lost)

    def seen_online(self) -> bool:
        """The centre is there: whoever works here was online now; whether that was written."""
        now, written = self._frame.now(), False
        for session in self.sessions:
            with self._frame.ledger.reading() as r:
                officer = r.get(Officer, session.officer.id)
            if officer.last_online is not None and now - officer.last_online < ONLINE_NOTED:
                continue
            with self._frame.ledger.acting(PROGRAM) as w:
                w.change(w.get(Officer, officer.id), last_online=now)
                w.record("duty.online", officer.id, {"counter": self._frame.counter})
            written = True
        return written

    # -- inside ----------------------------------------------------------------------------

    def _resumed(self, signer: Signer) -> Session:
        """The session on top goes on, with the key that its officer has just shown."""
        self._signers[self._stack[-1].id] = signer
        session = self._by_today()
        self._record(session, "duty.unlocked")
        return session

    def _by_today(self) -> Session:
        """The session on top with the roles that its officer has now: a delegation may be over."""
        top = self._stack[-1]
        with self._frame.ledger.reading() as r:
            officer = r.get(Officer, top.officer.id)
        actor = replace(top.actor, roles=officer.roles_on(self._frame.today()))
        self._stack[-1] = replace(top, officer=officer, actor=actor)
        return self._stack[-1]

    def _end_witnesses(self) -> None:
        for session in self._witnesses.values():
            self._signers.pop(session.id, None)
        self._witnesses.clear()

    def _end_all(self) -> None:
        for session in reversed(self._stack):
            self._leave(session, "duty.signed_out")
            self._signers.pop(session.id, None)
        self._stack.clear()
        self._end_witnesses()

    def _open(self, nrp: str, password: str, act: str) -> Session:
        officer, signer = self.proving.check(nrp, password)
        return self._opened(officer, signer, act)

    def _opened(self, officer: Officer, signer: Signer, act: str) -> Session:
        self.proving.refuse_revoked(officer, signer)
        actor = Actor(
            officer=officer.id,
            session=self._frame.ids.new(),
            roles=officer.roles_on(self._frame.today()),
        )
        session = Session(actor.session, officer, actor)
        self._record(session, act)
        self._signers[session.id] = signer
        return session

    def _record(self, session: Session, act: str) -> None:
        self._settle()
        with self._frame.ledger.acting(session.actor) as w:
            w.record(act, session.officer.id, {"counter": self._frame.counter})

    def _settle(self) -> None:
        """Write what is owed. Taken off first: lanes record at once, and each writes another."""
        while self._owed:
            try:
                owed = self._owed.popleft()
            except IndexError:
                return
            left, act, at = owed
            try:
                with self._frame.ledger.acting(left.actor) as w:
                    w.record(act, left.officer.id, {"counter": self._frame.counter, "at": at})
            except BaseException:
                self._owed.appendleft(owed)
                raise

    def _leave(self, session: Session, act: str) -> None:
        """Record an act that takes rights away. A full disk keeps nobody at work by it: the entry
        is owed, and comes before the next one with the time of the act."""
        try:
            self._record(session, act)
        except StoreProblem:
            self._owed.append((session, act, self._frame.now()))

    def _tell(self) -> None:
        self._frame.ledger.notices.publish(DutyChanged())
