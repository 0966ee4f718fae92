"""What an approver sees before signing: each waiting case with whatever isn't plain about it.

A case without remarks was read from the chip, confirmed by its issuers and passed every check;
the others ask for a look of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.trail import Wanted, look
from desktop.domain.application import Application, Attempt, IdentitySource, Incident, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Actor
from desktop.domain.person import Hold, Licence, Person
from desktop.domain.plausible import Doubted
from desktop.domain.reasons import UploadedDocument
from desktop.domain.requirements import RequirementKind
from desktop.ledger import Reading
from desktop.services.approval import Approvals
from desktop.services.base import Frame, content_digest
from desktop.services.cardmaker import CardMaker
from desktop.services.likeness import faces_doubted, score_of
from desktop.services.online import Online
from desktop.services.persons import CONFLICT, doubts_of

CORRECTED = ("application.correct", "application.correct_printed", "application.correct_handed")
"""Before printing, after it, and with the card taken back from its holder."""


class Remark(StrEnum):
    """What an approver should look at."""

    OWN_WORK = "own_work"
    MANUAL_IDENTITY = "manual_identity"
    PHOTO_OVERRULED = "photo_overruled"
    NO_SIGNATURE = "no_signature"
    TYPED_EVIDENCE = "typed_evidence"
    EVIDENCE_DENIED = "evidence_denied"
    DOUBTED = "doubted"
    WAIVED = "waived"
    CHANGED = "changed"
    FACES_DOUBTED = "faces_doubted"
    OTHER_REFUSED = "other_refused"
    CORRECTION = "correction"
    REPRINT = "reprint"
    JKN_HOLD = "jkn_hold"
    NOTICE = "notice"
    CONFLICT = "conflict"
    CONFLICT_SETTLED = "conflict_settled"


@dataclass(frozen=True, slots=True)
class Review:
    """One waiting case; `digest` is what a signature will be over, `doubted` what is odd in it.

    The applicant of a walk-in was asked about it and confirmed it; an online one wasn't. `refused`
    are cases of the same visit that were.
    """

    application: Application
    remarks: tuple[Remark, ...]
    digest: str
    doubted: tuple[Doubted, ...] = ()
    refused: tuple[Application, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.remarks

    @property
    def own(self) -> bool:
        """The approver made it: somebody else must approve."""
        return Remark.OWN_WORK in self.remarks


@dataclass(frozen=True, slots=True)
class Sight:
    """The pictures of one case: both faces, the photo, the KTP-el's, the old licence's, a test's.

    The scores say how alike the photo and the others look to the program (0 to 100): a hint for
    the approver's eye, None where there is nothing to compare. Of several tests it is the picture
    that is least like the photo.
    """

    application_id: str
    front: bytes = b""
    back: bytes = b""
    photo: bytes = b""
    identity: bytes = b""
    previous: bytes = b""
    identity_score: int | None = None
    previous_score: int | None = None
    exam: bytes = b""
    exam_score: int | None = None


class Reviews:
    """Reads for the approver; changes nothing."""

    def __init__(
        self, frame: Frame, approvals: Approvals, cardmaker: CardMaker, online: Online
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._cardmaker = cardmaker
        self._online = online

    def waiting(self, by: Actor) -> list[Review]:
        """Every case that waits for an approver, plain ones first, then by waiting time."""
        apps = self._approvals.waiting()
        with self._frame.ledger.reading() as r:
            settled = settled_conflicts(r)
            found = [self._review(r, app, by, settled) for app in apps]
        return sorted(found, key=lambda review: (review.own, not review.clean))

    def _review(
        self, r: Reading, app: Application, by: Actor, settled: Mapping[str, datetime]
    ) -> Review:
        odd = doubts_of(self._frame, app.applicant)
        refused: list[Application] = []
        if app.visit_id:
            refused = r.find(Application, visit_id=app.visit_id, state=S.REJECTED)
        remarks = self._remarks(r, app, by, settled, odd=bool(odd), other=bool(refused))
        return Review(app, remarks, content_digest(app), odd, tuple(refused))

    def _remarks(
        self,
        r: Reading,
        app: Application,
        by: Actor,
        settled: Mapping[str, datetime],
        *,
        odd: bool,
        other: bool,
    ) -> tuple[Remark, ...]:
        evidence = r.find(Evidence, application_id=app.id)
        person = r.look(Person, app.person_id) if app.person_id else None
        checks = {
            Remark.OWN_WORK: by.officer in app.makers | {app.maker},
            Remark.MANUAL_IDENTITY: app.identity is IdentitySource.MANUAL,
            Remark.PHOTO_OVERRULED: self._overruled(r, app),
            Remark.NO_SIGNATURE: bool(app.cannot_sign),
            Remark.TYPED_EVIDENCE: any(piece.open_typed for piece in evidence),
            Remark.EVIDENCE_DENIED: _denied(app, evidence),
            Remark.DOUBTED: odd,
            Remark.WAIVED: any("waiver" in piece.facts for piece in evidence),
            Remark.CHANGED: self._changed(r, app),
            Remark.FACES_DOUBTED: faces_doubted(r, self._frame.counter, app),
            Remark.OTHER_REFUSED: other,
            Remark.CORRECTION: app.keep_validity,
            Remark.REPRINT: app.reprints > 0,
            Remark.JKN_HOLD: app.jkn_hold,
            Remark.NOTICE: bool(r.count(Hold, nik=app.nik, active=True)),
            Remark.CONFLICT: person is not None and person.conflict,
            Remark.CONFLICT_SETTLED: app.person_id in settled
            and settled[app.person_id] >= app.created_at,
        }
        return tuple(remark for remark, there in checks.items() if there)

    def _changed(self, r: Reading, app: Application) -> bool:
        """Whether what the KTP-el's chip told was altered by hand; a telephone isn't on it."""
        if app.identity is not IdentitySource.CHIP:
            return False
        if app.data_altered:
            return True
        # A case that was altered before cases were marked.
        asked = Wanted(acts=CORRECTED, subjects=(app.id,))
        told = [line.content or {} for line in look(r.conn, self._frame.counter, asked)]
        return any(set(one.get("fields", ())) - {"phone"} for one in told)

    @staticmethod
    def _overruled(r: Reading, app: Application) -> bool:
        if not app.visit_id:
            return app.pictures_overruled
        return any(
            attempt.override and attempt.picture == app.photo
            for attempt in r.find(Attempt, visit_id=app.visit_id)
        )

    def sight(self, app: Application) -> Sight:
        """Draw the card as it would be printed today and fetch what it is compared with."""
        made = self._cardmaker.preview(app)
        identity = previous = b""
        with self._frame.ledger.reading() as r:
            photo = r.blob(app.photo) if app.photo else b""
            visit = r.look(Visit, app.visit_id) if app.visit_id else None
            if visit is not None:
                identity = r.picture(visit.eid_photo)
            old = r.look(Licence, app.previous_licence) if app.previous_licence else None
            if old is not None:
                previous = r.picture(old.photo)
            sat = [here for one in app.exam_photos if (here := r.picture(one.picture))]
        if not identity and app.external_id:
            from desktop.faces.portrait import portrait_in

            pictures = self._online.pictures(app.id)
            identity = portrait_in(pictures.get(UploadedDocument.IDENTITY_CARD, b""))
            previous = previous or portrait_in(pictures.get(UploadedDocument.OLD_LICENCE, b""))
        exam, exam_score = _least_alike(photo, sat)
        return Sight(
            app.id, made.front, made.back, photo, identity, previous,
            identity_score=_score(photo, identity), previous_score=_score(photo, previous),
            exam=exam, exam_score=exam_score,
        )  # fmt: skip


def _denied(app: Application, evidence: Sequence[Evidence]) -> bool:
    """Whether an issuer said no to a piece, and nothing stands in its place.

    By the pieces themselves: a denial told at another counter may have come without what it did
    to the case.
    """
    newest = {piece.kind: piece for piece in evidence}
    if app.no_fee:
        newest.pop(RequirementKind.PAYMENT, None)
    taken = app.requirements_met and (app.paid or app.no_fee)
    # Brought anew, it serves once its step is taken again.
    return any(piece.closed is False for piece in (newest.values() if taken else evidence))


def settled_conflicts(r: Reading) -> dict[str, datetime]:
    """By person, when a supervisor last decided whose the NIK is."""
    settled: dict[str, datetime] = {}
    for one in r.find(Incident, kind=CONFLICT):
        if one.closed_at is not None:
            settled[one.subject] = max(one.closed_at, settled.get(one.subject, one.closed_at))
    return settled


def _score(photo: bytes, other: bytes) -> int | None:
    return score_of(photo, other) if photo and other else None


def _least_alike(photo: bytes, pictures: Sequence[bytes]) -> tuple[bytes, int | None]:
    """The picture that needs the approver's eye first, one without a face before all others."""
    scored = [(_score(photo, one), one) for one in pictures]
    scored.sort(key=lambda pair: -1 if pair[0] is None else pair[0])
    return (scored[0][1], scored[0][0]) if scored else (b"", None)
