"""A clock that falls while nobody writes is noticed, and one that is right again is confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.presenters.clock import ClockWatch
from desktop.services.base import ClockWrong
from tests.walks.making import approved
from tests.walks.steps import acts
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
