"""The journal's facts in words: kinds of incidents, names of facts, coded values."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum

from desktop.cards.inspection.facts import CardVerdict
from desktop.domain.application import ApplicationState, Delivery, IdentitySource, Incident
from desktop.domain.card_reading import CardFact, ReadField
from desktop.domain.destruction import DestroyMethod
from desktop.domain.evidence import EvidenceSource
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Role
from desktop.domain.online import LineFault
from desktop.domain.person import HoldKind, LicenceStatus
from desktop.domain.plausible import Oddity
from desktop.domain.reasons import (
    Accommodation,
    CancelReason,
    CannotSignReason,
    CardKnownBy,
    DestroyReason,
    HoldReason,
    MissingReason,
    OldCardSeen,
    OutOfTurnReason,
    OverrideReason,
    ReceiverRelation,
    RejectReason,
    ReprintReason,
    ReturnReason,
    SendBackReason,
    SpoilReason,
)
from desktop.domain.requirements import RequirementKind
from desktop.domain.revocation import RevokedKind
from desktop.domain.service import Service
from desktop.domain.shipment import ContactResult, ContactWay, ParcelState, ReturnState
from desktop.domain.states import JobState
from desktop.domain.stock import BlankState, DoubtAnswer, UnnumberedUse
from desktop.domain.violations import OrderWay, PointsVerdict
from desktop.keys.certificates import KeyRole
from desktop.services.card_reading import FaceOf
from desktop.services.device_care import Proven
from desktop.services.likeness import FaceSource, FaceVerdict
from desktop.services.reviews import Review
from desktop.words import Words
from devices.eid_reader import FingerprintResult
from ui.screens.stock_pages import place


def incident_word(words: Words, kind: str) -> str:
    """An incident's kind; a kind without words is shown as it stands."""
    message = f"incident.{kind}"
    return words(message) if message in words else kind


def incident_subject(incident: Incident) -> str:
    """What it is about, as people name it: a serial, a lot, a case, never an inner id."""
    for name in ("application", "awb", "serial", "external_id"):
        if incident.details.get(name):
            return incident.details[name]
    return "" if "-" in incident.subject and len(incident.subject) > 30 else incident.subject


def beside_remarks(words: Words, review: Review) -> str:
    """What a case's remarks don't say by themselves."""
    told = [words("supervisor.own")] if review.own else []
    for case in review.refused:
        why = value_word(words, "reason", case.reason)
        told.append(
            words("supervisor.refused_beside", licence_class=case.licence_class, reason=why)
        )
        if case.note:  # "other" says nothing without it
            told.append(case.note[:200])
    return " ".join(told)


def fact_word(words: Words, name: str) -> str:
    """The word for a fact's name in the journal."""
    message = f"fact.{name}"
    if message in words:
        return words(message)
    field = f"sync.field.{name}"  # named alike where the centre's rows are told
    return words(field).lower() if field in words else name


_CODED: dict[str, tuple[type[StrEnum], ...]] = {
    "from": (ApplicationState, BlankState, ParcelState, ReturnState),
    "to": (ApplicationState, BlankState, ParcelState, ReturnState),
    "reason": (
        SpoilReason, MissingReason, DestroyReason, CancelReason, RejectReason, OutOfTurnReason,
        OverrideReason, HoldReason, ReturnReason, OldCardSeen, ReprintReason, Accommodation,
        CannotSignReason,
    ),
    "override": (OverrideReason,),
    "known_by": (CardKnownBy,),
    "answered": (Oddity,),
    "service": (Service,),
    "class": (LicenceClass,),
    "licence_class": (LicenceClass,),
    "delivery": (Delivery,),
    "delivery_was": (Delivery,),
    "reached": (JobState,),
    "role": (KeyRole,),
    "answer": (DoubtAnswer,),
    "kind": (RequirementKind, HoldKind),
    "why": (HoldKind,),
    "relation": (ReceiverRelation,),
    "use": (UnnumberedUse,),
    "identity": (IdentitySource,),
    "reasons": (SendBackReason,),
    "result": (ContactResult,),
    "way": (ContactWay, OrderWay),
    "method": (DestroyMethod,),
    "fingerprint": (FingerprintResult,),
    "tests": (RequirementKind,),
    "found": (CardFact,),
    "differs": (ReadField,),
    "source": (EvidenceSource,),
    "verdict": (CardVerdict, PointsVerdict, FaceVerdict),
    "face": (FaceVerdict,),
    "proven": (Proven,),
    "roles": (Role,),
    "face_of": (FaceSource, FaceOf),
}  # fmt: skip
"""Whose words a coded value has, by the name under which the journal keeps it."""

_NAMED = {
    "act": "act.{}",
    "complaint": "complaint.{}",
    "fields": "walkin.field.{}",
    "step": "walkin.step.{}",
    "loss": "fact.{}",
    "how": "supervisor.inspected.{}",
    "what": "supervisor.opened_what.{}",
}
"""Messages of coded values that are no enum's."""
_CALLED = {"family": "device_family.{}", "machine": "device_name.{}"}
"""Names of things, which begin large where they stand by themselves."""
_BY_LOT = ("counted", "carried", "opening", "lots")
"""Numbers of blanks, lot by lot."""
_SEVERAL = ("fields", "warnings", "refused")
"""Of these a line may have several, besides those that are coded."""


