"""The tests' own server: a missing one fails them, and nothing of it is left behind."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psycopg
import pytest

from tests.central.rigs.postgres import RigFailed, find_server, postgres_rig

pytestmark = pytest.mark.central


def test_a_missing_server_fails_and_isn_t_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOKET_TEST_POSTGRES", str(tmp_path))
    with pytest.raises(RigFailed):
        find_server()


def test_nothing_is_left_running_or_lying_about() -> None:
    with postgres_rig() as rig:
        with psycopg.connect(rig.dsn("postgres")) as conn:
            row = conn.execute("SELECT pg_backend_pid()").fetchone()
        assert rig.running
        assert row is not None
        process, port = rig._process, rig.port
        assert process is not None
    assert process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "nobody listens there any more"
    assert not rig.folder.exists()
