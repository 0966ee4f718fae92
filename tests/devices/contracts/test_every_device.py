"""What holds for every device, simulated or not."""

from __future__ import annotations

import threading

import pytest

from devices.device import DeviceKind, HealthReason, HealthState
from devices.errors import (
    AuthenticationFailed,
    Busy,
    Cancelled,
    CardJam,
    CardMissing,
    CardMute,
    ChipDead,
    ClockApart,
    ComparerRefused,
    ComparerUndecided,
    CoverOpen,
    DeviceFault,
    EidUnreadable,
    Garbage,
    HalfPrinted,
    NoCardInside,
    NoFinger,
    NoPicture,
    NoSignature,
    NotConnected,
    NotTrusted,
    OutOfCards,
    OutOfPaper,
    OutputTrayFull,
    PaperJam,
    PenStuck,
    PictureFrozen,
    PoorFinger,
    RejectBoxFull,
    RibbonEnded,
    TimedOut,
    WrongCard,
)
from devices.simulators.bench import SimulatedBench
from devices.simulators.faults import AVAILABLE, PRINT_DEFECTS, Clears, Fault, FaultName
from tests.devices.contracts.rigs import LONG, VERBS, Rig, make_rig

NAMED: dict[FaultName, type[DeviceFault] | None] = {
    FaultName.SLOW: None,
    FaultName.SILENT: TimedOut,
    FaultName.GARBAGE: Garbage,
    FaultName.UNPLUGGED: NotConnected,
    FaultName.POWER_CUT: NotConnected,
    FaultName.JAM: CardJam,
    FaultName.HALF_PRINTED: HalfPrinted,
    FaultName.RIBBON_END: RibbonEnded,
    FaultName.COVER_OPEN: CoverOpen,
    FaultName.OUT_OF_CARDS: OutOfCards,
    FaultName.CARD_LEFT_IN: None,
    FaultName.REJECT_FULL: RejectBoxFull,
    FaultName.OUTPUT_FULL: OutputTrayFull,
    FaultName.CARD_VANISHED: None,
    FaultName.WRONG_LOT: None,
    FaultName.SERIAL_UNREADABLE: None,
    FaultName.AUTHENTICATION_FAILED: AuthenticationFailed,
    FaultName.WRONG_CARD: WrongCard,
    FaultName.MUTE: CardMute,
    FaultName.TEAR: CardMissing,
    FaultName.EID_UNREADABLE: EidUnreadable,
    FaultName.FINGER_MISMATCH: None,
    FaultName.POOR_FINGER: PoorFinger,
    FaultName.NO_PICTURE: NoPicture,
    FaultName.FROZEN: PictureFrozen,
    FaultName.NO_FACE: None,
    FaultName.DARK: None,
    FaultName.TWO_FACES: None,
    FaultName.EYES_CLOSED: None,
    FaultName.BLURRED: None,
    FaultName.TILTED: None,
    FaultName.NO_STROKES: NoSignature,
    FaultName.STUCK_PEN: PenStuck,
    FaultName.LOST_PACKETS: None,
    FaultName.BROKEN_PACKETS: None,
    FaultName.CUT_PACKETS: None,
    FaultName.BUSY: Busy,
    FaultName.BAD_SIGNATURE: NotTrusted,
    FaultName.CLOCK_APART: ClockApart,
    FaultName.COMPARER_ERROR: ComparerRefused,
    FaultName.NO_DECISION: ComparerUndecided,
    FaultName.OUT_OF_PAPER: OutOfPaper,
    FaultName.PAPER_JAM: PaperJam,
    FaultName.JOB_LOST: None,
    **dict.fromkeys(PRINT_DEFECTS),
}
OF_A_KIND: dict[tuple[DeviceKind, FaultName, str], type[DeviceFault] | None] = {
    (DeviceKind.CARD_PRINTER, FaultName.SAYS_DONE, "feed"): NoCardInside,
    (DeviceKind.CARD_PRINTER, FaultName.SAYS_DONE, "print.start"): None,
    (DeviceKind.CARD_PRINTER, FaultName.SAYS_DONE, "eject"): None,
    (DeviceKind.CARD_PRINTER, FaultName.DEAD_CHIP, "feed"): None,
    (DeviceKind.CARD_PRINTER, FaultName.REJECT_FULL, "eject"): None,  # the card goes elsewhere
    (DeviceKind.EID_READER, FaultName.NO_FINGER, "eid.finger"): None,
    (DeviceKind.FINGERPRINT, FaultName.NO_FINGER, "finger"): NoFinger,
    (DeviceKind.CARD_VIEWER, FaultName.WRONG_CARD, "viewer.look"): None,
}


