"""F8: every device of the counter, its state and its remedy, tests, log, and the simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QDialog, QWidget

from desktop.device_slot import DeviceEvent
from desktop.presenters.devices import ADDING, Devices
from desktop.presenters.devices_view import Care, DevicesView, Side
from desktop.presenters.simulator import Simulator
from desktop.words import Words
from ui.device_words import device_name, health_words, large, level_of, list_item
from ui.popup import AnswerSheet
from ui.problems import problem_text
from ui.screens.asks import Asks
from ui.screens.device_detail import DeviceDetail
from ui.screens.screen import Screen
from ui.shell import Shell
from ui.simulator_panel import SimulatorPanel
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.empty import EmptyState
from ui.widgets.fields import CodeField, Form, NumberField
from ui.widgets.labels import Panel, Text, column, row
from ui.widgets.listing import show_or_tell
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

LOOK_EVERY_MS = 700
ROOMY = 1300
"""From this width, at 100 % text, all acts of a printer stand in one row."""
_SIDES = (Side.DETAIL, Side.LOG, Side.SIMULATOR)
_TURNS = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
}


class DevicesScreen(Screen):
    """The list left; details, log or simulator at its right."""

    def __init__(
        self, shell: Shell, presenter: Devices, simulator: Simulator | None = None
    ) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        words = self.words
        self._view = presenter.view
        self.asks = Asks(self, presenter, {"device": self.ask_device, "ribbon": self.ask_ribbon})
        self.set_heading(words("screen.devices.short"))
        self._make_acts()
        columns = [
            Column(words("devices_screen.column.device"), strong=True),
            Column(words("devices_screen.column.state"), stretch=True),
            Column(words("devices_screen.column.last"), muted=True),
        ]
        self.table = DataTable(columns, words("devices_screen.list"), self, opens=False)
        self.table.moved.connect(presenter.select)
        self.table.installEventFilter(self)
        self.card = DeviceDetail(words, self)
        self.log = LogPanel(words, self)
        self.panel = SimulatorPanel(words, simulator, self) if simulator is not None else None
        self.has_simulator = self.panel is not None
        self.sides = Pages(self)
        self.sides.addWidget(self.card)
        self.sides.addWidget(self.log)
        if self.panel is not None:
            self.panel.left.connect(self.go_home)
            self.panel.serve(self.table)
            self.sides.addWidget(self.panel)
        listed = Panel(parent=self, padding=12)
        listed.add(self.table, 1)
        across = row(listed, spacing=16)
        across.addWidget(self.sides)
        across.setStretch(0, 10)
        across.setStretch(1, 11)
        nest(self.body, across, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(presenter.refresh)
        presenter.attach(self.show_view)

    def _make_acts(self) -> None:
        presenter = self.presenter
        self.test = self.act("devices_screen.test", "T", presenter.test, icon="badge-check")
        self.stop = self.act("devices_screen.stop", "Esc", presenter.stop, icon="x")
        self.back = self.act("devices_screen.back", "Esc", self._back)
        self.show_log = self.act(
            "devices_screen.log", "L", lambda: presenter.turn_to(Side.LOG), icon="history"
        )
        self.change = self.act("devices_screen.change", "C", self.ask_device, icon="settings")
        self.add_device = self.act(
            "devices_screen.add", "A", lambda: self.ask_device(adding=True), icon="plus"
        )
        self.export = self.act("devices_screen.export", "E", presenter.export, icon="download")
        self.reopen = self.act("devices_screen.reopen", "R", presenter.reopen, icon="rotate-ccw")
        self.ribbon = self.act("devices_screen.ribbon", "P", self.ask_ribbon, icon="layers")
        self.align = self.act(
            "devices_screen.align", "Y", lambda: presenter.run_card(Care.ALIGN), icon="scale"
        )
        self.clean = self.act(
            "devices_screen.clean", "K", lambda: presenter.run_card(Care.CLEAN), icon="refresh-cw"
        )
        self.simulate = self.act(
            "devices_screen.simulator", "G", self.open_simulator, icon="activity"
        )
        for action, kind in (
            (self.show_log, "plain"),
            (self.export, "plain"),
            (self.change, "plain"),
            (self.add_device, "plain"),
            (self.reopen, "plain"),
            (self.ribbon, "plain"),
            (self.align, "plain"),
            (self.clean, "plain"),
        ):
            self.foot.add_left(self.button(action, kind))
        self.foot.add_left(self.button(self.simulate))
        for action in (self.test, self.stop):
            self.foot.add_right(self.button(action, "primary"))

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget:
        return self.table

    def entered(self, payload: object) -> None:
        self.presenter.enter(payload)
        self._timer.start()

    def left(self) -> None:
        self._timer.stop()
        self.presenter.leave()

    def on_scan(self, text: str) -> bool:
        return self.presenter.scanned(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._enable(self._view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows choose a device; the pages of its log are turned beside that."""
        if (
            watched is self.table
            and self._view.side is Side.LOG
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _TURNS
        ):
            self.log.table.verticalScrollBar().triggerAction(_TURNS[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        assert isinstance(view, DevicesView)
        self._view = view
        words = self.words
        rows = [
            Row(
                line.name,
                (
                    device_name(words, line.name),
                    list_item(words, line.status),
                    words.time(line.last) if line.last else words("devices_screen.never"),
                ),
            )
            for line in view.lines
        ]
        self.table.show_rows(rows, view.current or None)
        self._head(view)
        self.card.show_view(view)
        self.log.show_events(device_name(words, view.current), view.events)
        if self.panel is not None and view.current:
            self.panel.show_device(view.current)
        self._turn_to(view.side)
        self._enable(view)
        self._tell(view)
        self.asks.hear(view)

    def _turn_to(self, side: Side) -> None:
        """Show this beside the list; the arrows don't stay behind in what is no longer seen."""
        now = self.focusWidget()
        self.sides.setCurrentIndex(_SIDES.index(side))
        if self.panel is not None and side is not Side.SIMULATOR and self.panel.holds(now):
            self.go_home()

    def _head(self, view: DevicesView) -> None:
        # One that works for somebody is as well as one that waits.
        ready = sum(level_of(line.status) in (Level.GOOD, Level.BUSY) for line in view.lines)
        others = len(view.lines) - ready
        detail = self.words("devices_screen.all_ready")
        if others:
            detail = self.words("devices_screen.counts", ready=ready, other=others)
        none = self.words("devices_screen.none.add" if view.may_add else "devices_screen.none")
        self.set_heading(self.words("screen.devices.short"), detail if view.lines else none)
        self.sides.setVisible(bool(view.lines))

    def _enable(self, view: DevicesView) -> None:
        line = view.line
        printer = line is not None and line.kind.value == "card_printer"
        testing = bool(view.testing)
        for action, care in (
            (self.test, Care.TEST),
            (self.stop, Care.STOP),
            (self.show_log, Care.LOG),
            (self.reopen, Care.REOPEN),
            (self.ribbon, Care.RIBBON),
            (self.align, Care.ALIGN),
            (self.clean, Care.CLEAN),
            (self.change, Care.CHANGE),
            (self.add_device, Care.ADD),
            (self.export, Care.EXPORT),
        ):
            action.setEnabled(care in view.cares)
        self.test.setVisible(not testing)
        self.stop.setVisible(testing)
        self.back.setVisible(not testing and view.side is not Side.DETAIL)
        log = view.side is Side.LOG
        for action in (self.ribbon, self.align, self.clean):
            action.setVisible(printer and not log)
        self.change.setVisible(view.may_change and line is not None)
        # A printer has acts of its own: on a small screen the key alone adds a device then.
        crowded = printer and not log and self.width() < theme().px(ROOMY)
        self.add_device.setProperty("echoed", crowded)
        self.add_device.setVisible(view.may_add)
        self.add_device.changed.emit()  # a property alone tells no button
        self.export.setVisible(log and view.recorded)
        self.simulate.setVisible(view.simulated and self.panel is not None)
        self.show_log.setText(self.words(f"devices_screen.{'detail' if log else 'log'}"))
        beside = "detail" if view.side is Side.SIMULATOR else "simulator"
        self.simulate.setText(self.words(f"devices_screen.{beside}"))

    def _tell(self, view: DevicesView) -> None:
        said = view.said
        device = said.facts.get("device") if said is not None else None
        if said is not None and isinstance(device, str):
            name = device_name(self.words, device)
            said = replace(said, facts={**said.facts, "device": name})
        fault = said.facts.get("fault") if said is not None else None
        if said is not None and isinstance(fault, Exception):
            told = problem_text(self.words, fault)
            said = replace(said, facts={"fault": told.text, "remedy": told.remedy})
        self.tell_once(said)

    # -- acts of its own -------------------------------------------------------------------

    def open_simulator(self) -> None:
        """Turn to the simulator and put the focus there; again to go back."""
        self.presenter.turn_to(Side.SIMULATOR)
        if self.panel is not None and self._view.side is Side.SIMULATOR:
            self.panel.take_focus()

    def show_simulator(self) -> None:
        self.presenter.select_simulated()
        self.open_simulator()

    def _back(self) -> None:
        """From the log or the simulator to the details."""
        self.presenter.turn_to(self._view.side)

    def ask_device(self, *, adding: bool = False) -> None:
        """Ask which device stands in the place on show, or in one where none stands."""
        from ui.screens.device_chooser import DeviceChooserForm

        adding = adding or ADDING in self.asks.about()
        if (Care.ADD if adding else Care.CHANGE) not in self._view.cares:
            return
        form = DeviceChooserForm(self.words, self.presenter.chooser(adding=adding), self)
        form.finished.connect(lambda _result: (form.deleteLater(), self.go_home()))
        form.open()
        self.asks.form("device", form, about={ADDING: "yes"} if adding else None)

    def ask_ribbon(self) -> None:
        """Ask for the new ribbon's lot and what the old one had left."""
        if Care.RIBBON not in self._view.cares or not self.presenter.may_change_ribbon():
            return
        form = RibbonForm(self.words, self._view.ribbon_left, self)
        form.finished.connect(lambda result: self._ribbon_given(form, result))
        form.open()
        self.asks.form("ribbon", form)

    def _ribbon_given(self, form: RibbonForm, result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            self.presenter.change_ribbon(form.lot.value(), form.left.value())
        form.deleteLater()
        self.go_home()


class LogPanel(Panel):
    """What a device did since the start, the latest first."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent)
        self._words = words
        columns = [
            Column(words("devices_screen.column.at"), code=True),
            Column(words("devices_screen.column.event"), stretch=True),
        ]
        self.table = DataTable(columns, words("devices_screen.log"), self, opens=False)
        self.empty = EmptyState("history", words("devices_screen.log_of.empty"), parent=self)
        self.add(self.empty, 1)
        self.add(self.table, 1)
        self.add(Text(words("devices_screen.log_of.hint"), "small", self, wrap=True))

    def show_events(self, device: str, events: tuple[DeviceEvent, ...]) -> None:
        """Draw the log of one device."""
        words = self._words
        self.set_heading(words("devices_screen.log_of", device=device))
        rows = [
            Row(str(index), (words.time(event.at, seconds=True), self._item(event)))
            for index, event in enumerate(events)
        ]
        show_or_tell(self.table, self.empty, rows)

    def _item(self, event: DeviceEvent) -> StateItem:
        words = self._words
        if event.fault is not None:
            told = problem_text(words, event.fault)
            # Told like the states around it, which are no sentences.
            said = told.text.removesuffix(".")
            return StateItem(Level.BAD, said, f"{told.text} {told.remedy}")
        if event.health is None:
            return StateItem(Level.OFF, "")
        good = {"ready": Level.GOOD, "attention": Level.ATTEND, "unknown": Level.OFF}
        level = good.get(event.health.state.value, Level.BAD)
        return StateItem(level, large(health_words(words, event.health)))


class RibbonForm(AnswerSheet):
    """The new ribbon's lot, and how many cards the old one could still have printed."""

    def __init__(self, words: Words, left: int, host: QWidget) -> None:
        super().__init__(host, width=480)
        title = words("devices_screen.ribbon_form.title")
        self.setWindowTitle(title)
        self.sheet.addWidget(Text(title, "title", self))
        self.sheet.addWidget(
            Text(words("devices_screen.ribbon_form.lead"), "muted", self, wrap=True)
        )
        form = Form()
        self.lot = CodeField(longest=40, letters=True)
        self.left = NumberField(least=0, most=9999, unit=words("devices_screen.ribbon_form.unit"))
        self.left.set_value(left)
        form.add(words("devices_screen.ribbon_form.lot"), self.lot)
        form.add(words("devices_screen.ribbon_form.left"), self.left)
        self.form = form
        nest(self.sheet, form)
        accept = KeyButton(
            words("devices_screen.ribbon_form.accept"), "Enter", kind="primary", parent=self
        )
        accept.clicked.connect(self._accept)
        self.lot.returnPressed.connect(self._next)
        self.left.lineEdit().returnPressed.connect(self._accept)
        cancel = KeyButton(words("common.cancel"), "Esc", parent=self)
        cancel.clicked.connect(self.reject)
        buttons = row(cancel, accept, spacing=8)
        buttons.insertStretch(0, 1)
        nest(self.sheet, column(buttons))
        left_empty = words("devices_screen.ribbon_form.left_empty")
        self._lacks = {self.lot: words("problem.LotMissing"), self.left: left_empty}
        self.lot.textChanged.connect(lambda _text: self._typed(self.lot))
        self.left.valueChanged.connect(lambda _left: self._typed(self.left))
        self.left.lineEdit().textEdited.connect(lambda _text: self._typed(self.left))
        self.lot.setFocus()

    def answers(self) -> dict[str, str]:
        lot, left = self.lot.value(), self.left
        return {"lot": lot, "left": "" if left.empty else str(left.value())}

    def go_on(self, answers: Mapping[str, str]) -> None:
        if answers:
            self.lot.setText(answers["lot"])
            self.lot.end(False)
            self.left.set_value(int(answers["left"] or self.left.value()))

    def _typed(self, field: QWidget) -> None:
        self.form.note(field, "")
        self.changed.emit()

    def _next(self) -> None:
        """What is left is looked at too: the close reckons with it."""
        if not self.lot.value():
            self._accept()
            return
        self.left.setFocus()
        self.left.selectAll()

    def _accept(self) -> None:
        if self.lot.value() and not self.left.empty:
            self.accept()
            return
        field = self.left if self.lot.value() else self.lot
        self.form.note(field, self._lacks[field], fault=True)
        field.setFocus()
        self.fit()
