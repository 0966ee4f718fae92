"""A counter that is killed at any line between reserving a blank and handing the card over.

The child opens the store after the fork, works, and kills itself at the n-th line of the code that
matters; the metal (where each card lies) is written down at that moment, as metal stays where it
is. The parent then starts the office again, answers by what it sees, finishes, and looks whether
anything was lost, doubled or left between two states.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.stock import (
    Blank,
    BlankState,
    DoubtAnswer,
    Job,
    JobState,
    Movement,
)
from desktop.sources import VirtualClock
from devices.simulators.plastic import PlasticCard
from tests.walks.making import approved, witness
from tests.walks.world import MORNING, World, open_world

ROOT = Path(__file__).resolve().parents[2]
WATCHED = tuple(
    str(ROOT / part)
    for part in (
        "desktop/services/issuing.py", "desktop/services/making_record.py",
        "desktop/services/finishing.py", "desktop/services/doubts.py",
        "desktop/services/handover.py", "desktop/services/resuming.py",
        "desktop/services/licences.py", "desktop/services/base.py", "desktop/ledger.py",
        "desktop/ledger_rows.py",
        "db/store.py", "db/journal.py", "db/rows.py", "db/engine.py",
        "devices/simulators/card_printer.py", "devices/simulators/printer_core.py",
        "devices/simulators/card_reader.py", "devices/simulators/plastic.py",
        "devices/wire/apdu.py",
    )
)  # fmt: skip
"""Whose lines are counted: between two of them everything else that production does happens."""

METAL, ACKNOWLEDGED = "metal.bin", "acknowledged.txt"
IDS = 20_000
STEPS = ("printed", "inspected", "handed")
REACHED = {
    "": (S.APPROVED, S.IN_PRODUCTION, S.ENCODED, S.PRINTED, S.READY, S.CLOSED),
    "printed": (S.PRINTED, S.READY, S.CLOSED),
    "inspected": (S.READY, S.CLOSED),
    "handed": (S.CLOSED,),
}
"""The states in which a case may be found, by the last act that was acknowledged."""


@dataclass
class Killer:
    """Counts lines and ends the process at one of them; with `at` 0 it only counts."""

    world: World
    folder: Path
    at: int
    lines: int = 0

    def __post_init__(self) -> None:
        self._watched: dict[CodeType, bool] = {}

    def begin(self) -> None:
        sys.settrace(self._called)

    def end(self) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code not in self._watched:
            self._watched[code] = code.co_filename in WATCHED
        return self._line if self._watched[code] else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                (self.folder / METAL).write_bytes(self.world.bench.save())
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line


def prepare(folder: Path) -> str:
    """An office with one approved case; drawn once here, so that the children needn't."""
    world = open_world(folder)
    world.sign_in("andi")
    app = approved(world, 1)
    (folder / METAL).write_bytes(world.bench.save())
    world.desk.close()
    return app.id


def started(folder: Path, life: int) -> World:
    """The office in its n-th life, on the metal as it stands."""
    clock = VirtualClock(MORNING)
    clock.advance(3600.0 * life)
    world = open_world(folder, clock=clock, ids_used=IDS * life)
    world.bench.printer.unload_blanks()
    world.bench.load((folder / METAL).read_bytes())
    world.sign_in("andi")
    return world


def work(world: World, app_id: str, acknowledge: Any) -> None:
    """Everything from the blank to the handover."""
    desk = world.desk
    desk.issuing.issue(world.by, app_id)
    acknowledge("printed")
    app = desk.issuing.inspect(world.by, app_id)
    acknowledge("inspected")
    desk.handover.hand_over(world.by, app_id, app.blank_serial)
    acknowledge("handed")


def live(folder: Path, app_id: str, at: int) -> int:
    """One life in its own process, killed at a line; with `at` 0, how many lines there are."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.close(reading)
            world = started(folder, 1)
            notes = os.open(folder / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            killer = Killer(world, folder, at)
            killer.begin()
            work(world, app_id, lambda step: os.write(notes, f"{step}\n".encode()))
            killer.end()
            (folder / METAL).write_bytes(world.bench.save())
            os.write(writing, killer.lines.to_bytes(8, "big"))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    told = os.read(reading, 8)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0), status
    return int.from_bytes(told, "big")


def recover(folder: Path, app_id: str, life: int = 2) -> None:
    """Start again, answer what is asked by what can be seen, finish, and look at everything."""
    notes = folder / ACKNOWLEDGED
    done = notes.read_text().split() if notes.exists() else []
    world = started(folder, life)
    try:
        desk = world.desk
        app = desk.intake.case(app_id)
        assert app.state in REACHED[done[-1] if done else ""], (app.state, done)
        for job in desk.issuing.find_doubtful():
            answer_by_truth(world, job)
        assert desk.issuing.find_doubtful() == []
        no_written_chip_is_free(world)
        finish(world, app_id)
        look(world, app_id)
    finally:
        world.desk.close()


def everywhere(world: World) -> dict[str, list[PlasticCard]]:
    """Every card that isn't in the feeder any more, by place."""
    truth = world.bench.printer.truth
    return {
        "inside": [truth.inside] if truth.inside else [],
        "output": truth.output,
        "reject": truth.reject,
        "by_hand": truth.by_hand,
    }


