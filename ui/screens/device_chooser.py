"""The sheet in which a device is chosen for a place: found ones, families, and their options.

The options are drawn from what the family declares; their words are `option.<name>`, its help
`option.<name>.help`, the words of a choice `option.<name>.<choice>`, and where there is more to say
than that it isn't accepted, `option.<name>.refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from PySide6.QtCore import Qt, QTimer, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.presenters.device_chooser import ChooserView, DeviceChooser
from desktop.words import Words
from devices.finding import Found
from devices.options import (
    ChoiceOption,
    NumberOption,
    Option,
    OptionValue,
    SwitchOption,
    TextOption,
)
from ui.device_words import device_name
from ui.popup import AnswerSheet
from ui.problems import problem_text
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import ChoiceField, Form, LineField, NumberField
from ui.widgets.labels import Text, column, row
from ui.widgets.nesting import nest

NONE = ""
_ROOM_FOR_A_NOTE = 64
"""Pixels below a refused field in which its note stands, in two lines at most."""


class DecimalField(QDoubleSpinBox):
    """A number with one decimal and its unit."""

    def __init__(self, option: NumberOption) -> None:
        super().__init__()
        self.setDecimals(1)
        self.setSingleStep(0.1)
        self.setRange(option.minimum, option.maximum)
        self.setSuffix(f" {option.unit}" if option.unit else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(theme().px(9), 0, 0, 0)


class OptionField:
    """One option as a field: shows a value, gives it back."""

    def __init__(
        self,
        option: Option,
        widget: QWidget,
        put: Callable[[OptionValue], object],
        read: Callable[[], OptionValue],
        told: SignalInstance,
    ) -> None:
        self.option = option
        self.widget = widget
        self.put = put
        self.read = read
        self.told = told


def field_of(words: Words, option: Option) -> OptionField:
    """The field that fits an option."""
    match option:
        case TextOption():
            line = LineField()
            return OptionField(
                option, line, lambda v: line.set_value(str(v)), line.value, line.textChanged
            )
        case ChoiceOption():
            choice = ChoiceField()
            choice.set_choices(
                tuple((key, words(f"option.{option.name}.{key}")) for key in option.choices)
            )
            return OptionField(
                option, choice, lambda v: choice.set_value(str(v)), choice.value, choice.committed
            )
        case SwitchOption():
            switch = QCheckBox(words("device_chooser.on"))
            return OptionField(
                option, switch, lambda v: switch.setChecked(bool(v)), switch.isChecked,
                switch.toggled,
            )  # fmt: skip
        case NumberOption():
            limits = (option.default, option.minimum, option.maximum)
            if all(float(limit).is_integer() for limit in limits):
                number = NumberField(
                    least=int(option.minimum), most=int(option.maximum), unit=option.unit
                )
                return OptionField(
                    option,
                    number,
                    lambda v: number.setValue(int(float(v))),
                    lambda: float(number.value()),
                    number.valueChanged,
                )
            decimal = DecimalField(option)
            return OptionField(
                option,
                decimal,
                lambda v: decimal.setValue(float(v)),
                lambda: round(decimal.value(), 1),
                decimal.valueChanged,
            )


class DeviceChooserForm(AnswerSheet):
    """Choose, fill in, and put to work."""

    def __init__(self, words: Words, presenter: DeviceChooser, host: QWidget) -> None:
        super().__init__(host, width=680)
        self._words = words
        self.presenter = presenter
        self._drawn: tuple[str, str] = (NONE, NONE)
        self._founds: tuple[Found, ...] = ()
        self._put: Mapping[str, OptionValue] = {}
        self.fields: dict[str, OptionField] = {}
        view = presenter.view
        self.title = Text("", "title", self)
        self.sheet.addWidget(self.title)
        lead = "device_chooser.lead.add" if view.places else "device_chooser.lead"
        self.sheet.addWidget(Text(words(lead), "muted", self, wrap=True))
        self.problem = Banner(parent=self)
        self.sheet.addWidget(self.problem)
        top = Form()
        self.place = ChoiceField()
        self.found = ChoiceField()
        self.family = ChoiceField()
        self.top = top
        if view.places:
            self.place.set_choices(tuple((key, device_name(words, key)) for key in view.places))
            self.place.committed.connect(presenter.at)
            top.add(words("device_chooser.place"), self.place)
        top.add(words("device_chooser.found"), self.found)
        top.add(words("device_chooser.family"), self.family)
        self.found.committed.connect(self._found_chosen)
        self.family.committed.connect(presenter.take_family)
        nest(self.sheet, top)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sheet.addWidget(self.area, 1)
        self.form = Form()
        self.accept_button = KeyButton(
            words("device_chooser.accept"), "Enter", kind="primary", parent=self
        )
        self.accept_button.clicked.connect(self.keep)
        self.back = KeyButton(words("device_chooser.take_back"), "F9", parent=self)
        self.back.clicked.connect(presenter.take_back)
        self.again = KeyButton(words("device_chooser.search"), "F5", parent=self)
        self.again.clicked.connect(presenter.search)
        cancel = KeyButton(words("common.cancel"), "Esc", parent=self)
        cancel.clicked.connect(self.reject)
        buttons = row(self.back, self.again, cancel, self.accept_button, spacing=8)
        buttons.insertStretch(1, 1)
        nest(self.sheet, column(buttons))
        self.finished.connect(lambda _result: presenter.close())
        presenter.attach(self.show_view)
        (self.place if view.places else self.found).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {
            Qt.Key.Key_Return: self.accept_button,
            Qt.Key.Key_Enter: self.accept_button,
            Qt.Key.Key_F9: self.back,
            Qt.Key.Key_F5: self.again,
        }
        button = keys.get(Qt.Key(event.key()))
        if button is None:
            super().keyPressEvent(event)
        elif button.isVisible() and button.isEnabled():
            button.click()

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        assert isinstance(view, ChooserView)
        if view.done:
            self.accept()
            return
        words = self._words
        device = device_name(words, view.place)
        title = words(
            "device_chooser.add" if view.places else "device_chooser.title", device=device
        )
        self.setWindowTitle(title)
        self.title.setText(title)
        self.place.set_value(view.place)
        self._draw_families(view)
        self._draw_found(view)
        if (view.place, view.family) != self._drawn:
            self._draw_options(view)
        elif view.values is not self._put:  # what was typed stays while the search goes on
            for name, value in view.values.items():
                self.fields[name].put(value)
        self._put = view.values
        for name, made in self.fields.items():
            wrong = name == view.refused
            note = self._refused(name) if wrong else words(f"option.{name}.help")
            self.form.note(made.widget, note, fault=wrong)
        if view.refused in self.fields:
            wrong_one = self.fields[view.refused].widget
            wrong_one.setFocus()
            self.area.ensureWidgetVisible(wrong_one, 0, theme().px(_ROOM_FOR_A_NOTE))
        if view.problem is None:
            self.problem.clear()
        else:
            self.problem.tell_problem(problem_text(words, view.problem))
        self.back.setVisible(view.chosen)
        for button in (self.accept_button, self.back, self.again):
            button.setEnabled(not view.doing)
        if self.isVisible():
            QTimer.singleShot(0, self.fit)  # once the layout has taken what is new
        self.changed.emit()

    # -- what was answered -----------------------------------------------------------------

    def answers(self) -> dict[str, str]:
        """Place, family and every option as it stands in its field."""
        view = self.presenter.view
        values = {name: made.read() for name, made in self.fields.items()}
        told = {"place": view.place, "family": view.family}
        return {**told, "values": msgspec.json.encode(values).decode()}

    def go_on(self, answers: Mapping[str, str]) -> None:
        if answers:
            values = msgspec.json.decode(answers["values"], type=dict[str, OptionValue])
            self.presenter.go_on(answers["place"], answers["family"], values)

    def _refused(self, name: str) -> str:
        """Why an option wasn't accepted: in its own words where there are some."""
        option, value = self.fields[name].option, self.presenter.view.values[name]
        if isinstance(option, TextOption) and option.required and not str(value).strip():
            return self._words("device_chooser.empty")
        own = f"option.{name}.refused"
        return self._words(own if own in self._words else "device_chooser.refused")

    def _draw_families(self, view: ChooserView) -> None:
        words = self._words
        self.family.set_choices(
            tuple((key, words(f"device_family.{key}")) for key in view.families)
        )
        self.family.set_value(view.family)
        about = f"device_family.{view.family}.help"
        self.top.note(self.family, words(about) if about in words else "")

    def _draw_found(self, view: ChooserView) -> None:
        words = self._words
        if view.searching:
            first = words("device_chooser.searching")
        elif view.found:
            first = words("device_chooser.found_some", count=len(view.found))
        else:
            first = words("device_chooser.found_none")
        choices = [(NONE, first)]
        for index, found in enumerate(view.found):
            family = words(f"device_family.{found.family}")
            choices.append((str(index), f"{found.label} — {family}"))
        chosen = next(
            (
                str(index)
                for index, found in enumerate(view.found)
                if found.family == view.family
                and all(view.values.get(name) == value for name, value in found.options.items())
            ),
            NONE,
        )
        self._founds = view.found
        self.found.set_choices(tuple(choices))
        self.found.set_value(chosen)
        note = ""
        if view.failed:
            families = tuple(words(f"device_family.{key}") for key in view.failed)
            note = words("device_chooser.failed", families=families)
        self.top.note(self.found, note)

    def _draw_options(self, view: ChooserView) -> None:
        words = self._words
        self._drawn = (view.place, view.family)
        inside = QWidget(self.area)
        inside.setObjectName("options")
        inside.setStyleSheet("QWidget#options { background: transparent; }")
        room = QVBoxLayout(inside)
        room.setContentsMargins(0, 0, theme().px(8), 0)
        self.form = Form()
        self.fields = {option.name: field_of(words, option) for option in view.options}
        for name, made in self.fields.items():
            self.form.add(words(f"option.{name}"), made.widget, note=words(f"option.{name}.help"))
            made.put(view.values[name])
            made.told.connect(lambda _value: self.changed.emit())
        nest(room, self.form)
        room.addStretch(1)
        self.area.setWidget(inside)
        self.area.setVisible(bool(self.fields))
        # As high as it needs, and never so high that the buttons leave a small screen.
        look = theme()
        needed = inside.sizeHint().height()
        self.area.setMinimumHeight(min(needed, look.px(220)))
        self.area.setMaximumHeight(needed + look.px(4))

    # -- acts ------------------------------------------------------------------------------

    def keep(self) -> None:
        """Put the choice to work, with what stands in the fields."""
        self.presenter.keep({name: made.read() for name, made in self.fields.items()})

    def _found_chosen(self, key: str) -> None:
        if key:
            self.presenter.take_found(self._founds[int(key)])
