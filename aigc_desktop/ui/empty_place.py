"""An empty place: one sentence that says what belongs there, and at most one button."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from aigc_desktop.ui import theme

WIDEST = 176  # pixels of a button's words: names of models are in them


class EmptyPlace(QWidget):
    """Set what it says with `say`."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.muted(self.sentence)
        self.button = QPushButton()
        self.button.clicked.connect(self._act)
        self._action: Callable[[], object] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP * 2, theme.GAP, theme.GAP * 2, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addStretch(2)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)

    def say(self, sentence: str, title: str = "", act: Callable[[], object] | None = None) -> None:
        self.sentence.setText(sentence)
        shown = self.button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, WIDEST)
        self.button.setText(shown)
        self.button.setToolTip(title if shown != title else "")
        self.button.setAccessibleName(title)
        self.button.setVisible(act is not None)
        self._action = act

    def _act(self) -> None:
        if self._action is not None:
            self._action()
