"""Faces side by side: who sits here, who is on the KTP-el, who was photographed, who sat the tests.

A local network gives each pair a score as a hint. It decides nothing: the officer looks, says
what they see, and that is recorded with the score that was on the screen. A picture that was only
looked at (the camera's, at handover) isn't kept; its digest is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from db.trail import Wanted, look
from desktop.domain.application import Application, Visit
from desktop.domain.officer import Actor
from desktop.domain.person import Licence
from desktop.ledger import Reading
from desktop.notices import ApplicationMoved
from desktop.services.base import Frame, waits
from desktop.services.centre_link import UNDER_WAY
from desktop.services.persons import Persons

JUDGED = "faces.judged"
"""The act by which an officer says what they saw."""

BESIDE = "faces.beside"
"""Of another case of the visit, which that marked too."""


class FaceSource(StrEnum):
    """Where a face comes from."""

    NOW = "now"
    CAPTURE = "capture"
    KTP_EL = "ktp_el"
    OLD_LICENCE = "old_licence"
    THEORY_TEST = "theory_test"
    SIMULATOR_TEST = "simulator_test"
    PRACTICAL_TEST = "practical_test"


HERE = frozenset({FaceSource.NOW, FaceSource.CAPTURE})
"""Who came to the counter."""
ON_RECORD = frozenset({FaceSource.KTP_EL, FaceSource.OLD_LICENCE})
"""Whose NIK it is."""
SAT = (FaceSource.THEORY_TEST, FaceSource.SIMULATOR_TEST, FaceSource.PRACTICAL_TEST)
"""Pictures of who sat a test, named as the tests are; in the order in which they are sat."""


class FaceVerdict(StrEnum):
    """What the officer says of the faces."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    ANOTHER_SAT = "another_sat"
    """Whoever sat a test isn't who came; says nothing about whose NIK it is."""


