"""A licence is made while the printer talks nonsense or its mechanics fail: whatever it was, the
fault has a name and a remedy, the ledger holds, and in the end there is exactly one whole card."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from dataclasses import dataclass

import pytest

from desktop.domain.application import Application, ApplicationState
from desktop.domain.stock import Blank, BlankState, Job
from desktop.services.doubts import Outcome
from desktop.words import Words
from devices.adapters import evolis_talk
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.errors import DeviceFault
from devices.simulators.evolis_printer import EvolisPrinter, at_chip_station
from devices.simulators.faults import Fault
from devices.simulators.faults import FaultName as F
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import TcpLine
from tests.walks.making import approved
from tests.walks.world import World, new_world
from tests.wires.rigs.truth import by_hand, cards_about, true_answer, untrue

pytestmark = pytest.mark.fault

WORDS = tuple(Words.load(language) for language in ("id", "en"))
TRIES = 4


@dataclass
class Office:
    """A counter with its printer on the wire; each test serves the next person."""

    world: World
    core: PrinterCore
    person: itertools.count[int]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Office]:
    world = new_world(tmp_path_factory.mktemp("office") / "l3")
    core = PrinterCore("card_printer", "SIM-EV-0001")
    core.pace = 0
    cards = world.bench.printer.unload_blanks()
    core.load_blanks(PlasticCard.blank(card.serial) for card in cards)
    with EvolisPrinter(core) as printer:
        at_chip_station(core, world.bench.station.put)
        line = TcpLine("127.0.0.1", printer.listen())
        world.desk.hub.replace("card_printer", EvolisPrinterAdapter("card_printer", line))
        world.sign_in("andi")
        yield Office(world, core, itertools.count(1))
        world.desk.close()


ORDERS = [
    *((f"wire.{command}", fault, 0)
      for fault in (F.GARBAGE, F.HALF_REPLY, F.STRANGE_REPLY)
      for command in ("Rlr", "Sic", "job", "Se")),
    *((f"wire.{question}", F.SILENT, skip)
      for question, skip in (("Rlr", 0), ("Rlr", 3), ("Rpst", 0), ("Rpst", 2), ("Rco", 4))),
    ("wire.Rpst", F.GARBAGE, 0),
    ("wire.Psid", F.STRANGE_REPLY, 0),
    ("wire.Rco", F.ABSURD_COUNT, 0),  # before anything is reserved
    ("wire.Rco", F.ABSURD_COUNT, 4),  # while the card is printed
    ("wire.Rrt", F.ABSURD_COUNT, 0),
    ("feed", F.SAYS_DONE, 0),
    ("print.start", F.SAYS_DONE, 0),
    ("eject", F.SAYS_DONE, 0),
    ("eject", F.CARD_LEFT_IN, 0),
    ("eject", F.REJECT_FULL, 0),
    ("eject", F.OUTPUT_FULL, 0),
    ("eject", F.CARD_VANISHED, 0),
    ("print.panel.m", F.HALF_PRINTED, 0),
    ("print.panel.m", F.COVER_OPEN, 0),
    ("print.start", F.RIBBON_END, 0),
    ("print.done", F.POWER_CUT, 0),
    ("eject", F.POWER_CUT, 0),
    ("eject.done", F.POWER_CUT, 0),
]  # fmt: skip


def tidy(office: Office) -> None:
    """Whatever a test before this one left standing when it failed."""
    world, core = office.world, office.core
    core.script.withdraw()
    core.remedy()
    world.desk.hub.reopen("card_printer")
    for job in world.desk.issuing.find_doubtful():
        asked = world.desk.issuing.examine(job.id)
        answer = true_answer(core, asked)
        world.desk.issuing.answer(world.by, job.id, answer, blank_here=True)
    by_hand(world.desk, world.by, core)


SHORT = frozenset({
    "wire.Sic-garbage-0", "wire.job-strange_reply-0", "wire.Se-half_reply-0",
    "wire.Rco-absurd_count-4", "print.start-says_done-0", "eject-card_left_in-0",
    "eject-reject_full-0", "eject-power_cut-0", "wire.Rco-silent-4",
})  # fmt: skip
"""One of each kind; the others are of the same roads and run with the long ones."""


@pytest.mark.parametrize(
    ("step", "fault", "skip"),
    [
        pytest.param(*order, id=name, marks=() if name in SHORT else pytest.mark.long)
        for order in ORDERS
        if (name := f"{order[0]}-{order[1]}-{order[2]}")
    ],
)
def test_it_ends_named_with_a_true_ledger_and_one_card(
    office: Office, step: str, fault: F, skip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evolis_talk, "ANSWERING", 3.0 if fault is F.SILENT else 10.0)
    world, core, issuing = office.world, office.core, office.world.desk.issuing
    tidy(office)
    app = approved(world, next(office.person))
    struck = len(core.script.struck)
    core.order(Fault(step, fault, skip=skip))
    try:
        result = issuing.issue(world.by, app.id)
    except DeviceFault as refused:
        told: Exception | None = refused
    else:
        told = result.fault
        assert (told is None) is (result.outcome is Outcome.PRINTED)
    assert len(core.script.struck) == struck + 1, "the step is never reached"
    if told is not None:
        for words in WORDS:
            text = words.problem(told)
            assert text.remedy
            assert text.text != words("problem.unknown", name=type(told).__name__)
    assert untrue(world.desk) == []

    core.remedy()
    world.desk.hub.reopen("card_printer")
    for _ in range(TRIES):
        for job in issuing.find_doubtful():
            asked = issuing.examine(job.id)
            issuing.answer(world.by, job.id, true_answer(core, asked), blank_here=True)
            assert untrue(world.desk) == []
        with world.desk.ledger.reading() as r:
            app = r.get(Application, app.id)
        if app.state is ApplicationState.PRINTED:
            break
        by_hand(world.desk, world.by, core)
        issuing.issue(world.by, app.id)
    assert app.state is ApplicationState.PRINTED
    assert untrue(world.desk) == []
    with world.desk.ledger.reading() as r:
        mine = {job.blank_serial for job in r.find(Job, application_id=app.id)}
        assert r.get(Blank, app.blank_serial).state is BlankState.AT_PRINTER
    whole = [card.serial for card in cards_about(core) if card.whole and card.serial in mine]
    vanished = fault is F.CARD_VANISHED
    assert whole == ([] if vanished else [app.blank_serial]), "one card, never two"
    issuing.inspect(world.by, app.id, app.blank_serial)
    by_hand(world.desk, world.by, core)
