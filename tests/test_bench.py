"""`main.py bench`: every figure runs, at tiny sizes, and tells what is needed to judge it.

No time is asserted here: a figure belongs to a machine, and its limit to `docs/benchmarks.md`.
"""

from __future__ import annotations

import json
import sys

import pytest

from desktop.commands.bench import MEASURES, told
from desktop.commands.bench_report import Conditions, Figure, Report
from desktop.words import LANGUAGES, Words
from main import main

TINY = {
    "start": ["--rounds", "1"],
    "faces": ["--rounds", "2"],
    "checks": ["--rounds", "2"],
    "inspection": [
        *("--good", "3", "--defective", "4", "--captures", "1"),
        *("--people", "3", "--workers", "1"),
    ],
    "act": ["--rounds", "4"],
    "search": ["--people", "300", "--searches", "3"],
    "drawing": ["--rounds", "2"],
    "seal": ["--rounds", "20"],
    "day": ["--applications", "1"],
}
BESIDE = {
    "start": {"start_ms", "empty_ms", "first_start_ms", "modules", "rounds"},
    "faces": {"median_ms", "p95_ms", "first_ms", "rounds"},
    "checks": {"median_ms", "p95_ms", "first_ms", "compared_ms", "rounds"},
    "inspection": {"median_ms", "p95_ms", "cards_a_minute", "good_not_passed", "blind_found"},
    "act": {"act_ms", "act_p90_ms", "bare_ms", "bare_p90_ms", "rounds"},
    "search": {"people", "letters", "p50_ms", "p99_ms", "most_ms", "most_hits", "store_mb"},
    "drawing": {"faces_ms", "bare_ms", "code_ms", "alike", "rounds"},
    "seal": {"seal_ratio", "check_ratio", "captures", "a_m_207_read", "rounds"},
    "day": {"start_mb", "after_mb", "applications", "seconds"},
}
LIMITS = {
    "start": 1.5,
    "faces": 150.0,
    "checks": 50.0,
    "inspection": 500.0,
    "act": 2.5,
    "search": 16.0,
    "seal": 2.0,
    "drawing": 1.5,
    "day": 1.3,
}


LONG = {"day", "inspection"}
"""Even a tiny one of these takes many seconds; what they run has quick tests of its own."""


def test_every_figure_has_a_tiny_size_here() -> None:
    assert set(TINY) == set(MEASURES) == set(BESIDE)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=[
                pytest.mark.skipif(
                    name == "day" and sys.platform != "linux", reason="memory is read from /proc"
                ),
                *([pytest.mark.long] if name in LONG else []),
            ],
        )
        for name in TINY
    ],
)
def test_a_figure_tells_all_that_is_needed_to_judge_it(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["bench", name, "--json", *TINY[name]])
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    figure, conditions = report["figure"], report["conditions"]
    assert figure["name"] == name
    assert figure["limit"] == LIMITS[name]
    assert figure["value"] > 0
    assert figure["kept"] is (figure["value"] <= figure["limit"])
    assert code == (0 if figure["kept"] else 1)
    assert set(figure["absolute"]) >= BESIDE[name]
    assert conditions["cpu"]
    assert conditions["cores"] >= 1
    assert conditions["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert conditions["calibration_before_ms"] > 0
    assert conditions["calibration_after_ms"] > 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [1.2, 1.8])
def test_a_report_in_words_names_limit_verdict_machine_and_load(
    language: str, value: float
) -> None:
    words = Words.load(language)
    conditions = Conditions("A CPU", 2, 8000, "Linux", "3.11.2", (0.5, 0.4, 0.3), (), 10.25, 11.0)
    text = told(Report(Figure("act", value, 1.5, "ratio", {"act_ms": 4.25}), conditions), words)
    assert words("bench.kept" if value <= 1.5 else "bench.missed") in text
    assert "act_ms = 4.25" in text
    assert "A CPU" in text
    assert "0.5 0.4 0.3" in text
    assert words.number(10.25, 1) in text


def test_a_size_below_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bench", "faces", "--rounds", "0"])
    assert "at least 1" in capsys.readouterr().err
