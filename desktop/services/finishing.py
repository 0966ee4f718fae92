"""After printing: the card is looked at and becomes a licence, or its blank is spoiled."""

from __future__ import annotations

from dataclasses import replace

from desktop.cards.inspection.facts import NOT_OURS, CardCheck
from desktop.domain.application import Application
from desktop.domain.officer import Actor, Role, SameOfficer
from desktop.domain.reasons import MissingReason, OverrideReason, SpoilReason
from desktop.domain.shipment import CardCameBack, Parcel
from desktop.domain.stock import (
    OPEN_JOBS,
    Blank,
    BlankAction,
    CardFaulty,
    CardNotOurs,
    CardRefused,
    Job,
    JobInDoubt,
    JobState,
    SerialUnread,
    WrongBlank,
)
from desktop.domain.workflow import APPLICATION, Action, Gate, GatesMissing
from desktop.ledger import Reading, Writing
from desktop.services.approval import Approvals
from desktop.services.base import REPRINT, Frame, reprint_digest, require, serial_digest
from desktop.services.doubts import Doubts
from desktop.services.licences import Licences
from desktop.services.parcels import came_back

OVERRULE = "inspection.overrule"
"""The act that is signed where a machine's finding is passed over."""

SERIAL = "serial"
"""The act that two officers sign who read a blank's serial where no machine can."""


