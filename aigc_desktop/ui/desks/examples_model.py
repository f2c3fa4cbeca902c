"""The examples of a desk as a table: one row each, a column for each field that an example fills."""

from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
LONGEST, TOLD = 100_000, 2000  # letters of a cell, and of its tool tip


class Examples(QAbstractTableModel):
    """Rows of texts. The first `shots` are what the model is shown; the rest wait, in the second colour."""

    edited = Signal()  # by the user's hand or by `set_rows`

    def __init__(self, titles: list[str], parent: Any = None):
        super().__init__(parent)
        self.titles = titles
        self._rows: list[list[str]] = []
        self._shots = 0

    def rows(self) -> list[list[str]]:
        """Those that hold anything."""
        return [list(row) for row in self._rows if any(cell.strip() for cell in row)]

    def set_rows(self, rows: list[list[str]]) -> None:
        self.beginResetModel()
        width = len(self.titles)
        self._rows = [[*(str(cell)[:LONGEST] for cell in row[:width]), *[""] * (width - len(row))] for row in rows]
        self.endResetModel()
        self.edited.emit()

    def shots(self) -> int:
        return self._shots

    def set_shots(self, shots: int) -> None:
        self._shots = shots
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.titles) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._rows) - 1)

    def insert(self, at: int, rows: list[list[str]]) -> None:
        """Put rows in before the one at this place."""
        self.set_rows([*self._rows[:at], *rows, *self._rows[at:]])

    def remove(self, places: set[int]) -> None:
        self.set_rows([row for place, row in enumerate(self._rows) if place not in places])

    def move(self, place: int, by: int) -> int:
        """Move a row up or down; its new place."""
        to = min(max(0, place + by), len(self._rows) - 1)
        rows = list(self._rows)
        rows.insert(to, rows.pop(place))
        self.set_rows(rows)
        return to

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._rows[index.row()][index.column()]
        if role in (Role.DisplayRole, Role.EditRole):
            return text
        if role == Role.ToolTipRole:
            # Wrapped, its own lines kept, never read as markup.
            return f'<p style="white-space: pre-wrap">{escape(text[:TOLD], quote=False)}</p>' if text else None
        if role == Role.AccessibleTextRole:
            title = self.titles[index.column()]
            return f"{self._called(index.row())}, {title}: {text or tr('empty')}"
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or not index.isValid():
            return False
        text = str(value)[:LONGEST]
        if text != self._rows[index.row()][index.column()]:
            self._rows[index.row()][index.column()] = text
            self.dataChanged.emit(index, index)
            self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, way: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if role == Role.DisplayRole and way == Qt.Orientation.Horizontal:
            return self.titles[section]
        if role == Role.DisplayRole:
            return numerals.plain(section + 1)
        if role == Role.ToolTipRole and way == Qt.Orientation.Vertical:
            return self._called(section)
        return None

    def is_shown(self, row: int) -> bool:
        """Whether the model gets to see this example."""
        filled = [place for place, cells in enumerate(self._rows) if any(cell.strip() for cell in cells)]
        return row in filled[: self._shots]

    def _called(self, row: int) -> str:
        number = numerals.plain(row + 1)
        return (
            tr("Example {number}, shown to the model", number=number)
            if self.is_shown(row)
            else tr("Example {number}, not shown to the model", number=number)
        )
