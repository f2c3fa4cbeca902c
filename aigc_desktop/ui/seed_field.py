"""The seed: a number, a dice that draws another, and a lock that keeps it."""

import random

from PySide6.QtCore import QRegularExpression, QSize, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.theme import HALF, icon

LARGEST = 2**63 - 1
DRAWN = 10**9  # drawn ones stay short enough to be read aloud


class SeedField(QWidget):
    """With a lock, `next()` draws a fresh seed for each use unless it is locked or was just chosen."""

    changed = Signal()

    def __init__(self, lock: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._fresh = True  # not used since it was typed or drawn
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        self.line = QLineEdit("0")
        self.line.setValidator(QRegularExpressionValidator(QRegularExpression(r"\p{Nd}{1,19}"), self.line))
        self.line.setAccessibleName(tr("Seed"))
        self.line.setToolTip(tr("The same seed with the same settings makes the same again."))
        self.line.setMinimumHeight(HEIGHT)
        self.line.textChanged.connect(self._typed)
        self.dice = self._tool("dice-five", tr("Draw another seed"))
        self.dice.clicked.connect(self.roll)
        row.addWidget(self.line, 1)
        row.addWidget(self.dice)
        self.lock: QToolButton | None = None
        if lock:
            self.lock = self._tool("lock-open", tr("Keep this seed for the next one"))
            self.lock.setCheckable(True)
            self.lock.toggled.connect(lambda on: self.lock.setIcon(icon("lock" if on else "lock-open")))
            row.addWidget(self.lock)
        self.setFocusProxy(self.line)

    def value(self) -> int:
        return min(LARGEST, int(self.line.text() or 0))

    def set_value(self, seed: int) -> None:
        self.line.setText(str(seed))

    def roll(self) -> None:
        """Draw another."""
        self.set_value(random.randrange(DRAWN))

    def next(self) -> int:
        """The seed for a new use."""
        if not self._fresh and not self.locked():
            self.roll()
        self._fresh = False
        return self.value()

    def locked(self) -> bool:
        return self.lock is not None and self.lock.isChecked()

    def set_locked(self, on: bool) -> None:
        if self.lock is not None:
            self.lock.setChecked(on)

    def _typed(self) -> None:
        self._fresh = True
        self.changed.emit()

    def _tool(self, name: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setFixedHeight(HEIGHT)
        button.setToolTip(title)
        button.setAccessibleName(title)
        return button
