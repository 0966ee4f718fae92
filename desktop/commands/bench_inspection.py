"""The inspection of printed cards, measured: cards made, degraded, taken and inspected.

    main.py bench inspection [--good 10000] [--defective 3000] [--captures 300] [--seed 1]
                             [--people 96] [--workers 2] [--resume DIR]

Half of the defective cards have defects drawn up without knowledge of the inspection, half those
of its author. `DIR/results.jsonl` gets one line a card as soon as it is inspected; the same command
goes on where it stopped, and larger sizes go on from smaller ones. `DIR/table.md` is the result.
The figure is the median time of one inspection, both sides; workers run beside each other, so on a
busy machine the time on the processor (`cpu`) says more.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec

from desktop.commands import bench_inspection_jobs as jobs
from desktop.commands.bench_inspection_cards import Cards
from desktop.commands.bench_inspection_jobs import Answer, Job
from desktop.commands.bench_inspection_results import Results, results_of, table
from desktop.commands.bench_report import Figure, median_ms, share_ms

LIMIT_MS = 500.0
PEOPLE = 96
_FORMAT = 1
_TELL_EVERY = 30.0
_ROOT = Path(__file__).resolve().parents[2]
_MEASURED = (
    "desktop/cards/inspection",
    "resources/inspection",
    "devices/simulators/card_degradations",
    "devices/simulators/print_faults.py",
    "desktop/commands/bench_inspection_jobs.py",
    "desktop/commands/bench_inspection_cards.py",
)

Tell = Callable[[str], None]


class OtherRun(ValueError):
    """The folder holds answers of another seed, other people or another state of the code."""


def measure(
    good: int = 60,
    defective: int = 60,
    captures: int = 0,
    *,
    seed: int = 1,
    people: int = PEOPLE,
    workers: int = 2,
    resume: Path | None = None,
    tell: Tell = lambda _: None,
) -> Figure:
    """Run, or go on with, a measurement. Raises OtherRun."""
    with _folder(resume) as folder:
        begun = time.perf_counter()
        sizes = sizes_of(good, defective, captures)
        answers, fresh = run(folder, sizes, seed=seed, people=people, workers=workers, tell=tell)
        minutes = (time.perf_counter() - begun) / 60
        found = results_of(answers)
        told = table(found)
        (folder / "table.md").write_text(told, encoding="utf-8")
        tell(told)
        return _figure(found, answers, fresh / minutes)


def sizes_of(good: int, defective: int, captures: int) -> dict[str, int]:
    """How many cards of each group; where nothing is known, all defects are blind."""
    known = defective // 2 if jobs.KNOWN_NAMES else 0
    return {
        jobs.GOOD: good,
        jobs.BLIND: defective - known,
        jobs.KNOWN: known,
        jobs.CAPTURE: captures,
    }


def run(
    folder: Path,
    sizes: Mapping[str, int],
    *,
    seed: int,
    people: int,
    workers: int,
    tell: Tell = lambda _: None,
) -> tuple[list[Answer], int]:
    """The answers of all jobs, and how many of them were made now. Raises OtherRun."""
    cards = folder / f"cards-{people}"
    Cards(cards, people).draw(tell)
    results = folder / "results.jsonl"
    head = {"format": _FORMAT, "seed": seed, "people": people, "code": code_digest()}
    done = _begun(results, head)
    wanted = list(jobs.jobs_of(seed, sizes, people))
    left = [job for job in wanted if job.id not in done]
    tell(f"{len(wanted)} cards, {len(wanted) - len(left)} of them inspected before")
    clock = time.perf_counter()
    told = clock
    with results.open("a", encoding="utf-8") as file:
        for count, answer in enumerate(_answers(left, cards, people, workers), start=1):
            done[answer.id] = answer
            file.write(json.dumps(jobs.plain(answer)) + "\n")
            file.flush()
            now = time.perf_counter()
            if now - told > _TELL_EVERY:
                told = now
                tell(_progress(count, len(left), now - clock))
    return [done[job.id] for job in wanted], len(left)


def code_digest() -> str:
    """Which state of inspection and degradations was measured."""
    digest = hashlib.sha256()
    for name in _MEASURED:
        path = _ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(_ROOT).as_posix()}\n".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _begun(results: Path, head: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers that a result file holds; a fresh one gets its first line."""
    if not results.exists():
        results.write_text(json.dumps(head) + "\n", encoding="utf-8")
        return {}
    text = results.read_text(encoding="utf-8")
    whole, _, torn = text.rpartition("\n")
    if torn:  # the last run was killed while it wrote
        results.write_text(whole + "\n", encoding="utf-8")
    first, *lines = whole.splitlines()
    held = cast("dict[str, Any]", json.loads(first))
    other = [name for name, value in head.items() if held.get(name) != value]
    if other:
        raise OtherRun(f"{results} was begun with another {', '.join(other)}; give another folder")
    read = [msgspec.convert(json.loads(line), Answer) for line in lines]
    return {answer.id: answer for answer in read}


def _answers(left: Sequence[Job], cards: Path, people: int, workers: int) -> Iterator[Answer]:
    if workers < 2 or len(left) < 2:
        jobs.begin(cards, people)
        yield from map(jobs.work, left)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, jobs.begin, (cards, people)) as pool:
        yield from pool.imap_unordered(jobs.work, left, chunksize=4)


@contextmanager
def _folder(given: Path | None) -> Generator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="loket-inspection-") as made:
        yield Path(made)


def _progress(count: int, total: int, seconds: float) -> str:
    rate = count / seconds * 60
    return f"{count} / {total}, {rate:.0f} cards a minute, {(total - count) / rate:.0f} min left"


def _figure(found: Results, answers: Sequence[Answer], rate: float) -> Figure:
    times = [ms / 1000 for ms in found.times]
    cpu = [ms / 1000 for ms in found.cpu]
    low, high = found.good.bounds
    absolute = {
        "median_ms": median_ms(times),
        "p95_ms": share_ms(times, 0.95),
        "cpu_median_ms": median_ms(cpu),
        "cpu_p95_ms": share_ms(cpu, 0.95),
        "made_ms": median_ms([answer.made_ms / 1000 for answer in answers]),
        "cards_a_minute": round(rate, 1),
        "good": found.good.count,
        "good_not_passed": found.good.hits,
        "good_not_passed_from": round(low, 5),
        "good_not_passed_to": round(high, 5),
    }
    for name, rows in (("blind", found.blind), ("known", found.known)):
        absolute[name] = sum(row.found.count for row in rows)
        absolute[f"{name}_found"] = sum(row.found.hits for row in rows)
        absolute[f"{name}_kinds"] = len(rows)
        absolute[f"{name}_kinds_hidden"] = len(found.hidden(rows))
    return Figure("inspection", median_ms(times), LIMIT_MS, "ms", absolute)


def tell_aside(text: str) -> None:
    """Progress goes beside the result."""
    print(text, file=sys.stderr, flush=True)
