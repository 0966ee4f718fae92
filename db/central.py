"""A counter's line to the centre: four calls over TLS, and nothing else.

A call's answer is the centre's word as plain JSON, a refusal included. Lost races (40001, 40P01)
are made again here. No call waits without end: a server that keeps the line open and says nothing
is given up after the call's own time, as a cut line is.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo

from db.errors import (
    CentreBusy,
    CentreFault,
    CentreProblem,
    CentreRefused,
    CentreTooOld,
    LineDown,
)

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60.0
ANSWER_GRACE = 5.0
"""How much longer than the server's own limit we wait for its word that the limit was reached."""
LOOK_SECONDS = 0.1
TRIES = 8

_RETRIED = frozenset({"40001", "40P01"})
_LET_IN = ("28", "42501", "57P05")
"""SQL states (or classes) in which the centre doesn't let us in or do."""
_UNKNOWN_THERE = frozenset({"42883", "3F000", "42P01"})
_GONE = ("08", "57")
"""Connection lost, or the server stopped, starts, or gave the call up: no answer."""

T = TypeVar("T")


class _Line(psycopg.Connection[Any]):
    """A connection whose every wait ends."""

    answer_seconds = STATEMENT_SECONDS + ANSWER_GRACE

    def wait(
        self, gen: PQGen[T], interval: float = LOOK_SECONDS, timeout: float | None = None
    ) -> T:
        return super().wait(gen, interval, timeout or self.answer_seconds)


