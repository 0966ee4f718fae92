"""Esc while a card is made: it stops the card until its chip is written, and is told to be late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.stock import BlankNotBack, BlankOutOfTurn
from desktop.presenters.problems import ReceiptUnprinted
from desktop.presenters.simulator import Simulator
from desktop.presenters.simulator_view import Hand
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.services.doubts import Outcome
from devices.device import Station
from devices.errors import DeviceFault
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from tests.presenters.test_walkin import to, walk
from tests.walks.production import even
from tests.walks.world import World

__all__ = ["walk"]


def once_at(world: World, station: Station, act: Callable[[], None]) -> None:
    """Do something once, when the next card comes to this place in the printer."""
    left = [act]

    def arrived(at: Station, card: PlasticCard | None) -> None:
        if left and at is station and card is not None:
            left.pop()()

    world.bench.printer.on_station(arrived)


def stopped(walk: WalkIn, world: World) -> str:
    """The card was just fed when the officer pressed Esc; the number of its blank."""
    to(walk, world, WalkStep.PRODUCTION)
    [serial] = world.desk.stock.free_here(1)
    once_at(world, Station.FEEDER, walk.escape)
    walk.enter_key()
    assert walk.view.outcome is Outcome.FAILED
    assert [card.serial for card in world.bench.printer.truth.output] == [serial]
    return serial


def load(world: World) -> None:
    """Somebody fills the feeder in the simulator's panel."""
    panel = Simulator(world.desk)
    panel.enter("card_printer")
    panel.do(Hand.LOAD_BLANKS)


def fed_next(world: World, count: int) -> list[str]:
    return [card.serial for card in world.bench.printer.truth.feeder[:count]]


def test_filling_the_feeder_puts_a_stopped_blank_on_top_again(walk: WalkIn, world: World) -> None:
    serial = stopped(walk, world)
    told = walk.view.put_back
    assert told is not None
    assert told.facts == {"serial": serial}
    load(world)
    assert fed_next(world, 3) == world.desk.stock.free_here(3)
    assert not world.bench.printer.truth.output
    walk.enter_key()
    app = walk.view.app
    assert app is not None
    assert (app.state, app.blank_serial) == (S.PRINTED, serial)
    assert walk.view.put_back is None
    even(world)


def test_while_a_stopped_blank_lies_in_the_tray_no_other_is_fed(walk: WalkIn, world: World) -> None:
    serial, problem = stopped(walk, world), None
    for _ in range(2):
        walk.enter_key()
        problem = walk.view.fault
        assert isinstance(problem, BlankNotBack)
    assert [card.serial for card in world.bench.printer.truth.output] == [serial]
    assert walk.view.put_back is not None


def test_blanks_fed_out_of_turn_go_back_in_their_order(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    truth = world.bench.printer.truth
    first, second = world.desk.stock.free_here(2)
    truth.by_hand.append(truth.feeder.pop(0))
    walk.enter_key()
    fault = walk.view.fault
    assert isinstance(fault, BlankOutOfTurn)
    assert (fault.found, fault.expected) == (second, first)
    walk.enter_key()
    assert len(truth.output) == 1, "no further one at each Enter"
    load(world)
    assert fed_next(world, 4) == world.desk.stock.free_here(4)
    assert len({card.serial for card in world.bench.printer.truth.feeder}) == len(
        world.bench.printer.truth.feeder
    )
    to(walk, world, WalkStep.DONE)
    even(world)


def test_esc_is_offered_until_the_chip_is_written_and_then_said_to_be_late(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    offered: dict[Station, bool] = {}

    def look(at: Station) -> Callable[[], None]:
        return lambda: offered.update({at: walk.view.cancellable})

    once_at(world, Station.FEEDER, look(Station.FEEDER))
    once_at(world, Station.CONTACTLESS, walk.leave)  # another screen meanwhile
    once_at(world, Station.PRINT, look(Station.PRINT))
    once_at(world, Station.PRINT, walk.escape)
    walk.enter_key()
    assert offered == {Station.FEEDER: True, Station.PRINT: False}
    app = walk.view.app
    assert app is not None
    assert app.state is S.PRINTED
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.past_stop"


@pytest.mark.parametrize(
    ("at", "name", "said"),
    [("feed", FaultName.OUT_OF_CARDS, "OutOfCards"), ("print.panel.c", FaultName.JAM, "CardJam")],
)
def test_what_the_printer_lacked_is_said_until_it_is_ready_again(
    walk: WalkIn, world: World, at: str, name: FaultName, said: str
) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    world.bench.order("card_printer", Fault(at, name))
    walk.enter_key()
    assert type(walk.view.fault).__name__ == said
    world.desk.hub.poll()
    assert walk.view.fault is not None
    walk.enter_key()
    assert type(walk.view.problem or walk.view.fault).__name__ == said, "it lacks it still"
    outcome = walk.view.outcome
    world.bench.remedy("card_printer")
    world.desk.hub.poll()
    assert (walk.view.fault, walk.view.problem) == (None, None)
    assert walk.view.outcome is outcome, "what became of the card stays"
    walk.enter_key()
    assert walk.view.outcome is Outcome.PRINTED


@pytest.mark.parametrize("name", [FaultName.OUT_OF_PAPER, FaultName.PAPER_JAM])
def test_a_receipt_that_paper_was_lacking_for_is_told_until_it_is_printed(
    walk: WalkIn, world: World, name: FaultName
) -> None:
    """No printer prints it by itself once there is paper."""
    to(walk, world, WalkStep.HANDOVER)
    world.bench.order("document_printer", Fault("paper", name))
    to(walk, world, WalkStep.DONE)
    assert isinstance(walk.view.problem, DeviceFault)
    world.bench.remedy("document_printer")
    world.desk.hub.poll()
    assert isinstance(walk.view.problem, ReceiptUnprinted)
    assert world.bench.take_papers() == []
    walk.print_receipt()
    assert walk.view.problem is None
    assert len(world.bench.take_papers()) == 1


def test_a_copy_that_paper_was_lacking_for_is_no_receipt_that_never_came_out(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.DONE)
    assert len(world.bench.take_papers()) == 1
    world.bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    walk.print_receipt()
    assert isinstance(walk.view.problem, DeviceFault)
    world.bench.remedy("document_printer")
    world.desk.hub.poll()
    assert walk.view.problem is None
