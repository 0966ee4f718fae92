"""The table of every list: a plain model of cells, drawn by one delegate.

Sorting and filtering are the presenter's (in SQL): a proxy model over Python took 3.1 s to sort
20,000 rows. The view is a real QTableView, because a screen reader then gets a real table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.presenters.places import place_kept
from ui.theme import theme
from ui.widgets.state import StateItem
from ui.widgets.table_delegate import CELL, MUTED, QUIET, SHORT, Column, Quiet, RowDelegate

Index = QModelIndex | QPersistentModelIndex

STRETCH = 320
"""What a stretching column takes beyond its content, at most, at 100 % text."""
GIVEN = 90
"""What each other column is then given."""
LONGEST = 400
"""Characters of a cell that a stretching column makes room for."""
TRIM = 4
"""By how much a row may be lower, or higher, so that the last one in sight is seen whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `key` tells the presenter which; a cell is text or a state."""

    key: str
    cells: tuple[str | StateItem, ...]
    checked: bool = False
    muted: bool = False


class RowModel(QAbstractTableModel):
    """Rows as the presenter handed them."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()
        self.checkable = False
        self.checked: set[str] = set()

    def set_rows(self, rows: Sequence[Row]) -> None:
        rows = tuple(rows)
        if len(rows) == len(self.rows):
            changed = [
                i for i, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new
            ]
            self.rows = rows
            if changed:
                top = self.index(changed[0], 0)
                end = self.index(changed[-1], len(self.columns) - 1)
                self.dataChanged.emit(top, end)
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        self.checked = {row.key for row in rows if row.checked}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        cell = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text if isinstance(cell, StateItem) else cell
        if role == CELL:
            return cell
        if role == MUTED:
            return row.muted
        if role == QUIET:  # a str's own kind is lost on the way through a variant
            return isinstance(cell, Quiet)
        if role == Qt.ItemDataRole.ToolTipRole:
            return (cell.detail or cell.text) if isinstance(cell, StateItem) else cell
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{cell.level.sign} {cell.text}" if isinstance(cell, StateItem) else cell
        if role == Qt.ItemDataRole.CheckStateRole and self.checkable and index.column() == 0:
            on = row.key in self.checked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return None

    def set_checked(self, keys: set[str]) -> None:
        self.checked = keys
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))


