"""Two counters of one office with a real centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.rigs.centre import CentreRig
from tests.sync.counters import first_counter, second_counter
from tests.walks.conftest import furnished as furnished
from tests.walks.world import World


@pytest.fixture
def counter(furnished: Path, tmp_path: Path, centre: CentreRig) -> Iterator[World]:
    """Loket 3, furnished, with a line."""
    made = first_counter(furnished, tmp_path / "l3", centre)
    yield made
    made.desk.syncing.close()
    made.desk.close()


@pytest.fixture
def other(tmp_path: Path, centre: CentreRig) -> Iterator[World]:
    """Loket 4 of the same office."""
    made = second_counter(tmp_path / "l4", centre)
    yield made
    made.desk.syncing.close()
    made.desk.close()
