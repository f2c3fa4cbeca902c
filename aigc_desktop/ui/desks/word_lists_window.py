"""The word lists that prompts draw from: to be read, changed, added and deleted."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine import word_lists
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import theme
from aigc_desktop.ui.desks.wildcard_button import in_order
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.page import labelled
from aigc_desktop.ui.room import open_at
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.tab_order import ReadingOrder
from aigc_desktop.ui.theme import GAP, GRID

PATH = Qt.ItemDataRole.UserRole
NARROW = GRID * 20  # of the list


class WordListsWindow(ReadingOrder, QDialog):
    """Left the lists, right the one in use. A list of the program that is changed is kept as one's own."""

    changed = Signal()  # a list was kept or deleted

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle(tr("Word lists"))
        open_at(self, GRID * 84, GRID * 60)
        self._kept = ("", "")  # name and text as they are in the file
        self._deleted: tuple[str, str] | None = None
        self._build()
        self.refresh()
        self.list.setCurrentRow(0)

    def refresh(self, name: str = "") -> None:
        """The lists as they are now, with this one in use."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for path in in_order():
                own = word_lists.is_own(path)
                entry = QListWidgetItem(theme.icon("pencil-line" if own else "list-bullets"), path.stem)
                entry.setData(PATH, str(path))
                entry.setToolTip(str(path))
                self.list.addItem(entry)
        found = self.list.findItems(name, Qt.MatchFlag.MatchExactly) if name else []
        if found:
            self.list.setCurrentItem(found[0])

    def add(self) -> None:
        """A new list, to be named and filled."""
        self.list.setCurrentRow(-1)
        self._show("", "", own=True)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Keep what is shown, under the name that it has now."""
        name, text = self.name.text().strip(), self.text.toPlainText()
        before = self._path()
        try:
            path = word_lists.save(name, text)
            if before is not None and word_lists.is_own(before) and before != path:
                word_lists.delete(before)  # it was renamed
        except BadInput as problem:
            self.said.say(str(problem), "problem")
            return
        self.refresh(name)
        self._chosen()
        self.said.say(tr("Kept. In a prompt, {wildcard} draws one of its lines.", wildcard=f"__{name}__"))
        self.changed.emit()

    def delete(self) -> None:
        """Delete a list of one's own; Undo brings it back."""
        path = self._path()
        if path is None:
            return
        kept = self._kept
        try:
            word_lists.delete(path)
        except BadInput as problem:
            self.said.say(str(problem), "problem")
            return
        self.refresh()
        self.list.setCurrentRow(0)
        self._deleted = kept
        self.undo.show()
        self.said.say(tr("The word list {name} is deleted.", name=kept[0]), "plain")
        self.changed.emit()

    def bring_back(self) -> None:
        """The list that was deleted last."""
        if self._deleted is not None:
            name, text = self._deleted
            self._show(name, text, own=True)
            self.list.setCurrentRow(-1)
            self._show(name, text, own=True)
            self.save()

    def _path(self) -> Path | None:
        entry = self.list.currentItem()
        return Path(entry.data(PATH)) if entry is not None else None

    def _chosen(self) -> None:
        path = self._path()
        if path is None:
            return
        try:
            text = word_lists.source(path)
        except BadInput as problem:
            self._show(path.stem, "", word_lists.is_own(path))
            self.said.say(str(problem), "problem")
            return
        self._show(path.stem, text, word_lists.is_own(path))

    def _show(self, name: str, text: str, own: bool) -> None:
        self._kept = (name, text)
        with QSignalBlocker(self.name), QSignalBlocker(self.text):
            self.name.setText(name)
            self.text.setPlainText(text)
        self.delete_button.setEnabled(own and self._path() is not None)
        self._deleted = None
        self.undo.hide()
        self.said.say("")
        self._typed()

    def _typed(self) -> None:
        now = (self.name.text().strip(), self.text.toPlainText())
        self.save_button.setEnabled(now != self._kept and bool(now[0]))
        self.hint.say(
            tr("One entry a line. In a prompt, {wildcard} draws one of them.", wildcard=f"__{now[0]}__")
            if now[0]
            else tr("Give the list a name, and write one entry a line.")
        )

    def _build(self) -> None:
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Word lists"))
        self.list.setMinimumWidth(NARROW)
        self.list.currentRowChanged.connect(lambda _: self._chosen())
        self.new_button = QPushButton(theme.icon("plus"), tr("New list"), self)
        self.new_button.clicked.connect(self.add)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(tr("Name"))
        self.name.setMinimumHeight(HEIGHT)
        self.name.textEdited.connect(self._typed)
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName(tr("Entries"))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._typed)
        self.hint, self.said = SentenceLabel(self), SentenceLabel(self)
        self.undo = QPushButton(tr("Undo"), self)
        self.undo.clicked.connect(self.bring_back)
        self.undo.hide()
        self.save_button = theme.main_action(QPushButton(tr("Save"), self))
        self.save_button.clicked.connect(self.save)
        self.delete_button = QPushButton(theme.icon("trash"), tr("Delete"), self)
        self.delete_button.clicked.connect(self.delete)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.close)
        for button in (*self.findChildren(QPushButton), *close.buttons()):
            button.setAutoDefault(False)  # Return ends a line, not the window
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.list, 1)
        left.addWidget(self.new_button)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addLayout(labelled(tr("Name"), self.name))
        right.addWidget(self.hint)
        right.addWidget(self.text, 1)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.said, 1)
        line.addWidget(self.undo)
        right.addLayout(line)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        for button in (self.save_button, self.delete_button):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(close)
        right.addLayout(foot)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GAP, GAP, GAP, GAP)
        whole.setSpacing(GAP)
        whole.addLayout(left)
        whole.addLayout(right, 1)
