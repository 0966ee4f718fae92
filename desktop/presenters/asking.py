"""Questions that a screen asks before it acts: kept at every field, asked again after a kill.

A presenter that keeps its screen's questions by themselves names a form of `services/kept_work.py`
in `question_form`: a question is then its officer's own, and opens again for nobody else. One that
keeps them with a larger piece of work leaves it empty, and tells of `view.asked` in its `_keep`.
An act that was asked for ends the question: `show(asked=None, ...)` in its `then`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from desktop.presenters.asked import Asked, AskingView, asked_fields, asked_of
from desktop.presenters.base import Presenter
from desktop.presenters.kept import Keeper
from desktop.services.desk import Desk

A = TypeVar("A", bound=AskingView)


class Asking(Presenter[A]):
    """The part of a presenter that keeps what is asked; subclasses keep more in `_keep`."""

    question_form: ClassVar[str] = ""

    def __init__(self, desk: Desk, first: A) -> None:
        super().__init__(desk, first)
        self._question_work = Keeper(desk, self.question_form, self._unkept)
        self._sought_for = ""
        self._asker = ""

    # -- what a screen calls ---------------------------------------------------------------

    def enter(self, payload: object = None) -> None:
        super().enter(payload)
        self._seek()

    def ask(
        self,
        question: str,
        answers: Mapping[str, str],
        about: Mapping[str, str] | None = None,
    ) -> None:
        """A question stands over the screen, with what was answered so far.

        `about` names the things it is about; without it, those that `about_question` tells. The
        screen shows its own question already: nobody is told.
        """
        things = dict(self.about_question() if about is None else about)
        self._asker = self._at_work()
        whose = self._asker if self.question_form else ""
        self._sought_for = whose  # what was kept before is replaced
        self._quietly(asked=Asked(question, dict(answers), about=things, officer=whose))

    def answered(self, question: str, about: Mapping[str, str] | None = None) -> dict[str, str]:
        """What this officer answered before, if this is the question that waits for its act."""
        asked, things = self.view.asked, self.about_question() if about is None else about
        if asked is None or asked.question != question or asked.about != things:
            return {}
        return dict(asked.answers) if asked.officer in ("", self._at_work()) else {}

    def ask_no_more(self) -> None:
        """The question was given up; another officer's is only laid aside until they are back.

        The counter's stays when another officer takes the place of whom it was asked: what was
        answered is there when they ask the same.
        """
        if not self.question_form and self._asker != self._at_work():
            return
        self._lay_down(self.view.asked)
        self._quietly(asked=None)

    def ask_later(self) -> None:
        """Nobody signed beside: what was answered is offered once more when the same is asked."""
        asked = self.view.asked
        if asked is not None and self._asker == self._at_work() != "":
            self._quietly(asked=dataclasses.replace(asked, parked=True))

    # -- what a presenter may override -----------------------------------------------------

    def about_question(self) -> Mapping[str, str]:
        """What a question that is asked now is about: names of fields, and ids."""
        return {}

    def still_asked(self, asked: Asked) -> bool:
        """Whether what it is about is still there to be asked about."""
        return True

    def go_on_with(self, asked: Asked) -> None:
        """A kept question was found: show what it is about, and it, or give it up.

        Until then it stays kept, and is found again when the screen is next entered.
        """
        self.show(asked=asked)

    # -- keeping ---------------------------------------------------------------------------

    def show(self, **changes: Any) -> None:
        super().show(**changes)
        self._keep()

    def _unkept(self, problem: Exception) -> None:
        self.show(problem=problem)

    def _quietly(self, **changes: Any) -> None:
        """Keep what the screen's own field shows already."""
        self.view = dataclasses.replace(self.view, **changes)
        self._keep()

    def _keep(self) -> None:
        """Tell of all that is kept; called at every new view."""
        asked, me = self.view.asked, self._at_work()
        if asked is not None and not self.still_asked(asked):
            self._lay_down(asked)
            asked = None
            self.view = dataclasses.replace(self.view, asked=None)
        if not self.question_form or not me:
            return
        if asked is not None and asked.officer == me:
            self._sought_for = me
            stands = asked_fields(asked)
            self._question_work.tell(me, {**asked.about, **stands} if stands else {})
        elif asked is None and me == self._sought_for:
            self._question_work.tell(me, {})

    def _lay_down(self, asked: Asked | None) -> None:
        """It is asked no more; what is kept of another officer's is theirs to be found."""
        me = self._at_work()
        self._sought_for = me if asked is None or asked.officer in ("", me) else ""

    def _at_work(self) -> str:
        duty = self.desk.duty
        return "" if duty.session is None or duty.locked else duty.actor().officer

    def _seek(self) -> None:
        """Find what this officer was asked when the program ended, or was relieved."""
        me = self._at_work()
        if not self.question_form or not me or me == self._sought_for:
            return

        def then(fields: dict[str, str]) -> None:
            if me != self._at_work() or me == self._sought_for:
                return  # something is asked already
            self._question_work.found(me, fields)
            asked = asked_of(fields)
            if asked is not None:
                self.go_on_with(dataclasses.replace(asked, about=_about(fields), officer=me))
                return
            self._sought_for = me
            if self.view.asked is not None:
                self.show(asked=None)  # another officer's

        self.read(lambda: self._question_work.find(me), then)


def _about(fields: Mapping[str, str]) -> dict[str, str]:
    answered = asked_fields(asked_of(fields))
    return {name: text for name, text in fields.items() if name not in answered}
