"""A desk to try the workflow at: what a card needs, every path of a table, officers who play.

The walker judges one act by what it is handed; that gates are kept, and voided by a correction, is
the services' work. The desk here does it in a few lines, so that the tables can be tried alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import product

from hypothesis import strategies as st

from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Role
from desktop.domain.service import Channel, Service
from desktop.domain.workflow import Action, Facts, Gate, Step, Table

AppTable = Table[S, Action]
AppStep = Step[S, Action]
AnyTable = Table[StrEnum, StrEnum]
Need = frozenset[Gate]
"""One thing that must have been in hand; where there are several, any of them will do."""

DOORS = tuple(product(Service, Channel))
A, G = Action, Gate

CONTENT_GATES = {A.CORRECT, A.CORRECT_PRINTED, A.CORRECT_HANDED}
SENDS_BACK = CONTENT_GATES | {A.REFUSE, A.SEND_BACK, A.TAKE_TO_COUNTER}
ENDS_A_CARD = {A.SPOIL, A.GIVE_UP, A.REISSUE, A.CORRECT_PRINTED, A.CORRECT_HANDED}
OF_THE_CONTENT = frozenset({G.APPROVAL, G.DATA_CONFIRMED})
OF_THE_CARD = frozenset(
    {G.BLANK, G.CHIP_READ_BACK, G.CARD_PRINTED, G.INSPECTION, G.CARD_SCANNED, G.MANIFEST}
)
BROUGHT = frozenset({G.APPROVAL, G.REASON, G.SECOND_OFFICER})
GOALS = (S.PRINTED, S.READY, S.HANDED_OVER)


def needs(goal: S, service: Service, channel: Channel) -> set[Need]:
    """What must have been passed before a card of this kind is printed, ready, handed over."""
    found = {
        *(frozenset({gate}) for gate in (
            G.IDENTITY, G.NO_CONFLICT, G.REQUIREMENTS, G.PAYMENT, G.APPROVAL, G.NO_HOLD,
            G.NO_DOUBT, G.BLANK, G.CHIP_READ_BACK, G.CARD_PRINTED,
        )),
        frozenset({G.PHOTO, G.PICTURES}),
        frozenset({G.SIGNATURE, G.PICTURES}),
    }  # fmt: skip
    if channel is Channel.WALK_IN:
        found |= {frozenset({gate}) for gate in (G.DATA_CONFIRMED, G.PHOTO, G.SIGNATURE)}
    if service.needs_tests:
        found.add(frozenset({G.TESTS}))
    if goal in (S.READY, S.HANDED_OVER):
        found.add(frozenset({G.INSPECTION}))
    if goal is S.HANDED_OVER:
        found |= {frozenset({G.CARD_SCANNED}), frozenset({G.RECIPIENT, G.PROOF})}
    return found


def changed(table: AppTable, change: Callable[[AppStep], Iterable[AppStep]]) -> AppTable:
    """A table whose rows were tampered with."""
    return Table(table.name, table.start, [new for step in table.steps for new in change(step)])


def without_gates(table: AppTable, gates: Iterable[Gate]) -> AppTable:
    return changed(table, lambda step: [replace(step, gates=step.gates - frozenset(gates))])


# -- every path, on the graph ------------------------------------------------------------------

Node = tuple[S, S | None, Channel]


def reached(
    table: AppTable,
    starts: Iterable[Node],
    service: Service,
    barred: Callable[[AppStep], bool],
) -> set[Node]:
    """Where one gets with some rows barred; a node knows where its hold began and its channel.

    A case taken to the counter may be kept as online or become a walk-in: both are followed.
    """
    seen = set(starts)
    left = deque(seen)
    while left:
        state, held, channel = left.popleft()
        for step in table.steps:
            usable = step.state is state and service in step.services and channel in step.channels
            if not usable or barred(step):
                continue
            to = held if step.next is None else step.next
            if to is None:
                continue
            began = state if step.action is A.HOLD else held if to is S.ON_HOLD else None
            doors = {channel} | ({Channel.WALK_IN} if step.action is A.TAKE_TO_COUNTER else set())
            for door in doors:
                node = (to, began, door)
                if node not in seen:
                    seen.add(node)
                    left.append(node)
    return seen


# -- officers who do as they please ------------------------------------------------------------

OFFICERS: dict[str, frozenset[Role]] = {
    "79010001": frozenset({Role.REGISTRATION, Role.IDENTIFICATION}),
    "85020002": frozenset({Role.REGISTRATION, Role.IDENTIFICATION, Role.EXAMINER}),
    "78030003": frozenset({Role.PRODUCTION, Role.DISPATCH}),
    "76040004": frozenset({Role.APPROVER}),
    "74050005": frozenset({Role.SUPERVISOR, Role.APPROVER}),
    "82060006": frozenset({Role.STOCK_KEEPER, Role.DISPATCH}),
    "80070007": frozenset({Role.AUDITOR}),
    "77080008": frozenset({Role.ADMINISTRATOR}),
    "79090009": frozenset(Role) - {Role.PROGRAM, Role.CENTRE},
    "": frozenset({Role.PROGRAM, Role.CENTRE}),
}
NUMBERS = tuple(OFFICERS)


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody tries: along the road or any act, as the right officer or as anybody."""

    onwards: bool
    pick: int
    skilled: bool
    officer: int
    second: int
    lacking: frozenset[Gate]


