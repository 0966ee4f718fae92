"""What every service stands on: the ledger, the clock, the rules, the office, the devices.

`Frame.move` is the one place where an application changes its state: it asks the workflow table,
compares the version in the UPDATE, and writes the journal entry, all in the caller's transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desktop.device_hub import DeviceHub
from desktop.domain.calendar import OfficeZone, office_date, office_time
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, Role, RoleMissing, in_order
from desktop.domain.realm import Realm
from desktop.domain.reasons import needs_note
from desktop.domain.service import Channel
from desktop.domain.states import ApplicationState as S
from desktop.domain.states import BlankAction, BlankState, ShiftState
from desktop.domain.workflow import APPLICATION, BLANK, Action, Facts, Gate
from desktop.ledger import (
    CLOCK,
    CLOCK_BEHIND,
    CLOCK_CONFIRMED,
    CLOCK_SLACK,
    Ledger,
    Reading,
    Writing,
)
from desktop.notices import ApplicationMoved, StockChanged
from desktop.services.gates import ISSUE as ISSUE
from desktop.services.gates import REPRINT as REPRINT
from desktop.services.gates import content_digest as content_digest
from desktop.services.gates import gates_in_hand, hands_on
from desktop.services.gates import reprint_digest as reprint_digest
from desktop.services.gates import serial_digest as serial_digest
from desktop.settings import Centre as CentreLine
from desktop.settings import Place, Settings
from desktop.sources import Clock, IdSource, KeySource

if TYPE_CHECKING:
    from desktop.domain.application import Application, Approval
    from desktop.domain.rules import Rules
    from desktop.domain.stock import Blank
    from desktop.rulebook import Rulebook
    from desktop.rulebook_late import LateRulebook
    from desktop.services.centre_link import CentreLink
    from desktop.services.revocations import Revocations

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


class ClockWrong(Problem):
    """The PC's clock stands before something that this counter already wrote."""

    now: datetime
    last: datetime


def require(by: Actor, *roles: Role) -> None:
    """For acts that no table guards. Raises RoleMissing unless the officer has one of `roles`."""
    if not by.roles & set(roles):
        raise RoleMissing(needed=in_order(roles))


def require_second(second: Actor, *roles: Role) -> None:
    """The same for the officer who signs beside the first; the refusal says that it is that one."""
    if not second.roles & set(roles):
        raise RoleMissing(needed=in_order(roles), reason="second")


def refuse_unexplained(reason: object, sentence: str) -> None:
    """OTHER says nothing without the officer's own sentence. Raises ReasonMissing."""
    from desktop.domain.application import ReasonMissing

    if isinstance(reason, StrEnum) and needs_note(reason) and not sentence.strip():
        raise ReasonMissing


def both_signed(w: Writing, second: str) -> bool:
    """Whether both officers signed within this act; to name a second officer isn't enough."""
    return {w.by.officer, second} <= {one.officer for one in w.signatures}


def signatures_for(w: Writing, second: str) -> tuple[Approval, ...]:
    """What an entry of a step of two officers carries: the centre believes no entry without."""
    return tuple(w.signatures) if second else ()


@dataclass
class CentrePlace:
    """Which centre this counter works with, once it knows; empty at one that works for itself."""

    line: CentreLine | None = None
    link: CentreLink | None = None

    def offset_ms(self) -> int | None:
        """The centre's time minus ours."""
        return None if self.link is None else self.link.offset_ms


