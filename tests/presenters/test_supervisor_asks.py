"""A typed proof on the approver's screen: its issuer is asked again, beside everything else."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application
from desktop.domain.requirements import RequirementKind as K
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.base import ISSUERS
from desktop.presenters.supervisor import Supervisor
from desktop.services.reviews import Remark, Review
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.making import confirmed
from tests.walks.steps import captured, paid, registered
from tests.walks.world import World


@pytest.fixture
def typed(world: World) -> Application:
    """A renewal whose psychologist was silent, as it waits for Sri, who looks."""
    world.sign_in("andi")
    confirmed(world, 2)  # and a plain one, which is first in the list
    issuers(world).manners[K.PSYCH_CERT] = Manner.SILENT
    person, desk = world.people[1], world.desk
    app = registered(world, person)
    assert len(desk.requirements.gather(world.by, app.id)) == 1
    day = desk.frame.today()
    desk.requirements.type_in(world.by, app.id, K.PSYCH_CERT, "PSI-77", day, "BIRO CONTOH")
    app = captured(world, paid(world, desk.requirements.check(world.by, app.id)), person)
    app = desk.intake.confirm_data(world.by, app.id)
    world.sign_in("sri")
    return app


def issuers(world: World) -> OutsideSimulator:
    assert isinstance(world.desk.outside, OutsideSimulator)
    return world.desk.outside


def review_of(screen: Supervisor, app: Application) -> Review:
    return next(one for one in screen.view.reviews if one.application.id == app.id)


def test_the_issuer_of_a_typed_proof_is_asked_again_when_the_case_is_looked_at(
    world: World, typed: Application
) -> None:
    screen = Supervisor(world.desk)
    lane = on_busy_lane(screen, ISSUERS)
    issuers(world).manners[K.PSYCH_CERT] = Manner.YES
    screen.enter()
    assert review_of(screen, typed).remarks == (Remark.TYPED_EVIDENCE,)
    lane.let_go()
    assert review_of(screen, typed).remarks == (Remark.TYPED_EVIDENCE,), "nobody looked at it yet"
    screen.select(typed.id)
    assert not screen.view.doing, "the list is free meanwhile"
    assert world.desk.proofs.open_typed()
    lane.let_go()
    assert world.desk.proofs.open_typed() == []
    assert screen.view.said is not None
    assert screen.view.said.message_id == "supervisor.asked"
    assert review_of(screen, typed).clean


def test_a_no_is_told_before_anybody_signs(world: World, typed: Application) -> None:
    issuers(world).manners[K.PSYCH_CERT] = Manner.NO
    screen = Supervisor(world.desk)
    screen.enter(typed.id)
    assert screen.view.said is not None
    assert screen.view.said.message_id == "supervisor.asked_denied"
    assert Remark.EVIDENCE_DENIED in review_of(screen, typed).remarks


def test_who_is_still_silent_is_asked_once(world: World, typed: Application) -> None:
    screen = Supervisor(world.desk)
    screen.enter(typed.id)
    assert screen.view.problem is None
    assert review_of(screen, typed).remarks == (Remark.TYPED_EVIDENCE,)
    issuers(world).manners[K.PSYCH_CERT] = Manner.YES
    screen.load()
    assert review_of(screen, typed).remarks == (Remark.TYPED_EVIDENCE,)
