"""A list in its panel, and what stands in its place while it is empty.

An empty table looks like one that failed to load: where there are no rows, words say so instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text
from ui.widgets.table import Column, DataTable, Row


class Listing(Panel):
    """`table`, or `empty`: a whole empty state in its room, or a line of text above where it was.

    The table is named as the panel is headed; `name` is for a panel without a heading.
    """

    def __init__(
        self,
        heading: str,
        columns: Sequence[Column],
        empty: EmptyState | Text,
        parent: QWidget,
        *,
        name: str = "",
        checkable: bool = False,
    ) -> None:
        super().__init__(heading, parent, padding=12)
        self.table = DataTable(columns, name or heading, self, checkable=checkable, opens=False)
        self.empty = empty
        self.add(self.table, 1)
        if isinstance(empty, EmptyState):
            self.add(empty, 1)
        else:
            self.add(empty)
            self.body.addStretch(0)

    def show_rows(
        self, rows: Sequence[Row], current: str | None = None, *, known: bool = True
    ) -> None:
        """The rows, or why there are none; nothing while that isn't `known` yet."""
        show_or_tell(self.table, self.empty, rows, current, known=known)


def show_or_tell(
    table: DataTable,
    empty: QWidget,
    rows: Sequence[Row],
    current: str | None = None,
    *,
    known: bool = True,
) -> None:
    """The same for a table and its empty state that stand in a layout of their own."""
    table.show_rows(rows, current)
    table.setVisible(bool(rows))
    empty.setVisible(not rows and known)