@dataclass(frozen=True)
class Frame:
    """The services' common ground; made once by the desk and handed to each."""

    ledger: Ledger
    clock: Clock
    ids: IdSource
    keys: KeySource
    rulebook: Rulebook | LateRulebook
    settings: Settings
    hub: DeviceHub
    realm: Realm
    centre: CentrePlace = field(default_factory=lambda: CentrePlace())

    @cached_property
    def revoked(self) -> Revocations:
        """What the centre has taken back."""
        from desktop.services.revocations import Revocations

        return Revocations(self.ledger)

    @property
    def link(self) -> CentreLink | None:
        """What is known of the centre; None at a counter that works for itself."""
        return self.centre.link

    @property
    def place(self) -> Place:
        return self.settings.place

    @property
    def counter(self) -> str:
        return f"{self.place.office_code}-{self.place.counter_code}"

    def serial(self, number: int, digits: int = 4) -> int:
        """A running number of this counter, told apart from those of the office's others.

        The seventh manifest of loket 3 is 30007: several counters number at the same time, and
        none can ask the others while the line is down.
        """
        mine = "".join(sign for sign in self.place.counter_code if sign.isdecimal())
        return int(mine or 0) * 10**digits + number

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

    @property
    def offline_ends(self) -> bool:
        """Whether officers must come online now and then: not in training without a centre that
        somebody else keeps. Nobody knows these officers better than the PC that plays them."""
        return self.realm is not Realm.TRAINING or bool(self.settings.centre.host)

    @property
    def offline_days(self) -> int:
        """Days of sign-ins without the centre: the office's setting, or less by the rules."""
        from desktop.domain.periods import PeriodKind  # asked for only where a line was away

        today = self.today()
        term = self.rules(today).periods[PeriodKind.SIGN_IN_OFFLINE]
        return min(self.place.offline_days, (term.end(today) - today).days)

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

    def clock_fell(self, seen: datetime) -> None:
        """The clock stood at `seen` while nobody wrote, and has fallen since: written down."""
        with self.ledger.acting(PROGRAM) as w:
            now, last = self.now(), w.last_time()
            if now < seen - CLOCK_SLACK and (last is None or last < seen):
                w.record(CLOCK_BEHIND, CLOCK, {"last": seen, "now": now})

    def confirm_clock(self, by: Actor, reason: str) -> None:
        """A supervisor compared the clock and found it right: it had run ahead before.

        Raises RoleMissing, ReasonMissing without a word on how it was compared.
        """
        from desktop.domain.application import ReasonMissing

        require(by, Role.SUPERVISOR)
        if not reason.strip():
            raise ReasonMissing
        with self.ledger.acting(by) as w:
            last = w.last_time()
            w.record(
                CLOCK_CONFIRMED, CLOCK,
                {"now": self.now(), "last": last, "reason": reason.strip()},
            )  # fmt: skip

    # -- applications ----------------------------------------------------------------------

    def hands(self, r: Reading, app: Application) -> frozenset[str]:
        """Whoever made the case or vouched for a piece of it; none of them may approve it."""
        return hands_on(r, app)

    def facts(
        self, app: Application, by: Actor, second: str = "", gates: Iterable[Gate] = ()
    ) -> Facts:
        """What the walker judges an application's step by."""
        return Facts(
            roles=by.roles,
            officer=by.officer,
            maker=app.maker,
            makers=app.makers,
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
        if self.link is not None:
            self.link.check_move(w, app, action, self.today(), self.rules)
        changed = dataclasses.replace(app, **changes) if changes else app
        facts = self.facts(app, w.by, second)
        step = APPLICATION.find(app.state, action, facts)
        wanted = step.gates if step else frozenset[Gate]()
        gates = gates_in_hand(w, changed, self.place.reprints_alone, wanted, self.believed) | set(
            also
        )
        if changed.reason and "reason" in changes:
            gates |= {Gate.REASON}
        if second and both_signed(w, second):
            gates |= {Gate.SECOND_OFFICER}
        makers = self.hands(w, app) if step and step.not_maker else app.makers
        facts = dataclasses.replace(facts, gates=frozenset(gates), makers=makers)
        state, _ = APPLICATION.walk(app.state, action, facts)
        said = told or {}
        refuse_unexplained(said.get("reason"), str(said.get("note", "")))
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
            approvals or signatures_for(w, second),
        )
        w.notify(ApplicationMoved(app.id))
        return after

    def believed(self, key_id: str, made: datetime) -> bool:
        """Whether an officer's signature of then still counts."""
        return self.revoked.key_at(key_id, made) is None

    def refuse_held(self, r: Reading, nik: str) -> None:
        """Raises Blocked with what a binding hold says; a notice never stops anything."""
        from desktop.domain.person import Blocked, Hold

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
        from desktop.domain.application import Approval

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
        shift: str | None = None,
        record: bool = True,
        statement: str = "",
        told: Mapping[str, str] | None = None,
    ) -> Blank:
        """Walk one step of the blank's table and append the movement to the stock ledger.

        `statement` is what the officer wrote where the reason alone says nothing; `told` is what
        the journal says beside the movement.
        """
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
        refuse_unexplained(reason, statement)
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
                    **({"statement": statement} if statement else {}),
                    **(told or {}),
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
        shift: str | None = None,
    ) -> None:
        """One line of the stock ledger; the pair (serial, number) is unique.

        Whoever moves a whole box says the `shift` itself: asked for each, it is half the time.
        """
        from desktop.domain.stock import Movement

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
                shift=self.shift_id(w) if shift is None else shift,
                reason=reason,
                application_id=blank.application_id,
            )
        )

    def shift_id(self, r: Reading) -> str:
        """The open shift of this counter, or nothing."""
        from desktop.domain.stock import Shift

        found = r.first(
            Shift, counter=self.counter, state=[ShiftState.OPEN, ShiftState.COUNTED],
            order="day", descending=True,
        )  # fmt: skip
        return "" if found is None else found.id


_ANY = Facts(roles=frozenset())


def waits(state: S) -> bool:
    """Whether a case stands between registration and its end."""
    return state not in (S.CLOSED, S.REJECTED, S.CANCELLED, S.EXPIRED, S.RECALLED)