class DataTable(QTableView):
    """Rows under heads; ↑↓ move, Enter opens, Space ticks where ticks are, Ctrl+A ticks all.

    `opened(key)` tells of Enter or a double click, `moved(key)` of the current row, `ticked()` of
    changed ticks, `sort_wanted(name)` of a click on a head, `fitted()` of columns of another width.
    With `low`, rows of figures that are only read stand closer.
    """

    opened = Signal(str)
    moved = Signal(str)
    ticked = Signal()
    sort_wanted = Signal(str)
    fitted = Signal()

    delegate: type[RowDelegate] = RowDelegate

    def __init__(
        self,
        columns: Sequence[Column],
        name: str,
        parent: QWidget | None = None,
        *,
        checkable: bool = False,
        opens: bool = True,
        low: bool = False,
    ) -> None:
        super().__init__(parent)
        look = theme()
        self._columns = tuple(columns)
        self._opens = opens
        self._fitted = 0
        self.rows_model = RowModel(columns, self)
        self.rows_model.checkable = checkable
        self.setModel(self.rows_model)
        self.setItemDelegate(self.delegate(self._columns, checkable=checkable, parent=self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self._row = look.px(28 if low else 44 if look.large_targets else 36)
        self.verticalHeader().setMinimumSectionSize(look.px(20))
        self.verticalHeader().setDefaultSectionSize(self._row)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(any(column.sort for column in columns))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(look.px(34))
        head.setMinimumSectionSize(look.px(32))
        head.sectionClicked.connect(self._head_clicked)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self._fit()

    @property
    def row_height(self) -> int:
        """A row's height where nothing is short of room."""
        return self._row

    def sizeHint(self) -> QSize:
        """Few rows ask for little: a low window scrolls in the list, never the page around it."""
        rows = min(max(self.rows_model.rowCount(), 2), 3)
        return QSize(super().sizeHint().width(), theme().px(38) + self._row * rows)

    def fit_rows(self) -> None:
        """Be no taller than the rows, so that what belongs to them stands right below."""
        height = self._row * max(1, self.rows_model.rowCount())
        self.setMaximumHeight(height + theme().px(38))

    def show_rows(self, rows: Sequence[Row], current: str | None = None) -> None:
        """Show these rows; the current one is `current`, else the one that was.

        Where that is gone the next of the old rows takes its place, else the one before.
        """
        wanted = current if current is not None else self.current_key()
        before = [row.key for row in self.rows_model.rows]
        self.rows_model.set_rows(rows)
        keys = [row.key for row in self.rows_model.rows]
        if keys:
            place = keys.index(place_kept(wanted, before, keys))
            self.setCurrentIndex(self.rows_model.index(place, 0))
        self._fit()

    def current_key(self) -> str:
        """The current row's key, empty when there is none."""
        index = self.currentIndex()
        rows = self.rows_model.rows
        return rows[index.row()].key if index.isValid() and index.row() < len(rows) else ""

    def cut_text(self, key: str, column: int = -1) -> str:
        """A row's cell whole, where its column is too narrow for it; else nothing."""
        row = next((row for row in self.rows_model.rows if row.key == key), None)
        delegate, at = self.itemDelegate(), range(len(self._columns))[column]
        if row is None or not isinstance(delegate, RowDelegate):
            return ""
        cell = row.cells[at]
        wanted = delegate.width_of(at, [cell], longest=LONGEST)
        if wanted <= self.columnWidth(at) + 3:  # the delegate's own slack
            return ""
        return cell.text if isinstance(cell, StateItem) else cell

    def ticked_keys(self) -> tuple[str, ...]:
        """The keys of ticked rows, in the order shown."""
        return tuple(r.key for r in self.rows_model.rows if r.key in self.rows_model.checked)

    def tick_all(self, on: bool = True) -> None:
        """Tick every row, or none."""
        self.rows_model.set_checked({row.key for row in self.rows_model.rows} if on else set())
        self.ticked.emit()

    def all_ticked(self) -> bool:
        """Whether every row is ticked, so that the next act on all takes the ticks away."""
        rows = {row.key for row in self.rows_model.rows}
        return bool(rows) and self.rows_model.checked >= rows

    def tick(self, key: str) -> None:
        """Turn one row's tick over."""
        self.rows_model.set_checked(self.rows_model.checked ^ {key})
        self.ticked.emit()

    def event(self, event: QEvent) -> bool:
        # Enter and Space belong to the list while it has the focus, not to the step.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            space = event.key() == Qt.Key.Key_Space and self.rows_model.checkable
            if plain and ((enter and self._opens and self.current_key()) or space):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._opens:
            if not event.isAutoRepeat():
                self._open(self.currentIndex().row())
            return
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            # Qt's own go to the row's first and last cell; here whole rows are chosen.
            self.selectRow(0 if key == Qt.Key.Key_Home else len(self.rows_model.rows) - 1)
            return
        if self.rows_model.checkable:
            if key == Qt.Key.Key_Space and self.current_key():
                self.tick(self.current_key())
                return
            if key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                keys = {row.key for row in self.rows_model.rows}
                self.tick_all(self.rows_model.checked != keys)
                return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the screen's keys, not a search."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self.rows_model.checkable and index.isValid() and index.column() == 0:
            left = self.columnViewportPosition(0)
            if event.position().x() - left < theme().px(40):
                self.tick(self.rows_model.rows[index.row()].key)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row() or not previous.isValid():
            self.moved.emit(self.current_key())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() or self._room() != self._fitted:
            self._fit()
        else:
            self._trim()
        if event.size().height() != event.oldSize().height():
            self.scrollTo(self.currentIndex())  # what Enter takes is seen in less room, too

    def _open(self, row: int) -> None:
        if self._opens and 0 <= row < len(self.rows_model.rows):
            self.opened.emit(self.rows_model.rows[row].key)

    def _head_clicked(self, section: int) -> None:
        if self._columns[section].sort:
            self.sort_wanted.emit(self._columns[section].sort)

    def _room(self) -> int:
        # Where an upright scroll bar has just come, the heads are still as wide as before.
        return min(self.horizontalHeader().width(), self.viewport().width())

    def _fit(self) -> None:
        self._fit_columns()
        self._trim()
        if self._room() != self._fitted:  # an upright scroll bar came or went over it
            self._fit_columns()
        self.fitted.emit()

    def _fit_columns(self) -> None:
        delegate = self.itemDelegate()
        if not isinstance(delegate, RowDelegate):
            return
        widths = self._widths(delegate, brief=False)
        room = self._fitted = self._room()
        if sum(widths) > room and any(column.brief for column in self._columns):
            widths = self._widths(delegate, brief=True)
        stretching = [i for i, c in enumerate(self._columns) if c.stretch and widths[i]]
        spare = room - sum(widths)
        if stretching and spare > 0:
            self._spread(widths, stretching, spare)
        elif stretching:
            # The stretching columns give way, the last one first, down to a third, before a
            # scroll bar comes.
            for i in reversed(stretching):
                least = max(widths[i] // 3, theme().px(110))
                give = min(widths[i] - least, -spare) if widths[i] > least else 0
                widths[i] -= give
                spare += give
        elif spare > 0 and widths:
            widths[-1] += spare
        for i, width in enumerate(widths):
            if width:
                self.setColumnWidth(i, width)
        # Columns that fit need no bar: left to itself one comes along with the upright one, and
        # stays when they have given way.
        policy = Qt.ScrollBarPolicy
        fits = sum(widths) <= room
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAsNeeded
        )

    def _widths(self, delegate: RowDelegate, *, brief: bool) -> list[int]:
        """What each column wants; a hidden one nothing."""
        rows = self.rows_model.rows[:200]
        return [
            0
            if self.isColumnHidden(i)
            else delegate.width_of(i, [row.cells[i] for row in rows], brief=brief)
            for i in range(len(self._columns))
        ]

    def _spread(self, widths: list[int], stretching: list[int], spare: int) -> None:
        """Share the room that is left: across one wide gap the eye loses the row."""
        delegate, rows, look = self.itemDelegate(), self.rows_model.rows[:200], theme()
        assert isinstance(delegate, RowDelegate)
        for i in stretching:
            cells = [row.cells[i] for row in rows]
            if all(len(one if isinstance(one, str) else one.text) <= SHORT for one in cells):
                continue  # measured whole before
            whole = delegate.width_of(i, cells, longest=LONGEST)
            more = min(max(whole - widths[i], 0), spare)
            widths[i] += more
            spare -= more
        share = min(spare // len(stretching), look.px(STRETCH))
        for i in stretching:
            widths[i] += share
        spare -= share * len(stretching)
        others = [
            i
            for i, width in enumerate(widths)
            if width and i not in stretching and not self._columns[i].right
        ]
        share = min(spare // len(others), look.px(GIVEN)) if others else 0
        for i in others:
            widths[i] += share
        spare -= share * len(others)
        last = max(i for i, width in enumerate(widths) if width)
        # At a row's end the rest parts nothing; a figure there would leave its row for the edge.
        widths[stretching[-1] if self._columns[last].right else last] += spare

    def _trim(self) -> None:
        """Rows that lack a few pixels are a little lower; no scroll bar for as much as that.

        Where there are more than are seen at a time, no letter of the last one is cut.
        """
        count, room, most = self.rows_model.rowCount(), self.viewport().height(), theme().px(TRIM)
        height = self._row
        if count * self._row > room >= count * (self._row - most) > 0:
            height = room // count
        elif count * self._row > room > self._row:
            height = _whole(self._row, room, most)
        if height != self.verticalHeader().defaultSectionSize():
            self.verticalHeader().setDefaultSectionSize(height)
            self.scrollTo(self.currentIndex())


def _whole(row: int, room: int, most: int) -> int:
    """The height nearest to `row` of which only the blank edge of one more row shows in `room`."""
    heights = sorted(range(row - most, row + most + 1), key=lambda height: abs(height - row))
    edge = (height for height in heights if room % height <= height // 4)
    return next(edge, row)
