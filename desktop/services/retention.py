"""Closed cases leave the counter when their time is over; that they left is itself an act.

A case leaves after the term `keep_closed_case`, counted from its end, once the centre has all of
it. Without a centre it stays until `keep_file` has run out, counted from the licence's expiry.
What leaves: the case, its visit, pictures, papers, letters, parcels, and the payloads of their
journal entries; a manifest's paper, on which recipients stand, with the last of its parcels.
What stays: the licence with its photo, the person, evidence and blanks by their numbers (nothing
may be used twice), and every journal entry, so that the chain stays whole.

What the journal tells of everything else (shifts, stock, sign-ins) is kept for `keep_audit`; then
its payloads go by the same act, but for what is still about a case or an incident that is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from db.retention import (
    all_sent,
    blobs_named_by,
    entries_about,
    entries_before,
    forget_blobs,
    forget_numbers,
)
from desktop.domain.application import (
    ENDS,
    Application,
    Attempt,
    Draft,
    Incident,
    Letter,
    Paper,
    Visit,
)
from desktop.domain.calendar import office_date
from desktop.domain.dates import add_months
from desktop.domain.officer import Actor, Role
from desktop.domain.periods import PeriodKind, Periods
from desktop.domain.person import Licence, Person
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame, require
from desktop.services.payment import give_back_places

LEFT = "retention.left"
"""The act: case numbers and counts, never whose they were."""

MOST = 500
"""Cases that leave in one act; the rest at the next press."""


@dataclass(frozen=True, slots=True)
class Over:
    """A case whose time is over, and by which term."""

    application_id: str
    number: str
    ended_on: date
    kept_until: date
    term: PeriodKind


@dataclass
class _Leaving:
    """Everything of some cases that goes."""

    things: list[tuple[type, str]] = field(default_factory=list[tuple[type, str]])
    subjects: set[str] = field(default_factory=set[str])
    blobs: set[str] = field(default_factory=set[str])
    manifests: set[str] = field(default_factory=set[str])
    """With which its parcels went."""
    used: set[str] = field(default_factory=set[str])
    """Pictures among them that something else still needs."""


class Retention:
    """What is over its time, and the act by which it leaves."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def over(self) -> list[Over]:
        """Cases whose time is over, the longest kept first. Raises NoRulesInForce."""
        today = self._frame.today()
        periods = self._frame.rules(today).periods
        with self._frame.ledger.reading() as r:
            ended = r.find(Application, state=tuple(ENDS))
            found = [one for app in ended if (one := self._judge(r, app, periods, today))]
        return sorted(found, key=lambda one: (one.kept_until, one.number))

    def _judge(self, r: Reading, app: Application, periods: Periods, today: date) -> Over | None:
        ended = office_date(app.changed_at, self._frame.zone)
        short, long = periods[PeriodKind.KEEP_CLOSED_CASE], periods[PeriodKind.KEEP_FILE]
        if not short.over(ended, today) or self._disputed(r, app):
            return None
        if all_sent(r.conn, self._frame.counter, self._subjects(r, app)):
            return Over(app.id, app.number, ended, short.end(ended), PeriodKind.KEEP_CLOSED_CASE)
        licence = r.look(Licence, app.licence_id) if app.licence_id else None
        start = max(ended, licence.valid_until) if licence is not None else ended
        if long.over(start, today):
            return Over(app.id, app.number, ended, long.end(start), PeriodKind.KEEP_FILE)
        return None

    @staticmethod
    def _disputed(r: Reading, app: Application) -> bool:
        """Whether an incident about the case, its card or its person is still open."""
        about = {app.id, app.number, app.person_id, app.blank_serial} - {""}
        return any(
            incident.subject in about or about & set(map(str, incident.details.values()))
            for incident in r.find(Incident, closed_by="")
        )

    @staticmethod
    def _subjects(r: Reading, app: Application) -> set[str]:
        """What the journal's entries about a case are about."""
        parcels = r.find(Parcel, application_id=app.id)
        returns = r.find(ReturnCase, application_id=app.id)
        letters = r.find(Letter, application_id=app.id)
        return {
            app.id, *({app.visit_id} - {""}),
            *(parcel.id for parcel in parcels), *(case.id for case in returns),
            *(letter.id for letter in letters),
        }  # fmt: skip

    def old_acts(self) -> int:
        """Acts whose content is over the audit's time. Raises NoRulesInForce."""
        with self._frame.ledger.reading() as r:
            return len(self._old_entries(r))

    def _old_entries(self, r: Reading) -> list[str]:
        """Ids of the entries that are over the audit's time, and are about nothing still here."""
        frame, today = self._frame, self._frame.today()
        term = frame.rules(today).periods[PeriodKind.KEEP_AUDIT]
        day = add_months(today - timedelta(days=term.days), -term.months)
        old = entries_before(r.conn, frame.counter, day)
        if not old:
            return []
        kept: set[str] = set()
        for app in r.find(Application):
            kept |= self._subjects(r, app)
        for incident in r.find(Incident, closed_by=""):
            kept |= {incident.id, incident.subject}
        if frame.link is not None:  # the centre gets everything first
            subjects = {subject for _, subject in old} - kept
            kept |= {one for one in subjects if not all_sent(r.conn, frame.counter, {one})}
        return [entry for entry, subject in old if subject not in kept]

    # -- leaving ---------------------------------------------------------------------------

    def leave(self, by: Actor) -> int:
        """Let the cases that are over leave, and old acts' content; how many cases went.

        Raises RoleMissing.
        """
        require(by, Role.SUPERVISOR)
        over = self.over()[:MOST]
        if not over and not self.old_acts():
            return 0
        with self._frame.ledger.acting(by) as w:
            gone = self._gather(w, {one.application_id for one in over})
            entries = entries_about(w.conn, self._frame.counter, gone.subjects)
            old = [one for one in self._old_entries(w) if one not in set(entries)]
            gone.blobs |= blobs_named_by(w.conn, entries) - gone.used
            for kind, key in gone.things:
                w.leave(kind, key)
            forget_numbers(w.conn, {key for _, key in gone.things})
            pictures = forget_blobs(w.conn, gone.blobs)
            if entries:
                w.erase(entries, reason=str(PeriodKind.KEEP_CLOSED_CASE))
            if old:
                w.erase(old, reason=str(PeriodKind.KEEP_AUDIT))
            w.record(
                LEFT,
                self._frame.counter,
                {
                    "numbers": [one.number for one in over],
                    "count": len(over),
                    "pictures_gone": pictures,
                    "payloads_gone": len(entries) + len(old),
                },
            )
        return len(over)

    def _gather(self, w: Writing, ids: set[str]) -> _Leaving:
        gone = _Leaving()
        people: set[str] = set()
        for key in sorted(ids):
            app = w.get(Application, key)
            people.add(app.person_id)
            give_back_places(w, app)
            gone.subjects |= self._subjects(w, app) - {app.visit_id}
            gone.things.append((Application, app.id))
            gone.blobs |= {app.photo, app.signature, app.filing, *self._uploads(w, app)}
            gone.blobs |= {one.picture for one in app.exam_photos}
            self._things_of(w, app, gone)
            if app.visit_id:
                self._visit(w, app.visit_id, ids, gone)
        for manifest_id in gone.manifests - {""}:
            parcels = {(Parcel, one.id) for one in w.find(Parcel, manifest_id=manifest_id)}
            if parcels <= set(gone.things):
                _papers(w, gone, manifest_id)
        gone.things = list(dict.fromkeys(gone.things))
        gone.used = {""} | self._still_used(w, people, {key for _, key in gone.things})
        gone.blobs -= gone.used
        return gone

    def _uploads(self, r: Reading, app: Application) -> set[str]:
        if not app.filing:
            return set()
        from desktop.batch.lines import read_filing

        raw = r.picture(app.filing)
        return set(read_filing(raw).pictures.values()) if raw else set()

    @staticmethod
    def _things_of(w: Writing, app: Application, gone: _Leaving) -> None:
        abouts = [app.id]
        for parcel in w.find(Parcel, application_id=app.id):
            gone.things.append((Parcel, parcel.id))
            gone.manifests.add(parcel.manifest_id)
            abouts.append(parcel.id)
        for case in w.find(ReturnCase, application_id=app.id):
            gone.things.append((ReturnCase, case.id))
            gone.blobs.add(case.picture)
            abouts.append(case.id)
        for letter in w.find(Letter, application_id=app.id):
            gone.things.append((Letter, letter.id))
            abouts.append(letter.id)
        _papers(w, gone, *abouts)
        for draft in w.find(Draft):
            if draft.fields.get("_case") == app.id:
                gone.things.append((Draft, draft.id))

    def _visit(self, w: Writing, visit_id: str, ids: set[str], gone: _Leaving) -> None:
        """A visit leaves with the last of its cases."""
        if any(app.id not in ids for app in w.find(Application, visit_id=visit_id)):
            return
        visit = w.look(Visit, visit_id)
        if visit is None:
            return
        gone.subjects.add(visit.id)
        gone.things.append((Visit, visit.id))
        _papers(w, gone, visit.id)
        gone.blobs |= {visit.eid_photo, visit.photo, visit.signature}
        for attempt in w.find(Attempt, visit_id=visit.id):
            gone.things.append((Attempt, attempt.id))
            gone.blobs.add(attempt.picture)

    def _still_used(self, w: Writing, people: set[str], leaving: set[str]) -> set[str]:
        """Pictures that something of these people still needs: a licence, a case that stays."""
        used: set[str] = set()
        for person_id in people:
            person = w.look(Person, person_id)
            if person is None:
                continue
            used |= {licence.photo for licence in w.find(Licence, person_id=person_id)}
            for app in w.find(Application, nik=person.nik):
                if app.id not in leaving:
                    used |= {app.photo, app.signature, app.filing, *self._uploads(w, app)}
                    used |= {one.picture for one in app.exam_photos}
            for visit in w.find(Visit, person_id=person_id):
                if visit.id not in leaving:
                    used |= {visit.eid_photo, visit.photo, visit.signature}
        return used


def _papers(w: Writing, gone: _Leaving, *subjects: str) -> None:
    """Every paper about these, with its pages."""
    for subject in subjects:
        for paper in w.find(Paper, subject=subject):
            gone.things.append((Paper, paper.id))
            gone.blobs.add(paper.blob)
