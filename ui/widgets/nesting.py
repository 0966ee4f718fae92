"""One layout inside another."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout


def nest(outer: QBoxLayout | QGridLayout, inner: QLayout, *where: int) -> None:
    """Put a layout into another, `where` being what addLayout takes (a stretch, or row and column).

    The binding makes Python objects of the items of a layout that is nested filled, and keeps them
    under the items' addresses. Qt frees an item with its widget and tells nobody; what C++ makes at
    that address next (a field's action, say) would then be taken for the item. So they are let go.
    """
    outer.addLayout(inner, *where)  # pyright: ignore[reportCallIssue, reportArgumentType]
    if outer.parentWidget() is not None:
        _let_go(inner)


def _let_go(layout: QLayout) -> None:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if isinstance(item, QLayout):
            _let_go(item)
        elif item is not None:
            shiboken6.invalidate(item)  # pyright: ignore[reportArgumentType]
