"""What the store is told while a card is made: one short transaction at each step, none across two.

Each step says how far the card came *before* the machine goes on, so that whatever stops the
program, the job's state tells what may have become of the blank.
"""

from __future__ import annotations

from db.errors import StoreProblem
from desktop.domain.application import Application
from desktop.domain.officer import Actor
from desktop.domain.reasons import SpoilReason
from desktop.domain.stock import (
    OPEN_JOBS,
    Blank,
    BlankAction,
    BlankState,
    Job,
    JobInDoubt,
    JobState,
    NoBlankAssigned,
)
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Writing
from desktop.services import pool
from desktop.services.cardmaker import MadeCard
from desktop.services.doubts import Outcome, Result
from desktop.services.finishing import Finishing


class MakingRecord(Finishing):
    """The steps of production as the store keeps them; what they drive is `Issuing`."""

    # -- step by step ----------------------------------------------------------------------

    def _reserve(
        self,
        by: Actor,
        application_id: str,
        job_id: str,
        serial: str,
        second: Actor | None,
        batch: str,
        cards: int,
        panels: int,
        printer: str,
        stack: str,
    ) -> tuple[Application, Job]:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            doubtful = w.first(Job, application_id=application_id, state=JobState.IN_DOUBT)
            if doubtful is not None:
                raise JobInDoubt(job=doubtful.id, serial=doubtful.blank_serial)
            app = w.get(Application, application_id)
            frame.refuse_held(w, app.nik)
            if stack and not serial:
                blank = pool.on_top(frame, w, stack, printer)
            else:
                blank = self._take_blank(w, serial)
            dates = self._licences.dates(w, app)
            job = Job(
                id=job_id,
                application_id=app.id,
                blank_serial=blank.id,
                state=JobState.INTENT,
                officer=by.officer,
                started_at=frame.now(),
                shift=frame.shift_id(w),
                cards_before=cards,
                panels_before=panels,
                printer=printer,
                batch=batch,
            )
            app = frame.move(
                w, app, Action.RESERVE,
                told={"serial": blank.id, "job": job.id, "issued_on": dates.issued_on,
                      "valid_until": dates.valid_until},
                blank_serial=blank.id,
                job_id=job.id,
                issue_on=dates.issued_on,
                valid_until=dates.valid_until,
                sim_number=dates.sim_number,
            )  # fmt: skip
            frame.move_blank(w, blank, BlankAction.RESERVE, application_id=app.id)
            w.add(job)
            w.record("job.intent", job.id, {"application": app.id, "serial": blank.id})
            if second is not None:
                self._read_by_two(w, by, second, app, blank)
        return app, job

    def _take_blank(self, w: Writing, serial: str) -> Blank:
        frame = self._frame
        if serial:
            blank = w.look(Blank, serial)
            if (
                blank is None
                or blank.state is not BlankState.ASSIGNED
                or blank.custodian != frame.counter
            ):
                raise NoBlankAssigned(counter=frame.counter)
            return blank
        blank = w.first(Blank, custodian=frame.counter, state=BlankState.ASSIGNED)
        if blank is None:
            raise NoBlankAssigned(counter=frame.counter)
        return blank

    def _serial_unread(self, by: Actor, job: Job) -> Job:
        with self._frame.ledger.acting(by) as w:
            job = w.change(job, serial_read=False)
            w.record("job.serial_unread", job.id, {"serial": job.blank_serial})
        return job

    def _encoding(self, by: Actor, job: Job, uid: str) -> Job:
        """From here on the chip may know a person, whatever happens next."""
        with self._frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.ENCODING, chip_uid=uid)
            w.record("job.encoding", job.id, {"uid": uid})
        return job

    def _encoded(
        self, by: Actor, app: Application, job: Job, made: MadeCard, uid: str
    ) -> tuple[Application, Job]:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = frame.move(
                w, app, Action.ENCODE,
                also=(Gate.CHIP_READ_BACK,),
                told=made.told(uid),
                chip_uid=uid,
                faces_digest=made.faces_digest,
            )  # fmt: skip
            job = w.change(
                job,
                state=JobState.ENCODED,
                chip_digest=made.chip_digest,
                faces_digest=made.faces_digest,
            )
            w.record("job.encoded", job.id, {"uid": uid})
        return app, job

    def _printing(self, by: Actor, job: Job) -> Job:
        """The second intent: from here on ribbon may be spent."""
        with self._frame.ledger.acting(by) as w:
            blank = w.get(Blank, job.blank_serial)
            self._frame.move_blank(w, blank, BlankAction.LOAD)
            job = w.change(job, state=JobState.PRINTING)
            w.record("job.printing", job.id, {"serial": job.blank_serial})
        return job

    def _printed(self, by: Actor, app: Application, job: Job) -> Result:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.PRINTED, finished_at=frame.now())
            w.record("job.printed", job.id, {"serial": job.blank_serial})
            app = frame.move(
                w, app, Action.PRINT, also=(Gate.CARD_PRINTED,),
                told={"serial": job.blank_serial},
            )  # fmt: skip
        return Result(Outcome.PRINTED, app, job)

    # -- how it ended ----------------------------------------------------------------------

    def _failed(
        self,
        by: Actor,
        app: Application,
        job: Job,
        fault: Exception,
        *,
        spoiled: bool,
        reason: SpoilReason,
        put_back: str = "",
    ) -> Result:
        frame = self._frame
        name = type(fault).__name__
        with frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.FAILED, fault=name, finished_at=frame.now())
            app = self._undo(w, app, job, spoiled=spoiled, reason=reason, told={"fault": name})
        outcome = Outcome.SPOILED if spoiled else Outcome.FAILED
        return Result(outcome, app, job, fault, put_back)

    def _doubt(self, by: Actor, app: Application, job: Job, fault: Exception) -> Result:
        job = self._set_doubt(by, job, type(fault).__name__)
        return Result(Outcome.IN_DOUBT, app, job, fault)

    def _doubt_if_possible(self, by: Actor, job: Job, stopped: StoreProblem) -> None:
        try:
            with self._frame.ledger.reading() as r:
                now = r.get(Job, job.id)
            if now.state in OPEN_JOBS:
                self._set_doubt(by, now, type(stopped).__name__)
        except StoreProblem:
            return
