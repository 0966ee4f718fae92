"""A parcel that came back, until it is opened: the shelf, the scan, the seal."""

from __future__ import annotations

import threading
from typing import TypeVar

from desktop.domain.application import Application, PictureAway, ReasonMissing
from desktop.domain.officer import Officer
from desktop.domain.reasons import ReturnReason, needs_note
from desktop.domain.shipment import (
    Manifest,
    Parcel,
    PictureOfSealMissing,
    ReturnAction,
    ReturnCase,
    ReturnState,
)
from desktop.domain.workflow import RETURN
from desktop.notices import DutyChanged, Notice, ShipmentMoved
from desktop.presenters.returns_kept import ReturnsKept
from desktop.presenters.returns_problems import (
    ReturnReasonMissing,
    SealNotJudged,
)
from desktop.presenters.returns_view import (
    BESIDE,
    OpenReturn,
    ReturnFilter,
    ReturnLine,
    ReturnStep,
    ReturnsView,
)
from desktop.presenters.training_scans import (
    HANDS,
    can_play,
    code_on,
    envelope_shown,
    lay_card,
    next_waybill,
    parcel_to_bring_back,
    take_card,
)
from desktop.services.card_code import card_serial
from desktop.services.desk import Desk
from desktop.services.returns import AgedReturn, CardCheck

T = TypeVar("T")

CAMERA = "camera"
CAPTURE_SECONDS = 10.0

Opened = tuple[OpenReturn, tuple[dict[str, str], dict[str, str]]]
"""A return, and what was kept of it and of its picture."""


