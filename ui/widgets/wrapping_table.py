"""A table that is read and compared: long cells go on in more lines instead of ending in …."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView

from ui.theme import theme
from ui.widgets.state import StateItem
from ui.widgets.table import DataTable
from ui.widgets.table_delegate import Column, RowDelegate, one_line


def _whole() -> QTextOption:
    """Lines end between words, and within one that is longer than its line."""
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


class WrappingDelegate(RowDelegate):
    """Writes a text in as many lines as it needs."""

    def write(self, painter: QPainter, box: QRectF, text: str, column: Column) -> None:
        painter.drawText(box, one_line(text), _whole())

    def height_of(self, index: int, cell: str | StateItem, width: int) -> int:
        """The height of a cell's text in a column of this width."""
        text = cell.text if isinstance(cell, StateItem) else cell
        layout = QTextLayout(one_line(text), self.font_of(self._columns[index], cell))
        layout.setTextOption(_whole())
        room, height = width - theme().px(22), 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room)
            height += line.height()
        layout.endLayout()
        return round(height + 0.5)


class WrappingTable(DataTable):
    """Rows as tall as their cells; columns that stretch share the room where it is short."""

    delegate = WrappingDelegate

    def _fit(self) -> None:
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        super()._fit()
        self._trim()  # once more: the columns may have changed after it

    def _fit_columns(self) -> None:
        super()._fit_columns()
        delegate = self.itemDelegate()
        assert isinstance(delegate, RowDelegate)
        widths, room = self._widths(delegate, brief=False), self._fitted
        stretching = [i for i, column in enumerate(self._columns) if column.stretch]
        if sum(widths) <= room or not stretching:
            return
        left = room - sum(width for i, width in enumerate(widths) if i not in stretching)
        for place, i in enumerate(stretching):
            share = left // (len(stretching) - place)
            self.setColumnWidth(i, share)
            left -= share
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _trim(self) -> None:
        delegate = self.itemDelegate()
        assert isinstance(delegate, WrappingDelegate)
        for place, row in enumerate(self.rows_model.rows):
            tallest = max(
                delegate.height_of(i, cell, self.columnWidth(i)) for i, cell in enumerate(row.cells)
            )
            self.setRowHeight(place, max(self._row, tallest + theme().px(16)))
