"""`main.py portal play`: hundreds of applicants at a centre, by a seed.

    portal play --dsn DSN --applicants 300 --seed S [--pace SECONDS] [--office CODE …] [--reads N]
                [--out FILE]

DSN is a login of the group loket_portal, as PostgreSQL writes it; the password may stand in
PGPASSWORD. Ends with the summary, 0 when the day was played, 2 when the centre couldn't be used.

With `--stdin` a window plays it beside itself: one JSON line on the input brings the DSN and the
counter's own people, and the day ends when the input does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from db.central_portal import PortalLine
from db.errors import StoreProblem
from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem
from desktop.sources import SystemClock
from desktop.words import Words

DONE, REFUSED = 0, 2
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
    dsn = told.get("dsn") or args.dsn
    if not dsn:
        print(words("portal_play.dsn"))
        return REFUSED
    try:
        line = PortalLine.open(dsn)
        try:
            summary = _play(args, line, told, ended, _progress(args, words)).plain()
        finally:
            line.close()
    except (StoreProblem, Problem) as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return REFUSED
    if args.out is not None:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    if not args.stdin:
        print(words("portal_play.done", **_counts(summary)))
        for key, count in summary["states"].items():
            print(words("portal_play.state", state=_state(words, key), count=count))
        for key, count in summary["percents"].items():
            print(words("portal_play.percent", percent=key, count=count))
        for key, count in summary["refusals"].items():
            print(words("portal_play.refusal", code=key, count=count))
    return DONE


def _play(
    args: argparse.Namespace,
    line: PortalLine,
    told: dict[str, Any],
    ended: threading.Event,
    progress: Callable[[], None],
) -> Any:
    from desktop.rulebook_late import LateRulebook
    from desktop.training.portal_play import Play
    from desktop.training.residents import drawn_residents, read_residents

    clock = SystemClock()

    def when() -> tuple[date, datetime]:
        now = clock.now()
        return now.astimezone(WIB).date(), now

    today = when()[0]
    if "residents" in told:
        people = read_residents(told["residents"], today)
    else:
        people = drawn_residents(args.seed, args.applicants, today)

    def wait() -> bool:
        progress()
        return not ended.wait(args.pace) if args.pace > 0 else not ended.is_set()

    play = Play(
        line,
        people[: args.applicants],
        args.office or ["1374"],
        args.seed,
        fees=LateRulebook(training=True).on(today).fees,
        when=when,
        wait=wait,
        reads=args.reads,
    )
    return play.run()


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
