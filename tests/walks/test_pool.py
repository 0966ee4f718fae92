"""Two card printers at one counter: one stops, the other goes on, nothing is printed twice."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from desktop.domain.application import Application, ApplicationState
from desktop.domain.stock import BlankState, DoubtAnswer, Job, JobInDoubt, JobState
from desktop.services import pool
from desktop.services.doubts import Outcome
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.card_reader import ReaderCore, SimulatedCardReader
from devices.simulators.evolis_printer import at_chip_station
from devices.simulators.faults import Fault, FaultName, PowerGone
from devices.simulators.printer_core import PrinterCore
from tests.walks.making import approved
from tests.walks.world import IDS_OF_THE_OFFICE, World, new_world, open_world

FIRST, SECOND = "card_printer", "card_printer_2"


def add_second(world: World, core: PrinterCore) -> None:
    """Put up the second printer with a chip station of its own."""
    station = ReaderCore("chip_station_2", "SIM-CR-0102")
    at_chip_station(core, station.put)
    core.pace = station.pace = 0
    pause = world.clock.pause
    world.desk.hub.replace(SECOND, SimulatedCardPrinter(core, pause))
    world.desk.hub.replace("chip_station_2", SimulatedCardReader(station, pause))
    world.desk.hub.poll()


@pytest.fixture
def second() -> PrinterCore:
    return PrinterCore(SECOND, "SIM-CP-0002")


@pytest.fixture
def world(tmp_path: Path, second: PrinterCore) -> Generator[World]:
    world = new_world(tmp_path / "l3")
    world.bench.printer.pace = 0
    cards = world.bench.printer.unload_blanks()
    world.bench.printer.load_blanks(cards[:6])
    second.load_blanks(cards[6:12])
    add_second(world, second)
    world.sign_in("andi")
    yield world
    world.desk.close()


def jobs(world: World) -> list[Job]:
    with world.desk.ledger.reading() as r:
        return r.find(Job)


def cards_made(world: World, second: PrinterCore) -> list[str]:
    piles = (world.bench.printer.truth.output, second.truth.output)
    return [card.serial for pile in piles for card in pile]


def test_a_batch_goes_on_with_the_other_printer(world: World, second: PrinterCore) -> None:
    apps = [approved(world, number) for number in range(5)]
    world.bench.order(FIRST, Fault("print.panel.c", FaultName.JAM, skip=2))
    done = world.desk.batch.run(world.by, [app.id for app in apps])
    assert done.complete
    assert done.refused == ()
    assert len(done.printed) == 5
    assert (len(world.bench.printer.truth.output), len(second.truth.output)) == (2, 3)
    spoiled = [job for job in jobs(world) if job.state is JobState.FAILED]
    assert [job.fault for job in spoiled] == ["CardJam"]
    assert spoiled[0].printer == world.bench.printer.serial
    ledger_says = {app.blank_serial for app in map(fresh(world), apps)}
    assert ledger_says == set(cards_made(world, second)), "the ledger knows which card is whose"


def test_a_whole_blank_of_the_printer_that_rests_is_told(world: World, second: PrinterCore) -> None:
    apps = [approved(world, number) for number in range(2)]
    world.bench.order("chip_station", Fault("wait", FaultName.UNPLUGGED))
    done = world.desk.batch.run(world.by, [app.id for app in apps])
    assert done.complete
    assert len(second.truth.output) == 2
    assert done.put_back == tuple(card.serial for card in world.bench.printer.truth.output) != ()


def fresh(world: World):  # type: ignore[no-untyped-def]
    def look(app: Application) -> Application:
        with world.desk.ledger.reading() as r:
            return r.get(Application, app.id)

    return look


@pytest.mark.fault
@pytest.mark.parametrize("step", ["print.panel.m", "print.done", "eject"])
def test_a_job_in_doubt_stays_so_and_the_next_case_goes_to_the_other(
    world: World, second: PrinterCore, step: str
) -> None:
    apps = [approved(world, number) for number in range(3)]
    world.bench.order(FIRST, Fault(step, FaultName.UNPLUGGED))
    done = world.desk.batch.run(world.by, [app.id for app in apps])
    assert done.complete
    assert [(one, type(why)) for one, why in done.refused] == [(apps[0].id, JobInDoubt)]
    assert len(second.truth.output) == 2
    (doubt,) = world.desk.issuing.find_doubtful()
    assert doubt.application_id == apps[0].id
    with pytest.raises(JobInDoubt):
        world.desk.issuing.issue(world.by, apps[0].id, machine=SECOND)
    assert len(second.truth.output) == 2, "the doubtful case is never printed again"

    world.bench.printer.plug()
    world.desk.hub.reopen(FIRST)
    assert pool.choose(world.desk.frame) == SECOND, "the first owes an answer"
    asked = world.desk.issuing.examine(doubt.id)
    assert asked.card_inside is True, "the printer that has the card is asked, not the other"
    answer = DoubtAnswer.CARD_GOOD if asked.printed else DoubtAnswer.CARD_SPOILED
    world.desk.issuing.answer(world.by, doubt.id, answer, blank_here=True)
    assert pool.choose(world.desk.frame) == FIRST
    if answer is DoubtAnswer.CARD_SPOILED:
        result = world.desk.issuing.issue(world.by, apps[0].id)
        assert result.outcome is Outcome.PRINTED
    printed = cards_made(world, second)
    assert len(printed) == len(set(printed)) == 3
    assert all(card.whole for card in (*world.bench.printer.truth.output, *second.truth.output))


@pytest.mark.fault
@pytest.mark.crash
def test_killed_while_the_second_prints(world: World, second: PrinterCore, tmp_path: Path) -> None:
    """Power goes during the second printer's card: after the start its own printer is asked."""
    apps = [approved(world, number) for number in range(3)]
    world.bench.order(FIRST, Fault("print.panel.c", FaultName.UNPLUGGED))
    second.order(Fault("print.done", FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        world.desk.batch.run(world.by, [app.id for app in apps])
    bench, clock = world.bench, world.clock
    world.desk.ledger.store.close()

    again = open_world(tmp_path / "l3", clock=clock, ids_used=2 * IDS_OF_THE_OFFICE)
    again.bench.printer.unload_blanks()
    again.bench.load(bench.save())
    again.bench.printer.pace = 0
    add_second(again, second)
    again.sign_in("andi")
    doubtful = again.desk.issuing.find_doubtful()
    by_case = {job.application_id: job for job in doubtful}
    assert set(by_case) == {apps[0].id, apps[1].id}
    assert again.desk.hub.printer_with(by_case[apps[1].id].printer) == SECOND
    asked = again.desk.issuing.examine(by_case[apps[1].id].id)
    assert (asked.card_inside, asked.printed) == (True, True)
    again.desk.issuing.answer(again.by, asked.job.id, DoubtAnswer.CARD_GOOD, blank_here=True)
    asked = again.desk.issuing.examine(by_case[apps[0].id].id)
    assert (asked.card_inside, asked.half_printed) == (True, True)
    again.desk.issuing.answer(again.by, asked.job.id, DoubtAnswer.CARD_SPOILED, blank_here=True)
    done = again.desk.batch.run(again.by, [app.id for app in apps])
    assert done.complete
    with again.desk.ledger.reading() as r:
        states = [r.get(Application, app.id).state for app in apps]
        serials = {r.get(Application, app.id).blank_serial for app in apps}
    assert states == [ApplicationState.PRINTED] * 3
    assert serials == set(cards_made(again, second))
    assert len(again.bench.printer.truth.reject) == 1
    with again.desk.ledger.reading() as r:
        from desktop.domain.stock import Blank

        assert len(r.find(Blank, state=BlankState.SPOILED)) == 1
    again.desk.close()
