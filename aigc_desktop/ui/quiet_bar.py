"""One sentence at the bottom that goes away by itself, with Undo where something can be taken back."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.announce import announce
from aigc_desktop.ui.elided_label import ElidedLabel

STAYS = 8000  # milliseconds


class QuietBar(QFrame):
    """`say` shows it; it never asks anything and takes no focus."""

    undone = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.sentence = ElidedLabel()
        self.undo = QPushButton(tr("Undo"))
        self.undo.clicked.connect(self._undo)
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setIcon(theme.icon("x"))
        self.close_button.setToolTip(tr("Dismiss"))
        self.close_button.setAccessibleName(tr("Dismiss"))
        self.close_button.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GRID, theme.HALF, theme.HALF, theme.HALF)
        line.setSpacing(theme.GRID)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.undo)
        line.addWidget(self.close_button)
        self._timer = QTimer(self, singleShot=True, interval=STAYS)
        self._timer.timeout.connect(self._time_is_up)
        self.hide()

    def say(self, sentence: str, undoable: bool = False) -> None:
        self.sentence.setText(sentence)
        self.undo.setVisible(undoable)
        self.show()
        announce(self, sentence)
        self._timer.start()

    def _undo(self) -> None:
        self.hide()
        self.undone.emit()

    def _time_is_up(self) -> None:
        if self.underMouse() or self.undo.hasFocus() or self.close_button.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()
