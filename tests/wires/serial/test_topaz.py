"""A Topaz pad on a real line discipline: what is signed arrives, whatever the cable does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from devices.adapters.topaz_pad import TopazPad
from devices.device import HealthReason, HealthState
from devices.errors import (
    Busy,
    Cancelled,
    DeviceFault,
    Garbage,
    NoSignature,
    NotConnected,
    PenStuck,
    TimedOut,
)
from devices.simulators.faults import Fault, FaultName
from devices.simulators.pen import scribble
from devices.simulators.topaz_serial import TopazSerial, packets_of
from devices.strokes import Strokes, strokes_png, strokes_svg
from devices.wire.tape import Hidden
from devices.wire.topaz import CLEAR, MODELS, PenPacket

pytestmark = pytest.mark.serial

MODEL = "siglite_lcd_1x5"
LONG = 20.0


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether it comes true within that time."""
    end, tick = time.monotonic() + seconds, threading.Event()
    while not true():
        if time.monotonic() > end:
            return False
        tick.wait(0.002)
    return True


class Heard:
    """A tape that remembers, and tells when the pad is being listened to."""

    recording = True

    def __init__(self) -> None:
        self.said: list[object] = []
        self.listening = threading.Event()

    def sent(self, *pieces: bytes | Hidden) -> None:
        self.said += [("sent", piece) for piece in pieces]

    def heard(self, *pieces: bytes | Hidden) -> None:
        self.said += [("heard", piece) for piece in pieces]

    def noted(self, what: str) -> None:
        self.said.append(what)
        if what == "pad.capture":
            self.listening.set()


class PadClock:
    """The pad's time, by what comes down the cable: a busy machine ends no signature early.

    It creeps while the far end has more to send, however long that takes. Once that is `over` and
    nothing is left to read it hurries: the pen stays away, or the caller's time runs out.
    """

    def __init__(self) -> None:
        self.over: Callable[[], bool] = lambda: False
        self.waiting: Callable[[], int] = lambda: 0
        self._at = 0.0

    def __call__(self) -> float:
        self._at += 0.2 if self.over() and not self.waiting() else 0.001
        return self._at


class Desk:
    """A pad on its cable, its adapter, and somebody who signs."""

    def __init__(self, port: Path, model: str = MODEL, rate: float = 0) -> None:
        self.far = TopazSerial(port, model, rate=rate)
        self.tape = Heard()
        self.clock = PadClock()
        self.pad = TopazPad(
            "signature_pad", str(port), MODELS[model], tape=self.tape, clock=self.clock
        )
        self.clock.waiting = self._waiting
        self._people = ThreadPoolExecutor(1)

    def _waiting(self) -> int:
        port = self.pad.line.port
        try:
            return 0 if port is None else port.in_waiting
        except (OSError, TypeError):
            return 0  # the cable was pulled

    def capture(
        self, cancel: threading.Event | None = None, *, timeout: float = LONG
    ) -> Future[Strokes]:
        """`timeout` is by the pad's clock."""
        ended = self.far.ended
        self.clock.over = lambda: self.far.ended > ended
        return self._people.submit(self.pad.capture, timeout=timeout, cancel=cancel)

    def signed(self, *faults: Fault, seed: int = 1) -> Strokes:
        self.far.core.order(*faults)
        self.far.core.sign(scribble(seed))
        return self.capture().result(LONG)

    def close(self) -> None:
        self._people.shutdown()
        self.pad.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "ttyTOPAZ")
    with made.far:
        made.pad.open(timeout=LONG)
        yield made
        made.close()


def sent_points(seed: int = 1) -> list[tuple[int, int]]:
    model = MODELS[MODEL]
    return [
        (p.x - model.left, p.y - model.top)
        for p in packets_of(scribble(seed), model)
        if isinstance(p, PenPacket) and p.down
    ]


def inked(strokes: Strokes) -> list[tuple[int, int]]:
    return [(point.x, point.y) for point in strokes.points if point.tip]