class Finishing(Doubts):
    """Inspection, spoiling, and leave for one more try."""

    def __init__(self, frame: Frame, licences: Licences, approvals: Approvals) -> None:
        super().__init__(frame)
        self._licences = licences
        self._approvals = approvals

    def inspect(
        self,
        by: Actor,
        application_id: str,
        scanned_serial: str = "",
        second: Actor | None = None,
        overrule: str = "",
    ) -> Application:
        """The officer looked at the card and it is good: the blank becomes a licence.

        What the machine saw last counts: a fault that it found is passed with a coded reason
        (`overrule`), a card that it refused with a second officer besides. Raises WrongBlank;
        SerialUnread where neither machine nor officer has read the card's own serial and no second
        officer vouches for it; CardFaulty, CardRefused; CardNotOurs where seal or chip isn't the
        one that was made, which no reason passes.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if scanned_serial and scanned_serial != app.blank_serial:
                raise WrongBlank(scanned_serial, app.blank_serial, "finished")
            job = w.look(Job, app.job_id) if app.job_id else None
            if job is not None and not job.serial_read and not scanned_serial and second is None:
                raise SerialUnread(expected=app.blank_serial)
            if not app.approved_by:  # taken back while the card was being made
                raise GatesMissing(Action.INSPECT, (Gate.APPROVAL,))
            how = self._pass_machine(w, by, app, job, second, overrule)
            app = frame.move(
                w, app, Action.INSPECT, also=(Gate.INSPECTION,),
                told={"serial": app.blank_serial, "how": how}, inspected_by=by.officer,
            )  # fmt: skip
            blank = w.get(Blank, app.blank_serial)
            unread = job is not None and not job.serial_read and not scanned_serial
            if second is not None and (unread or not overrule):
                self._read_by_two(w, by, second, app, blank)
            licence = self._licences.issue(w, app)
            frame.move_blank(w, blank, BlankAction.ISSUE, gates=(Gate.INSPECTION,))
            return frame.move(
                w, app, Action.MAKE_READY,
                told={"licence": licence.id, "serial": app.blank_serial},
                licence_id=licence.id,
            )  # fmt: skip

    def _pass_machine(
        self,
        w: Writing,
        by: Actor,
        app: Application,
        job: Job | None,
        second: Actor | None,
        overrule: str,
    ) -> str:
        """How the card may pass: "machine", "eye" where none looked, or "overruled"."""
        look = job.looks[-1] if job is not None and job.looks else None
        if job is None or look is None or look.verdict == "unseen":
            return "eye"
        if not look.faulty:
            return "machine"
        first = CardCheck(look.findings[0])
        barred = [check for check in look.findings if check in NOT_OURS]
        if barred:
            raise CardNotOurs(check=CardCheck(barred[0]))
        if not overrule or (look.refused and second is None):
            raise CardRefused(check=first) if look.refused else CardFaulty(check=first)
        if second is not None and second.officer == by.officer:
            raise SameOfficer
        reason = OverrideReason(overrule)
        digest = serial_digest(app.id, f"{look.front}:{look.back}:{reason}")
        signers = (by,) if second is None else (by, second)
        signed = tuple(self._approvals.sign(w, each, OVERRULE, app.id, digest) for each in signers)
        name = "" if second is None else second.officer
        w.change(job, looks=(*job.looks[:-1], replace(look, override=str(reason), second=name)))
        told = {"serial": app.blank_serial, "findings": list(look.findings), "reason": reason}
        w.record("inspection.overruled", app.id, told, signed)
        return "overruled"

    def spoil(self, by: Actor, application_id: str, reason: str, *, note: str = "") -> Application:
        """Reject a card at inspection or later: the blank is spoiled, the case prints again.

        Above the office's threshold the next try needs `allow_reprint` first. Raises JobInDoubt
        while the machine still has the card or nobody knows.
        """
        coded = SpoilReason(reason)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self.refuse_unfinished(w, app)
            blank = w.get(Blank, app.blank_serial)
            self._licences.withdraw_card(w, app)
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=coded, statement=note)
            return frame.move(
                w, app, Action.SPOIL,
                also=(Gate.REASON,),
                told={"reason": coded, "serial": app.blank_serial, "note": note},
                blank_serial="", job_id="", chip_uid="",
                licence_id=self._licences.still_standing(w, app),
                old_blank=app.blank_serial,
                reprints=app.reprints + 1,
            )  # fmt: skip

    def card_missing(
        self,
        by: Actor,
        application_id: str,
        reason: str = MissingReason.TRAY_EMPTY,
        statement: str = "",
    ) -> Application:
        """The printer said done, but the tray is empty: the blank is missing, an incident.

        So with a finished card that is gone before it was handed over: its licence is undone and
        the case prints anew. Raises JobInDoubt, the walker's refusals.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self.refuse_unfinished(w, app)
            back = came_back(w, app)
            if back is not None:
                raise CardCameBack(app.number, w.get(Parcel, back.parcel_id).awb)
            self._refuse_others(by, app)
            blank = w.get(Blank, app.blank_serial)
            self._licences.withdraw_card(w, app)
            standing = self._licences.still_standing(w, app)
            return self._lose(w, app, blank, MissingReason(reason), statement, licence_id=standing)

    def _refuse_others(self, by: Actor, app: Application) -> None:
        """Whose duty it is, before the blank is asked: more officers may miss one of those."""
        step = APPLICATION.find(app.state, Action.SPOIL, self._frame.facts(app, by))
        if step is not None:
            require(by, *step.roles)

    def refuse_unfinished(self, w: Writing, app: Application) -> None:
        """Raises JobInDoubt while a job of this case is under way or in doubt."""
        job = w.first(Job, application_id=app.id, state=[*OPEN_JOBS, JobState.IN_DOUBT])
        if job is not None:
            raise JobInDoubt(job=job.id, serial=job.blank_serial)

    def allow_reprint(self, by: Actor, second: Actor, application_id: str) -> Application:
        """Two officers sign for one more try above the threshold. Raises SameOfficer."""
        require(by, Role.PRODUCTION, Role.SUPERVISOR)
        if by.officer == second.officer:
            raise SameOfficer
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            digest = reprint_digest(app)
            signed = tuple(
                self._approvals.sign(w, actor, REPRINT, app.id, digest) for actor in (by, second)
            )
            told = {"tries": app.reprints, "reason": self._why_again(w, app),
                    "second_officer": second.officer}  # fmt: skip
            w.record("application.reprint_allowed", app.id, told, signed)
        return app

    def lost_before(self, application_id: str) -> tuple[int, str]:
        """How many blanks this case has cost, and the coded reason of the last."""
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            return app.reprints, self._why_again(r, app)

    @staticmethod
    def _why_again(r: Reading, app: Application) -> str:
        """What the last blank of this case was lost by."""
        last = r.first(Job, application_id=app.id, order="id", descending=True)
        blank = r.look(Blank, last.blank_serial) if last is not None else None
        return blank.reason if blank is not None else ""

    def await_material(self, by: Actor, application_id: str) -> Application:
        """No blank left: the case waits for stock."""
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            return self._frame.move(w, app, Action.AWAIT_MATERIAL)

    def _read_by_two(
        self, w: Writing, by: Actor, second: Actor, app: Application, blank: Blank
    ) -> None:
        if by.officer == second.officer:
            raise SameOfficer
        digest = serial_digest(app.id, blank.id)
        signed = tuple(
            self._approvals.sign(w, actor, SERIAL, app.id, digest) for actor in (by, second)
        )
        reason = OverrideReason.SERIAL_READ_BY_TWO
        told = {"serial": blank.id, "reason": reason, "second_officer": second.officer}
        w.record("blank.read_by_two", blank.id, told, signed)
