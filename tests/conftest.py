"""What holds for every test: no screen, no real profile, no real keyring, a fixed pace.

Set before anything imports Qt or platformdirs, so it stands at module level and not in a fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A test that writes to the officer's own folders or keyring would be found out too late.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
_home = Path(tempfile.gettempdir()) / f"loket-tests-{os.getpid()}"
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
    os.environ[_name] = str(_home / _name.lower())
for _name in ("APPDATA", "LOCALAPPDATA"):
    os.environ[_name] = str(_home / _name.lower())
# libpcsclite reads it once in a process; the smart card service of the machine is none of ours.
os.environ["PCSCLITE_CSOCK_NAME"] = str(_home / "pcscd" / "run" / "pcscd.comm")

pytest_plugins = [
    "tests.wires.rigs.pcscd_fixtures",
    "tests.central.rigs.fixtures",
    "tests.drawn_once",
]


def _in_memory() -> str | None:
    """A file system in memory with room for the run, from which programs may be started.

    A walk commits some thirty times, and each commit waits for the disk: a minute and more of the
    whole run. No test asks what a power failure leaves; those that kill a process lose no page.
    """
    place, told = Path("/dev/shm"), Path("/proc/meminfo")
    if not (told.exists() and os.access(place, os.W_OK | os.X_OK)):
        return None
    room = os.statvfs(place)
    lines = dict(line.split(":") for line in told.read_text("ascii").splitlines())
    free = min(room.f_bavail * room.f_frsize, 1024 * int(lines["MemAvailable"].split()[0]))
    return None if room.f_flag & os.ST_NOEXEC or free < ROOM_FOR_A_RUN else str(place)


ROOM_FOR_A_RUN = 3 << 30
if "TMPDIR" not in os.environ and (_memory := _in_memory()):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _memory)

LONGEST = (
    "tests/walks/test_demo.py", "tests/test_bench.py", "tests/central/", "tests/crash/",
    "tests/chip/", "tests/sync/", "tests/wires/cups/", "tests/wires/test_whole_counter.py",
)  # fmt: skip
"""A file goes to one worker: one of these as the last would leave the other core idle."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, then the files with the most tests; Makefile keeps that order."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), -tests[item.path]))


# Two busy cores make a deadline for each example a coin toss; pytest-timeout guards the whole.
settings.register_profile("loket", deadline=None, print_blob=True)
settings.load_profile("loket")
