"""The curves as a table: every row that was measured, the newest first."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts
from aigc_desktop.ui.views.curves import Curves

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Numbers(QAbstractTableModel):
    """Step, time and every curve."""

    def __init__(self, curves: Curves, parent: Any = None):
        super().__init__(parent)
        self._curves = curves
        self._titles: dict[str, str] = {}
        self._count = 0

    def refresh(self, titles: dict[str, str]) -> None:
        """Look again at how many rows and which curves there are."""
        if titles == self._titles and 0 < self._count < self._curves.count:
            self.beginInsertRows(ROOT, 0, self._curves.count - self._count - 1)
            self._count = self._curves.count
            self.endInsertRows()
        elif titles != self._titles or self._count != self._curves.count:
            self.beginResetModel()
            self._titles, self._count = dict(titles), self._curves.count
            self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else 2 + len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = self._count - 1 - index.row()
        if role != Qt.ItemDataRole.DisplayRole or not 0 <= row < self._curves.count:
            return None
        step, seconds, values = self._curves.row(row)
        if index.column() < 2:
            return (amounts.whole(step), amounts.clock(seconds))[index.column()]
        value = values.get(list(self._titles)[index.column() - 2])
        return "" if value is None else amounts.value(value)

    def measured(self, row: int) -> list[str]:
        """The numbers of a row as they were measured; nothing where nothing was."""
        step, seconds, values = self._curves.row(self._count - 1 - row)
        found = [values.get(name) for name in self._titles]
        return [str(step), f"{seconds:g}", *("" if value is None else repr(value) for value in found)]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if (
            role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            or orientation != Qt.Orientation.Horizontal
        ):
            return None
        return [tr("Step"), tr("Time"), *self._titles.values()][section]


class NumbersTable(QTableView):
    """Shows Numbers. Copying takes the selected rows, without any all of them, with the headings."""

    def __init__(self, curves: Curves, parent: QWidget | None = None):
        super().__init__(parent)
        self.setModel(Numbers(curves, self))
        self.setAccessibleName(tr("Everything that was measured, newest first"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Onto the clipboard, as spreadsheets take it: a tab between two numbers, which are whole and have a point."""
        model = self.model()
        chosen = [index.row() for index in self.selectionModel().selectedRows()] or range(model.rowCount())
        titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
        lines = [titles, *(model.measured(row) for row in sorted(chosen))]
        QGuiApplication.clipboard().setText("".join("\t".join(line) + "\n" for line in lines))
