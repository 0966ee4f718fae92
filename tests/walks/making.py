"""Short ways to a case in a certain state, for walks that are about something else."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor
from desktop.domain.service import Service
from desktop.services.doubts import Outcome
from tests.walks.world import PASSWORDS, World


def confirmed(world: World, number: int) -> Application:
    """A renewal of C by Andi, up to the approver's desk."""
    desk, person = world.desk, world.people[number]
    desk.queue.take_ticket(world.by, Service.RENEWAL)
    _, visit = desk.queue.call(world.by)
    world.put_eid(person)
    identity = desk.intake.read_eid()
    app = desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, LicenceClass.C)
    assert desk.requirements.gather(world.by, app.id) == []
    desk.requirements.check(world.by, app.id)
    desk.payment.match(world.by, app.id)
    world.photograph(visit.id, person)
    desk.capture.finish(world.by, visit.id)
    return desk.intake.confirm_data(world.by, app.id)


def approved(world: World, number: int) -> Application:
    """The same, approved by Sri in a session of her own."""
    app = confirmed(world, number)
    world.take_over("sri")
    app = world.desk.approvals.approve(world.by, app.id)
    world.give_back()
    return app


def ready(world: World, number: int) -> Application:
    """The same, printed and inspected."""
    app = approved(world, number)
    result = world.desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.PRINTED, result.fault
    return world.desk.issuing.inspect(world.by, app.id)


def witness(world: World, name: str) -> Actor:
    """A second officer signs in beside the first."""
    return world.desk.duty.second(world.by, *PASSWORDS[name])
