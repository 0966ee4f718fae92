"""What every service stands on: the ledger, the clock, the rules, the office, the devices.

`Frame.move` is the one place where an application changes its state: it asks the workflow table,
compares the version in the UPDATE, and writes the journal entry, all in the caller's transaction.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import rfc8785

from desktop.device_hub import DeviceHub
from desktop.domain.application import Application, Approval
from desktop.domain.application import ApplicationState as S
from desktop.domain.calendar import OfficeZone, office_date, office_time
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence, EvidenceSource
from desktop.domain.officer import Actor, Role, RoleMissing
from desktop.domain.person import Blocked, Hold, Person
from desktop.domain.realm import Realm
from desktop.domain.requirements import RequirementKind
from desktop.domain.rules import Rules
from desktop.domain.service import Channel
from desktop.domain.stock import (
    OPEN_JOBS,
    Blank,
    BlankAction,
    BlankState,
    Job,
    JobState,
    Movement,
    Shift,
    ShiftState,
)
from desktop.domain.workflow import APPLICATION, BLANK, Action, Facts, Gate
from desktop.ledger import CLOCK, CLOCK_CONFIRMED, CLOCK_SLACK, Ledger, Reading, Writing
from desktop.notices import ApplicationMoved, StockChanged
from desktop.rulebook import Rulebook
from desktop.settings import Place, Settings
from desktop.sources import Clock, IdSource, KeySource

ISSUE = "issue"
"""The act that an approver signs."""

REPRINT = "reprint"
"""The act that a second officer signs above the office's threshold."""

MAKING = frozenset(
    {
        Action.REGISTER,
        Action.CHECK_REQUIREMENTS,
        Action.PASS_TESTS,
        Action.MATCH_PAYMENT,
        Action.CAPTURE,
        Action.CONFIRM_DATA,
        Action.CORRECT,
        Action.CORRECT_PRINTED,
        Action.CORRECT_HANDED,
        Action.CLAIM,
        Action.VERIFY,
        Action.TAKE_TO_COUNTER,
    }
)
"""Acts that make their officer a maker of the case, who may never approve it."""


@dataclass(eq=False)
class ClockWrong(Problem):
    """The PC's clock stands before something that this counter already wrote."""

    now: datetime
    last: datetime