def test_a_signature_arrives_sample_by_sample(desk: Desk) -> None:
    strokes = desk.signed()
    assert inked(strokes) == sent_points()
    assert len(list(strokes.runs())) == len(list(scribble(1).runs()))
    assert {p.pressure for p in strokes.points if p.tip} == {
        p.pressure for p in scribble(1).points if p.tip
    }
    assert strokes.forced
    assert round(strokes.per_mm, 1) == 16.1
    assert strokes.milliseconds > 0
    assert desk.pad.lost == 0
    assert desk.pad.info.serial == "1234"


def test_the_same_signature_gives_the_same_pictures(desk: Desk) -> None:
    first, second = desk.signed(), desk.signed()
    assert strokes_svg(first) == strokes_svg(second)
    assert strokes_png(first) == strokes_png(second)


def test_at_the_line_s_full_rate_nothing_is_lost(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "tty", rate=350)
    with desk.far:
        desk.pad.open(timeout=LONG)
        assert inked(desk.signed()) == sent_points()
        desk.close()


def test_the_line_is_19200_with_odd_parity_and_ours_alone(desk: Desk) -> None:
    port = desk.pad.line.port
    assert port is not None
    assert (port.baudrate, port.bytesize, port.stopbits, port.exclusive) == (19200, 8, 1, True)
    # Pseudo-terminals have no parity bit; what would be asked of a real port stands here.
    assert desk.pad.line.settings.parity == "O"
    second = TopazPad("signature_pad", desk.far.port, MODELS[MODEL])
    with pytest.raises(Busy):
        second.open(timeout=LONG)


def test_a_pattern_finds_the_port_wherever_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.pad.close()
    pad = TopazPad("signature_pad", f"{tmp_path}/tty*", MODELS[MODEL])
    pad.open(timeout=LONG)
    assert pad.is_open
    pad.close()
    with pytest.raises(NotConnected):
        TopazPad("signature_pad", f"{tmp_path}/com*", MODELS[MODEL]).open(timeout=LONG)
    with pytest.raises(NotConnected):
        TopazPad("signature_pad", "usb:ffff:0001", MODELS[MODEL]).open(timeout=LONG)


@pytest.mark.fault
@pytest.mark.parametrize(
    "fault", [FaultName.LOST_PACKETS, FaultName.CUT_PACKETS, FaultName.BROKEN_PACKETS]
)
def test_a_few_bad_packets_cost_only_themselves(desk: Desk, fault: FaultName) -> None:
    orders = [Fault("pad.capture", fault, skip=20 + 15 * index) for index in range(8)]
    strokes = desk.signed(*orders)
    whole = sent_points()
    assert len(inked(strokes)) >= len(whole) - 16
    # What is left is the signature: nothing jumps away from where the hand was.
    known = set(whole)
    strange = [
        (x, y) for x, y in inked(strokes)
        if (x, y) not in known and min(abs(x - a) + abs(y - b) for a, b in whole) > 400
    ]  # fmt: skip
    assert strange == []


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (Fault("pad.capture", FaultName.CUT_PACKETS, count=10_000), Garbage),
        (Fault("pad.capture", FaultName.GARBAGE), Garbage),
        (Fault("pad.capture", FaultName.NO_STROKES), NoSignature),
        (Fault("pad.capture", FaultName.SILENT), NoSignature),
        (Fault("pad.capture", FaultName.UNPLUGGED, skip=60), NotConnected),
        (Fault("pad.capture", FaultName.POWER_CUT, skip=60), NotConnected),
    ],
    ids=lambda value: value.fault.value if isinstance(value, Fault) else "",
)
def test_what_the_cable_does_is_named_and_over_afterwards(
    desk: Desk, fault: Fault, named: type[DeviceFault]
) -> None:
    with pytest.raises(named):
        desk.signed(fault)
    desk.far.core.script.withdraw()
    desk.far.remedy()
    if not desk.pad.is_open:
        assert desk.pad.health(timeout=LONG).state is HealthState.UNKNOWN
        desk.pad.close()
        desk.pad.open(timeout=LONG)
    assert inked(desk.signed(seed=2))[-20:] == sent_points(2)[-20:]


