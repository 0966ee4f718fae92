"""What is begun at the walk-in and no act has taken yet, kept at every field and opened again.

Forms, and what was said of somebody before their case is made, are drafts of the officer who types.
A question over the screen is kept with the state of its case, and falls when the case moves on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.application import Application, Draft, Ticket
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor
from desktop.domain.requirements import RequirementKind
from desktop.domain.workflow import APPLICATION as TABLE
from desktop.domain.workflow import Action
from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.base import DESK
from desktop.presenters.card_reading import ReadsCards
from desktop.presenters.walkin_view import WAITED_FOR, Typing, WalkInView, WalkStep, step_of
from desktop.services.kept_work import APPLICATION, WALK_IN_QUESTION

FORM = "walkin"
"""The name under which drafts of this screen are kept."""
CASE, TYPING, KIND = APPLICATION, "_typing", "_kind"
NOTES = (CASE, TYPING, KIND, "_visit")
"""What a draft remembers beside the fields: which case and which form it belongs to."""
CHOICE = "choice"
"""In place of a form's name: the person is read from the chip, or known; what they ask for."""
SERVICE, CLASS, NIK, PHONE = "service", "class", "nik", "phone"
STATE = "state"
"""The state of the case that a question is about."""
STEPS = {
    Typing.EVIDENCE: WalkStep.REQUIREMENTS,
    Typing.BANK_SLIP: WalkStep.PAYMENT,
    Typing.PROXY: WalkStep.HANDOVER,
}
"""Where these forms belong."""
CORRECTED_AT = frozenset(step.state for step in TABLE.steps if step.action is Action.CORRECT)


class WalkInKept(Asking[WalkInView], ReadsCards[WalkInView]):
    """The part of the walk-in's presenter that keeps."""

    question_form = WALK_IN_QUESTION
    _second: Actor | None = None
    """Who signed beside the officer for what is typed of a person."""
    _begun: Mapping[str, str] = {}
    """What was said of somebody before a crash, until they are read again."""

    # -- questions -------------------------------------------------------------------------

    def about_question(self) -> Mapping[str, str]:
        """The case on show as it stands."""
        app = self.view.app
        return {CASE: app.id, STATE: str(app.state)} if app is not None else {}

    def still_asked(self, asked: Asked) -> bool:
        """The case hasn't moved on, and no other is on show."""
        return asked.about == self.about_question()

    def go_on_with(self, asked: Asked) -> None:
        """Ask again over its case; what is about another one waits for that."""
        app = self.view.app
        if app is not None and app.id == asked.about.get(CASE):
            self.show(asked=asked)

    # -- forms -----------------------------------------------------------------------------

    def field_changed(self, name: str, text: str) -> None:
        """A field was left: keep the draft at once."""
        view = self.view
        if view.form.get(name, "") == text:
            return
        form = {**view.form, name: text}
        typing = view.typing or (Typing.CORRECTION if view.correcting else Typing.IDENTITY)
        kind = {KIND: str(view.typed_kind)} if view.typed_kind is not None else {}
        self.show(form=form)
        if typing is Typing.IDENTITY and self._second is not None:
            self._second = None  # they signed for what stood there before
            self.show(needs_second=True)
        self._save({**form, TYPING: str(typing), **kind})

    def keep_choice(self) -> None:
        """What was said of whoever was read, or is known: their number, what they ask for."""
        view = self.view
        waits = view.doing in ("", *WAITED_FOR)  # else the case is being made of it
        if view.manual or view.identity is None or not waits:
            return
        told = {NIK: view.identity.applicant.nik, PHONE: view.identity.applicant.phone}
        if view.chosen < len(view.choices):
            choice = view.choices[view.chosen]
            told |= {SERVICE: str(choice.service), CLASS: str(choice.licence_class)}
        self._save({TYPING: CHOICE, **told})

    def begun_of(self, nik: str) -> Mapping[str, str]:
        """What was said of whoever was read again; of another person nothing was."""
        begun, self._begun = self._begun, {}
        if begun and begun.get(NIK) != nik:
            self.forget_draft()
            return {}
        return begun

    def _save(self, fields: Mapping[str, str]) -> None:
        view, session = self.view, self.desk.duty.session
        if session is None:
            return
        by = session.actor  # also behind the lock: what is kept is no act
        draft_id = view.draft_id or self.desk.frame.ids.new()
        case = view.cases[0] if view.adding and view.cases else view.app
        ticket = view.ticket.id if view.ticket else ""
        told = {**fields, **({CASE: case.id} if case is not None else {})}
        self.show(draft_id=draft_id)
        self.desk.lanes.call(
            DESK,
            lambda: self.desk.intake.save_draft(by, draft_id, FORM, ticket, told),
            None,
            lambda problem: self.show(problem=problem),
        )

    def forget_draft(self) -> None:
        """What was typed has become a fact, or was given up."""
        draft_id, session = self.view.draft_id, self.desk.duty.session
        self.show(draft_id="")
        if draft_id and session is not None:
            by = session.actor  # also behind the lock, when what was asked for is answered
            self.desk.lanes.call(
                DESK,
                lambda: self.desk.intake.forget_draft(by, draft_id),
                None,
                lambda problem: self.show(problem=problem),
            )

    def restore(self, draft: Draft, count: int) -> None:
        """Put a draft's fields back where they were being typed; what fits no more falls."""
        view = self.view
        self.view = replace(view, draft_id=draft.id)
        typing = draft.fields.get(TYPING, str(Typing.IDENTITY))
        # Without a case it was for the first one: that was made, if there is one now.
        first = typing == CHOICE and bool(view.cases) is not (CASE in draft.fields)
        if first or not fits(typing, view):
            self.forget_draft()
            return
        said = self.say("walkin.draft_restored", count=count)
        fields = {name: text for name, text in draft.fields.items() if name not in NOTES}
        if typing == CHOICE:
            self._begun = fields
            self.view = replace(self.view, adding=bool(view.cases), said=said)
            return
        kind = draft.fields.get(KIND, "")
        self.view = replace(
            self.view,
            form=fields,
            typing=Typing(typing),
            typed_kind=RequirementKind(kind) if kind else None,
            manual=typing == Typing.IDENTITY,
            needs_second=typing == Typing.IDENTITY,
            correcting=typing == Typing.CORRECTION,
            said=said,
        )


def draft_of(drafts: list[Draft], ticket: Ticket | None, cases: list[Application]) -> Draft | None:
    """What an officer had begun of a visit."""
    known = {app.id for app in cases}
    for draft in drafts:
        case = draft.fields.get(CASE, "")
        if case in known or (not case and ticket and draft.ticket_id == ticket.id):
            return draft
    return None


def fits(typing: str, view: WalkInView) -> bool:
    """Whether what was begun may still be gone on with where the visit stands now."""
    app = view.app
    if typing == CHOICE:
        return view.visit is not None and view.visit.closed_at is None
    if typing == Typing.IDENTITY:
        return view.visit is not None and view.visit.closed_at is None and not view.cases
    if app is None or app.ended:
        return False
    if typing == Typing.CORRECTION:
        state = app.held_from if app.state is S.ON_HOLD and app.held_from else app.state
        return state in CORRECTED_AT
    return STEPS[Typing(typing)] is step_of(app)
