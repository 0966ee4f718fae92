"""`main.py portal play`: hundreds of applicants at a centre, by a seed.

    portal play --dsn DSN --applicants 300 --seed S [--pace SECONDS] [--office CODE …] [--reads N]
                [--out FILE]
    portal play --home --applicants 300 --seed S

DSN is a login of the group loket_portal, as PostgreSQL writes it; the password may stand in
PGPASSWORD. With `--home` a training counter and a centre of its own are made for the day, an
officer takes and looks at what comes, and all is removed again.

At the end the portal's tally is held against the centre's answers, with `--home` against the
counter's books too. Ends with 0 when everybody is accounted for, 1 when somebody isn't, 2 when the
centre couldn't be used.

With `--stdin` a window plays it beside itself: one JSON line on the input brings the DSN and the
counter's own people, and the day ends when the input does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.central_portal import PortalLine
from db.errors import StoreProblem
from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem
from desktop.sources import SystemClock
from desktop.words import Words

if TYPE_CHECKING:
    from desktop.training.batch_maker import Sample
    from desktop.training.portal_play import Play
    from desktop.training.portal_tally import TallyLine

    Played = tuple[dict[str, Any], Sequence[TallyLine]]

DONE, UNSOUND, REFUSED = 0, 1, 2
NAMED = 20
WIB = timezone(timedelta(hours=7))
NICE = 10
AGAIN_SECONDS = 5.0


def add_play(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add `play` to the portal's verbs."""
    play = verbs.add_parser("play", parents=[common], help="applicants at a centre")
    play.add_argument("--dsn", metavar="DSN")
    play.add_argument("--applicants", type=int, default=300, metavar="N")
    play.add_argument("--seed", type=int, default=1, metavar="S")
    play.add_argument("--pace", type=float, default=0.0, metavar="SECONDS", help="between two")
    play.add_argument("--office", action="append", metavar="CODE", help="default: 1374")
    play.add_argument("--reads", type=int, default=6, metavar="N", help="looks at the status")
    play.add_argument("--out", type=Path, metavar="FILE", help="the summary as JSON")
    play.add_argument("--home", action="store_true", help="with a counter and a centre of its own")
    play.add_argument("--stdin", action="store_true", help="for a window's own centre")


def run_play(args: argparse.Namespace, words: Words) -> int:
    """Play the day; the exit code."""
    told: dict[str, Any] = {}
    ended = threading.Event()
    if args.stdin:
        told = json.loads(sys.stdin.readline() or "{}")
        threading.Thread(target=_until_end, args=(ended,), daemon=True).start()
        if hasattr(os, "nice"):
            os.nice(NICE)  # the window goes first
    try:
        if args.home:
            summary, tally = _at_home(args, words)
        else:
            dsn = told.get("dsn") or args.dsn
            if not dsn:
                print(words("portal_play.dsn"))
                return REFUSED
            summary, tally = _at_centre(args, dsn, told, ended, _progress(args, words))
    except (StoreProblem, Problem) as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return REFUSED
    if args.out is not None:
        lines = [{**asdict(line), "sound": line.sound} for line in tally]
        text = json.dumps({**summary, "tally": lines}, indent=1)
        args.out.write_text(text + "\n", encoding="utf-8")
    if not args.stdin:
        _show(words, summary)
        _show_tally(words, tally, home=args.home)
    return DONE if all(line.sound for line in tally) else UNSOUND


def _at_centre(
    args: argparse.Namespace,
    dsn: str,
    told: dict[str, Any],
    ended: threading.Event,
    progress: Callable[[], None],
) -> Played:
    from desktop.training.portal_tally import compare
    from desktop.training.residents import drawn_residents, read_residents

    today = _when()[0]
    if "residents" in told:
        people = read_residents(told["residents"], today)
    else:
        people = drawn_residents(args.seed, args.applicants, today)

    def wait() -> bool:
        progress()
        return not ended.wait(args.pace) if args.pace > 0 else not ended.is_set()

    line = PortalLine.open(dsn)
    try:
        play = _play(args, line, people, args.office or ["1374"], wait)
        play.run()
        # A window that closes doesn't wait for three hundred answers.
        tally = () if args.stdin else compare(play.sent, play.settle())
        return play.summary.plain(), tally
    finally:
        line.close()