_PULL: LiteralString = "SELECT api.pull_v1(%b::text::jsonb, %b::integer, %b::integer)"


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A page that was asked for and not read yet."""

    asked: list[Any]
    waiting: ExitStack
    answer: psycopg.Cursor[Any]


class Centre:
    """One line to the centre; belongs to one thread.

    Each call answers with the centre's word, a refusal as {"error": code, "detail": facts}. Raised
    are LineDown (no answer in time; the line is closed, and what was sent may have arrived),
    CentreRefused (login, certificate or right), CentreBusy (races lost every time), CentreFault
    (the call failed inside the centre) and CentreTooOld (a function that the centre doesn't have).
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._ahead: _Ahead | None = None

    @classmethod
    def connect(
        cls,
        *,
        host: str,
        port: int,
        database: str,
        user: str,
        sslmode: str = "verify-full",
        sslrootcert: str = "",
        sslcert: str = "",
        sslkey: str = "",
        password: str = "",
        connect_timeout: int = CONNECT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
    ) -> Centre:
        """Open the line. Raises LineDown, CentreRefused."""
        wanted: dict[str, Any] = {
            "host": host, "port": port, "dbname": database, "user": user, "sslmode": sslmode,
            "sslrootcert": sslrootcert, "sslcert": sslcert, "sslkey": sslkey, "password": password,
        }  # fmt: skip
        return cls.open(
            make_conninfo(**{name: value for name, value in wanted.items() if value}),
            connect_timeout=connect_timeout,
            statement_seconds=statement_seconds,
        )

    @classmethod
    def open(
        cls,
        dsn: str,
        *,
        connect_timeout: int = CONNECT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
    ) -> Centre:
        """The same from a connection string."""
        try:
            connection = _Line.connect(
                dsn,
                autocommit=True,
                connect_timeout=connect_timeout,
                keepalives=1,
                keepalives_idle=20,
                keepalives_interval=5,
                keepalives_count=3,
                tcp_user_timeout=int(statement_seconds * 1000),
                application_name="loket",
                gssencmode="disable",  # looking for Kerberos first costs a millisecond
                options=f"-c statement_timeout={int(statement_seconds * 1000)}",
            )
        except psycopg.Error as error:
            raise _why(error) from None
        connection.answer_seconds = statement_seconds + ANSWER_GRACE
        return cls(connection)

    def close(self) -> None:
        """Hang up."""
        self._ahead = None
        self._connection.close()

    def __enter__(self) -> Centre:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def push(
        self,
        head: Mapping[str, Any],
        entries: Sequence[str],
        signatures: Sequence[bytes],
        payloads: Sequence[str | None],
    ) -> dict[str, Any]:
        """Send entries in order: canonical texts without hash and signature, 64 bytes of signature
        each, canonical payloads or None where erased. docs/centre.md describes the answer.
        """
        return self._call(
            "SELECT api.push_v1(%b::text::jsonb, %b::text[], %b::bytea[], %b::text[])",
            [json.dumps(dict(head)), list(entries), list(signatures), list(payloads)],
        )

    def pull(self, cursor: Mapping[str, Any], limit: int, wait_ms: int = 0) -> dict[str, Any]:
        """The next page of the feeds from a cursor on; the answer holds the next cursor."""
        asked = [json.dumps(dict(cursor), sort_keys=True), limit]
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            found = self._read_ahead(ahead)
            if found is not None and ahead.asked == asked:
                return found
        return self._call(_PULL, [*asked, wait_ms])

    def pull_ahead(self, cursor: Mapping[str, Any], limit: int) -> None:
        """Ask for a page without waiting for it: the centre makes it up while the one before is
        laid down here. The `pull` that asks the same is answered with it; any other call drops it.
        """
        asked = [json.dumps(dict(cursor), sort_keys=True), limit]
        self._drop_ahead()
        waiting = ExitStack()
        try:
            waiting.enter_context(self._connection.pipeline())
            answer = waiting.enter_context(self._connection.cursor(binary=True))
            answer.execute(_PULL, [*asked, 0], prepare=False)
        except psycopg.Error as error:
            self._connection.close()
            raise _why(error) from None
        self._ahead = _Ahead(asked, waiting, answer)

    def _read_ahead(self, ahead: _Ahead) -> Any:
        try:
            with ahead.waiting:
                found = ahead.answer.fetchone()
        except psycopg.Error as error:
            if error.sqlstate in _RETRIED:
                return None
            known = _why(error)
            if isinstance(known, LineDown):
                self._connection.close()
            raise known from None
        return None if found is None else found[0]

    def _drop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._read_ahead(ahead)

    def blob_put(self, sha: str, part: int, parts: int, data: bytes | None) -> dict[str, Any]:
        """One part (from 0) of a picture; None only asks which parts are there."""
        return self._call(
            "SELECT api.blob_put_v1(%b::text, %b::integer, %b::integer, %b::bytea)",
            [sha, part, parts, data],
        )

    def blobs_put(self, pictures: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
        """Pictures of one part each (256 kB), in one round trip and one commit; an answer for each.

        The centre keeps all of them or, where the line breaks, none.
        """
        return self._call_all(
            "SELECT api.blob_put_v1(%b::text, 0, 1, %b::bytea)",
            [[sha, data] for sha, data in pictures],
        )

    def blob_get(self, sha: str, part: int) -> bytes | None:
        """One part (from 0) of a picture; None where there is none for this office."""
        return self._call("SELECT api.blob_get_v1(%b::text, %b::integer)", [sha, part])

    def now(self) -> datetime:
        """The centre's clock."""
        return self._call("SELECT pg_catalog.clock_timestamp()", []).astimezone(UTC)

    def _call(self, statement: LiteralString, values: Sequence[Any]) -> Any:
        return self._call_all(statement, [values])[0]

    def _call_all(self, statement: LiteralString, rows: Sequence[Sequence[Any]]) -> list[Any]:
        self._drop_ahead()
        for attempt in range(TRIES):
            try:
                return self._ask(statement, rows)
            except psycopg.Error as error:
                if error.sqlstate in _RETRIED and attempt < TRIES - 1:
                    # Full jitter: two that lost to each other mustn't meet again.
                    time.sleep(secrets.randbelow(5 * 2**attempt + 1) / 1000)
                    continue
                known = _why(error)
                if isinstance(known, LineDown):
                    self._connection.close()
                raise known from None
        raise AssertionError("the last try answers or raises")

    def _ask(self, statement: LiteralString, rows: Sequence[Sequence[Any]]) -> list[Any]:
        # Values travel in the binary form (%b), so that texts pass as they are, without escaping.
        # A first call is made unprepared: preparing it takes a round trip of its own.
        if len(rows) == 1:
            with self._connection.cursor(binary=True) as cursor:
                found = cursor.execute(statement, rows[0]).fetchone()
                return [None if found is None else found[0]]
        with self._connection.pipeline(), ExitStack() as stack:
            asked = [stack.enter_context(self._connection.cursor(binary=True)) for _ in rows]
            for cursor, values in zip(asked, rows, strict=True):
                cursor.execute(statement, values, prepare=False)
            return [found[0] for cursor in asked for found in cursor.fetchall()]


def _why(error: psycopg.Error) -> CentreProblem:
    """The error by its state; the server's own text may hold a person's data and stays away."""
    state = error.sqlstate or ""
    if state in _RETRIED:
        return CentreBusy(state)
    if error.diag.context is None:  # else it happened inside the function that was called
        if state in _UNKNOWN_THERE:
            return CentreTooOld(state)
        if state.startswith(_LET_IN):
            return CentreRefused(state)
    if not state and _turned_away(str(error)):
        return CentreRefused("tls")
    if state and not state.startswith(_GONE):
        return CentreFault(state)
    return LineDown(state or type(error).__name__)


def _turned_away(text: str) -> bool:
    # libpq gives no state for what happens before the session begins, only words.
    words = (
        "certificate",
        "unknown ca",
        "pg_hba.conf",
        "authentication failed",
        "not permitted to log in",
    )
    return any(word in text for word in words)
