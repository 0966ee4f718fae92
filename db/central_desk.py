"""What administrators' commands ask of a centre's database and write into it, beside
`db.central_admin`: how it stands, orders that change others, the notary's word, logins.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from db.central_admin import Connection
from db.errors import StoreProblem

CONNECT_SECONDS = 15


class CentreUnreachable(StoreProblem):
    """The administrator's connection failed; `detail` is the server's own word."""

    detail: str


class CentreOfOlderProgram(StoreProblem):
    """The database lacks what this program asks for: it was made by one before it."""


def connect(dsn: str) -> Connection:
    """The administrator's connection, each statement its own transaction. Raises
    CentreUnreachable.
    """
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.Error as error:
        raise CentreUnreachable(word_of(error)) from error


@contextmanager
def told() -> Generator[None]:
    """What the database refuses within is raised as CentreUnreachable, or CentreOfOlderProgram."""
    try:
        yield
    except (psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable) as error:
        raise CentreOfOlderProgram from error
    except psycopg.Error as error:
        raise CentreUnreachable(word_of(error)) from error


def word_of(error: psycopg.Error) -> str:
    """The server's first line; a password never stands in one."""
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__


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


def status(conn: Connection) -> CentreStatus:
    """How the centre stands. Raises CentreUnreachable where the database is none."""
    try:
        rows = conn.execute(
            "SELECT c.id, c.office, c.state, c.epoch, c.last_seq,"
            " CASE WHEN c.noted_epoch = c.epoch THEN c.noted_seq ELSE 0 END, c.last_seen,"
            " (SELECT count(*) FROM centre.parked p WHERE p.office = c.office AND p.counter = c.id"
            "  AND p.resolved_by IS NULL), c.broken IS NOT NULL"
            " FROM centre.counters c ORDER BY c.id"
        ).fetchall()
        return CentreStatus(
            realm=str(_one(conn, "SELECT value FROM centre.meta WHERE key = 'realm'")),
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
        raise CentreUnreachable(word_of(error)) from error


def realm_of(conn: Connection) -> str:
    """The centre's realm."""
    return str(_one(conn, "SELECT value FROM centre.meta WHERE key = 'realm'"))


def has_office(conn: Connection, office: str) -> bool:
    """Whether the centre knows an office."""
    return _one(conn, "SELECT 1 FROM centre.offices WHERE office = %s", office) is not None


def office_told(conn: Connection, office: str) -> dict[str, str]:
    """What the centre knows of an office that its counters need: `name`, `zone`."""
    told = "SELECT jsonb_build_object('name', name, 'zone', zone) FROM centre.offices"
    return _one(conn, f"{told} WHERE office = %s", office) or {}


def has_counter(conn: Connection, counter: str) -> bool:
    """Whether the centre knows a counter."""
    return _one(conn, "SELECT 1 FROM centre.counters WHERE id = %s", counter) is not None


# -- orders ------------------------------------------------------------------------------------


def hold_row(conn: Connection, hold_id: str) -> tuple[dict[str, Any], bool] | None:
    """A hold's or notice's row, and whether it binds."""
    row = conn.execute("SELECT row, binding FROM centre.holds WHERE id = %s", [hold_id]).fetchone()
    return None if row is None else (dict(row[0]), bool(row[1]))


def undecided(conn: Connection, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Incidents of a kind that offices raised and nobody decided: id, office, details."""
    rows = conn.execute(
        "SELECT t.id, t.office, t.row -> 'details' FROM centre.things t"
        " WHERE t.kind = 'incidents' AND t.row ->> 'kind' = %s"
        " AND NOT EXISTS (SELECT FROM centre.meta m WHERE m.key = 'decided:' || t.id)"
        " ORDER BY t.id",
        [kind],
    ).fetchall()
    return [(str(key), str(office), dict(details)) for key, office, details in rows]


def decide(conn: Connection, incident_id: str, decision: str) -> None:
    """What was decided of an incident."""
    conn.execute(
        "INSERT INTO centre.meta (key, value) VALUES (%s, %s)",
        [f"decided:{incident_id}", decision],
    )


def courier_says(conn: Connection, event: Mapping[str, Any]) -> str | None:
    """One event of one waybill; the office that was told, if any knows it yet."""
    found = _one(conn, "SELECT centre.courier_says(%s)", json.dumps(dict(event)))
    return None if found is None else str(found)


def courier_again(conn: Connection) -> int:
    """Tell of events whose waybill has become known since they came; how many."""
    return int(_one(conn, "SELECT centre.courier_again()"))


# -- the notary --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unverified:
    """An entry as it came, that the notary hasn't seen."""

    counter: str
    epoch: int
    seq: int
    entry: str
    signature: bytes
    hash: str


def officers_keys(conn: Connection) -> list[tuple[str, str, str, str]]:
    """Requests for certificates of officers' keys in applied entries, as (officer, counter, time
    of arrival, request), oldest first.

    A key under a password was made by the officer, a card's enrolled by an administrator: whose it
    is stands in the subject.
    """
    rows = conn.execute(
        "SELECT j.entry::jsonb ->> 'subject', j.counter, j.arrived::text,"
        " j.payload::jsonb -> 'content' ->> 'request' FROM centre.journal j"
        " JOIN centre.officers o ON o.nrp = j.entry::jsonb ->> 'subject' AND o.active"
        """ WHERE j.entry LIKE '%%"act":"officer.%%' AND j.status = 'applied'"""
        " AND j.entry::jsonb ->> 'act' IN ('officer.key_made', 'officer.card_enrolled')"
        " AND j.payload IS NOT NULL ORDER BY j.arrived",
        [],
    ).fetchall()
    return [(str(one[0]), str(one[1]), str(one[2]), str(one[3])) for one in rows if one[3]]


def certificates(conn: Connection) -> list[str]:
    """The texts of all certificates that the centre holds."""
    rows = conn.execute("SELECT body FROM centre.certificates ORDER BY key_id").fetchall()
    return [str(row[0]) for row in rows]


def unverified(conn: Connection, most: int) -> list[Unverified]:
    """New entries, each counter's in order."""
    rows = conn.execute(
        "SELECT counter, epoch, seq, entry, signature, hash FROM centre.unverified(%s)", [most]
    ).fetchall()
    return [Unverified(*row) for row in rows]


def noted(conn: Connection, counter: str) -> tuple[int, int]:
    """Epoch and seq up to which a counter's journal was verified."""
    row = conn.execute(
        "SELECT noted_epoch, noted_seq FROM centre.counters WHERE id = %s", [counter]
    ).fetchone()
    return (1, 0) if row is None else (int(row[0]), int(row[1]))


def note(
    conn: Connection, counter: str, epoch: int, seq: int, fault: Mapping[str, Any] | None = None
) -> None:
    """A counter's journal is verified so far; with `fault` the next entry ends the belief."""
    facts = None if fault is None else json.dumps(dict(fault))
    conn.execute("SELECT centre.note(%s, %s, %s, %s)", [counter, epoch, seq, facts])


def doubt_approval(
    conn: Connection, counter: str, epoch: int, seq: int, facts: Mapping[str, str]
) -> None:
    """An approval of an entry bears a revoked key: its office's supervisor hears of it."""
    conn.execute(
        "SELECT centre.doubt_approval(%s, %s, %s, %s)",
        [counter, epoch, seq, json.dumps(dict(facts))],
    )


def revocations(conn: Connection) -> list[tuple[str, str, datetime, str, str]]:
    """What counts no more: kind, id, since when, why, by which order."""
    rows = conn.execute("SELECT kind, id, since, reason, by_order FROM centre.revocations")
    return [(str(r[0]), str(r[1]), r[2], str(r[3]), str(r[4])) for r in rows.fetchall()]


def put_anchor(
    conn: Connection, counter: str, epoch: int, seq: int, head: str, at: str, key: str, sign: str
) -> None:
    """A head that the notary signed; it goes down to the counter's office."""
    conn.execute(
        "SELECT centre.anchor(%s, %s, %s, %s, %s, %s, %s)",
        [counter, epoch, seq, head, at, key, sign],
    )


def let_go(conn: Connection) -> tuple[int, int]:
    """Forget notes of refused calls and facts of settled acts that had their time; how many."""
    row = conn.execute("SELECT * FROM centre.let_go()").fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


# -- logins with passwords, for the training counter's own centre ---------------------------------


def make_database(conn: Connection, name: str) -> None:
    """A database of this name, if there is none."""
    if _one(conn, "SELECT 1 FROM pg_database WHERE datname = %s", name) is None:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def give_password(conn: Connection, login: str, password: str, group: str) -> None:
    """Let a role of a group in by a password, which the server never sees."""
    role = sql.Identifier(login)
    if _one(conn, "SELECT 1 FROM pg_roles WHERE rolname = %s", login) is None:
        conn.execute(sql.SQL("CREATE ROLE {} IN ROLE {}").format(role, sql.Identifier(group)))
    verifier = conn.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    conn.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(verifier.decode()))
    )


def remembered(conn: Connection, key: str) -> str | None:
    """A fact about the centre itself; None too where there is no centre yet."""
    if _one(conn, "SELECT to_regclass('centre.meta')::text") is None:
        return None
    found = _one(conn, "SELECT value FROM centre.meta WHERE key = %s", key)
    return None if found is None else str(found)


def remember(conn: Connection, key: str, value: str) -> None:
    """Keep a fact about the centre itself."""
    conn.execute(
        "INSERT INTO centre.meta (key, value) VALUES (%s, %s)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )


def _one(conn: Connection, question: str, *values: object) -> Any:
    row = conn.execute(question.encode(), values).fetchone()
    return None if row is None else row[0]
