"""Cards made on a printer that moves none for us: the officer carries, the ledger stays whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from desktop.device_hub import DESK_READER
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.stock import Blank, BlankState, DoubtAnswer, JobInDoubt
from desktop.notices import Notice, Say
from desktop.services import pool
from desktop.services.doubts import Outcome, Result
from devices.device import DeviceKind
from devices.errors import CardJam, NotChosen, NotConnected, NothingPrinted, OutOfCards
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from tests.walks.making import approved
from tests.walks.steps import case
from tests.walks.world import World, new_world
from tests.wires.cups.conftest import Cards


@dataclass
class Hand:
    """The officer's hand: does what the counter asks for."""

    world: World
    asked: list[str] = field(default_factory=list)

    def hear(self, notice: Notice) -> None:
        if not isinstance(notice, Say):
            return
        self.asked.append(notice.message_id)
        reader = self.world.bench.reader
        lay = notice.message_id == "issuing.lay_on_reader"
        reader.put(PlasticCard.blank(str(notice.facts["serial"])) if lay else None)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = new_world(tmp_path / "profile")
    world.sign_in("andi")
    yield world
    world.desk.close()


@pytest.fixture
def hand(world: World, cards: Cards) -> Hand:
    """A counter whose card printer is the one on the wire."""
    world.desk.hub.replace("card_printer", cards.printer)
    hand = Hand(world)
    world.desk.notices.subscribe(hand.hear)
    return hand


def issue(world: World, app: Application) -> Result:
    return world.desk.issuing.issue(world.by, app.id)


def stands(world: World, serial: str) -> BlankState:
    with world.desk.ledger.reading() as r:
        return r.get(Blank, serial).state


def test_a_card_is_made(world: World, hand: Hand, cards: Cards) -> None:
    app = approved(world, 3)
    result = issue(world, app)
    assert result.outcome is Outcome.PRINTED
    assert hand.asked == ["issuing.lay_on_reader", "issuing.put_in_printer"]
    (card,) = cards.folder.printed()
    with world.desk.ledger.reading() as r:
        made = world.desk.cardmaker.make(r.get(Application, app.id))
    for side, face in zip(card.sides, (made.front, made.back), strict=True):
        with Image.open(side) as arrived, Image.open(io.BytesIO(face)) as ordered:
            assert arrived.tobytes() == ordered.convert("RGB").tobytes()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (Fault("print.start", FaultName.OUT_OF_CARDS), OutOfCards),
        (Fault("print.panel.c", FaultName.JAM), CardJam),
        (Fault("print.panel.c", FaultName.POWER_CUT), NotConnected),
    ],
)
def test_a_fault_is_asked_about_and_never_repeated(
    world: World, hand: Hand, cards: Cards, fault: Fault, named: type[Exception]
) -> None:
    app = approved(world, 3)
    cards.folder.order(fault)
    result = issue(world, app)
    assert result.outcome is Outcome.IN_DOUBT
    assert isinstance(result.fault, named)
    with pytest.raises((JobInDoubt, NotConnected)):
        issue(world, app)
    if not cards.machine.daemon or not cards.machine.daemon.alive:
        cards.machine.off()
        cards.machine.on()
    cards.folder.mend()
    assert result.job is not None
    doubt = world.desk.issuing.examine(result.job.id)
    assert (doubt.card_inside, doubt.printed, doubt.counter_moved) == (None, None, None)
    assert doubt.advice is None, "only somebody who looks can say"
    answered = world.desk.issuing.answer(
        world.by, result.job.id, DoubtAnswer.CARD_SPOILED, blank_here=True
    )
    assert answered.outcome is Outcome.SPOILED
    assert stands(world, result.job.blank_serial) is BlankState.SPOILED
    again = issue(world, case(world, app))
    assert again.outcome is Outcome.PRINTED
    assert len(cards.folder.printed()) == 1, "the stopped job never comes out"


@pytest.mark.fault
def test_of_two_queues_the_one_in_doubt_rests(
    world: World, hand: Hand, cards: Cards, queued: Cards
) -> None:
    """Queues tell no serial number; each is itself all the same."""
    first, second = approved(world, 3), approved(world, 4)
    queued.printer._name = "card_printer_2"
    world.desk.hub.replace("card_printer_2", queued.printer)
    serials = {cards.printer.info.serial, queued.printer.info.serial}
    assert len(serials) == 2
    assert "" not in serials
    cards.folder.order(Fault("print.panel.c", FaultName.JAM))
    stopped = issue(world, first)
    assert stopped.outcome is Outcome.IN_DOUBT
    assert stopped.job is not None
    assert world.desk.hub.printer_with(stopped.job.printer) == "card_printer"
    cards.folder.mend()
    world.desk.hub.poll()
    assert pool.choose(world.desk.frame) == "card_printer_2", "the first owes an answer"
    assert issue(world, second).outcome is Outcome.PRINTED
    assert (len(cards.folder.printed()), len(queued.folder.printed())) == (0, 1)
    world.desk.issuing.answer(world.by, stopped.job.id, DoubtAnswer.CARD_SPOILED, blank_here=True)
    assert pool.choose(world.desk.frame) == "card_printer"


@pytest.mark.fault
def test_says_done_and_did_nothing(world: World, hand: Hand, cards: Cards) -> None:
    app = approved(world, 3)
    cards.folder.order(Fault("print.start", FaultName.SAYS_DONE))
    result = issue(world, app)
    assert result.outcome is Outcome.IN_DOUBT
    assert isinstance(result.fault, NothingPrinted)
    assert cards.folder.printed() == []


def test_without_a_reader_on_the_desk_nothing_is_begun(
    world: World, hand: Hand, cards: Cards
) -> None:
    app = approved(world, 3)
    slots = world.desk.hub._slots
    slots.pop(DESK_READER).device.close()
    with pytest.raises(NotChosen) as refusal:
        issue(world, app)
    assert refusal.value.kind is DeviceKind.CARD_READER
    assert case(world, app).state is S.APPROVED
