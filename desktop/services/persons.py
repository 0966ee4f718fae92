"""People on record: entered, brought up to date, and contested.

The same NIK with another name, birth date or face is a conflict: nothing is printed for anybody
of that NIK until a supervisor has decided whose it is.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping

from desktop.cards.fitting import clean
from desktop.cards.layout import load_layout
from desktop.cards.record import CardField
from desktop.domain.application import Application, Incident
from desktop.domain.officer import Actor, Role
from desktop.domain.person import (
    Applicant,
    IdentityConflict,
    Licence,
    Person,
    check_texts,
    fold,
)
from desktop.domain.plausible import Doubted, doubted
from desktop.domain.reasons import CancelReason, RejectReason
from desktop.domain.workflow import APPLICATION, Action, Gate
from desktop.ledger import Writing
from desktop.services.base import Frame, require, waits
from desktop.services.licences import Licences
from desktop.services.queue import end_visit

_OF_PLACES = frozenset({"rt", "rw", "kel", "kec", "kab", "kota", "desa", "jl", "jalan", "no"})
"""What an address may say or leave out and name the same place."""
CONFLICT = "identity_conflict"
"""The kind of incident."""
FACE = "face"
"""Its detail where an officer saw another face under data that agree."""
DECIDED = "decided"
"""Its detail once a supervisor decided whose data hold."""


def doubts_of(frame: Frame, applicant: Applicant) -> tuple[Doubted, ...]:
    """What is odd about the data as it will stand on the card, by the rules of today."""
    today = frame.today()
    return doubted(frame.rules(today).plausible, applicant, today)


class Persons:
    """Acts on who somebody is."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def person(self, w: Writing, applicant: Applicant) -> tuple[Person, bool]:
        """The person with this NIK, entered or brought up to date; whether that is contested."""
        known = w.first(Person, nik=applicant.nik)
        if known is None:
            person = Person(
                id=self._frame.ids.new(),
                applicant=applicant,
                nik=applicant.nik,
                folded_name=fold(applicant.name)[:255],
            )
            return w.add(person), False
        if disagree(known.applicant, applicant):
            return w.change(known, conflict=True), True
        return self.update_person(w, known, applicant), known.conflict

    def update_person(self, w: Writing, person: Person, applicant: Applicant) -> Person:
        """What is known of the person now; findable by the name."""
        person = w.change(person, applicant=applicant, folded_name=fold(applicant.name)[:255])
        w.findable_person(person)
        return person

    def contest_face(self, w: Writing, app: Application) -> None:
        """An officer saw that whoever came isn't who is on record, though the data agree."""
        if not app.person_id:
            return
        w.change(w.get(Person, app.person_id), conflict=True)
        self.open_conflict(w, app, {FACE: "different"})

    def open_conflict(
        self, w: Writing, app: Application, more: Mapping[str, str] | None = None
    ) -> None:
        """Make it an incident that one NIK is claimed by two people."""
        incident = w.add(
            Incident(
                id=self._frame.ids.new(),
                kind=CONFLICT,
                subject=app.person_id,
                opened_by=w.by.officer,
                opened_at=self._frame.now(),
                details={"application": app.number, **(more or {})},
            )
        )
        w.record("incident.opened", incident.id, {"kind": incident.kind, "case": app.number})

    def settle_conflict(
        self, by: Actor, person_id: str, statement: str, *, owner: str = ""
    ) -> list[Application]:
        """A supervisor decided whose NIK it is. `owner` is the case whose data hold from now on;
        without it the record holds as it stood.

        Open cases of this NIK that disagree with the decision end with it, and are given back. So
        does a case at which another face was seen, with all that the same visit brought of this
        NIK: it's that face's visit, unless the owner came on it. What has a card already can't
        end: its licence is flagged, so that the card isn't handed over. Both are returned, the
        latter still open. Raises RoleMissing.
        """
        require(by, Role.SUPERVISOR)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            person = w.get(Person, person_id)
            own = w.get(Application, owner) if owner else None
            if own is not None:
                person = self.update_person(w, person, own.applicant)
            w.change(person, conflict=False)
            incidents = w.find(Incident, subject=person_id, closed_by="")
            waiting = [a for a in w.find(Application, person_id=person_id) if waits(a.state)]
            faced = {one.details.get("application") for one in incidents if FACE in one.details}
            seen = [app for app in waiting if app.number in faced and app != own]
            if own is not None and own.visit_id:
                seen = [app for app in seen if app.visit_id != own.visit_id]
            visits = {app.visit_id for app in seen if app.visit_id}
            ended = [
                self._end_impostor(w, app, statement)
                for app in waiting
                if app in seen
                or app.visit_id in visits
                or disagree(app.applicant, person.applicant)
            ]
            decided = "applicant" if owner else "record"
            for incident in incidents:
                w.change(
                    incident,
                    details={**incident.details, DECIDED: decided},
                    statement=statement,
                    closed_by=by.officer,
                    closed_at=frame.now(),
                )
            seen_in = sorted({one.details.get("application", "") for one in incidents})
            told = {"statement": statement, "owner": owner, DECIDED: decided}
            w.record("conflict.settled", person_id, {**told, "case": ", ".join(seen_in)})
        return ended

    def _end_impostor(self, w: Writing, app: Application, statement: str) -> Application:
        frame = self._frame
        frame.void_approvals(w, app)
        if app.blank_serial or app.licence_id:
            app = w.change(app, approved_digest="", approved_by="")
            licence = w.look(Licence, app.licence_id) if app.licence_id else None
            if licence is not None:
                Licences(frame).flag(w, licence, CONFLICT)
            return app
        rejectable = {s.state for s in APPLICATION.steps if s.action is Action.REJECT}
        action, reason = (
            (Action.REJECT, RejectReason.IDENTITY_CONFLICT)
            if app.state in rejectable
            else (Action.CANCEL, CancelReason.OTHER)
        )
        app = frame.move(
            w, app, action, also=(Gate.REASON,),
            told={"reason": reason, "note": statement}, reason=str(reason), note=statement,
            approved_digest="", approved_by="",
        )  # fmt: skip
        end_visit(frame, w, app)
        return app

    def check_conflict(self, app: Application) -> None:
        """Raises IdentityConflict while the person's identity is contested."""
        with self._frame.ledger.reading() as r:
            person = r.look(Person, app.person_id)
        if person is not None and person.conflict:
            raise IdentityConflict(case=app.number)


