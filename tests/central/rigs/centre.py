"""A fresh centre for each test: the schema is made once, and copied.

    centre.dsn                        # the administrator's
    centre.counter_dsn("1374-L3")     # a counter's, with its certificate
    with centre.line("1374-L3") as line: line.push(…)

Offices 1374 and 3275 with two counters each, the officers of the training office at every office,
and the program's own rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from db import central_admin
from db.central import Centre
from desktop.services.centre_rules import centre_rules
from desktop.training.officers import SAMPLE_OFFICERS
from tests.central.rigs.kept import kept_database
from tests.central.rigs.postgres import PostgresRig

OFFICES = {"1374": "Satpas Contoh", "3275": "Satpas Uji"}
COUNTERS = ("1374-L3", "1374-L4", "3275-L1", "3275-L2")
REALM = "training"
TEMPLATE = "loket_template"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class CentreRig:
    """One database on a worker's server."""

    server: PostgresRig
    database: str

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.database)

    admin_dsn = dsn

    def counter_dsn(self, counter: str) -> str:
        return self.server.counter_dsn(counter, self.database)

    def admin(self) -> psycopg.Connection[Any]:
        """The administrator's connection, autocommit."""
        return psycopg.connect(self.dsn, autocommit=True)

    def line(self, counter: str) -> Centre:
        """A counter's line."""
        return Centre.open(self.counter_dsn(counter))

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows, as the administrator sees them."""
        with self.admin() as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def do(self, statement: str, *values: Any) -> None:
        """A change by the administrator."""
        with self.admin() as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

    def enrol(self, counter: str, office: str) -> None:
        with self.admin() as connection:
            central_admin.enrol_counter(connection, counter, office)


def fill(connection: psycopg.Connection[Any]) -> None:
    """Rules, offices, counters and officers of a test's centre."""
    central_admin.load_rules(connection, centre_rules(), "test")
    for office, name in OFFICES.items():
        central_admin.put_office(connection, office, name)
    for counter in COUNTERS:
        central_admin.enrol_counter(connection, counter, counter.partition("-")[0])
    for officer in SAMPLE_OFFICERS:
        central_admin.put_officer(
            connection, officer.nrp, officer.name, roles=map(str, officer.roles), offices=None
        )


def make_template(server: PostgresRig) -> None:
    """The database that every test's is copied from."""
    server.create_database(TEMPLATE)
    central_admin.upgrade(server.dsn(TEMPLATE), REALM)
    with psycopg.connect(server.dsn(TEMPLATE), autocommit=True) as connection:
        fill(connection)


@contextmanager
def fresh_centre(server: PostgresRig) -> Generator[CentreRig]:
    """A centre that nobody has spoken to yet; `make_template` came before."""
    name = f"centre_{next(_numbers)}"
    server.create_database(name, TEMPLATE)
    try:
        _open(server, name)
        yield CentreRig(server, name)
    finally:
        server.drop_database(name)


def kept_centre(server: PostgresRig) -> CentreRig:
    """The same in a database that is used again by the next test; `make_template` came before."""
    name = kept_database(server, TEMPLATE)
    _open(server, name)
    return CentreRig(server, name)


def _open(server: PostgresRig, name: str) -> None:
    with psycopg.connect(server.dsn(name), autocommit=True) as connection:
        central_admin.secure_database(connection)
        # Roles belong to the whole server: an earlier test may have revoked one.
        for counter in COUNTERS:
            central_admin.let_in(connection, counter)
