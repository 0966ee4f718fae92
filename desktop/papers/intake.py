"""Intake receipt (tanda terima berkas): what was filed and what was paid to the bank.

A6. Also the paper of "capture now, print later": when the line to the centre is down the
applicant goes home with this, its time counting as the time of the application.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from desktop.papers.base import Imprint, Line, Name, Number, Says, Signatory, Voice, Word


@dataclass(frozen=True, slots=True)
class FiledService:
    """One application of the visit and its proof of payment, or the decree that waives it.

    `paid_on` is the day of a slip that was written down later, whose hour nobody knows.
    """

    case: Number
    service: Word
    licence_class: Word
    amount: int
    billing_code: Number = ""
    ntpn: Number = ""
    bank: Name = ""
    paid_at: datetime | None = None
    paid_on: date | None = None
    waiver_decree: Number = ""


@dataclass(frozen=True, slots=True)
class IntakeReceipt:
    """`captured_at` is set when photo and signature were taken although nothing can be printed
    yet (offline); `collect` says how the licence will come, `collect_from` the earliest day."""

    imprint: Imprint
    applicant: Name
    filed_at: datetime
    services: tuple[FiledService, ...]
    papers: tuple[Word, ...]
    officer: Signatory
    ticket: Number = ""
    captured_at: datetime | None = None
    collect: Word = ""
    collect_from: date | None = None
    note: Line = ""


def intake_receipt(data: IntakeReceipt, says: Says, second: Says | None = None) -> bytes:
    """The receipt as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A6
    zone = data.imprint.zone
    title = voice.both("papers.intake.title")
    story = parts.opening(title, data.imprint, voice, look)
    if data.captured_at is not None:
        when = voice.moment(data.captured_at, zone)
        later = second and Voice(second).moment(data.captured_at, zone)
        story.append(
            parts.boxed(
                [
                    parts.words(voice.both("papers.intake.later"), look, "strong"),
                    parts.words(
                        (
                            says("papers.intake.captured", moment=when),
                            second("papers.intake.captured", moment=later) if second else "",
                        ),
                        look,
                    ),
                ],
                look,
                alarm=True,
            )
        )
        story.append(parts.gap(2))
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.name"), data.applicant),
                (voice.both("papers.field.ticket"), data.ticket),
                (voice.both("papers.intake.filed_at"), voice.moment(data.filed_at, zone)),
                (voice.both("papers.intake.collect"), voice.word_both(data.collect)),
                (
                    voice.both("papers.intake.collect_from"),
                    voice.date(data.collect_from) if data.collect_from else "",
                ),
            ],
            look,
        )
    )
    for filed in data.services:
        head = says(
            "papers.intake.service",
            service=voice.word(filed.service),
            licence_class=voice.word(filed.licence_class),
        )
        counted = filed.paid_at if not filed.waiver_decree else None
        paid = voice.moment(counted, zone) if counted else ""
        if filed.paid_on is not None and not filed.waiver_decree:
            paid = voice.date(filed.paid_on)
        amount: str | tuple[str, str] = says.money(filed.amount)
        if filed.waiver_decree:
            amount = says("papers.intake.waived", amount=amount, decree=filed.waiver_decree)
        elif filed.paid_at is None:
            amount = says("papers.intake.unpaid", amount=amount)
        rows = [
            (voice.both("papers.field.case"), filed.case),
            (voice.both("papers.intake.fee"), amount),
            (voice.both("papers.field.billing_code"), filed.billing_code),
            (voice.both("papers.field.ntpn"), filed.ntpn),
            (voice.both("papers.intake.paid"), " · ".join(p for p in (filed.bank, paid) if p)),
        ]
        lines = [parts.words(head, look, "section"), parts.pairs(rows, look, look.column - 12)]
        story += [parts.gap(2.2), parts.together([parts.boxed(lines, look)])]
    total = says.money(sum(filed.amount for filed in data.services if filed.paid_at is not None))
    story += [parts.gap(1.5), parts.facts([(voice.both("papers.intake.total"), total)], look)]
    if data.papers:
        story += parts.section(voice.both("papers.intake.papers"), look)
        names = [voice.word_both(item) for item in data.papers]
        listed = "; ".join(name for name, _ in names)
        other = "; ".join(name for _, name in names if name)
        story.append(parts.words((listed, other), look))
    if data.note:
        story += [parts.gap(1), parts.words(data.note, look)]
    story += [parts.gap(1.5), parts.words(voice.both("papers.intake.no_cash"), look, "small")]
    applicant = Signatory(data.applicant, "", voice.joined("papers.intake.applicant"))
    story.append(
        parts.together(parts.signatures([data.officer, applicant], data.imprint, voice, look))
    )
    return press.printed(story, data.imprint, voice, look, title[0])
