"""The first desk: what somebody holds, what they ask for, and the case that comes of it.

Who they are is asked in `identifying`. What is typed is saved at every field, so that no crash
costs a field.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date

from desktop.domain.application import (
    AlreadyOpen,
    Application,
    Draft,
    IdentitySource,
    Ticket,
    Visit,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import Door, HeldLicence
from desktop.domain.eligibility import may_apply, right_service
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.nik import NikReport, NikSource, check_nik, has_nik_shape
from desktop.domain.officer import Actor, SameOfficer
from desktop.domain.person import (
    Applicant,
    Hold,
    Licence,
    LicenceStatus,
    Person,
    check_birth,
    check_phone,
)
from desktop.domain.reasons import OverrideReason
from desktop.domain.revocation import RevokedLicence
from desktop.domain.service import Channel, Service
from desktop.domain.validity import ServiceAnswer
from desktop.domain.workflow import Action
from desktop.ledger import Reading, Writing
from desktop.notices import TicketsChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame, waits
from desktop.services.identifying import Identifying, Identity
from desktop.services.licences import number_for
from desktop.services.likeness import faces_doubted
from desktop.services.persons import check_printable, disagree, same_data
from desktop.services.sideways import Sideways


@dataclass(frozen=True, slots=True)
class Standing:
    """What the office knows of a person: licences, holds, open cases, and what fits today."""

    person: Person | None
    licences: tuple[Licence, ...]
    holds: tuple[Hold, ...]
    open_cases: tuple[Application, ...]
    nik: NikReport
    revoked: tuple[RevokedLicence, ...] = ()
    contested: bool = False
    """Whether the record of this NIK tells of somebody else, or of whom nobody has decided yet."""

    @property
    def valid(self) -> tuple[Licence, ...]:
        return tuple(x for x in self.licences if x.status is LicenceStatus.VALID)

    def phone_of(self, who: Applicant) -> str:
        """The phone on record; empty where the record may be somebody else's."""
        if self.person is None or disagree(self.person.applicant, who):
            return ""
        return self.person.applicant.phone


