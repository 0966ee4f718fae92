"""A figure with everything needed to judge it: ratio, absolutes, the machine, its load.

A time alone says little on a machine that somebody else uses too; so each figure is a ratio of two
things measured in turns in one run, or stands beside a calibration: a fixed piece of work, timed
before and after, that tells how fast this machine was just then.
"""

from __future__ import annotations

import hashlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

CALIBRATION_ROUNDS = 5
_CPUINFO = Path("/proc/cpuinfo")
_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Conditions:
    """The machine and how busy it was."""

    cpu: str
    cores: int
    memory_mb: int
    system: str
    python: str
    load_before: tuple[float, ...]
    load_after: tuple[float, ...]
    calibration_before_ms: float
    calibration_after_ms: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` is judged against `limit`; the rest stands beside it."""

    name: str
    value: float
    limit: float
    unit: str
    absolute: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def kept(self) -> bool:
        return self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Report:
    """A figure and its conditions."""

    figure: Figure
    conditions: Conditions

    def plain(self) -> dict[str, object]:
        """As JSON holds it."""
        figure = asdict(self.figure)
        figure["kept"] = self.figure.kept
        return {"figure": figure, "conditions": asdict(self.conditions)}


def measured(measure: Callable[[], Figure]) -> Report:
    """Run a measurement between two calibrations."""
    load, calibration = load_average(), calibrate()
    figure = measure()
    return Report(
        figure,
        Conditions(
            cpu=cpu_name(),
            cores=os.cpu_count() or 0,
            memory_mb=memory_mb(),
            system=platform.platform(),
            python=platform.python_version(),
            load_before=load,
            load_after=load_average(),
            calibration_before_ms=calibration,
            calibration_after_ms=calibrate(),
        ),
    )


def calibrate(rounds: int = CALIBRATION_ROUNDS) -> float:
    """Milliseconds for a fixed mix of interpreter and library work (the median of a few)."""
    block = bytes(range(256)) * 4096

    def work() -> None:
        total = 0
        for number in range(200_000):
            total += number & 7
        for _ in range(8):
            total += hashlib.sha256(block).digest()[0]

    return median_ms([timed(work) for _ in range(rounds)])


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median_ms(seconds: Sequence[float]) -> float:
    """The median in milliseconds, to a thousandth."""
    return round(statistics.median(seconds) * 1000, 3)


def share_ms(seconds: Sequence[float], share: float) -> float:
    """The value below which that share of the measurements lies, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 3)


def load_average() -> tuple[float, ...]:
    """Load of the last 1, 5 and 15 minutes; empty where the system doesn't tell."""
    if sys.platform == "win32":
        return ()
    return tuple(round(value, 2) for value in os.getloadavg())


def cpu_name() -> str:
    """The processor's own name."""
    if _CPUINFO.is_file():
        for line in _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory_mb() -> int:
    """The machine's memory; 0 where the system doesn't tell."""
    if _MEMINFO.is_file():
        return int(_MEMINFO.read_text(encoding="utf-8").split()[1]) // 1024
    return 0


def resident_mb() -> float:
    """The memory that this process holds now (its resident set), in MB."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return round(int(line.split()[1]) / 1024, 1)
    return 0.0
