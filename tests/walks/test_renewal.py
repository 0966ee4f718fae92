"""A clean renewal of SIM C, from ticket to handover, on simulators."""

from __future__ import annotations

from desktop.domain.application import ApplicationState
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.services.doubts import Outcome
from tests.walks.world import World


def test_renewal_from_ticket_to_handover(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    _ticket, visit = world.desk.queue.call(world.by)
    world.put_eid(person)
    identity = world.desk.intake.read_eid()
    app = world.desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, LicenceClass.C)
    assert world.desk.requirements.gather(world.by, app.id) == []
    app = world.desk.requirements.check(world.by, app.id)
    app = world.desk.payment.match(world.by, app.id)
    world.photograph(visit.id, person)
    [app] = world.desk.capture.finish(world.by, visit.id)
    app = world.desk.intake.confirm_data(world.by, app.id)

    world.take_over("sri")
    app = world.desk.approvals.approve(world.by, app.id)
    world.give_back()

    world.take_over("rahmat")
    result = world.desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.PRINTED, result.fault
    app = world.desk.issuing.inspect(world.by, app.id)
    world.give_back()

    app = world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert app.state is ApplicationState.CLOSED
    [card] = world.bench.take_output()
    assert card.serial == app.blank_serial
