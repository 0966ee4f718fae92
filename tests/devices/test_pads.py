"""Decoders of pads, signatures in their channels, STU and on-screen pads."""

from __future__ import annotations

import hashlib
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.adapters.screen_pad import ScreenPad
from devices.adapters.stu_pad import StuPad
from devices.device import HealthReason, HealthState
from devices.errors import Cancelled, Garbage, NoSignature, NotConnected, PenStuck, TimedOut
from devices.pen_trace import Area, PenTrace
from devices.signature_channels import NotStrokes, strokes_json, strokes_of_json
from devices.simulators.pen import scribble
from devices.simulators.topaz_serial import packets_of
from devices.strokes import PenPoint, Strokes, strokes_png, strokes_svg
from devices.wire import stu, topaz
from devices.wire.hid_reports import RecordedReports

LONG = 20.0

# -- Topaz -------------------------------------------------------------------------------------

coordinates = st.integers(0, topaz.MOST)
pens = st.builds(topaz.PenPacket, coordinates, coordinates, st.booleans(), st.booleans()).filter(
    lambda p: not p.x == p.y == topaz.MOST
)
packets = st.one_of(
    pens,
    st.builds(topaz.PressurePacket, st.integers(0, 1023)),
    st.builds(topaz.AboutPacket, st.integers(0, 63), st.integers(0, (1 << 14) - 1)),
)


@given(st.lists(packets, max_size=30), st.data())
def test_packets_survive_however_they_are_cut(
    sent: list[topaz.Packet], data: st.DataObject
) -> None:
    raw = b"".join(topaz.encode(packet) for packet in sent)
    decoder, heard = topaz.TopazDecoder(), []
    while raw:
        size = data.draw(st.integers(1, len(raw)))
        heard += decoder.feed(raw[:size])
        raw = raw[size:]
    assert heard == sent
    assert (decoder.good, decoder.bad) == (len(sent), 0)


@given(st.binary(max_size=400), st.lists(pens, min_size=1, max_size=5))
def test_after_any_rubbish_the_next_packets_are_found(
    rubbish: bytes, sent: list[topaz.Packet]
) -> None:
    decoder = topaz.TopazDecoder()
    decoder.feed(rubbish)
    heard = decoder.feed(b"".join(topaz.encode(packet) for packet in sent))
    assert heard[-len(sent) :] == sent


@given(st.binary(max_size=2000))
def test_nothing_leaves_the_pad_s_bounds(rubbish: bytes) -> None:
    for packet in topaz.TopazDecoder().feed(rubbish):
        if isinstance(packet, topaz.PenPacket):
            assert 0 <= packet.x <= topaz.MOST
            assert 0 <= packet.y <= topaz.MOST


@pytest.mark.parametrize(
    "raw",
    [b"\xc1\x00\x20\x00\x00", b"\xc1\x00\x00\x00\x40", b"\xc1\x7f\x1f\x7f\x1f", b"\xcc\0\0\0\0"],
)
def test_a_packet_out_of_bounds_is_refused(raw: bytes) -> None:
    decoder = topaz.TopazDecoder()
    assert decoder.feed(raw) == []
    assert decoder.bad == 1


def test_a_packet_beyond_the_pad_isn_t_sent() -> None:
    for packet in (
        topaz.PenPacket(4096, 0, near=True, down=True),
        topaz.PenPacket(4095, 4095, near=True, down=True),
        topaz.PressurePacket(1024),
        topaz.AboutPacket(64, 0),
    ):
        with pytest.raises(ValueError):
            topaz.encode(packet)


def test_every_model_has_room_for_a_signature() -> None:
    for model in topaz.MODELS.values():
        assert all(topaz.encode(packet) for packet in packets_of(scribble(1), model))


# -- the trace ---------------------------------------------------------------------------------


def test_a_jump_and_back_is_no_ink() -> None:
    trace = PenTrace(Area(2000, 1000, 16.1), 1.0)
    for index in range(20):
        x = 1900 if index == 10 else 100 + index
        trace.add(x, 500, index * 3.0, down=True)
    assert [p.x for p in trace.strokes().points if p.tip] == [100 + i for i in range(20) if i != 10]


def test_a_hovering_pen_draws_nothing_and_the_end_is_when_it_stays_away() -> None:
    trace = PenTrace(Area(2000, 1000, 16.1), 1.0)
    trace.add(5, 5, 0, down=False)
    assert not trace.is_done(10_000)
    for index in range(5):
        trace.add(100 + index, 500, 100.0 + index, down=True)
    trace.add(105, 500, 106.0, down=False)
    trace.add(700, 700, 107.0, down=False)
    assert not trace.is_done(900)
    assert trace.is_done(1200)
    assert len(trace.strokes().points) == 6
    trace.clear()
    assert not trace.inked


