"""Desk: how a desk is built. One's own can be changed here, checked while one types; another is copied first."""

import json
import re
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontDatabase, QKeySequence, QShortcut, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QTextEdit, QWidget

from aigc_desktop import desks
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.heading import heading
from aigc_desktop.ui.page import column, labelled
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.theme import GAP, GRID, HALF, colours, icon, main_action

TITLE = re.compile(r"^title\s*=.*$", re.MULTILINE)
SHOWN = 1  # examples in the preview


class DeskPage(QWidget):
    """The desk's file as text. What is wrong with it is said with its line; only what can be used is kept."""

    copy_wanted = Signal()
    save_wanted = Signal(str)  # the text to keep
    delete_wanted = Signal()
    edited = Signal()

    def __init__(self, id: str, own: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self.id, self.own = id, own
        self._kept = ""  # the text in the file
        self.desk: desks.Desk | None = None  # what the text describes now
        self.problem: Sentence | None = None
        self._check_soon = QTimer(self, interval=200, singleShot=True)
        self._check_soon.timeout.connect(self.check)
        self._build()

    def set_source(self, text: str) -> None:
        """The text of the file, just read or just written."""
        changed = self.is_changed()
        self._kept = text
        if not changed:
            self._show(text)
        self.check()

    def text(self) -> str:
        return self.source.toPlainText()

    def is_changed(self) -> bool:
        """It holds something that the file does not."""
        return self.own and self.text() != self._kept

    def start(self) -> None:
        """The main action: save one's own desk, or make one's own of another."""
        if not self.own:
            self.copy_wanted.emit()
            return
        self.check()
        if self.problem is None:
            self.save_wanted.emit(self.text())

    def state(self) -> dict[str, Any]:
        return {"text": self.text() if self.is_changed() else None, "split": self.splitter.sizes()}

    def restore(self, state: dict[str, Any]) -> None:
        if self.own and isinstance(state.get("text"), str):
            self._show(state["text"])
            self.check()
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)

    def check(self) -> None:
        """Read the text as a desk: show its prompt, or say what is wrong and where."""
        self._check_soon.stop()
        try:
            self.desk = desks.parse(self.text(), self.id)
            prompt = self.desk.prompt(self.desk.defaults, None, min(SHOWN, len(self.desk.examples)))
        except BadInput as problem:
            self.desk, self.problem = None, problem.sentence
            reason = problem.sentence.values.get("reason")
            why = str(reason) if isinstance(reason, Sentence) else str(problem)
            self.said.say(why[:1].upper() + why[1:], "problem")
            self._mark(reason.values.get("line") if isinstance(reason, Sentence) else None)
        else:
            self.problem = None
            self.preview.setPlainText(prompt)
            with QSignalBlocker(self.name):
                if not self.name.hasFocus():
                    self.name.setText(self.desk.title)
            self.said.say(tr("Changed, not saved yet.") if self.is_changed() else "")
            self._mark(None)
        self.save.setEnabled(self.problem is None and self.is_changed())

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "said"):
            self._check_soon.start()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if not self.splitter.property("shared"):
            self.splitter.setProperty("shared", True)
            self.splitter.setSizes([round(self.width() * 0.6), round(self.width() * 0.4)])

    def _show(self, text: str) -> None:
        with QSignalBlocker(self.source):
            self.source.setPlainText(text)

    def _typed(self) -> None:
        self._check_soon.start()
        self.edited.emit()

    def _renamed(self, title: str) -> None:
        """The name is the title in the text."""
        line = f"title = {json.dumps(title, ensure_ascii=False)}"
        found = TITLE.search(self.text())
        cursor = QTextCursor(self.source.document())
        if found is not None:
            cursor.setPosition(found.start())
            cursor.setPosition(found.end(), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(line if found is not None else line + "\n")

    def _mark(self, line: Any) -> None:
        """Tint the line that cannot be read."""
        if not isinstance(line, int):
            self.source.setExtraSelections([])
            return
        one = QTextEdit.ExtraSelection()
        one.cursor = QTextCursor(self.source.document().findBlockByNumber(line - 1))
        one.format.setBackground(QColor(colours().selected))
        one.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.source.setExtraSelections([one])

    def _build(self) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        left, right = QWidget(self.splitter), QWidget(self.splitter)
        whole = column(left, GRID)
        self.name = QLineEdit(left)
        self.name.setAccessibleName(tr("Name"))
        self.name.setMinimumHeight(HEIGHT)
        self.name.setReadOnly(not self.own)
        self.name.textEdited.connect(self._renamed)
        whole.addLayout(labelled(tr("Name"), self.name))
        self.source = _code(left, tr("The desk as text"), not self.own)
        self.source.textChanged.connect(self._typed)
        whole.addWidget(self.source, 1)
        self.said = SentenceLabel(left)
        whole.addWidget(self.said)
        note = SentenceLabel(left)
        note.say(
            "" if self.own else tr("This desk came with the program and stays as it is. Make one of your own of it.")
        )
        whole.addWidget(note)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        self.save = main_action(QPushButton(tr("Save"), left))
        self.save.setToolTip(tr("Save the desk ({key})", key="Ctrl+S"))
        self.save.clicked.connect(self.start)
        self.copy = QPushButton(tr("Make my own"), left)
        self.copy.setToolTip(tr("A copy that you can change: the fields, the words of the prompt, the examples"))
        self.copy.clicked.connect(self.copy_wanted)
        self.delete = QPushButton(icon("trash"), tr("Delete"), left)
        self.delete.setToolTip(tr("Delete this desk. What was written at it stays."))
        self.delete.clicked.connect(self.delete_wanted)
        self.save.setVisible(self.own)
        self.delete.setVisible(self.own)
        if not self.own:
            main_action(self.copy)
        buttons.addWidget(self.save)
        buttons.addWidget(self.copy)
        buttons.addStretch()
        buttons.addWidget(self.delete)
        whole.addLayout(buttons)
        shown = column(right, HALF)
        title = heading(tr("The prompt that it builds"), right)
        self.preview = QPlainTextEdit(right)
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.preview.document().setDocumentMargin(GRID)
        self.preview.setAccessibleName(tr("The prompt that it builds"))
        title.setBuddy(self.preview)
        shown.addWidget(title)
        shown.addWidget(self.preview, 1)
        if self.own:
            here = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, activated=self.start, context=here)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)


def _code(parent: QWidget, name: str, read_only: bool) -> QPlainTextEdit:
    """A text in letters of one width; Tab leaves it, as everywhere."""
    edit = QPlainTextEdit(parent)
    edit.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    edit.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    edit.document().setDocumentMargin(GRID)
    edit.setTabChangesFocus(True)
    edit.setReadOnly(read_only)
    edit.setAccessibleName(name)
    return edit
