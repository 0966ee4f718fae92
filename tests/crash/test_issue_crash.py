"""Killed at any line between the blank and the handover: one card, nothing lost, nothing doubled.

The default run tries two dozen places, evenly spread. `make test-long` goes on from the seed
LOKET_CRASH_FROM for LOKET_CRASH_SEEDS seeds and tells its pace; each seed is another line, and
any run of seeds is spread over all lines, so a run can be broken off and taken up again.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs fork and kill", allow_module_level=True)

from tests.crash.crash_office import live, one_crash, prepare, recover

pytestmark = [
    pytest.mark.crash,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

SHORT = 24
PARTS = 4
SEED = 2026
STRIDE = 1_000_003
"""A prime: consecutive seeds fall far apart, and every line has its turn."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """The office, its case, and how many lines there are to die at."""
    home = tmp_path_factory.mktemp("crash")
    app_id = prepare(home / "office")
    warm = home / "warm"
    shutil.copytree(home / "office", warm)
    lines = live(warm, app_id, 0)
    recover(warm, app_id)
    assert lines > 1000
    return home / "office", app_id, lines


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_killed_anywhere_it_makes_one_card(
    office: tuple[Path, str, int], tmp_path: Path, part: int
) -> None:
    home, app_id, lines = office
    draw = random.Random(SEED)
    places = [int((n + draw.random()) * lines / SHORT) + 1 for n in range(SHORT)]
    for at in places[part::PARTS]:
        one_crash(home, tmp_path / f"at-{at}", app_id, at)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_killed_seed_by_seed(
    office: tuple[Path, str, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, app_id, lines = office
    first = int(os.environ.get("LOKET_CRASH_FROM", "1"))
    count = int(os.environ.get("LOKET_CRASH_SEEDS", "500"))
    began = time.monotonic()
    for done, seed in enumerate(range(first, first + count), start=1):
        try:
            one_crash(home, tmp_path / f"at-{seed}", app_id, seed * STRIDE % lines + 1)
        except AssertionError as failed:
            raise AssertionError(
                f"LOKET_CRASH_FROM={seed}, line {seed * STRIDE % lines + 1}"
            ) from failed
        if done % 50 == 0 or done == count:
            pace = done / (time.monotonic() - began) * 60
            with capsys.disabled():
                print(f"\ncrash: seed {seed} of {lines} lines, {pace:.0f} seeds a minute")
