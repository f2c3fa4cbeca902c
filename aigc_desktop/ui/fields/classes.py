"""One of the classes that a model learned, by its name."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QStringListModel, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import Field

LETTERS = 10  # that have room in any case


class _Names(QStringListModel):
    """The names, and before them none, which reads "Any" in the list and leaves the line empty."""

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.row() == 0:
            return tr("Any")
        return super().data(index, role)


class ClassField(Field):
    """A combo box of the names, first of all "any"; one can type too, and what is typed finds the names it is part of."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.box = QComboBox()
        self.box.setModel(_Names(self.box))
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(LETTERS)
        self.adopt(self.box)
        line, completer = self.box.lineEdit(), self.box.completer()
        line.setPlaceholderText(tr("Any"))
        line.setAccessibleName(tr(one.title))
        line.setMaxLength(200)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._names: tuple[str, ...] = ()
        self.offer(())
        self.set_value(one.default)
        line.textChanged.connect(self.changed)

    def offer(self, names: Sequence[str]) -> None:
        """The names to choose from; what is written stays."""
        if self.box.count() and tuple(names) == self._names:
            return
        self._names, written = tuple(names), self.value()
        with QSignalBlocker(self.box):
            self.box.model().setStringList(["", *names])
            self.set_value(written)

    def value(self) -> str:
        return self.box.currentText()

    def set_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        self.box.setCurrentIndex(("", *self._names).index(text) if text in ("", *self._names) else -1)
        self.box.setEditText(text)
        self.box.lineEdit().setCursorPosition(0)
