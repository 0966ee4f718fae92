"""Fixtures of the walks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.world import World, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A furnished training counter at half past seven."""
    made = open_world(tmp_path / "profile")
    yield made
    made.desk.close()
