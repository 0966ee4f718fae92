"""Sent-back notice: coded reasons in plain words, for applicants who can't read them on a phone.

A5. Each reason names the document, what is wrong and what to do; a faulty picture is shown small
with the place of the fault framed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from desktop.papers.base import Advice, Imprint, Line, Name, Number, Says, Signatory, Voice, Word
from desktop.papers.errors import PaperField

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from desktop.papers.press import Look

_BESIDE = 260


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """One coded reason. `remedy` says what to do. `picture` is the document as sent (PNG or
    JPEG), `mark` the fault's place in it: left, top, width, height as parts of 1."""

    document: Word
    code: Number
    reason: Word
    remedy: Advice
    picture: bytes = b""
    mark: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SentBackNotice:
    """`licence_expires` warns of a licence that runs out while the case waits; `capped` says that
    `answer_by` is its last day."""

    imprint: Imprint
    name: Name
    case: Number
    service: Word
    licence_class: Word
    sent_back_on: date
    answer_by: date
    faults: tuple[DocumentFault, ...]
    officer: Signatory
    licence_expires: date | None = None
    where: Line = ""
    capped: bool = False


def sent_back_notice(data: SentBackNotice, says: Says, second: Says | None = None) -> bytes:
    """The notice as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A5
    title = voice.both("papers.sent_back.title")
    story = parts.opening(title, data.imprint, voice, look)
    story += [parts.words(voice.both("papers.sent_back.opening"), look), parts.gap(2)]
    expires = voice.date(data.licence_expires) if data.licence_expires else ""
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.name"), data.name),
                (voice.both("papers.field.case"), data.case),
                (voice.both("papers.field.service"), voice.word_both(data.service)),
                (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
                (voice.both("papers.sent_back.on"), voice.date(data.sent_back_on)),
                (voice.both("papers.sent_back.expires"), expires),
            ],
            look,
        )
    )
    story += parts.section(voice.both("papers.sent_back.faults"), look)
    for at, fault in enumerate(data.faults, 1):
        story.append(_fault(at, fault, voice, look))
    by = says("papers.sent_back.by", date=voice.date(data.answer_by))
    other = (
        second("papers.sent_back.by", date=second.date(data.answer_by, "long")) if second else ""
    )
    closing = [
        parts.gap(1.5),
        parts.boxed([parts.words((by, other), look, "strong")], look),
        parts.gap(2),
    ]
    if data.capped:
        closing.append(parts.words(voice.both("papers.sent_back.capped"), look, "small"))
    closing.append(parts.words(voice.both("papers.sent_back.no_fee"), look, "small"))
    if data.where:
        closing.append(parts.words(data.where, look, "small"))
    ask = voice.both("papers.ask", phone=data.imprint.office.phone)
    closing.append(parts.words(ask, look, "small"))
    closing += parts.signatures([data.officer], data.imprint, voice, look)
    story.append(parts.together(closing))
    return press.printed(story, data.imprint, voice, look, title[0])


def _fault(at: int, fault: DocumentFault, voice: Voice, look: Look) -> Flowable:
    from desktop.papers import parts, pictures

    document = voice.word_both(fault.document)
    head = (
        voice.says("papers.sent_back.fault", number=at, document=document[0], code=fault.code),
        document[1],
    )
    beside = bool(fault.picture) and len(fault.remedy) + len(voice.word(fault.reason)) <= _BESIDE
    room = look.column * (0.66 if beside else 1.0)
    text = [
        parts.words(head, look, "section"),
        parts.facts(
            [
                (voice.both("papers.sent_back.wrong"), voice.word_both(fault.reason)),
                (voice.both("papers.sent_back.remedy"), fault.remedy),
            ],
            look,
            room,
            0.27,
        ),
    ]
    if not fault.picture:
        return parts.together([*text, parts.gap(1)])
    shown = pictures.marked(
        fault.picture, fault.mark, look.column * 0.28, look.column * 0.19, PaperField.PICTURE
    )
    if not beside:
        return parts.together([*text, parts.gap(1), shown, parts.gap(1)])
    return parts.together([parts.beside(text, shown, look, 0.69), parts.gap(1)])
