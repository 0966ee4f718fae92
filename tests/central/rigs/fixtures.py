"""Fixtures of the centre's database, for every suite that wants a real one.

One cluster for each pytest worker; a test gets a database of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.central.rigs.postgres import PostgresRig, postgres_rig


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresRig]:
    """The worker's PostgreSQL server."""
    with postgres_rig() as rig:
        yield rig
