"""Payment difference notice: what was due, what the bank confirmed, and the way out of it.

A5. Too little: the rest goes by a new billing code. Too much: the way to a refund, through the
bank, never through the counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from desktop.papers.base import Imprint, Line, Name, Number, Says, Signatory, Voice, Word


@dataclass(frozen=True, slots=True)
class PaymentDifference:
    """`steps` are the way to the refund, or to the rest, in order. `new_billing_code` and
    `pay_by` only matter for a rest; `bank_fee` is what a bank keeps of a refund."""

    imprint: Imprint
    name: Name
    case: Number
    service: Word
    licence_class: Word
    due: int
    paid: int
    bank: Name
    paid_at: datetime
    billing_code: Number
    ntpn: Number
    officer: Signatory
    steps: tuple[Line, ...] = ()
    new_billing_code: Number = ""
    pay_by: date | None = None
    bank_fee: int | None = None

    def __post_init__(self) -> None:
        if self.due == self.paid:
            raise ValueError("what was paid is what was due: there is nothing to tell")


def payment_difference(data: PaymentDifference, says: Says, second: Says | None = None) -> bytes:
    """The notice as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says, second), press.A5
    over = data.paid > data.due
    which = "over" if over else "under"
    title = voice.both("papers.payment.title")
    story = parts.opening(title, data.imprint, voice, look)
    story.append(
        parts.pairs(
            [
                (voice.both("papers.field.name"), data.name),
                (voice.both("papers.field.case"), data.case),
                (voice.both("papers.field.service"), voice.word_both(data.service)),
                (voice.both("papers.field.licence_class"), voice.word(data.licence_class)),
                (voice.both("papers.field.billing_code"), data.billing_code),
                (voice.both("papers.field.ntpn"), data.ntpn),
                (voice.both("papers.payment.bank"), data.bank),
                (
                    voice.both("papers.payment.paid_at"),
                    voice.moment(data.paid_at, data.imprint.zone),
                ),
            ],
            look,
        )
    )
    story.append(parts.gap(3))
    story.append(
        parts.boxed(
            [
                parts.facts(
                    [
                        (voice.both("papers.payment.due"), says.money(data.due)),
                        (voice.both("papers.payment.paid"), says.money(data.paid)),
                        (
                            voice.both(f"papers.payment.{which}"),
                            says.money(abs(data.paid - data.due)),
                        ),
                    ],
                    look,
                    look.column - 12,
                    0.5,
                )
            ],
            look,
            alarm=not over,
        )
    )
    story += parts.section(voice.both(f"papers.payment.way_{which}"), look)
    story.append(
        parts.listing(
            [*(voice.both(f"papers.payment.step_{which}.{at}") for at in (1, 2, 3)), *data.steps],
            look,
        )
    )
    story += [
        parts.gap(1.5),
        parts.pairs(
            [
                (voice.both("papers.payment.new_code"), data.new_billing_code),
                (
                    voice.both("papers.payment.pay_by"),
                    voice.date(data.pay_by) if data.pay_by else "",
                ),
                (
                    voice.both("papers.payment.bank_fee"),
                    says.money(data.bank_fee) if data.bank_fee is not None else "",
                ),
            ],
            look,
        ),
        parts.gap(2),
    ]
    closing = [parts.words(voice.both("papers.payment.no_cash"), look, "small")]
    ask = voice.both("papers.ask", phone=data.imprint.office.phone)
    closing.append(parts.words(ask, look, "small"))
    closing += parts.signatures([data.officer], data.imprint, voice, look)
    story.append(parts.together(closing))
    return press.printed(story, data.imprint, voice, look, title[0])