def content_digest(app: Application) -> str:
    """SHA-256 over what is approved: everything that will stand on the card but the dates."""
    content = {
        "applicant": msgspec.to_builtins(app.applicant),
        "class": str(app.licence_class),
        "keep_validity": app.keep_validity,
        "photo": app.photo,
        "service": str(app.service),
        "signature": app.signature or app.cannot_sign,
        "subject": app.id,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def reprint_digest(app: Application) -> str:
    """What a second officer signs to allow one more try: the content and the count so far."""
    return hashlib.sha256(f"{content_digest(app)}:{app.reprints}".encode()).hexdigest()


def serial_digest(application_id: str, serial: str) -> str:
    """What two officers sign who read a blank's serial by eye."""
    return hashlib.sha256(f"{application_id}:{serial}".encode()).hexdigest()


def require(by: Actor, *roles: Role) -> None:
    """For acts that no table guards. Raises RoleMissing unless the officer has one of `roles`."""
    if not by.roles & set(roles):
        raise RoleMissing(needed=roles)


def both_signed(w: Writing, second: str) -> bool:
    """Whether both officers signed within this act; to name a second officer isn't enough."""
    return {w.by.officer, second} <= w.signed


@dataclass(frozen=True)
class Frame:
    """The services' common ground; made once by the desk and handed to each."""

    ledger: Ledger
    clock: Clock
    ids: IdSource
    keys: KeySource
    rulebook: Rulebook
    settings: Settings
    hub: DeviceHub
    realm: Realm

    @property
    def place(self) -> Place:
        return self.settings.place

    @property
    def counter(self) -> str:
        return f"{self.place.office_code}-{self.place.counter_code}"

    @property
    def zone(self) -> OfficeZone:
        return next(zone for zone in OfficeZone if zone.zone.key == self.place.zone)

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        """The office's own date."""
        return office_date(self.clock.now(), self.zone)

    def local_now(self) -> datetime:
        """The office's own wall time."""
        return office_time(self.clock.now(), self.zone)

    def rules(self, on: date | None = None) -> Rules:
        """The rules in force on a day in this office's area."""
        return self.rulebook.on(on or self.today(), self.place.polda, self.place.office_code)

    def check_clock(self, r: Reading) -> None:
        """Refuse to date anything with a clock that runs behind the journal. Raises ClockWrong."""
        last = r.last_time()
        now = self.now()
        if last is not None and now < last - CLOCK_SLACK:
            raise ClockWrong(now=now, last=last)

    def clock_problem(self) -> ClockWrong | None:
        """What is wrong with the PC's clock, for whoever begins or looks."""
        try:
            with self.ledger.reading() as r:
                self.check_clock(r)
        except ClockWrong as wrong:
            return wrong
        return None

    def confirm_clock(self, by: Actor) -> None:
        """A supervisor compared the clock and found it right: it had run ahead before."""
        require(by, Role.SUPERVISOR)
        with self.ledger.acting(by) as w:
            w.record(CLOCK_CONFIRMED, CLOCK, {"now": self.now()})

    # -- applications ----------------------------------------------------------------------

    def hands(
        self, r: Reading, app: Application, pieces: Iterable[Evidence] | None = None
    ) -> frozenset[str]:
        """Whoever made the case or vouched for a piece of it; none of them may approve it.

        `pieces` is the case's evidence where it is at hand.
        """
        if pieces is None:
            pieces = r.find(Evidence, application_id=app.id, source=EvidenceSource.TYPED)
        typed = {p.recorded_by for p in pieces if p.source is EvidenceSource.TYPED}
        return app.makers | {app.maker} | typed

    def facts(
        self,
        app: Application,
        by: Actor,
        gates: Iterable[Gate],
        hands: frozenset[str],
        second: str = "",
    ) -> Facts:
        """What the walker judges an application's step by."""
        return Facts(
            roles=by.roles,
            officer=by.officer,
            maker=app.maker,
            makers=hands,
            gates=frozenset(gates),
            service=app.service,
            channel=app.channel,
            held_from=app.held_from,
            second_officer=second,
        )

    def move(
        self,
        w: Writing,
        app: Application,
        action: Action,
        *,
        also: Iterable[Gate] = (),
        second: str = "",
        told: dict[str, Any] | None = None,
        approvals: tuple[Approval, ...] = (),
        **changes: Any,
    ) -> Application:
        """Walk one step, store the new state with `changes`, and record it.

        `also` are gates that this very act brings (a scan just made, a reason just given).
        Raises the walker's problems, StaleCase.
        """
        changed = dataclasses.replace(app, **changes) if changes else app
        pieces = w.find(Evidence, application_id=app.id)
        gates = self.gates(w, changed, pieces) | set(also)
        if changed.reason and "reason" in changes:
            gates |= {Gate.REASON}
        if second and both_signed(w, second):
            gates |= {Gate.SECOND_OFFICER}
        state, _ = APPLICATION.walk(
            app.state,
            action,
            self.facts(app, w.by, gates, self.hands(w, app, pieces), second),
        )
        if action is Action.HOLD:
            changes["held_from"] = app.state
        elif action is Action.RESUME:
            changes["held_from"] = None
        if action in MAKING and w.by.is_person:
            changes["makers"] = app.makers | {w.by.officer}
        after = w.change(app, state=state, changed_at=self.now(), **changes)
        w.record(
            f"application.{action}",
            app.id,
            {"number": app.number, "from": app.state, "to": state, **(told or {})},
            approvals,
        )
        w.notify(ApplicationMoved(app.id))
        return after

    def gates(
        self, r: Reading, app: Application, pieces: Sequence[Evidence] | None = None
    ) -> set[Gate]:
        """What is in hand for an application, computed from rows.

        `pieces` is the case's evidence where it is at hand.
        """
        found: set[Gate] = set()
        digest = content_digest(app)
        if pieces is None:
            pieces = r.find(Evidence, application_id=app.id)
        evidence = {e.kind: e for e in pieces}
        person = r.look(Person, app.person_id) if app.person_id else None
        holds = [h for h in r.find(Hold, nik=app.nik, active=True) if h.binding]
        tests = [e for e in evidence.values() if e.kind.is_test]
        payment = evidence.get(RequirementKind.PAYMENT)
        approvals = r.find(Approval, subject=app.id, act=ISSUE, digest=digest, void=False)
        hands = self.hands(r, app, pieces)
        checks = {
            Gate.IDENTITY: app.identity is not None,
            Gate.NO_CONFLICT: person is None or not person.conflict,
            Gate.REQUIREMENTS: app.requirements_met,
            Gate.TESTS: bool(tests) and app.tests_passed,
            Gate.PAYMENT: app.no_fee
            or (payment is not None and payment.closed is not False and app.paid),
            Gate.PHOTO: bool(app.photo),
            Gate.SIGNATURE: bool(app.signature or app.cannot_sign),
            Gate.PICTURES: app.pictures_checked,
            Gate.DATA_CONFIRMED: bool(app.confirmed_digest) and app.confirmed_digest == digest,
            Gate.APPROVAL: any(a.officer not in hands for a in approvals),
            Gate.NO_CARD: not app.blank_serial and not app.licence_id,
            Gate.REPRINT_ALLOWED: app.reprints < self.place.reprints_alone
            or bool(
                r.count(
                    Approval, subject=app.id, act=REPRINT, digest=reprint_digest(app), void=False
                )
            ),
            Gate.NO_HOLD: not holds,
            Gate.NO_DOUBT: not r.count(
                Job, application_id=app.id, state=[JobState.IN_DOUBT, *OPEN_JOBS]
            ),
            Gate.BLANK: bool(app.blank_serial),
            Gate.JKN_CLEAR: not app.jkn_hold,
            Gate.BY_COURIER: app.delivery == "courier",
            Gate.REASON: False,
        }
        found |= {gate for gate, there in checks.items() if there}
        return found

    def refuse_held(self, r: Reading, nik: str) -> None:
        """Raises Blocked with what a binding hold says; a notice never stops anything."""
        for hold in r.find(Hold, nik=nik, active=True):
            if hold.binding:
                raise Blocked(
                    kind=hold.kind,
                    reference=hold.reference,
                    authority=hold.authority,
                    settle_at=hold.settle_at,
                )

    def void_approvals(self, w: Writing, app: Application) -> None:
        """A change of content makes every earlier signature worthless."""
        for approval in w.find(Approval, subject=app.id, void=False):
            w.change(approval, void=True)

    # -- blanks ----------------------------------------------------------------------------

    def move_blank(
        self,
        w: Writing,
        blank: Blank,
        action: BlankAction,
        *,
        gates: Iterable[Gate] = (),
        reason: str = "",
        second: str = "",
        custodian: str | None = None,
        application_id: str | None = None,
        shift: str = "",
        record: bool = True,
    ) -> Blank:
        """Walk one step of the blank's table and append the movement to the stock ledger."""
        have = set(gates) | ({Gate.REASON} if reason else set())
        if second and both_signed(w, second):
            have.add(Gate.SECOND_OFFICER)
        facts = Facts(
            roles=w.by.roles,
            officer=w.by.officer,
            gates=frozenset(have),
            second_officer=second,
            service=_ANY.service,
            channel=Channel.WALK_IN,
        )
        state, _ = BLANK.walk(blank.state, action, facts)
        after = w.change(
            blank,
            state=state,
            movement=blank.movement + 1,
            custodian=blank.custodian if custodian is None else custodian,
            application_id=blank.application_id if application_id is None else application_id,
            reason=reason or blank.reason,
        )
        self.add_movement(w, after, action, blank.state, reason=reason, shift=shift)
        if record:
            w.record(
                f"blank.{action}",
                blank.id,
                {
                    "from": blank.state,
                    "to": state,
                    "number": after.movement,
                    "custodian": after.custodian,
                    "reason": reason,
                    "application": after.application_id,
                },
            )
        w.notify(StockChanged())
        return after

    def add_movement(
        self,
        w: Writing,
        blank: Blank,
        action: BlankAction,
        before: BlankState | None,
        *,
        reason: str = "",
        shift: str = "",
    ) -> None:
        """One line of the stock ledger; the pair (serial, number) is unique."""
        w.add(
            Movement(
                id=self.ids.new(),
                serial=blank.id,
                number=blank.movement,
                lot=blank.lot,
                action=action,
                before=before,
                after=blank.state,
                custodian=blank.custodian,
                officer=w.by.officer,
                at=self.now(),
                shift=shift or self.shift_id(w),
                reason=reason,
                application_id=blank.application_id,
            )
        )

    def shift_id(self, r: Reading) -> str:
        """The open shift of this counter, or nothing."""
        found = r.first(
            Shift, counter=self.counter, state=[ShiftState.OPEN, ShiftState.COUNTED],
            order="day", descending=True,
        )  # fmt: skip
        return "" if found is None else found.id


_ANY = Facts(roles=frozenset())


def waits(state: S) -> bool:
    """Whether a case stands between registration and its end."""
    return state not in (S.CLOSED, S.REJECTED, S.CANCELLED, S.EXPIRED, S.RECALLED)
