"""A line of text, a prompt that grows as it is written, and a table of examples."""

import csv
import io
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import Field, describe
from aigc_desktop.ui.fitted_text import FittedText
from aigc_desktop.ui.theme import HALF, icon

FEWEST, MOST = 3, 12  # lines of a prompt that are shown


class TextField(Field):
    """One line."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.line = QLineEdit()
        self.adopt(self.line)
        self.set_value(one.default)
        self.line.textChanged.connect(self.changed)

    def value(self) -> str | None:
        return self.line.text() or (None if self.one.optional else "")

    def set_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)


class PromptField(Field):
    """Several lines; as high as what is in it. Tab leaves it."""

    wide = True

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.edit = FittedText(FEWEST, MOST, self)
        self.edit.setTabChangesFocus(True)
        self.adopt(self.edit)
        self.set_value(one.default)
        self.edit.textChanged.connect(self.changed)

    def value(self) -> str | None:
        return self.edit.toPlainText() or (None if self.one.optional else "")

    def set_value(self, value: Any) -> None:
        self.edit.setPlainText("" if value is None else str(value))


class TableField(Field):
    """Rows of examples; rows copied from a spreadsheet can be pasted."""

    wide = True

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        column = QVBoxLayout()
        column.setSpacing(HALF)
        self.row.addLayout(column)
        self.table = QTableWidget(0, max((len(row) for row in one.default or []), default=2))
        self.table.horizontalHeader().setVisible(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setVisible(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.installEventFilter(self)
        describe(self.table, one)
        self.setFocusProxy(self.table)
        column.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.setSpacing(HALF)
        column.addLayout(buttons)
        for name, title, act in (("plus", tr("Add a row"), self._add), ("minus", tr("Remove the row"), self._remove)):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setIcon(icon(name))
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.clicked.connect(act)
            buttons.addWidget(button)
        buttons.addStretch()
        self.set_value(one.default)
        self.table.itemChanged.connect(self.changed)

    def value(self) -> list[list[str]]:
        """The rows that hold anything."""
        rows = []
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(self.table.columnCount())]
            texts = ["" if cell is None else cell.text() for cell in cells]
            if any(texts):
                rows.append(texts)
        return rows

    def set_value(self, value: Any) -> None:
        self.table.setRowCount(0)
        for row in value or []:
            self._append([str(cell) for cell in row])
        self._fit()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and watched is self.table
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            for row in csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"):
                self._append(row)
            self._fit()
            self.changed.emit()
            return True
        return False

    def _append(self, cells: list[str]) -> None:
        self.table.setColumnCount(max(self.table.columnCount(), len(cells)))
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate(cells):
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _add(self) -> None:
        self._append([""] * self.table.columnCount())
        self._fit()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.editItem(self.table.currentItem())

    def _remove(self) -> None:
        self.table.removeRow(self.table.currentRow())
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        shown = min(8, max(2, self.table.rowCount()))
        self.table.setFixedHeight(shown * self.table.verticalHeader().defaultSectionSize() + 4)
