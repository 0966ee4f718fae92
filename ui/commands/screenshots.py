"""`main.py screenshots DIR`: every screen in a lived-in state, as PNG files named by screen.

A training day is played on a temporary profile with a virtual clock; then the real window is led
through it by hand and drawn without a display. Several sizes (`--size 1366x768,1920x1080`) are
drawn in one go, each into its own folder. What must be there stands in `screenshots_list.py`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from desktop.desk import open_desk
from desktop.services.desk import Desk
from desktop.settings import Look
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.day import Day
from desktop.training.day_script import SCRIPT
from desktop.words import Words
from ui.app import make_application
from ui.commands.run import make_counter
from ui.commands.screenshots_cards import cards
from ui.commands.screenshots_desks import desks
from ui.commands.screenshots_doors import doors, first_page
from ui.commands.screenshots_faults import faults, late
from ui.commands.screenshots_list import lacks
from ui.commands.screenshots_sync import sync
from ui.commands.screenshots_tour import Tour
from ui.commands.screenshots_walkins import (
    everywhere,
    first_visit,
    odd_visits,
    queue,
    queue_full,
    second_visit,
)

BEGIN = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SEED = 7


def run(args: argparse.Namespace) -> int:
    """Draw them all; the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out: Path = args.dir
    sizes = places(str(args.size), out)
    for folder in sizes.values():
        folder.mkdir(parents=True, exist_ok=True)
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    app = make_application(["loket"], words, Look(theme=args.theme, text_scale=args.text))
    with tempfile.TemporaryDirectory(prefix="loket-screens-") as folder:
        clock = VirtualClock(BEGIN)
        desk = open_desk(
            Path(folder) / "profile", clock=clock, ids=SeededIds(SEED, clock),
            keys=SeededKeys(SEED),
        )  # fmt: skip
        try:
            live_in(desk, clock, Path(folder))
            counter = make_counter(desk, words.in_zone(desk.frame.zone.zone))
            tour = Tour(app, counter, clock, sizes)
            go(tour)
            counter.window.close()
        finally:
            desk.close()
    missing = lacks(tour.seen)
    print(f"{len(tour.seen)} PNG: {out}")
    for line in missing:
        print(line)
    return 1 if missing else 0


def places(asked: str, out: Path) -> Mapping[tuple[int, int], Path]:
    """The folder of each size that was asked for."""
    texts = asked.split(",")
    sizes = [(int(w), int(h or 768)) for w, _, h in (one.partition("x") for one in texts)]
    if len(sizes) == 1:
        return {sizes[0]: out}
    return {size: out / text for size, text in zip(sizes, texts, strict=True)}


def live_in(desk: Desk, clock: VirtualClock, folder: Path) -> None:
    """A day's work until the afternoon."""
    day = Day(desk, clock, SEED, folder, lambda _at, _id, _facts: None)
    for hour, minute, act in SCRIPT:
        if act.__name__ in ("answers", "destroy_spoiled", "close_shift"):
            continue
        day.until(hour, minute)
        act(day)
    desk.duty.sign_out()


def go(tour: Tour) -> None:
    """All of it."""
    tour.window.show()
    tour.counter.start()
    tour.snap("sign-in")
    first_page(tour)
    doors(tour)
    tour.sign_in("79010001")
    for part in (
        queue, first_visit, second_visit, faults, odd_visits, queue_full, everywhere, cards, desks,
        sync, late,
    ):  # fmt: skip
        part(tour)
