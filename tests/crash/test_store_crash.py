"""Killed in the middle of writing: what was acknowledged is there, nothing is half there."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from db.store import Store
from tests.db.journal_office import KEY, open_office

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(sys.platform == "win32", reason="needs fork and kill"),
]


def acts_until_killed(path: Path, report: int) -> None:
    """Append acts for ever, telling each committed one; the store is opened after the fork."""
    store = Store.open(path, KEY)
    office = open_office(path, store)
    office.journal._ids._count = os.getpid() * 1000  # ids of this life alone
    while True:
        entry = office.act()
        with store.write() as conn:
            store.put_blob(conn, f"{entry.seq}".encode() * 20_000, "image/png")
        os.write(report, entry.seq.to_bytes(8, "big"))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("acknowledged", [1, 7, 23])
def test_killed_writer_loses_nothing_it_committed(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "store.db"
    Store.create(path, KEY).close()
    last = 0
    for life in range(1, 4):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reading)
                acts_until_killed(path, writing)
            finally:
                os._exit(70)
        os.close(writing)
        told = last
        for _ in range(acknowledged):
            told = int.from_bytes(os.read(reading, 8), "big")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while rest := os.read(reading, 8):
            told = int.from_bytes(rest, "big")
        os.close(reading)
        store = Store.open(path, KEY)
        store.check()
        verdict = open_office(path, store).verdict()
        store.close()
        assert verdict.sound, (life, verdict.faults)
        assert verdict.head.seq >= told >= last + acknowledged
        last = verdict.head.seq


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_killed_inside_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store.create(path, KEY)
    open_office(path, store).act()
    store.close()
    child = os.fork()
    if child == 0:
        try:
            office = open_office(path, Store.open(path, KEY))
            office.journal._ids._count = 1000
            with office.store.write() as conn:
                for _ in range(2000):  # enough to spill pages into the log before the commit
                    office.journal.append(conn, act="a", subject="b", payload={"n": "x" * 20_000})
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    store = Store.open(path, KEY)
    store.check()
    assert open_office(path, store).verdict().entries == 1
    store.close()
