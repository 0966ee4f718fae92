"""The online screen: files from home are verified, printed, packed and handed to the courier.

Each job has its file: `online_files` verifies, `online_print` prints, `online_inspect` looks at
what was printed, `online_ship` packs and follows. Here they become one screen with four areas.
"""

from __future__ import annotations

import dataclasses

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.shipment import Parcel, ParcelState
from desktop.notices import (
    ApplicationMoved,
    CardToTurn,
    DutyChanged,
    Notice,
    ShipmentMoved,
    StockChanged,
)
from desktop.presenters.online_asking import QuestionDesk
from desktop.presenters.online_pack import QUEUES
from desktop.presenters.online_table_kept import NOT_COUNTING
from desktop.presenters.online_view import (
    ManifestPane,
    OnlineArea,
    OnlineView,
    PairStep,
    PrintPane,
)
from desktop.presenters.training_scans import can_play, next_waybill
from desktop.services.desk import Desk

AREA_OF = {
    S.APPROVED: OnlineArea.PRINT,
    S.AWAITING_MATERIAL: OnlineArea.PRINT,
    S.IN_PRODUCTION: OnlineArea.PRINT,
    S.ENCODED: OnlineArea.PRINT,
    S.PRINTED: OnlineArea.PRINT,
    S.INSPECTED: OnlineArea.PRINT,
    S.READY: OnlineArea.PACK,
    S.IN_DELIVERY: OnlineArea.MANIFEST,
}
"""Where a case is worked on; everything before is verified, everything after is only shown."""


