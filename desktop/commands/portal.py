"""`main.py portal make`, `mend`, `cancel`, `results`, `play`: the portal's side, for training.

`make` writes a signed batch of online applications, good and faulty; `mend` sends again whatever
the office sent back; `cancel` makes some applicants change their minds; `results` shows what the
office answered. These belong to the training profile, whose portal key signs. `play` is a day at a
centre (see `portal_play.py`).
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.errors import StoreProblem
from desktop.batch.results import read_results
from desktop.commands import arguments
from desktop.commands.portal_play import add_play, run_play
from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem
from desktop.domain.online import LineFault
from desktop.keys.certificates import KeyRole
from desktop.profile import Profile
from desktop.profile_files import default_path
from desktop.sources import SystemClock
from desktop.words import Words

if TYPE_CHECKING:
    from desktop.training.batch_maker import Made

DONE, REFUSED = 0, 2


def add_parser(subparsers: Any) -> None:
    """Add `portal` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("portal", help="play the portal for training")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common()
    make = verbs.add_parser("make", parents=[common], help="make a batch of applications")
    make.add_argument("--count", type=_count, required=True, metavar="N")
    make.add_argument("--seed", type=int, required=True, metavar="S")
    make.add_argument("--out", type=Path, required=True, metavar="FILE")
    make.add_argument("--faulty", type=_none_or_more, metavar="N", help="default: one in six")
    mend = verbs.add_parser("mend", parents=[common], help="send again what was sent back")
    mend.add_argument("--out", type=Path, required=True, metavar="FILE")
    cancel = verbs.add_parser("cancel", parents=[common], help="applicants change their minds")
    cancel.add_argument("--count", type=_count, required=True, metavar="N")
    cancel.add_argument("--seed", type=int, required=True, metavar="S")
    cancel.add_argument("--out", type=Path, required=True, metavar="FILE")
    results = verbs.add_parser("results", parents=[common], help="show the office's answers")
    results.add_argument("file", type=Path, metavar="FILE")
    add_play(verbs, common)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    path: Path = getattr(args, "profile", None) or default_path()
    if args.verb == "play":
        return run_play(args, words)
    try:
        if args.verb == "results":
            return _results(path, args.file, words)
        return _write(path, args, words)
    except (StoreProblem, Problem) as error:
        said = words.problem(error)
        print(said.text)
        print(said.remedy)
    return REFUSED


def _write(path: Path, args: argparse.Namespace, words: Words) -> int:
    from desktop.desk import open_desk
    from desktop.training.batch_maker import make_batch, mend_batch
    from desktop.training.cancellations import cancel_batch

    desk = open_desk(path, pace=0.0)
    try:
        if args.verb == "cancel":
            gone = cancel_batch(desk, args.out, count=args.count, seed=args.seed)
            print(words("portal.cancelled", path=str(args.out), count=len(gone)))
            return DONE
        if args.verb == "mend":
            made = mend_batch(desk, args.out)
        else:
            made = make_batch(desk, args.out, count=args.count, seed=args.seed, faulty=args.faulty)
    finally:
        desk.close()
    print(words("portal.made", path=str(args.out), count=len(made), faulty=_faulty(made)))
    print(words("portal.made_for", profile=str(path)))
    for flaw, count in sorted(Counter(one.flaw for one in made if one.flaw).items()):
        print(words("portal.flaw", flaw=flaw, count=count))
    return DONE


def _faulty(made: list[Made]) -> int:
    return sum(one.flaw is not None for one in made)


def _results(path: Path, file: Path, words: Words) -> int:
    profile = Profile.open(path)
    answers = read_results(file, trust=profile.trust, role=KeyRole.OFFICE, at=SystemClock().now())
    text = "text_en" if words.language == "en" else "text_id"
    for answer in answers:
        if answer["kind"] == "not_taken":
            fault = LineFault(answer["fault"])
            print(words("portal.not_taken", external_id=answer["external_id"] or "-",
                        line=answer["line"], fault=fault,
                        where=answer["where"] or "-"))  # fmt: skip
            continue
        print(
            words(
                "portal.outcome",
                external_id=answer["external_id"],
                number=answer["number"],
                state=ApplicationState(answer["state"]),
                percent="-" if answer["percent"] is None else answer["percent"],
            )
        )
        for reason in answer["reasons"]:
            print(words("portal.reason", text=reason[text], note=reason["note"] or "-"))
    return DONE


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 5000:
        raise argparse.ArgumentTypeError("1 to 5000")
    return number


def _none_or_more(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 or more")
    return number
