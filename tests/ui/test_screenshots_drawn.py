"""The whole tour as the command makes it: each picture of the list is drawn and shows its thing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from desktop.words import LANGUAGES
from ui.commands.screenshots_list import wanted

ROOT = Path(__file__).resolve().parents[2]


SIZES = ("1366x768", "1920x1080")


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_draws_every_picture_of_the_list(tmp_path: Path, language: str) -> None:
    """In each language, at both sizes that counters have; a text that can't be made fails it."""
    made = subprocess.run(
        [sys.executable, "main.py", "--lang", language, "screenshots", str(tmp_path),
         "--size", ",".join(SIZES)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    for size in SIZES:
        drawn = sorted((tmp_path / size).glob("*.png"))
        assert {path.stem for path in drawn} >= wanted()
        for path in drawn:
            with Image.open(path) as picture:
                assert picture.size == tuple(map(int, size.split("x"))), path.name
