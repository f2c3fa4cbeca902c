"""A heading that folds away what is under it.

superqt has one too; importing it takes 0.2 s, nearly half of what the window may take to appear.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.ui.theme import GRID, icon

FLAT = "QToolButton { border: none; padding: 4px 4px 4px 0; } QToolButton:hover, QToolButton:focus { color: palette(link); }"


class Fold(QWidget):
    """Starts folded. `body` is the widget that appears; fill its layout."""

    toggled = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None, body: QWidget | None = None):
        super().__init__(parent)
        self.heading = QToolButton(self)
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setStyleSheet(FLAT)
        self.heading.setIcon(icon("caret-right"))
        self.heading.setIconSize(QSize(12, 12))
        self.heading.setCursor(Qt.CursorShape.PointingHandCursor)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.body = body or QWidget(self)
        self.body.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.body)
        self.heading.toggled.connect(self._toggle)

    def set_title(self, title: str) -> None:
        self.heading.setText(title)

    def is_open(self) -> bool:
        return self.heading.isChecked()

    def set_open(self, open: bool) -> None:
        self.heading.setChecked(open)

    def _toggle(self, open: bool) -> None:
        self.heading.setIcon(icon("caret-down" if open else "caret-right"))
        self.body.setVisible(open)
        self.toggled.emit(open)