def expected(kind: DeviceKind, fault: FaultName, step: str) -> type[DeviceFault] | None:
    if kind is DeviceKind.CARD_READER and fault is FaultName.DEAD_CHIP:
        return ChipDead
    key = (kind, fault, step)
    return OF_A_KIND[key] if key in OF_A_KIND else NAMED[fault]


def every_order() -> list[tuple[str, FaultName, str]]:
    names = {make_rig(name).kind: name for name in reversed(VERBS)}
    return [
        (names[kind], row.fault, step)
        for kind, rows in AVAILABLE.items()
        if kind in names
        for row in rows
        for step in row.steps
    ]


def test_a_constructor_touches_no_hardware(any_rig: Rig) -> None:
    any_rig.core.unplug()
    again = any_rig.bench.adapter(any_rig.core.name)
    assert not again.is_open
    assert again.info.kind is any_rig.kind
    assert again.info.simulated


def test_opening_and_closing_may_be_repeated(any_rig: Rig) -> None:
    device = any_rig.device
    device.close()
    for _ in range(2):
        device.open(timeout=LONG)
        device.open(timeout=LONG)
        assert device.is_open
        device.close()
        device.close()
        assert not device.is_open


def test_a_closed_device_says_so(any_rig: Rig) -> None:
    health = any_rig.device.health(timeout=LONG)
    assert health.state is HealthState.UNKNOWN
    assert health.reasons == (HealthReason.CLOSED,)


def test_an_open_device_is_usable(any_rig: Rig) -> None:
    any_rig.ready()
    health = any_rig.device.health(timeout=LONG)
    assert health.usable
    assert HealthReason.CLOSED not in health.reasons


def test_verbs_of_a_closed_device_are_refused(rig: Rig) -> None:
    with pytest.raises(NotConnected) as refusal:
        rig.go()
    assert refusal.value.kind is rig.kind


def test_verbs_work_and_take_their_time(rig: Rig) -> None:
    rig.ready()
    before = rig.clock.now()
    rig.go()
    assert rig.clock.now() > before


def test_a_bench_without_pace_takes_no_time(rig: Rig) -> None:
    rig.core.pace = 0
    rig.ready()
    before = rig.clock.now()
    if rig.kind is not DeviceKind.SIGNATURE_PAD:
        rig.go(timeout=0.5)
        assert rig.clock.now() == before


def test_too_little_time_ends_in_a_fault_and_not_later(rig: Rig) -> None:
    rig.ready()
    before = rig.clock.now()
    with pytest.raises((TimedOut, NoSignature)):
        rig.go(timeout=0.01)
    assert (rig.clock.now() - before).total_seconds() <= 0.25
    rig.mend()
    rig.go()


def test_nobody_comes_in_time(rig: Rig) -> None:
    if rig.starved is None:
        return
    rig.ready()
    rig.starve()
    before = rig.clock.now()
    with pytest.raises(rig.starved):
        rig.go(timeout=20.0)
    assert (rig.clock.now() - before).total_seconds() <= 20.001
    rig.feed()
    rig.go()


def test_a_cancelled_call_does_nothing(rig: Rig) -> None:
    rig.ready()
    cancel = threading.Event()
    cancel.set()
    before = rig.clock.now()
    with pytest.raises(Cancelled):
        rig.go(cancel=cancel)
    assert rig.clock.now() == before
    rig.go()


def test_opening_obeys_timeout_and_cancel(any_rig: Rig) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        any_rig.device.open(timeout=LONG, cancel=cancel)
    any_rig.core.order(Fault("open", FaultName.SILENT))
    with pytest.raises(TimedOut):
        any_rig.device.open(timeout=3.0)
    assert not any_rig.device.is_open
    any_rig.device.open(timeout=LONG)
    assert any_rig.device.is_open