@given(
    st.lists(
        st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999), st.integers(0, 50),
                  st.booleans(), st.integers(-1, 5000)),
        max_size=60,
    )
)  # fmt: skip
def test_whatever_a_pad_sends_is_a_signature_that_can_be_kept(
    samples: list[tuple[int, int, int, bool, int]],
) -> None:
    trace, now = PenTrace(Area(2000, 1000, 16.1), 1.0), 0.0
    for x, y, gap, down, pressure in samples:
        now += gap
        trace.add(x, y, now, down=down, pressure=pressure)
    strokes = trace.strokes()
    assert strokes_of_json(strokes_json(strokes)) == strokes
    strokes_svg(strokes)


# -- channels ----------------------------------------------------------------------------------


def test_time_pressure_and_units_are_kept() -> None:
    strokes = replace(scribble(4), per_mm=20.0)
    again = strokes_of_json(strokes_json(strokes))
    assert again == strokes
    assert strokes_svg(again) == strokes_svg(strokes)
    assert strokes_png(again) == strokes_png(strokes)


def test_the_same_strokes_always_give_the_same_bytes() -> None:
    strokes = scribble(7)
    assert digest(strokes_svg(strokes).encode()) == "60ca7d518256ea7b"
    assert digest(strokes_json(strokes)) == "300198b80aebcdc3"
    with Image.open(io.BytesIO(strokes_png(strokes))) as picture:
        assert picture.size == (600, 200)
        assert digest(picture.tobytes()) == "4d012ee6512e1e2a"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@given(st.binary(max_size=300))
def test_rubbish_is_no_signature(data: bytes) -> None:
    with pytest.raises(NotStrokes):
        strokes_of_json(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"format":"ISO', b'"format":"ASO'),
        (b'"maximum":3200', b'"maximum":32'),
        (b'"maximum":3200', b'"maximum":-1'),
        (b"[[", b"[[-1,0,0,0,1],["),
        (b"[[", b"[[1,1,9999999,0,1],["),
        (b"[[", b"[[1,1,0,0,2],["),
        (b"[[", b"[[1,1,0,5000,1],["),
        (b'"samples"', b'"samplez"'),
    ],
)
def test_a_changed_record_is_refused(old: bytes, new: bytes) -> None:
    data = strokes_json(scribble(2))
    assert old in data
    with pytest.raises(NotStrokes):
        strokes_of_json(data.replace(old, new))


# -- STU ---------------------------------------------------------------------------------------

FEATURES = {
    stu.CAPABILITY: bytes.fromhex("09 2a30 1950 03ff 0320 01e0 c8 00 00"),
    stu.INFORMATION: b"\x08STU-540\x01\x02\x03\x04\x00",
    stu.SERIAL: b"\x0f7AAB00123\x00\x00",
}


def recorded(strokes: Strokes, *, timed: bool = True) -> list[bytes | None]:
    """The reports that a pad would send for a signature, and its leaving."""
    reports: list[bytes | None] = []
    last = strokes.points[-1]
    away = PenPoint(last.x, last.y, last.t + 5, 0, tip=False)
    for index, p in enumerate((*strokes.points, away)):
        times = (60_000 + p.t, index) if timed else (None, None)
        x, y = p.x * 10800 // strokes.width, p.y * 6480 // strokes.height
        reports.append(stu.encode_pen(stu.PenReport(x, y, p.pressure, 0xC, *times)))
    return reports


class Pad:
    """An STU pad fed from a recording, with a clock that runs while it is read."""

    def __init__(
        self, reports: list[bytes | None], features: dict[int, bytes] | None = None
    ) -> None:
        self.now, self.step = 0.0, 1.0
        self.wire = RecordedReports(reports, features or FEATURES, waiting=self._wait)
        self.device = StuPad("signature_pad", lambda: self.wire, 0.5, now=self._tick)

    def _tick(self) -> float:
        self.now += self.step
        return self.now

    def _wait(self, seconds: float) -> None:
        self.now += 100.0


def test_recorded_reports_become_a_signature() -> None:
    pad = Pad(recorded(scribble(1)))
    pad.device.open(timeout=LONG)
    strokes = pad.device.capture(timeout=LONG)
    assert (strokes.width, strokes.height) == (10800, 6480)
    assert len(list(strokes.runs())) == len(list(scribble(1).runs()))
    assert sum(p.tip for p in strokes.points) == sum(p.tip for p in scribble(1).points)
    assert pad.device.info.model == "STU-540"
    assert pad.device.info.serial == "7AAB00123"
    assert pad.device.info.firmware == "1.2.3.4"
    assert pad.wire.written[:2] == [bytes((stu.WRITING_MODE, 1)), bytes((stu.INK, 0))]
    assert pad.wire.written[2:] == [b"\x20\x00", b"\x21\x01", b"\x21\x00"]
    pad.device.close()
    assert pad.wire.closed


