"""Colours keep WCAG's contrast in both modes, and the style sheet names only what exists."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.theme import Theme, apply_theme, style_sheet, theme
from ui.tokens import DARK, LIGHT, PAIRS, Tokens, as_table, contrast
from ui.widgets.buttons import KeyButton
from ui.widgets.state import Level


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
