"""The curves as a table: every row that was measured, the newest first."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
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

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if (
            role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            or orientation != Qt.Orientation.Horizontal
        ):
            return None
        return [tr("Step"), tr("Time"), *self._titles.values()][section]


def numbers_table(curves: Curves, parent: QWidget | None = None) -> QTableView:
    """The table, with its model."""
    table = QTableView(parent)
    table.setModel(Numbers(curves, table))
    table.setAccessibleName(tr("Everything that was measured, newest first"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.setTabKeyNavigation(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
    return table
