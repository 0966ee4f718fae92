"""The walker of the workflow tables: what a row is, and the one function that judges an act.

It knows no row; those stand in `workflow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from desktop.domain.errors import Problem
from desktop.domain.officer import NOBODY_S, OwnWork, Role, RoleMissing, SameOfficer, in_order
from desktop.domain.service import Channel, Service


class Gate(StrEnum):
    """What must be in hand before a step: each is computed from rows, never from a screen."""

    IDENTITY = "identity"
    NO_CONFLICT = "no_conflict"
    REQUIREMENTS = "requirements"
    TESTS = "tests"
    PAYMENT = "payment"
    PHOTO = "photo"
    SIGNATURE = "signature"
    DATA_CONFIRMED = "data_confirmed"
    PICTURES = "pictures"
    APPROVAL = "approval"
    NO_HOLD = "no_hold"
    NO_DOUBT = "no_doubt"
    BLANK = "blank"
    CHIP_READ_BACK = "chip_read_back"
    CARD_PRINTED = "card_printed"
    INSPECTION = "inspection"
    CARD_SCANNED = "card_scanned"
    RECIPIENT = "recipient"
    JKN_CLEAR = "jkn_clear"
    BY_COURIER = "by_courier"
    PARCEL = "parcel"
    PROOF = "proof"
    RETURN_VERIFIED = "return_verified"
    SURRENDERED = "surrendered"
    REASON = "reason"
    SECOND_OFFICER = "second_officer"
    NO_CARD = "no_card"
    REPRINT_ALLOWED = "reprint_allowed"
    MANIFEST = "manifest"
    SEAL_CHECKED = "seal_checked"
    CARD_CHECKED = "card_checked"
    MINUTES = "minutes"


State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)

ALL_CHANNELS = frozenset(Channel)
ALL_SERVICES = frozenset(Service)


@dataclass(frozen=True, slots=True)
class Step(Generic[State, Act]):
    """One row. `next` is None where the step returns to where a hold began."""

    state: State
    action: Act
    next: State | None
    roles: frozenset[Role]
    gates: frozenset[Gate] = frozenset()
    reversible: bool = True
    not_maker: bool = False
    channels: frozenset[Channel] = ALL_CHANNELS
    services: frozenset[Service] = ALL_SERVICES

    @property
    def two_officers(self) -> bool:
        return Gate.SECOND_OFFICER in self.gates


@dataclass(frozen=True, slots=True)
class Facts:
    """What the walker judges by: who acts, what is in hand, and whose work it was."""

    roles: frozenset[Role]
    officer: str = ""
    maker: str = ""
    makers: frozenset[str] = frozenset()
    gates: frozenset[Gate] = frozenset()
    service: Service = Service.RENEWAL
    channel: Channel = Channel.WALK_IN
    held_from: StrEnum | None = None
    second_officer: str = ""


class NoSuchStep(Problem):
    """The act isn't possible from this state."""

    state: StrEnum
    action: StrEnum


class GatesMissing(Problem):
    """The step isn't ready; what is missing is named."""

    action: StrEnum
    missing: tuple[Gate, ...]


class Table(Generic[State, Act]):
    """Rows of one kind of thing, indexed by (state, action)."""

    def __init__(self, name: str, start: State, steps: Iterable[Step[State, Act]]) -> None:
        self.name = name
        self.start = start
        self.steps: tuple[Step[State, Act], ...] = tuple(steps)
        self._rows: dict[tuple[State, Act], list[Step[State, Act]]] = {}
        for step in self.steps:
            self._rows.setdefault((step.state, step.action), []).append(step)

    def find(self, state: State, action: Act, facts: Facts) -> Step[State, Act] | None:
        """The row for this service and channel, or None."""
        for step in self._rows.get((state, action), ()):
            if facts.service in step.services and facts.channel in step.channels:
                return step
        return None

    def walk(self, state: State, action: Act, facts: Facts) -> tuple[State, Step[State, Act]]:
        """Judge one act; the next state and the row that allows it.

        Raises NoSuchStep, RoleMissing, OwnWork, SameOfficer or GatesMissing, in that order.
        """
        step = self.find(state, action, facts)
        if step is None:
            raise NoSuchStep(state=state, action=action)
        if not step.roles & facts.roles:
            # A person is told whom to ask; only the program's own steps name nobody else.
            raise RoleMissing(needed=in_order(step.roles - NOBODY_S or step.roles))
        if step.not_maker and facts.officer in facts.makers | {facts.maker}:
            raise OwnWork
        if step.two_officers and facts.second_officer == facts.officer:
            raise SameOfficer
        in_hand = facts.gates if facts.second_officer else facts.gates - {Gate.SECOND_OFFICER}
        missing = step.gates - in_hand
        if missing:
            raise GatesMissing(action=action, missing=tuple(sorted(missing)))
        if step.next is None:
            if facts.held_from is None:
                raise NoSuchStep(state=state, action=action)
            return facts.held_from, step  # pyright: ignore[reportReturnType]
        return step.next, step

    def actions(self, state: State, facts: Facts) -> tuple[Act, ...]:
        """The acts that the table knows from here, ready or not, in table order."""
        seen: dict[Act, None] = {}
        for step in self.steps:
            if step.state is state and self.find(state, step.action, facts) is step:
                seen[step.action] = None
        return tuple(seen)
