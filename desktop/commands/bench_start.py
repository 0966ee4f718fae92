"""From starting the program to a drawn sign-in, against a bare window with the same modules.

Both are processes of their own, started in turns; the time runs from their start until they say
that their window is drawn. The profile exists already. Windows are drawn offscreen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from desktop.commands.bench_day import ROOT, WINDOW, offscreen
from desktop.commands.bench_report import Figure, median_ms
from desktop.commands.bench_world import BenchWorld

LIMIT = 1.5
SHOWN = "shown"


class NeverShown(RuntimeError):
    """A process ended without drawing its window; its own words stand above."""


def measure(rounds: int = 7) -> Figure:
    """The ratio of the medians of `rounds` starts each, after one that warms the disk cache."""
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        profile, modules = Path(folder) / "profile", Path(folder) / "modules.txt"
        BenchWorld.open(profile).desk.close()
        starts, least = [], []
        for _ in range(rounds + 1):
            starts.append(_shown("start", str(profile), str(modules)))
            least.append(_shown("empty", str(modules)))
        count = len(modules.read_text(encoding="utf-8").split())
    start, empty = median_ms(starts[1:]), median_ms(least[1:])
    return Figure(
        "start",
        round(start / empty, 2),
        LIMIT,
        "ratio",
        {
            "start_ms": start,
            "empty_ms": empty,
            "first_start_ms": median_ms(starts[:1]),
            "modules": count,
            "rounds": rounds,
        },
    )


def as_installed() -> dict[str, str]:
    """An officer's surroundings: compiled modules are kept, whatever this shell says of them."""
    return {k: v for k, v in offscreen().items() if k != "PYTHONDONTWRITEBYTECODE"}


def _shown(*words: str) -> float:
    """Seconds from starting such a process to its word that the window is drawn."""
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
        [sys.executable, "-m", WINDOW, *words],
        cwd=ROOT,
        env=as_installed(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == SHOWN:
                seconds = time.perf_counter() - began
                process.stdout.read()
                return seconds
    raise NeverShown(words[0])
