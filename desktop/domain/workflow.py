"""Four tables for one walker: the only way in which anything at the counter changes its state.

Every row says from where, by which act, to where, what must have been gathered, and who may do
it. Screens draw their step bar from the table, `docs/workflow.md` is drawn from it, and the
centre loads the same rows, so that a double click, a script or a crash can't skip a gate.

Sources of the order: Perpol 5/2021 as amended by 2/2023 (requirements, tests, capture); the rest
is the office's own accountability (separation of duties, one blank one card).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from desktop.domain.officer import NOBODY_S, Role
from desktop.domain.service import Channel, Service
from desktop.domain.states import ApplicationState as S
from desktop.domain.states import BlankAction as BA
from desktop.domain.states import BlankState as B
from desktop.domain.states import ParcelAction as PA
from desktop.domain.states import ParcelState as P
from desktop.domain.states import ReturnAction as RA
from desktop.domain.states import ReturnState as R
from desktop.domain.walker import ALL_CHANNELS, ALL_SERVICES
from desktop.domain.walker import Facts as Facts
from desktop.domain.walker import Gate as Gate
from desktop.domain.walker import GatesMissing as GatesMissing
from desktop.domain.walker import NoSuchStep as NoSuchStep
from desktop.domain.walker import Step as Step
from desktop.domain.walker import Table as Table


class Action(StrEnum):
    """Acts on an application."""

    REGISTER = "register"
    CHECK_REQUIREMENTS = "check_requirements"
    PASS_TESTS = "pass_tests"  # noqa: S105  the tests that an applicant passes
    MATCH_PAYMENT = "match_payment"
    CAPTURE = "capture"
    CONFIRM_DATA = "confirm_data"
    APPROVE = "approve"
    REFUSE = "refuse"
    RECEIVE = "receive"
    CLAIM = "claim"
    RELEASE = "release"
    VERIFY = "verify"
    SEND_BACK = "send_back"
    RESUBMIT = "resubmit"
    TAKE_TO_COUNTER = "take_to_counter"
    AWAIT_MATERIAL = "await_material"
    MATERIAL_ARRIVED = "material_arrived"
    RESERVE = "reserve"
    GIVE_UP = "give_up"
    ENCODE = "encode"
    PRINT = "print"
    INSPECT = "inspect"
    MAKE_READY = "make_ready"
    SPOIL = "spoil"
    CORRECT = "correct"
    CORRECT_PRINTED = "correct_printed"
    CORRECT_HANDED = "correct_handed"
    HAND_OVER = "hand_over"
    PACK = "pack"
    UNPACK = "unpack"
    CONFIRM_DELIVERY = "confirm_delivery"
    TAKE_BACK = "take_back"
    RECALL = "recall"
    REISSUE = "reissue"
    CLOSE = "close"
    HOLD = "hold"
    RESUME = "resume"
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"


TESTED = frozenset(s for s in Service if s.needs_tests)
UNTESTED = ALL_SERVICES - TESTED
WALK_IN = frozenset({Channel.WALK_IN})
ONLINE = frozenset({Channel.ONLINE})


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


DESK = _roles(Role.REGISTRATION, Role.IDENTIFICATION)
PROGRAM_ONLY = NOBODY_S
G = Gate


def _application() -> Iterable[Step[S, Action]]:
    reg, idn = _roles(Role.REGISTRATION), _roles(Role.IDENTIFICATION)
    appr, prod = _roles(Role.APPROVER), _roles(Role.PRODUCTION)
    disp, sup = _roles(Role.DISPATCH), _roles(Role.SUPERVISOR)

    def row(
        state: S,
        action: Action,
        to: S | None,
        roles: frozenset[Role],
        *gates: Gate,
        final: bool = False,
        not_maker: bool = False,
        channels: frozenset[Channel] = ALL_CHANNELS,
        services: frozenset[Service] = ALL_SERVICES,
    ) -> Step[S, Action]:
        return Step(
            state, action, to, roles, frozenset(gates), not final, not_maker, channels, services
        )

    a = Action
    # The walk-in's road.
    yield row(S.DRAFT, a.REGISTER, S.REGISTERED, reg, G.IDENTITY, channels=WALK_IN)
    yield row(
        S.REGISTERED, a.CHECK_REQUIREMENTS, S.REQUIREMENTS_CHECKED, reg,
        G.IDENTITY, G.NO_CONFLICT, G.REQUIREMENTS, G.NO_HOLD,
    )  # fmt: skip
    yield row(
        S.REQUIREMENTS_CHECKED, a.PASS_TESTS, S.TESTED, _roles(Role.EXAMINER),
        G.TESTS, services=TESTED,
    )  # fmt: skip
    yield row(S.TESTED, a.MATCH_PAYMENT, S.PAID, reg, G.PAYMENT, services=TESTED)
    yield row(S.REQUIREMENTS_CHECKED, a.MATCH_PAYMENT, S.PAID, reg, G.PAYMENT, services=UNTESTED)
    yield row(S.PAID, a.CAPTURE, S.CAPTURED, idn, G.PHOTO, G.SIGNATURE)
    yield row(S.CAPTURED, a.CONFIRM_DATA, S.CONFIRMED, DESK, G.DATA_CONFIRMED)
    # Tests are asked for again at approval: a correction may have changed the class since.
    for services, tested in ((TESTED, (G.TESTS,)), (UNTESTED, ())):
        yield row(
            S.CONFIRMED, a.APPROVE, S.APPROVED, appr,
            G.IDENTITY, G.NO_CONFLICT, G.REQUIREMENTS, G.PAYMENT, G.PHOTO, G.SIGNATURE,
            G.DATA_CONFIRMED, G.NO_HOLD, G.APPROVAL, *tested, not_maker=True, services=services,
        )  # fmt: skip
    yield row(S.CONFIRMED, a.REFUSE, S.CAPTURED, appr, G.REASON)
    yield row(S.VERIFIED, a.REFUSE, S.CLAIMED, appr, G.REASON, channels=ONLINE)

    # The online road.
    yield row(S.DRAFT, a.RECEIVE, S.RECEIVED, PROGRAM_ONLY, channels=ONLINE)
    yield row(S.RECEIVED, a.CLAIM, S.CLAIMED, reg, channels=ONLINE)
    yield row(S.CLAIMED, a.RELEASE, S.RECEIVED, reg | sup, channels=ONLINE)
    yield row(
        S.CLAIMED, a.VERIFY, S.VERIFIED, reg,
        G.IDENTITY, G.NO_CONFLICT, G.REQUIREMENTS, G.PAYMENT, G.PICTURES, G.NO_HOLD,
        channels=ONLINE,
    )  # fmt: skip
    yield row(S.CLAIMED, a.SEND_BACK, S.SENT_BACK, reg, G.REASON, channels=ONLINE)
    yield row(S.VERIFIED, a.SEND_BACK, S.SENT_BACK, appr, G.REASON, channels=ONLINE)
    yield row(S.SENT_BACK, a.RESUBMIT, S.RECEIVED, PROGRAM_ONLY, channels=ONLINE)
    for services, tested in ((TESTED, (G.TESTS,)), (UNTESTED, ())):
        yield row(
            S.VERIFIED, a.APPROVE, S.APPROVED, appr,
            G.IDENTITY, G.NO_CONFLICT, G.REQUIREMENTS, G.PAYMENT, G.PICTURES, G.NO_HOLD,
            G.APPROVAL, *tested, not_maker=True, channels=ONLINE, services=services,
        )  # fmt: skip
    for state in (S.RECEIVED, S.CLAIMED, S.VERIFIED, S.SENT_BACK):
        yield row(
            state, a.TAKE_TO_COUNTER, S.PAID, reg, G.IDENTITY, G.REQUIREMENTS, G.PAYMENT,
            channels=ONLINE, services=UNTESTED,
        )  # fmt: skip

    # Production: reserve, encode, print, look, make ready.
    yield row(S.APPROVED, a.AWAIT_MATERIAL, S.AWAITING_MATERIAL, prod | reg | sup)
    yield row(
        S.AWAITING_MATERIAL, a.MATERIAL_ARRIVED, S.APPROVED,
        prod | sup | _roles(Role.STOCK_KEEPER, Role.PROGRAM),
    )  # fmt: skip
    yield row(
        S.APPROVED, a.RESERVE, S.IN_PRODUCTION, prod,
        G.APPROVAL, G.PAYMENT, G.NO_CONFLICT, G.NO_HOLD, G.NO_DOUBT, G.BLANK, G.REPRINT_ALLOWED,
    )  # fmt: skip
    yield row(S.IN_PRODUCTION, a.ENCODE, S.ENCODED, prod, G.CHIP_READ_BACK, final=True)
    # Found on another day before it was printed: dated and encoded anew, on the same card.
    yield row(S.ENCODED, a.ENCODE, S.ENCODED, prod, G.CHIP_READ_BACK, final=True)
    yield row(S.ENCODED, a.PRINT, S.PRINTED, prod, G.CARD_PRINTED, final=True)
    yield row(S.PRINTED, a.INSPECT, S.INSPECTED, prod, G.INSPECTION)
    yield row(S.INSPECTED, a.MAKE_READY, S.READY, prod, final=True)
    # Only before the chip is written: a chip that knows a person never goes back to free stock.
    yield row(S.IN_PRODUCTION, a.GIVE_UP, S.APPROVED, prod | _roles(Role.PROGRAM))
    for state in (S.IN_PRODUCTION, S.ENCODED, S.PRINTED, S.INSPECTED, S.READY):
        yield row(state, a.SPOIL, S.APPROVED, prod | sup, G.REASON, final=True)

    # Corrections: before printing, after printing, after handover.
    for state in (S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED):
        yield row(state, a.CORRECT, state, reg)
    for state in (S.CONFIRMED, S.APPROVED, S.AWAITING_MATERIAL):
        yield row(state, a.CORRECT, S.CAPTURED, reg, channels=WALK_IN)
        yield row(state, a.CORRECT, S.CLAIMED, reg, channels=ONLINE)
    yield row(S.VERIFIED, a.CORRECT, S.CLAIMED, reg, channels=ONLINE)
    # Online a file whose card was made lies free then: not all who spoil the card may verify.
    for state in (S.PRINTED, S.INSPECTED, S.READY):
        yield row(
            state, a.CORRECT_PRINTED, S.CAPTURED, reg | prod, G.REASON,
            final=True, channels=WALK_IN,
        )  # fmt: skip
        yield row(
            state, a.CORRECT_PRINTED, S.RECEIVED, reg | prod, G.REASON,
            final=True, channels=ONLINE,
        )  # fmt: skip
    for state in (S.HANDED_OVER, S.CLOSED):
        yield row(
            state, a.CORRECT_HANDED, S.CAPTURED, reg | sup,
            G.SURRENDERED, G.SECOND_OFFICER, G.REASON, final=True,
        )  # fmt: skip

    # To the person.
    desk = _roles(Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION, Role.DISPATCH)
    yield row(
        S.READY, a.HAND_OVER, S.HANDED_OVER, desk,
        G.CARD_SCANNED, G.RECIPIENT, G.JKN_CLEAR, G.NO_HOLD, final=True,
    )  # fmt: skip
    yield row(
        S.READY, a.PACK, S.IN_DELIVERY, disp,
        G.CARD_SCANNED, G.BY_COURIER, G.PARCEL, G.JKN_CLEAR, G.NO_HOLD,
    )  # fmt: skip
    yield row(S.IN_DELIVERY, a.UNPACK, S.READY, disp)
    yield row(
        S.IN_DELIVERY, a.CONFIRM_DELIVERY, S.HANDED_OVER,
        disp | sup | PROGRAM_ONLY, G.PROOF, final=True,
    )  # fmt: skip
    yield row(S.IN_DELIVERY, a.TAKE_BACK, S.READY, disp, G.RETURN_VERIFIED)
    yield row(S.READY, a.RECALL, S.RECALLED, disp | sup, G.REASON, G.SECOND_OFFICER, final=True)
    for state in (S.READY, S.IN_DELIVERY, S.HANDED_OVER, S.CLOSED):
        yield row(state, a.REISSUE, S.APPROVED, disp | sup, G.REASON, G.SECOND_OFFICER, final=True)
    # A card that went to the wrong person comes back to the counter; one that the courier called
    # delivered, in its parcel.
    for state in (S.HANDED_OVER, S.CLOSED):
        yield row(
            state, a.TAKE_BACK, S.READY, reg | disp | sup,
            G.SURRENDERED, G.REASON, G.SECOND_OFFICER,
        )  # fmt: skip
    yield row(S.RECALLED, a.REISSUE, S.APPROVED, disp | sup, G.REASON, final=True)
    yield row(S.HANDED_OVER, a.CLOSE, S.CLOSED, desk | sup | PROGRAM_ONLY)

    # Sideways. A case whose card exists ends with the card, never beside it.
    holders = DESK | sup | disp | prod | appr | _roles(Role.EXAMINER) | PROGRAM_ONLY
    waiting = (
        S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED,
        S.CLAIMED, S.VERIFIED, S.APPROVED, S.AWAITING_MATERIAL, S.READY,
    )  # fmt: skip
    for state in waiting:
        yield row(state, a.HOLD, S.ON_HOLD, holders, G.REASON)
    yield row(S.ON_HOLD, a.RESUME, None, holders)
    for state in (
        S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED,
        S.CLAIMED, S.VERIFIED, S.ON_HOLD,
    ):  # fmt: skip
        yield row(state, a.REJECT, S.REJECTED, reg | appr | sup, G.REASON, G.NO_CARD, final=True)
        yield row(state, a.EXPIRE, S.EXPIRED, sup | PROGRAM_ONLY, G.REASON, G.NO_CARD, final=True)
    for state in (
        S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED,
        S.RECEIVED, S.CLAIMED, S.VERIFIED, S.SENT_BACK, S.ON_HOLD, S.APPROVED,
        S.AWAITING_MATERIAL,
    ):  # fmt: skip
        yield row(
            state, a.CANCEL, S.CANCELLED, reg | sup | PROGRAM_ONLY, G.REASON, G.NO_CARD, final=True
        )
    for state in (S.RECEIVED, S.SENT_BACK):
        yield row(state, a.EXPIRE, S.EXPIRED, sup | PROGRAM_ONLY, G.REASON, G.NO_CARD, final=True)


def _blank() -> Iterable[Step[B, BA]]:
    keeper, prod = _roles(Role.STOCK_KEEPER), _roles(Role.PRODUCTION)
    sup, disp = _roles(Role.SUPERVISOR), _roles(Role.DISPATCH)

    def row(
        state: B, action: BA, to: B, roles: frozenset[Role], *gates: Gate, final: bool = False
    ) -> Step[B, BA]:
        return Step(state, action, to, roles, frozenset(gates), not final)

    yield row(B.RECEIVED, BA.STORE, B.IN_STOCK, keeper)
    yield row(B.IN_STOCK, BA.ASSIGN, B.ASSIGNED, keeper)
    yield row(B.ASSIGNED, BA.UNASSIGN, B.IN_STOCK, keeper)
    yield row(B.ASSIGNED, BA.RESERVE, B.RESERVED, prod)
    yield row(B.RESERVED, BA.RELEASE, B.ASSIGNED, prod | _roles(Role.PROGRAM))
    yield row(B.RESERVED, BA.LOAD, B.AT_PRINTER, prod)
    yield row(B.AT_PRINTER, BA.ISSUE, B.ISSUED, prod, Gate.INSPECTION, final=True)
    for state in (B.ASSIGNED, B.RESERVED, B.IN_STOCK):
        yield row(state, BA.SPOIL, B.SPOILED, prod | keeper | sup, Gate.REASON, final=True)
    # Whoever registers may find the typo on a card that is printed already.
    yield row(
        B.AT_PRINTER, BA.SPOIL, B.SPOILED,
        prod | keeper | sup | _roles(Role.REGISTRATION), Gate.REASON, final=True,
    )  # fmt: skip
    # A finished card that turns out wrong is spoiled and set aside in one act.
    yield row(
        B.ISSUED, BA.SPOIL, B.SPOILED, prod | sup | disp | _roles(Role.REGISTRATION),
        Gate.REASON, final=True,
    )  # fmt: skip
    yield row(B.IN_STOCK, BA.TRANSFER, B.TRANSFERRED, keeper, Gate.SECOND_OFFICER, final=True)
    yield row(B.SPOILED, BA.SET_ASIDE, B.TO_BE_DESTROYED, keeper | sup | disp)
    yield row(B.ISSUED, BA.SET_ASIDE, B.TO_BE_DESTROYED, disp | sup, Gate.REASON)
    yield row(
        B.TO_BE_DESTROYED, BA.DESTROY, B.DESTROYED, keeper | sup | disp,
        Gate.SECOND_OFFICER, Gate.MINUTES, final=True,
    )  # fmt: skip
    for state in (B.RECEIVED, B.IN_STOCK, B.ASSIGNED, B.RESERVED, B.AT_PRINTER, B.ISSUED,
                  B.SPOILED, B.TO_BE_DESTROYED):  # fmt: skip
        yield row(state, BA.MISS, B.MISSING, keeper | sup | prod | disp, Gate.REASON)
    yield row(B.MISSING, BA.FIND, B.IN_STOCK, keeper | sup, Gate.REASON, Gate.SECOND_OFFICER)
    yield row(B.MISSING, BA.FIND_SPOILED, B.SPOILED, keeper | sup | disp, Gate.REASON)


def _parcel() -> Iterable[Step[P, PA]]:
    disp, sup = _roles(Role.DISPATCH), _roles(Role.SUPERVISOR)
    told = disp | sup | PROGRAM_ONLY

    def row(
        state: P, action: PA, to: P, roles: frozenset[Role], *gates: Gate, final: bool = False
    ) -> Step[P, PA]:
        return Step(state, action, to, roles, frozenset(gates), not final)

    yield row(P.PACKED, PA.UNPACK, P.UNPACKED, disp, final=True)
    yield row(P.PACKED, PA.DISPATCH, P.DISPATCHED, disp, Gate.MANIFEST, final=True)
    yield row(P.DISPATCHED, PA.TRANSIT, P.IN_TRANSIT, told)
    for state in (P.DISPATCHED, P.IN_TRANSIT, P.FAILED):
        yield row(state, PA.DELIVER, P.DELIVERED, told, Gate.PROOF, final=True)
    for state in (P.DISPATCHED, P.IN_TRANSIT):
        yield row(state, PA.FAIL, P.FAILED, told)
    yield row(P.FAILED, PA.TRANSIT, P.IN_TRANSIT, told)
    yield row(P.DISPUTED, PA.RECEIVE_BACK, P.RETURN_RECEIVED, disp, final=True)
    for state in (P.DISPATCHED, P.IN_TRANSIT, P.FAILED):
        yield row(state, PA.RETURN, P.RETURNING, told)
        yield row(state, PA.RECEIVE_BACK, P.RETURN_RECEIVED, disp, final=True)
    yield row(P.RETURNING, PA.RECEIVE_BACK, P.RETURN_RECEIVED, disp, final=True)
    yield row(P.DELIVERED, PA.DISPUTE, P.DISPUTED, disp | sup, Gate.REASON)
    yield row(P.DISPUTED, PA.SETTLE_DELIVERED, P.DELIVERED, sup, Gate.PROOF)
    for state in (
        P.PACKED, P.DISPATCHED, P.IN_TRANSIT, P.FAILED, P.RETURNING, P.DISPUTED,
    ):  # fmt: skip
        yield row(
            state, PA.DECLARE_LOST, P.LOST, disp | sup,
            Gate.REASON, Gate.SECOND_OFFICER, final=True,
        )  # fmt: skip
    yield row(P.LOST, PA.TURN_UP, P.RETURN_RECEIVED, disp, final=True)


def _return() -> Iterable[Step[R, RA]]:
    disp, sup = _roles(Role.DISPATCH), _roles(Role.SUPERVISOR)
    two = (Gate.SECOND_OFFICER,)

    def row(
        state: R, action: RA, to: R, roles: frozenset[Role], *gates: Gate, final: bool = False
    ) -> Step[R, RA]:
        return Step(state, action, to, roles, frozenset(gates), not final)

    yield row(R.RECEIVED, RA.VERIFY, R.VERIFIED, disp, Gate.SEAL_CHECKED, Gate.REASON, *two)
    yield row(
        R.VERIFIED, RA.REDISPATCH, R.REDISPATCHED, disp,
        Gate.CARD_CHECKED, Gate.PARCEL, final=True,
    )  # fmt: skip
    yield row(R.VERIFIED, RA.HOLD_FOR_COLLECTION, R.HELD_FOR_COLLECTION, disp, Gate.CARD_CHECKED)
    yield row(R.HELD_FOR_COLLECTION, RA.REDISPATCH, R.REDISPATCHED, disp, Gate.PARCEL, final=True)
    # Whoever may hand a card over ends its return by that.
    desk = disp | _roles(Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION)
    yield row(
        R.VERIFIED, RA.COLLECT, R.COLLECTED, desk,
        Gate.CARD_CHECKED, Gate.RECIPIENT, final=True,
    )  # fmt: skip
    yield row(R.HELD_FOR_COLLECTION, RA.COLLECT, R.COLLECTED, desk, Gate.RECIPIENT, final=True)
    for state in (R.VERIFIED, R.HELD_FOR_COLLECTION):
        yield row(state, RA.REPRINT, R.REPRINTED, disp | sup, Gate.REASON, *two, final=True)
        yield row(state, RA.RECALL, R.RECALLED, disp | sup, Gate.REASON, *two, final=True)
    # Whoever may destroy a card ends its return by that.
    yield row(
        R.RECALLED, RA.DESTROY, R.DESTROYED, disp | sup | _roles(Role.STOCK_KEEPER),
        Gate.MINUTES, *two, final=True,
    )  # fmt: skip


APPLICATION: Table[S, Action] = Table("application", S.DRAFT, _application())
BLANK: Table[B, BA] = Table("blank", B.RECEIVED, _blank())
PARCEL: Table[P, PA] = Table("parcel", P.PACKED, _parcel())
RETURN: Table[R, RA] = Table("return", R.RECEIVED, _return())
TABLES = (APPLICATION, BLANK, PARCEL, RETURN)
HOLDABLE = frozenset(step.state for step in APPLICATION.steps if step.action is Action.HOLD)
"""From where a case can be held."""

# What the person is told: the portal's own percentages, derived and never stored.
_TOLD: dict[S, int] = {
    S.DRAFT: 0, S.REGISTERED: 20, S.REQUIREMENTS_CHECKED: 20, S.TESTED: 20, S.PAID: 40,
    S.CAPTURED: 40, S.CONFIRMED: 40, S.RECEIVED: 40, S.CLAIMED: 40, S.VERIFIED: 40,
    S.SENT_BACK: 40, S.APPROVED: 50, S.AWAITING_MATERIAL: 50, S.IN_PRODUCTION: 50,
    S.ENCODED: 50, S.PRINTED: 60, S.INSPECTED: 60, S.READY: 60, S.IN_DELIVERY: 80,
    S.HANDED_OVER: 100, S.CLOSED: 100, S.ON_HOLD: 40, S.RECALLED: 60,
}  # fmt: skip


def percent_told(
    state: S, *, by_courier: bool, parcel: P | None = None, held_from: S | None = None
) -> int | None:
    """The applicant-facing percentage (20/40/50/60/80/100), None for an ended case.

    A card that waits to be collected counts as 80, like one on its way; a packed parcel is at 60
    until the courier has it.
    """
    if state is S.ON_HOLD and held_from is not None:
        state = held_from
    if state is S.READY and not by_courier:
        return 80
    if state is S.IN_DELIVERY and parcel is P.PACKED:
        return 60
    return _TOLD.get(state)


def road(service: Service, channel: Channel) -> tuple[S, ...]:
    """The straight road of a service, for the step bar and the documentation."""
    if channel is Channel.ONLINE:
        head: tuple[S, ...] = (S.RECEIVED, S.CLAIMED, S.VERIFIED)
    else:
        tests = (S.TESTED,) if service.needs_tests else ()
        head = (S.REGISTERED, S.REQUIREMENTS_CHECKED, *tests, S.PAID, S.CAPTURED, S.CONFIRMED)
    tail = (
        S.APPROVED, S.IN_PRODUCTION, S.ENCODED, S.PRINTED, S.INSPECTED, S.READY, S.HANDED_OVER,
    )  # fmt: skip
    return head + tail
