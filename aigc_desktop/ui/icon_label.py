"""An icon that stands beside a text, in the colours of the theme in use."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class IconLabel(QWidget):
    """Paints its icon at `size` pixels, in its middle. It says nothing that the text beside it does not."""

    def __init__(self, icon: QIcon, size: int = 16, parent: QWidget | None = None):
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(QSize(size, size))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, icon: QIcon) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), QRect(0, 0, self.width(), self.height()))
