"""The whole inspection: both sides looked at, findings gathered, one verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import cv2
import numpy as np

from desktop.cards.inspection.expected import BoxPx, ExpectedFace, Pixels, expected_faces
from desktop.cards.inspection.facts import (
    BoxMm,
    Brought,
    CardCheck,
    CardFinding,
    CardSide,
    CardVerdict,
    Inspection,
    Ordered,
    Severity,
)
from desktop.cards.inspection.light import even_lit
from desktop.cards.inspection.limits import InspectionLimits, limits
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.inspection.marking import marked
from desktop.cards.inspection.marks import check_bands, check_marks, check_signature
from desktop.cards.inspection.panels import (
    check_black,
    check_panels,
    check_places,
    dye_shifts,
    resin_shift,
)
from desktop.cards.inspection.plastics import check_plastic
from desktop.cards.inspection.portraits import check_portraits
from desktop.cards.inspection.registering import Registered, register
from desktop.cards.inspection.seals import check_seal, read_seal
from desktop.cards.inspection.texts import check_texts
from desktop.cards.inspection.witnesses import check_witnesses, printed_photo
from desktop.cards.record import CardRecord
from desktop.cards.seal_keys import SealKeys
from desktop.pictures import NotAPicture, open_picture

_C = CardCheck
_BLANK_LIKENESS = 0.8
"""A side that is less like its order is tried as the other one."""
_OWN_PLACE = frozenset({_C.PHOTO, _C.GHOST, _C.SIGNATURE, _C.NAME, _C.NUMBER, _C.DATES, _C.TEXTS,
                        _C.PRINTED_SERIAL, _C.LICENCE_CLASS, _C.SEAL_PRINT, _C.SEAL_READ,
                        _C.SEAL_RECORD})  # fmt: skip
"""Checks that name their place: what is wrong there isn't told twice."""


_TOO_MUCH = (_C.PANELS, _C.BLACK, _C.REGISTRATION, _C.COLOUR, _C.BANDS)
"""Where these fail the whole side differs, and single marks can't be told from it."""


@dataclass
class _Report:
    """Findings as they come."""

    allowed: InspectionLimits
    found: list[CardFinding] = field(default_factory=list[CardFinding])

    def judge(
        self,
        check: CardCheck,
        value: float,
        side: CardSide | None = None,
        box: BoxMm | None = None,
        note: str = "",
    ) -> bool:
        """Note a value; whether it passed."""
        finding = self.allowed.of[check].judged(check, value, side, box, note)
        self.found.append(finding)
        return finding.passed

    def failed(self, check: CardCheck) -> bool:
        """Whether a check was made and failed."""
        return any(not each.passed for each in self.found if each.check is check)

    def places(self, face: ExpectedFace) -> tuple[BoxPx, ...]:
        """Where this face failed so far."""
        unit = face.layout.dpi / 25.4
        return tuple(
            (round(x * unit), round(y * unit), round((x + w) * unit), round((y + h) * unit))
            for finding in self.found
            if not finding.passed and finding.check in _OWN_PLACE and finding.side is face.side
            and finding.box is not None
            for x, y, w, h in (finding.box,)
        )  # fmt: skip


@dataclass(frozen=True)
class _Judged:
    """One side: its findings, the picture that faults are marked on, what the other side needs."""

    found: list[CardFinding]
    picture: Pixels | None
    photo: Pixels | None = None
    sealed_face: bytes = b""


def inspect(
    front: bytes,
    back: bytes,
    ordered: Ordered,
    keys: SealKeys | None,
    *,
    at: datetime,
    brought: Brought | None = None,
    allowed: InspectionLimits | None = None,
) -> Inspection:
    """See `desktop.cards.inspection.inspect_pictures`."""
    rules = allowed or limits()
    faces = expected_faces(ordered)
    pictures = [_opened(data) for data in (front, back)]
    exchanged = False
    # Both sides at once: OpenCV lets other threads run meanwhile.
    with ThreadPoolExecutor(2, "inspection") as both:
        seen = list(both.map(register_or_none, pictures, faces))
        if _swapped(seen):
            other = list(both.map(register_or_none, pictures[::-1], faces))
            if _sum(other) > _sum(seen) + 0.2:
                seen, pictures = other, pictures[::-1]
                front, back = back, front
                exchanged = True
        jobs = [
            both.submit(_judged, rules, picture, known, face, ordered.record, keys, at)
            for picture, known, face in zip(pictures, seen, faces, strict=True)
        ]
        told = [job.result() for job in jobs]
    plastic = _Report(rules)
    check_sides(seen[0], seen[1], plastic.judge, exchanged=exchanged)
    check_plastic(brought, ordered.record, plastic.judge)
    check_witnesses(told[0].photo, told[1].sealed_face, brought, plastic.judge)
    findings = _in_order([*told[0].found, *told[1].found, *plastic.found])
    shown = [
        marked(each.picture, findings, face.side, ordered.layout)
        for each, face in zip(told, faces, strict=True)
    ]
    return Inspection(
        _verdict(findings), findings, shown[0], shown[1], _digest(front), _digest(back)
    )


