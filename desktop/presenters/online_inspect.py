"""Looking at printed cards, one after the other: the card is good, or its blank is spoiled.

Where there is a viewer the machine looks first; the eye decides, and may overrule with a second
officer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.domain.application import Application
from desktop.domain.officer import Actor
from desktop.domain.stock import Job
from desktop.presenters.online_ship import ShipDesk
from desktop.presenters.training_scans import bring_card
from desktop.presenters.walkin_card import card_serial
from desktop.presenters.walkin_view import LOOKING, CardFaces
from desktop.services.kept_work import APPLICATION
from devices.errors import Cancelled

if TYPE_CHECKING:
    from desktop.services.card_looking import Looked

VIEWER = "card_viewer"


@dataclass(frozen=True, slots=True)
class InHand:
    """A printed card that is judged: its case, and the serial that was scanned of it, if any."""

    application_id: str
    scanned: str = ""


class InspectDesk(ShipDesk):
    """The part of the online presenter that inspects."""

    _looking: threading.Event = threading.Event()
    _to_spoil: Callable[[], None] | None = None
    """The rejection that waits for the look under way to end."""

    def show(self, **changes: Any) -> None:
        """Whatever leads away from the inspection ends its look: Esc is another key's there."""
        was = self.view.at_inspection
        super().show(**changes)
        if was and not self.view.at_inspection:
            self.leave_card()

    def leave_card(self) -> None:
        """The viewer waits no longer for a card from here: another screen may use it now."""
        if self.view.doing == LOOKING:
            self.stop_looking()
            self.show(tried_card="")  # nobody meant the eye to go on alone

    def show_card(self, application_id: str) -> None:
        """Both faces of a printed card; without an id, the first in the list."""
        view = self.view
        app = next((a for a in view.printed if a.id == application_id), None)
        app = app or next(iter(view.printed), None)
        if app is None:
            self.show(looking_at="", faces=CardFaces(), card_scanned="", read_by_printer=False)
            return
        if app.id == view.looking_at and view.faces.front:
            return
        if application_id:  # chosen: what was refused is of the card before
            self.show(problem=None)
        self.show(looking_at=app.id, faces=CardFaces(), card_scanned="", read_by_printer=False)

        def then(found: tuple[CardFaces, bool]) -> None:
            made, read = found
            if self.view.looking_at == app.id:
                self.show(faces=made, read_by_printer=read)

        def look() -> tuple[CardFaces, bool]:
            with self.desk.ledger.reading() as r:
                job = r.look(Job, app.job_id) if app.job_id else None
            made = self.desk.cardmaker.preview(app)
            return CardFaces(made.front, made.back), job is not None and job.serial_read

        self.read(look, then)

    def scan_to_inspect(self, text: str) -> None:
        """The card in hand: it is shown, and its serial is compared when it passes."""
        serial = card_serial(text).upper()
        app = next((a for a in self.view.printed if a.blank_serial == serial), None)
        if app is not None:
            self.show_card(app.id)
        self.show(card_scanned=serial, problem=None)
        if app is not None and app.id != self.view.tried_card:
            self.look_at_card()

    def look_at_card(self) -> None:
        """The machine's look at the card on show, where there is a viewer; again on demand."""
        app, by, serial = self.view.inspected, self.by, self.view.card_scanned
        looks = self.desk.card_looks
        self.show(can_look=looks.possible)
        if app is None or not looks.possible:
            return
        # Also where nothing is seen in the end: the eye then goes on alone.
        self.show(tried_card=app.id, inspection=None, to_turn="")
        hint = self.turning(app.id)
        stop = self._looking = threading.Event()

        def then(looked: Looked) -> None:
            if self.view.tried_card == app.id:
                self.show(inspection=looked.inspection)
            self._looked_on()

        def failed(problem: Exception) -> None:
            self.show(problem=None if isinstance(problem, Cancelled) else problem)
            self._looked_on()

        def look() -> Looked:
            bring_card(self.desk, app)
            return looks.look(by, app.id, serial, stop, hint)

        self.work(
            look, then,
            lane=VIEWER, doing=LOOKING, failed=failed,
        )  # fmt: skip

    def stop_looking(self) -> None:
        """Esc: nobody lays the card in the viewer now."""
        self._looking.set()

    def _looked_on(self) -> None:
        waits, self._to_spoil = self._to_spoil, None
        if waits is not None:
            waits()

    @property
    def in_hand(self) -> InHand:
        """The card on show now: a question about it is asked and answered with this."""
        return InHand(self.view.looking_at, self.view.card_scanned)

    def _judged(self, of: InHand | None) -> tuple[Application | None, str]:
        judged = of or self.in_hand
        app = next((a for a in self.view.printed if a.id == judged.application_id), None)
        return app, judged.scanned

    def pass_card(
        self, nrp: str = "", password: str = "", overrule: str = "", of: InHand | None = None
    ) -> None:
        """The card is good: it becomes a licence; where there is a viewer, it was in it first.

        `of` is the card that was asked about; without it, the one on show.
        """
        (app, serial), by = self._judged(of), self.by
        if app is None:
            return
        untried = self.view.tried_card != app.id and not nrp and not overrule
        if untried and self.desk.card_looks.possible:
            self.look_at_card()
            return

        def act() -> Application:
            second: Actor | None = None
            if nrp:
                second = self.desk.duty.second(by, nrp, password)
            return self.desk.issuing.inspect(by, app.id, serial, second, overrule)

        self.work(act, lambda done: self._looked_at(done, "online_screen.said.good"))

    def reject_card(self, reason: str, note: str = "", of: InHand | None = None) -> None:
        """The card is bad: its blank is spoiled, the file prints again; `of` as in `pass_card`.

        The viewer needn't look any longer at what the eye has rejected.
        """
        (app, _serial), by = self._judged(of), self.by
        if app is None:
            return

        def spoil() -> None:
            if self.still_here(by):
                self.work(
                    lambda: self.desk.issuing.spoil(by, app.id, reason, note=note),
                    lambda done: self._looked_at(done, "online_screen.said.spoiled"),
                )

        if self.view.doing == LOOKING:
            self._to_spoil = spoil
            self.stop_looking()
        else:
            spoil()

    def _looked_at(self, app: Application, message: str) -> None:
        ids = [one.id for one in self.view.printed]
        left = tuple(one for one in self.view.printed if one.id != app.id)
        told = {
            "said": self.say(message, number=app.number),
            "asked": self.asked_of_others(APPLICATION, app.id),
        }
        if self.view.looking_at == app.id:
            self.show(printed=left, card_scanned="", tried_card="", inspection=None, **told)
            follows = ids.index(app.id) if app.id in ids else 0
            self.show_card(left[min(follows, len(left) - 1)].id if left else "")
        else:
            self.show(printed=left, **told)
        self.refresh()
