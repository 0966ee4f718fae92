"""The measurement of the inspection: it counts right, resumes, and tells what can't be seen.

That rates are good is nowhere asserted here, but for a few cases that are beyond doubt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.commands import bench_inspection, bench_inspection_jobs
from desktop.commands.bench_inspection import OtherRun, run, sizes_of
from desktop.commands.bench_inspection_jobs import (
    BLIND,
    BLIND_NAMES,
    CAPTURE,
    GOOD,
    KNOWN,
    Answer,
    Bench,
    Job,
    jobs_of,
)
from desktop.commands.bench_inspection_results import Share, results_of, table
from tests.cards.degraded_cards import PEOPLE, cards, folder

SIZES = {GOOD: 1, BLIND: 3}


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (1, 20, 0.0013, 0.2487),
        (3, 10_000, 0.00006, 0.00088),
        (0, 0, 0.0, 1.0),
    ],
)
def test_bounds_are_those_of_clopper_and_pearson(
    hits: int, count: int, low: float, high: float
) -> None:
    assert Share(hits, count).bounds == pytest.approx((low, high), abs=0.00006)


def answer(group: str, number: int, name: str, verdict: str, severity: float = 0.5) -> Answer:
    faults = () if verdict == "good" else ("colour",)
    return Answer(group, number, name, severity, verdict, faults, 100.0 + number, 90.0, 50.0)


def test_cards_are_counted_by_kind_severity_and_verdict() -> None:
    answers = [
        *(answer(GOOD, at, "", "good") for at in range(98)),
        answer(GOOD, 98, "", "faulty"),
        answer(GOOD, 99, "", "unseen"),
        *(answer(BLIND, at, "dust", "faulty", at / 30) for at in range(30)),
        *(answer(BLIND, 100 + at, "no_varnish", "good") for at in range(30)),
        *(answer(BLIND, 200 + at, "turned", "good" if at < 15 else "refused") for at in range(30)),
        answer(KNOWN, 0, "shift", "raised"),
    ]
    found = results_of(answers)
    assert (found.good.hits, found.good.count, found.good_unseen) == (2, 100, 1)
    rows = {row.name: row for row in found.blind}
    assert str(rows["dust"].found) == "30/30"
    assert [str(share) for share in rows["dust"].thirds] == ["10/10", "10/10", "10/10"]
    assert [row.name for row in found.hidden(found.blind)] == ["no_varnish"]
    assert [row.name for row in found.partly(found.blind)] == ["turned"]
    assert found.known[0].raised == 1
    assert found.known[0].found.hits == 0
    told = table(found)
    assert "Can't be told from good cards: no_varnish (0/30)." in told
    assert "Found less often than nine times in ten: turned (15/30)." in told
    assert "Not passed: 2/100 = 2.00%" in told


def test_every_kind_comes_in_every_third_of_severity() -> None:
    jobs = list(jobs_of(1, {BLIND: 3 * len(BLIND_NAMES)}, 5))
    seen = {(job.name, int(job.severity * 3)) for job in jobs}
    assert len(seen) == 3 * len(BLIND_NAMES)


def test_a_larger_run_holds_the_smaller_one() -> None:
    small = set(jobs_of(1, {GOOD: 5, BLIND: 20, CAPTURE: 4}, 7))
    large = set(jobs_of(1, {GOOD: 50, BLIND: 200, CAPTURE: 40}, 7))
    assert len(small) == 29
    assert small < large
    assert small.isdisjoint(jobs_of(2, {GOOD: 5, BLIND: 20, CAPTURE: 4}, 7))


def test_half_of_the_defects_are_the_authors_where_there_are_any() -> None:
    sizes = sizes_of(10, 7, 1)
    assert sizes[BLIND] + sizes[KNOWN] == 7
    assert sizes[KNOWN] == (3 if bench_inspection_jobs.KNOWN_NAMES else 0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A run's folder that has its cards already."""
    cards()
    (tmp_path / f"cards-{PEOPLE}").symlink_to(folder(), target_is_directory=True)
    return tmp_path


def test_a_stopped_run_goes_on_and_answers_the_same(place: Path) -> None:
    answers, fresh = run(place, SIZES, seed=3, people=PEOPLE, workers=1)
    assert fresh == 4
    assert {answer.id for answer in answers} == {"good-0", "blind-0", "blind-1", "blind-2"}
    file = place / "results.jsonl"
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    torn = "\n".join([head, *lines[:2], lines[2][:20]])
    file.write_text(torn, encoding="utf-8")
    again, fresh = run(place, SIZES, seed=3, people=PEOPLE, workers=1)
    assert fresh == 2
    assert [(a.id, a.verdict, a.faults) for a in again] == [
        (a.id, a.verdict, a.faults) for a in answers
    ]
    assert len(file.read_text(encoding="utf-8").splitlines()) == 5
    assert run(place, SIZES, seed=3, people=PEOPLE, workers=1) == (again, 0)


def test_answers_of_another_seed_or_code_are_never_mixed(place: Path) -> None:
    file = place / "results.jsonl"
    head = {"format": 1, "seed": 3, "people": PEOPLE, "code": bench_inspection.code_digest()}
    for other in ({"seed": 4}, {"code": "0"}, {"people": 9}):
        file.write_text(json.dumps({**head, **other}) + "\n", encoding="utf-8")
        with pytest.raises(OtherRun, match=next(iter(other))):
            run(place, SIZES, seed=3, people=PEOPLE, workers=1)


@pytest.mark.parametrize(
    "name", ["blank_back", "code_missing", "card_of_another", "no_magenta", "serial_of_another"]
)
def test_what_nobody_could_overlook_is_found(name: str) -> None:
    cards()
    bench = Bench(folder(), PEOPLE)
    said = bench.answer(Job(BLIND, 0, name, 0.9, 1, 5))
    assert said.verdict in ("faulty", "refused", "unseen")
    assert said.ms > 0


@pytest.mark.long
def test_two_processes_measure_some_hundred_cards(place: Path) -> None:
    told: list[str] = []
    figure = bench_inspection.measure(
        100, 200, 26, seed=5, people=PEOPLE, workers=2, resume=place, tell=told.append
    )
    assert figure.absolute["good"] == 100
    assert figure.absolute["blind"] + figure.absolute["known"] == 200
    assert (place / "table.md").read_text(encoding="utf-8") == told[-1]
    assert figure.absolute["blind_found"] > 0