def check_sides(
    front: Registered | None, back: Registered | None, judge: Judge, *, exchanged: bool
) -> None:
    """Whether the sides came in order and stand the same way up, as a card turned like a page does.

    A card may lie any way round, so that only one side against the other says something.
    """
    if front is None or back is None or min(front.likeness, back.likeness) < _BLANK_LIKENESS / 2:
        return
    turns = {CardSide.FRONT: front.turn, CardSide.BACK: back.turn}
    apart = abs((front.turn - back.turn + 180) % 360 - 180)
    side = max(turns, key=lambda each: abs(turns[each])) if apart > 90 else None
    note = str(side) if side is not None else "exchanged" if exchanged else ""
    judge(_C.SIDES, float(bool(note)), side, None, note)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


def _opened(data: bytes) -> Pixels | None:
    try:
        return np.asarray(open_picture(data).convert("RGB"))
    except NotAPicture:
        return None


def register_or_none(picture: Pixels | None, face: ExpectedFace) -> Registered | None:
    """A picture laid over a face, if there is one."""
    return None if picture is None else register(picture, face)


def _swapped(seen: list[Registered | None]) -> bool:
    return all(each is None or each.likeness < _BLANK_LIKENESS for each in seen)


def _sum(seen: list[Registered | None]) -> float:
    return sum(0.0 if each is None else each.likeness for each in seen)


def _judged(
    rules: InspectionLimits,
    picture: Pixels | None,
    known: Registered | None,
    face: ExpectedFace,
    record: CardRecord,
    keys: SealKeys | None,
    at: datetime,
) -> _Judged:
    """One side judged by itself."""
    report = _Report(rules)
    judge = report.judge
    like = 0.0 if known is None else known.likeness
    if not judge(_C.CARD_FOUND, like, face.side) or picture is None or known is None:
        return _Judged(report.found, picture)
    side = Side(face, known, even_lit(known.pixels, face))
    judge(_C.LIGHT, side.lit.clipped, face.side)
    judge(_C.PLASTIC, side.lit.yellow, face.side)
    if not judge(_C.SHARP, sharpness(side), face.side):
        return _Judged(report.found, known.pixels)
    shift = resin_shift(side)
    moved = shift or (0.0, 0.0)
    sealed = b""
    if face.code() is not None:
        read = read_seal(side, picture)
        check_seal(side, read, record, keys, at, judge)
        sealed = b"" if read.statement is None else read.statement.face
    has_black = check_black(side, judge)
    check_texts(side, record, moved, judge, has_black=has_black)
    dyes = dye_shifts(side)
    check_portraits(side, moved, dyes, judge, ghost_too=has_black)
    check_signature(side, moved, judge)
    check_panels(side, judge)
    check_places(side, shift, dyes, judge)
    check_bands(side, judge, taken=report.places(face))
    if not any(report.failed(check) for check in _TOO_MUCH):
        check_marks(side, judge, taken=report.places(face))
    return _Judged(report.found, known.pixels, printed_photo(side), sealed)


def sharpness(side: Side) -> float:
    """How strong known edges are against the order's, 0 to about 1."""
    told = side.expected.grey
    edge = cv2.morphologyEx(told, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 90
    seen = np.clip(side.grey, 0, 255).astype(np.uint8)
    rise = cv2.morphologyEx(cv2.medianBlur(seen, 3), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    want = cv2.morphologyEx(told, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    use = edge & (side.inside > 0)
    if int(use.sum()) < 200:
        return 1.0
    # The upper part: where another's text stands, or a shifted one, the rest has no edges here.
    return float(np.percentile(rise[use] / want[use], 70))


def _in_order(found: Iterable[CardFinding]) -> tuple[CardFinding, ...]:
    order = list(CardCheck)
    return tuple(sorted(found, key=lambda finding: order.index(finding.check)))


def _verdict(findings: tuple[CardFinding, ...]) -> CardVerdict:
    failed = {finding.severity for finding in findings if not finding.passed}
    if Severity.REFUSE in failed:
        return CardVerdict.REFUSED
    if Severity.AGAIN in failed:
        return CardVerdict.UNSEEN
    return CardVerdict.FAULTY if failed else CardVerdict.GOOD
