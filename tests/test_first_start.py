"""`main.py run --training` on a PC without a profile: the counter is made, its window drawn.

In a process of its own, as `make run` starts it, without a display and without a centre.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from desktop.domain.realm import Realm
from desktop.profile import Profile
from desktop.settings import FILE_NAME, Settings, load_settings
from desktop.training.furnished import training_settings
from desktop.training.officers import SAMPLE_OFFICERS

ROOT = Path(__file__).resolve().parents[1]

CHILD = """
import json, runpy, sys
from PySide6.QtWidgets import QApplication

def until_drawn():
    from ui.main_window import MainWindow
    app = QApplication.instance()
    while True:
        app.processEvents()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.sign_in.table.rows_model.rows:
                app.processEvents()
                return tell(window)

def tell(window):
    table, picture = window.sign_in.table.rows_model, window.grab().toImage()
    places = ((x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7))
    print(json.dumps({
        "officers": [[str(cell) for cell in row.cells] for row in table.rows],
        "shown": window.isVisible() and window.sign_in.isVisible(),
        "others": [type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()],
        "colours": len({picture.pixel(x, y) for x, y in places}),
    }))
    return 0

QApplication.exec = staticmethod(until_drawn)
runpy.run_path("main.py", run_name="__main__")
"""
"""Runs main.py until the sign-in is drawn, and tells what stands there."""


def test_the_first_start_makes_a_training_counter_and_draws_its_sign_in(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "profile"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "run", "--training", "--no-centre", "--profile", folder],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    told = json.loads(done.stdout)
    assert told["shown"]
    assert told["others"] == ["MainWindow"], "no splash is left over it"
    assert told["colours"] > 50
    assert Profile.open(folder).realm is Realm.TRAINING
    assert (folder / FILE_NAME).is_file()
    assert load_settings(folder) == training_settings(Settings()) != Settings()
    text = json.dumps(told["officers"])
    assert len(told["officers"]) == len(SAMPLE_OFFICERS)
    for officer in SAMPLE_OFFICERS:
        assert officer.nrp in text
        assert officer.password in text
