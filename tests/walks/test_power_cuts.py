"""The power fails in the middle of making a card, or somebody looks: one question, one card."""

from __future__ import annotations

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.reasons import SpoilReason
from desktop.domain.stock import AnswerImpossible, BlankState, DoubtAnswer, JobInDoubt, JobState
from desktop.services.doubts import Outcome
from devices.simulators.bench import SimulatedBench
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import approved
from tests.walks.production import cut_at, even, issue, stands
from tests.walks.steps import finished, handed, printed
from tests.walks.world import World


@pytest.mark.fault
@pytest.mark.parametrize(
    ("device", "step", "reached", "answer", "ends"),
    [
        ("card_printer", "feed", JobState.INTENT, DoubtAnswer.NO_CARD, BlankState.ASSIGNED),
        ("card_printer", "feed.done", JobState.INTENT, DoubtAnswer.NO_CARD, BlankState.ASSIGNED),
        ("chip_station", "chip.update", JobState.ENCODING, DoubtAnswer.NO_CARD, BlankState.SPOILED),
        ("chip_station", "chip.read", JobState.ENCODING, DoubtAnswer.NO_CARD, BlankState.SPOILED),
        ("card_printer", "move.print", JobState.ENCODED, DoubtAnswer.PRINT_ON,
         BlankState.AT_PRINTER),
        ("card_printer", "print.panel.c", JobState.PRINTING, DoubtAnswer.CARD_SPOILED,
         BlankState.SPOILED),
        ("card_printer", "print.done", JobState.PRINTING, DoubtAnswer.CARD_GOOD,
         BlankState.AT_PRINTER),
        ("card_printer", "eject", JobState.PRINTING, DoubtAnswer.CARD_GOOD, BlankState.AT_PRINTER),
    ],
)  # fmt: skip
def test_a_power_cut_leaves_one_question_and_no_second_card(
    andi: World, device: str, step: str, reached: JobState, answer: DoubtAnswer, ends: BlankState
) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, device, step, app)
    [job] = world.desk.issuing.find_doubtful()
    assert (job.reached, job.application_id) == (reached, app.id)
    with pytest.raises(JobInDoubt):
        issue(world, app)
    assert world.desk.issuing.examine(job.id).advice is answer
    answered = world.desk.issuing.answer(world.by, job.id, answer, blank_here=True)
    assert stands(world, job.blank_serial) is ends
    assert answered.put_back == (job.blank_serial if ends is BlankState.ASSIGNED else "")
    assert world.desk.issuing.find_doubtful() == []
    if answer in (DoubtAnswer.CARD_GOOD, DoubtAnswer.PRINT_ON):
        app = world.desk.issuing.inspect(world.by, app.id)
    else:
        put_back_what_is_fresh(world, job.blank_serial, ends)
        app = finished(world, app)
    assert handed(world, app).state is S.CLOSED
    good = [card for card in world.bench.take_output() if card.whole]
    assert [card.serial for card in good] == [app.blank_serial]
    even(world)
    assert world.desk.oversight.verify().sound
    world.desk.close()


def put_back_what_is_fresh(world: World, serial: str, ends: BlankState) -> None:
    """An untouched blank goes back on top of the feeder; others are out of the way."""
    fresh = [card for card in world.bench.take_output() if card.serial == serial]
    if ends is BlankState.ASSIGNED:
        for card in fresh:
            world.bench.printer.truth.feeder.insert(0, card)


@pytest.mark.fault
def test_a_card_can_only_be_good_if_its_printing_was_begun(andi: World) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, "chip_station", "chip.read", app)
    [job] = world.desk.issuing.find_doubtful()
    with pytest.raises(AnswerImpossible):
        world.desk.issuing.answer(world.by, job.id, DoubtAnswer.CARD_GOOD, blank_here=True)
    assert DoubtAnswer.CARD_GOOD not in world.desk.issuing.possible(job)
    world.desk.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("device", "step", "here", "outcome"),
    [
        ("card_printer", "feed.done", True, Outcome.FAILED),
        ("card_printer", "print.panel.c", True, Outcome.CHIP_WRITTEN),
        ("card_printer", "print.panel.c", False, Outcome.MISSING),
    ],
)
def test_an_answer_tells_what_became_of_the_blank(
    andi: World, device: str, step: str, here: bool, outcome: Outcome
) -> None:
    """Only a blank whose chip nobody wrote is whole; of the others that may never be said."""
    world = cut_at(andi, device, step, approved(andi, 1))
    [job] = world.desk.issuing.find_doubtful()
    no_card = DoubtAnswer.NO_CARD
    result = world.desk.issuing.answer(world.by, job.id, no_card, blank_here=here)
    assert result.outcome is outcome
    ends = {
        Outcome.FAILED: BlankState.ASSIGNED,
        Outcome.CHIP_WRITTEN: BlankState.SPOILED,
        Outcome.MISSING: BlankState.MISSING,
    }
    assert stands(world, job.blank_serial) is ends[outcome]
    world.desk.close()


@pytest.mark.fault
def test_a_doubt_without_card_and_blank_is_an_incident(andi: World) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, "card_printer", "print.done", app)
    [job] = world.desk.issuing.find_doubtful()
    world.desk.issuing.answer(world.by, job.id, DoubtAnswer.NO_CARD, blank_here=False)
    assert stands(world, job.blank_serial) is BlankState.MISSING
    [incident] = world.desk.oversight.incidents()
    assert incident.subject == job.blank_serial
    even(world)
    world.desk.close()


def test_work_under_way_is_never_taken_for_a_doubt(andi: World) -> None:
    """Whoever looks for doubtful jobs while a card is printed leaves it alone."""
    app = approved(andi, 1)
    seen: list[int] = []
    pause = andi.clock.pause

    def look(seconds: float, cancel: object = None) -> bool:
        seen.append(len(andi.desk.issuing.find_doubtful()))
        return pause(seconds)

    bench = SimulatedBench(look)  # type: ignore[arg-type]
    bench.load_blanks(andi.desk.stock.free_here(3))
    for name in ("card_printer", "chip_station"):
        andi.desk.hub.replace(name, bench.adapter(name))
    assert printed(andi, app).state is S.PRINTED
    assert set(seen) == {0}
    assert len(seen) > 5


def test_a_card_under_way_cannot_be_spoiled_from_another_screen(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("print.done", FaultName.UNPLUGGED))
    assert issue(andi, app).outcome is Outcome.IN_DOUBT
    with pytest.raises(JobInDoubt):
        andi.desk.issuing.spoil(andi.by, app.id, SpoilReason.OTHER)


@pytest.mark.fault
def test_who_may_not_answer_moves_no_card_in_the_printer(andi: World) -> None:
    """The duty comes before the machine is told anything: a supervisor may spoil, no more."""
    world = cut_at(andi, "card_printer", "eject", approved(andi, 1))
    [job] = world.desk.issuing.find_doubtful()
    spoiled = DoubtAnswer.CARD_SPOILED
    for who, answers in (
        ("sri", world.desk.issuing.possible(job)),
        ("bambang", [DoubtAnswer.CARD_GOOD]),
    ):
        world.take_over(who)
        for answer in answers:
            with pytest.raises(RoleMissing):
                world.desk.issuing.answer(world.by, job.id, answer, blank_here=True)
            assert world.desk.issuing.examine(job.id).card_inside, (who, answer)
        world.give_back()
    world.take_over("bambang")
    world.desk.issuing.answer(world.by, job.id, spoiled, blank_here=True)
    assert stands(world, job.blank_serial) is BlankState.SPOILED
    world.desk.close()
