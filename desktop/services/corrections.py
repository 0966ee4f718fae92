"""What is found out after a card was made: wrong data, wrong hands, somebody else's card.

A card that the office got wrong is made again with the dates of the licence it stands for, and
without a fee. The wrong card never stays with anybody: before the handover it is spoiled, after
it surrendered before two officers, who both sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from desktop.domain.application import Application, CardSwapped, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.calendar import office_date
from desktop.domain.correction import (
    CardInForce,
    CardNotOnRecord,
    CardNotOut,
    CardOfAnother,
    CardStillOut,
    CardTakenIn,
    LicenceNotGood,
    NothingCorrected,
    Surrender,
)
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Applicant, Hold, HoldKind, Licence, LicenceStatus
from desktop.domain.reasons import (
    CardKnownBy,
    DestroyReason,
    RejectReason,
    ReprintReason,
    SpoilReason,
)
from desktop.domain.stock import Blank, BlankAction, BlankState, StatementMissing
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Reading, Writing
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.finds import FOUND_PROPERTY, close_find, find_of
from desktop.services.intake import Intake
from desktop.services.issuing import Issuing
from desktop.services.licences import Licences
from desktop.services.old_cards import take_scanned, taken_in_by
from desktop.services.paper_forms import recall_letter
from desktop.services.papers import MadePaper, Papers
from desktop.services.persons import altered, changed_fields
from desktop.services.signing import sign_both

CORRECT = "application.correct_handed"
TAKE_BACK = "application.take_back"
"""The acts that two officers sign."""

WRONG_PERSON = "wrong_person"
"""The kind of incident of cards in wrong hands."""

RETURN_WITHIN = timedelta(days=14)
"""How long a recall letter gives its reader."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A card that somebody handed in: whose it is, and what was made of it."""

    whose: Surrender
    licence: Licence | None = None
    incident: Incident | None = None
    taken: bool = False
    """Whether it stays here for the new card."""


