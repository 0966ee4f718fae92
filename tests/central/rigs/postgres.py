"""Debian's PostgreSQL in a folder of its own, on a free loopback port, with TLS as in the field.

    with postgres_rig() as server:
        server.dsn("postgres")                      # the administrator's connection (scram)
        server.counter_dsn("1374-L3", "postgres")   # with the client certificate of c_1374_l3
        server.crash(); server.start()              # SIGQUIT: as if the power went
        server.freeze(); server.thaw()              # SIGSTOP, SIGCONT

LOKET_TEST_POSTGRES names the folder of another server's programs. One that was built without TLS
lets counters in by password: what the functions do can be tested with it, not who is let in.

The server refuses to run as root, so root's tests run it as `postgres` or `nobody`. It ends with
the process that started it, however that ends. `durable=True` switches fsync on, for tests that
kill it. A missing server is an error, never a skipped test.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.central.rigs.certificates import Authority

PATIENCE = 30.0
PASSWORD = "postgres-of-the-tests"
SUPERUSER = "postgres"

HBA = """# Counters by certificate, administrators by password, everybody over TLS.
local    all all                           reject
hostssl  all +loket_counter 127.0.0.1/32   cert
hostssl  all all            127.0.0.1/32   scram-sha-256
hostnossl all all           127.0.0.1/32   reject
"""
HBA_WITHOUT_TLS = """# A server that was built without TLS: everybody by password.
host     all all                127.0.0.1/32   scram-sha-256
"""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "250",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_connections": "on",
    "logging_collector": "off",
    "password_encryption": "scram-sha-256",
}
TLS = {"ssl": "on", "ssl_ca_file": "client-authority.crt", "ssl_crl_file": "client-authority.crl"}
FAST = {"fsync": "off", "full_page_writes": "off"}


class RigFailed(RuntimeError):
    """The server can't be had here; says what was tried."""


def login_of(counter: str) -> str:
    """The role under which a counter logs in."""
    return f"c_{counter.lower().replace('-', '_')}"


