"""The walk-in: one applicant from ticket to handover; devices make a step ready, Enter accepts it.

Reading the card, gathering evidence and taking the signature begin by themselves when their step
is reached, so that a clean renewal needs hardly a key.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.presenters.walkin_back import BackSteps
from desktop.presenters.walkin_capture import CaptureSteps
from desktop.presenters.walkin_card import card_serial
from desktop.presenters.walkin_handover import HandoverSteps
from desktop.presenters.walkin_kept import fits
from desktop.presenters.walkin_proofs import ProofSteps
from desktop.presenters.walkin_view import PRINTING, Typing, WalkStep
from desktop.services.queue import CALLING, may_call

LEFT_AT_ONCE = (Typing.EVIDENCE, Typing.BANK_SLIP, Typing.PROXY)
"""Forms that keep what was typed: a refusal goes with its form."""


class WalkIn(ProofSteps, CaptureSteps, HandoverSteps, BackSteps):
    """Answers the walk-in screen."""

    def step_begins(self) -> None:
        begin: dict[WalkStep, Callable[[], None]] = {
            WalkStep.IDENTITY: self.read_card,
            WalkStep.REQUIREMENTS: self.gather,
            WalkStep.TESTS: self.load_tests,
            WalkStep.PAYMENT: self.load_fee,
            WalkStep.CAPTURE: self.load_photo,
            WalkStep.CONFIRM: self.preview,
            WalkStep.APPROVAL: self.preview,
            WalkStep.PRODUCTION: self.preview,
            WalkStep.HANDOVER: self.begin_handover,
        }
        view = self.view
        if view.held:  # what it waits for is seen, and nobody is asked anything
            begin[WalkStep.REQUIREMENTS] = self.look_at_checklist
            del begin[WalkStep.IDENTITY]
        act = begin.get(view.step)
        if act is None or (view.visit is None and view.app is None):
            return
        if not view.correcting:
            act()

    def scanned(self, text: str) -> bool:
        """A proof, a card at inspection or handover, or an old one that the applicant brought."""
        if self.scan_proof(text) or self.old_card_scanned(text):
            return True
        return super().scanned(text) or self.handed_in(text)

    def enter_key(self) -> None:
        """The step's way on; what is missing is shown, nothing is skipped."""
        view = self.view
        if view.doing:
            return
        if view.idle:
            self.call_or_go_back()
            return
        if view.held:
            self.resume()
            return
        if view.correcting:
            self.correct()
            return
        if view.typing in (Typing.EVIDENCE, Typing.BANK_SLIP):
            self.save_typed()
            return
        if view.step is WalkStep.PRODUCTION and view.app and view.app.state is S.PRINTED:
            self.inspect()
            return
        if view.bound:
            self.refresh()  # is it settled by now? The card itself is another Enter
            return
        act: dict[WalkStep, Callable[[], None]] = {
            WalkStep.IDENTITY: self.register,
            WalkStep.REQUIREMENTS: self.check,
            WalkStep.TESTS: self.pass_tests,
            WalkStep.PAYMENT: self.match_payment,
            WalkStep.CAPTURE: self.finish_capture,
            WalkStep.CONFIRM: self.confirm,
            WalkStep.APPROVAL: self.refresh,
            WalkStep.PRODUCTION: self.issue,
            WalkStep.HANDOVER: self.hand_over,
            WalkStep.DONE: self.finish_visit,
        }
        act[view.step]()

    @property
    def can_go_back(self) -> bool:
        """Whether `back` would do anything."""
        view = self.view
        adding = view.adding and bool(view.cases)
        return not view.doing and (view.typing is not None or adding or view.manual)

    def back(self) -> None:
        """Out of a form or of an added case; what has been done stays done."""
        view = self.view
        if view.doing:
            return
        if view.correcting:
            self.cancel_correction()
        elif view.typing is Typing.IDENTITY or view.manual:
            self.read_again()
        elif view.typing is not None:
            self.cancel_typing()
        elif view.adding:
            self.stop_adding()

    def escape(self) -> None:
        """Esc: stop waiting, or leave a form, or put the message away, or go back."""
        if self.stop_reading():
            return
        if self.view.cancellable:
            self.cancel_work()
        elif self.view.unstoppable:
            self.show(said=self.warn("walkin.past_stop"))
        elif self.view.problem is not None and self.view.typing not in LEFT_AT_ONCE:
            self.dismiss()
        else:
            self.back()

    # -- sideways --------------------------------------------------------------------------

    def pick_next(self) -> None:
        """Ctrl+Tab: the next case of this visit."""
        if len(self.view.cases) > 1:
            self.turn_to((self.view.current + 1) % len(self.view.cases))

    def turn_to(self, index: int) -> None:
        """The officer picks a case of this visit; while something is waited for that is said."""
        view = self.view
        if not view.doing:
            self.pick(index)
            return
        by_esc = view.cancellable and view.doing != PRINTING  # Esc would stop the card
        key = "walkin.wait_to_turn.esc" if by_esc else "walkin.wait_to_turn"
        self.show(said=self.warn(key))

    def hold(self, reason: str = "applicant_left") -> None:
        """Set the case aside: on with the visit's other one, or with the next person."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.hold(by, app.id, reason), self._held)

    def _held(self, app: Application) -> None:
        cases = tuple(app if known.id == app.id else known for known in self.view.cases)
        self.show(cases=cases, form={}, draft_id="")
        other = self.view.goes_on
        if other is None:
            self.leave_visit("walkin.held")
        else:
            self.show(said=self.say("walkin.held_next"))
            self.pick(other)

    @property
    def calls_next(self) -> bool:
        """Whether whoever sits here may call the next one; behind the lock, too."""
        session, waiting = self.desk.duty.session, self.view.tickets
        if session is None or not waiting:
            return self.has_duty(*CALLING)
        return may_call(session.actor, waiting[0])

    def resume(self) -> None:
        """Go on where the hold began."""
        app = self.view.app
        if app is None or not self._at_work():
            return  # opened just before the lock, it stays held until somebody's Enter
        by = self.by
        self.work(lambda: self.desk.intake.resume(by, app.id), self._resumed)

    def _resumed(self, app: Application) -> None:
        """What was being typed before the hold, and is on show again, goes on with its case."""
        typed = self.view
        self.stands(app)
        if typed.typing is not None and fits(typed.typing, self.view):
            self.show(
                typing=typed.typing, typed_kind=typed.typed_kind, correcting=typed.correcting,
                form=typed.form, draft_id=typed.draft_id,
            )  # fmt: skip

    def reject(self, reason: str, note: str = "") -> None:
        """Refuse this case; others of the visit go on."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.reject(by, app.id, reason, note), self.ended)

    def cancel(self, reason: str, note: str = "") -> None:
        """The applicant withdraws."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.cancel(by, app.id, reason, note), self.ended)


__all__ = ["WalkIn", "card_serial"]
