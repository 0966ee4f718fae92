"""Who applies from home and who comes to the counter: in training never both at once."""

from __future__ import annotations

import json

from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_stage import MORNING, TrainingStage, fitting
from desktop.training.residents import residents_of
from tests.walks.conftest import furnished, world
from tests.walks.world import World

__all__ = ["furnished", "world"]


def test_nobody_in_the_hall_applies_from_home_meanwhile(world: World) -> None:
    world.sign_in("andi")
    stage = TrainingStage(world.desk, WalkIn(world.desk))
    stage.load()
    seats = stage.view.seats
    hall: list[str] = []
    for service, _lane in MORNING * 2:
        seat = fitting(tuple(s for s in seats if s.nik not in hall), service)
        assert seat is not None
        hall.append(seat.nik)
    home = {str(json.loads(line)["nik"]) for line in residents_of(world.desk).splitlines()}
    assert len(home) >= 12
    assert not home & set(hall)