def find_server() -> Path:
    """The folder with the server's programs: the newest of Debian's, or what LOKET_TEST_POSTGRES
    names (`…/17/bin`). Raises RigFailed.
    """
    wanted = os.environ.get("LOKET_TEST_POSTGRES")
    if wanted:
        if not (Path(wanted) / "postgres").exists():
            raise RigFailed(f"LOKET_TEST_POSTGRES: no server's programs in {wanted}")
        return Path(wanted)
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if not found:
        raise RigFailed("no PostgreSQL under /usr/lib/postgresql: run .ci/setup --tests")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresRig:
    """One cluster. Start it with `postgres_rig`."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.programs = find_server()
        self.tls = b"SSL_CTX_new" in (self.programs / "postgres").read_bytes()
        self._known: set[str] = set()
        self.port = 0
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._user = self._unprivileged() if os.geteuid() == 0 else None
        self.keys = folder / "tls"
        self.keys.mkdir()
        self.server_authority = Authority(self.keys, "server-authority")
        self.client_authority = Authority(self.keys, "client-authority")
        self._make_cluster()

    # -- connections -------------------------------------------------------------------------

    def dsn(self, database: str, user: str = SUPERUSER, password: str = PASSWORD) -> str:
        """A connection with a password, over TLS."""
        return make_conninfo(**self._base(database), user=user, password=password)

    def counter_dsn(self, counter: str, database: str) -> str:
        """A counter's connection with its own certificate."""
        login = login_of(counter)
        if not self.tls:
            self._give_password(login)
            return self.dsn(database, login)
        certificate, key = self.client_authority.issue(login)
        return make_conninfo(
            **self._base(database), user=login, sslcert=str(certificate), sslkey=str(key)
        )

    def revoke_certificate(self, counter: str) -> None:
        """Put a counter's certificate on the server's list of withdrawn ones."""
        self.client_authority.revoke(login_of(counter))
        self._place_lists()
        self.reload()

    def _base(self, database: str) -> dict[str, str]:
        where = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "dbname": database,
            "connect_timeout": "10",
        }
        if not self.tls:
            return {**where, "sslmode": "disable"}
        trusted = str(self.server_authority.path)
        return {**where, "sslmode": "verify-full", "sslrootcert": trusted}

    def _give_password(self, login: str) -> None:
        if login not in self._known:
            text = sql.SQL("ALTER ROLE {} PASSWORD {}")
            self._as_administrator(text.format(sql.Identifier(login), sql.Literal(PASSWORD)))
            self._known.add(login)

    # -- databases ---------------------------------------------------------------------------

    def create_database(self, name: str, template: str = "template0") -> None:
        """A database, empty or as a copy of another one that nobody is connected to."""
        text = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._as_administrator(text.format(sql.Identifier(name), sql.Identifier(template)))

    def drop_database(self, name: str) -> None:
        """Remove a database with whoever is still connected."""
        text = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._as_administrator(text.format(sql.Identifier(name)))

    def _as_administrator(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    # -- the server's life -------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers; the port stays the same over restarts.

        One that is up may be recovering from a fault of its own (a full disk) and answer later.
        """
        if self.running:
            if self._answers():
                return
            if self.running:
                raise RigFailed(f"PostgreSQL is up and doesn't answer:\n{self.log()[-2000:]}")
        for _ in range(5):
            self.port = self.port or _free_port()
            self._launch()
            if self._answers():
                return
            self.port = 0
        raise RigFailed(f"PostgreSQL doesn't start:\n{self.log()[-2000:]}")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, all is written."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Immediate stop: nothing more is written; the next start recovers."""
        self._end(signal.SIGQUIT)

    def freeze(self) -> None:
        """Stop the server's clocks: connections stay open and nobody answers."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on where it stood."""
        self._signal_all(signal.SIGCONT)

    def reload(self) -> None:
        """Read configuration, certificates and lists again."""
        assert self._process is not None
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            before = connection.execute("SELECT pg_conf_load_time()").fetchone()
            connection.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
                if connection.execute("SELECT pg_conf_load_time()").fetchone() != before:
                    return
        raise RigFailed("the server didn't read its configuration again")

    def log(self) -> str:
        """What the server has written so far: where refused connections can be seen."""
        path = self.folder / "server.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def told(self, words: str, after: int = 0) -> str:
        """What it wrote after that many letters, once `words` stand there.

        A client hears of a refused handshake before it is written down. Raises RigFailed.
        """
        end = time.monotonic() + PATIENCE
        while words not in (told := self.log()[after:]):
            if time.monotonic() > end:
                raise RigFailed(f"the server's log lacks {words!r}:\n{told}")
            time.sleep(0.01)
        return told

    def _launch(self) -> None:
        data = self.folder / "data"
        command = [
            *self._as_user(),
            "--pdeathsig=QUIT",
            str(self.programs / "postgres"),
            "-D",
            str(data),
            "-p",
            str(self.port),
        ]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )  # fmt: skip

    def _answers(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.running:
            try:
                psycopg.connect(self.dsn("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _signal_all(self, how: signal.Signals) -> None:
        assert self._process is not None
        parent = str(self._process.pid)
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", parent], capture_output=True, text=True, check=False
        )
        for pid in (parent, *listed.stdout.split()):
            try:
                os.kill(int(pid), how)
            except ProcessLookupError:
                pass  # a backend that ended meanwhile

    # -- the cluster's files -----------------------------------------------------------------

    @staticmethod
    def _unprivileged() -> pwd.struct_passwd:
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise RigFailed("neither postgres nor nobody is a user here, and root can't run it")

    def _as_user(self) -> Sequence[str]:
        if self._user is None:
            return ["setpriv"]
        return [
            "setpriv",
            f"--reuid={self._user.pw_uid}",
            f"--regid={self._user.pw_gid}",
            "--clear-groups",
        ]

    def _own(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _make_cluster(self) -> None:
        self.folder.chmod(0o755)  # it holds drawn people only, and the keys inside stay closed
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        self._own(data)
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        self._own(secret)
        command = [
            *self._as_user(), str(self.programs / "initdb"), "-D", str(data), "-U", SUPERUSER,
            "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--locale=C.UTF-8",
            "--no-sync",
        ]  # fmt: skip
        if self._user is None:
            command = command[1:]  # setpriv with nothing to do refuses
        made = subprocess.run(command, capture_output=True, cwd=self.folder, check=False)
        if made.returncode:
            raise RigFailed(f"initdb failed:\n{made.stderr.decode('utf-8', 'replace')}")
        hba = HBA if self.tls else HBA_WITHOUT_TLS
        self._write(data / "pg_hba.conf", hba.encode())
        certificate, key = self.server_authority.issue("localhost", server=True)
        self._write(data / "server.crt", certificate.read_bytes())
        self._write(data / "server.key", key.read_bytes())
        self._write(data / "client-authority.crt", self.client_authority.path.read_bytes())
        self._place_lists()
        settings = {
            **SETTINGS,
            **({} if self._durable else FAST),
            **(TLS if self.tls else {}),
        }
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        self._write(data / "postgresql.auto.conf", text.encode())

    def _place_lists(self) -> None:
        target = self.folder / "data" / "client-authority.crl"
        self._write(target, self.client_authority.list_path.read_bytes())

    def _write(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        path.chmod(0o600)
        self._own(path)


@contextmanager
def postgres_rig(*, durable: bool = False, parent: Path | None = None) -> Generator[PostgresRig]:
    """A running server, in a folder below `parent`; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="loket-postgres-", dir=parent))
    rig: PostgresRig | None = None
    try:
        rig = PostgresRig(folder, durable=durable)
        rig.start()
        yield rig
    finally:
        if rig is not None:
            rig.stop()
        shutil.rmtree(folder, ignore_errors=True)
