"""A store with a journal that already has some acts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.db.journal_office import COUNTER, KEY, REALM, Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "store.db"
    store = Store.create(path, KEY, facts={"realm": REALM, "counter": COUNTER})
    yield open_office(path, store)
    store.close()


@pytest.fixture
def ten(office: Office) -> Office:
    """Ten acts, the shift closed after the seventh."""
    for number in range(1, 11):
        office.act(number)
        if number == 7:
            office.close_shift()
    return office
