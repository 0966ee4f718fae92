"""Minutes of destruction (berita acara pemusnahan) of blanks, spoiled cards and used ribbon.

A4. State property may be destroyed when it is unusable, by a named team, after approval, and the
act is recorded in minutes (PP 27/2014 as changed by PP 28/2020): number, place, date in words,
team, list of serials with causes, method, witnesses, at least two signatures over one content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.papers.base import (
    Digest,
    Imprint,
    Line,
    Name,
    Number,
    Place,
    Prose,
    Says,
    Signatory,
    Tally,
    Voice,
    Word,
    count_text,
    date_in_words,
)


@dataclass(frozen=True, slots=True)
class DestroyedBlank:
    """A numbered card, the lot it came from, why it goes, and the case it belonged to, if any."""

    serial: Number
    lot: Number
    cause: Word
    case: Number = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who is named in the minutes without signing in this place."""

    name: Name
    number: Number
    duty: Word


@dataclass(frozen=True, slots=True)
class DestructionMinutes:
    """`signatories` are at least two different officers who signed `content_digest` (hex)."""

    imprint: Imprint
    place: Place
    day: date
    method: Word
    blanks: tuple[DestroyedBlank, ...]
    team: tuple[Member, ...]
    signatories: tuple[Signatory, ...]
    content_digest: Digest
    tallies: tuple[Tally, ...] = ()
    witnesses: tuple[Signatory, ...] = ()
    approval: Line = ""
    note: Prose = ""

    def __post_init__(self) -> None:
        if len({person.number for person in self.signatories}) < 2:
            raise ValueError("minutes of destruction need two different signatories")


def destruction_minutes(data: DestructionMinutes, says: Says) -> bytes:
    """The minutes as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    title = voice.both("papers.destruction.title")
    story = parts.opening(title, data.imprint, voice, look)
    story.append(
        parts.words(
            says(
                "papers.destruction.opening",
                day=date_in_words(data.day, says),
                short=f"{data.day:%d-%m-%Y}",
                place=data.place,
                office=data.imprint.office.name,
            ),
            look,
        )
    )
    story += parts.section(says("papers.destruction.team"), look)
    story.append(
        parts.grid(
            look,
            [
                says("papers.table.row"),
                says("papers.table.name"),
                says("papers.table.number"),
                says("papers.table.duty"),
            ],
            [
                [str(at), member.name, member.number, voice.word(member.duty)]
                for at, member in enumerate(data.team, 1)
            ],
            (6, 50, 26, 50),
            right=(0,),
            mono=(2,),
            empty=says("papers.none"),
        )
    )
    story += parts.section(
        says("papers.destruction.items", count=count_text(len(data.blanks))), look
    )
    rows = [
        [str(at), blank.serial, blank.lot, voice.word(blank.cause), blank.case or "–"]
        for at, blank in enumerate(data.blanks, 1)
    ]
    if rows:
        rows.append([count_text(len(data.blanks)), says("papers.destruction.total"), "", "", ""])
    story.append(
        parts.grid(
            look,
            [says(f"papers.table.{name}") for name in ("row", "serial", "lot", "cause", "case")],
            rows,
            (7, 30, 20, 44, 34),
            right=(0,),
            mono=(1, 2, 4),
            totals=1,
            empty=says("papers.none"),
        )
    )
    story += parts.tallies(says("papers.destruction.tallies"), data.tallies, voice, look)
    story += parts.section(says("papers.destruction.manner"), look)
    story.append(
        parts.facts(
            [
                (voice.both("papers.destruction.method"), voice.word(data.method)),
                (voice.both("papers.destruction.approval"), data.approval),
                (voice.both("papers.field.note"), data.note),
            ],
            look,
            share=0.24,
        )
    )
    closing = [
        parts.gap(2),
        parts.words(says("papers.destruction.closing"), look),
        parts.gap(1.5),
        parts.words(says("papers.content_digest"), look, "caption"),
        parts.words(parts.grouped_hex(data.content_digest), look, "mono"),
        *parts.signatures(data.signatories, data.imprint, voice, look),
    ]
    if data.witnesses:
        closing += parts.section(says("papers.destruction.witnesses"), look)
        closing += parts.signatures(data.witnesses, data.imprint, voice, look, dated=False)
    story.append(parts.together(closing))
    return press.printed(story, data.imprint, voice, look, title[0])
