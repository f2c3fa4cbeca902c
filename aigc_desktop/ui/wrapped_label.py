"""A text over several lines whose long words, paths and names of files, break too; it can be selected and copied."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from aigc_desktop.i18n import tr

BREAK = "\u200b"  # zero width: a line may end here
LONG = 20  # letters without a space, beyond which a word may break
WORD = re.compile(rf"[^\s\u2e80-\uffef]{{{LONG},}}")  # Chinese, Japanese and Korean break anywhere already


class WrappedLabel(QLabel):
    """`text()` is what was set. Always plain: a name may look like markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self._text = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        broken = WORD.sub(lambda word: BREAK.join(_pieces(word[0])), text)
        super().setText(broken)
        if broken != text:
            self.setAccessibleName(text)
        elif self.accessibleName():
            self.setAccessibleName("")

    def copy(self) -> None:
        """What is selected, without the breaks."""
        QGuiApplication.clipboard().setText(self.selectedText().replace(BREAK, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(tr("Text"))
        menu.addAction(tr("Copy"), self.copy).setEnabled(self.hasSelectedText())
        menu.addAction(tr("Select all"), lambda: self.setSelection(0, len(super(WrappedLabel, self).text())))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())


def _pieces(word: str) -> list[str]:
    """A long word, parted after its own marks and in between."""
    parts = re.findall(r"[^/\\_.\-]*[/\\_.\-]+|[^/\\_.\-]+", word)
    return [part[at : at + LONG] for part in parts for at in range(0, len(part), LONG)]