def _at_home(args: argparse.Namespace, words: Words) -> Played:
    from desktop.training.portal_counter import PortalCounter
    from desktop.training.portal_tally import compare

    progress = _progress(args, words)
    with (
        tempfile.TemporaryDirectory(prefix="loket-portal-") as folder,
        PortalCounter(Path(folder) / "profile") as counter,
    ):
        people = counter.people(args.applicants, args.seed)

        def wait() -> bool:
            progress()
            counter.beat()
            return True

        line = PortalLine.open(counter.dsn)
        try:
            play = _play(args, line, people, args.office or counter.offices, wait)
            play.run()
            finished = counter.finish()
            tally = compare(play.sent, play.settle(), counter.kept())
        finally:
            line.close()
        looked = counter.looked
        print(words("portal_play.looked", **asdict(looked)))
        if not finished:
            print(words("portal_play.unfinished"))
        return play.summary.plain() | {"looked": asdict(looked)}, tally


def _play(
    args: argparse.Namespace,
    line: PortalLine,
    people: Sequence[Sample],
    offices: Sequence[str],
    wait: Callable[[], bool],
) -> Play:
    from desktop.rulebook_late import LateRulebook
    from desktop.training.portal_play import Play

    return Play(
        line,
        people[: args.applicants],
        offices,
        args.seed,
        fees=LateRulebook(training=True).on(_when()[0]).fees,
        when=_when,
        wait=wait,
        reads=args.reads,
    )


def _when() -> tuple[date, datetime]:
    now = SystemClock().now()
    return now.astimezone(WIB).date(), now


def _show(words: Words, summary: dict[str, Any]) -> None:
    print(words("portal_play.done", **_counts(summary)))
    for key, count in summary["states"].items():
        print(words("portal_play.state", state=_state(words, key), count=count))
    for key, count in summary["percents"].items():
        print(words("portal_play.percent", percent=key, count=count))
    for key, count in summary["refusals"].items():
        print(words("portal_play.refusal", code=key, count=count))


def _show_tally(words: Words, tally: Sequence[TallyLine], *, home: bool) -> None:
    """The portal's count of each thing, and where the others have it."""
    print(words("portal_play.by_books" if home else "portal_play.by_centre"))
    for line in tally:
        told = {
            "sent": line.sent, "at_counter": line.at_counter, "at_centre": line.at_centre,
            "refused": line.refused,
        }  # fmt: skip
        print(words(f"portal_play.tally.{line.count}", **told))
        if line.missing:
            some = ", ".join(line.missing[:NAMED])
            print(words("portal_play.missing", count=len(line.missing), some=some))
    sound = all(line.sound for line in tally)
    print(words("portal_play.sound" if sound else "portal_play.unsound"))


def _progress(args: argparse.Namespace, words: Words) -> Callable[[], None]:
    """Says now and then how far it is, where somebody looks on."""
    state = {"beats": 0, "told": time.monotonic()}

    def beat() -> None:
        state["beats"] += 1
        if not args.stdin and time.monotonic() - state["told"] >= AGAIN_SECONDS:
            state["told"] = time.monotonic()
            print(words("portal_play.beats", beats=state["beats"]), flush=True)

    return beat


def _until_end(ended: threading.Event) -> None:
    while sys.stdin.read(4096):
        pass
    ended.set()


def _state(words: Words, name: str) -> str:
    """A state of the workflow in words, or what waits at the centre."""
    if name == "submitted":
        return words("portal_play.submitted")
    return words.of(ApplicationState(name))


def _counts(summary: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in summary.items() if isinstance(value, int)}
