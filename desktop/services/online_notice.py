"""The sent-back notice on paper, for applicants who can't read it on a phone."""

from __future__ import annotations

from datetime import date

from desktop.domain.application import Application
from desktop.domain.filing import Filing
from desktop.domain.officer import Actor
from desktop.services.paper_forms import Mark, sent_back_notice
from desktop.services.papers import MadePaper, Papers


def sent_back_paper(
    papers: Papers,
    by: Actor,
    app: Application,
    filing: Filing,
    answer_by: date,
    *,
    capped: bool = False,
) -> MadePaper:
    """The notice of a case that was sent back, each faulty picture with its mark.

    `capped` says that the old licence's end, not the office's term, sets the last day.
    """
    marks = {
        point.reason: Mark(filing.pictures[point.reason.document], point.mark)
        for point in app.sent_back
        if point.mark is not None and point.reason.document in filing.pictures
    }
    reasons = [point.reason for point in app.sent_back]
    return sent_back_notice(papers, by, app.id, reasons, answer_by, marks=marks, capped=capped)
