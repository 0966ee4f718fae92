"""Fusion, one palette and one style sheet, made from the tokens and the text size.

A library theme was not taken: those tried failed AA contrast or are no longer kept. Restyling
walks every living widget, so `apply_theme` is called at start and when a setting changes, never
per screen. Widgets that paint themselves ask `theme()` while painting; the theme hangs on the
QApplication, so that two applications in one test process don't share it.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from desktop.settings import Look
from ui.tokens import BY_NAME, LIGHT, Tokens, as_table

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
TEMPLATE = RESOURCES / "theme" / "loket.qss"
FAMILY = "Inter"
BODY = 14
_PROPERTY = "loketTheme"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours and sizes in force."""

    tokens: Tokens = LIGHT
    scale: float = 1.0
    large_targets: bool = False

    def px(self, pixels: float) -> int:
        """A length that grows with the text."""
        return round(pixels * self.scale)

    @property
    def button_height(self) -> int:
        """Height of a button: 36, large 48."""
        return self.px(48 if self.large_targets else 36)

    @property
    def field_height(self) -> int:
        """Height of a field and of a table's row: 32, large 40."""
        return self.px(40 if self.large_targets else 32)

    @property
    def folded(self) -> bool:
        """Large text leaves room for the navigation's icons only."""
        return self.scale >= 1.15

    def colour(self, token: str) -> QColor:
        """A token as Qt wants it."""
        return QColor(getattr(self.tokens, token))

    def font(self, pixels: float = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The window's face at a size."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px(pixels))
        font.setWeight(weight)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def figures_font(
        self, pixels: float = BODY, weight: QFont.Weight = QFont.Weight.Normal
    ) -> QFont:
        """For columns of amounts and times: digits of equal width stand under each other.

        Not for texts: the face then also widens its hyphen, and "KTP-el" falls apart.
        """
        font = self.font(pixels, weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def code_font(self, pixels: float = BODY) -> QFont:
        """For numbers that are read digit by digit: NIK, serials; 0 differs from O."""
        font = self.font(pixels, QFont.Weight.Medium)
        font.setFeature(QFont.Tag("zero"), 1)
        return font


def theme() -> Theme:
    """The theme in force; light at 100 % where none was applied."""
    app = QApplication.instance()
    found = app.property(_PROPERTY) if app is not None else None
    return found if isinstance(found, Theme) else Theme()


def theme_of(look: Look) -> Theme:
    """The theme that the settings ask for."""
    return Theme(BY_NAME[look.theme], look.text_scale / 100, look.large_targets)


def load_fonts(folder: Path = RESOURCES / "fonts") -> None:
    """Register the bundled Inter; a system that has it already is served too."""
    for path in sorted(folder.glob("Inter-*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def apply_theme(app: QApplication, wanted: Theme) -> None:
    """Dress the whole application."""
    app.setProperty(_PROPERTY, wanted)
    app.setFont(wanted.font())
    app.setPalette(palette_of(wanted.tokens))
    app.setStyleSheet(style_sheet(wanted))


def style_sheet(wanted: Theme) -> str:
    """The template with this theme's colours and lengths."""
    lengths = {f"px_{n}": f"{wanted.px(n)}px" for n in range(4, 49)}
    return string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        as_table(wanted.tokens),
        **lengths,
        field=f"{wanted.field_height - 2}px",
        button=f"{wanted.button_height - 2}px",
        radio=f"{(wanted.px(18) + 4) // 2}px",
        radio_dot=f"{wanted.px(6)}px",
        radio_hole=f"{wanted.px(18) + 4 - 2 * wanted.px(6)}px",
        folder=TEMPLATE.parent.as_posix(),
    )


def palette_of(tokens: Tokens) -> QPalette:
    """The palette for what the style sheet doesn't reach: item views, links, native dialogs."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.canvas,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.ToolTipBase: tokens.text,
        role.ToolTipText: tokens.canvas,
        role.PlaceholderText: tokens.faint,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent_text,
        role.LinkVisited: tokens.accent_text,
        role.Light: tokens.surface,
        role.Midlight: tokens.line,
        role.Mid: tokens.border,
        role.Dark: tokens.border,
        role.Shadow: tokens.border,
        role.Accent: tokens.accent,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.faint))
    return palette
