"""`main.py demo --out DIR [--seed N]`: one officer-day without a window.

The day is played on a fresh training profile in a temporary folder, through the presenters and
services of the window, with simulated devices, a virtual clock, and ids and keys drawn from the
seed. It opens no socket. DIR must be new or empty: nothing is ever written over.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.errors import StoreProblem
from desktop.commands.journal import export_journal
from desktop.desk import open_desk
from desktop.domain.errors import Problem
from desktop.settings import Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training import day_output as output
from desktop.training.day import Day
from desktop.training.day_script import play
from desktop.training.furnished import training_settings
from desktop.words import Words

BEGIN = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
"""2 March 2026, 07.30 WIB."""

DONE, REFUSED = 0, 2


def add_parser(subparsers: Any) -> None:
    """Add `demo` to the program's arguments."""
    parser = subparsers.add_parser("demo", help="play one officer-day without a window")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="new or empty")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--lang", choices=("id", "en"), default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play the day into the folder; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id")
    out: Path = args.out
    try:
        output.check_output(out)
        perform(out, args.seed, words)
    except (Problem, StoreProblem) as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return REFUSED
    return DONE


def perform(out: Path, seed: int, words: Words) -> None:
    """Play the day of a seed and leave its traces in `out`, which is empty.

    Raises OutputRefused after removing what it had written.
    """
    times: dict[str, float] = {}
    begun = last = time.perf_counter()

    def timed(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        times[name], last = round(now - last, 3), now

    def tell(at: datetime, message_id: str, facts: dict[str, object]) -> None:
        print(f"{words.time(at)}  {words(message_id, **facts)}")

    clock = VirtualClock(BEGIN)
    # Windows lets no folder go whose files are open: the desk is closed first.
    with tempfile.TemporaryDirectory(prefix="loket-demo-") as folder:
        desk = open_desk(
            Path(folder) / "profile",
            clock=clock,
            ids=SeededIds(seed, clock),
            keys=SeededKeys(seed),
            settings=training_settings(Settings()),
        )
        try:
            print(words("demo.title", office=desk.frame.place.office_name, day=desk.frame.today()))
            day = Day(desk, clock, seed, Path(folder), tell)
            timed("prepare")
            play(day, timed)
            write(day, out, seed)
            timed("write")
            times["whole"] = round(time.perf_counter() - begun, 3)
            output.write_json(out / output.TIMING, {"seconds": times})
        except OSError as error:
            clear(out)
            raise output.OutputRefused(str(out), error.strerror or "") from error
        except BaseException:
            clear(out)
            raise
        finally:
            desk.close()
    print(words("demo.left", path=str(out)))


def write(day: Day, out: Path, seed: int) -> None:
    """Cards, papers, journal and summary; the summary last, as the mark of a whole run."""
    desk = day.desk
    cards = output.write_cards(desk, day.cards, out / output.CARDS)
    papers = output.write_papers(desk, out / output.PAPERS)
    output.write_seal_keys(desk, out)
    journal = out / output.JOURNAL
    export_journal(desk.profile, desk.ledger.store, journal, at=desk.clock.now())
    output.write_json(out / output.SUMMARY, output.summary(desk, seed, journal, cards, papers))


def clear(out: Path) -> None:
    """Take back what a run that failed had written; the folder itself stays."""
    for name in (output.CARDS, output.PAPERS):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in (output.JOURNAL, output.SUMMARY, output.TIMING, output.SEAL_KEYS):
        (out / name).unlink(missing_ok=True)
