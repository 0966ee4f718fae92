"""`make run`: the window where there is a display, otherwise the demo, and where it lies.

The recipe itself is run, with a stand-in for Python that notes what it is asked for and ends as it
is told to; the set-up has tests of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no make; docs say how to run")


@dataclass
class Make:
    """`make run` with a temporary folder of its own."""

    folder: Path

    def run(self, status: int = 0, **display: str) -> tuple[int, str, list[str]]:
        """Status, what was said, and the lines of arguments that Python was given."""
        asked = self.folder / "asked"
        python = self.folder / "python"
        python.write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\nexit {status}\n', encoding="utf-8")
        python.chmod(0o755)
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if "DISPLAY" not in k and "MAKE" not in k}
        make = shutil.which("make")
        assert make is not None
        done = subprocess.run(
            [make, "--no-print-directory", "-o", "setup", "run", f"PY={python}"],
            cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
            env=kept | {"TMPDIR": str(temporary)} | display,
        )  # fmt: skip
        return done.returncode, done.stdout, asked.read_text("utf-8").splitlines()


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return Make(tmp_path)


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_window_opens_in_training(make: Make, name: str) -> None:
    status, said, asked = make.run(**{name: ":9"})
    assert (status, said) == (0, "")
    assert asked == ["main.py run --training"]


def test_without_one_it_says_so_and_plays_the_demo_into_a_new_folder(make: Make) -> None:
    folders: set[str] = set()
    for turn in range(2):
        status, said, asked = make.run(DISPLAY="")
        assert status == 0
        found = re.fullmatch(r"main\.py demo --out (\S+)", asked[turn])
        assert found is not None, asked
        out = found[1]
        assert out.startswith(f"{make.folder}/tmp/loket-demo-")
        assert list(Path(out).iterdir()) == []
        first, last = said.splitlines()
        assert "No display" in first
        assert "demo" in first
        assert last.endswith(out)
        folders.add(out)
    assert len(folders) == 2


def test_a_demo_that_failed_is_not_said_to_lie_anywhere(make: Make) -> None:
    status, said, _ = make.run(status=1)
    assert status != 0
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("target", "set_up", "then"),
    [
        ("run", "sh .ci/setup", "main.py run --training"),
        ("test", "sh .ci/setup --tests", "-m pytest"),
    ],
)
def test_each_target_sets_itself_up_first(target: str, set_up: str, then: str) -> None:
    make = shutil.which("make")
    assert make is not None
    asked = subprocess.run(
        [make, "--no-print-directory", "-n", target], cwd=ROOT, capture_output=True,
        encoding="utf-8", check=True, env={k: v for k, v in os.environ.items() if "MAKE" not in k},
    ).stdout  # fmt: skip
    assert asked.splitlines()[0] == set_up
    assert then in asked


def test_the_gate_runs_make_test() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert any(line.split()[:2] == ["make", "test"] for line in gate)
