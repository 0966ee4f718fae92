"""Day report (laporan harian): what the office issued, was paid, used up, spoiled and excepted.

A4. Money is what banks confirmed as PNBP; waivers by decree are counted apart, and insurance,
medical and courier amounts never enter. The supervisor signs over the journal's head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from desktop.papers import reckoning
from desktop.papers.base import (
    Imprint,
    Line,
    Name,
    Number,
    Prose,
    Says,
    Signatory,
    Tally,
    Voice,
    Word,
    count_text,
)
from desktop.papers.reckoning import DeviceCount, ExceptionLine, LotBalance, SpoiledBlank

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from desktop.papers.press import Look


@dataclass(frozen=True, slots=True)
class IssueCount:
    """Licences of one class issued by one service."""

    licence_class: Word
    service: Word
    count: int


@dataclass(frozen=True, slots=True)
class BankTotal:
    """Confirmed PNBP that came through one bank."""

    bank: Name
    payments: int
    amount: int


@dataclass(frozen=True, slots=True)
class WaiverTotal:
    """Cases at zero rupiah under one decree, for one group of people."""

    decree: Line
    group: Word
    count: int


@dataclass(frozen=True, slots=True)
class ExamTotal:
    """One kind of test of one class: first tries and retakes, and how many passed of each."""

    test: Word
    licence_class: Word
    first: int
    first_passed: int
    retakes: int
    retakes_passed: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """`shift` is which of the day it covers, and `former` the reports of those before it: two
    shifts of one day share no payment and no card. `tallies` are further counts (letters, parcels,
    returns, test cards). `statement` is the officer's on differences; `supervisor` signs over the
    head that the imprint anchors."""

    imprint: Imprint
    day: date
    shift: int
    opened_at: datetime
    closed_at: datetime
    issues: tuple[IssueCount, ...]
    banks: tuple[BankTotal, ...]
    lots: tuple[LotBalance, ...]
    supervisor: Signatory
    waivers: tuple[WaiverTotal, ...] = ()
    tallies: tuple[Tally, ...] = ()
    spoiled: tuple[SpoiledBlank, ...] = ()
    tests: tuple[ExamTotal, ...] = ()
    exceptions: tuple[ExceptionLine, ...] = ()
    devices: tuple[DeviceCount, ...] = ()
    statement: Prose = ""
    maker: Signatory | None = None
    open_evidence: int = 0
    incidents: tuple[Number, ...] = ()
    former: tuple[Number, ...] = ()


def day_report(data: DayReport, says: Says) -> bytes:
    """The report as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    title = voice.both("papers.day.title")
    story = parts.opening(title, data.imprint, voice, look)
    story.append(
        parts.facts(
            [
                (voice.both("papers.day.day"), says.date(data.day, "full")),
                *_shift(data, voice),
                (voice.both("papers.day.open_evidence"), count_text(data.open_evidence)),
                (
                    voice.both("papers.day.incidents"),
                    ", ".join(data.incidents) or says("papers.none"),
                ),
            ],
            look,
        )
    )
    story += parts.section(says("papers.day.issues"), look)
    story.append(_issues(data, voice, look))
    story += parts.section(says("papers.day.money"), look)
    story.append(_money(data, voice, look))
    if data.waivers:
        story += [parts.gap(2.5), _waivers(data, voice, look)]
    story += [parts.gap(1), parts.words(says("papers.day.money_rule"), look, "small")]
    story += parts.section(says("papers.material.title"), look)
    story += reckoning.material(data.lots, voice, look)
    story += reckoning.spoiled(data.spoiled, voice, look)
    story += parts.section(says("papers.day.tests"), look)
    story.append(_tests(data, voice, look))
    story += reckoning.exceptions(data.exceptions, voice, look)
    story += parts.section(says("papers.device.title"), look)
    story.append(reckoning.devices(data.devices, voice, look))
    story += parts.tallies(says("papers.day.tallies"), data.tallies, voice, look)
    people = [data.maker, data.supervisor] if data.maker else [data.supervisor]
    story.append(reckoning.statement(data.statement, people, data.imprint, voice, look))
    return press.printed(story, data.imprint, voice, look, title[0])


