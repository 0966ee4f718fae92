"""One card crosses printer, reader and chip, each on its real wire.

The printer speaks its language over TCP, brings its card to the station, where it meets the PC's
own smart card service; the desk's reader writes and reads the chip there; the printer lays what
was ordered. Then any plug is pulled at any step, and the ledger stays true to the plastic.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from desktop.domain.application import Application, ApplicationState
from desktop.domain.stock import Blank, BlankState, DoubtAnswer, Job, JobState
from desktop.services.doubts import Outcome
from desktop.services.printer_counts import CounterKind
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.adapters.pcsc_reader import PcscReader
from devices.card_printer import Unnumbered
from devices.device import DeviceKind, Station
from devices.simulators.evolis_printer import EvolisPrinter, at_chip_station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import TcpLine
from devices.wire.pcsc import PcscLine
from tests.walks.making import approved
from tests.walks.world import World, new_world
from tests.wires.rigs.pcscd import PcscdRig

pytestmark = pytest.mark.pcsc


@dataclass
class Crossing:
    """A counter whose printer and chip station are reached over their wires."""

    world: World
    printer: EvolisPrinter
    pcscd: PcscdRig

    @property
    def core(self) -> PrinterCore:
        return self.printer.core

    def mend(self) -> None:
        """What an officer does after any plug was pulled."""
        self.core.remedy()
        if not self.pcscd.running:
            self.pcscd.start()
        hub = self.world.desk.hub
        for name in ("card_printer", "chip_station"):
            hub.reopen(name)

    def case(self, app: Application) -> Application:
        with self.world.desk.ledger.reading() as r:
            return r.get(Application, app.id)


@pytest.fixture
def crossing(tmp_path: Path, pcscd: PcscdRig) -> Generator[Crossing]:
    world = new_world(tmp_path / "l3")
    core = PrinterCore("card_printer", "SIM-EV-0001")
    core.pace = 0
    core.load_blanks(PlasticCard.blank(c.serial) for c in world.bench.printer.unload_blanks())
    with EvolisPrinter(core) as printer:
        at_chip_station(core, pcscd.slot(0).put, Station.CONTACTLESS)
        adapter = EvolisPrinterAdapter("card_printer", TcpLine("127.0.0.1", printer.listen()))
        pattern = pcscd.readers[0]
        reader = PcscReader(
            "chip_station", PcscLine(DeviceKind.CARD_READER, pattern, answer=3.0), pattern
        )
        world.desk.hub.replace("card_printer", adapter)
        world.desk.hub.replace("chip_station", reader)
        world.sign_in("andi")
        yield Crossing(world, printer, pcscd)
        world.desk.close()


def in_card_size(png: bytes, size: tuple[int, int]) -> Image.Image:
    """The middle of the printed field, which is the card's own face."""
    with Image.open(io.BytesIO(png)) as field:
        left, top = (field.width - size[0]) // 2, (field.height - size[1]) // 2
        return field.convert("RGB").crop((left, top, left + size[0], top + size[1]))


def test_one_walk_crosses_printer_reader_and_chip(crossing: Crossing) -> None:
    world, desk = crossing.world, crossing.world.desk
    app = approved(world, 1)
    result = desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.PRINTED, result.fault
    app = crossing.case(app)
    (card,) = crossing.core.truth.output
    assert card.serial == app.blank_serial
    assert card.chip.uid.hex() == app.chip_uid
    made = desk.cardmaker.make(app)
    assert card.chip.memory.endswith(made.chip)
    assert card.whole
    assert card.panels == ["y", "m", "c", *(["k"] if "k" in card.panels else []), "o", "back.k"]
    with Image.open(io.BytesIO(made.front)) as ordered:
        front = ordered.convert("RGB")
    printed = in_card_size(card.front, front.size)
    assert ImageChops.difference(printed, front).getbbox() is None, "dot for dot as ordered"

    desk.care.run_card(world.by, "card_printer", Unnumbered.TEST)
    desk.care.change_ribbon(world.by, "card_printer", "LOT-7", 120)
    lots = desk.closing.lots_to_count()
    with desk.ledger.reading() as r:
        on_hand = r.count(Blank, state=[BlankState.IN_STOCK, BlankState.ASSIGNED])
    assert len(lots) == 1
    reckoned = desk.closing.count(world.by, {lots[0]: on_hand})
    assert {line.kind: line.difference for line in reckoned.counters} == {CounterKind.CARDS: 0}, (
        "this machine counts cards, and neither errors nor panels"
    )


PLUGS = [
    *(("printer", step) for step in (
        "feed", "print.done", "eject.done",
    )),
    ("service", "chip.update"),
    ("card", "chip.update"),
]  # fmt: skip
MORE_PLUGS = [
    *(("printer", step) for step in (
        "feed.done", "move.contactless", "move.print", "print.start", "print.panel.m",
        "print.flip", "eject",
    )),
    *(("service", step) for step in ("chip.uid", "chip.select", "chip.read")),
    ("card", "chip.read"),
]  # fmt: skip


@pytest.mark.fault
@pytest.mark.parametrize(
    ("what", "step"),
    [*PLUGS, *(pytest.param(*plug, marks=pytest.mark.long) for plug in MORE_PLUGS)],
)
def test_any_plug_at_any_step_leaves_ledger_and_plastic_at_one(
    crossing: Crossing, what: str, step: str
) -> None:
    world, desk, core = crossing.world, crossing.world.desk, crossing.core
    app = approved(world, 1)
    if what == "printer":
        core.order(Fault(step, FaultName.UNPLUGGED))
    elif what == "card":
        crossing.pcscd.slot(0).order(Fault(step, FaultName.TEAR))
    else:
        crossing.pcscd.slot(0).order(Fault(step, FaultName.MUTE))
    result = desk.issuing.issue(world.by, app.id)
    assert result.outcome is not Outcome.PRINTED
    assert result.fault is not None
    if what == "service":
        crossing.pcscd.stop()
        crossing.pcscd.start()
    crossing.mend()
    for job in desk.issuing.find_doubtful():
        asked = desk.issuing.examine(job.id)
        whole = any(card.whole for card in (*core.truth.output, core.truth.inside) if card)
        in_tray = bool(core.truth.output)
        if whole:
            answer = DoubtAnswer.CARD_GOOD
        elif asked.job.reached is JobState.INTENT:
            answer = DoubtAnswer.NO_CARD
        else:
            answer = DoubtAnswer.CARD_SPOILED
        assert asked.card_inside is (core.truth.inside is not None), in_tray
        desk.issuing.answer(world.by, job.id, answer, blank_here=True)
    app = crossing.case(app)
    if app.state is not ApplicationState.PRINTED:
        fed_before = {card.serial for card in core.truth.output}
        again = desk.issuing.issue(world.by, app.id)
        assert again.outcome is Outcome.PRINTED, (again.fault, fed_before)
    app = crossing.case(app)
    whole = [card for card in core.truth.output if card.whole]
    assert len(whole) == 1, "one card, never two"
    with desk.ledger.reading() as r:
        blank = r.get(Blank, app.blank_serial)
        unsettled = r.find(Job, state=[JobState.IN_DOUBT, JobState.PRINTING, JobState.INTENT])
    assert (app.state, blank.state) == (ApplicationState.PRINTED, BlankState.AT_PRINTER)
    assert unsettled == []
