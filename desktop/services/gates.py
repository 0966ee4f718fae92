"""What is in hand for an application: the gates that its rows open, and who had hands on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import rfc8785

from desktop.domain.states import OPEN_JOBS, JobState
from desktop.domain.workflow import Gate
from desktop.ledger import Reading

if TYPE_CHECKING:
    from desktop.domain.application import Application

ISSUE = "issue"
"""The act that an approver signs."""

REPRINT = "reprint"
"""The act that a second officer signs above the office's threshold."""


def content_digest(app: Application) -> str:
    """SHA-256 over what is approved: everything that will stand on the card but the dates."""
    content = {
        "applicant": msgspec.to_builtins(app.applicant),
        "class": str(app.licence_class),
        "keep_validity": app.keep_validity,
        "photo": app.photo,
        "service": str(app.service),
        "signature": app.signature or app.cannot_sign,
        "subject": app.id,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def reprint_digest(app: Application) -> str:
    """What a second officer signs to allow one more try: the content and the count so far."""
    return hashlib.sha256(f"{content_digest(app)}:{app.reprints}".encode()).hexdigest()


def serial_digest(application_id: str, serial: str) -> str:
    """What two officers sign who read a blank's serial by eye."""
    return hashlib.sha256(f"{application_id}:{serial}".encode()).hexdigest()


def hands_on(r: Reading, app: Application) -> frozenset[str]:
    """Whoever made the case or vouched for a piece of it; none of them may approve it."""
    from desktop.domain.evidence import Evidence, EvidenceSource

    typed = r.find(Evidence, application_id=app.id, source=EvidenceSource.TYPED)
    return app.makers | {app.maker} | {piece.recorded_by for piece in typed}


def gates_in_hand(
    r: Reading,
    app: Application,
    reprints_alone: int,
    wanted: Iterable[Gate] = tuple(Gate),
    believed: Callable[[str, datetime], bool] = lambda _key, _at: True,
) -> set[Gate]:
    """Which of the wanted gates are in hand for an application, computed from rows.

    Only what is asked for is looked up: most steps need two or three of them. From
    `reprints_alone` reprints on, each more needs a second officer's approval. `believed` says
    whether a key's signature of some moment counts.
    """
    from desktop.domain.application import Approval
    from desktop.domain.evidence import Evidence
    from desktop.domain.person import Hold, Person
    from desktop.domain.requirements import RequirementKind
    from desktop.domain.stock import Job

    evidence = cache(lambda: {e.kind: e for e in r.find(Evidence, application_id=app.id)})
    digest = cache(lambda: content_digest(app))

    def tested() -> bool:
        return app.tests_passed and any(e.kind.is_test for e in evidence().values())

    def paid() -> bool:
        payment = evidence().get(RequirementKind.PAYMENT)
        return app.no_fee or (payment is not None and payment.closed is not False and app.paid)

    def no_conflict() -> bool:
        person = r.look(Person, app.person_id) if app.person_id else None
        return person is None or not person.conflict

    def approved() -> bool:
        given = r.find(Approval, subject=app.id, act=ISSUE, digest=digest(), void=False)
        return any(believed(a.key_id, a.at) and a.officer not in hands_on(r, app) for a in given)

    def reprint_allowed() -> bool:
        return app.reprints < reprints_alone or bool(
            r.count(Approval, subject=app.id, act=REPRINT, digest=reprint_digest(app), void=False)
        )

    def no_doubt() -> bool:
        open_jobs = [JobState.IN_DOUBT, *OPEN_JOBS]
        return not r.count(Job, application_id=app.id, state=open_jobs)

    checks: dict[Gate, Callable[[], bool]] = {
        Gate.IDENTITY: lambda: app.identity is not None,
        Gate.NO_CONFLICT: no_conflict,
        Gate.REQUIREMENTS: lambda: app.requirements_met,
        Gate.TESTS: tested,
        Gate.PAYMENT: paid,
        Gate.PHOTO: lambda: bool(app.photo),
        Gate.SIGNATURE: lambda: bool(app.signature or app.cannot_sign),
        Gate.PICTURES: lambda: app.pictures_checked,
        Gate.DATA_CONFIRMED: lambda: (
            bool(app.confirmed_digest) and app.confirmed_digest == digest()
        ),
        Gate.APPROVAL: approved,
        Gate.NO_CARD: lambda: not app.blank_serial and not app.licence_id,
        Gate.REPRINT_ALLOWED: reprint_allowed,
        Gate.NO_HOLD: lambda: (
            not any(hold.binding for hold in r.find(Hold, nik=app.nik, active=True))
        ),
        Gate.NO_DOUBT: no_doubt,
        Gate.BLANK: lambda: bool(app.blank_serial),
        Gate.JKN_CLEAR: lambda: not app.jkn_hold,
        Gate.BY_COURIER: lambda: app.delivery == "courier",
    }
    return {gate for gate in wanted if gate in checks and checks[gate]()}
