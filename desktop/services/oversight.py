"""What the supervisor decides and the auditor reads: incidents, evidence, delegates, the journal.

Looking changes nothing and is open to both; acts are the supervisor's alone. Times, counts and
exceptions are read from the journal, not from rows that somebody could mend.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from db.journal_check import Verdict
from db.journal_export import Exported
from db.trail import Wanted, count, look
from desktop.domain.application import Application, Incident, Ticket
from desktop.domain.duties import DELEGABLE, DELEGATE_DAYS
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Actor, Officer, Role, RoleMissing, UnknownOfficer
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.domain.stock import Blank, StatementMissing
from desktop.ledger import Reading, Writing
from desktop.notices import ApplicationMoved
from desktop.profile import Profile
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.card_code import card_serial
from desktop.services.corrections import WRONG_PERSON
from desktop.services.destruction import burials_of
from desktop.services.duties import DutyPlans
from desktop.services.exceptions import Exceptional, exceptions
from desktop.services.inspection import export_journal, verify_journal
from desktop.services.persons import CONFLICT
from desktop.services.proofs import Proofs
from desktop.services.signing import digest_of
from desktop.services.trail import (
    Hour,
    Made,
    StepTime,
    TrailLine,
    Waited,
    cards_made,
    hours,
    masked,
    step_times,
)

DELEGATE = "officer.delegate"
"""The act that whoever delegates signs."""

READERS = (Role.SUPERVISOR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)

DECIDED = frozenset({CONFLICT, WRONG_PERSON})
"""Incidents that end with a decision about cases, not with words alone."""


class JournalNotWritten(Problem):
    """The place for the export refused it: gone, full, or not writable."""


class DelegateRefused(Problem):
    """This officer can't stand in: an auditor or administrator, or the delegating officer."""

    officer: str


class DelegateStands(Problem):
    """This officer stands in already, to another day: the day would change for those roles, too."""

    officer: str
    until: date


class DelegateDates(Problem):
    """A delegation ends on a day between today and a month from now."""

    until: date
    latest: date


class DecisionNeeded(Problem):
    """Words alone don't end this incident: what happens to the cases must be decided."""

    kind: str


class IncidentClosed(Problem):
    """Somebody closed the incident before."""


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which acts to list: all of an officer, of a kind, of a day, of a subject.

    The subject is named as people name it: a case's number, a card's serial, a waybill.
    """

    day: date | None = None
    officer: str = ""
    acts: str = ""
    subject: str = ""
    before: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class AllAsked:
    """What came of asking about all typed evidence: pieces confirmed, denied, still waiting."""

    confirmed: int
    denied: int
    waiting: int

    @property
    def message(self) -> str:
        """The words' id that tells it."""
        return "supervisor.asked_denied" if self.denied else "supervisor.asked"


