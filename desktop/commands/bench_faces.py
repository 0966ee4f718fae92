"""Both faces of a card, from the case to two PNG files."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from desktop.cards.layout import Layout, load_layout
from desktop.commands.bench_report import Figure, median_ms, share_ms
from desktop.commands.bench_world import BenchWorld
from desktop.domain.application import Application
from desktop.services.cardmaker import CardMaker

LIMIT_MS = 150.0


def measure(rounds: int = 40, people: int = 4) -> Figure:
    """The median time over `rounds` cards of a few people; the first card stands beside it."""
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        world = BenchWorld.open(Path(folder) / "profile")
        try:
            cases = [world.confirmed_case(person) for person in world.known_people(people)]
            desk = world.desk
            # A layout of its own has nothing painted yet: grounds, vehicles and captions come new.
            maker = CardMaker(desk.frame, fresh_layout(), desk.licences, desk.sealing)
            first = _draw(maker, cases[0], rounds)
            times = [_draw(maker, cases[at % len(cases)], at) for at in range(rounds)]
        finally:
            world.desk.close()
    return Figure(
        "faces",
        median_ms(times),
        LIMIT_MS,
        "ms",
        {
            "median_ms": median_ms(times),
            "p95_ms": share_ms(times, 0.95),
            "first_ms": median_ms([first]),
            "rounds": rounds,
        },
    )


def fresh_layout() -> Layout:
    """The card's layout, read anew."""
    return load_layout.__wrapped__()


def _draw(maker: CardMaker, app: Application, at: int) -> float:
    began = time.perf_counter()
    made = maker.preview(replace(app, blank_serial=f"BM{at:08d}"))  # no card is drawn twice
    seconds = time.perf_counter() - began
    if not (made.front and made.back):
        raise RuntimeError("a face is missing")
    return seconds
