"""`main.py bench NAME`: a figure in one run, with the machine it was taken on.

    start    from starting the program to a drawn sign-in, against a bare window
    faces    both faces of a card
    drawing  both faces, against the same layers by bare Pillow
    checks   every check of a portrait
    inspection  one inspection of a printed card; what it finds of which defects
    act      one act's durable commit, against its rows, hashes and signature by the bare driver
    search   search as you type over many people
    seal     a seal made and checked, against bare Ed25519; its code's read rate
    day      memory after a day of applications, against memory after the start
    all      every one of them

Ends with 1 when a limit is missed. `--json` prints one object a figure.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from desktop.commands import arguments
from desktop.commands.bench_report import Figure, Report, measured
from desktop.words import Words

KEPT, MISSED = 0, 1

Measure = Callable[[argparse.Namespace], Figure]


def add_parser(subparsers: Any) -> None:
    """Add `bench` with its figures to the program's arguments."""
    parser = subparsers.add_parser("bench", help="measure a figure on this machine")
    figures = parser.add_subparsers(dest="figure", required=True)
    common = arguments.common(profile=False)
    common.add_argument("--json", action="store_true", help="one JSON object a figure")
    sizes: dict[str, tuple[tuple[str, int, str], ...]] = {
        "start": (("--rounds", 7, "starts of each"),),
        "faces": (("--rounds", 40, "cards drawn"),),
        "drawing": (("--rounds", 40, "cards drawn"),),
        "checks": (("--rounds", 200, "portraits judged"),),
        "inspection": (
            ("--good", 10_000, "good cards"),
            ("--defective", 3_000, "cards with a defect"),
            ("--captures", 300, "good cards badly taken"),
            ("--people", 96, "people whose cards they are"),
            ("--workers", 2, "processes"),
            ("--seed", 1, "another seed, other cards"),
        ),
        "act": (("--rounds", 300, "acts of each"),),
        "search": (
            ("--people", 1_000_000, "people on record"),
            ("--searches", 400, "names and numbers typed"),
        ),
        "seal": (("--rounds", 2000, "seals made and checked"),),
        "day": (("--applications", 300, "people served"),),
        "all": (),
    }
    for name, options in sizes.items():
        figure = figures.add_parser(name, parents=[common], help=f"the figure {name}")
        for option, size, told in options:
            figure.add_argument(option, type=_size, default=size, metavar="N", help=told)
        if name == "inspection":
            figure.add_argument("--resume", type=Path, metavar="DIR", help="begin or go on there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure what is asked for and tell it; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    names = list(MEASURES) if args.figure == "all" else [args.figure]
    kept = True
    for name in names:
        report = measured(lambda name=name: MEASURES[name](args))
        kept = kept and report.figure.kept
        if args.json:
            print(json.dumps(report.plain()))
        else:
            print(told(report, words))
    return KEPT if kept else MISSED


def told(report: Report, words: Words) -> str:
    """A report in words."""
    figure, at = report.figure, report.conditions
    verdict = words("bench.kept" if figure.kept else "bench.missed")
    lines = [
        words(
            "bench.figure",
            name=words(f"bench.name.{figure.name}"),
            value=_number(words, figure.value, figure.unit),
            limit=_number(words, figure.limit, figure.unit),
            verdict=verdict,
        )
    ]
    lines += [f"  {name} = {value:g}" for name, value in figure.absolute.items()]
    lines.append(
        words(
            "bench.machine",
            cpu=at.cpu,
            cores=at.cores,
            memory=at.memory_mb,
            system=at.system,
            python=at.python,
        )
    )
    lines.append(
        words(
            "bench.load",
            before=" ".join(f"{value:g}" for value in at.load_before) or "–",
            after=" ".join(f"{value:g}" for value in at.load_after) or "–",
            calibration_before=words.number(at.calibration_before_ms, 1),
            calibration_after=words.number(at.calibration_after_ms, 1),
        )
    )
    return "\n".join(lines)


def _number(words: Words, value: float, unit: str) -> str:
    places = 2 if unit == "ratio" else 1
    number = words.number(value, places)
    return number if unit == "ratio" else f"{number} {unit}"


def _size(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def _start(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_start

    return bench_start.measure(**_given(args, "rounds"))


def _faces(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_faces

    return bench_faces.measure(**_given(args, "rounds"))


def _drawing(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_drawing

    return bench_drawing.measure(**_given(args, "rounds"))


def _checks(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_checks

    return bench_checks.measure(**_given(args, "rounds"))


def _inspection(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_inspection

    sizes = _given(args, "good", "defective", "captures", "people", "workers", "seed")
    try:
        return bench_inspection.measure(
            **sizes, resume=getattr(args, "resume", None), tell=bench_inspection.tell_aside
        )
    except bench_inspection.OtherRun as error:
        raise SystemExit(str(error)) from error


def _act(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_act

    return bench_act.measure(**_given(args, "rounds"))


def _search(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_search

    return bench_search.measure(**_given(args, "people", "searches"))


def _seal(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_seal

    return bench_seal.measure(**_given(args, "rounds"))


def _day(args: argparse.Namespace) -> Figure:
    from desktop.commands import bench_day

    return bench_day.measure(**_given(args, "applications"))


def _given(args: argparse.Namespace, *names: str) -> dict[str, int]:
    """The sizes that were asked for; a measure's own where none was (`all`)."""
    return {name: getattr(args, name) for name in names if hasattr(args, name)}


MEASURES: Mapping[str, Measure] = {
    "start": _start,
    "faces": _faces,
    "drawing": _drawing,
    "checks": _checks,
    "inspection": _inspection,
    "act": _act,
    "search": _search,
    "seal": _seal,
    "day": _day,
}
