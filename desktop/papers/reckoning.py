"""What day report and shift close both reckon: lots of blanks, spoiled cards, device counters.

The invariant of each lot: opening + received + transferred in = issued + spoiled + transferred
out + to be destroyed + missing + closing. The papers show both sides and what is between them;
they pass no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.papers.base import (
    Imprint,
    Line,
    Number,
    Prose,
    Signatory,
    Voice,
    Word,
    count_text,
)

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from desktop.papers.press import Look

_COLUMNS = (
    "opening",
    "received",
    "transferred_in",
    "issued",
    "spoiled",
    "transferred_out",
    "to_be_destroyed",
    "missing",
    "closing",
)


@dataclass(frozen=True, slots=True)
class LotBalance:
    """One lot of blanks over the period; `counted` is the physical count, None if not taken."""

    lot: Number
    opening: int
    received: int
    transferred_in: int
    issued: int
    spoiled: int
    transferred_out: int
    to_be_destroyed: int
    missing: int
    closing: int
    counted: int | None = None

    @property
    def imbalance(self) -> int:
        """Cards that came in less cards accounted for; 0 when the invariant holds."""
        came = self.opening + self.received + self.transferred_in
        went = self.issued + self.spoiled + self.transferred_out + self.to_be_destroyed
        return came - went - self.missing - self.closing

    @property
    def difference(self) -> int:
        """Counted by hand less the ledger's closing."""
        return 0 if self.counted is None else self.counted - self.closing


@dataclass(frozen=True, slots=True)
class SpoiledBlank:
    """A numbered card that was spoiled, with its reason and the officer's number."""

    serial: Number
    lot: Number
    reason: Word
    case: Number = ""
    officer: Number = ""


@dataclass(frozen=True, slots=True)
class DeviceCount:
    """A counter kept by a device over the period, against what the ledger says of the same."""

    device: Line
    counter: Word
    before: int
    after: int
    ledger: int

    @property
    def difference(self) -> int:
        return self.after - self.before - self.ledger


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """An act out of the ordinary; `subject` is a case or serial number, never a person."""

    at: datetime
    kind: Word
    subject: Number
    officer: Number
    reason: Word


def material(lots: Sequence[LotBalance], voice: Voice, look: Look) -> list[Flowable]:
    """The balance per lot, its totals, and a sentence on each lot that doesn't come out."""
    from desktop.papers import parts

    says = voice.says

    def signed(number: int) -> str:
        return f"{number:+d}" if number else "0"

    rows = [
        [
            lot.lot,
            *(count_text(getattr(lot, name)) for name in _COLUMNS),
            "–" if lot.counted is None else count_text(lot.counted),
            signed(lot.difference),
        ]
        for lot in lots
    ]
    if rows:
        counted = [lot.counted for lot in lots if lot.counted is not None]
        rows.append(
            [
                says("papers.table.total"),
                *(count_text(sum(getattr(lot, name) for lot in lots)) for name in _COLUMNS),
                count_text(sum(counted)) if len(counted) == len(lots) else "–",
                signed(sum(lot.difference for lot in lots)),
            ]
        )
    heads = [
        says(f"papers.material.{name}") for name in ("lot", *_COLUMNS, "counted", "difference")
    ]
    out: list[Flowable] = [
        parts.grid(
            look,
            heads,
            rows,
            (17, 11, 12, 12, 12, 11, 12, 14.5, 11, 11, 12, 12),
            right=range(1, 12),
            mono=(0,),
            totals=1,
            empty=says("papers.none"),
        )
    ]
    out += [
        parts.words(
            says("papers.material.imbalance", lot=lot.lot, count=f"{lot.imbalance:+d}"),
            look,
            "alarm",
        )
        for lot in lots
        if lot.imbalance
    ]
    out += [parts.gap(1), parts.words(says("papers.material.rule"), look, "small")]
    return out


def spoiled(blanks: Sequence[SpoiledBlank], voice: Voice, look: Look) -> list[Flowable]:
    """How many were spoiled, and the serials with their reasons."""
    from desktop.papers import parts

    says = voice.says
    heads = [says(f"papers.table.{name}") for name in ("serial", "lot", "cause", "case", "officer")]
    rows = [
        [blank.serial, blank.lot, voice.word(blank.reason), blank.case or "–", blank.officer or "–"]
        for blank in blanks
    ]
    title = says("papers.day.spoiled", count=count_text(len(blanks)))
    grid = parts.grid(
        look, heads, rows, (28, 20, 44, 34, 20), mono=(0, 1, 3, 4), empty=says("papers.none")
    )
    return [*parts.section(title, look), grid]


def devices(counts: Sequence[DeviceCount], voice: Voice, look: Look) -> Flowable:
    """The devices' own counters beside the ledger."""
    from desktop.papers import parts

    says = voice.says
    heads = [
        says(f"papers.device.{name}")
        for name in ("device", "counter", "before", "after", "moved", "ledger", "difference")
    ]
    rows = [
        [
            count.device,
            voice.word(count.counter),
            count_text(count.before),
            count_text(count.after),
            count_text(count.after - count.before),
            count_text(count.ledger),
            f"{count.difference:+d}" if count.difference else "0",
        ]
        for count in counts
    ]
    return parts.grid(
        look,
        heads,
        rows,
        (38, 34, 16, 16, 14, 16, 14),
        right=range(2, 7),
        empty=says("papers.none"),
    )


def exceptions(lines: Sequence[ExceptionLine], voice: Voice, look: Look) -> list[Flowable]:
    """How many acts were out of the ordinary, and each in the order in which they happened."""
    from desktop.papers import parts

    says = voice.says
    heads = [
        says(f"papers.table.{name}") for name in ("time", "act", "subject", "officer", "cause")
    ]
    rows = [
        [
            says.time(line.at),
            voice.word(line.kind),
            line.subject or "–",
            line.officer or "–",
            voice.word(line.reason),
        ]
        for line in lines
    ]
    title = says("papers.day.exceptions", count=count_text(len(lines)))
    grid = parts.grid(
        look, heads, rows, (12, 40, 34, 20, 42), mono=(2, 3), empty=says("papers.none")
    )
    return [*parts.section(title, look), grid]


def statement(
    said: Prose, people: Sequence[Signatory], imprint: Imprint, voice: Voice, look: Look
) -> Flowable:
    """What the officer states about the differences, and who signs it over the journal's head."""
    from desktop.papers import parts

    says = voice.says
    return parts.together(
        [
            *parts.section(says("papers.statement"), look),
            parts.words(said or says("papers.no_difference"), look),
            parts.gap(2),
            parts.words(says("papers.over_head"), look, "small"),
            *parts.signatures(people, imprint, voice, look),
        ]
    )
