"""Sending a file back: reasons of each document, the place of the fault, the notice on paper."""

from __future__ import annotations

import dataclasses

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.online import Mark, SentBackPoint
from desktop.domain.reasons import SendBackReason
from desktop.domain.workflow import Action, NoSuchStep
from desktop.presenters.online_ends import EndsDesk
from desktop.presenters.online_kept import with_note
from desktop.presenters.online_view import OpenFile
from desktop.services.online_notice import sent_back_paper
from desktop.services.paper_forms import SENT_BACK
from desktop.services.papers import MadePaper


class ComposeDesk(EndsDesk):
    """The part of the online presenter that sends files back."""

    def compose(self, on: bool = True) -> None:
        """Begin or leave choosing reasons; what the checks propose is taken up at first."""
        file = self.view.file
        if file is None:
            return
        if on and file.app.state is not S.CLAIMED:
            self.show(problem=NoSuchStep(state=file.app.state, action=Action.SEND_BACK))
            return
        points = file.points
        if on and not points:
            points = file.check.suggested
        # What was refused of the sending-back goes with it; what was refused before it began stays.
        problem = self.view.problem if on else None
        file = dataclasses.replace(file, composing=on, points=points, mark=None, page=0)
        self.show(file=file, problem=problem)

    def turn_reasons(self, pages: int) -> None:
        """The next page of reasons of this document."""
        file = self.view.file
        if file is not None:
            self.show(file=dataclasses.replace(file, page=(file.page + 1) % max(pages, 1)))

    def pick_reason(self, reason: SendBackReason) -> None:
        """Take up a reason, or lay it down again; on a picture with a place."""
        file = self.view.file
        if file is None:
            return
        if any(point.reason is reason for point in file.points):
            points = tuple(point for point in file.points if point.reason is not reason)
        else:
            points = (*file.points, SentBackPoint(reason, mark=self._place_for(file, reason)))
        self.show(file=dataclasses.replace(file, points=points), problem=None)

    def _place_for(self, file: OpenFile, reason: SendBackReason) -> Mark | None:
        """The officer's own mark, else where the checks saw it."""
        if not reason.document.is_picture or file.upload(reason.document) is None:
            return None
        if file.mark is not None and reason.document is file.document:
            return file.mark
        seen = next((p.mark for p in file.check.suggested if p.reason is reason), None)
        if seen is not None:
            return seen
        upload = file.upload(reason.document)
        return upload.marks[0][1] if upload and upload.marks else None

    def mark(self, place: Mark) -> None:
        """The officer drew where the fault is: it belongs to this document's newest reason."""
        file = self.view.file
        if file is None:
            return
        mine = [p for p in file.points if p.reason.document is file.document]
        points = file.points
        if mine:
            last = mine[-1]
            points = tuple(dataclasses.replace(p, mark=place) if p is last else p for p in points)
        self.show(file=dataclasses.replace(file, points=points, mark=place))

    def note(self, text: str) -> None:
        """A line in the officer's own words on this document's newest reason."""
        file = self.view.file
        if file is not None:
            self.show(file=with_note(file, text))

    def send_back(self) -> None:
        """Ask the applicant to mend what was marked."""
        file, by, desk = self.view.file, self.by, self.desk
        if file is None:
            return

        def act() -> Application:
            app = desk.online.send_back(by, file.app.id, file.points)
            if desk.has_centre:
                desk.claims.pass_on(by, app)  # the mended file comes to whoever asks first
            return app

        self.work(act, lambda app: self.decided("online_screen.said.sent_back", app))

    def print_notice(self) -> None:
        """What the applicant must mend, on paper, for one who can't read it on a phone."""
        file, by, desk = self.view.file, self.by, self.desk
        if file is None or file.app.state is not S.SENT_BACK:
            return

        def act() -> MadePaper:
            kept = desk.papers.made(SENT_BACK, file.app.id)
            if kept is not None and kept.paper.made_at >= file.app.changed_at:
                desk.papers.print(by, kept.paper.id, again=True)
                return kept  # the same notice: it was sent back once
            until, capped = desk.online.answer_term(file.app)
            made = sent_back_paper(desk.papers, by, file.app, file.filing, until, capped=capped)
            desk.papers.print(by, made.paper.id)
            return made

        def then(made: MadePaper) -> None:
            self.show(said=self.say("online_screen.said.notice", number=made.paper.number))

        self.work(act, then, lane="document_printer", doing="doing.print_notice")
