"""Fixtures of the walks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.world import IDS_OF_THE_OFFICE as IDS_OF_THE_OFFICE
from tests.walks.world import World, furnished_profile, new_world


@pytest.fixture(scope="session")
def furnished() -> Path:
    """A training profile as it is on its first morning, made once and copied for each walk."""
    return furnished_profile()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A furnished training counter at half past seven."""
    made = new_world(tmp_path / "profile")
    yield made
    made.desk.close()


@pytest.fixture
def andi(world: World) -> World:
    """The counter with Andi signed in, who may produce too."""
    world.sign_in("andi")
    return world
