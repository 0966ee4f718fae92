"""What is begun at the supervisor's screen and not signed yet: kept at every field, opened again.

A question is kept with its area and what it is about, and the ticks where they aren't what comes
ticked by itself: who passed a case over isn't made to sign for it after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.kept import Keeper
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.desk import Desk
from desktop.services.kept_work import APPLICATION, SUPERVISOR_QUESTION, TICKS
from desktop.services.reviews import Review

AREA, INCIDENT, DELEGATE = "area", "incident", "delegate"
"""Where a question is asked, and the incident or the officer that it is about."""
PASSED, PICKED = "passed", "picked"
"""Plain cases that the approver passed over, and others that they ticked by hand."""

AsRead = tuple[str, frozenset[str]]
"""The digest of a case and the remarks that stood beside it."""


class SupervisorKept(Asking[SupervisorView]):
    """The part of the supervisor's presenter that keeps."""

    question_form = SUPERVISOR_QUESTION

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, SupervisorView())
        self._tick_work = Keeper(desk, TICKS, self._unkept)

    def about_question(self) -> Mapping[str, str]:
        """The case on show; whatever else is asked about is named by the screen."""
        review = self.view.review
        case = {APPLICATION: review.application.id} if review is not None else {}
        return {AREA: Watch.APPROVALS.value, **case}

    def still_asked(self, asked: Asked) -> bool:
        """What it is about waits still, and nothing else is on show."""
        view, about = self.view, asked.about
        if about.get(AREA) != view.area:
            return False
        if INCIDENT in about:
            return any(i.id == about[INCIDENT] and not i.closed_by for i in view.incidents)
        if DELEGATE in about:
            return any(officer.id == about[DELEGATE] for officer in view.officers)
        return view.area is not Watch.APPROVALS or about == self.about_question()

    def _keep(self) -> None:
        super()._keep()
        view, me = self.view, self._at_work()
        if me and view.officer == me:
            self._tick_work.tell(me, ticks_of(view))

    def kept_ticks(self, officer: str) -> dict[str, str]:
        """What this officer ticked otherwise than it came; on the store's lane."""
        return self._tick_work.find(officer)

    def ticked_before(
        self, officer: str, fields: Mapping[str, str]
    ) -> tuple[set[str], dict[str, AsRead]]:
        """What they had passed over, and what they had picked: as it read then."""
        self._tick_work.found(officer, fields)
        picked: dict[str, AsRead] = {}
        for one in fields.get(PICKED, "").split():
            key, digest, remarks, *_ = (*one.split(":"), "", "")
            picked[key] = digest, frozenset(remarks.split(","))
        return set(fields.get(PASSED, "").split()), picked


def as_read(review: Review) -> AsRead:
    """What a tick is for."""
    return review.digest, frozenset(review.remarks)


def reads_otherwise(review: Review, read: AsRead | None) -> bool:
    """Whether there is more to look at than when it was read: other content, or a new remark."""
    if read is None or review.clean:
        return False
    digest, remarks = read
    return digest != review.digest or not remarks.issuperset(review.remarks)


def ticks_of(view: SupervisorView) -> dict[str, str]:
    """What differs from the ticks that come by themselves."""
    plain = {one.application.id for one in view.reviews if one.clean}
    picked = {
        f"{one.application.id}:{one.digest}:{','.join(one.remarks)}"
        for one in view.reviews
        if one.application.id in view.ticked - plain
    }
    found = {PASSED: plain - view.ticked, PICKED: picked}
    return {name: " ".join(sorted(keys)) for name, keys in found.items() if keys}