def check_printable(applicant: Applicant) -> None:
    """Refuse at the form what no card can carry: long before anybody approves or prints.

    Raises TextTooLong, FieldEmpty, CannotPrintOnCard, DoesNotFit.
    """
    check_texts(applicant)
    layout = load_layout()
    for place, text in (
        (CardField.NAME, applicant.name),
        (CardField.BIRTH, applicant.birth_place),
        (CardField.ADDRESS, applicant.address),
        (CardField.OCCUPATION, applicant.occupation),
    ):
        clean(text.upper(), place, layout)


def disagree(known: Applicant, brought: Applicant) -> bool:
    """Whether two records of one NIK can't be one person with a mended spelling."""
    return known.birth_date != brought.birth_date or not related(known.name, brought.name)


def related(one: str, other: str) -> bool:
    """A spelling mended, a name shortened or completed; a shared first name isn't enough."""
    first, second = fold(one), fold(other)
    words, others = set(first.split()), set(second.split())
    if words <= others or others <= words:
        return True
    return difflib.SequenceMatcher(None, first, second).ratio() >= 0.8


def same_data(one: Applicant, other: Applicant) -> bool:
    """Whether they say the same of somebody, but for the telephone, which is asked each time."""
    return not set(changed_fields(one, other)) - {"phone"}


def same_on_card(one: Applicant, other: Applicant) -> bool:
    """Whether a card says the same of both, however an address is written or cut short."""
    differing = set(changed_fields(one, other)) - {"phone", "stay_permit_until"}
    first, second = _place_words(one.address), _place_words(other.address)
    if first <= second or second <= first:
        differing.discard("address")
    return not any(
        fold(str(getattr(one, name))) != fold(str(getattr(other, name))) for name in differing
    )


def _place_words(address: str) -> set[str]:
    return set(re.findall(r"\w+", fold(address))) - _OF_PLACES


def altered(app: Application, fields: Iterable[str]) -> bool:
    """Whether an approver must be told that data were altered by hand, these fields now."""
    return app.data_altered or bool(set(fields) - {"phone"})


def changed_fields(before: Applicant, after: Applicant) -> list[str]:
    """Names of the fields that differ; never their content."""
    return [
        field.name
        for field in dataclasses.fields(Applicant)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
