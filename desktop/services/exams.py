"""Theory, simulator and practice: sittings from the test system, and the step they pass."""

from __future__ import annotations

from desktop.domain.application import Application, ExamPhoto
from desktop.domain.calendar import office_date
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceSource,
    IssuerSilent,
    TestSystemSilent,
    Verdict,
)
from desktop.domain.officer import Actor
from desktop.domain.requirements import RequirementKind
from desktop.domain.retakes import TestAttempt, TestKind, next_attempt, passes
from desktop.domain.workflow import Action
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame
from desktop.services.proofs import Proofs
from desktop.services.requirements import Requirements

TEST_KINDS = {
    RequirementKind.THEORY_TEST: TestKind.THEORY,
    RequirementKind.SIMULATOR_TEST: TestKind.SIMULATOR,
    RequirementKind.PRACTICAL_TEST: TestKind.PRACTICAL,
}


PHOTO = (480, 640)
"""Pixels that are kept of a sitting's picture: enough to know a face."""


class Exams:
    """Which tests a case needs, and how it did."""

    def __init__(self, frame: Frame, proofs: Proofs, requirements: Requirements) -> None:
        self._frame = frame
        self._proofs = proofs
        self._requirements = requirements

    def needed(self, app: Application) -> tuple[RequirementKind, ...]:
        """The tests that this case needs."""
        return tuple(need.kind for need in self._requirements.needed(app) if need.kind.is_test)

    def attempts(self, r: Reading, app: Application, kind: RequirementKind) -> list[TestAttempt]:
        """Sittings of one test, oldest first; one without a day is of the day it was taken in."""
        found = r.find(Evidence, application_id=app.id, kind=kind)
        zone = self._frame.zone
        return [
            TestAttempt(
                piece.issued_on or office_date(piece.recorded_at, zone),
                piece.facts["passed"] == "1",
            )
            for piece in sorted(found, key=lambda piece: piece.recorded_at)
        ]

    def fetch(self, by: Actor, application_id: str, kind: RequirementKind) -> Evidence:
        """Take one sitting's result from the test system, and the picture of who sat if it has one.

        A picture that can't be opened is left out: it hinders no result.
        Raises the retake rules' refusals, TestSystemSilent, RequirementMissing, EvidenceUsed.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            attempts = self.attempts(r, app, kind)
        rules = frame.rules()
        verdict = next_attempt(
            rules.retakes, rules.calendar, TEST_KINDS[kind], attempts, frame.today()
        )
        if verdict.problem is not None:
            raise verdict.problem
        reference = f"{app.number}/{kind}/{len(attempts) + 1}"
        try:
            answer = self._proofs.said_yes(app, kind, reference)
        except IssuerSilent as silent:
            raise TestSystemSilent(kind=kind) from silent
        score = int(answer.facts.get("score", "0"))
        passed = passes(rules.retakes, TEST_KINDS[kind], score)
        facts = {"score": str(score), "passed": "1" if passed else "0"}
        piece = self._proofs.piece(
            by, app, kind, EvidenceSource.CONFIRMED,
            Answer(Verdict.YES, answer.reference, answer.issued_on, answer.issuer, facts),
        )  # fmt: skip
        photo = _small(answer.photo)
        with frame.ledger.acting(by) as w:
            kept = self._proofs.add(w, piece)
            if photo:
                self._keep_photo(w, app.id, kind, photo)
        return kept

    @staticmethod
    def _keep_photo(w: Writing, application_id: str, kind: RequirementKind, photo: bytes) -> None:
        """The newest sitting's picture of each test stands in the case, to be looked at."""
        app = w.get(Application, application_id)
        others = tuple(one for one in app.exam_photos if one.kind != kind)
        digest = w.put_blob(photo, "image/jpeg")
        w.change(app, exam_photos=(*others, ExamPhoto(str(kind), digest)))
        w.record("evidence.photo_kept", app.id, {"kind": kind, "picture": digest})

    def pass_step(self, by: Actor, application_id: str) -> Application:
        """Pass the test step: every test of the case has a passed sitting."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            passed = {
                piece.kind
                for piece in w.find(Evidence, application_id=app.id)
                if piece.facts.get("passed") == "1"
            }
            missing = [kind for kind in self.needed(app) if kind not in passed]
            return frame.move(
                w, app, Action.PASS_TESTS,
                told={"tests": sorted(passed)}, tests_passed=not missing,
            )  # fmt: skip


def _small(told: bytes) -> bytes:
    """A picture from outside as a small JPEG; b"" for none and for one that can't be opened."""
    from desktop.pictures import NotAPicture, encode_jpeg, open_picture

    try:
        picture = open_picture(told)
    except NotAPicture:
        return b""
    picture.thumbnail(PHOTO)
    return encode_jpeg(picture)
