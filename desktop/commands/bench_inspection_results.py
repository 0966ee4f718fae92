"""What an inspection run says: rates with exact bounds, by defect and severity, as a table.

A card counts as *found* when the inspection didn't pass it: faulty, refused, or not to be judged
(`unseen`), since an officer then looks at it. Bounds are Clopper and Pearson's, two-sided 95 %.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.commands.bench_inspection_jobs import (
    BLIND,
    BLIND_NAMES,
    BROUGHT,
    CAPTURE,
    GOOD,
    KNOWN,
    RAISED,
    WITHOUT_SEVERITY,
    Answer,
)
from devices.simulators.card_degradations.catalog import MIXUPS, PRINTING, SURFACE, TRACE

MISS = 0.025
"""Left out at each end."""
HALF = 0.5
PARTLY = 0.9
"""A defect found less often than this is told apart."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    count: int

    @property
    def rate(self) -> float:
        return self.hits / self.count if self.count else math.nan

    @property
    def bounds(self) -> tuple[float, float]:
        """Exact two-sided 95 % bounds (Clopper and Pearson 1934)."""
        if not self.count:
            return 0.0, 1.0
        return lower_bound(self.hits, self.count), 1 - lower_bound(
            self.count - self.hits, self.count
        )

    def __str__(self) -> str:
        return f"{self.hits}/{self.count}" if self.count else "–"


def lower_bound(hits: int, count: int) -> float:
    """The rate at which `hits` or more of `count` would be seen in one case of forty."""
    if not hits:
        return 0.0
    low, high = 0.0, hits / count
    for _ in range(50):
        middle = (low + high) / 2
        if _at_least(hits, count, middle) < MISS:
            low = middle
        else:
            high = middle
    return low


def _at_least(hits: int, count: int, rate: float) -> float:
    """The chance of `hits` or more of `count`."""
    if rate <= 0:
        return 0.0
    log_in, log_out = math.log(rate), math.log1p(-rate)
    ways = math.lgamma(count + 1)
    total = 0.0
    for seen in range(hits, count + 1):
        exponent = ways - math.lgamma(seen + 1) - math.lgamma(count - seen + 1)
        chance = math.exp(exponent + seen * log_in + (count - seen) * log_out)
        total += chance
        if chance < total * 1e-12:
            break
    return total


@dataclass(frozen=True, slots=True)
class Row:
    """One defect."""

    name: str
    found: Share
    thirds: tuple[Share, Share, Share]
    unseen: int
    raised: int
    faults: tuple[str, ...]
    """The checks that failed most often."""

    @property
    def has_severity(self) -> bool:
        return self.name not in WITHOUT_SEVERITY


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run, or what there is of it."""

    good: Share
    """Good cards that weren't passed."""
    good_unseen: int
    good_faults: tuple[tuple[str, int], ...]
    blind: tuple[Row, ...]
    known: tuple[Row, ...]
    capture: tuple[Row, ...]
    times: tuple[float, ...]
    cpu: tuple[float, ...]

    def hidden(self, rows: Iterable[Row]) -> list[Row]:
        """Defects that can't be told from good cards by this inspection."""
        return [row for row in self._undecided(rows) if row.found.rate < HALF]

    def too_few(self, rows: Iterable[Row]) -> list[Row]:
        """Those that were found, but of which there were too few cards to say so."""
        return [row for row in self._undecided(rows) if row.found.rate >= HALF]

    def _undecided(self, rows: Iterable[Row]) -> list[Row]:
        most = self.good.bounds[1]
        return [row for row in rows if row.found.bounds[0] <= most]

    def partly(self, rows: Iterable[Row]) -> list[Row]:
        """Those that are found, but less often than nine times in ten."""
        hidden = {row.name for row in self.hidden(rows)}
        return [r for r in rows if r.found.rate < PARTLY and r.name not in hidden]


def results_of(answers: Sequence[Answer]) -> Results:
    """Count the answers."""
    good = [answer for answer in answers if answer.group == GOOD]
    faults = Counter(fault for answer in good if not answer.passed for fault in answer.faults)
    return Results(
        good=Share(sum(not answer.passed for answer in good), len(good)),
        good_unseen=sum(answer.verdict == "unseen" for answer in good),
        good_faults=tuple(faults.most_common()),
        blind=_rows(answers, BLIND),
        known=_rows(answers, KNOWN),
        capture=_rows(answers, CAPTURE),
        times=tuple(answer.ms for answer in answers),
        cpu=tuple(answer.cpu_ms for answer in answers),
    )


def _rows(answers: Sequence[Answer], group: str) -> tuple[Row, ...]:
    by_name: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.group == group:
            by_name.setdefault(answer.name, []).append(answer)
    rows = [_row(name, of) for name, of in by_name.items()]
    return tuple(sorted(rows, key=lambda row: (row.found.rate, row.name)))