moves = st.builds(
    Move,
    onwards=st.sampled_from((True, True, True, False)),
    pick=st.integers(0, 40),
    skilled=st.sampled_from((True, True, True, False)),
    officer=st.integers(0, len(NUMBERS) - 1),
    second=st.integers(0, len(NUMBERS) - 1),
    lacking=st.one_of(
        st.just(frozenset[Gate]()),
        st.just(frozenset[Gate]()),
        st.frozensets(st.sampled_from(list(Gate)), max_size=2),
    ),
)
visits = st.lists(moves, min_size=20, max_size=70)
doors = st.sampled_from(DOORS)


@dataclass(slots=True)
class Desk:
    """One case, with what is in hand kept and voided as the services do."""

    table: AppTable
    service: Service
    channel: Channel
    state: S = S.DRAFT
    held_from: S | None = None
    maker: str = ""
    approver: str = ""
    approved: bool = False
    passed: set[Gate] = field(default_factory=set)
    before_hold: tuple[S, bool, frozenset[Gate]] | None = None
    goals: set[S] = field(default_factory=set)

    def facts(self, move: Move, step: AppStep) -> Facts:
        able = [n for n in NUMBERS if OFFICERS[n] & step.roles] if move.skilled else []
        officer = able[move.officer % len(able)] if able else NUMBERS[move.officer]
        gates = set(Gate) - move.lacking - BROUGHT
        if self.approved or step.action is A.APPROVE:
            gates |= {G.APPROVAL} - move.lacking
        return Facts(
            roles=OFFICERS[officer],
            officer=officer,
            maker=self.maker,
            gates=frozenset(gates | ({G.REASON, G.SECOND_OFFICER} - move.lacking)),
            service=self.service,
            channel=self.channel,
            held_from=self.held_from,
            second_officer=NUMBERS[move.second],
        )

    def choose(self, move: Move, towards: dict[tuple[S, Channel], Action]) -> AppStep | None:
        rows = [
            step
            for step in self.table.steps
            if step.state is self.state
            and self.service in step.services
            and self.channel in step.channels
        ]
        wanted = A.RESUME if self.state is S.ON_HOLD else towards.get((self.state, self.channel))
        ahead = [step for step in rows if step.action is wanted]
        if move.onwards and ahead:
            return ahead[0]
        return rows[move.pick % len(rows)] if rows else None

    def play(self, move: Move, towards: dict[tuple[S, Channel], Action]) -> None:
        step = self.choose(move, towards)
        if step is None:
            return
        facts = self.facts(move, step)
        try:
            after, used = self.table.walk(self.state, step.action, facts)
        except Problem:
            return
        before = self.state
        assert not facts.roles <= {Role.AUDITOR, Role.ADMINISTRATOR}
        self.note(used, facts, before)
        self.state = after
        if after in GOALS:
            self.check(after)

    def note(self, step: AppStep, facts: Facts, before: S) -> None:
        """What a service writes down along with the new state."""
        action = step.action
        if action in SENDS_BACK:
            self.approved, self.approver = False, ""
            self.passed -= OF_THE_CONTENT
        if action in ENDS_A_CARD:
            self.passed -= OF_THE_CARD
        self.passed |= step.gates & facts.gates
        if action in {A.REGISTER, A.CLAIM, A.TAKE_TO_COUNTER} | CONTENT_GATES:
            self.maker = facts.officer
        if action is A.APPROVE:
            assert facts.officer != self.maker
            assert Role.APPROVER in facts.roles
            self.approved, self.approver = True, facts.officer
        if action is A.TAKE_TO_COUNTER:
            self.channel = Channel.WALK_IN
        if action is A.HOLD:
            self.held_from = before
            self.before_hold = (before, self.approved, frozenset(self.passed - {G.REASON}))
        if action is A.RESUME:
            assert self.before_hold is not None
            state, approved, passed = self.before_hold
            assert step.next is None
            assert (state, approved) == (self.held_from, self.approved)
            assert passed <= self.passed
            self.held_from = None

    def check(self, goal: S) -> None:
        assert self.approved
        assert self.approver
        assert self.approver != self.maker
        lacking = [
            sorted(need)
            for need in needs(goal, self.service, self.channel)
            if not need & self.passed
        ]
        assert lacking == [], goal
        self.goals.add(goal)


def compass(table: AppTable, service: Service) -> dict[tuple[S, Channel], Action]:
    """For each state the act that leads nearest to a handover, so that visits get somewhere."""
    found: dict[tuple[S, Channel], Action] = {}
    for channel in Channel:
        near = {S.HANDED_OVER}
        while True:
            fresh = {
                step.state: step.action
                for step in table.steps
                if step.next in near
                and step.state not in near
                and service in step.services
                and channel in step.channels
            }
            if not fresh:
                break
            found |= {(state, channel): action for state, action in fresh.items()}
            near |= set(fresh)
    return found


def play(table: AppTable, door: tuple[Service, Channel], visit: list[Move]) -> Desk:
    desk = Desk(table, *door)
    towards = compass(table, desk.service)
    for move in visit:
        desk.play(move, towards)
    return desk


STRAIGHT = [Move(True, 0, True, i, i + 1, frozenset()) for i in (0, 3, 1) for _ in range(9)]
