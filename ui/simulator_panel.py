"""The simulator panel (training only): how the simulated devices truly are, and hands to move them.

It stands beside the list of devices and, by Ctrl+G, over the right edge of every screen, so that
a learner can let somebody come, jam a card or scan a parcel in the middle of their work. Its keys
work while the focus is inside (and in the list beside it) and hide the screen's, the letters of
its labels too; Esc leaves.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCompleter,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.outside.simulators import Manner, manners_of
from desktop.presenters.simulator import Simulator
from desktop.presenters.simulator_view import Hand, Issuer, SimulatorView
from desktop.words import Words
from devices.simulators.faults import FaultName
from ui.device_words import device_name, large
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import ChoiceField, Form, LineField, NumberField
from ui.widgets.labels import Panel, Text, row
from ui.widgets.nesting import nest

LOOK_EVERY_MS = 500
MOST_HANDS = 9
MOST_TRUTHS = 12
LABELS = (("visitor", "issuer", "device", "fault", "step"), ("manner", "count", "skip"))
"""By column of fields: whose labels are as wide as the widest of them."""
FIELD_KEYS = frozenset(
    {
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
        Qt.Key.Key_Return, Qt.Key.Key_Enter,
    }
)  # fmt: skip
"""The field's own, though the screen behind has an act on them too."""
ROOMY = 760
"""From this height, at 100 % text, the parts stand apart; below it all of them are to be seen."""


