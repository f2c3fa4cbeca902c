"""Quiet sentences on top of the middle: what went wrong, what waits to be continued. Never a box that must be answered."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.announce import announce
from aigc_desktop.ui.dock import ICON
from aigc_desktop.ui.wrapped_label import WrappedLabel


class Notices(QWidget):
    """A column of sentences, one for each key; a new one takes the place of the old one with its key."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, QFrame] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_sentence(self, key: str, text: str, actions: dict[str, Callable[[], None]] | None = None) -> None:
        """Show the sentence with a button for each action; a click on one, or on ✕, takes it away."""
        self.remove(key)
        row = QFrame()
        row.setObjectName("notice")
        label = WrappedLabel(text)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(theme.GAP, theme.HALF, theme.GRID, theme.HALF)
        layout.setSpacing(theme.GRID)
        layout.addWidget(label, 1)
        for title, act in (actions or {}).items():
            button = QPushButton(title)
            button.clicked.connect(lambda _=False, act=act: self._act(key, act))
            layout.addWidget(button)
        close = QToolButton()
        close.setAutoRaise(True)
        close.setIcon(theme.icon("x", theme.MUTED))
        close.setIconSize(ICON)
        close.setToolTip(tr("Dismiss"))
        close.setAccessibleName(tr("Dismiss"))
        close.clicked.connect(lambda: self.remove(key))
        layout.addWidget(close)
        self._rows[key] = row
        self.layout().addWidget(row)
        self.show()
        announce(row, text)

    def _act(self, key: str, act: Callable[[], None]) -> None:
        self.remove(key)
        act()

    def remove(self, key: str) -> None:
        row = self._rows.pop(key, None)
        if row is not None:
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._rows))

    def texts(self) -> dict[str, str]:
        """The sentences that are shown, by key."""
        return {key: row.findChild(WrappedLabel).text() for key, row in self._rows.items()}
