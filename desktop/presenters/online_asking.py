"""What the online screen's questions are about: the open file, a card in hand, a parcel.

After a kill each stands again over what it was about, if that is still its officer's to decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.shipment import Parcel, ParcelAction
from desktop.domain.workflow import PARCEL
from desktop.presenters.asked import Asked
from desktop.presenters.online_print import PrintDesk
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import (
    ManifestPane,
    OnlineArea,
    OpenFile,
    ParcelLine,
    PrintPane,
)
from desktop.services.kept_work import APPLICATION

CARD = "card"
"""The serial that was scanned of the card in hand, "" where none was."""

PROOF = frozenset({ParcelAction.DELIVER, ParcelAction.SETTLE_DELIVERED})
DOES = {
    "failed": frozenset({ParcelAction.FAIL}),
    "delivered": PROOF,
    "proof": PROOF,
    "dispute": frozenset({ParcelAction.DISPUTE}),
    "lost": frozenset({ParcelAction.DECLARE_LOST}),
}
"""What a question about a parcel leads to; where none of it is possible any more, it falls."""


class QuestionDesk(PrintDesk):
    """The part of the online presenter that knows what is asked about."""

    def about_question(self) -> Mapping[str, str]:
        """The open file; whoever asks about a card or a parcel names it."""
        file = self.view.file
        return {APPLICATION: file.app.id} if file is not None else {}

    def still_asked(self, asked: Asked) -> bool:
        view, about = self.view, asked.about
        if PARCEL_ID in about:
            found = [line.parcel for line in view.out if line.parcel.id == about[PARCEL_ID]]
            return _open_to(asked, found[0]) if found else view.area is not OnlineArea.MANIFEST
        if CARD in about:
            there = about[APPLICATION] in {app.id for app in view.printed}
            return there or view.area is not OnlineArea.PRINT
        return view.file is not None and view.file.app.id == about.get(APPLICATION)

    def go_on_with(self, asked: Asked) -> None:
        if PARCEL_ID in asked.about:
            self._go_on_parcel(asked)
        elif CARD in asked.about:
            self._go_on_card(asked)
        else:
            self._go_on_file(asked)

    def _go_on_file(self, asked: Asked) -> None:
        by, desk, case_id = self.by, self.desk, asked.about.get(APPLICATION, "")

        def look() -> OpenFile | None:
            with desk.ledger.reading() as r:
                app = r.look(Application, case_id)
            if app is None or app.state is not S.CLAIMED or app.claimed_by != by.officer:
                return None  # laid back, decided, or somebody else's meanwhile
            desk.intake.opened(by, app.id)
            return self._read_file(by, app)

        def then(read: OpenFile | None) -> None:
            file = self.view.file or read
            if read is None or file is None:
                self.ask_no_more()
            elif file.app.id == case_id:
                self.show(area=OnlineArea.VERIFY, report=None, file=file, asked=asked)

        self.read(look, then)

    def _go_on_parcel(self, asked: Asked) -> None:
        def then(out: tuple[ParcelLine, ...]) -> None:
            there = [line.parcel for line in out if line.parcel.id == asked.about[PARCEL_ID]]
            if not there or not _open_to(asked, there[0]):
                self.ask_no_more()
                return
            area, pane = OnlineArea.MANIFEST, ManifestPane.OUT
            self.show(area=area, manifest_pane=pane, file=None, out=out, asked=asked)
            self.refresh()

        self.read(self.read_out, then)

    def _go_on_card(self, asked: Asked) -> None:
        def then(printed: tuple[Application, ...]) -> None:
            case_id = asked.about[APPLICATION]
            if case_id not in {app.id for app in printed}:
                self.ask_no_more()
                return
            area, pane = OnlineArea.PRINT, PrintPane.INSPECT
            self.show(area=area, pane=pane, file=None, printed=printed)
            self.show_card(case_id)
            self.show(card_scanned=asked.about[CARD], asked=asked)
            self.refresh()

        self.read(self.read_printed, then)


def _open_to(asked: Asked, parcel: Parcel) -> bool:
    """Whether what it leads to is still to come, and not told of this parcel meanwhile."""
    does = DOES.get(asked.question)
    return does is None or any(s.state is parcel.state and s.action in does for s in PARCEL.steps)