OF_WHO_CAME = frozenset({FaceVerdict.UNSURE, FaceVerdict.DIFFERENT})
"""What is said of a face that all cases of a visit have in common."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """One picture; `score` is its likeness to the first (0 to 100), None where none can be had."""

    source: FaceSource
    picture: bytes = field(repr=False)
    score: int | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.picture).hexdigest()


@dataclass(frozen=True, slots=True)
class FaceSheet:
    """Faces of one case, the newest first; the others are held against that one."""

    application_id: str
    number: str
    faces: tuple[SeenFace, ...]

    @property
    def comparable(self) -> bool:
        """Whether there are two faces to look at."""
        return len(self.faces) > 1

    @property
    def verdicts(self) -> tuple[FaceVerdict, ...]:
        """What may be said of these faces, in the order of the keys 1 to 4."""
        sat = any(face.source in SAT for face in self.faces)
        return tuple(one for one in FaceVerdict if sat or one is not FaceVerdict.ANOTHER_SAT)


class Likenesses:
    """Reads for whoever compares faces, and keeps what they saw."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def sheet(self, application_id: str, now: bytes = b"") -> FaceSheet:
        """The faces that are known of a case; `now` is who sits before the camera, if anybody."""
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            visit = r.look(Visit, app.visit_id) if app.visit_id else None
            taken = app.photo or (visit.photo if visit else "")
            old = r.look(Licence, app.previous_licence) if app.previous_licence else None
            found = {
                FaceSource.NOW: now,
                FaceSource.CAPTURE: r.picture(taken),
                FaceSource.KTP_EL: r.picture(visit.eid_photo) if visit else b"",
                FaceSource.OLD_LICENCE: r.picture(old.photo) if old else b"",
            }
            found |= {
                source: r.picture(one.picture)
                for source in SAT
                for one in app.exam_photos
                if one.kind == source
            }
        pictures = [(source, picture) for source, picture in found.items() if picture]
        faces = tuple(
            SeenFace(source, picture, score_of(pictures[0][1], picture) if place else None)
            for place, (source, picture) in enumerate(pictures)
        )
        return FaceSheet(app.id, app.number, faces)

    def judge(self, by: Actor, sheet: FaceSheet, verdict: FaceVerdict, step: str) -> bool:
        """Keep what the officer saw; anything but the same person is an exception to look into.

        Another person than the one on record, seen before there is a card, opens a conflict: the
        NIK is claimed by two, and a supervisor decides; whether it came to that is returned.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, sheet.application_id)
            seen = {face.source for face in sheet.faces}
            contested = (
                verdict is FaceVerdict.DIFFERENT
                and bool(seen & HERE)
                and bool(seen & ON_RECORD)
                and waits(app.state)
                and not app.blank_serial
            )
            if contested:
                # Told by itself: the NIK is barred even where the case was lost meanwhile.
                Persons(self._frame).contest_face(w, app)
            for one in self._doubted_by(w, app, verdict):
                # Whoever approves may sit at another counter, whose journal isn't this one.
                w.change(one, faces_doubted=True)
                w.notify(ApplicationMoved(one.id))
                if one.id != app.id:  # its own history tells it too
                    told = {"number": one.number, "other": sheet.number, "verdict": verdict}
                    w.record(BESIDE, one.id, told)
            w.record(
                JUDGED,
                sheet.application_id,
                {
                    "number": sheet.number,
                    "step": step,
                    "verdict": verdict,
                    "faces": {str(face.source): face.digest for face in sheet.faces},
                    "scores": {
                        str(face.source): face.score
                        for face in sheet.faces
                        if face.score is not None
                    },
                },
            )
        return contested

    def _doubted_by(self, r: Reading, app: Application, verdict: FaceVerdict) -> list[Application]:
        """The cases to mark: with who came is doubted whatever the visit brought."""
        if verdict is FaceVerdict.SAME:
            return []
        cases: list[Application] = []
        if verdict in OF_WHO_CAME and app.visit_id:
            cases += [x for x in r.find(Application, visit_id=app.visit_id) if x.id != app.id]
        cases.append(app)  # last: the entry of the look itself has this row
        return [one for one in cases if self._may_tell(r, one)]

    def _may_tell(self, r: Reading, app: Application) -> bool:
        """Whether the case can be marked: it goes on, here, isn't marked yet, and no card of it
        is being made, which mustn't find it changed meanwhile."""
        link = self._frame.link
        ours = link is None or link.held_by(r, app) is None
        open_yet = waits(app.state) and app.state not in UNDER_WAY
        return ours and open_yet and not app.faces_doubted


def faces_doubted(r: Reading, counter: str, app: Application) -> bool:
    """Whether an officer ever saw anybody but one person, beside this case or, where it's about
    who came, beside another of its visit."""
    if app.faces_doubted:
        return True
    # What was seen before cases were marked, or of a case that couldn't be.
    cases = r.find(Application, visit_id=app.visit_id) if app.visit_id else []
    others = {one.id: one.faces_doubted for one in cases if one.id != app.id}
    for line in look(r.conn, counter, Wanted(acts=(JUDGED,), subjects=[app.id, *others])):
        verdict = (line.content or {}).get("verdict")
        sat = verdict == FaceVerdict.ANOTHER_SAT
        if verdict in OF_WHO_CAME or (sat and line.subject == app.id):
            return True
        if sat:
            others[line.subject] = False  # that is what it was marked for
    return any(others.values())


def sat_by_another(r: Reading, counter: str, app: Application) -> frozenset[str]:
    """The tests whose last picture an officer saw another person in; a later look counts anew."""
    kinds = {one.kind: one.picture for one in app.exam_photos}
    said: dict[str, object] = {}
    for line in look(r.conn, counter, Wanted(acts=(JUDGED,), subjects=[app.id])):
        content = line.content or {}
        faces = dict(content.get("faces") or {})
        for kind, picture in kinds.items():
            if faces.get(kind) == picture:
                said[kind] = content.get("verdict")
    return frozenset(kind for kind, what in said.items() if what == FaceVerdict.ANOTHER_SAT)


def score_of(one: bytes, other: bytes) -> int | None:
    """How alike two faces look to the network; None where one picture has no face to be seen.

    OpenCV and the models are loaded at the first pair, not when the window starts.
    """
    from desktop.faces.likeness import compare

    found = compare(one, other)
    return None if found is None else found.score
