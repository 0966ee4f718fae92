"""All checks of a portrait, from JPEG bytes to findings, and a comparison of two faces."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from desktop.commands.bench_report import Figure, median_ms, share_ms
from desktop.pictures import encode_jpeg
from desktop.training.painter import draw
from desktop.training.people import make_people

LIMIT_MS = 50.0
_DAY = date(2026, 3, 2)
_SEED = 11


def measure(rounds: int = 200, people: int = 8) -> Figure:
    """The median time over `rounds` portraits of a few people; the first picture stands beside.

    The first one loads OpenCV and the models. Every portrait is drawn before the clock runs.
    """
    portraits = [encode_jpeg(draw(person)) for person in make_people(_SEED, people, today=_DAY)]
    begun = time.perf_counter()
    from desktop.faces.checks import check_face
    from desktop.faces.likeness import compare

    check_face(portraits[0])
    first = time.perf_counter() - begun
    checks = [_timed(lambda at=at: check_face(portraits[at % people])) for at in range(rounds)]
    compare(portraits[0], portraits[1])
    pairs = [
        _timed(lambda at=at: compare(portraits[at % people], portraits[(at + 1) % people]))
        for at in range(max(1, rounds // 4))
    ]
    return Figure(
        "checks",
        median_ms(checks),
        LIMIT_MS,
        "ms",
        {
            "median_ms": median_ms(checks),
            "p95_ms": share_ms(checks, 0.95),
            "first_ms": median_ms([first]),
            "compared_ms": median_ms(pairs),
            "rounds": rounds,
        },
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
