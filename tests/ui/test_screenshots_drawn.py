"""The whole tour as the command makes it: each picture of the list is drawn and shows its thing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ui.commands.screenshots_list import wanted

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_tour_draws_every_picture_of_the_list(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "main.py", "screenshots", str(tmp_path), "--size", "1024x640"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout
    assert {path.stem for path in tmp_path.glob("*.png")} >= wanted()
