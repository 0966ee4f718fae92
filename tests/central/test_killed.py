"""A counter that is killed at any line of its exchange loses nothing and doubles nothing."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("needs fork and kill", allow_module_level=True)

from db import central_admin
from desktop.sources import VirtualClock
from tests.central.model.checks import check_all
from tests.central.model.counter import Counter
from tests.central.model.machine import START, prepare
from tests.central.rigs.centre import CentreRig

pytestmark = [
    pytest.mark.central,
    pytest.mark.crash,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "sync.py", "feed.py", "judged.py", "orders.py", "outbox.py", "sync_state.py", "central.py",
    "store.py",
)  # fmt: skip
WATCHED = {str(ROOT / "db" / name) for name in FILES}
NAMES = ("1374-L3", "1374-L4")
PLACES = 10
SEED = 2026
_numbers = itertools.count(1)


class Office:
    """Two counters with work to send and to fetch, and the centre as it stood before."""

    def __init__(self, centre: CentreRig, folder: Path) -> None:
        self.centre = centre
        self.folder = folder
        clock = VirtualClock(START)
        for number, name in enumerate(NAMES):
            (folder / name).mkdir(parents=True)
            counter = Counter(folder / name, name, clock, number + 1)
            counter.receive(f"B{number}", 6, 1)
            for person in range(3):
                app = counter.register(person + 10 * number)
                counter.prove(app, f"NTPN{number}{person}")
                counter.finish(app)
            if number == 1:
                with centre.line(name) as line:
                    counter.exchange(line)
            counter.close()

    def counters(self, folder: Path) -> list[Counter]:
        """Both in a new process, on stores that were copied to `folder`."""
        return [Counter.reopened(folder / name, name, i + 1) for i, name in enumerate(NAMES)]


@pytest.fixture
def office(centre: CentreRig, tmp_path: Path) -> Office:
    prepare(centre)
    return Office(centre, tmp_path / "before")


def exchange_killed(rig: CentreRig, folder: Path, at: int) -> int:
    """The first counter's exchange in a process of its own, killed at a line, or counted."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            counter = Counter.reopened(folder / NAMES[0], NAMES[0], 1)
            lines = 0

            def called(frame: FrameType, event: str, arg: Any) -> Any:
                return line if frame.f_code.co_filename in WATCHED else None

            def line(frame: FrameType, event: str, arg: Any) -> Any:
                nonlocal lines
                if event == "line":
                    lines += 1
                    if lines == at:
                        os.kill(os.getpid(), signal.SIGKILL)
                return line

            with rig.line(NAMES[0]) as centre:
                sys.settrace(called)
                counter.exchange(centre, most=7, page=9)
                sys.settrace(None)
            counter.close()
            os.write(writing, lines.to_bytes(8, "big"))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    told = os.read(reading, 8)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed if at else os.WEXITSTATUS(status) == 0, status
    return int.from_bytes(told, "big")


def one(office: Office, folder: Path, at: int) -> int:
    """Kill at a line, start again, exchange, look at everything."""
    shutil.copytree(office.folder, folder)
    name = f"killed_{next(_numbers)}"
    server = office.centre.server
    server.create_database(name, office.centre.database)
    rig = CentreRig(server, name)
    try:
        with rig.admin() as connection:
            central_admin.secure_database(connection)
        lines = exchange_killed(rig, folder, at)
        counters = office.counters(folder)
        for counter in (*counters, counters[0]):
            with rig.line(counter.id) as centre:
                counter.exchange(centre)
        check_all(rig, counters)
        assert all(counter.unsent == 0 for counter in counters)
        for counter in counters:
            counter.close()
    finally:
        server.drop_database(name)
        shutil.rmtree(folder)
    return lines


@pytest.mark.timeout(600)
def test_killed_anywhere_in_an_exchange(office: Office, tmp_path: Path) -> None:
    one(office, tmp_path / "first", 0)  # builds statements that later processes have already
    lines = one(office, tmp_path / "whole", 0)
    assert lines > 500
    draw = random.Random(SEED)
    for n in range(PLACES):
        at = int((n + draw.random()) * lines / PLACES) + 1
        one(office, tmp_path / f"at-{at}", at)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_killed_at_many_more_lines(office: Office, tmp_path: Path) -> None:
    one(office, tmp_path / "first", 0)  # builds statements that later processes have already
    lines = one(office, tmp_path / "whole", 0)
    for at in range(1, lines, max(1, lines // 200)):
        one(office, tmp_path / f"at-{at}", at)