def _row(name: str, answers: Sequence[Answer]) -> Row:
    thirds = [_found([a for a in answers if min(int(a.severity * 3), 2) == at]) for at in range(3)]
    faults = Counter(fault for answer in answers for fault in answer.faults)
    return Row(
        name,
        _found(answers),
        (thirds[0], thirds[1], thirds[2]),
        sum(answer.verdict == "unseen" for answer in answers),
        sum(answer.verdict == RAISED for answer in answers),
        tuple(fault for fault, _ in faults.most_common(3)),
    )


def _found(answers: Sequence[Answer]) -> Share:
    found = sum(not answer.passed and answer.verdict != RAISED for answer in answers)
    return Share(found, len(answers))


def table(results: Results) -> str:
    """Everything as Markdown."""
    low, high = results.good.bounds
    parts = [
        "### Good cards",
        "",
        f"Not passed: {results.good} = {results.good.rate:.2%} (95 %: {low:.2%} to {high:.2%}).",
        f"Of these not to be judged: {results.good_unseen}.",
    ]
    if results.good_faults:
        told = ", ".join(f"{name} {count}" for name, count in results.good_faults)
        parts.append(f"Checks that failed on them: {told}.")
    for title, rows in (
        ("Defects drawn up without knowledge of the inspection", results.blind),
        ("Defects known to the inspection's author", results.known),
    ):
        if rows:
            parts += ["", f"### {title}", "", *_defects(results, rows)]
    if results.capture:
        parts += ["", "### Good cards, badly taken (not passed, by severity)", ""]
        parts += _lines(results.capture)
    return "\n".join(parts) + "\n"


def _stage(name: str) -> str:
    """Where a defect comes from."""
    if name in BROUGHT:
        return "chip or serial of another card"
    if name in MIXUPS:
        return "the wrong thing ordered or printed"
    if name in SURFACE:
        return "plastic and its surface"
    if name == TRACE or (name in PRINTING and PRINTING[name].__module__.endswith("ribbon")):
        return "ribbon"
    return "head, heat, place, driver" if name in PRINTING else "elsewhere"


def _stages(rows: Sequence[Row]) -> list[str]:
    """All kinds of a stage together, which says something even where each has few cards."""
    if not {row.name for row in rows} <= {*BLIND_NAMES}:
        return []  # the author's kinds come from one file
    lines = [
        "| comes from | kinds | found | 95 % | slight | middling | gross | all or nothing |",
        "|---|---|---|---|---|---|---|---|",
    ]
    stages: dict[str, list[Row]] = {}
    for row in rows:
        stages.setdefault(_stage(row.name), []).append(row)
    for stage, of in sorted(stages.items()):
        total = _together(row.found for row in of)
        graded = [row for row in of if row.has_severity]
        thirds = [str(_together(row.thirds[at] for row in graded)) for at in range(3)]
        rest = str(_together(row.found for row in of if not row.has_severity))
        low, high = total.bounds
        lines.append(
            f"| {stage} | {len(of)} | {total} = {total.rate:.0%} | {low:.0%} to {high:.0%} |"
            f" {' | '.join(thirds)} | {rest} |"
        )
    return [*lines, ""]


def _together(shares: Iterable[Share]) -> Share:
    held = list(shares)
    return Share(sum(share.hits for share in held), sum(share.count for share in held))


def _defects(results: Results, rows: Sequence[Row]) -> list[str]:
    total = _together(row.found for row in rows)
    low, high = total.bounds
    hidden, partly, few = results.hidden(rows), results.partly(rows), results.too_few(rows)
    return [
        f"Found: {total} = {total.rate:.1%} (95 %: {low:.1%} to {high:.1%}) in {len(rows)} kinds.",
        "",
        *_stages(rows),
        "Can't be told from good cards: " + (_names(hidden) or "none") + ".",
        "",
        "Found less often than nine times in ten: " + (_names(partly) or "none") + ".",
        "",
        "Found, but too few cards to tell them from good ones: " + (_names(few) or "none") + ".",
        "",
        *_lines(rows),
    ]


def _lines(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| kind | n | found | 95 % | slight | middling | gross | unseen | told by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = row.found.bounds
        thirds = [str(share) for share in row.thirds] if row.has_severity else ["", "", ""]
        unseen = f"{row.unseen}" + (f", raised {row.raised}" if row.raised else "")
        lines.append(
            f"| {row.name} | {row.found.count} | {row.found.rate:.0%} | {low:.0%} to {high:.0%} |"
            f" {' | '.join(thirds)} | {unseen} | {', '.join(row.faults)} |"
        )
    return lines


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(f"{row.name} ({row.found})" for row in rows)
