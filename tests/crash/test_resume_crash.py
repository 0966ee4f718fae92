"""Killed at any line while a cut-off card goes on: still one card, one blank, one licence."""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs fork and kill", allow_module_level=True)

from desktop.domain.stock import DoubtAnswer
from devices.simulators.faults import Fault, FaultName, PowerGone
from tests.crash.crash_office import METAL, Killer, prepare, recover, started
from tests.walks.world import World

pytestmark = [
    pytest.mark.crash,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

PLACES = 12
SEED = 2026


def cut_off(folder: Path) -> str:
    """An office whose power went between chip and print."""
    app_id = prepare(folder)
    world = started(folder, 1)
    world.bench.order("card_printer", Fault("move.print", FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        world.desk.issuing.issue(world.by, app_id)
    (folder / METAL).write_bytes(world.bench.save())
    world.desk.close()
    return app_id


def go_on(world: World) -> None:
    """The officer says that the card inside is printed on."""
    [job] = world.desk.issuing.find_doubtful()
    assert world.desk.issuing.examine(job.id).advice is DoubtAnswer.PRINT_ON
    world.desk.issuing.answer(world.by, job.id, DoubtAnswer.PRINT_ON, blank_here=True)


def killed_going_on(folder: Path, at: int) -> int:
    """The same in a process of its own, killed at a line; with `at` 0, how many lines."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.close(reading)
            # A life between the first and the last, so that no id comes twice.
            world = started(folder, 3)
            killer = Killer(world, folder, at)
            killer.begin()
            go_on(world)
            killer.end()
            (folder / METAL).write_bytes(world.bench.save())
            os.write(writing, killer.lines.to_bytes(8, "big"))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    told = os.read(reading, 8)
    os.close(reading)
    os.waitpid(child, 0)
    return int.from_bytes(told, "big")


@pytest.mark.timeout(300)
def test_killed_anywhere_while_going_on_it_makes_one_card(tmp_path: Path) -> None:
    office = tmp_path / "office"
    app_id = cut_off(office)
    warm = tmp_path / "warm"
    shutil.copytree(office, warm)
    lines = killed_going_on(warm, 0)
    assert lines > 500
    draw = random.Random(SEED)
    for n in range(PLACES):
        at = int((n + draw.random()) * lines / PLACES) + 1
        folder = tmp_path / f"at-{at}"
        shutil.copytree(office, folder)
        killed_going_on(folder, at)
        recover(folder, app_id, life=4)
        shutil.rmtree(folder)
