"""An empty place: one sentence that says what belongs there, and a button; two where there are two ways."""

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
        self.other = QPushButton()
        self.other.clicked.connect(self._act_otherwise)
        self.other.hide()
        self._action: Callable[[], object] | None = None
        self._otherwise: Callable[[], object] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP * 2, theme.GAP, theme.GAP * 2, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addStretch(2)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)

    def say(
        self,
        sentence: str,
        title: str = "",
        act: Callable[[], object] | None = None,
        also: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """`also`: the title of a second button, and what it does."""
        self.sentence.setText(sentence)
        _name(self.button, title)
        self.button.setVisible(act is not None)
        self._action = act
        _name(self.other, also[0] if also else "")
        self.other.setVisible(also is not None)
        self._otherwise = also[1] if also else None

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _act_otherwise(self) -> None:
        if self._otherwise is not None:
            self._otherwise()


def _name(button: QPushButton, title: str) -> None:
    shown = button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, WIDEST)
    button.setText(shown)
    button.setToolTip(title if shown != title else "")
    button.setAccessibleName(title)
