"""Recall letter: asks a holder to bring a licence back (wrong person, wrong data, withdrawn).

A5, with what to bring, until when, and what happens to the card meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.papers.base import (
    Address,
    Imprint,
    Line,
    Name,
    Number,
    Prose,
    Says,
    Signatory,
    Voice,
    Word,
)


@dataclass(frozen=True, slots=True)
class RecallLetter:
    """`bring` lists what to bring; `consequence` says what holds for the card until then."""

    imprint: Imprint
    name: Name
    address: Address
    licence_class: Word
    licence_number: Number
    blank_serial: Number
    issued_on: date
    case: Number
    reason: Word
    return_by: date
    bring: tuple[Line, ...]
    approver: Signatory
    consequence: Prose = ""


def recall_letter(data: RecallLetter, says: Says, second: Says | None = None) -> bytes:
    """The letter as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import letter, parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A5
    title = voice.both("papers.recall.title")
    story = letter.beginning("recall", data.name, data.address, data.imprint, voice, look)
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
                (voice.both("papers.field.licence_number"), data.licence_number),
                (voice.both("papers.field.serial"), data.blank_serial),
                (voice.both("papers.field.issued_on"), voice.date(data.issued_on)),
                (voice.both("papers.field.case"), data.case),
            ],
            look,
        )
    )
    reason = [(voice.both("papers.recall.reason"), voice.word_both(data.reason))]
    story.append(parts.facts(reason, look))
    story += letter.by_day(data.return_by, voice, second, look)
    if data.bring:
        story += parts.section(voice.both("papers.recall.bring"), look)
        story.append(parts.listing(data.bring, look))
    if data.consequence:
        story += [parts.gap(1.5), parts.words(data.consequence, look)]
    story += [
        parts.gap(1.5),
        parts.words(voice.both("papers.recall.free", phone=data.imprint.office.phone), look),
    ]
    story.append(parts.together(parts.signatures([data.approver], data.imprint, voice, look)))
    return press.printed(story, data.imprint, voice, look, title[0])
