"""Enrolment of counters at the centre, from both ends.

The one-time code is the password of a login role that ends by itself and may do nothing but hand in
a counter's requests and fetch their answer; see db/migrations/central/sql/enrol.sql.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from db.codes import new_code as new_code
from db.codes import plain_code
from db.errors import CentreRefused, LineDown, NoSuchDatabase, ServerUnproven

PATIENCE = 15
_UNPROVEN = {"root": "certificate verify failed", "address": "does not match host name"}
"""What OpenSSL and libpq say where the server isn't the one that the root file vouches for."""
_NO_DATABASE = re.compile(r'database "(.*)" does not exist|permission denied for database "(.*)"')
_TURNED_AWAY = ("password", "pg_hba.conf")
"""Libpq gives no state for what happens before the session begins, only words. The shipped
pg_hba.conf has no line for a counter whose way in isn't open, nor for another database."""


def login_of(counter: str) -> str:
    """The login role by which a counter reaches the centre: `1374-L3` is `c_1374_l3`."""
    return "c_" + counter.lower().replace("-", "_")


def enrol_login_of(counter: str) -> str:
    """The role that its code opens."""
    return "e_" + counter.lower().replace("-", "_")


# -- the counter's end -----------------------------------------------------------------------------


class EnrolmentLine:
    """A line that a code opened."""

    def __init__(self, conn: psycopg.Connection[Any], database: str) -> None:
        self._conn, self._database = conn, database

    @classmethod
    def open(
        cls, *, host: str, port: int, database: str, counter: str, code: str, sslrootcert: str = ""
    ) -> EnrolmentLine:
        """Raises LineDown, ServerUnproven, NoSuchDatabase, CentreRefused (code wrong or old)."""
        if sslrootcert:
            _check_root(sslrootcert)
        with _told(database):
            return cls(
                psycopg.connect(
                    host=host,
                    port=port,
                    dbname=database,
                    user=enrol_login_of(counter),
                    password=plain_code(code),
                    sslmode="verify-full" if sslrootcert else "disable",
                    sslrootcert=sslrootcert or None,
                    connect_timeout=PATIENCE,
                    autocommit=True,
                ),
                database,
            )

    def ask(self, csr: str, request: str) -> dict[str, Any]:
        """Hand in what the counter asks for: `counter` and `office` as the centre knows them.

        Raises LineDown, NoSuchDatabase, CentreRefused (with `used`, `expired` or `unknown`).
        """
        return self._call("SELECT enrol.ask_v1(%s, %s)", csr, request)

    def answer(self) -> dict[str, Any] | None:
        """What the administrator signed, or None while that waits. Raises as `ask`."""
        found = self._call("SELECT enrol.answer_v1()")
        return found if found["state"] == "granted" else None

    def done(self) -> None:
        """It is all on disk here. Raises as `ask`."""
        self._call("SELECT enrol.done_v1()")

    def close(self) -> None:
        """End the line."""
        self._conn.close()

    def _call(self, statement: str, *values: str) -> dict[str, Any]:
        with _told(self._database):
            row = self._conn.execute(statement.encode(), values).fetchone()
        found = cast("dict[str, Any]", row[0] if row else {})
        if "error" in found:
            raise CentreRefused(str(found["error"]))
        return found


# -- the administrator's end -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment; `csr` and `request` are None until the counter has asked."""

    login: str
    counter: str
    office: str
    expires: datetime
    csr: str | None
    request: str | None
    granted: bool
    fetched: bool


def open_enrolment(
    conn: psycopg.Connection[Any], counter: str, office: str, code: str, expires: datetime
) -> str:
    """Open the way for a counter, in place of one that was open before; the role's name.

    The server never sees the code, and no log can hold it. Raises psycopg.Error.
    """
    login = enrol_login_of(counter)
    verifier = conn.pgconn.encrypt_password(code.encode(), login.encode(), b"scram-sha-256")
    role, until = sql.Identifier(login), sql.Literal(expires.isoformat())
    with conn.transaction():
        if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone() is None:
            conn.execute(sql.SQL("CREATE ROLE {} IN ROLE loket_enrol").format(role))
        conn.execute(
            sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT 2 PASSWORD {} VALID UNTIL {}").format(
                role, sql.Literal(verifier.decode()), until
            )
        )
        conn.execute("DELETE FROM centre.enrolments WHERE login = %s", [login])
        conn.execute(
            "INSERT INTO centre.enrolments (login, counter, at_office, expires)"
            " VALUES (%s, %s, %s, %s)",
            [login, counter, office, expires],
        )
    return login


def enrolments(conn: psycopg.Connection[Any]) -> list[Enrolment]:
    """Every enrolment that isn't closed."""
    rows = conn.execute(
        "SELECT login, counter, at_office, expires, csr, request, answer IS NOT NULL,"
        " fetched_at IS NOT NULL FROM centre.enrolments ORDER BY counter"
    ).fetchall()
    return [Enrolment(*row) for row in rows]


def grant_enrolment(conn: psycopg.Connection[Any], login: str, answer: dict[str, Any]) -> None:
    """Lay down what was signed, for the counter to fetch."""
    with conn.transaction():
        conn.execute(
            "UPDATE centre.enrolments SET answer = %s WHERE login = %s", [Jsonb(answer), login]
        )


def close_enrolments(conn: psycopg.Connection[Any]) -> list[str]:
    """Take away the ways in that were used or have run out; their counters."""
    rows = conn.execute(
        "SELECT login, counter FROM centre.enrolments"
        " WHERE fetched_at IS NOT NULL OR expires <= now()"
    ).fetchall()
    with conn.transaction():
        for login, _ in rows:
            conn.execute("DELETE FROM centre.enrolments WHERE login = %s", [login])
            conn.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))
    return [str(counter) for _, counter in rows]


@contextmanager
def _told(database: str) -> Generator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        for word, told in _UNPROVEN.items():
            if told in str(error):
                raise ServerUnproven(word) from error
        if _NO_DATABASE.search(str(error)):
            raise NoSuchDatabase(database) from error
        refused = error.sqlstate in ("28P01", "28000", "53300")
        refused = refused or any(word in str(error) for word in _TURNED_AWAY)
        raise (CentreRefused("code") if refused else LineDown("connect")) from error
    except psycopg.errors.InvalidSchemaName as error:  # another program's database
        raise NoSuchDatabase(database) from error
    except psycopg.Error as error:
        raise CentreRefused(error.sqlstate or type(error).__name__) from error


def _check_root(path: str) -> None:
    """Libpq tells a file without certificates as a line that is down. Raises ServerUnproven."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl's own is one
        raise ServerUnproven("root") from error
