"""Where an officer goes on after signing in: the newest of what was begun here and not ended."""

from __future__ import annotations

from desktop.domain.application import Draft
from desktop.presenters.online_view import OnlineArea
from desktop.presenters.stock_view import Area
from desktop.services.kept_work import (
    APPLICATION,
    CLOSE,
    CONSIGNMENT,
    FILE,
    MANIFEST,
    ONLINE_QUESTION,
    PACKING,
    PILE,
    PRINTING,
    QUESTIONS,
    RETURN,
    subject_of,
)

AREAS = {CLOSE: Area.CLOSE, CONSIGNMENT: Area.STOCK, PILE: Area.DESTROY}
"""Where the stock desk goes on."""
JOBS = {
    PRINTING: OnlineArea.PRINT, PACKING: OnlineArea.PACK, MANIFEST: OnlineArea.MANIFEST,
}  # fmt: skip
"""Where the online desk goes on."""


def place_of(draft: Draft) -> tuple[str, str | None]:
    """The screen that goes on with it, and what that screen is to show."""
    if draft.form == ONLINE_QUESTION:  # a case that is named would be claimed, whoever has it now
        return QUESTIONS[draft.form], None
    if draft.form in QUESTIONS:
        return QUESTIONS[draft.form], draft.fields.get(APPLICATION)
    if draft.form in JOBS:
        return "online", JOBS[draft.form]
    if draft.form == RETURN:
        return "returns", subject_of(draft)
    if draft.form in AREAS:
        return "stock", AREAS[draft.form]
    if draft.form == FILE:
        return "online", subject_of(draft)
    if draft.form == "cards":
        return "cards", draft.fields.get("_case", "")
    return "walk_in", draft.id