def answer_by_truth(world: World, job: Job) -> None:
    """What an honest officer says who looks into the printer and its trays."""
    desk, truth = world.desk, world.bench.printer.truth
    used = [
        c for cards in everywhere(world).values() for c in cards if c.serial == job.blank_serial
    ]
    answer = DoubtAnswer.NO_CARD
    if used and used[0].whole:
        answer = DoubtAnswer.CARD_GOOD
    elif used and used[0].panels:
        answer = DoubtAnswer.CARD_SPOILED
    assert answer in desk.issuing.possible(job), (answer, job.reached)
    before = desk.issuing.examine(job.id)
    if before.advice is DoubtAnswer.PRINT_ON:
        assert used == [truth.inside], before
        assert not used[0].panels
        answer = DoubtAnswer.PRINT_ON
    assert before.advice is answer, (before, answer)
    desk.issuing.answer(world.by, job.id, answer, blank_here=True)
    with desk.ledger.reading() as r:
        blank = r.get(Blank, job.blank_serial)
    if blank.state is BlankState.ASSIGNED:
        for card in [c for c in truth.output if c.serial == blank.id]:
            truth.output.remove(card)
            truth.feeder.insert(0, card)
    elif blank.state is BlankState.SPOILED:
        truth.feeder[:] = [c for c in truth.feeder if c.serial != blank.id]


def no_written_chip_is_free(world: World) -> None:
    """A chip that knows a person never lies among the free blanks."""
    truth = world.bench.printer.truth
    cards = [card for place in everywhere(world).values() for card in place] + truth.feeder
    written = {card.serial for card in cards if card.chip.memory or card.panels}
    assert not written & set(world.desk.stock.free_here(500))


def finish(world: World, app_id: str) -> None:
    """Whatever is left to do for this case is done."""
    desk = world.desk
    app = desk.intake.case(app_id)
    if app.state is S.APPROVED:
        if app.reprints >= desk.frame.place.reprints_alone:
            desk.issuing.allow_reprint(world.by, witness(world, "bambang"), app_id)
        result = desk.issuing.issue(world.by, app_id)
        assert result.application.state is S.PRINTED, result.fault
        app = result.application
    if app.state is S.PRINTED:
        app = desk.issuing.inspect(world.by, app_id, app.blank_serial)
    if app.state is S.READY:
        app = desk.handover.hand_over(world.by, app_id, app.blank_serial)
    assert app.state is S.CLOSED


def look(world: World, app_id: str) -> None:
    """One card, one licence, every blank in one place, an even ledger, a sound journal."""
    desk = world.desk
    cards = [card for place in everywhere(world).values() for card in place]
    cards += world.bench.printer.truth.feeder
    with desk.ledger.reading() as r:
        app = r.get(Application, app_id)
        blanks = {blank.id: blank for blank in r.find(Blank)}
        moved = r.find(Movement, order="number")
        jobs = r.find(Job, application_id=app_id)
        licences = r.find(Licence, person_id=app.person_id)
        assert all(b.holds for b in desk.stock.balances(r, desk.frame.shift_id(r)))
    assert [card.serial for card in cards if card.whole] == [app.blank_serial]
    assert blanks[app.blank_serial].state is BlankState.ISSUED
    for card in cards:
        state = blanks[card.serial].state
        if card.chip.memory or card.panels:
            assert state in (BlankState.ISSUED, BlankState.SPOILED), (card.serial, state)
    assert len(cards) == len({card.serial for card in cards})
    assert len(blanks) == 500
    paths: dict[str, list[Movement]] = {}
    for movement in moved:
        paths.setdefault(movement.serial, []).append(movement)
    for serial, path in paths.items():
        assert [step.number for step in path] == list(range(1, len(path) + 1)), serial
        assert path[-1].after is blanks[serial].state, serial
        for before, after in pairwise(path):
            assert after.before is before.after, serial
    assert Counter(job.state for job in jobs)[JobState.PRINTED] == 1
    assert all(job.state in (JobState.PRINTED, JobState.FAILED) for job in jobs)
    valid = [x for x in licences if x.status is LicenceStatus.VALID]
    assert [x.blank_serial for x in valid if x.licence_class is app.licence_class] == [
        app.blank_serial
    ]
    assert desk.oversight.verify().sound


def one_crash(office: Path, folder: Path, app_id: str, at: int) -> None:
    """Copy the office, kill it at a line, start it again."""
    shutil.copytree(office, folder)
    try:
        live(folder, app_id, at)
        recover(folder, app_id)
    finally:
        shutil.rmtree(folder)
