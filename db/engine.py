"""How the store speaks to SQLite: the only module with SQL of SQLite's own.

SQLCipher (`sqlcipher3`) under SQLAlchemy's sqlite dialect. Decisions that aren't plain:

- The key is raw (32 bytes, no derivation). The file's 16-byte salt is an HMAC of the key, so a
  wrong key is told apart from a damaged first page; SQLCipher itself can't tell. The salt only
  separates the page-authentication key from the page key, so it needn't be random.
- The driver's implicit BEGIN is off (`isolation_level=None`) and SQLAlchemy's begin event sends
  nothing: the store says BEGIN or BEGIN IMMEDIATE itself. A transaction that starts as a reader
  and writes later can fail with SQLITE_BUSY at once, whatever the timeout.
- `synchronous=FULL` with WAL syncs the log at every commit: what is committed survives a power
  cut. `secure_delete` overwrites erased payloads.
- Full pages, 4 kB, as SQLCipher's default.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

KEY_BYTES = 32
BUSY_SECONDS = 5.0
SALT_BYTES = 16
FTS_TABLE = "person_words"

driver: Any = sqlcipher3.dbapi2  # it has no types of its own
DriverError: type[Exception] = driver.Error
IntegrityError: type[Exception] = driver.IntegrityError


def salt_of(key: bytes) -> bytes:
    """The salt that stands in the first 16 bytes of a store made with this key."""
    return hmac.new(key, b"loket store salt 1", hashlib.sha256).digest()[:SALT_BYTES]


def connect(path: Path, key: bytes, busy_seconds: float = BUSY_SECONDS) -> Any:
    """A bare driver connection with key and pragmas set; raises the driver's own errors."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a store's key has {KEY_BYTES} bytes")
    connection = driver.connect(
        str(path), timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt_of(key).hex()}'\"")
        connection.execute("PRAGMA journal_mode = WAL")
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "cache_size = -8000",
            "journal_size_limit = 67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except DriverError:
        connection.close()
        raise
    return connection


def make_engine(path: Path, key: bytes, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine whose connections may move between threads but serve one at a time.

    Parameters never appear in error texts: they can be personal data.
    """
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: connect(path, key, busy_seconds),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        pool_reset_on_return=None,
        pool_use_lifo=True,  # the warmest connection serves next; the others keep small caches
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        line: Any = connection.connection.driver_connection
        line.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def sqlite_code(error: DBAPIError) -> str:
    """SQLite's own name for what went wrong (`SQLITE_FULL`), or an empty text."""
    return str(getattr(error.orig, "sqlite_errorname", "") or "")


def driver_code(error: Exception) -> str:
    """The same for an error that came from the driver directly."""
    return str(getattr(error, "sqlite_errorname", "") or "")


def extra_ddl(metadata: MetaData) -> list[str]:
    """What the models can't say: append-only triggers and the word index over names."""
    statements: list[str] = []
    for table in metadata.sorted_tables:
        if table.info.get("append_only"):
            statements += _append_only(table)
    return statements + _word_index()


def _append_only(table: Table) -> list[str]:
    return [
        f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _word_index() -> list[str]:
    add = f"INSERT INTO {FTS_TABLE}(rowid, name) VALUES (new.no, new.name);"
    drop = f"INSERT INTO {FTS_TABLE}({FTS_TABLE}, rowid, name) VALUES ('delete', old.no, old.name);"
    return [
        # Names arrive folded; prefix indexes make one to six typed letters one lookup each. The
        # ascii tokenizer splits at the spaces alone, as fold() did: a letter that the tokenizer
        # took for punctuation would turn a word into a phrase, which detail=none can't search.
        (
            f"CREATE VIRTUAL TABLE {FTS_TABLE} USING fts5(name, content='person_search', "
            "content_rowid='no', detail=none, columnsize=0, prefix='1 2 3 4 5 6', tokenize=ascii)"
        ),
        f"CREATE TRIGGER {FTS_TABLE}_insert AFTER INSERT ON person_search BEGIN {add} END",
        f"CREATE TRIGGER {FTS_TABLE}_delete AFTER DELETE ON person_search BEGIN {drop} END",
        f"CREATE TRIGGER {FTS_TABLE}_update AFTER UPDATE ON person_search BEGIN {drop} {add} END",
    ]


def is_engine_table(name: str) -> bool:
    """True for tables the word index keeps for itself, which no model names."""
    return name == FTS_TABLE or name.startswith(f"{FTS_TABLE}_")


_BY_WORDS = text(
    f"SELECT p.person_id FROM {FTS_TABLE} w JOIN person_search p ON p.no = w.rowid "
    f"WHERE {FTS_TABLE} MATCH :query ORDER BY w.rowid LIMIT :count"
)


def persons_by_words(connection: Connection, words: list[str], limit: int) -> list[str]:
    """Persons whose name has, for each of `words` (already folded), a word beginning with it."""
    query = " ".join(f'"{word}"*' for word in words)
    return list(connection.execute(_BY_WORDS, {"query": query, "count": limit}).scalars())


def optimise_search(connection: Connection) -> None:
    """Merge the word index after a bulk load; searches then read one segment."""
    connection.exec_driver_sql(f"INSERT INTO {FTS_TABLE}({FTS_TABLE}) VALUES ('optimize')")


def damage(connection: Connection) -> str:
    """The first thing that is wrong with pages, indexes or references; empty when sound."""
    for pragma in ("cipher_integrity_check", "integrity_check", "foreign_key_check"):
        for row in connection.exec_driver_sql(f"PRAGMA {pragma}"):
            if row[0] != "ok":
                return f"{pragma}: {row[0]}"
    return ""


def leave_references(connection: Connection) -> None:
    """Stop enforcing foreign keys on this connection; SQLite allows it before BEGIN only."""
    driver_connection: Any = connection.connection.driver_connection
    driver_connection.execute("PRAGMA foreign_keys = OFF")


def copy_pages(source: Any, target: Path, key: bytes) -> None:
    """Copy an open store page by page into a new encrypted file; others may go on writing."""
    sink = driver.connect(str(target), isolation_level=None)
    try:
        sink.execute("PRAGMA cipher_log_level = NONE")
        sink.execute(f"PRAGMA key = \"x'{key.hex()}{salt_of(key).hex()}'\"")
        source.backup(sink)
    finally:
        sink.close()
