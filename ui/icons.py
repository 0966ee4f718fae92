"""Bundled line icons, coloured from the tokens when they are drawn.

Plain SVG files through QtSvg: an icon font would cost about 47 MB of memory and 180 ms at start.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from ui.theme import RESOURCES, theme

FOLDER = RESOURCES / "icons"


@lru_cache(maxsize=256)
def _drawing(name: str, folder: Path = FOLDER) -> str:
    return (folder / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, size: int, token: str = "text", ratio: float = 1.0) -> QPixmap:  # noqa: S107
    """The icon `name` in a token's colour; FileNotFoundError if it isn't bundled."""
    colour = theme().colour(token).name()
    key = f"icon:{name}:{size}:{colour}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    drawing = _drawing(name).replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, picture)
    return picture


def icon(name: str, token: str = "text", size: int = 20) -> QIcon:  # noqa: S107
    """A QIcon for actions and menus, for screens of single and double density."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, size, token, ratio))
        made.addPixmap(pixmap(name, size, "faint", ratio), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """The window's own mark."""
    return icon("id-card", "accent", 64)
