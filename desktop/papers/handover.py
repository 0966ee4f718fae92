"""Handover receipt (tanda terima penyerahan): what was handed to whom, after which scans.

A6. One receipt for a visit: several licences, each named with its class, as the handover scan
found them. The reader is the applicant, so captions have a second line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from desktop.papers.base import Imprint, Line, Name, Number, Says, Signatory, Voice, Word


@dataclass(frozen=True, slots=True)
class HandedLicence:
    """One licence that left the counter."""

    licence_class: Word
    service: Word
    licence_number: Number
    blank_serial: Number
    issued_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class HandoverReceipt:
    """`received_by` and `proxy_letter` are empty when the holder came in person; `relation` says
    who the receiver is to the holder. `signature` is the receiver's, as PNG, from the pad.
    `surrendered` are old cards taken in, `withdrawn_letters` the interim letters redeemed."""

    imprint: Imprint
    holder: Name
    licences: tuple[HandedLicence, ...]
    handed_at: datetime
    officer: Signatory
    received_by: Name = ""
    relation: Word = ""
    proxy_letter: Number = ""
    surrendered: tuple[Number, ...] = ()
    withdrawn_letters: tuple[Number, ...] = ()
    note: Line = ""
    signature: bytes = b""


def handover_receipt(data: HandoverReceipt, says: Says, second: Says | None = None) -> bytes:
    """The receipt as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A6
    title = voice.both("papers.handover.title")
    story = parts.opening(title, data.imprint, voice, look)
    rows = [
        (voice.both("papers.field.name"), data.holder),
        (voice.both("papers.handover.received_by"), data.received_by),
        (voice.both("papers.handover.relation"), voice.word_both(data.relation)),
        (voice.both("papers.handover.proxy_letter"), data.proxy_letter),
        (voice.both("papers.handover.at"), voice.moment(data.handed_at, data.imprint.zone)),
    ]
    story.append(parts.pairs(rows, look))
    for licence in data.licences:
        story.append(parts.gap(1.6))
        card = says("papers.handover.card", licence_class=voice.word(licence.licence_class))
        # The service stands in the heading, so that two licences and the signatures share a sheet.
        service = " / ".join(filter(None, voice.word_both(licence.service)))
        rows = [
            (voice.both("papers.field.licence_number"), licence.licence_number),
            (voice.both("papers.field.serial"), licence.blank_serial),
            (voice.both("papers.field.issued_on"), voice.date(licence.issued_on)),
            (voice.both("papers.field.valid_until"), voice.date(licence.valid_until)),
        ]
        lines = [
            parts.words(f"{card} · {service}", look, "section"),
            parts.pairs(rows, look, look.column - 12),
        ]
        story.append(parts.together([parts.boxed(lines, look)]))
    back = [
        (voice.both("papers.handover.surrendered"), ", ".join(data.surrendered)),
        (voice.both("papers.handover.withdrawn"), ", ".join(data.withdrawn_letters)),
    ]
    if any(value for _, value in back):
        story += [parts.gap(1.5), parts.pairs(back, look)]
    story.append(parts.gap(1))
    if data.note:
        story += [parts.words(data.note, look), parts.gap(1)]
    story.append(parts.words(voice.both("papers.handover.check"), look, "small"))
    receiver = Signatory(
        data.received_by or data.holder, "", voice.joined("papers.handover.receiver")
    )
    officer = data.officer
    if not officer.duty:
        officer = replace(officer, duty=voice.joined("papers.handover.officer"))
    story.append(
        parts.together(
            parts.signatures(
                [officer, receiver],
                data.imprint,
                voice,
                look,
                inked=[b"", data.signature],
                dated=False,
            )
        )
    )
    return press.printed(story, data.imprint, voice, look, title[0])