class Online(QuestionDesk):
    """Answers the online screen."""

    hears = (ApplicationMoved, DutyChanged, ShipmentMoved, StockChanged, CardToTurn)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, OnlineView())
        self._reading = False
        self._stale = False

    def leave(self) -> None:
        self.stop_waiting()
        self.leave_card()
        super().leave()

    def stop_waiting(self) -> None:
        """Nobody waits any longer for the KTP-el of a file that isn't on show."""
        if self.view.waits:
            self.cancel_work()

    def load(self, payload: object = None) -> None:
        """The lists; `payload` names an area or a case."""
        self.stop_waiting()
        self.lay_aside()
        if isinstance(payload, str) and payload in set(OnlineArea):
            self.show_area(OnlineArea(payload))
            return
        if payload is None and self.view.printing and self.view.file is None:
            self.show(area=OnlineArea.PRINT, pane=PrintPane.QUEUE, report=None)
        self.refresh()
        if self.view.area is OnlineArea.PRINT:
            self.look_for_doubt()
        if isinstance(payload, str) and payload:
            self._show_case(payload)

    def _show_case(self, application_id: str) -> None:
        def look() -> tuple[Application | None, bool]:
            with self.desk.ledger.reading() as r:
                app = r.look(Application, application_id)
                here = r.find(Parcel, application_id=application_id, state=ParcelState.PACKED)
            return app, bool(here)

        def then(found: tuple[Application | None, bool]) -> None:
            app, packed = found
            if app is None:
                return
            area = AREA_OF.get(app.state, OnlineArea.VERIFY)
            file = self.view.file
            if file is not None and (file.app.id, file.app.version) == (app.id, app.version):
                self.show(area=OnlineArea.VERIFY, problem=None, report=None)
                self.refresh()
                return
            if area is OnlineArea.PRINT and not self.view.printing:
                printed = app.state is S.PRINTED
                self.show(pane=PrintPane.INSPECT if printed else PrintPane.QUEUE)
            if area is OnlineArea.MANIFEST and self.view.recount is None:
                self.show(manifest_pane=ManifestPane.PACKED if packed else ManifestPane.OUT)
            self.show_area(area)
            if area is OnlineArea.VERIFY and app.filing:
                self.open_file(app.id)

        self.read(look, then)

    def show_area(self, area: OnlineArea) -> None:
        """Another job."""
        changes: dict[str, object] = {"area": area, "problem": None, "file": None, "report": None}
        if area is not self.view.area:
            changes["courier"] = ""
        self.show(**changes)
        self.refresh()
        if area is OnlineArea.PRINT and not self.view.printing:
            self.look_for_doubt()

    def heard(self, notice: Notice) -> None:
        if isinstance(notice, CardToTurn):
            self.show(to_turn=notice.application_id)
        else:
            if isinstance(notice, DutyChanged):
                self.stop_waiting()
                self.forget_scans()  # they would be packed in another's name
                self.lay_aside()
            if isinstance(notice, DutyChanged) and isinstance(self.view.pair.problem, RoleMissing):
                # It was said to whoever packed before; the card on the table stays.
                self.show(pair=dataclasses.replace(self.view.pair, problem=None))
            self.refresh()

    def refresh(self) -> None:
        """Read the lists of this area and the counts of all; at most one reading waits."""
        if self._reading:
            self._stale = True
            return
        self._reading = True

        def look() -> dict[str, object]:
            names = self.officer_names()
            return {
                "away": self.read_away(),
                **self.read_files(names),
                **self.read_print(names),
                **self.read_parcels(names),
            }

        def then(changes: dict[str, object]) -> None:
            self._reading = False
            used = changes.pop("used", frozenset())
            away = changes.pop("away", None)
            ready = changes.get("ready")
            if isinstance(ready, tuple):
                here, run = frozenset(line.app.id for line in ready), self.view.run
                # One at the printer stands in no list, and after a jam it is back in the line.
                left = frozenset(run.left if run is not None and run.running else ())
                changes["selected"] = self.view.selected & (here | left)
            counting = self.view.counting
            if counting and changes.get("courier", counting) != counting:
                changes |= NOT_COUNTING  # nothing of that courier's waits any more
            self.show(**changes)
            if isinstance(used, frozenset):
                self.forget_used(used)
            if isinstance(away, tuple):
                self.gone_away(*away)
            if self._stale:
                self._stale = False
                self.refresh()
            view = self.view
            if view.at_inspection and view.inspected is None:
                self.show_card("")

        def failed(problem: Exception) -> None:
            self._reading = self._stale = False
            self.show(problem=problem)

        self.desk.lanes.call("desk", look, then, failed)

    def scanned(self, text: str) -> bool:
        """A card or a waybill, for the job on show; elsewhere the window looks it up."""
        view = self.view
        if view.area is OnlineArea.PACK and (not view.doing or view.doing in QUEUES):
            self.scan_to_pack(text)
            return True
        if view.doing:
            return True
        if view.at_inspection:
            self.scan_to_inspect(text)
            return True
        if view.area is OnlineArea.MANIFEST and view.recount is not None:
            self.scan_recount(text)
            return True
        return False

    @property
    def playable(self) -> bool:
        """In training: whether something lies here to be held under the scanner."""
        view = self.view
        if not can_play(self.desk):
            return False
        if view.area is OnlineArea.PACK:
            return bool(view.to_pack) or view.pair.step is PairStep.WAYBILL
        if view.area is OnlineArea.PRINT:
            return view.inspected is not None
        return view.recount is not None and bool(view.recount.missing)

    def play_scan(self) -> None:
        """In training: hold the next card or label under the scanner."""
        view, desk = self.view, self.desk
        if not can_play(desk) or view.doing:
            return
        if view.area is OnlineArea.PACK and view.pair.step is PairStep.WAYBILL:
            self.read(lambda: next_waybill(desk), self._play)
        elif view.area is OnlineArea.PACK and view.to_pack:
            self._play(view.to_pack[0].app.blank_serial)
        elif view.area is OnlineArea.PRINT and view.inspected is not None:
            self._play(view.inspected.blank_serial)
        elif view.recount is not None and view.recount.missing:
            self._play(view.recount.missing[0])
        else:
            self.show(said=self.say("online_screen.said.nothing_to_scan"))

    def _play(self, code: str) -> None:
        self.scanned(code)
