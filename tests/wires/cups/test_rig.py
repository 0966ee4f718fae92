"""Whatever becomes of the tests, their daemons end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wires.rigs.cups import ROOT, until

pytestmark = pytest.mark.cups

TESTS = """
import threading
from tests.wires.rigs.cups import CupsRig
rig = CupsRig()
rig.__enter__()
rig.queue("KARTU")
print(rig.folder, *rig.pids, flush=True)
threading.Event().wait()
"""


def runs(pid: int) -> bool:
    """Whether a process is there and no mere corpse."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_tests_that_are_killed_leave_no_daemon() -> None:
    tests = subprocess.Popen([sys.executable, "-c", TESTS], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert tests.stdout is not None
        folder, *rest = tests.stdout.readline().decode().split()
        pids = [int(word) for word in rest]
        assert len(pids) == 4, "bus, DNS-SD, service, printer"
        assert all(runs(pid) for pid in pids)
    finally:
        os.kill(tests.pid, signal.SIGKILL)
        tests.communicate()
    try:
        until(lambda: not any(runs(pid) for pid in pids), "they are gone")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