def test_without_the_pad_s_times_the_counter_s_are_taken() -> None:
    pad = Pad(recorded(scribble(1), timed=False))
    pad.device.open(timeout=LONG)
    strokes = pad.device.capture(timeout=LONG)
    assert [p.t for p in strokes.points[:4]] == [0, 1, 2, 3]


@pytest.mark.fault
@pytest.mark.parametrize(
    ("reports", "named", "timeout"),
    [
        ([b"\x34\x00"] * 400, Garbage, 0.2),
        ([b"\x01\x01\xff\x00\x10\x00\x10", None], NotConnected, LONG),
        ([], NoSignature, 0.2),
        ([b"\x01\x01\xff\x00\x10\x00\x10"] * 6000, PenStuck, LONG),
        ([b"\x10rubbish"] * 50, NoSignature, 0.2),
    ],
    ids=["garbage", "pulled", "nobody", "stuck", "other reports"],
)
def test_what_can_go_wrong_is_named(
    reports: list[bytes | None], named: type[Exception], timeout: float
) -> None:
    """What only waiting can tell is waited for shortly; the others end by themselves."""
    pad = Pad(list(reports))
    pad.device.open(timeout=LONG)
    with pytest.raises(named):
        pad.device.capture(timeout=timeout)
    assert pad.device.is_open is (named is not NotConnected)


def test_half_a_signature_on_an_stu_is_none() -> None:
    moving = [stu.encode_pen(stu.PenReport(100 + 20 * i, 500, 300, 0)) for i in range(30)]
    pad = Pad([*moving])
    pad.step, pad.wire.waiting = 0.0, lambda seconds: None
    pad.device.open(timeout=LONG)
    with pytest.raises(TimedOut):
        pad.device.capture(timeout=0.05)


def test_a_device_that_is_no_stu_is_refused() -> None:
    for features in ({stu.CAPABILITY: b"\x09\0\0"}, {stu.CAPABILITY: b"\x09" + bytes(20)}):
        pad = Pad([], features)
        with pytest.raises(Garbage):
            pad.device.open(timeout=LONG)
        assert pad.wire.closed
    with pytest.raises(NotConnected):
        Pad([], {1: b""}).device.open(timeout=LONG)


def test_an_stu_s_health() -> None:
    pad = Pad([])
    assert pad.device.health(timeout=1).state is HealthState.UNKNOWN
    pad.device.open(timeout=LONG)
    pad.device.open(timeout=LONG)
    assert pad.device.health(timeout=1).usable
    pad.wire.features = {stu.CAPABILITY: b"?"}
    assert pad.device.health(timeout=1).reasons == (HealthReason.GARBLED,)
    pad.wire.features = {}
    assert pad.device.health(timeout=1).reasons == (HealthReason.UNPLUGGED,)
    assert not pad.device.is_open
    with pytest.raises(NotConnected):
        pad.device.capture(timeout=1)


@given(st.binary(max_size=64))
def test_any_report_is_survived(report: bytes) -> None:
    for reader in (stu.read_pen, stu.read_capability, stu.read_information, stu.read_serial):
        try:
            reader(report)
        except stu.NotStu:
            pass


@given(
    st.builds(stu.PenReport, st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 4095),
              st.integers(0, 15), st.integers(0, 65535), st.integers(0, 65535))
)  # fmt: skip
def test_a_pen_report_is_read_as_it_was_sent(sample: stu.PenReport) -> None:
    assert stu.read_pen(stu.encode_pen(sample)) == sample


# -- on the screen -----------------------------------------------------------------------------


def test_what_is_drawn_on_the_screen_arrives_while_it_is_wanted() -> None:
    pad = ScreenPad("signature_pad")
    with pytest.raises(NotConnected):
        pad.capture(timeout=1)
    pad.open(timeout=LONG)
    assert not pad.inlet.give(scribble(1))
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(pad.capture, timeout=LONG)
        while not pad.inlet.give(scribble(2)):
            assert not waiting.done()
        assert waiting.result(LONG) == scribble(2)
    assert not pad.inlet.wanted


def test_nobody_draws_or_somebody_gives_up() -> None:
    pad = ScreenPad("signature_pad")
    pad.open(timeout=LONG)
    with pytest.raises(NoSignature):
        pad.capture(timeout=0.01)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        pad.capture(timeout=LONG, cancel=cancel)
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(pad.capture, timeout=LONG)
        while not pad.inlet.give(Strokes((PenPoint(0, 0, 0, 0, tip=False),), 10, 10)):
            assert not waiting.done()
        with pytest.raises(NoSignature):
            waiting.result(LONG)
