"""Payment: the bill by the tariff, the bank's word to the rupiah, waivers by decree."""

from __future__ import annotations

import re
import zlib
from datetime import date
from typing import Any

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeKind, read_code
from desktop.domain.correction import ProofStands
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceContradicts,
    EvidenceSource,
    ReferenceMissing,
    StatedFact,
    Verdict,
)
from desktop.domain.fees import Fee, PaidOnAnotherDay, check_payment, fee_for
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor, Role
from desktop.domain.requirements import RequirementKind
from desktop.domain.waiver import Waiver, check_waiver, waivers_for
from desktop.domain.workflow import Action
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame, require
from desktop.services.in_time import refuse_late
from desktop.services.proofs import DESKS, Proofs, made_on, to_approve_anew

PAYMENT = RequirementKind.PAYMENT
UNSERVED = frozenset({S.REJECTED, S.CANCELLED, S.EXPIRED})
"""Ends of a case that no card came of."""
_GIVEN_BACK = "given_back"
_USUAL = re.compile(r"([0-9]{4})-[0-9]([0-9])-L([0-9]{1,2})")
"""An office, a year and a counter as cases are numbered: 1374-26-L3."""


class Payment:
    """The bill of a case and what settles it."""

    def __init__(self, frame: Frame, proofs: Proofs) -> None:
        self._frame = frame
        self._proofs = proofs

    def fee(self, app: Application, waiver_decree: str = "") -> Fee:
        """The bill by the tariff in force on the day of registration."""
        rules = self._frame.rules(made_on(self._frame, app))
        waiver = next((x for x in rules.waivers if x.decree == waiver_decree), None)
        return fee_for(rules.fees, app.service, app.licence_class, waiver)

    def match(self, by: Actor, application_id: str) -> Application:
        """Ask the bank about the billing code and compare to the rupiah.

        Raises IssuerSilent, RequirementMissing (not paid yet), EvidenceContradicts,
        PaymentUnderpaid and its kin, EvidenceUsed, RenewalTooLate and its kin.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        answer = self._proofs.said_yes(app, PAYMENT, app.billing_code)
        return self._pay(by, application_id, answer, EvidenceSource.CONFIRMED)

    def type_in(
        self,
        by: Actor,
        application_id: str,
        ntpn: str,
        amount: int,
        bank: str,
        paid_on: date | None = None,
    ) -> Application:
        """A bank slip written down while the bank's line is silent; it stays open.

        `paid_on` is the slip's day by the office's clock, None for today: it decides whether a
        renewal was paid in time. Raises ReferenceMissing, CodeMalformed for what is no NTPN,
        PaidOnAnotherDay, and what `match` raises.
        """
        require(by, *DESKS)
        if not ntpn.strip():
            raise ReferenceMissing(kind=PAYMENT)
        number = read_code(self._frame.rules().codes, CodeKind.NTPN, ntpn).text
        with self._frame.ledger.reading() as r:
            billed = made_on(self._frame, r.get(Application, application_id))
        today = self._frame.today()
        day = paid_on or today
        if not billed <= day <= today:
            raise PaidOnAnotherDay(billed, today)
        facts = {"amount": str(amount), "bank": bank}
        answer = Answer(Verdict.YES, number, day, bank, facts)
        return self._pay(by, application_id, answer, EvidenceSource.TYPED)

    def _pay(
        self, by: Actor, application_id: str, answer: Answer, source: EvidenceSource
    ) -> Application:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.paid:
                raise ProofStands
            fee = self.fee(app)
            problems = check_payment(fee, *_paid(answer))
            if problems:
                raise problems[0]
            self._proofs.add(w, self._proofs.piece(by, app, PAYMENT, source, answer))
            told = {"ntpn": answer.reference, "amount": fee.total, "source": source}
            if self._was_paid(w, app):
                return self._paid_again(w, app, fee.total, told)
            refuse_late(frame, w, app, answer.issued_on or frame.today())
            return frame.move(w, app, Action.MATCH_PAYMENT, told=told, paid=True, fee=fee.total)

    def _was_paid(self, r: Reading, app: Application) -> bool:
        pieces = r.find(Evidence, application_id=app.id, kind=PAYMENT)
        return app.state not in (S.REQUIREMENTS_CHECKED, S.TESTED) and any(
            piece.closed is False for piece in pieces
        )

    def _paid_again(
        self, w: Writing, app: Application, fee: int, told: dict[str, Any]
    ) -> Application:
        """The first proof was denied after the step had been passed: the step's duty is asked for
        again, and whoever does it is a maker. Raises RoleMissing.
        """
        require(w.by, Role.REGISTRATION)
        makers = app.makers | {w.by.officer}
        app = w.change(app, paid=True, fee=fee, makers=makers, changed_at=self._frame.now())
        w.record("application.paid_again", app.id, told)
        return to_approve_anew(self._frame, w, app)

    def waive(self, by: Actor, application_id: str, decree: str) -> Application:
        """A waiver by decree: a zero-rupiah line with the decree as evidence.

        Raises WaiverNotInForce, WaiverDoesNotCover, WaiverUsedUp, RenewalTooLate and its kin,
        ProofStands, KeyError for no such decree.
        """
        frame = self._frame
        today = frame.today()
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.paid:
                raise ProofStands
            waiver = {x.decree: x for x in frame.rules(today).waivers}[decree]
            used = 0 if waiver.quota is None else served_under(w, decree)
            problems = check_waiver(waiver, app.service, app.licence_class, today, used)
            if problems:
                raise problems[0]
            answer = Answer(
                Verdict.YES, f"{decree}:{app.number}", today, decree,
                {"amount": "0", "waiver": decree},
            )  # fmt: skip
            piece = self._proofs.piece(by, app, PAYMENT, EvidenceSource.CONFIRMED, answer)
            self._proofs.add(w, piece)
            told = {"waiver": decree, "amount": 0}
            if self._was_paid(w, app):
                return self._paid_again(w, app, 0, told)
            refuse_late(frame, w, app, today)
            return frame.move(w, app, Action.MATCH_PAYMENT, told=told, paid=True, fee=0)

    def waivers(self, app: Application) -> tuple[Waiver, ...]:
        """Decrees in force that cover this case; whom each is for, the officer judges."""
        today = self._frame.today()
        rules = self._frame.rules(today)
        return waivers_for(rules.waivers, app.service, app.licence_class, today)


def served_under(r: Reading, decree: str) -> int:
    """How many cases a decree has served or is serving, as far as this counter's books tell.

    Whoever was refused, withdrew or never came back has no card of it: their place is free again,
    and stays free when their case has left this counter.
    """
    pieces = r.find(
        Evidence, kind=PAYMENT, order="reference", since=f"{decree}:", until=f"{decree};"
    )
    cases = [piece.application_id for piece in pieces if _GIVEN_BACK not in piece.facts]
    return len(cases) - r.count(Application, id=cases, state=UNSERVED)


def give_back_places(w: Writing, app: Application) -> None:
    """Before a case leaves that no card came of: its decree's place is nobody's."""
    if app.state not in UNSERVED:
        return
    for piece in w.find(Evidence, application_id=app.id, kind=PAYMENT):
        if "waiver" in piece.facts:
            w.change(piece, facts={**piece.facts, _GIVEN_BACK: "yes"})


def _paid(answer: Answer) -> tuple[int, LicenceClass | None]:
    """The rupiah and the class that the bank states. Raises EvidenceContradicts for no such."""
    amount, paid_for = answer.facts.get("amount", "0"), answer.facts.get("licence_class")
    if not (amount.isascii() and amount.isdigit()):
        raise EvidenceContradicts(kind=PAYMENT, field=StatedFact.AMOUNT)
    if paid_for and paid_for not in set(LicenceClass):
        raise EvidenceContradicts(kind=PAYMENT, field=StatedFact.LICENCE_CLASS)
    return int(amount), LicenceClass(paid_for) if paid_for else None


def billing_code(case_number: str) -> str:
    """A case's own 15-digit billing code: year, office, counter and number behind the prefix.

    Places that aren't named in the usual way get six digits of their name's sum instead.
    """
    place, _, number = case_number.rpartition("-")
    usual = _USUAL.fullmatch(place)
    if usual is None:
        return f"820{zlib.crc32(place.encode()) % 10**6:06d}{number[-6:]:0>6}"
    office, year, counter = usual.groups()
    return f"82{year}{office}{counter:0>2}{number[-6:]:0>6}"
