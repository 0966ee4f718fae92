"""Acts out of the ordinary, read from the journal: what a supervisor looks at first.

Subjects are case, ticket and serial numbers, never persons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from db.trail import Line, Wanted, look
from desktop.domain.application import Application
from desktop.domain.card_reading import DOUBTFUL
from desktop.domain.reasons import (
    MissingReason,
    OutOfTurnReason,
    OverrideReason,
    ReprintReason,
    SpoilReason,
)
from desktop.domain.requirements import RequirementKind
from desktop.ledger import Reading
from desktop.services.likeness import FaceVerdict


class ExceptionKind(StrEnum):
    """What was done otherwise than usual."""

    OUT_OF_TURN = "out_of_turn"
    MANUAL_IDENTITY = "manual_identity"
    PHOTO_OVERRULED = "photo_overruled"
    TYPED_EVIDENCE = "typed_evidence"
    READ_BY_TWO = "read_by_two"
    REPRINT = "reprint"
    SPOILED = "spoiled"
    MISSING = "missing"
    FOUND = "found"
    IN_DOUBT = "in_doubt"
    CORRECTED = "corrected"
    TRANSFERRED = "transferred"
    DELEGATED = "delegated"
    LOCKED_OUT = "locked_out"
    DOUBTED = "doubted"
    FLAGGED = "flagged"
    STATED = "stated"
    FACES_DOUBTED = "faces_doubted"
    CARD_DOUBTED = "card_doubted"


@dataclass(frozen=True, slots=True)
class Exceptional:
    """One such act. `reason` is a coded reason, or the officer's words, or empty."""

    at: datetime
    kind: ExceptionKind
    subject: str
    officer: str
    reason: StrEnum | str
    seq: int
    second: str = ""
    """The officer who signed beside the first, if one did."""


Content = dict[str, Any]
_Judge = Callable[[Content], bool]


def _always(_content: Content) -> bool:
    return True


_KINDS: dict[str, tuple[ExceptionKind, _Judge]] = {
    "ticket.called_out_of_turn": (ExceptionKind.OUT_OF_TURN, _always),
    "application.register": (
        ExceptionKind.MANUAL_IDENTITY,
        lambda c: c.get("identity") == "manual" or bool(c.get("second_officer")),
    ),
    "capture.overruled": (ExceptionKind.PHOTO_OVERRULED, _always),
    "evidence.recorded": (
        ExceptionKind.TYPED_EVIDENCE,
        lambda c: c.get("source") == "typed",
    ),
    "blank.read_by_two": (ExceptionKind.READ_BY_TWO, _always),
    "application.reprint_allowed": (ExceptionKind.REPRINT, _always),
    "application.spoil": (ExceptionKind.SPOILED, _always),
    "blank.spoil": (ExceptionKind.SPOILED, lambda c: not c.get("application")),
    "blank.miss": (ExceptionKind.MISSING, _always),
    "stock.find": (ExceptionKind.FOUND, _always),
    "blank.find_spoiled": (ExceptionKind.FOUND, _always),
    "job.in_doubt": (ExceptionKind.IN_DOUBT, _always),
    "application.correct_printed": (ExceptionKind.CORRECTED, _always),
    "application.correct_handed": (ExceptionKind.CORRECTED, _always),
    "stock.transfer": (ExceptionKind.TRANSFERRED, _always),
    "officer.delegated": (ExceptionKind.DELEGATED, _always),
    "duty.refused": (ExceptionKind.LOCKED_OUT, lambda c: bool(c.get("locked"))),
    "licence.flagged": (ExceptionKind.FLAGGED, _always),
    "application.doubted": (ExceptionKind.DOUBTED, _always),
    "shift.stated": (ExceptionKind.STATED, _always),
    "card.read": (
        ExceptionKind.CARD_DOUBTED,
        lambda c: bool(DOUBTFUL & set(c.get("found", ()))),
    ),
    "card.chip_refused": (ExceptionKind.CARD_DOUBTED, _always),
    "faces.judged": (ExceptionKind.FACES_DOUBTED, lambda c: c.get("verdict") != "same"),
}
ACTS = tuple(_KINDS)
"""Acts among which exceptions are looked for."""

_REASONS = (
    SpoilReason,
    MissingReason,
    ReprintReason,
    OutOfTurnReason,
    OverrideReason,
    RequirementKind,
)
_FACES = frozenset(FaceVerdict)


def exceptions(
    r: Reading, counter: str, wanted: Wanted, *, newest_first: bool = False
) -> list[Exceptional]:
    """The exceptional acts among the wanted ones; a spoiled card of a case is told once."""
    asked = Wanted(
        since=wanted.since,
        until=wanted.until,
        officer=wanted.officer,
        acts=ACTS,
        after=wanted.after,
        before=wanted.before,
    )
    told: set[str] = set()
    found: list[Exceptional] = []
    for line in look(r.conn, counter, asked):
        content = line.content or {}
        kind, judge = _KINDS[line.act]
        if not judge(content):
            continue
        serial = str(content.get("serial", ""))
        if line.act == "application.spoil":
            told.add(serial)
        found.append(_exceptional(r, line, kind, content))
    # The case's own act tells of the same card as the stock's movement; the case says more.
    found = [e for e in found if e.kind is not ExceptionKind.SPOILED or _once(e, told)]
    return list(reversed(found)) if newest_first else found


def _once(one: Exceptional, told: set[str]) -> bool:
    return one.subject not in told


def _exceptional(r: Reading, line: Line, kind: ExceptionKind, content: Content) -> Exceptional:
    return Exceptional(
        at=line.time,
        kind=kind,
        subject=_subject(r, line, content),
        officer=line.officer,
        reason=cause(content),
        seq=line.seq,
        second=str(content.get("second_officer") or content.get("second") or ""),
    )


def _subject(r: Reading, line: Line, content: Content) -> str:
    for name in ("number", "case"):
        value = content.get(name)
        if isinstance(value, str) and value:
            return value
    if line.act.startswith(("blank.", "stock.find")):
        return line.subject
    if line.act.startswith("licence.") and content.get("application"):
        return str(content["application"])
    if isinstance(content.get("serial"), str) and content["serial"]:
        return str(content["serial"])
    if line.act.startswith(("evidence.", "application.")):
        app = r.look(Application, line.subject)
        return app.number if app is not None else ""
    if line.act.startswith("capture."):
        app = r.first(Application, visit_id=line.subject)
        return app.number if app is not None else ""
    if line.act.startswith(("stock.", "officer.", "duty.")):
        return line.subject
    return ""


def cause(content: Content) -> Any:
    """Why it was done: a coded reason, a fault's name, or the officer's words; empty for none."""
    if content.get("verdict") in _FACES:
        return FaceVerdict(content["verdict"])
    for name in ("reason", "override", "kind", "fault", "statement"):
        value = content.get(name)
        if not isinstance(value, str) or not value:
            continue
        for kind in _REASONS:
            if value in {member.value for member in kind}:
                return kind(value)
        return value[:120]
    return ""
