"""The walk-in's first step: who is here, what do they hold, what may they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.application import AlreadyOpen, Application, IdentitySource
from desktop.domain.officer import Actor
from desktop.domain.person import Applicant, FieldEmpty, Licence, PhoneCleared, Sex
from desktop.domain.service import Service
from desktop.presenters.problems import (
    DateUnreadable,
    FieldsEmpty,
    NothingDiffers,
    SecondOfficerNeeded,
)
from desktop.presenters.walkin_base import WalkInBase, parse_day
from desktop.presenters.walkin_choices import choices_for
from desktop.presenters.walkin_kept import CLASS, PHONE, SERVICE
from desktop.presenters.walkin_view import Choice, Typing
from desktop.services.identifying import Identity
from desktop.services.intake import Standing
from desktop.services.persons import same_on_card

TYPED_FIELDS = (
    "nik", "name", "birth_place", "birth_date", "sex", "blood_type", "address", "occupation",
    "phone",
)  # fmt: skip
NEEDED = ("nik", "name", "birth_place", "birth_date", "sex", "address")
"""Those that the card can't do without, in the form's order."""


class IdentitySteps(WalkInBase):
    """Reading, typing, choosing, registering."""

    _unchanged: Mapping[str, Applicant] = {}
    """The case whose change of data changed nothing so far, and what it should change."""
    _record_was: tuple[str, Applicant | None] = ("", None)
    """A visit, and what was on record before its first case was made."""
    _given_up: tuple[str, dict[str, str]] = ("", {})
    """The visit in which typing was left, and what had been typed."""

    def read_card(self) -> None:
        """Read the KTP-el when it is laid down."""
        if self.view.manual or self.view.identity is not None:
            return
        self.wait_for(
            lambda stop: self.desk.intake.read_eid(cancel=stop),
            self._identified,
            lane="eid_reader",
            doing="doing.read_eid",
        )

    def _identified(self, identity: Identity) -> None:
        if self.view.manual:
            return  # the officer began to type while the chip was still being read
        self.show(
            identity=identity,
            eid_photo=identity.photo,
            needs_second=self.desk.intake.needs_second(identity),
        )
        self._look_up(identity)

    def _stands(self, identity: Identity) -> tuple[Standing, tuple[Choice, ...]]:
        intake, who = self.desk.intake, identity.applicant
        standing = intake.standing(who, identity.source, identity.override)
        if identity.source is IdentitySource.MANUAL:
            intake.check_applicant(identity, standing)  # before a second officer is called
        return standing, choices_for(self.desk, standing, who)

    def _look_up(self, identity: Identity) -> None:
        def then(found: tuple[Standing, tuple[Choice, ...]]) -> None:
            standing, choices = found
            self._recall_phone(standing)
            begun = self.begun_of(identity.applicant.nik)
            chosen = self._first_choice(choices, begun)
            self.show(standing=standing, choices=choices, chosen=chosen)
            if begun.get(PHONE):
                self._tell_phone(begun[PHONE])
            if self.view.adding:
                self.keep_choice()
            now = self.view.identity
            if now is not None and now.minutiae and not now.finger_tries:
                self.match_finger()

        def refused(problem: Exception) -> None:
            self.show(problem=problem, standing=None, choices=())

        self.work(lambda: self._stands(identity), then, failed=refused)

    def _first_choice(self, choices: tuple[Choice, ...], begun: Mapping[str, str]) -> int:
        """What was chosen before a crash, or what the ticket is for, or what is possible."""
        kept = (begun.get(SERVICE), begun.get(CLASS))
        wanted = self.view.ticket.service if self.view.ticket else None
        ranked = (
            lambda c: (c.service, c.licence_class) == kept,
            lambda c: c.possible and wanted in (None, c.service),
            lambda c: c.possible,
        )
        return next((i for fits in ranked for i, c in enumerate(choices) if fits(c)), 0)

    def _look_again(self, identity: Identity) -> None:
        """Something came between the look and the Enter: show it, the same line chosen."""
        before = self.view.choices[self.view.chosen]

        def then(found: tuple[Standing, tuple[Choice, ...]]) -> None:
            standing, choices = found
            same = (before.service, before.licence_class)
            kept = (i for i, c in enumerate(choices) if (c.service, c.licence_class) == same)
            if self.view.identity == identity and not self.view.doing:
                self.show(standing=standing, choices=choices, chosen=next(kept, 0))

        self.read(lambda: self._stands(identity), then)

    def _recall_phone(self, standing: Standing) -> None:
        """The KTP-el's chip has no phone number; the one on record is shown, to be asked about.

        So beside what was typed, where the field for it was left empty.
        """
        identity = self.view.identity
        known = standing.phone_of(identity.applicant) if identity is not None else ""
        if identity is None or identity.applicant.phone or not known:
            return
        if self.view.manual:
            self.field_changed("phone", known)
        self._tell_phone(known)

    def _phone_cleared(self, identity: Identity) -> bool:
        """Whether the phone on record was shown, and somebody emptied its field."""
        standing = self.view.standing
        known = standing.phone_of(identity.applicant) if standing is not None else ""
        return bool(known) and not identity.applicant.phone

    def field_changed(self, name: str, text: str) -> None:
        """A field was left; of who was read from the chip the phone alone is typed."""
        if name == "phone" and self.view.identity is not None and self._phone_alone:
            self._tell_phone(text.strip())
            self.keep_choice()
        else:
            super().field_changed(name, text)

    @property
    def _phone_alone(self) -> bool:
        view = self.view
        return not view.manual and (view.app is None or view.adding)

    def _tell_phone(self, phone: str) -> None:
        identity = self.view.identity
        if identity is not None:
            applicant = replace(identity.applicant, phone=phone)
            self.show(identity=replace(identity, applicant=applicant))

    @property
    def can_match(self) -> bool:
        """Whether a finger may be laid on the sensor (or the reader) once more."""
        identity = self.view.identity
        return identity is not None and not self.view.cases and self.desk.intake.can_match(identity)

    def match_finger(self) -> None:
        """One try of the finger; Esc ends it and is no try."""
        identity = self.view.identity
        if identity is None or not self.can_match:
            return

        def then(tried: Identity) -> None:
            now = self.view.identity
            if now is None:
                return
            self.show(
                identity=replace(
                    now, fingerprint=tried.fingerprint, finger_tries=tried.finger_tries,
                    minutiae=tried.minutiae,
                ),
                needs_second=self.desk.intake.needs_second(tried) and not now.second_officer,
            )  # fmt: skip

        self.wait_for(
            lambda stop: self.desk.intake.match_finger(identity, stop),
            then,
            lane="fingerprint" if identity.minutiae else "eid_reader",
            doing="doing.match_finger",
        )

    def choose(self, index: int) -> None:
        """Choose a service and class."""
        if 0 <= index < len(self.view.choices) and index != self.view.chosen:
            answered = isinstance(self.view.problem, NothingDiffers)
            self.show(chosen=index, problem=None if answered else self.view.problem)
            self.keep_choice()

    # -- by hand ---------------------------------------------------------------------------

    def type_manually(self, override: str = "") -> None:
        """The chip can't be read: type it, with a reason and a second officer."""
        if self.view.cancellable:
            self.cancel_work()
        visit, form = self._given_up
        if self.view.form or self.view.visit is None or self.view.visit.id != visit:
            form = self.view.form
        self.show(
            manual=True, typing=Typing.IDENTITY, needs_second=True, identity=None, standing=None,
            choices=(), problem=None, eid_photo=b"", form=form,
        )  # fmt: skip
        if override:
            self.field_changed("override", override)

    def read_again(self) -> None:
        """Back from typing to the chip; what was typed comes back if this visit types again."""
        if self.view.visit is not None and self.view.form:
            self._given_up = (self.view.visit.id, self.view.form)
        self.forget_draft()
        self.show(
            manual=False, typing=None, form={}, identity=None, standing=None, choices=(),
            needs_second=False, problem=None,
        )  # fmt: skip
        self.read_card()

    def look_up_typed(self) -> None:
        """What was typed is complete: look the person up."""
        typed = self.typed_identity()
        if typed is not None:
            self.show(identity=typed)
            self._look_up(typed)

    def typed_identity(self) -> Identity | None:
        """The form as a person; None (and the problem shown) where something is missing."""
        form = self.view.form
        empty = tuple(name for name in NEEDED if not form.get(name, "").strip())
        if empty:
            first = empty[0]
            one = FieldEmpty(field=first)
            many = FieldsEmpty(field=first, fields=empty, count=len(empty))
            self.show(problem=many if empty[1:] else one)
            return None
        try:
            born = parse_day(form.get("birth_date", ""))
        except ValueError:
            self.show(problem=DateUnreadable(field="birth_date"))
            return None
        applicant = Applicant(
            nik="".join(form.get("nik", "").split()),
            name=form.get("name", "").strip().upper(),
            birth_place=form.get("birth_place", "").strip().upper(),
            birth_date=born,
            sex=sex_of(form.get("sex", "")),
            blood_type=form.get("blood_type", "-").strip().upper() or "-",
            address=form.get("address", "").strip().upper(),
            occupation=form.get("occupation", "").strip().upper(),
            phone=form.get("phone", "").strip(),
            nationality=form.get("nationality", "") or "WNI",
        )
        return Identity(
            applicant,
            IdentitySource.MANUAL,
            override=form.get("override", ""),
            second_officer=self._second.officer if self._second else "",
        )

    # -- two officers ----------------------------------------------------------------------

    def second_officer(self, nrp: str, password: str, override: str = "") -> None:
        """A second officer signs with their own credential, here and for this act alone."""
        by = self.by

        def then(second: Actor) -> None:
            self._second = second
            identity = self.view.identity
            if identity is not None:
                identity = replace(
                    identity,
                    second_officer=second.officer,
                    override=override or identity.override,
                )
            self.show(identity=identity, needs_second=False, said=self.say("walkin.second_signed"))

        self.work(lambda: self.desk.duty.second(by, nrp, password), then)

    # -- registering -----------------------------------------------------------------------

    def register(self) -> None:
        """Make the case out of identity and choice."""
        if self.view.manual and (self.view.standing is None or self._retyped()):
            self.look_up_typed()
            return
        identity, visit = self.view.identity, self.view.visit
        if identity is None:
            self.read_card()
            return
        if visit is None or not self.view.choices:
            return
        choice, by, draft = self.view.choices[self.view.chosen], self.by, self.view.draft_id
        if choice.problems:
            self.show(problem=choice.problems[0])
            return
        if self.view.needs_second:
            self.show(problem=SecondOfficerNeeded())
            return
        if self._phone_cleared(identity):
            self.show(problem=PhoneCleared(field="phone"))
            return
        if self._changes_nothing(choice, identity):
            self.show(problem=NothingDiffers())  # asked once: another Enter says go on
            return

        def refused(problem: Exception) -> None:
            self.show(problem=problem)
            if isinstance(problem, AlreadyOpen):
                self._look_again(identity)

        asked = isinstance(self.view.problem, NothingDiffers)
        record = self._record_of(visit.id)

        def registered(app: Application) -> None:
            self._record_was = (visit.id, record)
            if asked:
                self._unchanged = {**self._unchanged, app.id: app.applicant}
            self._second = None  # they signed this identity, nothing that comes after it
            self.stands(app)
            self.refresh()  # a NIK that two people use is said at once

        self.work(
            lambda: self.desk.intake.register(
                by, visit.id, identity, choice.service, choice.licence_class, draft_id=draft
            ),
            registered,
            failed=refused,
        )

    def _changes_nothing(self, choice: Choice, identity: Identity) -> bool:
        """Whether new data are asked for and there are none.

        The old card's own case says what is printed; where it was made elsewhere, the record does,
        as it stood before this visit.
        """
        view = self.view
        asked = isinstance(view.problem, NothingDiffers)
        if choice.service is not Service.DATA_CHANGE or asked or view.visit is None:
            return False
        with self.desk.ledger.reading() as r:
            licence = r.look(Licence, choice.licence_id) if choice.licence_id else None
            made = r.look(Application, licence.application_id) if licence else None
        before = made.applicant if made else self._record_of(view.visit.id)
        return before is not None and same_on_card(before, identity.applicant)

    def _record_of(self, visit_id: str) -> Applicant | None:
        """What was on record before this visit; its first case mends it, so it is remembered.

        None where nothing was, or where nobody here saw it.
        """
        view = self.view
        if view.cases:
            visit, record = self._record_was
            return record if visit == visit_id else None
        person = view.standing.person if view.standing is not None else None
        return person.applicant if person is not None else None

    def _retyped(self) -> bool:
        """Whether the form was changed since the person was looked up."""
        identity = self.view.identity
        typed = self.typed_identity()
        return identity is None or typed is None or typed.applicant != identity.applicant

    def add_case(self) -> None:
        """Another service for the same person in the same visit."""
        identity = self.identity_of_visit()
        if identity is None or self.view.doing or self.view.correcting:
            return
        self.show(
            adding=True, identity=identity, needs_second=False, problem=None,
            lacks=self.lacking_at(None),
        )  # fmt: skip
        self._look_up(identity)

    def identity_of_visit(self) -> Identity | None:
        """Who is here, as read now or as registered before; the visit keeps how that was."""
        if self.view.identity is not None:
            return replace(self.view.identity, second_officer="")
        if self.view.cases:
            first = self.view.cases[0]
            return Identity(first.applicant, first.identity or IdentitySource.CHIP)
        return None

    def stop_adding(self) -> None:
        """No other case after all."""
        if self.view.adding and self.view.cases:
            self.forget_draft()
            self.show(adding=False, problem=None)
            self.show(lacks=self.lacking_at(self.view.app))
            self.step_begins()


def sex_of(text: str) -> Sex:
    """L/P as officers type it, or the enum's own value."""
    return Sex.FEMALE if text.casefold() in ("p", "perempuan", str(Sex.FEMALE)) else Sex.MALE
