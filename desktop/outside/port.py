"""What the counter asks of others, and what it gets."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from desktop.domain.evidence import Answer, IssuerSilent
from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service


@dataclass(frozen=True, slots=True)
class Question:
    """About whom and what. `reference` is a number the applicant brought, if any.

    `on` is the day that this paper shows. `facts` is what the counter knows of the case, by
    StatedFact.
    """

    kind: RequirementKind
    nik: str = field(repr=False)
    case: str
    service: Service
    licence_class: LicenceClass
    today: date
    reference: str = ""
    on: date | None = None
    amount: int = 0
    facts: dict[str, str] = field(default_factory=dict, repr=False)


class NoLine:
    """A counter without a line to anybody: every party is silent, and proofs are typed."""

    def ask(
        self, question: Question, *, timeout: float, cancel: threading.Event | None = None
    ) -> Answer:
        """Always raises IssuerSilent."""
        raise IssuerSilent(kind=question.kind)


class Outside(Protocol):
    """A party (or all of them) that can vouch for evidence."""

    def ask(
        self, question: Question, *, timeout: float, cancel: threading.Event | None = None
    ) -> Answer:
        """The answer. Raises IssuerSilent when none came within `timeout` seconds."""
        ...
