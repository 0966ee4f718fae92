"""The hub over real readers: cards, readers and the service come and go while the counter works."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from desktop.device_hub import CHIP_STATION, DESK_READER, DeviceHub
from desktop.lanes import Lanes, raise_it
from desktop.notices import DeviceChanged, Notices, at_once
from devices.catalog import DeviceChoice, make_devices
from devices.device import Deadline, DeviceKind, HealthReason, HealthState
from devices.errors import (
    CardMissing,
    CardMute,
    EidModuleMissing,
    NotConnected,
    ServiceStopped,
)
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard, chip_uid
from tests.wires.pcsc.conftest import LONG, SOON
from tests.wires.rigs.pcscd import PcscdRig

pytestmark = pytest.mark.pcsc


class Counter:
    """A chip station, a reader on the desk and a KTP-el reader, chosen by their names.

    A chip has `seconds` to answer: few only where one is mute, or a busy machine makes others so.
    """

    def __init__(self, seconds: float) -> None:
        answer = {"answer_seconds": seconds}
        choices = [
            DeviceChoice(
                DeviceKind.CARD_READER,
                CHIP_STATION,
                "pcsc_reader",
                {"reader_name": "*00", **answer},
            ),
            DeviceChoice(
                DeviceKind.CARD_READER, DESK_READER, "pcsc_reader", {"reader_name": "*01", **answer}
            ),
            DeviceChoice(
                DeviceKind.EID_READER, "eid_reader", "pcsc_eid", {"reader_name": "*01", **answer}
            ),
        ]
        self.lanes = Lanes(at_once, raise_it)
        notices = Notices(at_once)
        self.told: list[str] = []
        notices.subscribe(self.hear)
        self.hub = DeviceHub(make_devices(choices, lambda s, c: True), self.lanes, notices)

    def hear(self, notice: object) -> None:
        if isinstance(notice, DeviceChanged):
            self.told.append(notice.name)

    def until(self, name: str, state: HealthState) -> tuple[HealthReason, ...]:
        """Poll as the counter's timer does until a device is so; its reasons."""
        patience = Deadline(LONG)
        while self.hub.status(name).health.state is not state:
            assert patience.left(), self.hub.status(name)
            self.hub.poll()
            assert self.lanes.wait_idle(LONG)
        assert name in self.told
        return self.hub.status(name).health.reasons


@pytest.fixture
def seconds() -> float:
    """How long a chip of the counter may take to answer."""
    return 60.0


@pytest.fixture
def counter(pcscd: PcscdRig, seconds: float) -> Iterator[Counter]:
    made = Counter(seconds)
    made.hub.start()
    for name in (CHIP_STATION, DESK_READER, "eid_reader"):
        made.until(name, HealthState.READY)
    yield made
    made.lanes.close(timeout=SOON)
    made.hub.close()


def test_each_station_has_its_own_card(counter: Counter, pcscd: PcscdRig) -> None:
    pcscd.slot(0).insert(PlasticCard.blank("printer"))
    pcscd.slot(1).insert(PlasticCard.blank("desk"))
    with counter.hub.reader() as station, counter.hub.desk_reader() as desk:
        assert station.wait_card(timeout=SOON)
        assert station.uid(timeout=SOON) == chip_uid("printer")
        assert desk.uid(timeout=SOON) == chip_uid("desk")
        station.write_file(b"licence", timeout=SOON)
        assert station.read_file(timeout=SOON) == b"licence"
        desk.close()
    with counter.hub.eid_reader() as eid, pytest.raises(EidModuleMissing):
        eid.read(timeout=SOON)


@pytest.mark.fault
def test_a_reader_goes_in_mid_job_and_another_takes_its_place(
    counter: Counter, pcscd: PcscdRig
) -> None:
    pcscd.slot(0).insert(PlasticCard.blank("one"))
    with pytest.raises(NotConnected), counter.hub.reader() as reader:  # noqa: PT012
        reader.wait_card(timeout=SOON)
        pcscd.refit()
        reader.write_file(b"licence", timeout=SOON)
    assert counter.hub.status(CHIP_STATION).health.state is HealthState.OFFLINE
    counter.until(DESK_READER, HealthState.OFFLINE)
    with pytest.raises(NotConnected), counter.hub.reader():
        pass
    pcscd.refit("Loket Baru")
    counter.until(CHIP_STATION, HealthState.READY)
    assert counter.hub.status(CHIP_STATION).info.model == "Loket Baru 00 00"
    assert counter.hub.status(CHIP_STATION).fault is None
    pcscd.slot(0).insert(PlasticCard.blank("two"))
    with counter.hub.reader() as reader:
        assert reader.uid(timeout=SOON) == chip_uid("two")


@pytest.mark.fault
def test_the_service_dies_and_the_counter_goes_on_by_itself(
    counter: Counter, pcscd: PcscdRig
) -> None:
    pcscd.kill()
    assert counter.until(CHIP_STATION, HealthState.OFFLINE) == (HealthReason.SERVICE_STOPPED,)
    with pytest.raises(ServiceStopped), counter.hub.reader():
        pass
    pcscd.start()
    counter.until(CHIP_STATION, HealthState.READY)
    pcscd.slot(0).insert(PlasticCard.blank("one"))
    with counter.hub.reader() as reader:
        assert reader.uid(timeout=SOON) == chip_uid("one")


@pytest.mark.fault
@pytest.mark.parametrize("seconds", [2.0])
def test_a_mute_card_keeps_neither_the_lane_nor_the_next_card(
    counter: Counter, pcscd: PcscdRig
) -> None:
    slot = pcscd.slot(0)
    slot.insert(PlasticCard.blank("mute"))
    slot.order(Fault("chip.select", FaultName.MUTE))
    ended: SimpleQueue[Exception | None] = SimpleQueue()

    def job() -> None:
        with counter.hub.reader() as reader:
            reader.wait_card(timeout=SOON)
            reader.write_file(b"licence", timeout=LONG)

    def asked() -> bool:
        return True

    counter.lanes.call(CHIP_STATION, job, failed=ended.put)
    assert isinstance(ended.get(timeout=LONG), CardMute)
    answered: SimpleQueue[bool] = SimpleQueue()
    counter.lanes.call(CHIP_STATION, asked, answered.put)
    assert answered.get(timeout=LONG), "the lane works on"
    assert counter.hub.status(CHIP_STATION).health.reasons == (HealthReason.NOT_ANSWERING,)
    slot.remove()
    counter.until(CHIP_STATION, HealthState.READY)
    slot.insert(PlasticCard.blank("next"))
    with counter.hub.reader() as reader:
        reader.wait_card(timeout=SOON)
        reader.write_file(b"licence", timeout=SOON)
        assert reader.read_file(timeout=SOON) == b"licence"


def test_a_card_taken_away_is_missed_and_nothing_else(counter: Counter, pcscd: PcscdRig) -> None:
    pcscd.slot(0).insert(PlasticCard.blank("one"))
    with counter.hub.reader() as reader:
        reader.wait_card(timeout=SOON)
        pcscd.slot(0).remove()
        with pytest.raises(CardMissing):
            reader.read_file(timeout=SOON)
        assert not reader.card_present(timeout=SOON)
    assert counter.hub.status(CHIP_STATION).health.usable
