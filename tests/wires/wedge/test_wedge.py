"""A scanner that types, through a real X server: its keys press nothing, hands keep theirs."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.wires.rigs.xvfb import Display, x_server
from tests.wires.wedge.window import GAP_MS

pytestmark = pytest.mark.xvfb

ROOT = Path(__file__).resolve().parents[3]
LONG = 30.0
TRIES = 8
FAST, FASTEST, HANDS = "8", "2", "400"


class Window:
    """The window's process and its words."""

    def __init__(self, display: Display, prefix: str = "") -> None:
        self.display = display
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.wires.wedge.window", *([prefix] if prefix else [])],
            cwd=ROOT, env=display.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        number = str(self.next("window"))
        display.xdotool("windowfocus", "--sync", number)
        self.next("ready")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def next(self, what: str) -> Any:
        """The next word about this; others are passed over."""
        while True:
            said = self._lines.get(timeout=LONG)
            if what in said:
                return said[what]

    def order(self, line: str, answer: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.next(answer)

    def until(self, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What stands where, once it is so; as it is after a while at the latest."""
        end = time.monotonic() + LONG
        while True:
            told = self.ask()
            if true(told) or time.monotonic() > end:
                return told

    def ask(self) -> dict[str, Any]:
        """What stands where now."""
        assert self._process.stdin is not None
        self._process.stdin.write("ask\n")
        self._process.stdin.flush()
        while True:
            said = self._lines.get(timeout=LONG)
            if "field" in said:
                return said

    def type(self, text: str, delay: str, end: str = "Return") -> None:
        self.display.xdotool("type", "--delay", delay, "--args", "1", text, "key", end)

    def scan(self, code: str, delay: str, end: str, focus: str) -> list[str]:
        """Type as a scanner does, with the focus there; the scans that arrived.

        A machine that is too busy to type like a scanner types again: the program can't tell what
        came slower than its gap from hands, and isn't asked to.
        """
        for _ in range(TRIES):
            self.order(f"focus {focus}", "focus")
            self.type(code, delay, end)
            told = self.until(lambda told: told["keys"] > len(code))
            if told["gap"] < GAP_MS:
                return self.until(lambda told: code in told["scans"])["scans"]
            self.order("clear", "cleared")
        pytest.fail(f"this machine can't type as fast as a scanner: {told}")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LONG)
        self._reader.join(LONG)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with x_server() as made:
        yield made


@pytest.fixture
def window(display: Display) -> Iterator[Window]:
    made = Window(display)
    yield made
    made.close()


def test_scans_arrive_and_press_nothing(window: Window) -> None:
    """A code with J (pause) and a space (snap) in it, ended by Enter (next) or Tab."""
    for code, delay, end, focus in (
        ("JX90001234ID", FAST, "Return", "field"),
        ("RR473124829ID", FASTEST, "Return", "list"),
        ("J 120499001", FAST, "Tab", "next_button"),
        ("S-26/0123+A", FAST, "Return", "loose"),
        ("NOTE-0001", FAST, "Return", "note"),
    ):
        assert window.scan(code, delay, end, focus)[-1:] == [code]
    told = window.ask()
    assert told["done"] == []
    assert (told["field"], told["note"]) == ("", "")


def test_hands_keep_their_keys(window: Window) -> None:
    window.order("focus field", "focus")
    window.type("Jl. 5", HANDS)
    told = window.until(lambda told: "next" in told["done"])
    assert told["scans"] == []
    assert told["field"] == "Jl. 5"
    assert told["done"] == ["commit Jl. 5", "next"]
    window.order("focus list", "focus")
    window.display.xdotool("key", "j")
    window.display.xdotool("key", "Shift_L")
    # A held key is given back a moment later.
    assert window.until(lambda told: "pause" in told["done"])["done"][-1] == "pause"


def test_a_prefix_makes_it_certain(display: Display) -> None:
    window = Window(display, "~")
    try:
        window.type("~AB1234567", FAST)
        assert window.next("scan") == "AB1234567"
        window.type("AB7654321", FAST)
        told = window.until(lambda told: bool(told["field"]))
        assert told["scans"] == ["AB1234567"]
        assert told["field"].startswith("AB")
    finally:
        window.close()