class Oversight:
    """Acts and looks of supervision."""

    def __init__(
        self,
        frame: Frame,
        approvals: Approvals,
        proofs: Proofs,
        profile: Profile,
        duty_plans: DutyPlans,
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._proofs = proofs
        self._profile = profile
        self._duty_plans = duty_plans

    @property
    def _counter(self) -> str:
        return self._frame.ledger.journal.counter

    # -- looking ---------------------------------------------------------------------------

    def exceptions(self, since: date | None = None) -> list[Exceptional]:
        """Acts out of the ordinary since a day (today by itself), newest first."""
        wanted = Wanted(since=self._start(since or self._frame.today()))
        with self._frame.ledger.reading() as r:
            return exceptions(r, self._counter, wanted, newest_first=True)

    def openings(self, since: date | None = None) -> dict[str, int]:
        """How many records each officer opened since a day."""
        wanted = Wanted(since=self._start(since or self._frame.today()), acts=("record.opened",))
        with self._frame.ledger.reading() as r:
            found = count(r.conn, self._counter, wanted)
        return {officer: number for (_, officer), number in sorted(found.items())}

    def incidents(self, *, all_of_them: bool = False) -> list[Incident]:
        """Open incidents, newest first; closed ones too where asked."""
        with self._frame.ledger.reading() as r:
            if all_of_them:
                return r.find(Incident, descending=True)
            return r.find(Incident, closed_by="", descending=True)

    def open_evidence(self) -> list[Evidence]:
        """Typed evidence that its issuer hasn't answered on, oldest first."""
        return sorted(self._proofs.open_typed(), key=lambda piece: piece.recorded_at)

    def step_times(self, since: date | None = None) -> list[StepTime]:
        """How long each step took, by act and by officer, over the days since one."""
        wanted = Wanted(since=self._start(since or self._frame.today()), acts=("application.*",))
        with self._frame.ledger.reading() as r:
            return step_times(look(r.conn, self._counter, wanted, content=False))

    def hours(self, day: date | None = None) -> list[Hour]:
        """Tickets, registrations, prints and handovers of a day, hour by hour."""
        chosen = day or self._frame.today()
        wanted = Wanted(
            since=self._start(chosen), until=self._start(chosen + timedelta(days=1)),
            acts=("ticket.taken", "application.register", "application.print",
                  "application.hand_over"),
        )  # fmt: skip
        with self._frame.ledger.reading() as r:
            lines = look(r.conn, self._counter, wanted, content=False)
        return hours(lines, self._frame.zone.zone)

    def made(self, day: date | None = None) -> Made:
        """Cards made on a day, and the spoiled ones among them."""
        chosen = day or self._frame.today()
        wanted = Wanted(
            since=self._start(chosen), until=self._start(chosen + timedelta(days=1)),
            acts=("application.print", "application.spoil"),
        )  # fmt: skip
        with self._frame.ledger.reading() as r:
            return cards_made(look(r.conn, self._counter, wanted, content=False))

    def waited(self, day: date | None = None) -> Waited:
        """How long the day's tickets waited from their issue until they were called."""
        with self._frame.ledger.reading() as r:
            tickets = r.find(Ticket, day=day or self._frame.today())
        waits = [
            (ticket.called_at - ticket.issued_at).total_seconds()
            for ticket in tickets
            if ticket.called_at is not None
        ]
        return Waited(len(waits), sum(waits) / len(waits)) if waits else Waited()

    def trail(self, query: TrailQuery) -> list[TrailLine]:
        """The audit trail, newest first; NIK and names are masked."""
        since = until = None
        if query.day is not None:
            since, until = self._start(query.day), self._start(query.day + timedelta(days=1))
        wanted = Wanted(
            since=since,
            until=until,
            officer=query.officer,
            acts=(query.acts,) if query.acts else (),
            before=query.before,
        )
        with self._frame.ledger.reading() as r:
            if query.subject:
                wanted = replace(wanted, subjects=_subjects(r, self._counter, query.subject))
            found = look(r.conn, self._counter, wanted, newest_first=True, limit=query.limit)
        return [masked(line, wanted.subjects) for line in found]

    def _start(self, day: date) -> datetime:
        """The first moment of an office's day."""
        return datetime(day.year, day.month, day.day, tzinfo=self._frame.zone.zone)

    # -- the journal -----------------------------------------------------------------------

    def verify(self) -> Verdict:
        """Check every entry, signature and anchor of this counter now."""
        return verify_journal(self._profile, self._frame.ledger.store)

    def export(self, by: Actor, out: Path, *, zipped: bool = False) -> Exported:
        """Write the journal for an inspector; who took it out is on record before it is there.

        Raises RoleMissing, StoreProblem, JournalNotWritten.
        """
        require(by, *READERS)
        frame = self._frame
        if not out.parent.is_dir():
            raise JournalNotWritten

        def written() -> None:
            with frame.ledger.acting(by) as w:
                w.record("journal.exported", frame.counter, {"zip": zipped})

        store, at = frame.ledger.store, frame.now()
        try:
            return export_journal(self._profile, store, out, at=at, zipped=zipped, written=written)
        except OSError as error:
            raise JournalNotWritten from error

    # -- incidents and evidence ------------------------------------------------------------

    def open_incident(self, by: Actor, kind: str, subject: str, statement: str) -> Incident:
        """Somebody reports what the program couldn't see. Raises StatementMissing, RoleMissing."""
        self._not_reader(by)
        text = _words_of(statement)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            incident = w.add(
                Incident(
                    id=frame.ids.new(),
                    kind=kind,
                    subject=subject,
                    opened_by=by.officer,
                    opened_at=frame.now(),
                    details={},
                    statement=text,
                )
            )
            w.record("incident.opened", incident.id, {"kind": kind, "statement": text})
        return incident

    def close_incident(self, by: Actor, incident_id: str, statement: str) -> Incident:
        """The supervisor's words close it.

        Raises RoleMissing, StatementMissing, IncidentClosed; DecisionNeeded for those that end
        with a decision of their own (a contested NIK, cards that were swapped).
        """
        require(by, Role.SUPERVISOR)
        text = _words_of(statement)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            incident = w.get(Incident, incident_id)
            if incident.closed_by:
                raise IncidentClosed
            if incident.kind in DECIDED:
                raise DecisionNeeded(kind=incident.kind)
            details = dict(incident.details)
            if incident.statement:
                details["statement"] = incident.statement
            incident = w.change(
                incident,
                details=details,
                statement=text,
                closed_by=by.officer,
                closed_at=frame.now(),
            )
            w.record("incident.closed", incident.id, {"kind": incident.kind, "statement": text})
        return incident

    def confirm_evidence(self, by: Actor, evidence_id: str) -> Evidence:
        """Ask the issuer about a typed piece again: yes closes it, no flags what rests on it.

        One whose issuer nobody can ask is closed by an officer who has seen the paper.
        Raises RoleMissing, IssuerSilent, SameOfficer, CaseElsewhere, CaseOutOfReach.
        """
        self._not_reader(by)
        piece = self._proofs.settle(by, evidence_id)
        self._frame.ledger.notices.publish(ApplicationMoved(piece.application_id))
        return piece

    def confirm_all_evidence(self, by: Actor) -> AllAsked:
        """Ask the issuers about every typed piece that waits. Raises RoleMissing."""
        self._not_reader(by)
        return self.ask_again()

    def ask_again(self, application_id: str = "") -> AllAsked:
        """The same by the program itself: whoever was silent may have a line again.

        Of one case, as when an approver looks at it; nothing waits there where another counter
        has it.
        """
        answered = self._proofs.confirm_all(application_id)
        for case in dict.fromkeys(piece.application_id for piece in answered):
            self._frame.ledger.notices.publish(ApplicationMoved(case))
        yes = sum(1 for piece in answered if piece.closed)
        waiting = self._proofs.open_here(application_id) if application_id else self.open_evidence()
        return AllAsked(yes, len(answered) - yes, len(waiting))

    @staticmethod
    def _not_reader(by: Actor) -> None:
        """Who only reads opens, closes and confirms nothing."""
        if not by.roles - {Role.AUDITOR, Role.ADMINISTRATOR}:
            raise RoleMissing(needed=(Role.SUPERVISOR,))

    # -- delegates -------------------------------------------------------------------------

    def officers(self) -> list[Officer]:
        """Everybody who may sign in here."""
        with self._frame.ledger.reading() as r:
            return r.find(Officer, active=True)

    def delegate(
        self, by: Actor, officer_id: str, roles: frozenset[Role], until: date, reason: str
    ) -> Officer:
        """Let another officer stand in, to a date, signed; it holds from their next sign-in.

        Nobody hands on a role that they don't hold in their own right. What the officer stands in
        for already stays. The centre judges it when the act comes there, and tells the office.
        Raises RoleMissing, DelegateRefused, DelegateDates, DelegateStands, UnknownOfficer,
        StatementMissing (no reason).
        """
        frame = self._frame
        handed = roles & DELEGABLE
        with frame.ledger.reading() as r:
            own = r.get(Officer, by.officer).roles
        if not handed or not handed <= by.roles & own:
            raise RoleMissing(needed=tuple(sorted(handed or DELEGABLE)))
        text = _words_of(reason)
        today = frame.today()
        latest = today + timedelta(days=DELEGATE_DAYS)
        if not today <= until <= latest:
            raise DelegateDates(until=until, latest=latest)
        with frame.ledger.acting(by) as w:
            officer = self._officer(w, officer_id)
            if officer.id == by.officer or officer.roles & {Role.AUDITOR, Role.ADMINISTRATOR}:
                raise DelegateRefused(officer=officer.title)
            now = officer.roles_on(today) - officer.roles
            if now - handed and until != officer.delegate_until:
                raise DelegateStands(officer.title, officer.delegate_until or today)
            handed |= now
            self._duty_plans.check_delegate(w, officer, handed)
            content = {
                "from": by.officer,
                "officer": officer.id,
                "reason": text,
                "roles": sorted(str(role) for role in handed),
                "until": until.isoformat(),
            }
            signed = self._approvals.sign(w, by, DELEGATE, officer.id, digest_of(content))
            officer = w.change(officer, delegate_roles=handed, delegate_until=until)
            w.record("officer.delegated", officer.id, content, (signed,))
        return officer

    def revoke(self, by: Actor, officer_id: str) -> Officer:
        """End a delegation before its day. Raises RoleMissing, UnknownOfficer."""
        require(by, *DELEGABLE)
        with self._frame.ledger.acting(by) as w:
            officer = self._officer(w, officer_id)
            if not (officer.delegate_roles <= by.roles or Role.SUPERVISOR in by.roles):
                raise RoleMissing(needed=(Role.SUPERVISOR,))
            officer = w.change(officer, delegate_roles=frozenset(), delegate_until=None)
            w.record("officer.delegation_ended", officer.id, {})
        return officer

    @staticmethod
    def _officer(w: Writing, officer_id: str) -> Officer:
        officer = w.look(Officer, officer_id)
        if officer is None or not officer.active:
            raise UnknownOfficer
        return officer


def _words_of(text: str) -> str:
    """What was said, in single spaces. Raises StatementMissing for nothing."""
    said = " ".join(text.split())
    if not said:
        raise StatementMissing
    return said


def _subjects(r: Reading, counter: str, named: str) -> frozenset[str]:
    """Under which ids the journal keeps what has this number: a case with all that is its."""
    text = card_serial(named).strip() or named.strip()
    number = text.upper()
    found = {text, number}
    blank, parcel = r.look(Blank, number), r.first(Parcel, awb=number)
    app = r.first(Application, number=number)
    if app is None and blank is not None and blank.application_id:
        app = r.look(Application, blank.application_id)
    sent = [parcel] if parcel is not None else []
    if app is not None:
        found |= {app.id, app.visit_id, app.licence_id} - {""}
        found |= {one.id for one in r.find(Blank, application_id=app.id)}
        sent += r.find(Parcel, application_id=app.id)
        seen = [one for one in r.find(Incident, subject=app.person_id) if _about(one, app)]
        # What was decided of a contested NIK stands under its person.
        found |= {one.id for one in seen} | {one.subject for one in seen}
    for one in sent:
        found |= {one.id} | {back.id for back in r.find(ReturnCase, parcel_id=one.id)}
    found |= {one.id for known in sorted(found) for one in r.find(Incident, subject=known)}
    return frozenset(found | burials_of(r, counter, found))


def _about(incident: Incident, app: Application) -> bool:
    """A conflict is the person's; it names the case in which it was seen."""
    return incident.details.get("application") == app.number
