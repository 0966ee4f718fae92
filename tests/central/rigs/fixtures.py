"""Fixtures of the centre's database, for every suite that wants a real one.

One cluster for each pytest worker; a test has a database for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.central.rigs.centre import CentreRig, kept_centre, make_template
from tests.central.rigs.postgres import PostgresRig, postgres_rig


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresRig]:
    """The worker's PostgreSQL server."""
    with postgres_rig() as rig:
        yield rig


@pytest.fixture(scope="session")
def centre_template(postgres_server: PostgresRig) -> PostgresRig:
    """The server with the schema and sample data as a template; ask for `centre` instead."""
    make_template(postgres_server)
    return postgres_server


@pytest.fixture
def centre(centre_template: PostgresRig) -> CentreRig:
    """A centre as nobody has spoken to it: two offices, two counters each, officers and rules."""
    return kept_centre(centre_template)
