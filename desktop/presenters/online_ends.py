"""Online cases that end otherwise: collected after all, never mended, made again after a recall."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.officer import Role
from desktop.presenters.base import DESK, SYNC
from desktop.presenters.borrowing import borrowed
from desktop.presenters.online_sample import SampleDesk
from desktop.presenters.online_view import OnlineArea, Pair

MAY_REISSUE = (Role.DISPATCH, Role.SUPERVISOR)


class EndsDesk(SampleDesk):
    """The part of the online presenter that changes how a case ends."""

    def collect_instead(self, application_id: str) -> None:
        """The applicant comes for the card: no parcel."""
        by = self.by

        def then(app: Application) -> None:
            self.show(pair=Pair(), said=self.say("online_screen.said.collect", number=app.number))
            self.refresh()

        def act() -> Application:
            with borrowed(self.desk, by, [application_id]):
                return self.desk.online.collect_instead(by, application_id)

        self.work(act, then, lane=SYNC if self.desk.has_centre else DESK)

    def end_unmended(self, application_id: str = "") -> None:
        """End one file that nobody mended in its term, or without an id all that are listed."""
        by = self.by
        ids = [line.app.id for line in self.view.unmended]
        if application_id:
            ids = [application_id]

        def act() -> int:
            with borrowed(self.desk, by, ids):
                late = {case.application.id for case in self.desk.online.unmended()}
                ending = [one for one in ids if one in late]
                for one in ending:
                    self.desk.intake.expire(by, one)
            return len(ending)

        def then(count: int) -> None:
            self.show(said=self.say("online_screen.said.ended", count=count))
            self.refresh()

        def failed(problem: Exception) -> None:
            self.show(problem=problem)
            self.refresh()

        self.work(act, then, lane=SYNC if self.desk.has_centre else DESK, failed=failed)

    @property
    def reissues(self) -> bool:
        """Whether whoever sits here has a recalled card made again."""
        return self.has_duty(*MAY_REISSUE)

    def may_reissue(self) -> bool:
        """The same before it is asked; if not, that is said."""
        return self.may(*MAY_REISSUE)

    def reissue(self) -> None:
        """The owner of the recalled card on show was found: it is made again, free."""
        file, by = self.view.file, self.by
        if file is None:
            return

        def then(app: Application) -> None:
            said = self.say("online_screen.said.reissued", number=app.number)
            self.show(file=None, area=OnlineArea.PRINT, said=said)
            self.refresh()

        self.work(lambda: self.desk.outcomes.reissue_recalled(by, file.app.id), then)