class SimulatorPanel(Panel):
    """`left` tells of Esc. With `chooses`, it has a choice of device of its own."""

    left = Signal()

    def __init__(
        self,
        words: Words,
        presenter: Simulator,
        parent: QWidget | None = None,
        *,
        chooses: bool = False,
    ) -> None:
        super().__init__(words("simulator.title"), parent, padding=10)
        self._words = words
        self._presenter = presenter
        self._view = presenter.view
        self._said = 0
        self._keys: dict[Qt.Key, Callable[[], object]] = {}
        self._chooses = chooses
        self._single = False
        self._beside: QWidget | None = None
        self.body.setSpacing(theme().px(4))
        self.note = Text("", "small", self, wrap=True)
        self.head.addWidget(self.note, 100)
        self._build_people()
        self._build_truth()
        self._build_faults()
        self.body.addStretch(1)
        self._order_focus()
        self._letters = self._find_letters()
        self._show_letters(False)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(presenter.refresh)
        for widget in (self, *self.findChildren(QWidget)):
            widget.installEventFilter(self)
        presenter.attach(self.show_view)

    # -- parts -----------------------------------------------------------------------------

    def _build_people(self) -> None:
        words, presenter = self._words, self._presenter
        self.visitor = ChoiceField()
        self.visitor.committed.connect(lambda key: presenter.choose_visitor(int(key)))
        come = self._button("simulator.come", "D", presenter.come, icon="user-plus")
        come.setToolTip(words("simulator.come.tip"))
        go = self._button("simulator.go", "X", presenter.go)
        self.issuer = ChoiceField()
        self.issuer.committed.connect(lambda key: presenter.choose_issuer(int(key)))
        self.manner = ChoiceField()
        self.manner.committed.connect(lambda key: presenter.behave(Manner(key)))
        self.device = ChoiceField()
        self.device.committed.connect(presenter.select)
        form = self._form(1)
        form.add(words("simulator.visitor"), self.visitor)
        whole = row(form, spacing=8)
        whole.setStretch(0, 1)
        for button in (come, go):
            whole.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.add_layout(whole)
        issuers = self._form()
        issuers.add(words("simulator.issuer"), self.issuer)
        issuers.add(words("simulator.manner"), self.manner)
        self.add_layout(issuers)
        if self._chooses:
            devices = self._form(1)
            devices.add(words("simulator.device"), self.device)
            self.add_layout(devices)
        else:
            self.device.setParent(self)
            self.device.hide()

    def _form(self, columns: int = 2) -> Form:
        """Fields whose labels stand in one column through the whole panel.

        Large text leaves room for one field a line only.
        """
        columns = 1 if theme().folded else columns
        form = Form(columns=columns)
        form.setVerticalSpacing(theme().px(3))
        metrics = QFontMetrics(theme().font(14, QFont.Weight.Medium))
        for column, names in enumerate(LABELS[:columns]):
            texts = [self._words(f"simulator.{name}").replace("&", "") for name in names]
            form.setColumnMinimumWidth(column * 2, max(map(metrics.horizontalAdvance, texts)) + 2)
            form.setColumnStretch(column * 2 + 1, 3 - column)
        return form

    def _build_truth(self) -> None:
        words, look = self._words, theme()
        self.truths = [Text("", "body", self, wrap=True) for _ in range(MOST_TRUTHS)]
        self._truth_grid = QGridLayout()
        self._truth_grid.setHorizontalSpacing(look.px(14))
        self._truth_grid.setVerticalSpacing(look.px(1))
        for index, text in enumerate(self.truths):
            self._truth_grid.addWidget(text, index // 2, index % 2)
        for side in (0, 1):
            self._truth_grid.setColumnStretch(side, 1)
        self.add_layout(self._truth_grid)
        self.hands: list[KeyButton] = []
        grid = QGridLayout()
        grid.setSpacing(look.px(4))
        for index in range(MOST_HANDS):
            button = KeyButton("", str(index + 1), parent=self)
            button.clicked.connect(lambda _on=False, at=index: self._hand(at))
            self._keys[Qt.Key(Qt.Key.Key_1 + index)] = lambda at=index: self._hand(at)
            self.hands.append(button)
            grid.addWidget(button, index // 2, index % 2)
        self.add_layout(grid)
        self.scan = LineField(words("simulator.scan").replace("&", ""), self)
        self.scan.setPlaceholderText(words("simulator.scan_hint"))
        self.scan.returnPressed.connect(self._scan)
        self.add(self.scan)

    def _build_faults(self) -> None:
        words, presenter = self._words, self._presenter
        self.fault = ChoiceField()
        self.fault.committed.connect(lambda _key: self._show_steps())
        self.step = ChoiceField()
        self.count = NumberField(least=1, most=99)
        self.skip = NumberField(least=0, most=99)
        form = self._form()
        for message_id, field in (
            ("simulator.fault", self.fault),
            ("simulator.count", self.count),
            ("simulator.step", self.step),
            ("simulator.skip", self.skip),
        ):
            form.add(words(message_id), field)
        self.add_layout(form)
        self.order_button = self._button("simulator.order", "O", self._order, icon="triangle-alert")
        mend = self._button("simulator.remedy", "B", presenter.remedy, icon="check")
        self.withdraw_button = self._button("simulator.withdraw", "W", presenter.withdraw)
        buttons = row(self.order_button, mend, self.withdraw_button, spacing=8)
        buttons.addStretch(1)
        self.add_layout(buttons)
        self.ordered = Banner(parent=self)
        self.add(self.ordered)
        self.none_ordered = Text(words("simulator.none_ordered"), "small", self)
        self.add(self.none_ordered)

    def add_layout(self, layout: QGridLayout | QVBoxLayout | object) -> None:
        """Put a layout into the body."""
        nest(self.body, layout)  # pyright: ignore[reportArgumentType]

    def _button(
        self, message_id: str, key: str, work: Callable[[], object], *, icon: str = ""
    ) -> KeyButton:
        button = KeyButton(self._words(message_id), key, icon=icon, parent=self)
        button.clicked.connect(lambda _on=False: work())
        self._keys[Qt.Key[f"Key_{key}"]] = work
        return button

    def _order_focus(self) -> None:
        fields: list[QWidget] = [self.visitor, self.issuer, self.manner]
        if self._chooses:
            fields.append(self.device)
        fields += [self.scan, self.fault, self.count, self.step, self.skip]
        for before, after in itertools.pairwise(fields):
            QWidget.setTabOrder(before, after)

    # -- letters of labels -----------------------------------------------------------------

    def _find_letters(self) -> dict[Qt.Key, tuple[Text, str, QWidget]]:
        """By the key that goes with Alt: the label, its whole text, and the field it names."""
        found: dict[Qt.Key, tuple[Text, str, QWidget]] = {}
        for label in self.findChildren(Text):
            _, letter, after = label.text().partition("&")
            if letter:  # which only a field's label has
                found[Qt.Key[f"Key_{after[0].upper()}"]] = (label, label.text(), label.buddy())
        return found

    def _show_letters(self, on: bool) -> None:
        """Underline them only where they work: a letter that a page has, too, is silent there."""
        for label, text, _ in self._letters.values():
            label.setText(text if on else text.replace("&", ""))

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None:
            self._show_letters(self.holds(now) or now is self._beside)

    def serve(self, beside: QWidget) -> None:
        """Let all its keys work from this list too, while the panel is seen; Esc is the list's."""
        self._beside = beside
        beside.installEventFilter(self)

    def holds(self, widget: QWidget | None) -> bool:
        """Whether it is inside, or in a list that a field has opened."""
        while widget is not None and widget is not self:
            widget = widget.parentWidget()
        return widget is self

    # -- drawing ---------------------------------------------------------------------------

    def show_device(self, name: str) -> None:
        """Turn to a device."""
        self._presenter.select(name)

    def take_focus(self) -> None:
        """Put the focus where the keys of the panel work."""
        self.visitor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_view(self, view: SimulatorView) -> None:
        """Draw the whole view."""
        self._view = view
        words = self._words
        self.device.set_choices(tuple((n, device_name(words, n)) for n in view.names))
        self.device.set_value(view.current)
        self.visitor.set_choices(
            tuple((str(i), self._visitor(i)) for i, _ in enumerate(view.visitors))
        )
        self.visitor.set_value(str(view.visitor))
        self.issuer.set_choices(
            tuple((str(i), self._issuer(one)) for i, one in enumerate(view.issuers))
        )
        self.issuer.set_value(str(view.issuer))
        if view.issuers:
            asked = view.issuers[view.issuer]
            self.manner.set_choices(
                tuple((m.value, large(self._words.of(m))) for m in manners_of(asked.kind))
            )
            self.manner.set_value(asked.manner.value)
        self._single = single = view.kind is not None and len(view.truths) <= 4
        for index, text in enumerate(self.truths):
            shown = index < len(view.truths)
            text.setVisible(shown)
            if shown:
                fact = view.truths[index]
                text.setText(words(f"simulator.truth.{fact.what.value}", **fact.facts))
                place = (index, 0, 1, 2) if single else (index // 2, index % 2, 1, 1)
                self._truth_grid.addWidget(text, *place, Qt.AlignmentFlag.AlignTop)
        self._measure_truths()
        for index, button in enumerate(self.hands):
            shown = index < len(view.hands)
            button.setVisible(shown)
            if shown:
                button.setText(words(f"simulator.hand.{view.hands[index].value}"))
        self.scan.setVisible(view.kind is not None and view.kind.value == "scanner")
        if view.codes:
            completer = QCompleter(list(view.codes), self.scan)
            self.scan.setCompleter(completer)
        self._show_faults(view)
        self._tell(view)

    def _visitor(self, index: int) -> str:
        visitor = self._view.visitors[index]
        held = [str(one) for one in visitor.licences]
        gone = [f"{one} {self._words('stage.revoked')}" for one in visitor.gone]
        classes = ", ".join(held or gone)  # there is room for what counts alone
        return f"{visitor.name} · {classes or self._words('simulator.newcomer')}"

    def _issuer(self, issuer: Issuer) -> str:
        """The kind that somebody vouches for, marked where the answers are ordered."""
        said = self._words.of(issuer.kind)
        return said if issuer.manner is Manner.YES else f"{said} *"

    def _show_faults(self, view: SimulatorView) -> None:
        words = self._words
        choices = tuple((o.fault.value, large(words.of(o.fault))) for o in view.orderable)
        self.fault.set_choices(choices)
        if not self.fault.value() and choices:
            self.fault.set_value(choices[0][0])
        self._show_steps()
        lines = [
            words(
                f"simulator.{'standing' if struck.standing else 'pending'}",
                fault=struck.fault.fault,
                step=self._step_name(struck.fault.at),
            )
            for struck in view.faults
        ]
        self.none_ordered.setVisible(not lines)
        if lines:
            standing = any(struck.standing for struck in view.faults)
            tone = Tone.WARNING if standing else Tone.INFO
            self.ordered.tell(tone, "\n".join(lines[:4]), aloud=False)
        else:
            self.ordered.clear()
        self.withdraw_button.setEnabled(any(not struck.standing for struck in view.faults))

    def _show_steps(self) -> None:
        chosen = self.fault.value()
        offered = next((o for o in self._view.orderable if o.fault.value == chosen), None)
        steps = offered.steps if offered else ()
        names = {step: large(self._step_name(step)) for step in steps}
        self.step.set_choices(tuple(names.items()))
        if self.step.value() not in steps and steps:
            self.step.set_value(steps[0])

    def _step_name(self, step: str) -> str:
        message_id = f"device_step.{step}"
        return self._words(message_id) if message_id in self._words else step

    def _tell(self, view: SimulatorView) -> None:
        said = view.said
        if said is None:
            self.note.setText("")
        elif said.count != self._said:
            self._said = said.count
            self.note.setText(self._words(said.message_id, **said.facts))

    # -- hands -----------------------------------------------------------------------------

    def _hand(self, index: int) -> None:
        if index < len(self._view.hands):
            self._presenter.do(Hand(self._view.hands[index]))

    def _order(self) -> None:
        if self.fault.value() and self.step.value():
            self._presenter.order(
                FaultName(self.fault.value()),
                self.step.value(),
                self.count.value(),
                self.skip.value(),
            )

    def _scan(self) -> None:
        text = self.scan.value()
        self.scan.clear()
        self._presenter.scan(text)

    # -- keys ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The panel's keys win over the screen's while the focus is inside.

        Two shortcuts of one window with the same key would silence each other.
        """
        if not isinstance(event, QKeyEvent) or event.type() not in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
        ):
            return super().eventFilter(watched, event)
        if QApplication.activePopupWidget() is not None:
            return super().eventFilter(watched, event)  # an open list of choices has its own Esc
        if watched is self._beside and (not self.isVisible() or event.key() == Qt.Key.Key_Escape):
            return super().eventFilter(watched, event)
        work = self._work_of(watched, event)
        if work is None:
            field = event.key() in FIELD_KEYS and watched is not self._beside
            if event.type() == QEvent.Type.ShortcutOverride and field:
                event.accept()
                return True
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            work()
        return True

    def _work_of(self, watched: QObject, event: QKeyEvent) -> Callable[[], object] | None:
        if event.modifiers() == Qt.KeyboardModifier.AltModifier:
            return self._letter(Qt.Key(event.key()))
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        listed = isinstance(watched, QAbstractItemView) and watched is not self._beside
        if not plain or listed:
            return None
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            return self.left.emit
        parent = watched.parent()
        if isinstance(watched, QSpinBox) or isinstance(parent, QSpinBox):
            digit = Qt.Key.Key_0 <= key <= Qt.Key.Key_9
            return None if digit else self._keys.get(key)
        if isinstance(watched, QLineEdit):
            return None
        return self._keys.get(key)

    def _letter(self, key: Qt.Key) -> Callable[[], object] | None:
        """The way to the field whose label has this letter."""
        _, _, field = self._letters.get(key, (None, "", self))
        if field is self or not field.isVisible():
            return None
        return lambda: field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        look = theme()
        roomy = self.height() >= look.px(ROOMY)
        self.body.setSpacing(look.px(12 if roomy else 4))
        for text in self.truths:  # with large text the panel scrolls in any case
            text.set_role("body" if roomy or look.folded else "small")
        self._measure_truths()

    def _measure_truths(self) -> None:
        """Each is as high as its lines; a wrapped label asks for more by itself."""
        look, single = theme(), self._single
        whole = self.width() - look.px(20)
        wide = whole if single else (whole - look.px(14)) // 2
        for text in self.truths:
            if not text.isHidden():
                text.setMinimumHeight(0)  # else it is measured no lower than before
                text.setMinimumHeight(text.heightForWidth(wide))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._presenter.enter()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._presenter.leave()


class SimulatorDock(QFrame):
    """The panel over the right edge of the window's work; opened and closed by `key`."""

    def __init__(self, words: Words, presenter: Simulator, host: QWidget, key: str) -> None:
        super().__init__(host)
        self.setObjectName("popup")
        self.setStyleSheet("QFrame#popup { border-radius: 0; }")
        self.panel = SimulatorPanel(words, presenter, self, chooses=True)
        close = KeyButton(words("common.close"), key, kind="quiet", parent=self)
        close.clicked.connect(self.hide)
        self.panel.head.addWidget(close)
        self.panel.left.connect(self.hide)
        room = QScrollArea(self)
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self.panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(room)
        host.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Open it with the focus inside, or close it."""
        if self.isVisible():
            self.hide()
            return
        self._place()
        self.show()
        self.raise_()
        self.panel.take_focus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        host = self.parentWidget()
        if host is not None:
            width = min(theme().px(560), host.width() * 3 // 5)
            self.setGeometry(host.width() - width, 0, width, host.height())