def test_pulled_and_put_back(any_rig: Rig) -> None:
    rig = any_rig
    rig.ready()
    rig.core.unplug()
    assert not rig.device.is_open
    assert rig.device.health(timeout=LONG).state is HealthState.OFFLINE
    with pytest.raises(NotConnected):
        rig.device.open(timeout=LONG)
    rig.core.plug()
    assert not rig.device.is_open, "the old handle is dead even when the cable is back"
    rig.device.close()
    rig.device.open(timeout=LONG)
    assert rig.device.health(timeout=LONG).usable
    rig.go()


def test_power_lost_and_given_back(any_rig: Rig) -> None:
    rig = any_rig
    rig.ready()
    rig.core.cut_power()
    health = rig.device.health(timeout=LONG)
    assert health.state is HealthState.OFFLINE
    assert health.reasons == (HealthReason.NO_POWER,)
    rig.core.restore_power()
    rig.device.close()
    rig.device.open(timeout=LONG)
    rig.go()


@pytest.mark.fault
@pytest.mark.parametrize(("name", "fault", "step"), every_order())
def test_each_ordered_fault_is_named_and_can_be_remedied(
    name: str, fault: FaultName, step: str
) -> None:
    rig = make_rig(name)
    rig.ready()
    rig.core.order(Fault(step, fault))
    wanted = expected(rig.kind, fault, step)
    if wanted is None:
        rig.go()
    else:
        with pytest.raises(wanted) as refusal:
            rig.go()
        assert str(refusal.value) == type(refusal.value).__name__
        assert refusal.value.facts() is not None
    assert [struck for _, struck in rig.core.script.struck] == [fault], "the step is never reached"
    rig.device.health(timeout=LONG)
    rig.mend()
    assert rig.core.script.standing == ()
    assert rig.device.health(timeout=LONG).usable
    rig.go()


def slow_orders() -> list[tuple[str, str]]:
    return [(name, step) for name, fault, step in every_order() if fault is FaultName.SLOW]


@pytest.mark.fault
@pytest.mark.parametrize(("name", "step"), slow_orders())
def test_a_slow_step_takes_its_seconds_longer(name: str, step: str) -> None:
    took: list[float] = []
    for orders in ([], [Fault(step, FaultName.SLOW, seconds=7.5)]):
        rig = make_rig(name)
        rig.ready()
        rig.core.order(*orders)
        before = rig.clock.now()
        rig.go()
        took.append((rig.clock.now() - before).total_seconds())
    usual, slow = took
    assert slow == pytest.approx(usual + 7.5)


@pytest.mark.fault
@pytest.mark.parametrize("fault", [FaultName.SILENT, FaultName.GARBAGE])
def test_a_fault_that_stays_is_seen_in_health_until_somebody_acts(
    rig: Rig, fault: FaultName
) -> None:
    rig.ready()
    rig.core.order(Fault("*", fault, clears=Clears.OPERATOR))
    for _ in range(2):
        with pytest.raises((TimedOut, Garbage)):
            rig.go()
        assert rig.device.health(timeout=LONG).state is HealthState.ERROR
    rig.mend()
    assert rig.device.health(timeout=LONG).usable
    rig.go()


@pytest.mark.fault
def test_unplugged_in_mid_call_then_back(rig: Rig) -> None:
    rig.ready()
    rig.core.order(Fault("*", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected) as refusal:
        rig.go()
    assert refusal.value.during
    assert rig.device.health(timeout=LONG).state is HealthState.OFFLINE
    rig.mend()
    rig.go()


def test_every_kind_has_a_simulator_and_faults() -> None:
    bench = SimulatedBench(lambda seconds, cancel: True)
    assert {core.kind for core in bench.cores()} == set(DeviceKind) == set(AVAILABLE)
    assert [device.info.name for device in bench.devices()] == [c.name for c in bench.cores()]
    with pytest.raises(KeyError):
        bench.core("teapot")
