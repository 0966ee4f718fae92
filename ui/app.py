"""The QApplication, dressed: locale and fonts before the first widget, else dates stay English."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.settings import Look
from desktop.words import Words
from ui.icons import app_icon
from ui.theme import apply_theme, load_fonts, theme_of
from ui.translator import WordsTranslator

LOCALES = {"id": "id_ID", "en": "en_ID"}


def make_application(arguments: Sequence[str], words: Words, look: Look) -> QApplication:
    """The one QApplication of this process, new or found, in the look and language asked for."""
    set_locale(words.language)
    found = QApplication.instance()
    if isinstance(found, QApplication):
        app = found
    else:
        policy = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(policy)
        app = QApplication(list(arguments))
    app.setApplicationName("loket")
    app.setApplicationDisplayName(words("ui.brand"))
    app.setDesktopFileName("loket")
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setKeyboardInputInterval(800)
    load_fonts()
    translator = WordsTranslator(words, app)
    app.installTranslator(translator)
    apply_theme(app, theme_of(look))
    app.setWindowIcon(app_icon())
    return app


def set_locale(language: str) -> None:
    """Numbers and dates as Indonesia writes them, in either language."""
    QLocale.setDefault(QLocale(LOCALES[language]))
