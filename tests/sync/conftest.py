"""Two counters of one office with a real centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.rigs.centre import CentreRig
from tests.sync.counters import connect, exchange, first_counter, second_counter
from tests.walks.conftest import furnished as furnished
from tests.walks.licence_office import licence_office
from tests.walks.world import World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a real PostgreSQL; a missing one fails it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.central)
            if item.path.stem in ("test_faults", "test_restored", "test_outage"):
                item.add_marker(pytest.mark.fault)


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


@pytest.fixture
def office(furnished: Path, tmp_path: Path, centre: CentreRig) -> Iterator[World]:
    """Loket 3, whose cards have the licence's chip, with a line; Andi is at the counter."""
    made = connect(licence_office(furnished, tmp_path / "l3"), centre)
    exchange(made)
    made.sign_in("andi")
    yield made
    made.desk.syncing.close()
    made.desk.close()
