"""The window's side of `main.py bench start` and `bench day`: each runs in a process of its own.

    python -m ui.commands.bench_window start PROFILE LIST    the real start, until sign-in is drawn
    python -m ui.commands.bench_window empty LIST            the least: those modules, a bare window
    python -m ui.commands.bench_window day COUNT             so many visits through the window

`start` writes the third-party modules that it needed into LIST; `empty` imports the same.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import json
import os
import runpy
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "main.py"
SHOWN = "shown"
"""What a process says when its window is drawn; who started it takes the time."""


def main(arguments: list[str]) -> int:
    """Do what the words say; the exit code."""
    match arguments:
        case ["start", profile, modules]:
            start(Path(profile), Path(modules))
        case ["empty", modules]:
            empty(Path(modules))
        case ["day", count]:
            print(json.dumps(day(int(count))))
        case _:
            return 2
    return 0


def start(profile: Path, modules: Path) -> None:
    """`main.py run`, ended as soon as the sign-in stands there with its officers."""
    gc.disable()  # as `main.py run` does; what it imports comes in the same order
    importlib.import_module("desktop.desk")
    importlib.import_module("ui.commands.run")
    from PySide6.QtWidgets import QApplication

    def exec_until_drawn() -> int:
        from ui.main_window import MainWindow

        app = QApplication.instance()
        while app is not None:
            app.processEvents()
            for window in QApplication.topLevelWidgets():
                if isinstance(window, MainWindow) and window.sign_in.table.rows_model.rows:
                    app.processEvents()  # what the rows changed is painted here
                    return _drawn()
        return 0

    QApplication.exec = staticmethod(exec_until_drawn)  # pyright: ignore[reportAttributeAccessIssue]
    sys.argv = [str(PROGRAM), "run", "--profile", str(profile)]
    try:  # the file as it is started by hand
        runpy.run_path(str(PROGRAM), run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
    names = sorted(name for name, module in sys.modules.items() if _third_party(module))
    modules.write_text("\n".join(names), encoding="utf-8")


def empty(modules: Path) -> None:
    """A bare window in a process that imported the same third-party modules."""
    for name in modules.read_text(encoding="utf-8").split():
        importlib.import_module(name)
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    app.processEvents()
    app.processEvents()
    _drawn()


def _drawn() -> int:
    print(SHOWN, flush=True)
    return 0


def _third_party(module: object) -> bool:
    file = str(getattr(module, "__file__", None) or "")
    return f"{os.sep}site-packages{os.sep}" in file


def day(applications: int) -> dict[str, float]:
    """Serve so many people with the window open; memory in MB at the sign-in, on the way, after.

    The start is over when the program has warmed up behind the sign-in, as it does by itself.
    The window gets a desk without simulators, so that nobody comes but those of this measurement.
    """
    from desktop.commands.bench_report import resident_mb
    from desktop.commands.bench_world import FEEDER, BenchWorld
    from desktop.memory import give_back_large_blocks
    from desktop.words import Words
    from ui.app import make_application
    from ui.commands.run import warm_up
    from ui.counter import Counter

    def now() -> float:
        gc.collect()
        return resident_mb()

    told: dict[str, float] = {}
    give_back_large_blocks()
    words = Words.load("id").lenient()
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        world = BenchWorld.open(Path(folder) / "profile")
        desk = world.desk
        people = world.known_people(applications)
        world.blanks_for(applications)
        desk.duty.sign_out()
        app = make_application(sys.argv[:1], words, desk.settings.look)
        counter = Counter(
            dataclasses.replace(desk, bench=None), words.in_zone(desk.frame.zone.zone)
        )
        counter.window.resize(1366, 768)
        counter.start()
        counter.window.show()
        app.processEvents()
        warm_up(counter)
        told["start_mb"] = now()
        began = time.perf_counter()
        world.day.sign_in("andi")
        counter.window.refresh_session()
        counter.window.open_screen("walk_in")
        every = max(1, applications // 6)
        for number, person in enumerate(people, start=1):
            world.serve(person, counter.walk_in, app.processEvents)
            if number % (FEEDER // 2) == 0:
                world.fill_feeder()
            if number % every == 0 and number < applications:
                told[f"after_{number}_mb"] = now()
        told["after_mb"] = now()
        told["applications"] = applications
        told["seconds"] = round(time.perf_counter() - began, 1)
        counter.window.close()
        desk.close()
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
