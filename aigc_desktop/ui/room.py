"""How large a window opens: as it would like to, as far as the screen has room."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 48)  # about what the system draws around a window


def open_at(window: QWidget, width: int, height: int) -> None:
    """Size the window so, or as large as its screen allows."""
    window.resize(QSize(width, height).boundedTo(window.screen().availableSize() - FRAME))
