"""Backups of a centre that are known to restore.

A dump is taken of one moment (an exported snapshot), put back into a scratch database beside it,
and both are held against each other: rows of every table, and each counter's journal entry by
entry. Only then is the file given its name. Roles and passwords aren't in it: `restore` makes the
counters' logins again from the centre's own list.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db import central_admin
from db.central_admin import CENTRAL
from db.errors import BackupFailed

DEBIAN = Path("/usr/lib/postgresql")
MAINTENANCE = "postgres"
HEADS_AHEAD = 1_000_000
"""More items than any office's feed grows by between two backups."""
_HOURS = 6 * 3600
_NEWER_SETTING = "transaction_timeout"
"""A program of 17 or later sets it, which a server before 17 doesn't know and can do without."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A dump that was put back and found equal."""

    path: str
    bytes: int
    tables: int
    rows: int
    entries: int


def backup(dsn: str, path: Path) -> Backup:
    """Dump a centre into a new file, restore it beside, compare. Raises BackupFailed."""
    if path.exists():
        raise BackupFailed(str(path), "exists")
    part = path.with_name(f"{path.name}.part")
    try:
        with psycopg.connect(dsn) as conn:
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            snapshot = _one(conn, "SELECT pg_export_snapshot()")
            server = _Server.of(conn)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _run(
                [
                    _program("pg_dump", server, path), "--format=custom", "--no-password",
                    f"--snapshot={snapshot}", f"--file={part}",
                ],
                dsn, part,
            )  # fmt: skip
            there = _digests(conn)
        found = _verified(dsn, part, there)
        part.replace(path)
    except psycopg.Error as error:
        raise BackupFailed(str(path), error.sqlstate or type(error).__name__) from error
    except OSError as error:
        raise BackupFailed(str(path), error.strerror or type(error).__name__) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(str(path), path.stat().st_size, len(there), found[0], found[1])


def restore(dsn: str, path: Path) -> int:
    """Put a dump into an empty database and let its active counters in; how many.

    Raises BackupFailed.
    """
    try:
        with psycopg.connect(dsn, autocommit=True) as conn:
            if _one(conn, "SELECT to_regnamespace('centre')::text") is not None:
                raise BackupFailed(str(path), "database not empty")
            conn.execute((CENTRAL / "sql" / "roles.sql").read_bytes())
            for name in ("courier", "enrol", "portal", "api", "centre"):  # the dump brings them
                conn.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(name)))
            server = _Server.of(conn)
        _put_back(dsn, path, server)
        with psycopg.connect(dsn, autocommit=True) as conn:
            central_admin.secure_database(conn)
            # Counters have seen numbers that this centre hasn't given: it never gives them again.
            conn.execute("UPDATE centre.heads SET number = number + %s", [HEADS_AHEAD])
            rows = conn.execute(
                "SELECT id FROM centre.counters WHERE state = 'active' ORDER BY id"
            ).fetchall()
            for (counter,) in rows:
                central_admin.let_in(conn, counter)
            return len(rows)
    except psycopg.Error as error:
        raise BackupFailed(str(path), error.sqlstate or type(error).__name__) from error


# -- inside ----------------------------------------------------------------------------------------


def _verified(dsn: str, part: Path, there: dict[str, str]) -> tuple[int, int]:
    """Restore beside and compare; rows and entries. Raises BackupFailed."""
    name = f"loket_verify_{secrets.token_hex(4)}"
    scratch = make_conninfo(dsn, dbname=name)
    with psycopg.connect(make_conninfo(dsn, dbname=MAINTENANCE), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            _put_back(scratch, part, _Server.of(admin))
            with psycopg.connect(scratch) as conn:
                here = _digests(conn)
                entries = _one(conn, "SELECT count(*) FROM centre.journal")
        finally:
            admin.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
    differing = sorted(name for name in there | here if there.get(name) != here.get(name))
    if differing:
        raise BackupFailed(str(part), ", ".join(differing[:5]))
    return sum(int(word.split(":")[0]) for word in here.values()), entries


def _digests(conn: psycopg.Connection[Any]) -> dict[str, str]:
    """Each table's count of rows and a sum over their contents, whatever their order."""
    conn.execute("SET LOCAL row_security = on")
    conn.execute("SELECT set_config('loket.office', '*', true)")
    names = conn.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'centre' AND c.relkind = 'r' ORDER BY 1"
    ).fetchall()
    found: dict[str, str] = {}
    for (name,) in names:
        table = sql.Identifier("centre", name)
        row = conn.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"
            ).format(table)
        ).fetchone()
        found[name] = "0:0" if row is None else f"{row[0]}:{row[1]}"
    return found


def _put_back(dsn: str, path: Path, server: _Server) -> None:
    done = _try([_program("pg_restore", server, path), "--no-password", "--dbname", ""], dsn, path)
    errors = re.findall(r"error: .*", done.stderr)
    left = [e for e in errors if _NEWER_SETTING not in e and "errors ignored" not in e]
    if done.returncode != 0 and (left or not errors):
        raise BackupFailed(str(path), (left or ["pg_restore"])[0][:200])


@dataclass(frozen=True, slots=True)
class _Server:
    """What a dump program must be able to speak to."""

    major: int
    tls: bool

    @classmethod
    def of(cls, conn: psycopg.Connection[Any]) -> _Server:
        return cls(conn.info.server_version // 10000, bool(conn.pgconn.ssl_in_use))


def _program(name: str, server: _Server, path: Path) -> str:
    """A dump program at least as new as the server: the system's, else the embedded server's.

    A server refuses an older one, and Debian's `pg_dump` on the path is that of its own release.
    The embedded server's were built without TLS. Raises BackupFailed.
    """
    for version in range(server.major, server.major + 6):
        found = DEBIAN / str(version) / "bin" / name
        if found.is_file():
            return str(found)
    from db.embedded import installed_programs

    others = [shutil.which(name)]
    if not server.tls:
        others.append(str(installed_programs() / "bin" / name))
    for other in others:
        if other is not None and Path(other).is_file() and _major(other) >= server.major:
            return other
    raise BackupFailed(str(path), f"postgresql-client-{server.major} or newer is needed")


def _major(program: str) -> int:
    """The release of one of PostgreSQL's programs; 0 where it doesn't say."""
    told = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", timeout=60, check=False,
    )  # fmt: skip
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def _run(command: list[str], dsn: str, path: Path) -> None:
    done = _try(command, dsn, path)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise BackupFailed(str(path), lines[-1][:200] if lines else command[0])


def _try(command: list[str], dsn: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run with the connection in the environment: a command line is everybody's to read."""
    facts = conninfo_to_dict(dsn)
    secret = {"PGPASSWORD": str(facts.pop("password"))} if "password" in facts else {}
    target = make_conninfo("", **facts)
    if "--dbname" in command:
        command = [*command[: command.index("--dbname")], f"--dbname={target}", str(path)]
    else:
        command = [*command, f"--dbname={target}"]
    return subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        command,
        env={**os.environ, **secret, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_HOURS,
        check=False,
    )


def _one(conn: psycopg.Connection[Any], question: str) -> Any:
    row = conn.execute(question.encode()).fetchone()
    return None if row is None else row[0]
