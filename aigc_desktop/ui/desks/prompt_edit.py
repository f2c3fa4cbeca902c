"""The prompt: what the model reads. The form builds it until a hand changes it; its wildcards are tinted."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QTextEdit, QWidget

from aigc_desktop.engine import wildcards, word_lists
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.shown import plain
from aigc_desktop.ui.desks.wildcard_button import WildcardButton
from aigc_desktop.ui.heading import heading
from aigc_desktop.ui.page import column
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GRID, HALF, colours

MOST = 200_000  # letters in which wildcards are looked for while one types
SHOWN, LETTERS = 4, 24  # draws in the line under the prompt, letters of each


class PromptEdit(QWidget):
    """`show_built` shows what the form builds; once it was changed by hand it stays as it is until it is built again."""

    changed = Signal()
    lists_wanted = Signal()  # the word lists are to be seen

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._built = ""
        self._edited = False
        self._seed = 0
        head = QHBoxLayout()
        head.setSpacing(GRID)
        self.title = heading(tr("Prompt"), self)
        self.wildcards = WildcardButton(self)
        self.wildcards.chosen.connect(self.insert)
        self.wildcards.lists_wanted.connect(self.lists_wanted)
        head.addWidget(self.title, 1)
        head.addWidget(self.wildcards)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        self.by_hand = SentenceLabel(self)
        self.again = QPushButton(tr("Build again from the form"), self)
        self.again.setToolTip(tr("Throw away what was changed by hand. Undo brings it back."))
        self.again.clicked.connect(self.build_again)
        line.addWidget(self.by_hand, 1)
        line.addWidget(self.again)
        self.edit = QPlainTextEdit(self)
        self.edit.setTabChangesFocus(True)
        self.edit.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.edit.document().setDocumentMargin(GRID)
        self.edit.setAccessibleName(tr("Prompt"))
        self.edit.setPlaceholderText(
            tr("What the model reads before it writes. The form builds it; you can change it.")
        )
        self.edit.setMinimumHeight(self.edit.fontMetrics().lineSpacing() * 3 + 2 * GRID)
        self.edit.textChanged.connect(self._typed)
        self.draws = SentenceLabel(self)
        self.title.setBuddy(self.edit)
        whole = column(self, HALF)
        whole.addLayout(head)
        whole.addLayout(line)
        whole.addWidget(self.edit, 1)
        whole.addWidget(self.draws)
        self.setFocusProxy(self.edit)
        self._look_soon = QTimer(self, interval=150, singleShot=True)
        self._look_soon.timeout.connect(self._look)
        self._say_edited()

    def text(self) -> str:
        return self.edit.toPlainText()

    def is_edited(self) -> bool:
        """It is not what the form builds: somebody changed it by hand."""
        return self._edited

    def show_built(self, text: str) -> None:
        """The form builds this now."""
        self._built = text
        if not self._edited:
            self._show(text)

    def set_text(self, text: str) -> None:
        """Show this; where the form builds something else it counts as changed by hand."""
        self._show(text)
        self._note_edited(text != self._built)

    def build_again(self) -> None:
        """Back to what the form builds. The editor's own undo brings the changed one back."""
        cursor = QTextCursor(self.edit.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._built)
        self.edit.setFocus()

    def insert(self, text: str) -> None:
        """Type this at the cursor."""
        self.edit.insertPlainText(text)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self) -> None:
        """The word lists have changed."""
        self._look_soon.start()

    def set_seed(self, seed: int) -> None:
        """Wildcards are drawn with this seed for the line under the prompt."""
        if seed != self._seed:
            self._seed = seed
            self._look_soon.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_look_soon"):
            self._look_soon.start()

    def _show(self, text: str) -> None:
        """Not by hand: there is nothing to undo. In sight is the end, where the request stands and the model goes on."""
        if text != self.text():
            self.edit.blockSignals(True)
            self.edit.setPlainText(text)
            self.edit.blockSignals(False)
            self.edit.moveCursor(QTextCursor.MoveOperation.End)
            self.edit.ensureCursorVisible()
            self._look_soon.start()
            self.changed.emit()

    def _typed(self) -> None:
        self._note_edited(self.text() != self._built)
        self._look_soon.start()
        self.changed.emit()

    def _note_edited(self, edited: bool) -> None:
        if edited != self._edited:
            self._edited = edited
            self._say_edited()

    def _say_edited(self) -> None:
        self.by_hand.say(tr("Changed by hand; the form leaves it alone.") if self._edited else "")
        self.again.setVisible(self._edited)

    def _look(self) -> None:
        """Tint the wildcards and say what they are this time."""
        text = self.text()
        if len(text) > MOST:
            self.edit.setExtraSelections([])
            self.draws.say("")
            return
        try:
            drawn = wildcards.drawn(text, self._seed)
            unknown = word_lists.missing(text)
        except BadInput as problem:
            self.edit.setExtraSelections([])
            self.draws.say(str(problem), "problem")
            return
        self.edit.setExtraSelections([self._tinted(one.start, one.stop) for one in drawn])
        said = [f"{_short(text[one.start : one.stop])} → {_short(one.text) or '∅'}" for one in drawn[:SHOWN]]
        if unknown:
            self.draws.say(str(unknown[0]), "warning")
        elif said:
            more = " …" if len(drawn) > SHOWN else ""
            self.draws.say(tr("This time: {draws}", draws="   ".join(said) + more))
        else:
            self.draws.say("")

    def _tinted(self, start: int, stop: int) -> QTextEdit.ExtraSelection:
        one = QTextEdit.ExtraSelection()
        one.cursor = QTextCursor(self.edit.document())
        one.cursor.setPosition(_in_qt(self.text(), start))
        one.cursor.setPosition(_in_qt(self.text(), stop), QTextCursor.MoveMode.KeepAnchor)
        one.format.setBackground(QColor(colours().selected))
        one.format.setForeground(QColor(colours().text))
        one.format.setProperty(QTextFormat.Property.FullWidthSelection, False)
        return one


def _in_qt(text: str, place: int) -> int:
    """Qt counts letters beyond the first plane twice."""
    return place + sum(letter > "\uffff" for letter in text[:place])


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= LETTERS else line[: LETTERS - 1] + "…"
