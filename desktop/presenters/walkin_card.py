"""The walk-in's end: the applicant confirms, the card is made, looked at and handed over."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.application import (
    Application,
    Attempt,
    Paper,
    ProxyLetterMissing,
    ProxyUnnamed,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import NothingCorrected, OldCardNotTaken
from desktop.domain.officer import SERVING, Actor
from desktop.domain.offline import PrintLater
from desktop.domain.person import Hold
from desktop.domain.reasons import MissingReason
from desktop.domain.service import Service
from desktop.domain.stock import BlankNotBack, DoubtAnswer, Job, JobState, SerialUnread, WrongBlank
from desktop.domain.workflow import Gate, GatesMissing
from desktop.presenters.applicant_form import form_of, typed_applicant
from desktop.presenters.base import DESK, Said
from desktop.presenters.problems import ReprintNeedsSecond, ScanTheCard, StillNothingDiffers
from desktop.presenters.training_scans import bring_card, can_play
from desktop.presenters.walkin_base import WalkInBase
from desktop.presenters.walkin_identity import IdentitySteps
from desktop.presenters.walkin_view import LOOKING, PRINTING, CardFaces, Typing, WalkStep, step_of
from desktop.services.card_code import card_serial
from desktop.services.doubts import Doubt, Outcome, Result
from desktop.services.handover import Recipient
from desktop.services.own_jobs import own_jobs
from desktop.services.paper_forms import intake_receipt
from desktop.services.papers import HANDOVER, MadePaper, letters_out
from desktop.services.persons import same_on_card
from devices.errors import Cancelled

if TYPE_CHECKING:
    from desktop.services.card_looking import Looked

PAPER_LANE = "document_printer"
VIEWER_LANE = "card_viewer"


class CardSteps(IdentitySteps):
    """Confirming, correcting, printing, inspecting, handing over."""

    _by_eye = ""
    """The case whose card was refused because neither machine nor scanner has read its number."""

    def preview(self) -> None:
        """Draw the card as it will be, both sides; and ask about a job in doubt."""
        app = self.view.app
        if app is None or not app.photo:
            return
        self.show(doubted=self.desk.intake.doubts(app))

        def look() -> tuple[CardFaces, Job | None, int, tuple[Hold, ...], bool, str]:
            made = self.desk.cardmaker.preview(app)
            with self.desk.ledger.reading() as r:
                doubts = own_jobs(self.desk.frame, r, [JobState.IN_DOUBT])
                job = next((one for one in doubts if one.application_id == app.id), None)
                holds = tuple(r.find(Hold, nik=app.nik, active=True))
                limited = self.limited(r, app)
                letters = letters_out(r, app.id)
                last = r.look(Job, app.job_id) if app.job_id else None
            read = last.blank_serial if last is not None and last.serial_read else ""
            faces = CardFaces(made.front, made.back, letters)
            return faces, job, self.desk.stock.at_counter(), holds, limited, read

        def then(found: tuple[CardFaces, Job | None, int, tuple[Hold, ...], bool, str]) -> None:
            faces, job, blanks, holds, limited, read = found
            if self.view.app is None or self.view.app.id != app.id:
                return
            self.show(
                faces=faces, blanks_left=blanks, can_look=self.desk.card_looks.possible,
                holds=holds, reprint_limited=limited, read_by_printer=read,
            )  # fmt: skip
            if job is not None:
                self.examine(job.id)
            else:
                self.show(doubt=None)

        self.read(look, then)

    # -- the applicant looks ---------------------------------------------------------------

    def confirm(self) -> None:
        """The applicant says that the data is right; odd values are asked about first."""
        app, by = self.view.app, self.by
        if app is not None and self._still_unchanged(app):
            self.show(problem=StillNothingDiffers())  # asked once: another Enter says go on
        elif app is not None:
            self.show(doubted=self.desk.intake.doubts(app))  # it may have been mended elsewhere
            self.work(lambda: self.desk.intake.confirm_data(by, app.id), self._confirmed)

    def _still_unchanged(self, app: Application) -> bool:
        """Not of a case that goes on as a lost card's: its data may well be the same."""
        if app.service is not Service.DATA_CHANGE:
            return False
        was = self._unchanged.get(app.id)
        asked = isinstance(self.view.problem, StillNothingDiffers)
        return was is not None and not asked and same_on_card(was, app.applicant)

    def confirm_odd(self) -> None:
        """The applicant was asked about each odd value on show, and says that it is right."""
        app, by, view = self.view.app, self.by, self.view
        if app is not None and view.asks:
            asked = frozenset(one.what for one in view.doubted)
            self.work(lambda: self.desk.intake.confirm_data(by, app.id, asked), self._confirmed)

    def _confirmed(self, app: Application) -> None:
        """It waits for the approver: whoever is here is served on at their other case."""
        self.stands(app)
        other = self.view.goes_on
        if other is not None and step_of(app) is WalkStep.APPROVAL:
            self.show(said=self.say("walkin.confirmed_next"))
            self.pick(other)

    def begin_correction(self) -> None:
        """Open the fields of a case that isn't printed yet."""
        app = self.view.app
        if app is None or self.view.doing:
            return
        self.show(
            correcting=True,
            typing=Typing.CORRECTION,
            problem=None,
            form=form_of(app.applicant),
        )

    def correct(self) -> None:
        """Store the corrected fields; approvals given before are void."""
        app, by = self.view.app, self.by
        typed = self.typed_identity()
        if app is None or typed is None:
            return
        applicant = typed_applicant(self.view.form, app.applicant)
        applicant = replace(applicant, nik=typed.applicant.nik)
        if applicant == app.applicant:
            self.show(problem=NothingCorrected())
            return

        def then(moved: Application) -> None:
            self.forget_draft()
            self.stands(moved)
            if app.approved_by:  # the step went back, and why isn't seen on it
                self.show(said=self.say("walkin.approval_void"))

        self.work(lambda: self.desk.intake.correct(by, app.id, applicant), then)

    def cancel_correction(self) -> None:
        """Leave the fields as they were."""
        self.forget_draft()
        self.show(correcting=False, typing=None, form={}, problem=None)

    # -- production ------------------------------------------------------------------------

    def issue(self, serial: str = "") -> None:
        """Print and encode."""
        app, by = self.view.app, self.by
        if app is not None and app.state is S.AWAITING_MATERIAL:
            self.work(lambda: self.desk.letters.go_on(by, app.id), self.stands)
            return
        if app is None or app.state is not S.APPROVED or self.view.doubt is not None:
            self.refresh()
            return
        if self.view.doing:
            return
        stop = self._stop = threading.Event()
        self.show(
            outcome=None, fault=None, put_back=None, written_off=None, problem=None, doing=PRINTING,
            past_stop=False, scanned_serial="",
        )  # fmt: skip
        self._by_eye = ""

        def shown() -> bool:
            """Whether this case is still on the screen, or somebody else is served by now."""
            return any(case.id == app.id for case in self.view.cases)

        def then(result: Result) -> None:
            if not shown():
                tell = self.say if result.outcome is Outcome.PRINTED else self.warn
                self.show(said=tell(self._behind(result.outcome), number=app.number))
                return
            if self.view.doing == PRINTING:
                self.view = replace(self.view, doing="")
            self._issued(result, by)

        def failed(problem: Exception) -> None:
            cancelled = isinstance(problem, Cancelled)
            if not shown():
                if not cancelled:
                    self.show(said=self.warn(self._behind("refused"), number=app.number))
                return
            doing = "" if self.view.doing == PRINTING else self.view.doing
            if isinstance(problem, GatesMissing) and Gate.REPRINT_ALLOWED in problem.missing:
                problem = ReprintNeedsSecond(problem.action, problem.missing)
            if isinstance(problem, BlankNotBack):
                self.show(
                    doing=doing, outcome=Outcome.NOT_STARTED, fault=problem,
                    put_back=self._put_back(problem.expected),
                )  # fmt: skip
                return
            self.show(doing=doing, problem=None if cancelled else problem)
            if isinstance(problem, PrintLater):
                self._print_later(app, by)

        self.desk.lanes.call(
            "card_printer",
            lambda: self.desk.issuing.issue(by, app.id, serial=serial, cancel=stop),
            then,
            failed,
        )

    def _behind(self, ended: str) -> str:
        """What is said of a card made while others are served; an approver opens none."""
        return f"walkin.behind.{ended}" + ("" if self.has_duty(*SERVING) else ".others")

    def _issued(self, result: Result, by: Actor) -> None:
        app = result.application
        cases = tuple(app if known.id == app.id else known for known in self.view.cases)
        self.show(
            cases=cases, outcome=result.outcome, fault=result.fault,
            put_back=self._put_back(result.put_back),
        )  # fmt: skip
        if result.outcome is Outcome.IN_DOUBT and result.job is not None:
            self.examine(result.job.id)
        elif result.outcome is Outcome.PRINTED:
            self.preview()
            if self.still_here(by):  # else whoever made it looks with the next Enter
                self.look_at_card()
        else:
            self.refresh()  # a blank may have been lost in it,
            self.preview()  # and then its number is no longer on the card to come

    def _put_back(self, serial: str) -> Said | None:
        """Where this blank belongs; in training a hand of the panel puts it there."""
        if not serial:
            return None
        played = can_play(self.desk)
        return self.warn("walkin.put_back_played" if played else "walkin.put_back", serial=serial)

    def examine(self, job_id: str) -> None:
        """Ask the hardware about a job in doubt; one question at a time."""
        if self._examining:
            return
        self._examining = True

        def then(doubt: Doubt) -> None:
            self._examining = False
            if self.view.app is not None and self.view.app.id == doubt.application.id:
                self.show(doubt=doubt, doubt_answers=doubt.answers)

        def failed(problem: Exception) -> None:
            self._examining = False
            self.show(problem=problem)

        self.desk.lanes.call(
            "card_printer", lambda: self.desk.issuing.examine(job_id), then, failed
        )

    def printer_changed(self) -> None:
        """It may be able to say by now what it couldn't while it was off."""
        doubt = self.view.doubt
        if doubt is None or None not in (doubt.card_inside, doubt.counter_moved):
            return
        self.examine(doubt.job.id)

    def answer_doubt(self, answer: str, *, blank_here: bool = True) -> None:
        """One question, three answers."""
        doubt, by = self.view.doubt, self.by
        if doubt is None:
            return

        def then(result: Result) -> None:
            self.show(doubt=None)
            self._issued(result, by)

        self.work(
            lambda: self.desk.issuing.answer(
                by, doubt.job.id, DoubtAnswer(answer), blank_here=blank_here
            ),
            then,
            lane="card_printer",
        )

    def look_at_card(self) -> None:
        """The machine's look at the printed card, where there is a viewer; once more on demand."""
        app, by, serial = self.view.app, self.by, self.view.scanned_serial
        looks = self.desk.card_looks
        self.show(can_look=looks.possible)
        if app is None or app.state is not S.PRINTED or not looks.possible:
            return
        # Also where nothing is seen in the end: the eye then goes on alone.
        self.show(tried_card=app.id, inspection=None, to_turn="")
        hint = self.turning(app.id)

        def then(looked: Looked) -> None:
            if self.view.tried_card == app.id:
                self.show(inspection=looked.inspection, problem=None)

        def look(stop: threading.Event) -> Looked:
            bring_card(self.desk, app)
            return looks.look(by, app.id, serial, stop, hint)

        self.wait_for(
            look, then,
            lane=VIEWER_LANE, doing=LOOKING,
        )  # fmt: skip

    def inspect(self) -> None:
        """The card is good; where there is a viewer, it has been in it."""
        app, by = self.view.app, self.by
        if app is None:
            return
        if self.desk.card_looks.possible and self.view.tried_card != app.id:
            self.look_at_card()
            return
        serial = self.view.scanned_serial
        self.show(outcome=None, fault=None)
        self.work(
            lambda: self.desk.issuing.inspect(by, app.id, serial), self._passed,
            failed=self._not_passed,
        )  # fmt: skip

    def _passed(self, app: Application) -> None:
        """A card is good: before it is handed over, it is scanned anew."""
        self.show(scanned_serial="")
        self.stands(app)

    def _not_passed(self, problem: Exception) -> None:
        """The number that was scanned counts on, another card's too: no Enter passes that one."""
        app = self.view.app
        if app is not None and isinstance(problem, (SerialUnread, WrongBlank)):
            self._by_eye = app.id
        self.show(problem=problem)

    @property
    def unread(self) -> bool:
        """Whether two officers may read the number of a card that was refused for it."""
        app = self.view.app
        if app is None or app.state is not S.PRINTED or app.id != self._by_eye:
            return False
        return self.view.scanned_serial != app.blank_serial

    def read_by_two(self, nrp: str, password: str) -> None:
        """The card is good, and two officers read its number by eye and sign so."""
        app, by = self.view.app, self.by
        if app is None or not self.unread:
            return

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.issuing.inspect(by, app.id, second=second)

        self.work(act, self._passed)

    def overrule_card(self, reason: str, nrp: str = "", password: str = "") -> None:
        """Pass a card at which the machine found something; a refused one with a second officer."""
        app, by, serial = self.view.app, self.by, self.view.scanned_serial
        if app is None:
            return

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password) if nrp else None
            return self.desk.issuing.inspect(by, app.id, serial, second=second, overrule=reason)

        self.work(act, self._passed, failed=self._not_passed)

    def card_missing(self, reason: str = MissingReason.TRAY_EMPTY, statement: str = "") -> None:
        """The printer said done, but the tray is empty; or a finished card is gone."""
        app, by = self.view.app, self.by
        if app is not None:
            self.show(outcome=None, fault=None, scanned_serial="")

            def then(moved: Application) -> None:
                self._lost(moved, self.warn("walkin.gone", serial=app.blank_serial))

            self.work(lambda: self.desk.issuing.card_missing(by, app.id, reason, statement), then)

    def _lost(self, moved: Application, said: Said) -> None:
        """A card is written off, and that is told: at once, and on the page of the next one."""
        self.show(said=said, written_off=said)
        self.stands(moved)

    def await_material(self) -> None:
        """No blank is left: the case waits for stock, the next person can be served."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.issuing.await_material(by, app.id), self.stands)

    def spoil(self, reason: str, note: str = "") -> None:
        """The card is bad: its blank is spoiled and the case prints again."""
        app, by = self.view.app, self.by
        if app is not None:
            self.show(outcome=None, fault=None, scanned_serial="")

            def then(moved: Application) -> None:
                self._lost(moved, self.say("walkin.spoiled", serial=moved.old_blank))

            self.work(lambda: self.desk.issuing.spoil(by, app.id, reason, note=note), then)

    def lost_before(self) -> tuple[int, str]:
        """How many cards of this case went bad, and the coded reason of the last."""
        app = self.view.app
        return (0, "") if app is None else self.desk.issuing.lost_before(app.id)

    def allow_reprint(self, nrp: str, password: str) -> None:
        """Above the threshold: a second officer signs for one more try."""
        app, by = self.view.app, self.by
        if app is None:
            return

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.issuing.allow_reprint(by, second, app.id)

        def then(moved: Application) -> None:
            self.show(said=self.say("walkin.reprint_allowed"))
            self.stands(moved)

        self.work(act, then)

    # -- handover --------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A card at inspection or handover; anything else goes on to the window's search."""
        app, step = self.view.app, self.view.step
        at_hand = step is WalkStep.HANDOVER or (app is not None and app.state is S.PRINTED)
        if app is None or not at_hand:
            return False
        self.show(scanned_serial=card_serial(text), known_by=None, problem=None)
        return True

    @property
    def card_to_play(self) -> bool:
        """Whether a hand may be played here that holds the card under the scanner."""
        app = self.view.app
        return can_play(self.desk) and app is not None and self.view.scanned_serial == ""

    def play_card(self) -> None:
        """In training: the card that lies here is scanned."""
        app = self.view.app
        if app is not None and self.card_to_play:
            self.scanned(app.blank_serial)

    def hand_over(self, recipient: Recipient | None = None) -> None:
        """Give the scanned card to the person (or to a proxy with a letter)."""
        app, by, serial = self.view.app, self.by, self.view.scanned_serial
        if app is None:
            return
        if not serial:
            self.show(problem=ScanTheCard())
            return
        to, known_by = recipient or self.recipient(), self.view.known_by

        def failed(problem: Exception) -> None:
            # The old card, the letter or a name is asked for: the new card is known already.
            due = isinstance(problem, OldCardNotTaken)
            known = due or isinstance(problem, (ProxyLetterMissing, ProxyUnnamed))
            self.show(
                problem=problem, scanned_serial=serial if known else "",
                old_card_due=due or self.view.old_card_due,
            )  # fmt: skip

        self.work(
            lambda: self.desk.handover.hand_over(by, app.id, serial, to, known_by),
            self.handed_over,
            failed=failed,
        )

    def recipient(self) -> Recipient:
        """Who takes the card, as far as it was typed."""
        form = self.view.form
        if self.view.typing is not Typing.PROXY:
            return Recipient()
        return Recipient(
            False, form.get("name", ""), form.get("letter", ""), form.get("relation", "")
        )

    def handed_over(self, done: Application) -> None:
        """A card went over the counter; the next of this visit is on show."""
        self.forget_draft()
        self.show(scanned_serial="", asked=None, said=self.say("walkin.handed_over"))
        self.stands(done)
        self._print_receipt()
        waiting = [i for i, c in enumerate(self.view.cases) if not c.ended]
        if waiting:
            self.pick(waiting[0])

    def _print_later(self, app: Application, by: Actor) -> None:
        """Captured now, printed later: a sealed receipt with its time goes home instead."""
        if app.id in self._receipted:
            return
        self._receipted.add(app.id)
        now = self.desk.clock.now()

        def made(paper: MadePaper) -> None:
            self.show(receipt=paper.paper.id, receipt_number=paper.paper.number)
            self.desk.lanes.call(
                PAPER_LANE,
                lambda: self.desk.papers.print(by, paper.paper.id),
                self._receipt_out,
                lambda problem: self.show(problem=problem),
            )

        def make() -> MadePaper:
            frame = self.desk.frame
            with frame.ledger.reading() as r:
                tries = r.find(Attempt, visit_id=app.visit_id)
            taken = max((one.at for one in tries if one.picture == app.photo), default=now)
            return intake_receipt(
                self.desk.papers, by, app.visit_id, captured_at=taken,
                collect_from=frame.rules().come_from(frame.today()),
            )  # fmt: skip

        def failed(problem: Exception) -> None:
            self._receipted.discard(app.id)  # tried again when the case is next on show
            self.show(problem=problem)

        self.desk.lanes.call(DESK, make, made, failed)

    def _print_receipt(self) -> None:
        """Unasked, one paper for all cards of this visit that went over the counter together."""
        cases = self.view.cases
        if any(app.state is S.READY for app in cases) or not self._at_work():
            return  # behind the lock it waits for Ctrl+P
        done = [a.id for a in cases if a.state is S.CLOSED and a.id not in self._receipted]
        if not done:
            return
        self._receipted.update(done)
        by = self.by
        self.read(lambda: self.desk.papers.handover_receipt(by, done), self._print_made)

    def _print_made(self, made: MadePaper) -> None:
        self.show(receipt=made.paper.id, receipt_number=made.paper.number)
        if made.paper.printed_at is not None:
            self._came_out = made.paper.id
        if self._at_work():
            self.print_receipt(again=made.paper.printed_at is not None)

    def _find_receipt(self) -> None:
        """The receipt of a visit opened again, or the first where none was made."""
        papers, by, handed = self.desk.papers, self.by, list(self.view.handed)

        def look() -> MadePaper:
            for case in handed:
                found = papers.made(HANDOVER, case)
                if found is not None:
                    return found
            return papers.handover_receipt(by, handed)

        if handed:
            self.show(problem=None)
            self.read(look, self._print_made)

    def print_receipt(self, *, again: bool = True) -> None:
        """Ctrl+P: the receipt again, or the first where it couldn't be made, as on a full disk."""
        paper, by = self.view.receipt, self.by
        if not paper:
            self._find_receipt()
        else:
            self.show(problem=None)  # what stopped the last try was read
            self.read(
                lambda: self.desk.papers.print(by, paper, again=again),
                self._receipt_out,
                lane=PAPER_LANE,
            )

    def _receipt_out(self, paper: Paper) -> None:
        self._came_out = paper.id
        self.show(said=self.say("walkin.receipt_printed"))

    def finish_visit(self) -> None:
        """Nothing of this visit is left to do here: ready for the next; else on with the rest."""
        left = self.view.goes_on
        if left is None:
            self.leave_visit()
        else:
            self.pick(left)


__all__ = ["CardSteps", "WalkInBase", "card_serial"]
