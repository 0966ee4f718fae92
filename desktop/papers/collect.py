"""Collection letter: tells an applicant that their card waits at the office, and until when.

A5; what to bring, and what happens to a card that nobody fetches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.papers.base import Address, Imprint, Name, Number, Says, Signatory, Voice, Word


@dataclass(frozen=True, slots=True)
class CollectLetter:
    """`ready_on` is the day on which the card was ready, `collect_by` the last day to fetch it."""

    imprint: Imprint
    name: Name
    address: Address
    licence_class: Word
    case: Number
    ready_on: date
    collect_by: date
    signer: Signatory


def collect_letter(data: CollectLetter, says: Says, second: Says | None = None) -> bytes:
    """The letter as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import letter, parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A5
    title = voice.both("papers.collect.title")
    story = letter.beginning("collect", data.name, data.address, data.imprint, voice, look)
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
                (voice.both("papers.field.case"), data.case),
                (voice.both("papers.collect.ready"), voice.date(data.ready_on)),
            ],
            look,
        )
    )
    story += letter.by_day(data.collect_by, voice, second, look)
    story += [
        parts.gap(1.5),
        parts.words(voice.both("papers.collect.bring"), look),
        parts.words(voice.both("papers.collect.else"), look),
        parts.words(voice.both("papers.ask", phone=data.imprint.office.phone), look),
    ]
    story.append(parts.together(parts.signatures([data.signer], data.imprint, voice, look)))
    return press.printed(story, data.imprint, voice, look, title[0])