def fault_named(words: Words, name: str) -> str:
    """A device's or program's fault by its name in the journal, without its facts."""
    short, told = f"fault_named.{name}", f"problem.{name}"
    if short in words:
        return words(short)
    if told in words and "{" not in words.template(told):
        return words(told).rstrip(".")
    if name in set(LineFault):
        return words.of(LineFault(name))
    return name


def line_refused(words: Words, value: str) -> str:
    """A refused line of a file: its number and why, without which part of it was meant."""
    number, _, rest = value.partition(" ")
    fault = rest.partition(" ")[0]
    return f"{number} {fault_named(words, fault)}" if fault in set(LineFault) else value


def why_held(words: Words, value: str) -> str:
    """Why something was refused or is held, where no enum has it."""
    if f"supervisor.stand_in_why.{value}" in words:
        return words(f"supervisor.stand_in_why.{value}")
    status, reason = value.removeprefix("licence_"), value.removeprefix("parked_")
    if status != value and status in set(LicenceStatus):
        return f"SIM: {words.of(LicenceStatus(status)).lower()}"
    if reason != value and f"sync.reason.{reason}" in words:
        return words(f"sync.reason.{reason}")
    return fault_named(words, value)


def reading_named(words: Words, code: str) -> str:
    """What reading a card brought to light, without its facts."""
    short = f"reading_named.{code}"
    return words(short) if short in words else words(f"reading.{code}").rstrip(".")


_STATES: dict[str, type[StrEnum]] = {
    "application": ApplicationState,
    "blank": BlankState,
    "parcel": ParcelState,
    "return": ReturnState,
}
"""By an act's first word: which kind of thing moved."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})")
_EXAM = re.compile(r"passed=(?P<passed>[01]) score=(?P<score>\d+)")
_DIGEST = re.compile("[0-9a-f]{32,}")
"""Only its beginning is told apart by eyes; the whole stands in the export."""


def value_word(words: Words, name: str, value: str, act: str = "") -> str:
    """A coded value in words, each of several; anything else as it stands.

    `act` tells whose states those are that several things have a name for, as `received`.
    """
    if ", " in value and (name in _CODED or name in _SEVERAL):
        between = "; " if name == "found" else ", "  # findings are whole sentences
        return between.join(value_word(words, name, one, act) for one in value.split(", "))
    if name in ("fault", "stopped", "warnings"):
        return fault_named(words, value)
    known = _NAMED.get(name, "").format(value)
    if known in words:
        return words(known).lower()
    called = _CALLED.get(name, "").format(value)
    if called in words:
        return words(called)
    if name == "scores":  # of faces, as `ktp_el=82`
        scores = (part.partition("=") for part in value.split())
        return ", ".join(f"{value_word(words, 'face_of', one)} {n}" for one, _, n in scores)
    if name == "found" and value in set(CardFact):
        return reading_named(words, value)
    if name == "refused":
        return line_refused(words, value)
    if name == "why" and value not in set(HoldKind):
        return why_held(words, value)
    if name == "decided" and f"supervisor.conflict.{value}" in words:
        return words(f"supervisor.conflict.{value}").lower()
    if _DAY.fullmatch(value):
        return words.date(date.fromisoformat(value))
    if _MOMENT.fullmatch(value):
        return words.moment(datetime.fromisoformat(value))
    own = _STATES.get(act.partition(".")[0])
    kinds = _CODED.get(name, ())
    for kind in (own, *kinds) if own in kinds else kinds:
        if value in {str(member) for member in kind}:
            member = kind(value)
            known = f"enum.{kind.__name__}.{member.name}"
            return words(known) if known in words else value
    if act == "revocation.received" and name == "kind" and value in set(RevokedKind):
        return words.of(RevokedKind(value))
    if name == "kind" and f"paper_kind.{value}" in words:
        return words(f"paper_kind.{value}")
    exam = _EXAM.fullmatch(value)
    if name == "facts" and exam is not None:
        told = "supervisor.sitting.passed" if exam["passed"] == "1" else "supervisor.sitting.failed"
        return words(told, score=exam["score"])
    if name in _BY_LOT and "=" in value:  # as `2603=469`
        lots = (part.partition("=") for part in value.split())
        return ", ".join(f"{fact_word(words, 'lot')} {lot}: {count}" for lot, _, count in lots)
    if name == "lane" and f"lane.{value}" in words:
        return words(f"lane.{value}").lower()
    if name in ("kind", "reason"):  # a licence is flagged for an incident of that kind
        return incident_word(words, value)
    if _DIGEST.fullmatch(value):
        return f"{value[:8]}…"
    if name in ("custodian", "counter"):
        return place(words, value)
    return value
