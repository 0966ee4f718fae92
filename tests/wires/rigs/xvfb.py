"""A virtual X server of one's own, on whatever display is free, and hands that type into it."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import which

from tests.wires.rigs.spaces import DIES_WITH_US

STARTING = 20.0


@dataclass(frozen=True)
class Display:
    """A running X server."""

    number: int

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to draw and be typed into here."""
        kept = {k: v for k, v in os.environ.items() if k not in {"WAYLAND_DISPLAY", "XAUTHORITY"}}
        return {**kept, "DISPLAY": f":{self.number}", "QT_QPA_PLATFORM": "xcb"}

    def xdotool(self, *words: str) -> str:
        """One order to the hands; they are real X events."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=60,
            check=True,
        )  # fmt: skip
        return done.stdout.strip()


@contextmanager
def x_server(width: int = 1366, height: int = 768) -> Iterator[Display]:
    """Start one; the server itself picks a free number and says so when it is ready."""
    for needed in ("Xvfb", "xdotool"):
        if which(needed) is None:
            raise FileNotFoundError(needed)
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [*DIES_WITH_US, "Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
         "-nolisten", "tcp", "-noreset"],
        pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], STARTING)
        said = os.read(reader, 32) if ready else b""
        if not said.strip():
            raise TimeoutError("the X server didn't start")
        yield Display(int(said))
    finally:
        os.close(reader)
        server.terminate()
        server.wait(STARTING)
