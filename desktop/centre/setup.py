"""A centre's schema and the program's own tables in it: made, brought forward, looked at."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from db import central_admin
from db.central_portal import load_told
from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.domain.reasons import SendBackReason
from desktop.domain.shipment import ParcelState
from desktop.domain.workflow import percent_told
from desktop.services.centre_rules import centre_rules
from desktop.words import Words

SUBMITTED = "submitted"
"""What the portal is told of an application that no counter has taken yet."""
_NO_CARD = (ApplicationState.REJECTED, ApplicationState.CANCELLED, ApplicationState.EXPIRED)


@dataclass(eq=False)
class CentreOfOtherRealm(Problem):
    """The database is a centre of the other realm."""

    realm: str


@dataclass(eq=False)
class CentreUnreachable(Problem):
    """The administrator's connection failed; `detail` is the server's own word."""

    detail: str


def connect(dsn: str) -> psycopg.Connection[Any]:
    """The administrator's connection, each statement its own transaction. Raises
    CentreUnreachable.
    """
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=15)
    except psycopg.Error as error:
        raise CentreUnreachable(_word(error)) from error


def prepare(dsn: str, realm: Realm) -> str:
    """Make the schema or bring it forward, and load the program's tables; their version.

    Raises CentreOfOtherRealm, CentreUnreachable.
    """
    connect(dsn).close()
    try:
        central_admin.upgrade(dsn, realm.value)
    except ValueError as error:
        raise CentreOfOtherRealm(realm.value) from error
    rules = centre_rules()
    version = hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:12]
    with connect(dsn) as conn:
        central_admin.load_rules(conn, rules, version)
        load_told(conn, told_rows(), reason_rows())
    return version


def told_rows() -> list[tuple[str, bool, str, int | None]]:
    """What an applicant is told of each state, delivery and parcel; see `percent_told`."""
    parcels: list[ParcelState | None] = [None, *ParcelState]
    rows: list[tuple[str, bool, str, int | None]] = []
    for by_courier, parcel in itertools.product((False, True), parcels):
        name = "" if parcel is None else parcel.value
        for state in ApplicationState:
            percent = percent_told(state, by_courier=by_courier, parcel=parcel)
            rows.append((state.value, by_courier, name, percent))
        # Paid, and waiting to be looked at: as one that a counter has received.
        received = percent_told(ApplicationState.RECEIVED, by_courier=by_courier)
        rows.append((SUBMITTED, by_courier, name, received))
    return rows


def reason_rows() -> list[tuple[str, str, str, str]]:
    """The words of each reason for sending a file back."""
    indonesian, english = Words.load("id"), Words.load("en")
    return [
        (reason.value, reason.document.value, indonesian.of(reason), english.of(reason))
        for reason in SendBackReason
    ]


# -- how it stands -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One counter as the centre knows it."""

    counter: str
    office: str
    state: str
    epoch: int
    seq: int
    verified: int
    """Entries of the present epoch that the notary has verified."""
    last_seen: datetime | None
    parked: int
    broken: bool


@dataclass(frozen=True, slots=True)
class CentreStatus:
    """A centre at one moment."""

    realm: str
    database_bytes: int
    entries: int
    counters: tuple[CounterLine, ...]
    waiting: int
    """Online applications that no counter has taken."""
    incidents: int
    refused: int
    """Calls refused within the last day."""
    unclaimed: int
    """Courier events whose waybill no office knows."""


def status(conn: psycopg.Connection[Any]) -> CentreStatus:
    """How the centre stands. Raises CentreUnreachable where the database is none."""
    try:
        realm = _one(conn, "SELECT value FROM centre.meta WHERE key = 'realm'")
        rows = conn.execute(
            "SELECT c.id, c.office, c.state, c.epoch, c.last_seq,"
            " CASE WHEN c.noted_epoch = c.epoch THEN c.noted_seq ELSE 0 END, c.last_seen,"
            " (SELECT count(*) FROM centre.parked p WHERE p.office = c.office AND p.counter = c.id"
            "  AND p.resolved_by IS NULL), c.broken IS NOT NULL"
            " FROM centre.counters c ORDER BY c.id"
        ).fetchall()
        return CentreStatus(
            realm=str(realm),
            database_bytes=_one(conn, "SELECT pg_database_size(current_database())"),
            entries=_one(conn, "SELECT count(*) FROM centre.journal"),
            counters=tuple(CounterLine(*row) for row in rows),
            waiting=_one(conn, "SELECT count(*) FROM centre.intake WHERE done_at IS NULL"),
            incidents=_one(conn, "SELECT count(*) FROM centre.incidents WHERE closed_at IS NULL"),
            refused=_one(
                conn, "SELECT count(*) FROM centre.refused WHERE at > now() - interval '1 day'"
            ),
            unclaimed=_one(conn, "SELECT count(*) FROM centre.courier_events WHERE office IS NULL"),
        )
    except psycopg.Error as error:
        raise CentreUnreachable(_word(error)) from error


def _one(conn: psycopg.Connection[Any], question: str) -> Any:
    row = conn.execute(question.encode()).fetchone()
    return None if row is None else row[0]


def _word(error: psycopg.Error) -> str:
    """The server's first line; a DSN's password never stands in one."""
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
