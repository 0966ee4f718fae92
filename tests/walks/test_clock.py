"""A wrong clock dates nothing; one that falls is noticed, one that is right again is confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import ReasonMissing
from desktop.domain.officer import RoleMissing
from desktop.domain.stock import DatedYesterday
from desktop.presenters.base import DESK
from desktop.presenters.clock import ClockWatch
from desktop.services.base import ClockWrong
from desktop.services.doubts import Outcome
from tests.presenters.busy_lane import BusyLane
from tests.walks.making import approved
from tests.walks.production import issue, restarted
from tests.walks.steps import acts, case, finished, look_at
from tests.walks.world import PASSWORDS, World


def watching(world: World) -> tuple[ClockWatch, list[ClockWrong | None]]:
    told: list[ClockWrong | None] = []
    return ClockWatch(world.desk, told.append), told


def test_a_fall_in_a_quiet_hour_is_noticed_at_the_next_tick(world: World) -> None:
    world.sign_in("andi")
    watch, told = watching(world)
    for _ in range(3):
        world.clock.advance(1200)
        watch.tick()
    assert told == []
    world.clock.jump_to(world.clock.now() - timedelta(minutes=30))
    assert world.desk.frame.clock_problem() is None  # later than the last entry all the same
    watch.tick()
    assert isinstance(told[-1], ClockWrong)
    assert world.desk.frame.clock_problem() is not None
    assert [line.officer for line in acts(world, "clock.behind")] == [""]
    for _ in range(40):
        watch.tick()
    assert len(told) == 1
    assert world.desk.oversight.verify().sound


def test_it_is_over_when_time_has_caught_up(world: World) -> None:
    world.sign_in("andi")
    watch, told = watching(world)
    world.clock.advance(3600)
    watch.tick()
    world.clock.jump_to(world.clock.now() - timedelta(minutes=20))
    watch.tick()
    assert told[-1] is not None
    world.clock.advance(1200)
    watch.tick()
    assert told[-1] is None


def test_a_supervisor_beside_the_officer_confirms_with_a_reason(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    watch, told = watching(world)
    world.clock.advance(3600)
    watch.tick()
    world.clock.jump_to(world.clock.now() - timedelta(minutes=50))
    watch.tick()
    with pytest.raises(ClockWrong):
        world.desk.issuing.issue(world.by, app.id)
    refused: list[Exception] = []
    assert not watch.alone
    watch.confirm("jam dinding", failed=refused.append)
    watch.confirm("jam dinding", *PASSWORDS["rahmat"], failed=refused.append)
    watch.confirm(" ", *PASSWORDS["bambang"], failed=refused.append)
    assert [type(one).__name__ for one in refused] == [
        "RoleMissing", "RoleMissing", "ReasonMissing",
    ]  # fmt: skip
    assert told[-1] is not None
    watch.confirm("jam dinding ruang tunggu", *PASSWORDS["bambang"], failed=refused.append)
    assert told[-1] is None
    [entry] = acts(world, "clock.confirmed")
    assert entry.officer == PASSWORDS["bambang"][0]
    assert entry.content is not None
    assert entry.content["reason"] == "jam dinding ruang tunggu"
    assert world.desk.issuing.issue(world.by, app.id).job is not None


def test_a_clock_confirmed_just_before_the_lock_is_no_longer_warned_of(world: World) -> None:
    world.sign_in("bambang")
    lanes = BusyLane(world.desk.lanes, DESK)
    told: list[ClockWrong | None] = []
    watch = ClockWatch(replace(world.desk, lanes=lanes), told.append)
    world.clock.advance(3600)
    watch.tick()
    world.clock.jump_to(world.clock.now() - timedelta(minutes=50))
    watch.tick()
    lanes.let_go()
    watch.type_reason("jam dinding")
    lanes.let_go()
    assert told[-1] is not None
    watch.confirm("jam dinding")
    world.desk.duty.lock()
    watch.type_reason("jam")  # nobody types behind the lock
    lanes.let_go()
    assert told[-1] is None
    world.desk.duty.unlock(*PASSWORDS["bambang"])
    assert watch.begun() == "", "it is on record"


def test_a_clock_that_jumped_to_2021_dates_nothing(andi: World) -> None:
    app = approved(andi, 1)
    right = andi.clock.now()
    andi.clock.jump_to(datetime(2021, 1, 1, tzinfo=UTC))
    with pytest.raises(ClockWrong) as refused:
        issue(andi, app)
    assert refused.value.last <= right
    assert case(andi, app).state is S.APPROVED
    assert andi.desk.frame.clock_problem() is not None
    andi.clock.jump_to(right + timedelta(minutes=3))
    assert andi.desk.frame.clock_problem() is None
    app, licence = look_at(andi, finished(andi, app))
    assert licence is not None
    assert licence.issued_on.year == 2026


def test_a_clock_that_is_wrong_at_start_is_told_at_once_and_recorded(andi: World) -> None:
    andi.clock.jump_to(datetime(2021, 1, 1, tzinfo=UTC))
    world = restarted(andi)  # signing in is the first act
    problem = world.desk.frame.clock_problem()
    assert isinstance(problem, ClockWrong)
    [entry] = acts(world, "clock.behind")
    assert entry.officer == ""
    world.desk.close()


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(2, Outcome.FAILED), (6, Outcome.SPOILED)], ids=["fresh", "written"]
)
def test_a_card_is_never_dated_yesterday(andi: World, seconds: int, outcome: Outcome) -> None:
    """Midnight passes between reserving and printing: dated and encoded anew."""
    app = approved(andi, 1)
    midnight = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    andi.clock.jump_to(midnight - timedelta(seconds=seconds))
    result = issue(andi, app)
    assert isinstance(result.fault, DatedYesterday)
    assert result.outcome is outcome
    for fresh in andi.bench.take_output():
        andi.bench.printer.truth.feeder.insert(0, fresh)
    app, licence = look_at(andi, finished(andi, app))
    assert licence is not None
    assert licence.issued_on == midnight.astimezone(andi.desk.frame.zone.zone).date()


def test_a_clock_that_ran_ahead_is_confirmed_by_a_supervisor(andi: World) -> None:
    app = approved(andi, 1)
    right = andi.clock.now()
    andi.clock.jump_to(datetime(2031, 1, 1, tzinfo=UTC))
    andi.desk.queue.take_ticket(andi.by)
    andi.clock.jump_to(right)
    with pytest.raises(ClockWrong):
        issue(andi, app)
    with pytest.raises(RoleMissing):
        andi.desk.frame.confirm_clock(andi.by, "jam dinding")
    andi.take_over("bambang")
    with pytest.raises(ReasonMissing):
        andi.desk.frame.confirm_clock(andi.by, "  ")
    andi.desk.frame.confirm_clock(andi.by, "dibandingkan dengan jam dinding")
    andi.give_back()
    assert finished(andi, app).issue_on == andi.desk.frame.today()
    assert andi.desk.oversight.verify().sound
