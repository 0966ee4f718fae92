"""Memory after a day of work against memory after the start, in a process of its own.

The day is walk-ins from ticket to handover, through the window's own presenters and screens
(drawn offscreen), on simulated devices that take no time. Only Linux tells the figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from desktop.commands.bench_report import Figure

LIMIT = 1.3
ROOT = Path(__file__).resolve().parents[2]
WINDOW = "ui.commands.bench_window"


def measure(applications: int = 300) -> Figure:
    """The ratio, and how memory went on the way."""
    done = subprocess.run(  # noqa: S603 - our own module, our own interpreter
        [sys.executable, "-m", WINDOW, "day", str(applications)],
        cwd=ROOT,
        env=offscreen(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return Figure("day", round(told["after_mb"] / told["start_mb"], 2), LIMIT, "ratio", told)


def offscreen() -> dict[str, str]:
    """The surroundings of a process whose window nobody sees."""
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
