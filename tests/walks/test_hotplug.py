"""Devices come and go in the middle of a visit; the work goes on where it stood."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application, ApplicationState
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState, DoubtAnswer
from desktop.notices import DeviceChanged, Notice
from desktop.services.doubts import Outcome
from devices.device import DeviceKind, HealthReason, HealthState
from devices.errors import NotConnected, OutOfPaper
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import approved, confirmed, ready
from tests.walks.world import World

pytestmark = pytest.mark.fault


@pytest.fixture
def andi(world: World) -> World:
    """Andi at work, every device open and watched."""
    world.sign_in("andi")
    world.desk.hub.start()
    return world


def test_pulled_reader_is_told_both_times_and_the_card_is_read_after_all(andi: World) -> None:
    desk, person = andi.desk, andi.people[1]
    heard: list[str] = []

    def listen(notice: Notice) -> None:
        if isinstance(notice, DeviceChanged):
            heard.append(notice.name)

    desk.notices.subscribe(listen)
    andi.bench.eid.unplug()
    desk.hub.poll()
    assert set(heard) == {"eid_reader"}
    status = desk.hub.status(DeviceKind.EID_READER)
    assert (status.health.state, status.health.reasons) == (
        HealthState.OFFLINE,
        (HealthReason.UNPLUGGED,),
    )
    desk.queue.take_ticket(andi.by, Service.RENEWAL)
    _, visit = desk.queue.call(andi.by)
    andi.put_eid(person)
    with pytest.raises(NotConnected):
        desk.intake.read_eid()
    andi.bench.eid.plug()
    heard.clear()
    desk.hub.poll()
    assert heard == ["eid_reader"]
    identity = desk.intake.read_eid()
    app = desk.intake.register(andi.by, visit.id, identity, Service.RENEWAL, LicenceClass.C)
    assert app.nik == person.nik


def test_reader_pulled_in_mid_read_needs_no_poll_to_work_again(andi: World) -> None:
    andi.put_eid(andi.people[1])
    andi.bench.order("eid_reader", Fault("eid.finger", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected):
        andi.desk.intake.read_eid()
    andi.bench.eid.plug()
    assert andi.desk.intake.read_eid() is not None


@pytest.mark.parametrize("device", ["camera", "signature_pad"])
def test_capture_device_pulled_in_mid_shot_is_taken_up_again(andi: World, device: str) -> None:
    bench, person = andi.bench, andi.people[1]
    step = "camera.capture" if device == "camera" else "pad.capture"
    bench.order(device, Fault(step, FaultName.UNPLUGGED))
    andi.stage.sit(person)
    andi.stage.ready_to_sign(person)
    with pytest.raises(NotConnected), andi.desk.hub.borrow(device) as borrowed:
        borrowed.capture(timeout=5)  # type: ignore[attr-defined]
    bench.pad.wipe()
    bench.core(device).plug()
    assert confirmed(andi, 1).state is ApplicationState.CONFIRMED


def test_unplugged_printer_refuses_before_a_blank_is_reserved(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.printer.unplug()
    with pytest.raises(NotConnected):
        andi.desk.issuing.issue(andi.by, app.id)
    with andi.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state is ApplicationState.APPROVED
        assert r.count(Blank, state=BlankState.RESERVED) == 0
    andi.bench.printer.plug()
    assert andi.desk.issuing.issue(andi.by, app.id).outcome is Outcome.PRINTED


def test_printer_pulled_in_mid_card_leaves_one_question_and_never_a_second_card(
    andi: World,
) -> None:
    desk, bench = andi.desk, andi.bench
    app = approved(andi, 1)
    bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    result = desk.issuing.issue(andi.by, app.id)
    assert result.outcome is Outcome.IN_DOUBT
    bench.printer.plug()
    desk.hub.poll()
    assert desk.hub.status(DeviceKind.CARD_PRINTER).health.reasons == (HealthReason.CARD_INSIDE,)
    job = result.job
    assert job is not None
    doubt = desk.issuing.examine(job.id)
    assert (doubt.card_inside, doubt.half_printed) == (True, True)
    assert doubt.advice is DoubtAnswer.CARD_SPOILED
    desk.issuing.answer(andi.by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=True)
    again = desk.issuing.issue(andi.by, app.id)
    assert again.outcome is Outcome.PRINTED
    assert len(bench.take_output()) == 1


def test_receipt_waits_for_paper_and_is_printed_once(andi: World) -> None:
    desk, bench = andi.desk, andi.bench
    app = ready(andi, 1)
    (card,) = bench.take_output()
    app = desk.handover.hand_over(andi.by, app.id, card.serial)
    made = desk.papers.handover_receipt(andi.by, [app.id])
    bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    with pytest.raises(OutOfPaper):
        desk.papers.print(andi.by, made.paper.id)
    assert bench.take_papers() == []
    bench.paper.load_paper()
    desk.papers.print(andi.by, made.paper.id)
    assert [paper.pdf for paper in bench.take_papers()] == [made.pdf]


def test_what_a_device_did_is_remembered_latest_first(andi: World) -> None:
    hub, bench = andi.desk.hub, andi.bench
    bench.camera.cut_power()
    hub.poll()
    andi.clock.advance(60)
    bench.camera.restore_power()
    hub.poll()
    events = hub.events("camera")
    told = [
        type(e.fault).__name__ if e.fault else e.health.state for e in events if e.health or e.fault
    ]
    assert told == [HealthState.READY, "NotConnected", HealthState.OFFLINE, HealthState.READY]
    assert (events[0].at - events[1].at).total_seconds() >= 60
