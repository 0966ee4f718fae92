"""The devices' screen: how each one is, a test that proves something, its log, and its care."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from desktop.domain.realm import Realm
from desktop.domain.stock import UnnumberedUse
from desktop.notices import DeviceChanged, Notice
from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.device_chooser import DeviceChooser
from desktop.presenters.devices_view import CARDS, Care, DeviceLine, DevicesView, Side
from desktop.services.desk import Desk
from desktop.services.device_care import USERS_OF_STOCK, Proof, Proven, RibbonChange
from desktop.services.device_setup import CHANGERS
from desktop.services.kept_work import DEVICES_QUESTION
from devices.card_printer import Unnumbered
from devices.device import DeviceKind
from devices.errors import Cancelled

DEVICE, ADDING = "device", "adding"
"""What a question is about: the device on show, or one that is added."""


class Devices(Asking[DevicesView]):
    """Answers the devices' screen."""

    question_form = DEVICES_QUESTION

    hears = (DeviceChanged,)

    def __init__(self, desk: Desk) -> None:
        training = desk.realm is Realm.TRAINING and desk.bench is not None
        super().__init__(desk, DevicesView(training=training))
        self._cancel: threading.Event | None = None
        self._proofs: dict[str, Proof] = {}
        self._failures: dict[str, Exception] = {}

    # -- looking ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """Show what the hub saw last; `payload` may name the device to show."""
        wanted = payload if isinstance(payload, str) and self.desk.hub.has(payload) else ""
        self.refresh(wanted or self.view.current)

    def heard(self, notice: Notice) -> None:
        self.refresh()

    def refresh(self, current: str = "") -> None:
        """Look again at what the hub knows; nothing is asked of a device, nothing blocks."""
        hub = self.desk.hub
        lines = [DeviceLine(status, hub.changed_at(status.name)) for status in hub.statuses()]
        names = [line.name for line in lines]
        wanted = current or self.view.current
        if wanted not in names:
            wanted = names[0] if names else ""
        self._show_if_new(
            lines=tuple(lines),
            current=wanted,
            side=self._side_of(lines, wanted),
            events=hub.events(wanted) if wanted else (),
            proof=self._proofs.get(wanted),
            ribbon_left=self._ribbon_left(wanted),
            may_change=(changes := self._may_change()),
            may_add=changes and bool(self.desk.setup.open_places()),
            recorded=self.desk.setup.recorded(wanted),
        )

    def _side_of(self, lines: list[DeviceLine], current: str) -> Side:
        """No simulator stays beside a real device: it would move another than is on show."""
        seen = dataclasses.replace(self.view, lines=tuple(lines), current=current)
        return Side.DETAIL if seen.side is Side.SIMULATOR and not seen.simulated else seen.side

    def leave(self) -> None:
        super().leave()
        self.stop()

    # -- what is asked ---------------------------------------------------------------------

    def about_question(self) -> Mapping[str, str]:
        """The device on show."""
        return {DEVICE: self.view.current}

    def still_asked(self, asked: Asked) -> bool:
        """It is on show still; one that is added isn't there yet."""
        if ADDING in asked.about:
            return self.view.may_add
        return asked.about == self.about_question()

    def go_on_with(self, asked: Asked) -> None:
        """Turn to the device, and ask again."""
        name = asked.about.get(DEVICE, "")
        self.refresh(name if self.desk.hub.has(name) else "")
        self.show(asked=asked)

    def select(self, name: str) -> None:
        """Another device is on show."""
        if name and name != self.view.current:
            self.view = dataclasses.replace(self.view, problem=self._failures.pop(name, None))
            self.refresh(name)

    def select_simulated(self) -> None:
        """The first that the simulator has is on show, unless one is already."""
        if self.view.training and not self.view.simulated:
            lines = self.view.lines
            self.select(next((line.name for line in lines if line.status.info.simulated), ""))

    def turn_to(self, side: Side) -> None:
        """Show the log or the simulator beside the list; again for the details."""
        if side is Side.SIMULATOR and not self.view.simulated:
            return
        self.show(side=Side.DETAIL if self.view.side is side else side)

    # -- doing -----------------------------------------------------------------------------

    def test(self) -> None:
        """Try the device on show. A scanner waits for a code, a card printer runs a test card."""
        line = self.view.line
        if line is None or Care.TEST not in self.view.cares:
            return
        if line.kind is DeviceKind.SCANNER:
            self.show(testing=line.name, running=None, problem=None, side=Side.DETAIL)
            return
        self._try(line.name, None)

    def run_card(self, care: Care) -> None:
        """Run an alignment or cleaning card through the printer on show."""
        if self.view.line is not None and care in self.view.cares and care in CARDS:
            self._try(self.view.current, CARDS[care])

    def stop(self) -> None:
        """Give up a test that waits."""
        if self._cancel is not None:
            self._cancel.set()
        elif self.view.testing:
            self.show(testing="")

    def scanned(self, text: str) -> bool:
        """A code arrived: the proof of the scanner under test, or of none."""
        name = self.view.testing
        if not name or self._cancel is not None:
            return False
        by = self.by
        self.work(
            lambda: self.desk.care.heard(by, name, text),
            self._proven,
            doing="doing.device_test",
            failed=partial(self._failed, name),
        )
        return True

    def reopen(self) -> None:
        """Let go of the device on show and take it up anew."""
        name = self.view.current
        if Care.REOPEN in self.view.cares:
            self.work(
                lambda: self.desk.hub.reopen(name),
                lambda _done: self._told("devices_screen.reopened", name),
                lane=name,
                doing="doing.device_reopen",
                failed=partial(self._failed, name),
            )

    def may_change_ribbon(self) -> bool:
        """Whether this officer may record a ribbon change; told beside the device if not."""
        may = self.may(*USERS_OF_STOCK)
        if not may:
            self.show(side=Side.DETAIL)
        return may

    def change_ribbon(self, lot: str, left: int) -> None:
        """Record a ribbon change on the printer on show."""
        name = self.view.current
        if Care.RIBBON not in self.view.cares:
            return
        by = self.by

        def done(change: RibbonChange) -> None:
            said = self.say("devices_screen.ribbon_changed", lot=change.lot, used=change.used)
            self.show(said=said, asked=None)
            self.refresh()

        def failed(problem: Exception) -> None:
            # The lot waits to be asked for again, and brings nobody back here tomorrow.
            asked = self.view.asked
            if asked is not None and asked.about == {DEVICE: name}:
                self.ask_later()
            self._failed(name, problem)

        self.work(
            lambda: self.desk.care.change_ribbon(by, name, lot, left),
            done,
            lane=name,
            doing="doing.ribbon",
            failed=failed,
        )

    def chooser(self, *, adding: bool = False) -> DeviceChooser:
        """What the sheet for choosing a device talks to: for the place on show, or an open one."""

        def changed(place: str) -> None:
            self._proofs.pop(place, None)
            self._failures.pop(place, None)
            self.show(asked=None)
            self.refresh(place if self.desk.hub.has(place) else "")

        def kept(place: str) -> None:
            changed(place)
            # Behind the first look at it on the same lane: until then nobody knows its state.
            self.desk.lanes.call(place, lambda: None, lambda _none: self._told_state(place))

        def taken_back(place: str) -> None:
            changed(place)
            stands = self.desk.hub.has(place)
            self._told("devices_screen.taken_back" + ".simulator" * stands, place)

        place = "" if adding else self.view.current
        return DeviceChooser(self.desk, place, kept, taken_back)

    def export(self) -> None:
        """Write the flight recording of the device on show into a file."""
        name = self.view.current
        if Care.EXPORT not in self.view.cares:
            return

        def done(file: Path) -> None:
            self.show(said=self.say("devices_screen.exported", file=str(file)))

        self.work(
            lambda: self.desk.setup.export(name),
            done,
            doing="doing.device_export",
            failed=partial(self._failed, name),
        )

    # -- inside ----------------------------------------------------------------------------

    def _may_change(self) -> bool:
        session = self.desk.duty.session
        return session is not None and bool(session.actor.roles & CHANGERS)

    def _try(self, name: str, card: Unnumbered | None) -> None:
        by = self.by
        cancel = self._cancel = threading.Event()
        self._proofs.pop(name, None)
        self._failures.pop(name, None)

        def act() -> Proof:
            if card is None:
                return self.desk.care.test(by, name, cancel)
            return self.desk.care.run_card(by, name, card, cancel)

        printer = self.desk.hub.status(name).kind is DeviceKind.CARD_PRINTER
        running = UnnumberedUse((card or Unnumbered.TEST).value) if printer else None
        doing = "doing.device_test" if running is None else "doing.device_card"
        self.show(testing=name, running=running, proof=None, side=Side.DETAIL)
        self.work(act, self._proven, lane=name, doing=doing, failed=partial(self._failed, name))

    def _proven(self, proof: Proof) -> None:
        self._cancel = None
        self._proofs[proof.device] = proof
        use = proof.facts.get("use", UnnumberedUse.TEST)
        tested = "devices_screen.tested" if use is UnnumberedUse.TEST else "devices_screen.ran"
        said = self.say(tested, device=proof.device, use=use)
        if proof.what is Proven.FRAME_EMPTY:
            said = self.warn("devices_screen.nobody_seen", device=proof.device)
        self.show(testing="", running=None, said=said)
        self.refresh()

    def _failed(self, tried: str, problem: Exception) -> None:
        """What went wrong is said of its own device, not of one turned to meanwhile."""
        self._cancel = None
        testing = "" if tried == self.view.testing else self.view.testing
        said = None if isinstance(problem, Cancelled) else problem
        if tried == self.view.current and said is not None:
            self.show(testing=testing, running=None, problem=said, side=Side.DETAIL)
        elif tried == self.view.current:
            self.show(testing=testing, running=None, problem=None)
        else:
            if said is not None:
                self._failures[tried] = said
            self.show(testing=testing, running=None)
        self.refresh()
        if self.view.problem is not None and self.view.explained:
            # The page stays as it was before the key: that it was heard is said aside.
            self.show(said=self.warn("devices_screen.not_done", fault=self.view.problem))

    def _told(self, message_id: str, name: str) -> None:
        self.show(said=self.say(message_id, device=name))
        self.refresh()

    def _told_state(self, name: str) -> None:
        """That a choice is saved, and how what was chosen is."""
        if not self.desk.hub.has(name):
            return  # somebody has taken it away meanwhile
        health = self.desk.hub.status(name).health
        state = health.reasons or health.state
        tell = self.say if health.usable else self.warn
        self.show(said=tell("devices_screen.chosen", device=name, state=state))
        self.refresh()

    def _ribbon_left(self, name: str) -> int:
        if name and self.desk.hub.status(name).kind is DeviceKind.CARD_PRINTER:
            return self.desk.care.ribbon_left(name)
        return 0

    def _show_if_new(self, **changes: object) -> None:
        if any(getattr(self.view, key) != value for key, value in changes.items()):
            self.show(**changes)
