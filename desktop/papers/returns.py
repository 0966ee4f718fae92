"""Minutes of a parcel that came back: what two officers saw, scanned and decided.

A4. With `incident` set it is the incident note of the same opening (card missing, seal broken,
another person's card inside), and says so in its title.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop.papers.base import (
    Digest,
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
class ReturnCheck:
    """One thing that was looked at, and whether it was in order."""

    what: Word
    in_order: bool
    note: Line = ""


@dataclass(frozen=True, slots=True)
class ContactTry:
    """One attempt to reach the applicant."""

    at: datetime
    way: Word
    result: Word


@dataclass(frozen=True, slots=True)
class ReturnMinutes:
    """`openers` are the two officers who were present; `incident` is the incident's number."""

    imprint: Imprint
    waybill: Number
    manifest: Number
    case: Number
    courier: Name
    licence_class: Word
    blank_serial: Number
    dispatched_at: datetime
    received_at: datetime
    opened_at: datetime
    cause: Word
    checks: tuple[ReturnCheck, ...]
    decision: Word
    openers: tuple[Signatory, ...]
    content_digest: Digest
    storage_slot: Number = ""
    new_waybill: Number = ""
    contacts: tuple[ContactTry, ...] = ()
    incident: Number = ""
    incident_text: Prose = ""
    note: Prose = ""


def return_minutes(data: ReturnMinutes, says: Says) -> bytes:
    """The minutes as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    zone = data.imprint.zone
    title = voice.both("papers.return.title_incident" if data.incident else "papers.return.title")
    story = parts.opening(title, data.imprint, voice, look)
    if data.incident:
        story.append(
            parts.boxed(
                [
                    parts.words(
                        says("papers.return.incident", number=data.incident), look, "alarm"
                    ),
                    parts.words(data.incident_text, look),
                ],
                look,
                alarm=True,
            )
        )
        story.append(parts.gap(3))
    story.append(
        parts.facts(
            [
                (voice.both("papers.table.waybill"), data.waybill),
                (voice.both("papers.return.manifest"), data.manifest),
                (voice.both("papers.manifest.courier"), data.courier),
                (voice.both("papers.field.case"), data.case),
                (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
                (voice.both("papers.field.serial"), data.blank_serial),
                (voice.both("papers.return.dispatched_at"), voice.moment(data.dispatched_at, zone)),
                (voice.both("papers.return.received_at"), voice.moment(data.received_at, zone)),
                (voice.both("papers.return.opened_at"), voice.moment(data.opened_at, zone)),
                (voice.both("papers.return.cause"), voice.word(data.cause)),
            ],
            look,
            share=0.3,
        )
    )
    story += parts.section(says("papers.return.checks"), look)
    rows = [
        [
            str(at),
            voice.word(check.what),
            says("papers.return.in_order" if check.in_order else "papers.return.not_in_order"),
            check.note or "–",
        ]
        for at, check in enumerate(data.checks, 1)
    ]
    story.append(
        parts.grid(
            look,
            [
                says("papers.table.row"),
                says("papers.return.check"),
                says("papers.return.finding"),
                says("papers.field.note"),
            ],
            rows,
            (6, 52, 26, 52),
            right=(0,),
            empty=says("papers.none"),
        )
    )
    story += parts.section(says("papers.return.contacts"), look)
    story.append(
        parts.grid(
            look,
            [says("papers.table.at"), says("papers.return.way"), says("papers.return.result")],
            [
                [
                    voice.moment(contact.at, zone),
                    voice.word(contact.way),
                    voice.word(contact.result),
                ]
                for contact in data.contacts
            ],
            (40, 30, 66),
            empty=says("papers.return.no_contacts"),
        )
    )
    story += parts.section(says("papers.return.decision"), look)
    story.append(
        parts.facts(
            [
                (voice.both("papers.return.decision"), voice.word(data.decision)),
                (voice.both("papers.return.new_waybill"), data.new_waybill),
                (voice.both("papers.return.slot"), data.storage_slot),
                (voice.both("papers.field.note"), data.note),
            ],
            look,
            share=0.3,
        )
    )
    story.append(
        parts.together(
            [
                parts.gap(2),
                parts.words(says("papers.return.closing"), look),
                parts.gap(1.5),
                parts.words(says("papers.content_digest"), look, "caption"),
                parts.words(parts.grouped_hex(data.content_digest), look, "mono"),
                *parts.signatures(data.openers, data.imprint, voice, look),
            ]
        )
    )
    return press.printed(story, data.imprint, voice, look, title[0])