class Corrections:
    """Acts on cards that are wrong, or in the wrong hands."""

    def __init__(
        self,
        frame: Frame,
        approvals: Approvals,
        licences: Licences,
        intake: Intake,
        issuing: Issuing,
        papers: Papers,
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._licences = licences
        self._intake = intake
        self._issuing = issuing
        self._papers = papers

    # -- wrong data ------------------------------------------------------------------------

    def printed(self, by: Actor, application_id: str, applicant: Applicant) -> Application:
        """A typo found after printing: the blank is spoiled, the case goes back to the field.

        Same validity, no fee, a fresh approval. A file from home is verified anew: by whoever
        corrects it, or where that isn't their duty by anybody whose duty it is. Raises
        NothingCorrected, JobInDoubt, and what `Intake.correct` raises.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            fields = self._check(w, app, applicant)
            self._issuing.refuse_unfinished(w, app)
            blank = w.get(Blank, app.blank_serial)
            self._licences.withdraw_card(w, app)
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=SpoilReason.DATA_ERROR_OFFICE)
            app = self._back_to_the_field(
                w, app, Action.CORRECT_PRINTED, applicant,
                told={"fields": fields, "serial": blank.id,
                      "reason": ReprintReason.DATA_ERROR_OFFICE},
                licence_id="",
                claimed_by="",
            )  # fmt: skip
            if app.state is S.RECEIVED and Role.REGISTRATION in by.roles:
                app = frame.move(w, app, Action.CLAIM, claimed_by=by.officer)
            return app

    def handed(
        self,
        by: Actor,
        second: Actor,
        application_id: str,
        scanned_serial: str,
        applicant: Applicant,
        *,
        typed: bool = False,
    ) -> Application:
        """A typo found after the handover, against surrender of the wrong card; both sign.

        The licence stands until the new card is issued, the old one waits for destruction.
        Raises CardSwapped (another card was scanned), SameOfficer, and what `printed` raises.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self._check_scan(w, app, scanned_serial)
            fields = self._check(w, app, applicant)
            signed = sign_both(
                self._approvals, w, by, second, CORRECT, app.id,
                {"serial": scanned_serial, "number": app.number, "fields": fields},
            )  # fmt: skip
            blank = w.get(Blank, app.blank_serial)
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=SpoilReason.DATA_ERROR_OFFICE)
            return self._back_to_the_field(
                w, app, Action.CORRECT_HANDED, applicant,
                told={"fields": fields, **_of_card(blank.id, typed=typed), "second": second.officer,
                      "reason": ReprintReason.CORRECTION_AFTER_HANDOVER},
                also=(Gate.SURRENDERED,),
                second=second.officer,
                approvals=signed,
            )  # fmt: skip

    def _check(self, w: Writing, app: Application, applicant: Applicant) -> list[str]:
        fields = changed_fields(app.applicant, applicant)
        if not fields:
            raise NothingCorrected
        self._intake.check_corrected(w, app, applicant)
        return fields

    def _back_to_the_field(
        self,
        w: Writing,
        app: Application,
        action: Action,
        applicant: Applicant,
        *,
        also: tuple[Gate, ...] = (),
        **changes: object,
    ) -> Application:
        frame = self._frame
        frame.void_approvals(w, app)
        app = frame.move(
            w, app, action,
            also=(Gate.REASON, *also),
            applicant=applicant,
            data_altered=altered(app, changed_fields(app.applicant, applicant)),
            keep_validity=True,
            no_fee=True,
            confirmed_digest="",
            approved_digest="",
            approved_by="",
            blank_serial="",
            job_id="",
            chip_uid="",
            inspected_by="",
            old_blank=app.blank_serial,
            reprints=app.reprints + 1,
            **changes,  # type: ignore[arg-type]
        )  # fmt: skip
        self._intake.person_follows(w, app)
        return app

    # -- wrong hands -----------------------------------------------------------------------

    def given_to_other(
        self, by: Actor, application_id: str, other_id: str = ""
    ) -> tuple[Incident, list[MadePaper]]:
        """A card went to the wrong person; with `other_id`, that person's card went astray too.

        Every licence concerned is flagged, and each holder gets a recall letter. Raises CardNotOut
        where that other card still lies here, or another one was given out in its place.
        """
        require(by, Role.REGISTRATION, Role.DISPATCH, Role.SUPERVISOR)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            cases = [w.get(Application, one) for one in (application_id, other_id) if one]
            for other in cases[1:]:
                self._check_out(w, other, cases[0])
            astray = [w.get(Licence, app.licence_id) for app in cases]
            for licence in astray:
                self._licences.flag(w, licence, WRONG_PERSON)
            incident = self._open(
                w, WRONG_PERSON, cases[0].id,
                {"application": cases[0].number,
                 "other": cases[1].number if len(cases) > 1 else ""},
            )  # fmt: skip
        return incident, [self.letter(by, incident, licence.id) for licence in astray]

    def letter(self, by: Actor, incident: Incident, licence_id: str) -> MadePaper:
        """The letter that recalls a card of an incident; its term runs from the incident's day.

        Raises NoSealKey.
        """
        until = office_date(incident.opened_at, self._frame.zone) + RETURN_WITHIN
        reason = self._papers.words().of(ReprintReason.GIVEN_TO_OTHER_PERSON)
        return recall_letter(self._papers, by, licence_id, reason, until)

    def take_back(
        self,
        by: Actor,
        second: Actor,
        application_id: str,
        scanned_serial: str,
        *,
        typed: bool = False,
    ) -> Application:
        """The card comes back from the wrong person, before two officers; it can be handed over.

        Raises CardSwapped, SameOfficer, RoleMissing.
        """
        require(by, Role.REGISTRATION, Role.SUPERVISOR)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self._check_scan(w, app, scanned_serial)
            signed = sign_both(
                self._approvals, w, by, second, TAKE_BACK, app.id,
                {"serial": scanned_serial, "number": app.number},
            )  # fmt: skip
            licence = w.get(Licence, app.licence_id)
            licence = w.change(licence, handed_over_at=None)
            self._licences.clear(w, licence, TAKE_BACK)
            return frame.move(
                w, app, Action.TAKE_BACK,
                also=(Gate.SURRENDERED, Gate.REASON),
                told={**_of_card(scanned_serial, typed=typed), "second": second.officer,
                      "reason": ReprintReason.GIVEN_TO_OTHER_PERSON},
                second=second.officer,
                approvals=signed,
                handed_to="",
            )  # fmt: skip

    def exchanged(self, by: Actor, incident_id: str, statement: str) -> Incident:
        """Every card is with its own person again, and the supervisor says how it came.

        Raises RoleMissing, StatementMissing, CardStillOut. One that is closed stays as it is.
        """
        require(by, Role.SUPERVISOR)
        said = " ".join(statement.split())
        if not said:
            raise StatementMissing
        with self._frame.ledger.acting(by) as w:
            incident = w.get(Incident, incident_id)
            if incident.closed_by:
                return incident
            for app in self.concerned(w, incident):
                licence = w.look(Licence, app.licence_id) if app.licence_id else None
                astray = licence is not None and licence.status is LicenceStatus.FLAGGED
                if astray or app.state not in (S.HANDED_OVER, S.CLOSED):
                    raise CardStillOut(number=app.number)
            incident = w.change(
                incident, statement=said, closed_by=by.officer, closed_at=self._frame.now()
            )
            w.record("incident.closed", incident.id, {"kind": incident.kind, "statement": said})
        return incident

    @staticmethod
    def concerned(r: Reading, incident: Incident) -> list[Application]:
        """The cases whose cards an incident of `WRONG_PERSON` is about."""
        numbers = (incident.details.get("application", ""), incident.details.get("other", ""))
        found = [r.first(Application, number=number) for number in numbers if number]
        return [app for app in found if app is not None]

    # -- somebody else's card --------------------------------------------------------------

    def handed_in(self, by: Actor, application_id: str, scanned_serial: str) -> HandedIn:
        """A card handed in for a replacement or renewal: is it this person's?

        Somebody else's is kept as found property, an incident; `CardOfAnother` is then for the
        caller to raise. One that isn't on record (made elsewhere) is for the officer's own eye.
        Raises CardTakenIn where another case took it in already.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            licence = w.first(Licence, blank_serial=scanned_serial) if scanned_serial else None
            if licence is None:
                w.record("card.handed_in", app.id, {"serial": scanned_serial, "known": False})
                return HandedIn(Surrender.NOT_ON_RECORD)
            if licence.person_id == app.person_id:
                taken = take_scanned(w, self._frame, app, licence)
                now = licence.status is LicenceStatus.VALID
                return HandedIn(Surrender.OWN if now else Surrender.OWN_OLD, licence, taken=taken)
            self._refuse_taken_in(w, licence)
            incident = find_of(w, licence) or self._open(
                w, FOUND_PROPERTY, licence.id,
                {"application": app.number, "serial": scanned_serial},
            )  # fmt: skip
        return HandedIn(Surrender.OF_ANOTHER, licence, incident)

    def found(self, by: Actor, scanned_serial: str, *, typed: bool = False) -> Incident:
        """A finder brings somebody's card: kept as found property until its holder is reached.

        A second scan of the same card opens nothing new. Raises CardNotOnRecord, CardTakenIn,
        RoleMissing.
        """
        require(by, Role.REGISTRATION, Role.PRODUCTION, Role.DISPATCH, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            licence = w.first(Licence, blank_serial=scanned_serial) if scanned_serial else None
            if licence is None:
                raise CardNotOnRecord(code=scanned_serial)
            self._refuse_taken_in(w, licence)
            return find_of(w, licence) or self._open(
                w, FOUND_PROPERTY, licence.id, _of_card(scanned_serial, typed=typed)
            )

    def give_back(self, by: Actor, scanned_serial: str, *, typed: bool = False) -> Incident:
        """The holder fetches a card that was found: it was compared with them, and is theirs again.

        Raises CardNotOnRecord (nothing is kept of this serial), LicenceNotGood (replaced or flagged
        meanwhile: it stays here), CardTakenIn, RoleMissing.
        """
        require(by, Role.REGISTRATION, Role.PRODUCTION, Role.DISPATCH, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            licence = w.first(Licence, blank_serial=scanned_serial) if scanned_serial else None
            kept = find_of(w, licence)
            if licence is None or kept is None:
                raise CardNotOnRecord(code=scanned_serial)
            if licence.status is not LicenceStatus.VALID:
                raise LicenceNotGood(status=licence.status)
            self._refuse_taken_in(w, licence)
            w.record("card.given_back", licence.id, _of_card(scanned_serial, typed=typed))
            return close_find(w, self._frame, kept)

    @staticmethod
    def replaced(r: Reading, serial: str) -> bool:
        """Whether this card was made here and another one stands in its place now."""
        blank = r.look(Blank, serial) if serial else None
        if blank is None or blank.state is not BlankState.ISSUED:
            return False
        licence = r.first(Licence, blank_serial=serial)
        if licence is not None:
            return licence.status in (LicenceStatus.SUPERSEDED, LicenceStatus.REVOKED)
        return r.first(Application, blank_serial=serial) is None

    def turned_up(self, by: Actor, scanned_serial: str, *, typed: bool = False) -> Blank:
        """A card that was replaced lies here again: it goes with those to be destroyed.

        Raises CardNotOnRecord (not made here), CardInForce (it wasn't replaced), RoleMissing.
        """
        require(by, Role.DISPATCH, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            blank = w.look(Blank, scanned_serial) if scanned_serial else None
            if blank is None:
                raise CardNotOnRecord(code=scanned_serial)
            if not self.replaced(w, scanned_serial):
                raise CardInForce(serial=scanned_serial)
            licence = w.first(Licence, blank_serial=scanned_serial)
            kept = find_of(w, licence)
            if kept is not None:
                close_find(w, self._frame, kept)
            revoked = licence is not None and licence.status is LicenceStatus.REVOKED
            reason = DestroyReason.REVOKED if revoked else DestroyReason.SURRENDERED
            return self._frame.move_blank(
                w, blank, BlankAction.SET_ASIDE, reason=reason, told=_known_by(typed=typed)
            )

    def taken_in_by(self, r: Reading, licence: Licence | None, serial: str) -> str:
        """The number of the open case that took this card in; "" where none did."""
        if licence is None or licence.blank_serial != serial:
            return ""
        holder = taken_in_by(r, self._frame, licence)
        return holder.number if holder is not None else ""

    def _refuse_taken_in(self, r: Reading, licence: Licence) -> None:
        number = self.taken_in_by(r, licence, licence.blank_serial)
        if number:
            raise CardTakenIn(serial=licence.blank_serial, number=number)

    def refuse_another(self, found: HandedIn) -> None:
        """Raises CardOfAnother where the card handed in belongs to somebody else."""
        if found.whose is Surrender.OF_ANOTHER and found.licence is not None:
            raise CardOfAnother(
                serial=found.licence.blank_serial, licence_class=found.licence.licence_class
            )

    def seized(
        self,
        by: Actor,
        application_id: str,
        *,
        reference: str,
        authority: str,
        settle_at: str,
    ) -> Application:
        """The card wasn't lost, the police took it: a hold in force, and no replacement as lost."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            hold = w.add(
                Hold(
                    id=frame.ids.new(),
                    nik=app.nik,
                    kind=HoldKind.CARD_SEIZED,
                    reason=str(RejectReason.CARD_SEIZED),
                    reference=reference,
                    authority=authority,
                    settle_at=settle_at,
                    since=frame.today(),
                )
            )
            w.record("hold.entered", hold.id, {"kind": hold.kind, "reference": reference})
            return self._intake.reject_in(w, application_id, RejectReason.CARD_SEIZED)

    # -- inside ----------------------------------------------------------------------------

    def _check_scan(self, w: Writing, app: Application, scanned: str) -> None:
        if scanned == app.blank_serial and scanned:
            return
        other = w.first(Application, blank_serial=scanned) if scanned else None
        raise CardSwapped(
            expected=app.blank_serial,
            found=scanned,
            found_class=str(other.licence_class) if other else "",
        )

    @staticmethod
    def _check_out(r: Reading, app: Application, first: Application) -> None:
        licence = r.look(Licence, app.licence_id) if app.licence_id else None
        given = app.state in (S.HANDED_OVER, S.CLOSED) and app.id != first.id
        if not given or licence is None or licence.status is not LicenceStatus.VALID:
            raise CardNotOut(serial=app.blank_serial or app.number)

    def _open(self, w: Writing, kind: str, subject: str, details: dict[str, str]) -> Incident:
        incident = w.add(
            Incident(
                id=self._frame.ids.new(),
                kind=kind,
                subject=subject,
                opened_by=w.by.officer,
                opened_at=self._frame.now(),
                details=details,
            )
        )
        w.record("incident.opened", incident.id, {"kind": kind, **details})
        return incident


def _of_card(serial: str, *, typed: bool) -> dict[str, str]:
    """Which card it was, and that no scanner read it where its number was typed."""
    return {"serial": serial, **_known_by(typed=typed)}


def _known_by(*, typed: bool) -> dict[str, str]:
    return {"known_by": CardKnownBy.TYPED} if typed else {}
