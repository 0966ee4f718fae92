"""Two jobs in doubt on one machine that reads no serial: each is asked about its own card alone."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from desktop.domain.stock import DoubtAnswer
from desktop.services.doubts import Outcome
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.simulators.evolis_printer import at_chip_station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import TcpLine
from tests.walks.making import approved
from tests.walks.world import World, new_world
from tests.wires.evolis.conftest import Wire

pytestmark = pytest.mark.fault


@pytest.fixture
def core() -> PrinterCore:
    core = PrinterCore("card_printer", "SIM-EV-0001")
    core.pace = 0
    return core


@pytest.fixture
def world(tmp_path: Path, wire: Wire) -> Generator[World]:
    """Andi's counter, whose card printer is the one on the wire."""
    world = new_world(tmp_path / "l3")
    cards = world.bench.printer.unload_blanks()
    wire.core.load_blanks(PlasticCard.blank(card.serial) for card in cards)
    at_chip_station(wire.core, world.bench.station.put)
    world.desk.hub.replace("card_printer", wire.adapter)
    world.sign_in("andi")
    yield world
    world.desk.close()


def cut_off(world: World, core: PrinterCore, number: int, step: str) -> str:
    """A card whose line was lost at a step, and put back; the job's id."""
    app = approved(world, number)
    core.order(Fault(step, FaultName.UNPLUGGED))
    result = world.desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.IN_DOUBT
    assert result.job is not None
    core.remedy()
    world.desk.hub.reopen("card_printer")
    return result.job.id


def test_the_card_inside_is_the_last_one_s(world: World, wire: Wire) -> None:
    core, issuing = wire.core, world.desk.issuing
    first = cut_off(world, core, 1, "eject.done")
    assert len(core.truth.output) == 1, "its card lies whole in the tray"
    second = cut_off(world, core, 2, "print.panel.m")
    assert core.truth.inside is not None

    asked = issuing.examine(first)
    assert asked.card_inside is False, "the machine has taken another since"
    assert asked.counter_moved == 1
    assert asked.advice is DoubtAnswer.CARD_GOOD
    issuing.answer(world.by, first, DoubtAnswer.CARD_GOOD, blank_here=True)
    assert core.truth.inside is not None, "the other job's card stays where it is"

    asked = issuing.examine(second)
    assert (asked.card_inside, asked.counter_moved) == (True, 0)
    assert asked.advice is DoubtAnswer.CARD_SPOILED
    issuing.answer(world.by, second, DoubtAnswer.CARD_SPOILED, blank_here=True)
    assert core.truth.inside is None
    assert len(core.truth.reject) == 1


def test_what_was_printed_since_says_nothing_of_the_card_before(world: World, wire: Wire) -> None:
    """The first was pulled out unprinted; that others were printed later is no sign of it."""
    first = cut_off(world, wire.core, 1, "print.start")
    wire.core.let_out()
    for number in (2, 3):
        result = world.desk.issuing.issue(world.by, approved(world, number).id)
        assert result.outcome is Outcome.PRINTED, result.fault
    asked = world.desk.issuing.examine(first)
    assert (asked.card_inside, asked.counter_moved) == (False, 0)
    assert asked.advice is DoubtAnswer.NO_CARD


def test_a_second_try_that_found_the_card_inside_changes_nothing(world: World, wire: Wire) -> None:
    first = cut_off(world, wire.core, 1, "print.panel.m")
    result = world.desk.issuing.issue(world.by, approved(world, 2).id)
    assert result.outcome is Outcome.FAILED
    asked = world.desk.issuing.examine(first)
    assert (asked.card_inside, asked.advice) == (True, DoubtAnswer.CARD_SPOILED)
    world.desk.issuing.answer(world.by, first, DoubtAnswer.CARD_SPOILED, blank_here=True)
    assert wire.core.truth.inside is None


def test_a_card_in_another_machine_is_left_alone(world: World, wire: Wire) -> None:
    """The printer was changed for another model; what lies in that one is somebody else's."""
    first = cut_off(world, wire.core, 1, "eject.done")
    wire.core.serial = "SIM-EV-0099"
    world.desk.hub.replace(
        "card_printer", EvolisPrinterAdapter("card_printer", TcpLine("127.0.0.1", wire.port))
    )
    second = cut_off(world, wire.core, 2, "print.panel.m")
    asked = world.desk.issuing.examine(first)
    assert (asked.card_inside, asked.counter_moved) == (None, None)
    world.desk.issuing.answer(world.by, first, DoubtAnswer.CARD_SPOILED, blank_here=True)
    assert wire.core.truth.inside is not None
    assert world.desk.issuing.examine(second).card_inside is True