def _shift(data: DayReport, voice: Voice) -> Iterator[tuple[tuple[str, str], str]]:
    """Which shift of the day it is, and where the earlier ones stand."""
    zone, begun, ended = data.imprint.zone, data.opened_at, data.closed_at
    same_day = begun.date() == ended.date()
    number = count_text(data.shift)
    told = voice.says(
        "papers.day.shift.told",
        number=number,
        begun=voice.moment(begun, zone),
        ended=f"{voice.says.time(ended)} {zone}" if same_day else voice.moment(ended, zone),
    )
    yield voice.both("papers.day.shift"), told
    if data.former:
        yield voice.both("papers.day.former"), ", ".join(data.former)


def _key(value: Enum | str) -> str:
    return str(value.value) if isinstance(value, Enum) else value


def _issues(data: DayReport, voice: Voice, look: Look) -> Flowable:
    """Classes down, services across, with totals both ways."""
    from desktop.papers import parts

    classes = {_key(issue.licence_class): issue.licence_class for issue in data.issues}
    services = {_key(issue.service): issue.service for issue in data.issues}
    sums: dict[tuple[str, str], int] = {}
    for issue in data.issues:
        at = (_key(issue.licence_class), _key(issue.service))
        sums[at] = sums.get(at, 0) + issue.count

    def line(caption: str, own: list[str]) -> list[str]:
        cells = [sum(sums.get((c, s), 0) for c in own) for s in services]
        return [caption, *(count_text(n) if n else "–" for n in cells), count_text(sum(cells))]

    rows = [line(voice.word(word), [name]) for name, word in classes.items()]
    if rows:
        rows.append(line(voice.says("papers.table.total"), list(classes)))
    heads = [
        voice.says("papers.table.class"),
        *(voice.word(word) for word in services.values()),
        voice.says("papers.table.total"),
    ]
    return parts.grid(
        look,
        heads,
        rows,
        (22, *(20 for _ in services), 16),
        right=range(1, len(heads)),
        totals=1,
        empty=voice.says("papers.none"),
    )


def _money(data: DayReport, voice: Voice, look: Look) -> Flowable:
    from desktop.papers import parts

    says = voice.says
    rows = [[bank.bank, count_text(bank.payments), says.money(bank.amount)] for bank in data.banks]
    if rows:
        rows.append(
            [
                says("papers.day.pnbp_total"),
                count_text(sum(bank.payments for bank in data.banks)),
                says.money(sum(bank.amount for bank in data.banks)),
            ]
        )
    heads = [says(f"papers.day.{name}") for name in ("bank", "payments", "amount")]
    return parts.grid(
        look, heads, rows, (70, 30, 40), right=(1, 2), totals=1, empty=says("papers.none")
    )


def _waivers(data: DayReport, voice: Voice, look: Look) -> Flowable:
    from desktop.papers import parts

    says = voice.says
    rows = [
        [waiver.decree, voice.word(waiver.group), count_text(waiver.count), says.money(0)]
        for waiver in data.waivers
    ]
    rows.append(
        [
            says("papers.day.waiver_total"),
            "",
            count_text(sum(waiver.count for waiver in data.waivers)),
            says.money(0),
        ]
    )
    heads = [says(f"papers.day.{name}") for name in ("decree", "group", "cases", "amount")]
    return parts.grid(look, heads, rows, (54, 40, 16, 30), right=(2, 3), totals=1)


def _tests(data: DayReport, voice: Voice, look: Look) -> Flowable:
    from desktop.papers import parts

    says = voice.says
    rows = [
        [
            voice.word(test.test),
            voice.word(test.licence_class),
            count_text(test.first),
            count_text(test.first_passed),
            count_text(test.retakes),
            count_text(test.retakes_passed),
        ]
        for test in data.tests
    ]
    heads = [
        says("papers.day.test"),
        says("papers.table.class"),
        *(
            says(f"papers.day.{name}")
            for name in ("first", "first_passed", "retakes", "retakes_passed")
        ),
    ]
    return parts.grid(
        look, heads, rows, (40, 24, 20, 20, 20, 20), right=range(2, 6), empty=says("papers.none")
    )
