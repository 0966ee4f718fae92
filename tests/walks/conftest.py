"""Fixtures of the walks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.world import World, open_world

IDS_OF_THE_OFFICE = 20_000
"""More ids than furnishing an office takes; a copy goes on behind them."""


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training profile as it is on its first morning, made once and copied for each walk."""
    folder = tmp_path_factory.mktemp("office") / "profile"
    open_world(folder).desk.close()
    return folder


@pytest.fixture
def world(furnished: Path, tmp_path: Path) -> Iterator[World]:
    """A furnished training counter at half past seven."""
    folder = tmp_path / "profile"
    shutil.copytree(furnished, folder)
    made = open_world(folder, ids_used=IDS_OF_THE_OFFICE)
    yield made
    made.desk.close()


@pytest.fixture
def andi(world: World) -> World:
    """The counter with Andi signed in, who may produce too."""
    world.sign_in("andi")
    return world
