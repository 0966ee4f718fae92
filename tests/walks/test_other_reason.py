"""OTHER says nothing by itself: no act takes it without the officer's own sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.application import Application, ReasonMissing
from desktop.domain.stock import Blank
from tests.walks.making import ready
from tests.walks.steps import acts, case, registered
from tests.walks.world import World

ONE = "CT26030101"


@pytest.mark.parametrize("act", ["reject", "cancel"])
def test_a_case_ends_for_another_reason_only_with_a_sentence(world: World, act: str) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    end: Callable[..., Application] = getattr(world.desk.intake, act)
    with pytest.raises(ReasonMissing):
        end(world.by, app.id, "other", "  ")
    assert case(world, app) == app
    ended = end(world.by, app.id, "other", "Pemohon pindah ke luar negeri.")
    assert ended.ended
    assert ended.note == "Pemohon pindah ke luar negeri."


@pytest.mark.parametrize("act", ["spoil", "miss"])
def test_a_blank_leaves_the_stock_for_another_reason_only_with_a_sentence(
    world: World, act: str
) -> None:
    world.sign_in("nyoman")
    leave: Callable[..., Blank] = getattr(world.desk.stock, act)
    with pytest.raises(ReasonMissing):
        leave(world.by, ONE, "other")
    leave(world.by, ONE, "other", "Tergores di laci.")
    [entry] = acts(world, f"blank.{act}")
    assert entry.content
    assert entry.content["statement"] == "Tergores di laci."


@pytest.mark.parametrize(("act", "note"), [("spoil", "note"), ("card_missing", "statement")])
def test_a_card_leaves_its_case_for_another_reason_only_with_a_sentence(
    world: World, act: str, note: str
) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    leave: Callable[..., Application] = getattr(world.desk.issuing, act)
    with pytest.raises(ReasonMissing):
        leave(world.by, app.id, "other")
    assert case(world, app) == app
    after = leave(world.by, app.id, "other", **{note: "Jatuh di belakang printer."})
    assert not after.blank_serial
