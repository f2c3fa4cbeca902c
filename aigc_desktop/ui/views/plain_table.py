"""Any rows of words and numbers as a table: for who reads with the ears, and for a spreadsheet."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
ROW = 24


class Rows(QAbstractTableModel):
    """Headings and rows of texts."""

    def __init__(self, parent: Any = None):
        super().__init__(parent)
        self.headings: list[str] = []
        self.rows: list[list[str]] = []

    def show(self, headings: list[str], rows: list[list[str]]) -> None:
        if (headings, rows) != (self.headings, self.rows):
            self.beginResetModel()
            self.headings, self.rows = headings, rows
            self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and index.row() < len(self.rows):
            return self.rows[index.row()][index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        return self.headings[section] if wanted and orientation == Qt.Orientation.Horizontal else None


class PlainTable(QTableView):
    """Copying takes the selected rows, without any all of them, with the headings. `wide`: scrolls sideways."""

    def __init__(self, name: str, wide: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self.rows = Rows(self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch)
        across.setDefaultSectionSize(72)
        across.setHighlightSections(False)
        across.setTextElideMode(Qt.TextElideMode.ElideRight)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Onto the clipboard, a tab between two cells."""
        chosen = [index.row() for index in self.selectionModel().selectedRows()] or range(len(self.rows.rows))
        lines = [self.rows.headings, *(self.rows.rows[row] for row in sorted(chosen))]
        QGuiApplication.clipboard().setText("".join("\t".join(line) + "\n" for line in lines))
