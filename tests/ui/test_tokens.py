"""Colours keep WCAG's contrast in both modes, and the style sheet names only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.theme import Theme, apply_theme, style_sheet, theme
from ui.tokens import DARK, LIGHT, PAIRS, Tokens, as_table, contrast
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import ChoiceField, NumberField
from ui.widgets.state import Level

UI = Path(__file__).resolve().parents[2] / "ui"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(tokens: Tokens, ink: str, ground: str, least: float) -> None:
    table = as_table(tokens)
    assert contrast(table[ink], table[ground]) >= least


def test_the_ratio_is_wcag_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scale", [1.0, 1.15, 1.3])
@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_filled_whole(tokens: Tokens, scale: float) -> None:
    sheet = style_sheet(Theme(tokens, scale, large_targets=True))
    assert "$" not in sheet


SHADES = ("help.py", "popup.py")
"""Darken what lies under them, in both modes."""
INK_AND_PAPER = ("signature.py", "walkin_parts.py")
"""The signature as it is kept: black on white."""


def test_nothing_else_in_the_window_names_a_colour() -> None:
    """So both modes are whole: what has a colour of its own would keep it in the dark."""
    named = re.compile(r"['\"]#[0-9a-fA-F]{3,8}['\"]|GlobalColor\.(?!transparent)|QColor\(\d")
    found = {path.name for path in UI.rglob("*.py") if named.search(path.read_text("utf-8"))}
    assert found == {"tokens.py", *SHADES, *INK_AND_PAPER}
    sheet = (UI.parent / "resources" / "theme" / "loket.qss").read_text("utf-8")
    assert not re.search(r"#[0-9a-f]{6}\b|:\s*(white|black|gr[ae]y)\b|rgba?\(", sheet)


def marks(widget: QWidget, place: QRect, ground: str) -> float:
    """The greatest contrast of a pixel there with the ground."""
    picture = widget.grab(place).toImage()
    return max(
        contrast(picture.pixelColor(x, y).name(), ground)
        for x in range(picture.width())
        for y in range(picture.height())
    )


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_arrows_and_ticks_are_seen_in_both_modes(
    qapp: QApplication, qtbot: QtBot, tokens: Tokens
) -> None:
    before = theme()
    apply_theme(qapp, Theme(tokens))
    host, combo, number = QWidget(), ChoiceField("a"), NumberField("b")
    some, boxes = QCheckBox("c"), list[QCheckBox | QRadioButton]()
    boxes += [QCheckBox("c"), QCheckBox("c"), some, QRadioButton("d"), QRadioButton("d")]
    qtbot.addWidget(host)
    host.setObjectName("canvas")
    column = QVBoxLayout(host)
    for widget in (combo, number, *boxes):
        column.addWidget(widget)
    boxes[1].setChecked(True)
    some.setTristate(True)
    some.setCheckState(Qt.CheckState.PartiallyChecked)
    boxes[4].setChecked(True)
    host.show()
    found: dict[str, float] = {}

    look, control = QStyleOptionComboBox(), QStyle.ComplexControl.CC_ComboBox
    combo.initStyleOption(look)
    arrow = (
        combo.style()
        .subControlRect(control, look, QStyle.SubControl.SC_ComboBoxArrow, combo)
        .adjusted(4, 4, -4, -4)
    )
    found["combo"] = marks(combo, arrow, tokens.surface)
    spin, control = QStyleOptionSpinBox(), QStyle.ComplexControl.CC_SpinBox
    number.initStyleOption(spin)
    for part in (QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown):
        button = number.style().subControlRect(control, spin, part, number)
        found[str(part)] = marks(number, button.adjusted(4, 3, -4, -3), tokens.surface)
    for at, box in enumerate(boxes):
        option = QStyleOptionButton()
        box.initStyleOption(option)
        kind = QStyle.SubElement.SE_CheckBoxIndicator
        if isinstance(box, QRadioButton):
            kind = QStyle.SubElement.SE_RadioButtonIndicator
        place = box.style().subElementRect(kind, option, box)
        ground = tokens.accent if at in (1, 2) else tokens.canvas
        inner = place.adjusted(5, 5, -5, -5) if at in (1, 2) else place
        found[f"box {at}"] = marks(box, inner, ground)
    apply_theme(qapp, before)
    assert {name: ratio for name, ratio in found.items() if ratio < 3.0} == {}


@pytest.mark.parametrize(("large", "least"), [(False, 36), (True, 48)])
def test_a_button_has_the_height_that_its_targets_promise(
    qapp: QApplication, qtbot: QtBot, large: bool, least: int
) -> None:
    before = theme()
    apply_theme(qapp, Theme(large_targets=large))
    button = KeyButton("Lanjut", "Enter", kind="primary")
    qtbot.addWidget(button)
    button.show()
    height, lone = button.sizeHint().height(), button.height()
    apply_theme(qapp, before)
    assert height >= least
    assert lone >= least


@pytest.mark.usefixtures("qapp")
def test_figures_have_equal_width_and_a_hyphen_keeps_words_together() -> None:
    figures = QFontMetricsF(Theme().figures_font())
    assert figures.horizontalAdvance("0" * 10) == figures.horizontalAdvance("1" * 10)
    for font in (Theme().font(), Theme().code_font()):
        metrics = QFontMetricsF(font)
        assert metrics.horizontalAdvance("-") < 0.8 * figures.horizontalAdvance("-")
    assert Theme().font(14).family() == "Inter"


def test_each_level_has_its_own_shape() -> None:
    assert len({level.sign for level in Level}) == len(Level)
