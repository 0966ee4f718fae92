"""The hub lends devices, watches them, and takes them back as they come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

import pytest

from desktop.device_hub import CHIP_STATION, DESK_READER, DeviceHub
from desktop.lanes import InlineLanes, Lanes, raise_it
from desktop.notices import DeviceChanged, Notice, Notices, ScanArrived, at_once
from desktop.sources import VirtualClock
from devices.card_printer import Tray
from devices.device import Cancel, DeviceKind, Health, HealthReason, HealthState, Station
from devices.errors import Busy, NotChosen, NotConnected, OutOfCards, TimedOut
from devices.simulators.bench import SimulatedBench
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.faults import Clears, Fault, FaultName
from devices.simulators.plastic import PlasticCard

SOON = 10.0
LONG = 100.0


class Counter:
    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
        self.bench = SimulatedBench(self.clock.pause)
        self.lanes = InlineLanes(raise_it)
        self.notices = Notices(at_once)
        self.heard: list[Notice] = []
        self.notices.subscribe(self.heard.append)
        self.hub = DeviceHub(self.bench.devices(), self.lanes, self.notices)

    def changed(self) -> list[str]:
        names = [notice.name for notice in self.heard if isinstance(notice, DeviceChanged)]
        self.heard.clear()
        return names


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    made.bench.load_blanks(f"B{number}" for number in range(20))
    made.hub.start()
    made.changed()
    yield made
    made.hub.close()


def test_before_the_start_nothing_is_touched() -> None:
    counter = Counter()
    assert {status.health.state for status in counter.hub.statuses()} == {HealthState.UNKNOWN}
    assert counter.heard == []


def test_after_the_start_everything_is_ready_and_told() -> None:
    counter = Counter()
    counter.bench.load_blanks(f"B{number}" for number in range(20))
    counter.hub.start()
    assert {status.health.state for status in counter.hub.statuses()} == {HealthState.READY}
    assert sorted(counter.changed()) == sorted(core.name for core in counter.bench.cores())
    counter.hub.poll()
    assert counter.changed() == [], "no change, no notice"


def test_each_device_is_watched_on_a_lane_of_its_own() -> None:
    """A silent one keeps nobody waiting but whoever asks for it."""
    counter = Counter()
    lanes = Lanes(lambda deliver: deliver(), lambda crash: None)
    threads: dict[str, str] = {}
    together = threading.Barrier(len(counter.bench.cores()))
    for core in counter.bench.cores():

        def meet(name: str = core.name) -> None:
            together.wait(SOON)  # in one lane the second would never come
            threads[name] = threading.current_thread().name

        lanes.call(core.name, meet)
    assert lanes.wait_idle(SOON)
    assert len(set(threads.values())) == len(counter.bench.cores())
    asked: list[str] = []

    class Noting(InlineLanes):
        def call(self, lane: str, *work: Any, **more: Any) -> None:
            asked.append(lane)
            super().call(lane, *work, **more)

    hub = DeviceHub(counter.bench.devices(), Noting(raise_it), counter.notices)
    hub.start()
    assert sorted(asked) == sorted(core.name for core in counter.bench.cores())
    hub.close()
    lanes.close()


def test_a_job_crosses_printer_and_chip_station(counter: Counter) -> None:
    hub = counter.hub
    with hub.printer() as printer, hub.reader() as reader:
        printer.load_card(timeout=LONG)
        printer.move_to(Station.CONTACTLESS, timeout=LONG)
        reader.write_file(b"licence", timeout=LONG)
        assert reader.read_file(timeout=LONG) == b"licence"
        assert hub.status(DeviceKind.CARD_PRINTER).in_use
        printer.eject(Tray.OUTPUT, timeout=LONG)
    assert not hub.status(DeviceKind.CARD_PRINTER).in_use
    (card,) = counter.bench.take_output()
    counter.bench.put_card_on_reader(card)
    with hub.desk_reader() as reader:
        assert reader.read_file(timeout=LONG) == b"licence"


def test_news_of_a_use_comes_when_it_is_over(counter: Counter) -> None:
    """Else whoever shows the device then says "in use" of one that lies idle."""
    told: list[bool] = []

    def heard(notice: Notice) -> None:
        if isinstance(notice, DeviceChanged) and notice.name == "card_printer":
            told.append(counter.hub.status(DeviceKind.CARD_PRINTER).in_use)

    counter.notices.subscribe(heard)
    with counter.hub.printer() as printer:
        printer.load_card(timeout=LONG)
        printer.eject(Tray.OUTPUT, timeout=LONG)
    counter.bench.order("card_printer", Fault("feed", FaultName.OUT_OF_CARDS))
    with pytest.raises(OutOfCards), counter.hub.printer() as printer:
        printer.load_card(timeout=LONG)
    assert told
    assert not any(told)


def test_what_is_lent_is_busy_at_once(counter: Counter) -> None:
    before = counter.clock.now()
    with counter.hub.printer():
        with pytest.raises(Busy) as refusal, counter.hub.borrow("card_printer"):
            pass
        assert refusal.value.kind is DeviceKind.CARD_PRINTER
        counter.hub.poll()
        with counter.hub.camera():
            pass
    with counter.hub.printer():
        pass
    assert counter.clock.now() == before


def test_a_use_changes_a_device_when_it_begins_and_when_it_ends() -> None:
    clock = VirtualClock(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    bench, notices = SimulatedBench(clock.pause), Notices(at_once)
    hub = DeviceHub(bench.devices(), InlineLanes(raise_it), notices, now=clock.now)
    assert hub.changed_at("camera") is None
    hub.start()
    started = hub.changed_at("camera")
    assert started is not None
    assert started == hub.events("camera")[0].at
    clock.pause(60)
    assert hub.changed_at("camera") == started
    with hub.camera():
        assert hub.changed_at("camera") == clock.now()
        clock.pause(60)
    assert hub.changed_at("camera") == clock.now()
    assert len(hub.events("camera")) == 1, "the log is of states and faults"
    clock.pause(60)
    bench.camera.unplug()
    hub.poll()
    assert hub.changed_at("camera") == clock.now()
    hub.close()


def test_what_isn_t_set_up_is_named(counter: Counter) -> None:
    hub = DeviceHub([], counter.lanes, counter.notices)
    assert not hub.has(DeviceKind.CAMERA)
    with pytest.raises(NotChosen) as refusal, hub.camera():
        pass
    assert refusal.value.kind is DeviceKind.CAMERA
    with pytest.raises(NotChosen), hub.desk_reader():
        pass
    with pytest.raises(NotChosen), hub.printer("card_printer_2"):
        pass
    with pytest.raises(KeyError):
        hub.status("teapot")
    with pytest.raises(TypeError), counter.hub.printer("camera"):
        pass


def test_names_of_a_kind_come_in_order(counter: Counter) -> None:
    assert counter.hub.names(DeviceKind.CARD_READER) == (CHIP_STATION, DESK_READER)
    assert counter.hub.has(DESK_READER)
    with pytest.raises(ValueError, match="name"):
        DeviceHub(
            [counter.bench.adapter("camera"), counter.bench.adapter("camera")],
            counter.lanes,
            counter.notices,
        )


def test_pulled_and_put_back_is_told_both_times(counter: Counter) -> None:
    counter.bench.reader.unplug()
    counter.hub.poll()
    assert set(counter.changed()) == {DESK_READER}
    counter.hub.poll()
    assert counter.changed() == [], "told, and not again each time"
    status = counter.hub.status(DESK_READER)
    assert status.health.state is HealthState.OFFLINE
    assert isinstance(status.fault, NotConnected)
    with pytest.raises(NotConnected), counter.hub.desk_reader():
        pass
    counter.bench.reader.plug()
    counter.hub.poll()
    assert counter.changed() == [DESK_READER]
    assert counter.hub.status(DESK_READER).health.state is HealthState.READY
    assert counter.hub.status(DESK_READER).fault is None


def test_put_back_between_two_polls_a_borrower_finds_it_open(counter: Counter) -> None:
    counter.bench.reader.unplug()
    counter.bench.reader.plug()
    counter.bench.put_card_on_reader(PlasticCard.blank("X"))
    with counter.hub.desk_reader() as reader:
        assert reader.card_present(timeout=LONG)


@pytest.mark.fault
def test_a_fault_in_the_job_is_seen_at_once(counter: Counter) -> None:
    counter.bench.order("card_printer", Fault("feed", FaultName.OUT_OF_CARDS))
    with pytest.raises(OutOfCards), counter.hub.printer() as printer:
        printer.load_card(timeout=LONG)
    assert counter.changed() == ["card_printer"]
    status = counter.hub.status(DeviceKind.CARD_PRINTER)
    assert isinstance(status.fault, OutOfCards)
    assert HealthReason.OUT_OF_CARDS in status.health.reasons
    counter.bench.remedy("card_printer")
    with counter.hub.printer() as printer:
        printer.load_card(timeout=LONG)
    assert counter.hub.status(DeviceKind.CARD_PRINTER).fault is None


@pytest.mark.fault
def test_a_silent_device_is_shown_as_such(counter: Counter) -> None:
    counter.bench.order("camera", Fault("camera", FaultName.SILENT, clears=Clears.OPERATOR))
    with pytest.raises(TimedOut), counter.hub.camera() as camera:
        camera.frame(timeout=2.0)
    health = counter.hub.status(DeviceKind.CAMERA).health
    assert health.state is HealthState.ERROR
    assert health.reasons == (HealthReason.NOT_ANSWERING,)


def test_scans_become_notices_and_stop_with_the_hub(counter: Counter) -> None:
    counter.bench.scan("RR123ID")
    assert counter.heard == [ScanArrived("RR123ID")]
    counter.heard.clear()
    counter.hub.close()
    counter.bench.scan("RR124ID")
    assert counter.heard == []


def test_another_model_in_the_same_place(counter: Counter) -> None:
    other = SimulatedBench(counter.clock.pause)
    other.load_blanks(["N1"])
    with counter.hub.printer(), pytest.raises(Busy):
        counter.hub.replace("card_printer", other.adapter("card_printer"))
    counter.hub.replace("card_printer", other.adapter("card_printer"))
    assert "card_printer" in counter.changed()
    with counter.hub.printer() as printer:
        assert printer.load_card(timeout=LONG).serial == "N1"
    with pytest.raises(ValueError, match="camera"):
        counter.hub.replace("camera", other.adapter("scanner"))
    counter.hub.replace("scanner", other.adapter("scanner"))
    counter.heard.clear()
    counter.bench.scan("old")
    other.scan("new")
    assert counter.heard == [ScanArrived("new")]


class Gated(SimulatedCardPrinter):
    """A printer whose health takes until somebody cancels it."""

    entered: threading.Event
    asked = 0

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        self.asked += 1
        if cancel is not None:
            self.entered.set()
            cancel.wait(SOON)
        return super().health(timeout=timeout, cancel=cancel)


def test_a_watch_makes_room_for_a_job() -> None:
    posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
    crashes: list[BaseException] = []
    bench = SimulatedBench(lambda seconds, cancel: not (cancel and cancel.is_set()))
    bench.load_blanks(["B1"])
    device = Gated(bench.printer, lambda seconds, cancel: True)
    device.entered = threading.Event()
    lanes = Lanes(posted.put, crashes.append)
    hub = DeviceHub([device], lanes, Notices(posted.put))
    hub.start()
    assert device.entered.wait(SOON)
    with hub.printer() as printer:
        assert printer.load_card(timeout=LONG).serial == "B1"
    device.entered.clear()
    hub.poll()
    assert device.entered.wait(SOON)
    with hub.printer():
        pass
    assert lanes.wait_idle(SOON)
    hub.close()
    assert lanes.close()
    assert crashes == []


def test_many_borrowers_never_share(counter: Counter) -> None:
    bench = SimulatedBench(lambda seconds, cancel: True)
    hub = DeviceHub(bench.devices(), counter.lanes, Notices(lambda delivery: None))
    hub.start()
    inside = 0
    most = 0
    served = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most, served
        for _ in range(200):
            try:
                with hub.camera() as camera:
                    with lock:
                        inside += 1
                        most = max(most, inside)
                    camera.frame(timeout=1)
                    with lock:
                        inside -= 1
                        served += 1
            except Busy:
                continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert most == 1
    assert served > 0
