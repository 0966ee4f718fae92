"""Steps of production, for stories about the machines: a try, what became of it, a new start."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application
from desktop.domain.stock import Blank, BlankState, Job
from desktop.services.doubts import Result
from devices.simulators.faults import Fault, FaultName, PowerGone
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.world import World, open_world


def issue(world: World, app: Application, **how: object) -> Result:
    """One try to make the card."""
    return world.desk.issuing.issue(world.by, app.id, **how)  # type: ignore[arg-type]


def blank(world: World, serial: str) -> Blank:
    """A blank as the books have it."""
    with world.desk.ledger.reading() as r:
        return r.get(Blank, serial)


def stands(world: World, serial: str) -> BlankState:
    """Where a blank stands."""
    return blank(world, serial).state


def job_of(world: World, result: Result) -> Job:
    """The job of a try as it stands now."""
    assert result.job is not None
    with world.desk.ledger.reading() as r:
        return r.get(Job, result.job.id)


def even(world: World) -> None:
    """The stock ledger comes out even, lot by lot."""
    with world.desk.ledger.reading() as r:
        assert all(b.holds for b in world.desk.stock.balances(r, world.desk.frame.shift_id(r)))


def restarted(world: World) -> World:
    """The same profile opened again, on the same machines."""
    metal = world.bench.save()
    folder = world.desk.profile.path
    world.desk.close()
    world.clock.advance(600)
    again = open_world(folder, clock=world.clock, ids_used=2 * IDS_OF_THE_OFFICE)
    again.bench.printer.unload_blanks()
    again.bench.load(metal)
    again.sign_in("andi")
    return again


def cut_at(world: World, device: str, step: str, app: Application) -> World:
    """The PC loses its power at a step of production; the office starts again afterwards."""
    world.bench.order(device, Fault(step, FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        issue(world, app)
    return restarted(world)
