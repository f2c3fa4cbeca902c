"""The middle while no generator is open: one sentence, one button."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme


class Empty(QWidget):
    """Says what belongs here and offers to open `spec`."""

    opened = Signal(str)

    def __init__(self, spec: Spec | None):
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP * 2] * 4)
        layout.setSpacing(theme.GAP)
        layout.addStretch(2)

        layout.addWidget(_Picture(), 0, Qt.AlignmentFlag.AlignCenter)

        self.sentence = QLabel(tr("Choose on the left what you want to make, or drop your own files here."))
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.muted(self.sentence)
        layout.addWidget(self.sentence)

        self.button = QPushButton(tr("Open {title}", title=tr(spec.title)) if spec else "")
        if spec is None:
            self.button.hide()
        else:
            self.button.clicked.connect(lambda: self.opened.emit(spec.id))
            self.button.setToolTip(tr(spec.summary))
        theme.main_action(self.button)
        layout.addSpacing(theme.GRID)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)


class _Picture(QWidget):
    """A sun at the horizon, in the second colour of the theme in use."""

    def sizeHint(self) -> QSize:
        return QSize(64, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme.icon("sun-horizon-thin", theme.MUTED).paint(QPainter(self), self.rect())
