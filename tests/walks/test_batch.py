"""Sixty cards in a row, and what stops them."""

from __future__ import annotations

import threading

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.stock import DoubtAnswer, Job, JobInDoubt, NoBlankAssigned
from desktop.services.batch import BatchProgress
from desktop.services.doubts import Outcome
from devices.device import SupplyName
from devices.errors import CardJam, RibbonEnded
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import approved
from tests.walks.steps import acts
from tests.walks.world import World


def many(world: World, count: int) -> list[Application]:
    """So many approved cases, of one drawn picture each."""
    return [approved(world, index) for index in range(1, count + 1)]


def ids_of(cases: list[Application]) -> list[str]:
    return [app.id for app in cases]


def states(world: World, ids: list[str]) -> set[S]:
    return {world.desk.intake.case(one).state for one in ids}


def test_each_case_gets_one_card_in_its_order(andi: World) -> None:
    ids = ids_of(many(andi, 4))
    told: list[BatchProgress] = []
    done = andi.desk.batch.run(andi.by, ids, told.append)
    assert done.complete
    assert [app.id for app in done.printed] == ids
    assert [(step.done, step.total) for step in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    cards = andi.bench.take_output()
    assert [card.serial for card in cards] == [app.blank_serial for app in done.printed]
    again = andi.desk.batch.run(andi.by, ids)
    assert (again.printed, again.refused, again.complete) == ((), (), True)
    assert andi.bench.take_output() == []


def test_the_ribbon_ends_in_the_middle_and_every_card_comes_once(andi: World) -> None:
    """The ribbon ends in the third of five; the half-printed blank is spoiled, the case isn't."""
    ids = ids_of(many(andi, 5))
    andi.bench.order("card_printer", Fault("print.panel.m", FaultName.RIBBON_END, skip=2))
    first = andi.desk.batch.run(andi.by, ids)
    assert isinstance(first.stopped, RibbonEnded)
    assert (len(first.printed), list(first.left)) == (2, ids[2:])
    andi.bench.printer.change_ribbon()
    andi.bench.remedy("card_printer")
    rest = andi.desk.batch.run(andi.by, first.left, batch=first.batch)
    assert rest.complete
    assert states(andi, ids) == {S.PRINTED}
    good = [card for card in andi.bench.take_output() if card.whole]
    assert len({card.serial for card in good}) == len(good) == 5
    [spoiled] = andi.bench.take_rejects()
    with andi.desk.ledger.reading() as r:
        jobs = r.find(Job, batch=first.batch)
        panels = andi.bench.printer.truth.panels
        with andi.desk.hub.printer() as printer:
            left = {s.name: s.left for s in printer.supplies(timeout=5)}
        assert all(b.holds for b in andi.desk.stock.balances(r, andi.desk.frame.shift_id(r)))
    assert len(jobs) == 6
    assert panels == 5 * 6 + len(spoiled.panels)
    assert left[SupplyName.RIBBON] == 200 - 3


def test_a_jam_stops_the_batch_and_nothing_is_printed_twice(andi: World) -> None:
    ids = ids_of(many(andi, 3))
    andi.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM, skip=1))
    first = andi.desk.batch.run(andi.by, ids)
    assert isinstance(first.stopped, CardJam)
    assert first.last is not None
    assert first.last.outcome is Outcome.SPOILED
    stuck = andi.desk.batch.run(andi.by, first.left, batch=first.batch)
    assert stuck.printed == ()
    andi.bench.printer.clear_jam()
    rest = andi.desk.batch.run(andi.by, stuck.left, batch=first.batch)
    assert rest.complete
    assert len([card for card in andi.bench.take_output() if card.whole]) == 3


def test_a_doubt_stops_the_batch_until_it_is_answered(andi: World) -> None:
    ids = ids_of(many(andi, 2))
    andi.bench.order("card_printer", Fault("print.done", FaultName.SILENT))
    first = andi.desk.batch.run(andi.by, ids)
    assert first.last is not None
    assert first.last.outcome is Outcome.IN_DOUBT
    assert list(first.left) == ids
    [job] = andi.desk.issuing.find_doubtful()
    again = andi.desk.batch.run(andi.by, first.left[:1])
    assert [type(problem) for _, problem in again.refused] == [JobInDoubt]
    andi.bench.remedy("card_printer")
    andi.desk.issuing.answer(andi.by, job.id, DoubtAnswer.CARD_GOOD, blank_here=False)
    rest = andi.desk.batch.run(andi.by, first.left)
    assert rest.complete
    assert len(andi.bench.take_output()) == 2


def test_a_dead_chip_costs_a_blank_and_no_stop(andi: World) -> None:
    ids = ids_of(many(andi, 2))
    andi.bench.order("card_printer", Fault("feed", FaultName.DEAD_CHIP))
    done = andi.desk.batch.run(andi.by, ids)
    assert done.complete
    assert len(done.printed) == 2
    assert len(andi.bench.take_rejects()) == 1


def test_a_case_that_cannot_be_printed_does_not_stop_the_others(andi: World) -> None:
    one, other = many(andi, 2)
    andi.desk.intake.correct(andi.by, one.id, one.applicant)
    done = andi.desk.batch.run(andi.by, [one.id, other.id])
    assert [refused for refused, _ in done.refused] == [one.id]
    assert [app.id for app in done.printed] == [other.id]


def test_stock_that_runs_out_stops_the_batch_with_what_is_left(andi: World) -> None:
    ids = ids_of(many(andi, 2))
    for serial in andi.desk.stock.free_here(200)[1:]:
        andi.desk.stock.spoil(andi.by, serial, "lot_defect")
    done = andi.desk.batch.run(andi.by, ids)
    assert isinstance(done.stopped, NoBlankAssigned)
    assert list(done.left) == ids[1:]


def test_stopping_waits_for_the_card_that_is_inside(andi: World) -> None:
    ids = ids_of(many(andi, 3))
    stop = threading.Event()
    done = andi.desk.batch.run(andi.by, ids, lambda step: stop.set(), stop)
    assert (len(done.printed), list(done.left)) == (1, ids[1:])
    assert done.stopped is None
    assert andi.bench.printer.truth.inside is None
    begun, ended = acts(andi, "batch.begun")[0], acts(andi, "batch.ended")[0]
    assert begun.content == {"count": 3}
    assert ended.content is not None
    assert (ended.content["printed"], ended.content["left"]) == (1, 2)
