"""A question that stands over a screen and that no act has taken yet, with its answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.presenters.base import View

QUESTION, ANSWER = "question", "answer."
"""Names under which a kept piece of work holds a question, and before its answers' names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked and what was answered.

    `again` says that it stood there when the program ended: the screen opens it once more. `about`
    names what it is about; `officer` is whose it is, "" where whoever serves here may answer.
    A `parked` one was answered, but no second officer signed: it is offered when it is asked again
    and isn't kept, for nothing stands over the screen.
    """

    question: str
    answers: dict[str, str] = field(default_factory=dict[str, str])
    again: bool = False
    about: dict[str, str] = field(default_factory=dict[str, str])
    officer: str = ""
    parked: bool = False


@dataclass(frozen=True)
class AskingView(View):
    """A view over which a question may stand."""

    asked: Asked | None = None


def asked_fields(asked: Asked | None) -> dict[str, str]:
    """A question as it is kept."""
    if asked is None or asked.parked:
        return {}
    return {QUESTION: asked.question, **{ANSWER + k: text for k, text in asked.answers.items()}}


def asked_of(fields: Mapping[str, str]) -> Asked | None:
    """The question that is kept, if there is one."""
    question = fields.get(QUESTION, "")
    if not question:
        return None
    answers = {k.removeprefix(ANSWER): t for k, t in fields.items() if k.startswith(ANSWER)}
    return Asked(question, answers, again=True)
