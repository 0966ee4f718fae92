"""Photo and signature, taken once for a visit and shared by all its applications.

Every attempt is kept with what the checks found. An officer may overrule a finding with a coded
reason; a veil, one closed eye or a wheelchair is an accommodation and no exception, and excuses
only what that need explains: with one eye closed a dark picture is still a dark picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from desktop.domain.application import Application, Attempt, PhotoRefused, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, SameOfficer
from desktop.domain.reasons import Accommodation, CannotSignReason, OverrideReason
from desktop.domain.workflow import Action
from desktop.faces.limits import limits
from desktop.ledger import Writing
from desktop.pictures import PictureCheck, PictureFinding
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.signature_paper import clean_signature
from devices.signature_channels import MEDIA_TYPE, strokes_json
from devices.strokes import Strokes, strokes_png, strokes_svg

CANNOT_SIGN = "capture.cannot_sign"
"""The act that two officers sign."""


def findings_of(picture: bytes) -> tuple[PictureFinding, ...]:
    """What the checks say of a picture, kept nowhere. Raises NotAPicture.

    OpenCV and the models are loaded at the first picture, not when the window starts.
    """
    from desktop.faces.checks import check_face

    return check_face(picture)


class NotExcused(Problem):
    """The accommodation doesn't explain what the check found; `check` is the first such."""

    check: PictureCheck


@dataclass(frozen=True, slots=True)
class Shot:
    """One attempt at a photo and what the checks say of it."""

    attempt: Attempt
    findings: tuple[PictureFinding, ...]

    @property
    def faults(self) -> tuple[PictureFinding, ...]:
        return tuple(f for f in self.findings if not f.passed)


class Capture:
    """The identification desk's acts."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        self._frame = frame
        self._approvals = approvals

    def shot(self, by: Actor, visit_id: str, picture: bytes, media_type: str) -> Shot:
        """Keep one attempt; it becomes the visit's photo when every check passes.

        Raises NotAPicture.
        """
        findings = findings_of(picture)
        accepted = all(f.passed for f in findings)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            sha = w.put_blob(picture, media_type)
            attempt = w.add(
                Attempt(
                    id=frame.ids.new(),
                    visit_id=visit_id,
                    picture=sha,
                    findings=tuple(str(f.check) for f in findings if not f.passed),
                    accepted=accepted,
                    at=frame.now(),
                    officer=by.officer,
                )
            )
            if accepted:
                self._set(w, visit, photo=sha)
            w.record(
                "capture.photo",
                visit_id,
                {"picture": sha, "accepted": accepted, "findings": list(attempt.findings)},
            )
        return Shot(attempt, findings)

    def overrule(self, by: Actor, attempt_id: str, reason: str) -> Attempt:
        """Take a refused photo after all, with a coded reason; all attempts stay on record.

        Raises NotExcused where an accommodation doesn't explain every finding.
        """
        served = reason in set(Accommodation)
        coded: str = Accommodation(reason) if served else OverrideReason(reason)
        with self._frame.ledger.acting(by) as w:
            attempt = w.get(Attempt, attempt_id)
            if served:
                self._refuse_unexplained(Accommodation(reason), attempt)
            tries = w.count(Attempt, visit_id=attempt.visit_id)
            attempt = w.change(attempt, accepted=True, override=coded)
            visit = w.get(Visit, attempt.visit_id)
            self._set(w, visit, photo=attempt.picture)
            w.record(
                "capture.accommodated" if served else "capture.overruled",
                attempt.visit_id,
                {
                    "picture": attempt.picture,
                    "findings": list(attempt.findings),
                    "reason": coded,
                    "tries": tries,
                },
            )
        return attempt

    @staticmethod
    def _refuse_unexplained(need: Accommodation, attempt: Attempt) -> None:
        allowed = limits().excused.get(need, frozenset())
        for check in attempt.findings:
            if PictureCheck(check) not in allowed:
                raise NotExcused(check=PictureCheck(check))

    def refused(self, shot: Shot, tries: int) -> PhotoRefused | None:
        """The first fault as a problem to show, or None."""
        if not shot.faults:
            return None
        return PhotoRefused(check=str(shot.faults[0].check), tries=tries)

    def sign(self, by: Actor, visit_id: str, strokes: Strokes) -> str:
        """Keep a signature: strokes with time and pressure, and the picture for the card."""
        frame = self._frame
        picture = strokes_png(strokes)
        with frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            sha = w.put_blob(picture, "image/png")
            drawn = w.put_blob(strokes_svg(strokes).encode(), "image/svg+xml")
            channels = w.put_blob(strokes_json(strokes), MEDIA_TYPE)
            self._set(w, visit, signature=sha, cannot_sign="")
            w.record(
                "capture.signature",
                visit_id,
                {
                    "picture": sha,
                    "strokes": drawn,
                    "channels": channels,
                    "milliseconds": strokes.milliseconds,
                },
            )
        return sha

    def cannot_sign(
        self, by: Actor, visit_id: str, reason: str, witness: str, thumb: bytes = b""
    ) -> None:
        """The applicant can't sign; a second officer witnesses it, and both sign that.

        `thumb` is a picture of their inked thumb on paper; it stands where the signature would.
        Raises SameOfficer, NotSignedIn where the witness didn't sign in beside the first,
        NotAPicture.
        """
        coded = CannotSignReason(reason)
        if witness == by.officer:
            raise SameOfficer
        second = self._approvals.witness(witness)
        print_of = clean_signature(thumb) if thumb else b""
        told = {"reason": coded, "witness": witness}
        with self._frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            sha = w.put_blob(print_of, "image/png") if print_of else ""
            if sha:
                told |= {"thumb": sha, "taken": w.put_blob(thumb, _kind_of(thumb))}
            digest = hashlib.sha256(f"{visit_id}:{coded}{sha and ':' + sha}".encode()).hexdigest()
            self._set(w, visit, cannot_sign=f"{coded}:{witness}", signature=sha)
            signed = tuple(
                self._approvals.sign(w, actor, CANNOT_SIGN, visit_id, digest)
                for actor in (by, second)
            )
            w.record("capture.cannot_sign", visit_id, told, signed)

    def finish(self, by: Actor, visit_id: str) -> list[Application]:
        """Carry photo and signature into every paid application of the visit."""
        moved: list[Application] = []
        with self._frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            for app in w.find(Application, visit_id=visit_id, state=S.PAID):
                moved.append(
                    self._frame.move(
                        w,
                        app,
                        Action.CAPTURE,
                        told={"photo": visit.photo, "signature": visit.signature},
                        photo=visit.photo,
                        signature=visit.signature,
                        cannot_sign=visit.cannot_sign,
                    )
                )
        return moved

    def _set(self, w: Writing, visit: Visit, **changes: str) -> None:
        w.change(visit, **changes)


def _kind_of(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
