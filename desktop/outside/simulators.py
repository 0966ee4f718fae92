"""Everybody outside the office, played: each can say yes, no, nothing, late, or contradict itself.

The behaviour is ordered per kind of evidence from the simulator panel, and per person by tests.
What a party states of a person is what it was asked about, but for the one fact in which it
contradicts. The answers follow from the question alone, so that the same day gives the same papers.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from desktop.domain.evidence import Answer, IssuerSilent, StatedFact, Verdict
from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import RequirementKind as K
from desktop.outside.port import Question


class Manner(StrEnum):
    """How a party behaves."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    SLOW = "slow"
    SILENT = "silent"
    CONTRADICTORY = "contradictory"
    EXPIRED = "expired"
    ANOTHER_FACE = "another_face"


def manners_of(kind: K) -> tuple[Manner, ...]:
    """How the party behind a kind of evidence can behave: only one with a camera sees faces."""
    return tuple(m for m in Manner if m is not Manner.ANOTHER_FACE or kind.is_test)


SECONDS = {Manner.SLOW: 3.0}
"""Slow, but within what the counter waits."""
USUAL_SECONDS = 0.4

ISSUERS: dict[K, tuple[str, str]] = {
    K.PAYMENT: ("Bank Contoh", "BNK"),
    K.MEDICAL_CERT: ("Klinik Contoh Sehat", "KES"),
    K.PSYCH_CERT: ("Biro Psikologi Contoh", "PSI"),
    K.THEORY_TEST: ("Sistem Uji Contoh", "TEO"),
    K.SIMULATOR_TEST: ("Sistem Uji Contoh", "SIMU"),
    K.PRACTICAL_TEST: ("Sistem Uji Contoh", "PRK"),
    K.SKILL_CERT: ("Sistem Uji Contoh", "SKU"),
    K.BRIEFING: ("Sistem Uji Contoh", "CRH"),
    K.JKN_STATUS: ("BPJS Contoh", "JKN"),
    K.IDENTITY_CARD: ("Dukcapil Contoh", "DKC"),
    K.TRAINING_CERT: ("Sekolah Mengemudi Contoh", "SKL"),
    K.COMPETENCE_LETTER: ("Sekolah Mengemudi Contoh", "KOM"),
    K.LOSS_REPORT: ("Polsek Contoh", "LPK"),
    K.OLD_LICENCE: ("Pusat Data SIM Contoh", "SIM"),
}

AGES: dict[K, int] = {K.MEDICAL_CERT: 2, K.PSYCH_CERT: 9, K.TRAINING_CERT: 20, K.LOSS_REPORT: 1}
"""How many days before today a paper was made out."""

OTHERWISE: dict[StatedFact, str] = {
    StatedFact.NIK: "9999990101900001",
    StatedFact.NAME: "ORANG CONTOH LAIN",
    StatedFact.BIRTH_DATE: "1901-01-01",
    StatedFact.LICENCE_CLASS: LicenceClass.C,
    StatedFact.BILLING_CODE: "000000000000000",
}
"""What a party that contradicts states; nobody drawn has it."""

CONTRADICTED: dict[K, StatedFact] = {
    K.PAYMENT: StatedFact.BILLING_CODE,
    K.IDENTITY_CARD: StatedFact.BIRTH_DATE,
    K.MEDICAL_CERT: StatedFact.NIK,
    K.PSYCH_CERT: StatedFact.NAME,
    K.JKN_STATUS: StatedFact.NIK,
    K.THEORY_TEST: StatedFact.LICENCE_CLASS,
    K.SIMULATOR_TEST: StatedFact.LICENCE_CLASS,
    K.PRACTICAL_TEST: StatedFact.LICENCE_CLASS,
}
"""In which fact a party contradicts; the NIK where nothing else is said."""


class OutsideSimulator:
    """All outside parties of one training counter."""

    def __init__(self, pause: Callable[[float, threading.Event | None], bool]) -> None:
        self._pause = pause
        self.manners: dict[K, Manner] = {}
        self.persons: dict[tuple[str, K], Manner] = {}
        self.paid: dict[str, int] = {}
        self.scores: dict[tuple[str, K], int] = {}
        self.sitters: dict[str, Callable[[K], bytes]] = {}
        """Who sat the tests, by NIK, as the test system's camera saw them."""
        self.stranger: Callable[[K], bytes] | None = None
        """Who sits in place of the applicant where the test system is told to see another face."""

    def ask(
        self, question: Question, *, timeout: float, cancel: threading.Event | None = None
    ) -> Answer:
        """Answer like the party that the kind of evidence belongs to."""
        kind = question.kind
        manner = self.persons.get((question.nik, kind)) or self.manners.get(kind, Manner.YES)
        seconds = SECONDS.get(manner, USUAL_SECONDS)
        if manner is Manner.SILENT or seconds > timeout:
            self._pause(timeout, cancel)
            raise IssuerSilent(kind=kind)
        self._pause(seconds, cancel)
        if manner is Manner.UNKNOWN or kind not in ISSUERS:
            return Answer(Verdict.UNKNOWN)
        if manner is Manner.NO:
            return Answer(Verdict.NO, reference=question.reference)
        return self._yes(question, manner)

    def paper(self, question: Question) -> Answer:
        """What stands on the paper that this person brings, whether or not the party answers."""
        kind = question.kind
        manner = self.persons.get((question.nik, kind)) or self.manners.get(kind, Manner.YES)
        return self._yes(question, manner)

    def _yes(self, question: Question, manner: Manner) -> Answer:
        kind = question.kind
        issuer, prefix = ISSUERS[kind]
        mark = hashlib.sha256(
            f"{kind}:{question.nik}:{question.case}:{question.reference}".encode()
        ).hexdigest()
        issued: date | None = question.today - timedelta(days=AGES.get(kind, 0))
        if kind is K.PAYMENT and question.on is not None:
            issued = question.on
        written = question.today
        if manner is Manner.EXPIRED:
            issued = written = question.today - timedelta(days=400)
        # Named by its month: whoever brings a new one brings another number.
        reference = question.reference or f"{prefix}-{written:%y%m}-{mark[:8].upper()}"
        facts: dict[str, str] = {
            fact: question.facts[fact]
            for fact in (StatedFact.NIK, StatedFact.NAME, StatedFact.BIRTH_DATE)
            if fact in question.facts
        }
        if kind is K.PAYMENT:
            paid = self.paid.get(question.reference, question.amount)
            facts |= {"amount": str(paid), "bank": issuer}
            facts["billing_code"] = question.facts.get("billing_code", question.reference)
            facts["licence_class"] = str(question.licence_class)
            reference = mark[:16].upper()
        elif kind.is_test:
            facts["score"] = str(self.scores.get((question.nik, kind), 87))
        photo = b""
        if kind.is_test:
            usual = self.sitters.get(question.nik)
            sitter = self.stranger if manner is Manner.ANOTHER_FACE else usual
            photo = sitter(kind) if sitter is not None else b""
        if manner is Manner.CONTRADICTORY:
            fact = CONTRADICTED.get(kind, StatedFact.NIK)
            facts[fact] = OTHERWISE[fact]
            if facts[fact] == question.facts.get(fact):  # a case of that very class
                facts[fact] = LicenceClass.A
        return Answer(Verdict.YES, reference, issued, issuer, facts, photo)
