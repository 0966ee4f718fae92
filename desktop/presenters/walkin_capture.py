"""The walk-in at the camera and the pad: one photo and one signature for the whole visit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from desktop.domain.application import Application, Attempt, Visit
from desktop.domain.officer import Actor
from desktop.pictures import NotAPicture, PictureFinding
from desktop.presenters.live_face import FRAME_SECONDS, live_face
from desktop.presenters.problems import NothingDrawn, SignatureTooShort
from desktop.presenters.walkin_base import WalkInBase
from desktop.presenters.walkin_view import PhotoState, WalkStep
from desktop.services.capture import Shot, findings_of
from desktop.services.likeness import FaceSheet, FaceVerdict
from devices.device import DeviceKind
from devices.errors import DeviceFault
from devices.strokes import Strokes

PHOTO_SECONDS = 10.0
SIGNATURE_SECONDS = 60.0


class CaptureSteps(WalkInBase):
    """Taking, overruling, signing."""

    drawn: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the box on the screen is signed in, or signed in once more: nobody used that yet."""

    def load_photo(self) -> None:
        """Read what the visit has already."""
        visit = self.view.visit
        if visit is None:
            return

        def look() -> PhotoState:
            with self.desk.ledger.reading() as r:
                now = r.get(Visit, visit.id)
                tries = r.find(Attempt, visit_id=visit.id)
                used = [one for one in tries if one.picture == now.photo and one.accepted]
                return PhotoState(
                    picture=r.blob(now.photo) if now.photo else b"",
                    attempts=len(tries),
                    accepted=bool(now.photo),
                    overruled=any(one.override for one in used),
                    signature=r.blob(now.signature) if now.signature else b"",
                    cannot_sign=now.cannot_sign,
                )

        def then(photo: PhotoState) -> None:
            known = self.view.photo
            if known.attempt_id and not photo.accepted and known.attempts == photo.attempts:
                photo = replace(
                    photo, picture=known.picture, findings=known.findings,
                    attempt_id=known.attempt_id,
                )  # fmt: skip
            self.show(photo=photo)

        self.read(look, then)

    def look_live(self) -> None:
        """One frame of the camera and what the checks say of it, while nothing else is going on."""
        view = self.view
        if view.doing or view.step is not WalkStep.CAPTURE or view.photo.accepted:
            return
        if self.desk.lanes.busy("camera"):
            return

        before = view.photo

        def look() -> tuple[bytes, tuple[PictureFinding, ...]]:
            try:
                with self.desk.hub.camera() as camera:
                    frame = camera.frame(timeout=FRAME_SECONDS)
                if frame == before.live:
                    return frame, before.live_findings
                return frame, findings_of(frame)
            except (DeviceFault, NotAPicture):
                return b"", ()  # the status bar tells why; the frame says that nothing came

        def then(seen: tuple[bytes, tuple[PictureFinding, ...]]) -> None:
            frame, findings = seen
            photo, problem = self.view.photo, self.view.problem
            blind = not frame
            if self.view.step is not WalkStep.CAPTURE or (
                frame == photo.live and blind is photo.blind
            ):
                return
            if photo.blind and not blind and _of_camera(problem):
                problem = None  # it sees again: what stopped it is over
            photo = replace(photo, live=frame, live_findings=findings, blind=blind)
            self.show(photo=photo, problem=problem)

        self.read(look, then, lane="camera")

    def take_photo(self) -> None:
        """Space: take a picture; when it is good the signature is asked for."""
        visit, by = self.view.visit, self.by
        if visit is None or self.view.step is not WalkStep.CAPTURE:
            return
        tries = self.view.photo.attempts + 1

        def act(stop: threading.Event) -> tuple[bytes, Shot]:
            with self.desk.hub.camera() as camera:
                picture = camera.capture(timeout=PHOTO_SECONDS, cancel=stop)
            kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
            return picture, self.desk.capture.shot(by, visit.id, picture, kind)

        def then(found: tuple[bytes, Shot]) -> None:
            picture, shot = found
            self.show(
                photo=replace(
                    self.view.photo, picture=picture, findings=shot.findings,
                    attempt_id=shot.attempt.id, attempts=tries, accepted=shot.attempt.accepted,
                    overruled=False, live=b"", live_findings=(), blind=False,
                ),
                problem=self.desk.capture.refused(shot, tries),
            )  # fmt: skip
            if shot.attempt.accepted:
                self._ask_signature()

        self.wait_for(act, then, lane="camera", doing="doing.take_photo")

    def overrule(self, reason: str) -> None:
        """Take the refused photo after all, with a coded reason."""
        attempt, by = self.view.photo.attempt_id, self.by

        def then(_attempt: Attempt) -> None:
            photo = replace(self.view.photo, accepted=True, overruled=True)
            self.show(photo=photo, problem=None, asked=None)
            self._ask_signature()

        if attempt:
            self.work(lambda: self.desk.capture.overrule(by, attempt, reason), then)

    def _ask_signature(self) -> None:
        done = self.view.photo.signature or self.view.photo.cannot_sign or self.drawn()
        if not done and self._at_work():  # else with the Enter of whoever unlocks
            self.take_signature()

    def take_signature(self) -> None:
        """Wait for the pad."""
        visit, by = self.view.visit, self.by
        if visit is None or self.view.step is not WalkStep.CAPTURE:
            return

        def act(stop: threading.Event) -> bytes:
            with self.desk.hub.signature_pad() as pad:
                strokes = pad.capture(timeout=SIGNATURE_SECONDS, cancel=stop)
            return self._keep_signature(by, visit.id, strokes)

        self.wait_for(act, self._signed, lane="signature_pad", doing="doing.take_signature")

    @property
    def signs_on_screen(self) -> bool:
        """Whether this counter's pad is a part of the screen."""
        return self.desk.hub.pen_inlet() is not None

    @property
    def takes_ink(self) -> bool:
        """Whether what was drawn on the screen can be used now: not while the camera or another
        pad is at work."""
        asked = self.view.doing == "doing.take_signature" and self.signs_on_screen
        return asked or not self.view.doing

    def signed_on_screen(self, strokes: Strokes) -> bool:
        """It was drawn on the screen: for the call that waits for it, or on its own.

        False where it wasn't taken, and so has to stay where it was drawn.
        """
        if strokes.empty:
            self.show(problem=NothingDrawn())
            return False
        inlet = self.desk.hub.pen_inlet()
        if inlet is not None and inlet.give(strokes):
            return True
        visit, by = self.view.visit, self.by
        if visit is None or self.view.doing:
            return False
        self.work(lambda: self._keep_signature(by, visit.id, strokes), self._signed)
        return True

    def drawn_too_short(self) -> None:
        """A slip of the pen in the box on the screen is nobody's signature."""
        self.show(problem=SignatureTooShort())

    def _keep_signature(self, by: Actor, visit_id: str, strokes: Strokes) -> bytes:
        sha = self.desk.capture.sign(by, visit_id, strokes)
        with self.desk.ledger.reading() as r:
            return r.blob(sha)

    def _signed(self, picture: bytes) -> None:
        self.show(photo=replace(self.view.photo, signature=picture, cannot_sign=""))

    def cannot_sign(self, reason: str, nrp: str, password: str, *, thumb: bool = False) -> None:
        """The applicant can't sign; a second officer witnesses.

        With `thumb`, the camera takes the inked thumb's print on paper first.
        """
        visit, by = self.view.visit, self.by
        if visit is None:
            return

        def witnessed(picture: bytes) -> None:
            witness = self.desk.duty.second(by, nrp, password)
            self.desk.capture.cannot_sign(by, visit.id, reason, witness.officer, picture)

        def taken(stop: threading.Event) -> None:
            with self.desk.hub.camera() as camera:
                picture = camera.capture(timeout=PHOTO_SECONDS, cancel=stop)
            witnessed(picture)

        def done(_nothing: None) -> None:
            self.show(asked=None)
            self.load_photo()

        if thumb:
            self.wait_for(taken, done, lane="camera", doing="doing.take_photo")
        else:
            self.work(lambda: witnessed(b""), done)

    def finish_capture(self) -> None:
        """Photo and signature are there: carry them into the visit's cases."""
        visit, by = self.view.visit, self.by
        if visit is None:
            return
        if not self.view.photo.accepted:
            self.take_photo()
            return
        if not self.view.photo.complete:
            self.take_signature()
            return

        def then(moved: list[Application]) -> None:
            cases = {app.id: app for app in moved}
            self.show(cases=tuple(cases.get(app.id, app) for app in self.view.cases))
            self.step_begins()

        self.work(lambda: self.desk.capture.finish(by, visit.id), then)

    # -- faces side by side ------------------------------------------------------------------

    def compare_faces(self, then: Callable[[FaceSheet], None]) -> None:
        """Fetch the faces of this case, at the capture and the handover with who sits here now."""
        app, step = self.view.app, self.view.step
        if app is None:
            return
        watched = step in (WalkStep.CAPTURE, WalkStep.HANDOVER)

        def look(stop: threading.Event) -> FaceSheet:
            return self.desk.likenesses.sheet(
                app.id, live_face(self.desk, stop) if watched else b""
            )

        self.wait_for(look, then, lane="camera", doing="doing.compare_faces")

    def judge_faces(self, sheet: FaceSheet, verdict: FaceVerdict) -> None:
        """Keep what the officer saw."""
        by, step = self.by, str(self.view.step)

        def kept(contested: bool) -> None:
            told = "contested" if contested else verdict
            self.show(said=self.say(f"faces.kept.{told}"))
            self.refresh()
            if self.view.step is WalkStep.TESTS:
                self.step_begins()  # who sat them is told there

        self.work(lambda: self.desk.likenesses.judge(by, sheet, verdict, step), kept)


def _of_camera(problem: Exception | None) -> bool:
    """Whether this is what a camera couldn't do."""
    if not isinstance(problem, DeviceFault):
        return False
    return getattr(problem, "kind", DeviceKind.CAMERA) is DeviceKind.CAMERA
