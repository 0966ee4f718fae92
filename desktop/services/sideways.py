"""Going sideways: data confirmed or mended before printing, cases held, resumed and ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from db.trail import Wanted, look
from desktop.domain.application import Application, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import Door, NotOffered, check_age
from desktop.domain.correction import NikFixed, OtherCardDisagrees
from desktop.domain.eligibility import not_offered
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Applicant, Licence, Person, check_birth, check_phone
from desktop.domain.plausible import Doubted, Oddity, ValuesDoubted
from desktop.domain.reasons import CancelReason, HoldReason, RejectReason
from desktop.domain.service import Service
from desktop.domain.validity import keeps_expiry
from desktop.domain.workflow import Action, Gate, NoSuchStep
from desktop.ledger import Reading, Writing
from desktop.notices import ApplicationMoved, TicketsChanged
from desktop.services.base import content_digest, require, waits
from desktop.services.in_time import refuse_late
from desktop.services.particulars import check_particulars
from desktop.services.persons import (
    Persons,
    altered,
    changed_fields,
    check_printable,
    disagree,
    doubts_of,
)

REFUSED = f"application.{Action.REFUSE}"
NOT_YET_DONE = (
    S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED, S.ON_HOLD,
)  # fmt: skip
"""Walk-in states in which the office waits for the applicant."""


class Sideways(Persons):
    """Acts on cases that leave the straight road."""

    def doubts(self, app: Application) -> tuple[Doubted, ...]:
        """What is odd about the data as it will stand on the card."""
        return doubts_of(self._frame, app.applicant)

    def confirm_data(
        self, by: Actor, application_id: str, answered: Collection[Oddity] = ()
    ) -> Application:
        """The applicant has seen the card's preview and says that it is right.

        `answered`: the odd values that they were asked about and said are right; they go into the
        journal. Raises ValuesDoubted while one of them wasn't, and OfficeIsSample.
        """
        check_particulars(self._frame)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            odd = tuple(one.what for one in self.doubts(app))
            if not set(odd) <= set(answered):
                raise ValuesDoubted(odd)
            digest = content_digest(app)
            told: dict[str, object] = {"digest": digest}
            if odd:
                told["answered"] = list(odd)
            return self._frame.move(
                w, app, Action.CONFIRM_DATA, told=told, confirmed_digest=digest, reason="", note=""
            )

    def correct(self, by: Actor, application_id: str, applicant: Applicant) -> Application:
        """Back to the field before printing: new data, earlier approvals void.

        The person's record follows. Raises what `check_printable` names, PhoneUnlikely,
        PhoneCleared, BirthDateImplausible, NikFixed (another NIK is another person: cancel and
        register anew), OtherCardDisagrees, and the rules' refusals that the new data brings.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self.check_corrected(w, app, applicant)
            frame.void_approvals(w, app)
            fields = changed_fields(app.applicant, applicant)
            app = frame.move(
                w, app, Action.CORRECT,
                told={"fields": fields},
                applicant=applicant,
                data_altered=altered(app, fields),
                confirmed_digest="",
                approved_digest="",
                approved_by="",
            )  # fmt: skip
            self.person_follows(w, app)
        return app

    def check_corrected(self, w: Writing, app: Application, applicant: Applicant) -> None:
        """Whether corrected data may stand. Raises what `correct` names."""
        check_printable(applicant)
        check_phone(applicant.phone, app.applicant.phone)
        if applicant.birth_date != app.applicant.birth_date:
            check_birth(applicant.birth_date, self._frame.today())
        if applicant.nik != app.nik:
            raise NikFixed
        person = w.look(Person, app.person_id)
        others = [
            a for a in w.find(Application, person_id=app.person_id)
            if a.id != app.id and a.licence_id
        ]  # fmt: skip
        if person is not None and others and disagree(person.applicant, applicant):
            last = max(others, key=lambda other: other.created_at)
            made = "made" if app.blank_serial or app.licence_id else ""
            raise OtherCardDisagrees(case=last.number, reason=made)
        problems = self.may_have(w, app, applicant)
        if problems:
            raise problems[0]

    def may_have(self, w: Writing, app: Application, applicant: Applicant) -> list[Problem]:
        """Every reason why this applicant can't have what the case asks for."""
        rules = self._frame.rules(app.created_at.astimezone(self._frame.zone.zone).date())
        if not app.service.needs_tests:
            return []
        return check_age(
            rules.classes, app.licence_class, applicant.birth_date, self._frame.today()
        )

    def person_follows(self, w: Writing, app: Application) -> None:
        """The person's record takes the case's data over, unless it is contested."""
        person = w.look(Person, app.person_id)
        if person is not None and not person.conflict and person.applicant != app.applicant:
            self.update_person(w, person, app.applicant)
            w.record("person.corrected", person.id, {"case": app.number})

    # -- set aside -------------------------------------------------------------------------

    def hold(self, by: Actor, application_id: str, reason: str) -> Application:
        """Set a case aside; everything taken so far stays."""
        coded = HoldReason(reason)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            return self._frame.move(
                w, app, Action.HOLD, also=(Gate.REASON,), told={"reason": coded}, note=coded,
                held_note=app.note if app.reason else "",
            )  # fmt: skip

    def resume(self, by: Actor, application_id: str) -> Application:
        """Go on where the hold began; what an approver wrote when sending it back stands again.

        A file that was being looked at is then that of whoever takes it up, if they may verify.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            note = app.held_note or self._sent_back_with(w, app)
            theirs = app.held_from is S.CLAIMED and Role.REGISTRATION in by.roles
            whose = by.officer if theirs else app.claimed_by
            return self._frame.move(
                w, app, Action.RESUME, note=note, held_note="", claimed_by=whose
            )

    def _sent_back_with(self, r: Reading, app: Application) -> str:
        """The sentence beside the reason for which a case was sent back, of one that was held
        before a hold kept it."""
        if not app.reason:
            return ""
        wanted = Wanted(acts=(REFUSED,), subjects=(app.id,))
        last = look(r.conn, self._frame.counter, wanted, newest_first=True, limit=1)
        told = (last[0].content or {}) if last else {}
        return str(told.get("note", "")) if told.get("reason") == app.reason else ""

    def find_open(self, key: str) -> list[Application]:
        """Open cases by a ticket's number of today, a case's number or a NIK."""
        text = "".join(key.split()).upper()
        frame = self._frame
        with frame.ledger.reading() as r:
            found = r.find(Application, nik=text) or r.find(Application, number=text)
            if not found:
                ticket = r.first(Ticket, day=frame.today().isoformat(), number=text)
                found = r.find(Application, visit_id=ticket.visit_id) if ticket else []
        return [app for app in found if waits(app.state)]

    def left_waiting(self) -> list[Application]:
        """Walk-in cases that still wait for their applicant: closing the day lists them."""
        with self._frame.ledger.reading() as r:
            return r.find(Application, state=NOT_YET_DONE, channel="walk_in", order="changed_at")

    # -- ended -----------------------------------------------------------------------------

    def answer_loss(self, by: Actor, application_id: str) -> Application:
        """Asked whether lost or seized, the applicant says lost.

        A case for which the old card should have been brought goes on as its replacement, with the
        police's report; not once its requirements were checked. Whoever says so doesn't approve it.
        Raises NoSuchStep, NotOffered, ReplacementTooLate, RoleMissing, and what `check_ours` raises
        of a case that another counter has.
        """
        told: dict[str, object] = {"loss": "lost"}
        link = self._frame.link
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if link is not None:
                link.check_ours(w, app)
            changes: dict[str, object] = {"loss": "lost"}
            if app.service is not Service.REPLACE_LOST:
                self._check_may_be_lost(w, by, app)
                changes["service"] = told["service"] = Service.REPLACE_LOST
                changes["makers"] = app.makers | {by.officer}
            app = w.change(app, **changes, changed_at=self._frame.now())
            w.record("application.loss_stated", app.id, {"number": app.number, **told})
            w.notify(ApplicationMoved(app.id))
        return app

    def _check_may_be_lost(self, w: Writing, by: Actor, app: Application) -> None:
        require(by, Role.REGISTRATION)
        if app.state is not S.REGISTERED or not app.service.shows_old_card:
            raise NoSuchStep(state=app.state, action=Action.CHECK_REQUIREMENTS)
        refused = self.lost_refused(app)
        if refused is not None:
            raise refused
        lost = replace(app, service=Service.REPLACE_LOST)
        refuse_late(self._frame, w, lost, self._frame.today())

    def lost_refused(self, app: Application) -> NotOffered | None:
        """Why this case can't go on here as the replacement of a lost card, if a door says so."""
        frame = self._frame
        problems = not_offered(
            frame.rules(), Service.REPLACE_LOST, app.licence_class,
            Door(frame.place.door), app.applicant.foreigner,
        )  # fmt: skip
        return problems[0] if problems else None

    def runs_out_as_lost(self, app: Application) -> date | None:
        """The old card's day, which a renewal keeps once it goes on as a lost card's replacement.

        None where that changes nothing, or where nothing on record tells the day.
        """
        frame = self._frame
        renews = app.service is Service.RENEWAL and bool(app.previous_licence)
        if not renews or not keeps_expiry(frame.rules().validity, Service.REPLACE_LOST):
            return None
        with frame.ledger.reading() as r:
            old = r.look(Licence, app.previous_licence)
        return old.valid_until if old is not None else None

    def reject(self, by: Actor, application_id: str, reason: str, note: str = "") -> Application:
        """Refuse a case with a coded reason; other cases of the visit go on."""
        return self._end(by, application_id, Action.REJECT, RejectReason(reason), note)

    def reject_in(self, w: Writing, application_id: str, reason: RejectReason) -> Application:
        """The same inside another act: both or neither."""
        return self._end_in(w, application_id, Action.REJECT, reason, "")

    def cancel(self, by: Actor, application_id: str, reason: str, note: str = "") -> Application:
        """The applicant withdraws, or the case was made by mistake."""
        return self._end(by, application_id, Action.CANCEL, CancelReason(reason), note)

    def expire(self, by: Actor, application_id: str) -> Application:
        """They never came back, or never mended their file: documents released, the reason kept."""
        with self._frame.ledger.acting(by) as w:
            sent_back = w.get(Application, application_id).state is S.SENT_BACK
            late, gone = CancelReason.NOT_MENDED_IN_TIME, CancelReason.NEVER_CAME_BACK
            return self._end_in(w, application_id, Action.EXPIRE, late if sent_back else gone, "")

    def _end(
        self, by: Actor, application_id: str, action: Action, reason: str, note: str
    ) -> Application:
        with self._frame.ledger.acting(by) as w:
            return self._end_in(w, application_id, action, reason, note)

    def _end_in(
        self, w: Writing, application_id: str, action: Action, reason: str, note: str
    ) -> Application:
        frame = self._frame
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
