"""Proposal for a dispensation after an outage: what the office asks the centre to decide.

A4, for the unit head and the centre. It says how long the line was down, which licences ran out in
those days, and which cases were filed meanwhile; a licence that ran out while its office could make
no card shouldn't cost its holder the tests again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from desktop.papers.base import Imprint, Number, Says, Signatory, Voice, Word, count_text


@dataclass(frozen=True, slots=True)
class AffectedCase:
    """A case whose licence ran out in the outage; `filed_on` is when its holder came."""

    number: Number
    licence_number: Number
    licence_class: Word
    ran_out: date
    filed_on: date
    state: Word


@dataclass(frozen=True, slots=True)
class DispensationProposal:
    """`licences` counts every licence on record here that ran out in those days; `cases` are those
    whose holder has filed a case since."""

    imprint: Imprint
    down_from: datetime
    down_until: datetime
    first: date
    last: date
    licences: int
    cases: tuple[AffectedCase, ...]
    incident: Number
    proposer: Signatory
    head: Signatory


def dispensation_proposal(data: DispensationProposal, says: Says) -> bytes:
    """The proposal as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    zone = data.imprint.zone
    title = voice.both("papers.dispensation.title")
    story = parts.opening(title, data.imprint, voice, look)
    days = says(
        "papers.dispensation.days", first=voice.date(data.first), last=voice.date(data.last)
    )
    story.append(
        parts.facts(
            [
                (
                    voice.both("papers.dispensation.office"),
                    f"{data.imprint.office.name} ({data.imprint.office.code})",
                ),
                (voice.both("papers.dispensation.from"), voice.moment(data.down_from, zone)),
                (voice.both("papers.dispensation.until"), voice.moment(data.down_until, zone)),
                (voice.both("papers.dispensation.ran_out"), days),
                (voice.both("papers.dispensation.licences"), count_text(data.licences)),
                (voice.both("papers.dispensation.filed"), count_text(len(data.cases))),
                (voice.both("papers.dispensation.incident"), data.incident),
            ],
            look,
        )
    )
    story += [parts.gap(2), parts.words(says("papers.dispensation.reason"), look), parts.gap(1.5)]
    ask = says("papers.dispensation.ask", days=days)
    story.append(parts.boxed([parts.words(ask, look, "strong")], look))
    story += parts.section(says("papers.dispensation.cases"), look)
    heads = ("case", "licence", "class", "ran_out", "filed_on", "state")
    story.append(
        parts.grid(
            look,
            [says(f"papers.dispensation.column.{name}") for name in heads],
            [
                [
                    case.number, case.licence_number, voice.word(case.licence_class),
                    voice.date(case.ran_out), voice.date(case.filed_on), voice.word(case.state),
                ]
                for case in data.cases
            ],
            (22, 24, 10, 20, 20, 26),
            mono=(0, 1),
            empty=says("papers.dispensation.no_cases"),
        )
    )  # fmt: skip
    story.append(
        parts.together(
            [
                parts.gap(2),
                parts.words(says("papers.dispensation.decides"), look, "small"),
                *parts.signatures([data.proposer, data.head], data.imprint, voice, look),
            ]
        )
    )
    return press.printed(story, data.imprint, voice, look, title[0])
