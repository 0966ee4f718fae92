"""Interim letter (surat keterangan pengganti): drives in the card's stead while blanks are short.

A5, with the photo as on the card to be. It ends on its date, is redeemed once, and is withdrawn
when the card is handed over.
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
    Place,
    Says,
    Signatory,
    Voice,
    Word,
)
from desktop.papers.errors import PaperField

_BESIDE = 130


@dataclass(frozen=True, slots=True)
class InterimLetter:
    """`photo` is PNG or JPEG. `conditions` are added to the standing ones of the words."""

    imprint: Imprint
    photo: bytes
    name: Name
    birth_place: Place
    birth_date: date
    address: Address
    licence_number: Number
    licence_class: Word
    service: Word
    case: Number
    reason: Word
    valid_from: date
    expires_on: date
    approver: Signatory
    conditions: tuple[Line, ...] = ()


def interim_letter(data: InterimLetter, says: Says, second: Says | None = None) -> bytes:
    """The letter as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, pictures, press

    data, voice, look = press.ready(data), Voice(says, second), press.A5
    title = voice.both("papers.interim.title")
    story = parts.opening(title, data.imprint, voice, look)
    story += [parts.words(voice.both("papers.interim.opening"), look), parts.gap(2)]
    photo = pictures.picture(data.photo, look.column * 0.25, look.column * 0.34, PaperField.PHOTO)
    birth = says("papers.place_date", city=data.birth_place, date=voice.date(data.birth_date))
    address = (voice.both("papers.field.address"), data.address)
    reason = (voice.both("papers.interim.reason"), voice.word_both(data.reason))
    # Beside the photo stands what fits beside it; what is longer takes the sheet's width.
    short = len(data.address) <= _BESIDE and len("".join(reason[1])) <= _BESIDE
    rows = [
        (voice.both("papers.field.name"), data.name),
        (voice.both("papers.field.birth"), birth),
        *([address] if short else []),
        (voice.both("papers.field.licence_number"), data.licence_number),
        (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
        *([reason] if short else []),
    ]
    story.append(parts.beside(photo, parts.facts(rows, look, look.column * 0.70, 0.36), look, 0.28))
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.case"), data.case),
                (voice.both("papers.field.service"), voice.word_both(data.service)),
            ],
            look,
        )
    )
    if not short:
        story.append(parts.facts([address, reason], look))
    days = {"start": voice.date(data.valid_from), "end": voice.date(data.expires_on)}
    valid = says("papers.interim.valid", **days)
    also = ""
    if second:
        days = {
            "start": second.date(data.valid_from, "long"),
            "end": second.date(data.expires_on, "long"),
        }
        also = second("papers.interim.valid", **days)
    story += [
        parts.gap(2.5),
        parts.boxed([parts.words((valid, also), look, "strong")], look),
    ]
    story += parts.section(voice.both("papers.interim.conditions"), look)
    phone = data.imprint.office.phone
    standing = [voice.both(f"papers.interim.condition.{n}") for n in (1, 2, 3)]
    ask = voice.both("papers.interim.ask", phone=phone)
    story.append(parts.listing([*standing, *data.conditions, ask], look, "small"))
    story.append(parts.together(parts.signatures([data.approver], data.imprint, voice, look)))
    return press.printed(story, data.imprint, voice, look, title[0])
