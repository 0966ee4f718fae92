"""How a screen asks before it acts, so that no answer is lost.

What is answered is told to the presenter at every field: a question that stood open when the
program was killed stands there again. A form with an answer that the act refused stays open, says
so and leads to that field; any other question is offered with its answers when it is asked again.

A screen makes one `Asks` with its askers by question, calls `hear(view)` in its `show_view`, and
opens its sheets through `reason`, `lines` and `form`. Its presenter is an `Asking`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from desktop.domain.officer import Actor
from desktop.presenters.asked import Asked, AskingView
from desktop.presenters.asking import Asking
from desktop.presenters.second import may_try_again
from ui.popup import AnswerSheet
from ui.screens.online_dialogs import Line, Lines, LinesDialog, ask_lines
from ui.screens.screen import Screen
from ui.screens.stock_dialogs import AskForm, at_fault
from ui.screens.walkin_dialogs import ask_reason
from ui.widgets.reasons import ReasonDialog

F = TypeVar("F", bound=AnswerSheet)

Things = Mapping[str, str]
"""What a question is about: names of fields and ids; None leaves it to the presenter."""


class Asks:
    """The questions of one screen; `askers` open each of them by its name."""

    def __init__(
        self,
        screen: Screen,
        presenter: Asking[Any],
        askers: Mapping[str, Callable[[], object]],
    ) -> None:
        self._screen = screen
        self._presenter = presenter
        self._askers = askers
        self._opened = ""
        self._about: dict[str, str] = {}
        self._form: AskForm | None = None
        self._given = ""  # the form whose answers are on their way
        self._giver: Actor | None = None
        self._under_way = False

    def hear(self, view: AskingView) -> None:
        """A view was drawn; a question that stood there when the program ended opens again."""
        asked = view.asked
        if asked is not None and asked.again:
            p = self._presenter
            p.ask(asked.question, asked.answers, asked.about)
            # Once the screen itself stands, and never over another.
            once = self._screen.when_seen
            QTimer.singleShot(0, self._screen, lambda: once(lambda: self._again(asked)))
        elif self._given:
            self._hear_answer(view)

    def about(self) -> dict[str, str]:
        """While an asker opens a question again: what it is about; else {}."""
        return dict(self._about)

    @property
    def opened(self) -> AskForm | None:
        """The form that was opened last."""
        return self._form

    # -- sheets ----------------------------------------------------------------------------

    def reason(
        self,
        question: str,
        message: str,
        reasons: Sequence[StrEnum],
        then: Callable[[str, str], object],
        *,
        also: Mapping[str, str] | None = None,
        about: Things | None = None,
        facts: Mapping[str, object] | None = None,
        final: bool = False,
    ) -> ReasonDialog:
        """Ask for a coded reason and its sentence; `message`, `facts`, `final` as with
        `ask_reason`.

        `also` are answers of a sheet before this one, kept with them.
        """
        p, beside = self._presenter, dict(also or {})
        known = self._begin(question, beside, about)
        dialog = ask_reason(
            self._screen, self._screen.words, message, reasons, then,
            (known.get("reason", ""), known.get("note", "")),
            lambda reason, note: p.ask(
                question, {**beside, "reason": reason, "note": note}, about
            ),
            facts, final=final,
        )  # fmt: skip
        self._ends(dialog, known)
        return dialog

    def lines(
        self,
        question: str,
        message: str,
        lines: Sequence[Line],
        then: Callable[[Lines], object],
        *,
        also: Mapping[str, str] | None = None,
        about: Things | None = None,
    ) -> LinesDialog:
        """Ask for a few lines; `message` as with `ask_lines`."""
        p, beside = self._presenter, dict(also or {})
        known = p.answered(question, about)
        gone_on = any(line.key in known for line in lines)
        begun = [replace(line, value=known.get(line.key, line.value)) for line in lines]
        self._begin(question, {**beside, **{line.key: line.value for line in begun}}, about)
        dialog = ask_lines(self._screen, self._screen.words, message, begun, then)
        if gone_on:
            dialog.go_on()
        dialog.changed.connect(lambda: p.ask(question, {**beside, **dialog.found()}, about))
        self._ends(dialog, known)
        return dialog

    def form(self, question: str, form: F, *, about: Things | None = None) -> F:
        """Keep a form that was just opened."""
        p = self._presenter
        form.go_on(p.answered(question, about))
        self._begin(question, form.answers(), about)
        form.changed.connect(lambda: p.ask(question, form.answers(), about))
        form.rejected.connect(p.ask_no_more)
        if isinstance(form, AskForm):
            self._form = form
            form.accepted.connect(lambda: self._give(question))
        return form

    def choice(
        self, question: str, dialog: ReasonDialog, *, about: Things | None = None
    ) -> ReasonDialog:
        """Keep a list of reasons that was just opened, where none wants a sentence."""
        p = self._presenter
        known = self._begin(question, {}, about)
        dialog.begin_with(known.get("reason", ""))
        dialog.changed.connect(lambda reason, _note: p.ask(question, {"reason": reason}, about))
        self._ends(dialog, known)
        return dialog

    # -- how -------------------------------------------------------------------------------

    def _ends(self, dialog: QDialog, known: Mapping[str, str]) -> None:
        """Given up: with answers that the act had refused, the refusal goes, too."""
        dialog.rejected.connect(self._presenter.ask_no_more)
        if known:
            dialog.rejected.connect(self._presenter.dismiss)

    def _give(self, question: str) -> None:
        self._given, self._under_way = question, False
        self._giver = self._presenter.by

    def _hear_answer(self, view: AskingView) -> None:
        """What became of the answers that were given; refused ones are mended where they stand."""
        if view.doing:
            self._under_way = True
            return
        asked, problem = view.asked, view.problem
        if not self._under_way:
            return
        self._under_way = False
        if problem is not None and may_try_again(problem):
            return  # the second officer is asked once more, over the same answers
        given, self._given = self._given, ""
        if asked is None or asked.question != given or asked.parked:
            return
        if problem is None:
            return
        giver = self._giver
        if at_fault(problem, asked.answers):
            self._screen.when_seen(lambda: self._refused(problem, giver))
            return
        # What stands in the way elsewhere is mended there: the answers wait to be asked for again,
        # and bring nobody back here tomorrow. Behind the lock that is told once it is gone.
        self._presenter.ask_later()
        self._screen.when_seen(self._presenter.ask_later)

    def _refused(self, problem: Exception, giver: Actor | None) -> None:
        """The form stands there again with what was typed, and says what is wrong with it."""
        asked, self._form = self._presenter.view.asked, None
        if asked is None or giver is None or not self._presenter.still_here(giver):
            return  # another officer is asked nothing that they didn't begin
        self._again(asked)
        form: AskForm | None = self._form
        if form is not None:
            form.rejected.connect(self._presenter.dismiss)
            form.refuse(problem)

    def _begin(
        self, question: str, answers: Mapping[str, str], about: Things | None
    ) -> dict[str, str]:
        """Tell that it stands; what was answered before."""
        p = self._presenter
        known = p.answered(question, about)
        self._opened = question
        p.ask(question, {**known, **answers}, about)
        return known

    def _again(self, asked: Asked) -> None:
        if self._presenter.view.asked is None:
            return  # what it was about is there no more: nobody else is asked about instead
        asker, self._opened = self._askers.get(asked.question), ""
        self._about = asked.about
        if asker is not None:
            asker()
        self._about = {}
        if not self._opened:
            self._presenter.ask_no_more()  # it can't be asked any more
