"""Two printers that read no serial, each with a stack of its own: the ledger follows the stacks."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.domain.application import Application
from desktop.domain.stock import Blank, BlankState, FeederUnknown
from desktop.services.doubts import Outcome
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.simulators.card_reader import ReaderCore, SimulatedCardReader
from devices.simulators.evolis_printer import EvolisPrinter, at_chip_station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import TcpLine
from tests.walks.making import approved
from tests.walks.world import new_world
from tests.wires.rigs.truth import untrue

FIRST, SECOND = "card_printer", "card_printer_2"


class Pool:
    """Andi's counter, two printers on the wire; six blanks in the one, the next in the other."""

    def __init__(self, held: ExitStack, folder: Path) -> None:
        self.world = world = new_world(folder)
        held.callback(world.desk.close)
        self.blanks = [card.serial for card in world.bench.printer.unload_blanks()]
        self.cores: dict[str, PrinterCore] = {}
        stations = {FIRST: world.bench.station, SECOND: ReaderCore("chip_station_2", "SIM-CR-2")}
        pause = world.clock.pause
        world.desk.hub.replace("chip_station_2", SimulatedCardReader(stations[SECOND], pause))
        for number, name in enumerate((FIRST, SECOND)):
            core = self.cores[name] = PrinterCore(name, f"SIM-EV-000{number + 1}")
            core.pace = stations[name].pace = 0
            serials = self.blanks[6 * number : 6 * number + 6]
            core.load_blanks(PlasticCard.blank(serial) for serial in serials)
            printer = held.enter_context(EvolisPrinter(core))
            at_chip_station(core, stations[name].put)
            line = TcpLine("127.0.0.1", printer.listen())
            world.desk.hub.replace(name, EvolisPrinterAdapter(name, line))
        world.desk.hub.poll()
        world.sign_in("andi")

    def case(self, app: Application) -> Application:
        with self.world.desk.ledger.reading() as r:
            return r.get(Application, app.id)

    def loaded(self, name: str, first: int, count: int) -> None:
        last = self.blanks[first + count - 1]
        self.world.desk.supplies.feeder_loaded(
            self.world.by, count, self.blanks[first], last, machine=name
        )

    def true_to_the_cards(self, *apps: Application) -> None:
        """Each case's card is the one that has its person's chip and its serial."""
        lie = {
            card.serial: card.chip.uid.hex()
            for core in self.cores.values()
            for card in core.truth.output
        }
        cases = [self.case(app) for app in apps]
        assert {app.blank_serial: app.chip_uid for app in cases} == lie
        assert untrue(self.world.desk) == []


@pytest.fixture
def pool(tmp_path: Path) -> Generator[Pool]:
    with ExitStack() as held:
        yield Pool(held, tmp_path / "l3")


def test_a_feeder_that_nobody_knows_is_asked_for_before_a_blank_is_touched(pool: Pool) -> None:
    world = pool.world
    app = approved(world, 1)
    with pytest.raises(FeederUnknown) as refusal:
        world.desk.issuing.issue(world.by, app.id, machine=SECOND)
    assert refusal.value.number == 2
    with world.desk.ledger.reading() as r:
        assert r.count(Blank, state=BlankState.RESERVED) == 0
    pool.loaded(SECOND, 6, 6)
    assert world.desk.issuing.issue(world.by, app.id, machine=SECOND).outcome is Outcome.PRINTED
    assert pool.case(app).blank_serial == pool.blanks[6]
    pool.true_to_the_cards(app)


@pytest.mark.fault
def test_a_batch_goes_on_at_the_other_with_that_one_s_own_blanks(pool: Pool) -> None:
    world = pool.world
    pool.loaded(FIRST, 0, 6)
    pool.loaded(SECOND, 6, 6)
    apps = [approved(world, number) for number in range(1, 5)]
    pool.cores[FIRST].order(Fault("print.panel.c", FaultName.JAM, skip=1))
    done = world.desk.batch.run(world.by, [app.id for app in apps])
    assert done.complete
    assert done.refused == ()
    assert [len(core.truth.output) for core in pool.cores.values()] == [1, 3]
    pool.true_to_the_cards(*apps)


@pytest.mark.fault
def test_a_batch_stops_where_the_other_s_feeder_is_unknown(pool: Pool) -> None:
    world = pool.world
    apps = [approved(world, number) for number in range(1, 4)]
    pool.cores[FIRST].order(Fault("print.panel.c", FaultName.JAM, skip=1))
    done = world.desk.batch.run(world.by, [app.id for app in apps])
    assert isinstance(done.stopped, FeederUnknown)
    assert [len(core.truth.output) for core in pool.cores.values()] == [1, 0]
    assert done.refused == ()
    pool.loaded(SECOND, 6, 6)
    rest = world.desk.batch.run(world.by, [app.id for app in apps])
    assert len(rest.printed) == 2
    pool.true_to_the_cards(*apps)


def test_a_blank_that_came_back_untouched_lies_on_top_again(pool: Pool) -> None:
    world = pool.world
    pool.loaded(FIRST, 0, 6)
    core = pool.cores[FIRST]
    core.order(Fault("move.contactless", FaultName.GARBAGE))
    app = approved(world, 1)
    assert world.desk.issuing.issue(world.by, app.id).outcome is Outcome.FAILED
    (back,) = core.take_output()
    core.truth.feeder.insert(0, back)
    assert world.desk.issuing.issue(world.by, app.id).outcome is Outcome.PRINTED
    assert pool.case(app).blank_serial == pool.blanks[0]
    pool.true_to_the_cards(app)
