"""A live counter that has joined: no card bears the sample office."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.realm import Realm
from desktop.domain.stock import DoubtAnswer, Job
from desktop.services.base import Frame
from desktop.services.batch import BatchRun
from desktop.services.particulars import OfficeIsSample, particulars_problem
from desktop.services.resuming import Resuming
from desktop.settings import Place
from tests.walks.making import approved
from tests.walks.test_resume import cut_off
from tests.walks.world import World

OWN = Place(
    office_name="Satpas Garut", address="Jalan Merdeka No. 7, Garut 44111", phone="(0262) 123 456"
)


def live(world: World, place: Place | None = None) -> Frame:
    """The counter's ground as it would be in the live realm."""
    desk = world.desk
    settings = dataclasses.replace(desk.settings, place=place or Place())
    return dataclasses.replace(desk.frame, realm=Realm.LIVE, settings=settings)


def issuing(world: World, frame: Frame) -> Resuming:
    desk = world.desk
    return Resuming(frame, desk.cardmaker, desk.licences, desk.approvals)


def test_only_particulars_of_its_own_are_good_enough(world: World) -> None:
    assert particulars_problem(world.desk.frame) is None, "training is the sample office"
    assert particulars_problem(live(world, OWN)) is None
    lacking = [{"phone": Place().phone}, {"polda": ""}, {"area": ""}, {"city": ""}, {"address": ""}]
    for changes in ({}, *lacking):
        place = dataclasses.replace(OWN, **changes) if changes else Place()
        assert particulars_problem(live(world, place)) is not None, changes


def test_a_live_counter_makes_no_card_of_the_sample_office(world: World) -> None:
    """Refused before anything is reserved."""
    world.sign_in("andi")
    app = approved(world, 1)
    with pytest.raises(OfficeIsSample):
        issuing(world, live(world)).issue(world.by, app.id)
    whole = BatchRun(live(world), issuing(world, live(world))).run(world.by, [app.id])
    assert isinstance(whole.stopped, OfficeIsSample), "said once, and not of each card"
    assert (whole.refused, list(whole.left)) == ((), [app.id])
    assert world.desk.intake.case(app.id).state is S.APPROVED
    with world.desk.ledger.reading() as r:
        assert r.find(Job, application_id=app.id) == []


@pytest.mark.fault
def test_a_card_in_doubt_stays_so_until_the_particulars_are_there(andi: World) -> None:
    """Its written blank isn't lost by it."""
    world, job = cut_off(andi)
    with pytest.raises(OfficeIsSample):
        issuing(world, live(world)).answer(world.by, job.id, DoubtAnswer.PRINT_ON, blank_here=True)
    assert [one.id for one in world.desk.issuing.find_doubtful()] == [job.id]
    assert world.desk.issuing.examine(job.id).advice is DoubtAnswer.PRINT_ON
    world.desk.close()
