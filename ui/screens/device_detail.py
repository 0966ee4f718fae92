"""Beside the list of devices: how the one on show is, what to do about it, what a test showed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.device_slot import DeviceEvent
from desktop.presenters.devices_view import DevicesView
from desktop.services.device_care import Proven
from desktop.words import Words
from devices.device import HealthState, Supply, SupplyName, state_of
from ui.device_words import device_name, health_words, large, state_item
from ui.problems import problem_text
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.state import StateBadge
from ui.widgets.supply import SupplyBar

ROOM_LEFT = frozenset({SupplyName.REJECT_BOX, SupplyName.OUTPUT_TRAY})
MILD = frozenset({HealthState.ATTENTION, HealthState.BUSY, HealthState.UNKNOWN})
BROKEN = frozenset({HealthState.ERROR, HealthState.OFFLINE})
MOST_SUPPLIES = 5
MOST_REASONS = 4


class DeviceDetail(Panel):
    """One device, whole."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent)
        look = theme()
        self._words = words
        self.badge = StateBadge(parent=self, filled=True)
        self.head.addWidget(self.badge)
        self.about = Text("", "small", self, wrap=True)
        self.proves = Text("", "muted", self, wrap=True)
        self.reasons = [Banner(parent=self) for _ in range(MOST_REASONS)]
        self.well = Text(words("devices_screen.well"), "muted", self)
        self.supplies_head = Text(words("devices_screen.supplies"), "label", self)
        self.supplies = [SupplyBar(self) for _ in range(MOST_SUPPLIES)]
        self.fault_head = Text("", "muted", self, wrap=True)
        self.fault = Banner(parent=self)
        self.proof_head = Text("", "label", self)
        self.proof = Banner(parent=self)
        self.picture = PhotoFrame("", self, ratio=3 / 4, height=190)
        self.picture.hide()
        self.add(self.about)
        self.add(self.proves)
        for banner in self.reasons:
            self.add(banner)
        self.add(self.well)
        self.add(self.supplies_head)
        bars = QVBoxLayout()
        bars.setSpacing(look.px(1))
        for bar in self.supplies:
            bars.addWidget(bar)
        nest(self.body, bars)
        for widget in (self.fault_head, self.fault, self.proof_head, self.proof, self.picture):
            self.add(widget)
        self.body.addStretch(1)

    def show_view(self, view: DevicesView) -> None:
        """Draw the device on show."""
        line = view.line
        if line is None:
            return
        words, status = self._words, line.status
        info = status.info
        self.set_heading(device_name(words, line.name))
        state = state_item(words, status)
        self.badge.show_state(replace(state, text=large(state.text)))
        about = [words("devices_screen.about", maker=info.maker, model=info.model).strip()]
        # What is known by its address alone has it in its model already.
        if info.serial and info.serial not in info.model:
            about.append(words("devices_screen.about_serial", serial=info.serial))
        if info.firmware:
            about.append(words("devices_screen.about_firmware", firmware=info.firmware))
        self.about.setText(" · ".join(about))
        self.proves.setText(words(f"devices_screen.proves.{line.kind.value}"))
        self._show_reasons(view)
        self._show_supplies(status.health.supplies)
        self._show_fault(view)
        self._show_proof(view)
        told = (*self.reasons, self.fault)
        idle = view.testing != line.name  # else a hand is asked for below
        self.well.setVisible(idle and not any(banner.isVisibleTo(self) for banner in told))

    def _show_reasons(self, view: DevicesView) -> None:
        line = view.line
        reasons = line.status.health.reasons if line else ()
        for index, banner in enumerate(self.reasons):
            if index < len(reasons):
                reason = reasons[index]
                mild = state_of((reason,)) in MILD
                text = self._words.of(reason)
                remedy = self._words(f"devices_screen.remedy.{reason.value}")
                tone = Tone.WARNING if mild else Tone.ERROR
                banner.tell(tone, text[:1].upper() + text[1:], remedy, aloud=index == 0)
            else:
                banner.clear()

    def _show_supplies(self, supplies: tuple[Supply, ...]) -> None:
        self.supplies_head.setVisible(bool(supplies))
        for index, bar in enumerate(self.supplies):
            bar.setVisible(index < len(supplies))
            if index >= len(supplies):
                continue
            supply = supplies[index]
            kind = "free" if supply.name in ROOM_LEFT else "left"
            said = self._words(
                f"devices_screen.supply.{'low' if supply.low and kind == 'left' else kind}",
                left=supply.left,
                whole=supply.capacity,
            )
            name = self._words.of(supply.name)
            share = supply.left / supply.capacity if supply.capacity else 0.0
            bar.show_supply(name[:1].upper() + name[1:], said, share, low=supply.low)

    def _show_fault(self, view: DevicesView) -> None:
        """What went wrong last: as a banner, unless the reasons above say what to do already."""
        words = self._words
        line = view.line
        latest = next((event for event in view.events if _went_wrong(event)), None)
        standing = line.status.fault if line else None
        fault = view.problem or standing
        # What runs now may end otherwise than what ran before.
        running = line is not None and view.testing == line.name
        if fault is not None and not view.explained and not running:
            self.fault.tell_problem(problem_text(words, fault))
        else:
            self.fault.clear()
        if latest is None:
            self.fault_head.hide()
            return
        text = ""
        if latest.fault is not None:
            text = problem_text(words, latest.fault).text
        elif latest.health is not None:
            text = f"{large(health_words(words, latest.health))}."
        self.fault_head.setText(
            words("devices_screen.last_fault", time=words.time(latest.at), text=text)
        )
        self.fault_head.show()

    def _show_proof(self, view: DevicesView) -> None:
        words, line, proof = self._words, view.line, view.proof
        waiting = line is not None and view.testing == line.name
        self.proof_head.setVisible(waiting or proof is not None)
        self.picture.setVisible(not waiting and proof is not None and bool(proof.picture))
        if waiting and line is not None:
            head = words("devices_screen.waiting")
            if view.running is not None:
                head = words("devices_screen.running", use=view.running)
            self.proof_head.setText(head)
            self.proof.tell(Tone.INFO, words(f"devices_screen.wait.{line.kind.value}"))
        elif proof is not None:
            at, use = words.time(proof.at), proof.facts.get("use")
            head = words("devices_screen.proof", time=at)
            if use is not None:
                head = words("devices_screen.proof_card", use=use, time=at)
            self.proof_head.setText(head)
            said = words(f"devices_screen.proved.{proof.what.value}", **proof.facts)
            empty = proof.what is Proven.FRAME_EMPTY
            self.proof.tell(Tone.WARNING if empty else Tone.SUCCESS, said)
            if proof.picture:
                self.picture.show_image(proof.picture, said)
                self.picture.fit_ratio()
        else:
            self.proof.clear()


def _went_wrong(event: DeviceEvent) -> bool:
    """A call that failed, or a state in which nothing works."""
    if event.fault is not None:
        return True
    return event.health is not None and event.health.state in BROKEN
