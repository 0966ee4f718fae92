"""The first desk: who is this, what do they hold, what do they ask for.

The KTP-el's chip fills the form; a manual reading needs a reason and a second officer and stays
marked for ever. What is typed is saved at every field, so that no crash costs a field.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from dataclasses import dataclass, field

import msgspec
import rfc8785

from desktop.domain.application import (
    AlreadyOpen,
    Application,
    Approval,
    Draft,
    IdentitySource,
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
    Licence,
    LicenceStatus,
    Person,
    Sex,
)
from desktop.domain.service import Channel, Service
from desktop.domain.validity import ServiceAnswer
from desktop.domain.workflow import Action
from desktop.ledger import Reading, Writing
from desktop.notices import TicketsChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame, waits
from desktop.services.persons import changed_fields, check_printable, related
from desktop.services.sideways import Sideways
from devices.device import DeviceKind
from devices.eid_reader import EidCard, EidSex, FingerprintResult
from devices.errors import CannotCompare, NoFinger, PoorFinger, WrongCard

EID_SECONDS = 30.0
FINGER_SECONDS = 15.0
FINGER_TRIES = 4
"""As many as a reading of the KTP-el gives a person, as it was shown in 2013 (`domain` facts)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as read at the counter, with how they were read."""

    applicant: Applicant
    source: IdentitySource
    photo: bytes = b""
    fingerprint: str = ""
    override: str = ""
    second_officer: str = ""
    finger_tries: int = 0
    minutiae: tuple[bytes, ...] = field(default=(), repr=False)
    """The KTP-el's fingers until one matched or the tries are over; kept nowhere."""


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


MANUAL_IDENTITY = "identity.manual"
"""The act that two officers sign where the KTP-el's chip or the finger can't speak."""


class Intake(Sideways):
    """Acts of the registration desk."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        super().__init__(frame)
        self._approvals = approvals
        self._seen: set[tuple[str, str]] = set()

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
            finger_tries=0 if card.fingerprint is FingerprintResult.NOT_TRIED else 1,
            minutiae=card.minutiae,
        )

    def can_match(self, identity: Identity) -> bool:
        """Whether a finger may be laid on once more: tries are left, and something compares.

        That is the sensor beside the reader, or the reader itself, which reads the card anew.
        """
        if identity.source is not IdentitySource.CHIP or identity.finger_tries >= FINGER_TRIES:
            return False
        if identity.fingerprint == FingerprintResult.MATCHED:
            return False
        if identity.minutiae:
            return self._frame.hub.has(DeviceKind.FINGERPRINT)
        return identity.fingerprint in (FingerprintResult.NOT_MATCHED, FingerprintResult.NOT_TRIED)

    def match_finger(self, identity: Identity, cancel: threading.Event | None = None) -> Identity:
        """One try. The first two are with the chip's first finger, the others with its second.

        No finger in time and one too poor to compare count as tries; a sensor that can't compare
        ends them. Raises the LinkFaults of the sensor, and Cancelled, which count for nothing;
        what reading the card raises, where its reader compares.
        """
        tries = identity.finger_tries + 1
        if not identity.minutiae:
            again = self.read_eid(cancel)
            if again.applicant.nik != identity.applicant.nik:
                raise WrongCard(DeviceKind.EID_READER)
            return dataclasses.replace(identity, fingerprint=again.fingerprint, finger_tries=tries)
        reference = identity.minutiae[min((tries - 1) // 2, len(identity.minutiae) - 1)]
        result = FingerprintResult.NOT_MATCHED
        try:
            with self._frame.hub.fingerprint() as sensor:
                if sensor.match(reference, timeout=FINGER_SECONDS, cancel=cancel).matched:
                    result = FingerprintResult.MATCHED
        except (NoFinger, PoorFinger):
            result = FingerprintResult.NOT_MATCHED
        except CannotCompare:
            result, tries = FingerprintResult.NOT_TRIED, FINGER_TRIES
        # Where nothing compares, the chip's fingers tell that there was something to compare.
        over = result is not FingerprintResult.NOT_TRIED and (
            result is FingerprintResult.MATCHED or tries >= FINGER_TRIES
        )
        return dataclasses.replace(
            identity,
            fingerprint=str(result),
            finger_tries=tries,
            minutiae=() if over else identity.minutiae,
        )

    def needs_second(self, identity: Identity) -> bool:
        """A manual reading, or a finger that didn't match, needs a reason and a second officer.

        So does a finger that could be compared here and wasn't, and a chip without any.
        """
        if identity.source is IdentitySource.MANUAL:
            return True
        if identity.fingerprint == FingerprintResult.NOT_MATCHED:
            return True
        if identity.fingerprint != FingerprintResult.NOT_TRIED:
            return False
        return not identity.minutiae or self.can_match(identity)

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

        Raises what `check_printable` names, the NIK's blocks, the rules' refusals, AlreadyOpen,
        ClockWrong, SameOfficer where a second officer is needed and isn't one, NotSignedIn where
        that officer didn't sign in beside the first, StoreFull where new work would leave no
        room. A contested NIK makes the case all the same, and nothing is printed until it is
        decided.
        """
        frame = self._frame
        applicant = identity.applicant
        check_printable(applicant)
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
        frame.ledger.store.check_space()
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            signed = self.sign_identity(w, identity, visit_id)
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
                    "finger_tries": identity.finger_tries,
                    "second_officer": identity.second_officer,
                    "warnings": [type(x).__name__ for x in standing.nik.warns],
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

    def sign_identity(self, w: Writing, identity: Identity, subject: str) -> tuple[Approval, ...]:
        """Both officers' signatures under a manual reading; none where the chip spoke.

        Raises NotSignedIn.
        """
        if not self.needs_second(identity):
            return ()
        content = {
            "applicant": msgspec.to_builtins(identity.applicant),
            "override": identity.override,
            "subject": subject,
        }
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        second = self._approvals.witness(identity.second_officer)
        return tuple(
            self._approvals.sign(w, actor, MANUAL_IDENTITY, subject, digest)
            for actor in (w.by, second)
        )

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
            number=f"{frame.place.office_code}-{today:%y}-{frame.place.counter_code}-{number:06d}",
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

    # -- looking ---------------------------------------------------------------------------

    def opened(self, by: Actor, application_id: str) -> None:
        """Opening a record is on record: one entry per officer, record and visit."""
        if (by.session, application_id) in self._seen:
            return
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            w.record("record.opened", app.id, {"number": app.number})
        self._seen.add((by.session, application_id))

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


__all__ = [
    "Identity",
    "Intake",
    "Standing",
    "applicant_of",
    "changed_fields",
    "held_of",
    "related",
]
