"""What is begun at the card desk, kept through a crash: a correction, or cards in wrong hands.

It is its officer's own, and opens at the step at which it was left.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.application import Draft
from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.card_reading import ReadsCards
from desktop.presenters.cards_view import CardAct, CardRecord, CardStep, CardsView
from desktop.services.kept_work import APPLICATION, CARDS_QUESTION

FORM = "cards"
"""The name under which drafts of this screen are kept."""
CASE, STEP, OTHER = APPLICATION, "_step", "_other"
"""What a draft remembers beside the fields: whose card, how far it is, and a second card."""


class CardsKept(Asking[CardsView], ReadsCards[CardsView]):
    """The part of the card desk's presenter that keeps."""

    question_form = CARDS_QUESTION

    # -- questions -------------------------------------------------------------------------

    def about_question(self) -> Mapping[str, str]:
        """The card on show."""
        record = self.view.record
        return {CASE: record.key} if record is not None else {}

    def still_asked(self, asked: Asked) -> bool:
        """The same card, and this officer may still end its incident."""
        return CardAct.EXCHANGED in self.view.acts and asked.about == self.about_question()

    def go_on_with(self, asked: Asked) -> None:
        """Ask again over its card; what is about another one waits for that."""
        record = self.view.record
        if record is not None and record.key == asked.about.get(CASE):
            self.show(asked=asked)

    # -- drafts ----------------------------------------------------------------------------

    def compare(self) -> None:
        """What was typed beside what was printed."""
        raise AssertionError("the card desk fills this in")

    def field_changed(self, name: str, text: str) -> None:
        """A field was left: keep the draft at once."""
        if self.view.record is not None and self.view.form.get(name, "") != text:
            self.show(form={**self.view.form, name: text})
            self.keep_draft()

    def keep_draft(self) -> None:
        """Keep what was typed or scanned, and how far it is."""
        view, session = self.view, self.desk.duty.session
        if view.record is None or session is None:
            return
        by = session.actor  # also behind the lock: what is kept is no act
        draft_id = view.draft_id or self.desk.frame.ids.new()
        fields = {**view.form, CASE: view.record.key, STEP: str(view.step)}
        if view.other is not None:
            fields[OTHER] = view.other.again
        self.show(draft_id=draft_id)
        self.read(
            lambda: self.desk.intake.save_draft(by, draft_id, FORM, "", fields), lambda _: None
        )

    def restore(self, draft: Draft, other: CardRecord | None) -> None:
        """Stand at the step at which it was left; what the card has left behind is forgotten."""
        acts, step = set(self.view.acts), draft.fields.get(STEP, CardStep.TYPING)
        given = step == CardStep.GIVEN
        wanted = {CardAct.GIVEN} if given else {CardAct.CORRECT_PRINTED, CardAct.CORRECT_HANDED}
        self.show(draft_id=draft.id)
        if not wanted & acts or (given and other is None):
            self.forget_draft()
            return
        if given:
            self.show(step=CardStep.GIVEN, other=other, said=self.say("cards.said.draft_given"))
            return
        form = {k: v for k, v in draft.fields.items() if k not in (CASE, STEP, OTHER)}
        self.show(step=CardStep.TYPING, form=form, said=self.say("cards.said.draft"))
        if step == CardStep.COMPARE:
            self.compare()

    def forget_draft(self) -> None:
        draft_id, session = self.view.draft_id, self.desk.duty.session
        self.show(draft_id="")
        if draft_id and session is not None:
            by = session.actor  # also behind the lock, when what was asked for is answered
            self.read(lambda: self.desk.intake.forget_draft(by, draft_id), lambda _: None)