@pytest.mark.fault
def test_a_pen_that_lies_on_the_pad_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as soon:
        soon.setattr("devices.pen_trace.STUCK_SECONDS", 0.2)
        with pytest.raises(PenStuck):
            desk.signed(Fault("pad.capture", FaultName.STUCK_PEN, skip=40))
    assert inked(desk.signed())[-20:] == sent_points()[-20:]


@pytest.mark.fault
def test_half_a_signature_is_none(desk: Desk) -> None:
    desk.far.core.order(Fault("pad.capture", FaultName.SLOW, skip=60, seconds=LONG * 10))
    desk.far.core.sign(scribble(1))
    capture = desk.capture(timeout=3)  # before the pen counts as lying there
    desk.clock.over = lambda: desk.far.sent >= 60
    with pytest.raises(TimedOut):
        capture.result(LONG)


def test_unplugged_while_nobody_signs_and_put_back(desk: Desk) -> None:
    capture = desk.capture()
    assert desk.tape.listening.wait(LONG)
    desk.far.unplug()
    with pytest.raises(NotConnected) as refusal:
        capture.result(LONG)
    assert refusal.value.during == "pad.capture"
    with pytest.raises(NotConnected):
        desk.pad.open(timeout=LONG)
    desk.far.plug()
    desk.pad.open(timeout=LONG)
    assert inked(desk.signed()) == sent_points()


def test_a_pad_that_lost_its_power_was_not_asked(desk: Desk) -> None:
    """Else it would send what is signed before anybody listens, and the beginning were lost."""
    capture = desk.capture()
    assert desk.far._asked.wait(LONG)
    desk.far.unplug()
    with pytest.raises(NotConnected):
        capture.result(LONG)
    desk.far.plug()
    assert not desk.far._asked.is_set()


def test_health_sees_the_cable(desk: Desk) -> None:
    assert desk.pad.health(timeout=LONG).usable
    desk.far.unplug()
    assert desk.pad.health(timeout=LONG).reasons == (HealthReason.UNPLUGGED,)
    assert not desk.pad.is_open
    desk.pad.close()
    assert desk.pad.health(timeout=LONG).reasons == (HealthReason.CLOSED,)


def test_a_wait_can_be_cancelled(desk: Desk) -> None:
    cancel = threading.Event()
    capture = desk.capture(cancel=cancel)
    assert desk.tape.listening.wait(LONG)
    cancel.set()
    with pytest.raises(Cancelled):
        capture.result(LONG)
    with pytest.raises(Cancelled):
        desk.pad.capture(timeout=LONG, cancel=cancel)
    with pytest.raises(Cancelled):
        desk.pad.health(timeout=LONG, cancel=cancel)


def test_a_closed_pad_refuses(desk: Desk) -> None:
    desk.pad.close()
    desk.pad.close()
    for _ in range(2):
        with pytest.raises(NotConnected):
            desk.pad.capture(timeout=1)
    desk.pad.open(timeout=LONG)
    desk.pad.open(timeout=LONG)


def test_what_was_drawn_before_doesn_t_count(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "tty", "siglite_1x5")
    with desk.far:
        desk.pad.open(timeout=LONG)
        desk.far.line.send(b"\xc1\x10\x08\x10\x08" * 50)
        port = desk.pad.line.port
        assert port is not None
        assert until(lambda: port.in_waiting == 250)
        capture = desk.capture()
        assert desk.tape.listening.wait(LONG)
        desk.far.scrawl(scribble(3))
        strokes = capture.result(LONG)
        assert (16 + 1024 - 500, 16 + 1024 - 700) not in inked(strokes)
        desk.close()


def test_a_recording_shows_no_signature(desk: Desk) -> None:
    desk.signed()
    assert ("sent", CLEAR) in desk.tape.said
    heard = [piece for kind, piece in filter(lambda x: isinstance(x, tuple), desk.tape.said)
             if kind == "heard"]  # fmt: skip
    assert heard
    assert all(isinstance(piece, Hidden) for piece in heard)