class ReturnsShelf(ReturnsKept):
    """The part of the returns presenter that reads, opens and judges the seal."""

    hears = (ShipmentMoved, DutyChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._drawn = ("", b"")
        self._laid = False
        self._refused: Exception | None = None

    # -- reading ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """The list; `payload` (a return's id or a waybill) is opened."""
        self.refresh()
        if isinstance(payload, str) and payload:
            self._open_or_receive(payload)

    def leave(self) -> None:
        """The next card that is laid on the reader isn't the parcel's."""
        if self.view.waits:
            self.cancel_work()
        super().leave()

    def heard(self, notice: Notice) -> None:
        if not self.view.doing:
            self.refresh()

    def refresh(self) -> None:
        """Read the shelf anew, and the return on show."""
        wanted, shown = self.view.filter, self.view.open

        def look() -> dict[str, object]:
            ageing = self.desk.returns.ageing()
            recalled = self.desk.returns.cases(ReturnState.RECALLED)
            groups = {
                ReturnFilter.WAITING: [a for a in ageing if not _held(a)],
                ReturnFilter.HELD: [a for a in ageing if _held(a)],
                ReturnFilter.LATE: [a for a in ageing if a.alarm],
                ReturnFilter.TO_DESTROY: [self._aged(case) for case in recalled],
            }
            changes: dict[str, object] = {
                "lines": self._lines(groups[wanted]),
                "counts": {key: len(group) for key, group in groups.items()},
            }
            if shown is not None:
                changes["open"] = self.read_return(shown.case.id, shown.check)
            return changes

        def then(changes: dict[str, object]) -> None:
            now = self.view.open
            if shown is None or now is None or now.case.id != shown.case.id:
                changes.pop("open", None)
            self.show(**changes)

        self.read(look, then)

    def _aged(self, case: ReturnCase) -> AgedReturn:
        now = self.desk.frame.now()
        with self.desk.ledger.reading() as r:
            number = r.get(Application, case.application_id).number
        return AgedReturn(case, number, (now - case.received_at).days, alarm=False)

    def _lines(self, ageing: list[AgedReturn]) -> tuple[ReturnLine, ...]:
        lines: list[ReturnLine] = []
        with self.desk.ledger.reading() as r:
            for aged in ageing:
                parcel = r.get(Parcel, aged.case.parcel_id)
                lines.append(ReturnLine(aged, parcel.address.recipient, parcel.address.city))
        return tuple(lines)

    def read_return(self, case_id: str, check: CardCheck | None = None) -> OpenReturn:
        incidents = self.desk.returns.incidents(case_id)
        with self.desk.ledger.reading() as r:
            case = r.get(ReturnCase, case_id)
            app = r.get(Application, case.application_id)
            parcel = r.get(Parcel, case.parcel_id)
            other_id = case.other_application
            other = r.look(Application, other_id) if other_id else None
            officers = {o.id: o.title for o in r.find(Officer)}
            manifest = r.look(Manifest, parcel.manifest_id) if parcel.manifest_id else None
            face = self._face(app) if case.card_serial == app.blank_serial else b""
            return OpenReturn(
                case=case,
                app=app,
                parcel=parcel,
                photo=r.picture(app.photo),
                seal_picture=r.picture(case.picture),
                face=face,
                incidents=tuple(incidents),
                other=other,
                other_photo=r.picture(other.photo) if other else b"",
                opener=officers.get(case.opened_with, case.opened_with),
                receiver=officers.get(case.received_by, case.received_by),
                manifest=manifest.number if manifest else 0,
                check=check,
            )

    def _face(self, app: Application) -> bytes:
        """The card as it should look, drawn once for each printing."""
        if self._drawn[0] != app.blank_serial and app.photo and app.blank_serial:
            try:
                self._drawn = (app.blank_serial, self.desk.cardmaker.preview(app).front)
            except PictureAway:  # made at another counter: the parcel is looked at without it
                return b""
        return self._drawn[1] if self._drawn[0] == app.blank_serial else b""

    def choose(self, wanted: ReturnFilter) -> None:
        """Another part of the shelf."""
        self.show(filter=wanted)
        self.refresh()

    def may_do(self, action: ReturnAction) -> bool:
        """Whether this officer's duty includes a step of a return; told if not."""
        return self.may(
            *{role for step in RETURN.steps if step.action is action for role in step.roles}
        )

    # -- scanning --------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A waybill, or the card that lay in the parcel."""
        if self.view.doing:
            return True
        view = self.view
        if view.step in (ReturnStep.CARD, ReturnStep.OTHER_CARD):
            self.check_card(text)
        elif view.sending and view.open is not None:
            self.scan_to_send(view.open, text)
        elif view.step is ReturnStep.DECIDE and view.open is not None and _its(view.open, text):
            if view.open.doubted:
                self.check_card(text)
        else:
            self._open_or_receive(text)
        return True

    def check_card(self, code: str = "", nrp: str = "", password: str = "") -> None:
        """Compare the scanned card; the part that decides knows how."""

    def scan_to_send(self, shown: OpenReturn, text: str) -> None:
        """The next scan of sending again; the part that decides knows how."""

    def play_scan(self) -> None:
        """In training: hold the next thing under the scanner, the card on the reader first."""
        view, desk = self.view, self.desk
        if not can_play(desk) or view.doing:
            return
        shown = view.open
        if shown is None or view.step is ReturnStep.DONE:
            self.read(lambda: parcel_to_bring_back(desk), self._play)
        elif view.step is ReturnStep.CARD:
            serial = shown.parcel.serial
            self._laid = True

            def lay() -> str:
                lay_card(desk, shown.app, serial)
                return code_on(desk, shown.app, serial)

            self.work(lay, self._play, lane=HANDS)
        elif view.sending and not view.card_scanned:
            self._play(shown.parcel.serial)
        elif view.sending:
            self.read(lambda: next_waybill(desk), self._play)

    def _play(self, code: str) -> None:
        if code:
            self.show()
            self.scanned(code)
        else:
            self.show(said=self.warn("returns_screen.said.none_out"))

    def _open_or_receive(self, text: str) -> None:
        by = self.by

        def act() -> Opened:
            with self.desk.ledger.reading() as r:
                known = r.look(ReturnCase, text)
            case = known or self.desk.returns.receive(by, text)
            return self.read_return(case.id), self.kept_of(case.id)

        def failed(problem: Exception) -> None:
            self._refused = problem
            self.show(problem=problem)

        self.work(act, self._opened, doing="doing.open_return", failed=failed)

    def forget_refused(self) -> None:
        """Another screen is shown, and no waybill that was refused stands in the field."""
        if self.view.problem is not None and self.view.problem is self._refused:
            self.dismiss()

    def open_case(self, case_id: str) -> None:
        """A return from the list."""

        def look() -> Opened:
            return self.read_return(case_id), self.kept_of(case_id)

        self.work(look, self._opened, doing="doing.open_return")

    def _opened(self, found: Opened) -> None:
        self.go_on(*found)
        self.refresh()

    def take_laid(self) -> None:
        """In training: the card that was laid on the reader for a sample scan."""
        if self._laid:
            self._laid = False
            take_card(self.desk)

    def back(self) -> None:
        """Esc: what was said is put away first, for what was told of the parcel goes with it."""
        if self.view.problem is not None and not self.view.doing:
            self.dismiss()
        else:
            self.close_case()

    def close_case(self) -> None:
        """Esc: stop waiting; else back to the list, and what both haven't signed is forgotten.

        While something is under way its parcel stays on show: what comes of it is that parcel's.
        """
        if self.view.waits:
            self.cancel_work()
        if self.view.doing not in ("", BESIDE):
            return
        self.forget()
        self.take_laid()
        self.view = ReturnsView(
            lines=self.view.lines, filter=self.view.filter, counts=self.view.counts,
            said=self.view.said,
        )  # fmt: skip
        self.show()
        self.refresh()

    # -- the seal --------------------------------------------------------------------------

    def pick_reason(self, reason: ReturnReason) -> None:
        """Why the courier brought it back."""
        self.show(reason=reason, problem=None)

    def judge_seal(self, *, intact: bool) -> None:
        """How the envelope looks."""
        self.show(seal_intact=intact, problem=None)

    def write_note(self, text: str) -> None:
        """A line in the officer's own words."""
        self.show(note=text)

    def take_picture(self) -> None:
        """The envelope before the counter's camera."""
        desk, shown, torn = self.desk, self.view.open, self.view.seal_intact is False
        parcel = shown.parcel if shown is not None else None

        def act(stop: threading.Event) -> bytes:
            with desk.hub.camera() as camera, envelope_shown(desk, parcel, torn=torn):
                return camera.capture(timeout=CAPTURE_SECONDS, cancel=stop)

        self.wait_for(
            act, lambda picture: self.show(picture=picture), lane=CAMERA,
            doing="doing.picture_seal",
        )  # fmt: skip

    @property
    def seal_ready(self) -> bool:
        """Whether everything is told that both officers sign; else the problem is shown."""
        if self.view.reason is None:
            self.show(problem=ReturnReasonMissing())
            return False
        if self.view.seal_intact is None:
            self.show(problem=SealNotJudged())
            return False
        if not self.view.seal_intact and not self.view.picture:
            self.show(problem=PictureOfSealMissing())
            return False
        if needs_note(self.view.reason) and not self.view.note.strip():
            self.show(problem=ReasonMissing())
            return False
        return True

    def open_parcel(self, nrp: str, password: str) -> None:
        """Both officers sign what they saw, and open the parcel."""
        view, by = self.view, self.by
        if view.open is None or view.reason is None or view.seal_intact is None:
            return
        case, reason, intact = view.open.case, view.reason, view.seal_intact

        def act() -> OpenReturn:
            second = self.desk.duty.second(by, nrp, password)
            self.desk.returns.verify(
                by, second, case.id, seal_intact=intact, reason=reason, picture=view.picture,
                note=view.note.strip(),
            )  # fmt: skip
            return self.read_return(case.id)

        self.work(act, lambda found: self.show(open=found))


def _its(shown: OpenReturn, text: str) -> bool:
    """Whether this is the code of the card that came out of the parcel, and so no waybill."""
    return card_serial(text).upper() == shown.case.card_serial


def _held(aged: AgedReturn) -> bool:
    return aged.case.state is ReturnState.HELD_FOR_COLLECTION