class Intake(Identifying, Sideways):
    """Acts of the registration desk."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        super().__init__(frame, approvals)
        self._seen: set[tuple[str, str]] = set()

    def standing(
        self, applicant: Applicant, source: IdentitySource, override: str = ""
    ) -> Standing:
        """Everything on record that bears on what this person may ask for.

        A typed NIK that Dukcapil confirmed by letter (`override`), or that is on record, exists,
        whatever it looks like: it is warned of and never blocked.
        """
        with self._frame.ledger.reading() as r:
            person = r.first(Person, nik=applicant.nik)
            licences = tuple(r.find(Licence, person_id=person.id)) if person else ()
            holds = tuple(r.find(Hold, nik=applicant.nik, active=True))
            cases = tuple(a for a in r.find(Application, nik=applicant.nik) if waits(a.state))
        revoked = self._frame.revoked.licences(licences)
        exists = person is not None or override == OverrideReason.NIK_CONFIRMED_BY_LETTER
        nik = self._nik(applicant, source, exists=exists)
        contested = person is not None and (
            person.conflict or disagree(person.applicant, applicant)
        )
        return Standing(person, licences, holds, cases, nik, revoked, contested)

    def _nik(self, applicant: Applicant, source: IdentitySource, *, exists: bool) -> NikReport:
        origin = {
            IdentitySource.CHIP: NikSource.CHIP,
            IdentitySource.CONFIRMED: NikSource.CONFIRMED,
            IdentitySource.MANUAL: NikSource.TYPED,
        }[source]
        if origin is NikSource.TYPED and exists and has_nik_shape(applicant.nik):
            origin = NikSource.CONFIRMED
        return check_nik(
            applicant.nik,
            origin,
            on=self._frame.today(),
            birth_date=applicant.birth_date,
            sex=applicant.sex,
        )

    def check_applicant(self, identity: Identity, standing: Standing) -> None:
        """Refuse what no card can carry and what can't be: before anybody signs for it.

        Raises what `check_printable` names, PhoneUnlikely, BirthDateImplausible for a typed date,
        or the first of the NIK's blocks.
        """
        check_printable(identity.applicant)
        phone = identity.applicant.phone
        if phone:  # no chip tells one: none is no answer yet
            check_phone(phone, standing.phone_of(identity.applicant))
        if identity.source is IdentitySource.MANUAL:
            check_birth(identity.applicant.birth_date, self._frame.today())
        if standing.nik.blocks:
            raise standing.nik.blocks[0]

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
            door=Door(self._frame.place.door),
            foreigner=applicant.foreigner,
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

        A further case of somebody whom the visit knows already rests on the identity that was read,
        or typed before two officers, for its first.
        Raises what `check_applicant` names, the rules' refusals, AlreadyOpen,
        ClockWrong, SameOfficer where a second officer is needed and isn't one, NotSignedIn where
        that officer didn't sign in beside the first, StoreFull where new work would leave no
        room. A contested NIK makes the case all the same, and nothing is printed until it is
        decided.
        """
        frame = self._frame
        applicant = identity.applicant
        standing = self.standing(applicant, identity.source, identity.override)
        self.check_applicant(identity, standing)
        refusals = self.may_apply(standing, applicant, service, licence_class)
        if refusals:
            raise refusals[0]
        for case in standing.open_cases:
            if case.licence_class is licence_class and case.state is not S.HANDED_OVER:
                raise AlreadyOpen(number=case.number)
        with frame.ledger.reading() as r:
            known = any(
                same_data(case.applicant, applicant) and case.identity is identity.source
                for case in self.visit_cases(r, visit_id)
            )
        alone = identity.second_officer in ("", by.officer)
        if not known and alone and self.needs_second(identity):
            raise SameOfficer
        frame.ledger.store.check_space()
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            signed = () if known else self.sign_identity(w, identity, visit_id)
            visit = w.get(Visit, visit_id)
            person, conflict = self.person(w, applicant)
            if not known:
                visit = w.change(
                    visit,
                    person_id=person.id,
                    identity=identity.source,
                    fingerprint=identity.fingerprint,
                    eid_photo=w.put_blob(identity.photo, "image/png") if identity.photo else "",
                )
            app = self.new_case(w, applicant, person, service, licence_class, visit.id)
            app = dataclasses.replace(
                app,
                identity=identity.source,
                data_altered=any(
                    case.data_altered and same_data(case.applicant, applicant)
                    for case in self.visit_cases(w, visit_id)
                ),
                faces_doubted=faces_doubted(w, frame.counter, app),
            )
            w.add(app)
            app = frame.move(
                w, app, Action.REGISTER,
                told={
                    "service": service, "class": licence_class, "nik": applicant.nik,
                    "name": applicant.name, "identity": identity.source,
                    "fingerprint": visit.fingerprint, "override": identity.override,
                    "finger_tries": identity.finger_tries,
                    "second_officer": identity.second_officer,
                    "warnings": [type(x).__name__ for x in standing.nik.warns],
                    **({"faces_doubted": True} if app.faces_doubted else {}),
                },
                approvals=signed,
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
        return Application(
            id=frame.ids.new(),
            number=self._free_number(w, today),
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
            previous_licence=self._replaced(w, person, service, licence_class),
            sim_number=number_for(frame, w, person.id, applicant, licence_class),
        )

    def _free_number(self, w: Writing, today: date) -> str:
        place = self._frame.place
        while True:
            count = w.number(f"application:{today.year}")
            number = f"{place.office_code}-{today:%y}-{place.counter_code}-{count:06d}"
            if not w.count(Application, number=number):  # a restored store counts from its old one
                return number

    def _replaced(
        self, r: Reading, person: Person, service: Service, licence_class: LicenceClass
    ) -> str:
        """The licence in whose place the new one stands: of an upgrade the highest it covers."""
        graph = self._frame.rules().classes
        upgrade = service is Service.CLASS_UPGRADE
        held = [
            x
            for x in r.find(Licence, person_id=person.id, status=LicenceStatus.VALID)
            if x.licence_class is licence_class
            or (upgrade and graph.covers(licence_class, x.licence_class))
        ]
        if upgrade:
            held.sort(key=lambda x: len(graph.rule(x.licence_class).covers), reverse=True)
        return held[0].id if held else ""

    # -- drafts ----------------------------------------------------------------------------

    def save_draft(
        self, by: Actor, draft_id: str, form: str, ticket_id: str, fields: dict[str, str]
    ) -> Draft:
        """Keep what is typed so far; called at every field."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            known = w.look(Draft, draft_id) if draft_id else None
            if known is not None:
                # Whoever took the work over goes on with it.
                return w.change(known, officer=by.officer, fields=fields, saved_at=frame.now())
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
            if draft is not None:
                w.drop(draft)

    def drafts(self, by: Actor) -> list[Draft]:
        """What this officer had begun of whoever is here: not of those back in the line."""
        with self._frame.ledger.reading() as r:
            found, today = r.find(Draft, officer=by.officer), self._frame.today()
            return [one for one in found if _is_here(r, one, today)]

    # -- looking ---------------------------------------------------------------------------

    def opened(self, by: Actor, application_id: str) -> None:
        """Opening a record is on record: one entry per officer, record and visit."""
        if (by.session, application_id) in self._seen:
            return
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            w.record("record.opened", app.id, {"number": app.number})
        self._seen.add((by.session, application_id))

    def opened_person(self, by: Actor, person_id: str, what: str) -> None:
        """The same for what is on record of a person outside a case: `what` was opened."""
        key = (by.session, f"{what}:{person_id}")
        if key in self._seen:
            return
        with self._frame.ledger.acting(by) as w:
            w.record("record.opened", person_id, {"what": what})
        self._seen.add(key)

    def case(self, application_id: str) -> Application:
        """A case as it stands. Raises UnknownApplication."""
        with self._frame.ledger.reading() as r:
            return r.get(Application, application_id)

    def visit_cases(self, r: Reading, visit_id: str) -> list[Application]:
        """The applications of a visit, in the order in which they were made."""
        return r.find(Application, visit_id=visit_id)


def _is_here(r: Reading, draft: Draft, today: date) -> bool:
    ticket = r.look(Ticket, draft.ticket_id) if draft.ticket_id else None
    return ticket is None or ticket.state != "waiting" or ticket.day != today


def held_of(licences: tuple[Licence, ...]) -> list[HeldLicence]:
    """Licences as the rules look at them; withdrawn ones don't count.

    Where the last of a class was revoked, the one before it doesn't come to life again; nor does
    one of a lower class that had gone into it.
    """
    lost = {x.licence_class for x in licences if x.status is LicenceStatus.REVOKED}
    lost -= {x.licence_class for x in licences if x.status is LicenceStatus.VALID}
    last = {x.id for x in licences if x.status is LicenceStatus.REVOKED and x.licence_class in lost}
    gone = _gone_into(licences, last)
    return [
        HeldLicence(x.licence_class, x.issued_on, x.valid_until, x.first_issued_on)
        for x in licences
        if x.status is LicenceStatus.VALID
        or (
            x.status is LicenceStatus.SUPERSEDED
            and x.licence_class not in lost
            and x.id not in gone
        )
    ]


def _gone_into(licences: tuple[Licence, ...], last: set[str]) -> set[str]:
    """What these licences had replaced, and what that had, down to the first."""
    replaced = {x.id: set(x.superseded) for x in licences}
    gone: set[str] = set()
    while last:
        last = set[str]().union(*(replaced.get(one, ()) for one in last)) - gone
        gone |= last
    return gone
