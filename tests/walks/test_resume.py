"""A power cut between chip and print: the card inside goes on, once, or it is asked about."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.stock import BlankState, DoubtAnswer, Job, JobState
from desktop.services.doubts import Outcome
from desktop.services.resuming import CannotPrintOn
from devices.simulators.faults import Fault, FaultName, PowerGone
from devices.simulators.plastic import PlasticCard
from tests.walks.making import approved
from tests.walks.production import cut_at, even, restarted, stands
from tests.walks.steps import acts, case, finished, handed, look_at
from tests.walks.world import World

DAY = 24 * 3600.0
PRINT_ON = DoubtAnswer.PRINT_ON


def cut_off(world: World) -> tuple[World, Job]:
    """A card whose chip is written, and the power gone before its printing."""
    app = approved(world, 1)
    world = cut_at(world, "card_printer", "move.print", app)
    [job] = world.desk.issuing.find_doubtful()
    assert job.reached is JobState.ENCODED
    return world, job


def whole(world: World) -> list[str]:
    return [card.serial for card in world.bench.take_output() if card.whole]


@pytest.mark.fault
def test_the_card_inside_is_printed_on_the_same_blank(andi: World) -> None:
    world, job = cut_off(andi)
    doubt = world.desk.issuing.examine(job.id)
    assert (doubt.advice, doubt.answers[0], len(doubt.answers)) == (PRINT_ON, PRINT_ON, 3)
    result = world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    assert result.outcome is Outcome.PRINTED
    app = result.application
    assert (app.state, app.blank_serial, app.reprints) == (S.PRINTED, job.blank_serial, 0)
    app = world.desk.issuing.inspect(world.by, app.id, app.blank_serial)
    assert handed(world, app).state is S.CLOSED
    assert whole(world) == [job.blank_serial]
    assert stands(world, job.blank_serial) is BlankState.ISSUED
    assert [line.act for line in acts(world, "job.resumed", "job.encoding")] == [
        "job.encoding", "job.resumed",
    ]  # fmt: skip
    with pytest.raises(KeyError):
        world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    even(world)
    assert world.desk.oversight.verify().sound
    world.desk.close()


@pytest.mark.fault
def test_next_day_the_same_blank_is_dated_and_encoded_anew(andi: World) -> None:
    world, job = cut_off(andi)
    before = world.desk.intake.case(job.application_id)
    world.clock.advance(DAY)
    assert world.desk.issuing.examine(job.id).advice is PRINT_ON
    result = world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    assert result.outcome is Outcome.PRINTED
    assert result.job is not None
    assert result.job.chip_digest != job.chip_digest
    app = world.desk.issuing.inspect(world.by, job.application_id, job.blank_serial)
    app, licence = look_at(world, app)
    assert licence is not None
    assert licence.issued_on == world.desk.frame.today() != before.issue_on
    [card] = world.bench.take_output()
    assert card.serial == job.blank_serial
    assert str(licence.valid_until) in card.chip.memory.decode("latin-1")
    even(world)
    world.desk.close()


def swap(world: World) -> None:
    """Somebody put another card in."""
    world.bench.printer.truth.inside = PlasticCard.blank("AA99999999")


def unlabelled(world: World) -> None:
    """Another card whose face tells nothing; its chip is another."""
    other = PlasticCard.blank("AA99999999")
    other.serial = ""
    printer = world.bench.printer
    printer.truth.inside = other
    printer.place(printer.truth.station)


def rewrite(world: World) -> None:
    inside = world.bench.printer.truth.inside
    assert inside is not None
    inside.chip.write(0, b"{}")


def ink(world: World) -> None:
    inside = world.bench.printer.truth.inside
    assert inside is not None
    inside.panels.append("c")


def count_up(world: World) -> None:
    world.bench.printer.truth.panels += 4


def take_out(world: World) -> None:
    truth = world.bench.printer.truth
    assert truth.inside is not None
    truth.by_hand.append(truth.inside)
    truth.inside = None


@pytest.mark.fault
@pytest.mark.parametrize("meddle", [swap, unlabelled, rewrite, ink, count_up, take_out])
def test_what_is_not_the_untouched_card_is_never_printed_on(andi: World, meddle: object) -> None:
    world, job = cut_off(andi)
    assert world.desk.issuing.examine(job.id).advice is PRINT_ON
    meddle(world)  # type: ignore[operator]
    doubt = world.desk.issuing.examine(job.id)
    assert PRINT_ON not in doubt.answers
    with pytest.raises(CannotPrintOn):
        world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    [still] = world.desk.issuing.find_doubtful()
    assert still.id == job.id
    result = world.desk.issuing.answer(world.by, job.id, DoubtAnswer.NO_CARD, blank_here=True)
    assert result.application.state is S.APPROVED
    assert stands(world, job.blank_serial) is BlankState.SPOILED
    truth = world.bench.printer.truth
    if truth.inside is not None:
        truth.by_hand.append(truth.inside)
        truth.inside = None
    assert finished(world, result.application).blank_serial != job.blank_serial
    even(world)
    world.desk.close()


@pytest.mark.fault
def test_the_question_of_production_is_answered_by_production(andi: World) -> None:
    world, job = cut_off(andi)
    world.sign_in("dewi")
    with pytest.raises(RoleMissing):
        world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    assert world.desk.issuing.find_doubtful() != []
    world.desk.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("device", "step", "days", "advice", "ends"),
    [
        ("card_printer", "move.print", 0, PRINT_ON, BlankState.ISSUED),
        ("card_printer", "print.panel.m", 0, DoubtAnswer.CARD_SPOILED, BlankState.SPOILED),
        ("card_printer", "print.done", 0, DoubtAnswer.CARD_GOOD, BlankState.ISSUED),
        ("card_printer", "eject", 0, DoubtAnswer.CARD_GOOD, BlankState.ISSUED),
        ("chip_station", "chip.update", 1, DoubtAnswer.NO_CARD, BlankState.SPOILED),
        ("card_printer", "move.print", 1, PRINT_ON, BlankState.ISSUED),
    ],
)
def test_the_power_goes_a_second_time(
    andi: World, device: str, step: str, days: int, advice: DoubtAnswer, ends: BlankState
) -> None:
    world, job = cut_off(andi)
    world.clock.advance(days * DAY)
    world.bench.order(device, Fault(step, FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    world = restarted(world)
    [again] = world.desk.issuing.find_doubtful()
    assert again.id == job.id
    assert world.desk.issuing.examine(job.id).advice is advice
    world.desk.issuing.answer(world.by, job.id, advice, blank_here=True)
    app = world.desk.intake.case(job.application_id)
    if app.state is S.APPROVED:
        app = finished(world, app)
    else:
        app = world.desk.issuing.inspect(world.by, app.id, app.blank_serial)
    assert handed(world, app).state is S.CLOSED
    assert stands(world, job.blank_serial) is ends
    assert whole(world) == [app.blank_serial]
    even(world)
    assert world.desk.oversight.verify().sound
    world.desk.close()


@pytest.mark.fault
def test_a_jam_while_printing_on_spoils_the_blank(andi: World) -> None:
    world, job = cut_off(andi)
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    result = world.desk.issuing.answer(world.by, job.id, PRINT_ON, blank_here=True)
    assert result.outcome is Outcome.SPOILED
    assert stands(world, job.blank_serial) is BlankState.SPOILED
    assert case(world, result.application).state is S.APPROVED
    even(world)
    world.desk.close()


def test_the_answer_stands_in_the_doubt_and_nowhere_else(andi: World) -> None:
    world, job = cut_off(andi)
    assert PRINT_ON not in world.desk.issuing.possible(job)
    started = dataclasses.replace(job, reached=JobState.PRINTING)
    assert PRINT_ON not in world.desk.issuing.possible(started)
    world.desk.close()
