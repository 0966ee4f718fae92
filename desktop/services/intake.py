"""The first desk: who is this, what do they hold, what do they ask for.

The KTP-el's chip fills the form; a manual reading needs a reason and a second officer and stays
marked for ever. What is typed is saved at every field, so that no crash costs a field.
"""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass

from desktop.domain.application import (
    AlreadyOpen,
    Application,
    Draft,
    IdentitySource,
    Incident,
    Ticket,
    Visit,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import Door, HeldLicence
from desktop.domain.eligibility import may_apply, right_service
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.nik import NikReport, NikSource, check_nik
from desktop.domain.officer import Actor, SameOfficer
from desktop.domain.person import (
    Applicant,
    Hold,
    IdentityConflict,
    Licence,
    LicenceStatus,
    Person,
    Sex,
    check_texts,
    fold,
)
from desktop.domain.reasons import CancelReason, HoldReason, RejectReason
from desktop.domain.service import Channel, Service
from desktop.domain.validity import ServiceAnswer
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Reading, Writing
from desktop.notices import ApplicationMoved, TicketsChanged
from desktop.services.base import Frame, content_digest, waits
from devices.eid_reader import EidCard, EidSex, FingerprintResult

EID_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as read at the counter, with how they were read."""

    applicant: Applicant
    source: IdentitySource
    photo: bytes = b""
    fingerprint: str = ""
    override: str = ""
    second_officer: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the office knows of a person: licences, holds, open cases, and what fits today."""

    person: Person | None
    licences: tuple[Licence, ...]
    holds: tuple[Hold, ...]
    open_cases: tuple[Application, ...]
    nik: NikReport

    @property
    def valid(self) -> tuple[Licence, ...]:
        return tuple(x for x in self.licences if x.status is LicenceStatus.VALID)


def applicant_of(card: EidCard) -> Applicant:
    """The KTP-el's fields as they will stand on a licence."""
    parts = [*card.address, f"RT/RW {card.rt_rw}", card.village, card.district, card.regency]
    return Applicant(
        nik=card.nik,
        name=card.name,
        birth_place=card.birth_place,
        birth_date=card.birth_date,
        sex=Sex.FEMALE if card.sex is EidSex.FEMALE else Sex.MALE,
        blood_type=card.blood_type or "-",
        address=", ".join(part for part in parts if part),
        occupation=card.occupation,
        nationality=card.nationality,
    )


class Intake:
    """Acts of the registration desk."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    # -- who -------------------------------------------------------------------------------

    def read_eid(self, cancel: threading.Event | None = None) -> Identity:
        """Read the KTP-el on the reader. Raises the reader's faults."""
        with self._frame.hub.eid_reader() as reader:
            card: EidCard = reader.read(timeout=EID_SECONDS, cancel=cancel)
        return Identity(
            applicant=applicant_of(card),
            source=IdentitySource.CHIP,
            photo=card.photo,
            fingerprint=str(card.fingerprint),
        )

    def needs_second(self, identity: Identity) -> bool:
        """A manual reading, or a finger that didn't match, needs a reason and a second officer."""
        if identity.source is IdentitySource.MANUAL:
            return True
        return identity.fingerprint == str(FingerprintResult.NOT_MATCHED)

    def standing(self, applicant: Applicant, source: IdentitySource) -> Standing:
        """Everything on record that bears on what this person may ask for."""
        with self._frame.ledger.reading() as r:
            person = r.first(Person, nik=applicant.nik)
            licences = tuple(r.find(Licence, person_id=person.id)) if person else ()
            holds = tuple(r.find(Hold, nik=applicant.nik, active=True))
            cases = tuple(a for a in r.find(Application, nik=applicant.nik) if waits(a.state))
        return Standing(person, licences, holds, cases, self._nik(applicant, source))

    def _nik(self, applicant: Applicant, source: IdentitySource) -> NikReport:
        origin = {
            IdentitySource.CHIP: NikSource.CHIP,
            IdentitySource.CONFIRMED: NikSource.CONFIRMED,
            IdentitySource.MANUAL: NikSource.TYPED,
        }[source]
        return check_nik(
            applicant.nik,
            origin,
            on=self._frame.today(),
            birth_date=applicant.birth_date,
            sex=applicant.sex,
        )

    # -- what ------------------------------------------------------------------------------

    def may_apply(
        self, standing: Standing, applicant: Applicant, service: Service, cls: LicenceClass
    ) -> list[Problem]:
        """Every reason why this person can't have this now."""
        today = self._frame.today()
        return may_apply(
            self._frame.rules(today),
            service,
            cls,
            applicant.birth_date,
            today,
            held_of(standing.licences),
            door=Door.OFFICE,
            foreigner=applicant.nationality != "WNI",
        )

    def right_service(self, standing: Standing, asked: Service, cls: LicenceClass) -> ServiceAnswer:
        """What fits: the service asked for, a renewal by decree, or a new issue."""
        today = self._frame.today()
        return right_service(
            self._frame.rules(today), asked, cls, held_of(standing.licences), today
        )

    def register(
        self,
        by: Actor,
        visit_id: str,
        identity: Identity,
        service: Service,
        licence_class: LicenceClass,
        *,
        draft_id: str = "",
    ) -> Application:
        """Make the case: the first entry of its history.

        Raises TextTooLong, FieldEmpty, the NIK's blocks, the rules' refusals, AlreadyOpen,
        IdentityConflict (the case is then made, and held), SameOfficer where a second officer is
        needed and isn't one.
        """
        frame = self._frame
        applicant = identity.applicant
        check_texts(applicant)
        standing = self.standing(applicant, identity.source)
        if standing.nik.blocks:
            raise standing.nik.blocks[0]
        refusals = self.may_apply(standing, applicant, service, licence_class)
        if refusals:
            raise refusals[0]
        for case in standing.open_cases:
            if case.licence_class is licence_class and case.state is not S.HANDED_OVER:
                raise AlreadyOpen(number=case.number)
        if self.needs_second(identity) and identity.second_officer in ("", by.officer):
            raise SameOfficer
        with frame.ledger.acting(by) as w:
            visit = w.get(Visit, visit_id)
            person, conflict = self.person(w, applicant)
            visit = w.change(
                visit,
                person_id=person.id,
                identity=identity.source,
                fingerprint=identity.fingerprint,
                eid_photo=w.put_blob(identity.photo, "image/png") if identity.photo else "",
            )
            app = self.new_case(w, applicant, person, service, licence_class, visit.id)
            app = dataclasses.replace(app, identity=identity.source)
            w.add(app)
            app = frame.move(
                w, app, Action.REGISTER,
                told={
                    "service": service, "class": licence_class, "nik": applicant.nik,
                    "name": applicant.name, "identity": identity.source,
                    "fingerprint": identity.fingerprint, "override": identity.override,
                    "second_officer": identity.second_officer,
                    "warnings": [type(x).__name__ for x in standing.nik.warns],
                },
            )  # fmt: skip
            w.findable_person(person)
            w.findable(app.id, "case", app.number)
            if conflict:
                self.open_conflict(w, app)
            if draft_id:
                draft = w.look(Draft, draft_id)
                if draft is not None:
                    w.drop(draft)
            w.notify(TicketsChanged())
        return app

    def new_case(
        self,
        w: Writing,
        applicant: Applicant,
        person: Person,
        service: Service,
        licence_class: LicenceClass,
        visit_id: str,
        channel: Channel = Channel.WALK_IN,
    ) -> Application:
        """A case in its first state, not yet stored."""
        frame = self._frame
        today = frame.today()
        held = [
            x
            for x in w.find(Licence, person_id=person.id, status=LicenceStatus.VALID)
            if x.licence_class is licence_class
        ]
        number = w.number(f"application:{today.year}")
        return Application(
            id=frame.ids.new(),
            number=f"{frame.place.office_code}-{today:%y}-{number:06d}",
            visit_id=visit_id,
            person_id=person.id,
            service=service,
            licence_class=licence_class,
            channel=channel,
            state=S.DRAFT,
            applicant=applicant,
            maker=w.by.officer,
            created_at=frame.now(),
            changed_at=frame.now(),
            rules_version=frame.rules(today).version,
            nik=applicant.nik,
            previous_licence=held[0].id if held else "",
        )

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
        before = known.applicant
        same = fold(before.name) == fold(applicant.name)
        conflict = not same and before.birth_date != applicant.birth_date
        if not same and not conflict:
            conflict = not related(before.name, applicant.name)
        if conflict:
            return w.change(known, conflict=True), True
        return w.change(known, applicant=applicant, folded_name=fold(applicant.name)[:255]), False

    def open_conflict(self, w: Writing, app: Application) -> None:
        """Make it an incident that one NIK is claimed by two people."""
        incident = w.add(
            Incident(
                id=self._frame.ids.new(),
                kind="identity_conflict",
                subject=app.person_id,
                opened_by=w.by.officer,
                opened_at=self._frame.now(),
                details={"application": app.number},
            )
        )
        w.record("incident.opened", incident.id, {"kind": incident.kind, "case": app.number})

    def settle_conflict(self, by: Actor, person_id: str, statement: str) -> None:
        """A supervisor decided whose NIK it is; the case may go on."""
        with self._frame.ledger.acting(by) as w:
            person = w.get(Person, person_id)
            w.change(person, conflict=False)
            for incident in w.find(Incident, subject=person_id, closed_by=""):
                w.change(
                    incident,
                    statement=statement,
                    closed_by=by.officer,
                    closed_at=self._frame.now(),
                )
            w.record("conflict.settled", person_id, {"statement": statement})

    def check_conflict(self, app: Application) -> None:
        """Raises IdentityConflict while the person's identity is contested."""
        with self._frame.ledger.reading() as r:
            person = r.look(Person, app.person_id)
        if person is not None and person.conflict:
            raise IdentityConflict(case=app.number)

    # -- drafts ----------------------------------------------------------------------------

    def save_draft(
        self, by: Actor, draft_id: str, form: str, ticket_id: str, fields: dict[str, str]
    ) -> Draft:
        """Keep what is typed so far; called at every field."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            known = w.look(Draft, draft_id) if draft_id else None
            if known is not None:
                return w.change(known, fields=fields, saved_at=frame.now())
            return w.add(
                Draft(
                    id=draft_id or frame.ids.new(),
                    officer=by.officer,
                    form=form,
                    saved_at=frame.now(),
                    fields=fields,
                    ticket_id=ticket_id,
                )
            )

    def forget_draft(self, by: Actor, draft_id: str) -> None:
        """What was typed has become a fact, or was given up."""
        with self._frame.ledger.acting(by) as w:
            draft = w.look(Draft, draft_id)
            if draft is not None and draft.officer == by.officer:
                w.drop(draft)

    def drafts(self, by: Actor) -> list[Draft]:
        """What this officer had begun."""
        with self._frame.ledger.reading() as r:
            return r.find(Draft, officer=by.officer)

    # -- going sideways --------------------------------------------------------------------

    def confirm_data(self, by: Actor, application_id: str) -> Application:
        """The applicant has seen the card's preview and says that it is right."""
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            digest = content_digest(app)
            return self._frame.move(
                w, app, Action.CONFIRM_DATA, told={"digest": digest}, confirmed_digest=digest
            )

    def correct(self, by: Actor, application_id: str, applicant: Applicant) -> Application:
        """Back to the field before printing: new data, earlier approvals void."""
        check_texts(applicant)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self._frame.void_approvals(w, app)
            return self._frame.move(
                w, app, Action.CORRECT,
                told={"fields": changed_fields(app.applicant, applicant)},
                applicant=applicant,
                confirmed_digest="",
                approved_digest="",
                approved_by="",
            )  # fmt: skip

    def hold(self, by: Actor, application_id: str, reason: str) -> Application:
        """Set a case aside; everything taken so far stays."""
        coded = HoldReason(reason)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            return self._frame.move(
                w, app, Action.HOLD, also=(Gate.REASON,), told={"reason": coded}, note=coded
            )

    def resume(self, by: Actor, application_id: str) -> Application:
        """Go on where the hold began."""
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            return self._frame.move(w, app, Action.RESUME, note="")

    def reject(self, by: Actor, application_id: str, reason: str, note: str = "") -> Application:
        """Refuse a case with a coded reason; other cases of the visit go on."""
        return self._end(by, application_id, Action.REJECT, RejectReason(reason), note)

    def cancel(self, by: Actor, application_id: str, reason: str, note: str = "") -> Application:
        """The applicant withdraws, or the case was made by mistake."""
        return self._end(by, application_id, Action.CANCEL, CancelReason(reason), note)

    def expire(self, by: Actor, application_id: str) -> Application:
        """They never came back: documents released, with the reason on record."""
        return self._end(by, application_id, Action.EXPIRE, CancelReason.NEVER_CAME_BACK, "")

    def _end(
        self, by: Actor, application_id: str, action: Action, reason: str, note: str
    ) -> Application:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            frame.void_approvals(w, app)
            app = frame.move(
                w, app, action, also=(Gate.REASON,),
                told={"reason": reason, "note": note}, reason=reason, note=note,
            )  # fmt: skip
            visit = w.look(Visit, app.visit_id) if app.visit_id else None
            if visit is not None and all(a.ended for a in w.find(Application, visit_id=visit.id)):
                w.change(visit, closed_at=frame.now())
                ticket = w.look(Ticket, visit.ticket_id)
                if ticket is not None:
                    w.change(ticket, state="done", done_at=frame.now())
                w.record("visit.closed", visit.id, {})
                w.notify(TicketsChanged())
            w.notify(ApplicationMoved(app.id))
        return app

    # -- looking ---------------------------------------------------------------------------

    def opened(self, by: Actor, application_id: str) -> None:
        """Opening a record is on record: one entry per officer, record and visit."""
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            w.record("record.opened", app.id, {"number": app.number})

    def case(self, application_id: str) -> Application:
        """A case as it stands. Raises UnknownApplication."""
        with self._frame.ledger.reading() as r:
            return r.get(Application, application_id)

    def visit_cases(self, r: Reading, visit_id: str) -> list[Application]:
        """The applications of a visit, in the order in which they were made."""
        return r.find(Application, visit_id=visit_id)


def held_of(licences: tuple[Licence, ...]) -> list[HeldLicence]:
    """Licences as the rules look at them; withdrawn ones don't count."""
    return [
        HeldLicence(x.licence_class, x.issued_on, x.valid_until, x.first_issued_on)
        for x in licences
        if x.status in (LicenceStatus.VALID, LicenceStatus.SUPERSEDED)
    ]


def changed_fields(before: Applicant, after: Applicant) -> list[str]:
    """Names of the fields that differ; never their content."""
    return [
        field.name
        for field in dataclasses.fields(Applicant)
        if getattr(before, field.name) != getattr(after, field.name)
    ]


def related(one: str, other: str) -> bool:
    """Whether two names share a word: a corrected spelling, not another person."""
    return bool(set(fold(one).split()) & set(fold(other).split()))
