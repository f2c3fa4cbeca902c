"""A slider whose places are dots on a line: one for each sample."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from aigc_desktop.ui.theme import colours

EDGE = 10  # pixels left and right
DOT, CHOSEN = 2.5, 6.0  # radii
NEAREST = 9  # pixels between two dots; closer ones are only a line


class Timeline(QSlider):
    """Keys and values as of any slider; a click goes to the place under the pointer."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPageStep(10)

    def sizeHint(self) -> QSize:
        return QSize(160, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 24)

    def x_of(self, value: int) -> float:
        """Where a value stands."""
        span = max(1, self.maximum() - self.minimum())
        return EDGE + (self.width() - 2 * EDGE) * (value - self.minimum()) / span

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        of, y = colours(), self.height() / 2
        here = self.x_of(self.value())
        painter.setPen(QPen(QColor(of.line), 2))
        painter.drawLine(QPointF(here, y), QPointF(self.width() - EDGE, y))
        painter.setPen(QPen(QColor(of.accent), 2))
        painter.drawLine(QPointF(EDGE, y), QPointF(here, y))
        painter.setPen(Qt.PenStyle.NoPen)
        places = self.maximum() - self.minimum()
        if places > 0 and (self.width() - 2 * EDGE) / places >= NEAREST:
            for value in range(self.minimum(), self.maximum() + 1):
                painter.setBrush(QColor(of.accent if value <= self.value() else of.disabled))
                painter.drawEllipse(QPointF(self.x_of(value), y), DOT, DOT)
        painter.setBrush(QColor(of.accent))
        if self.hasFocus():
            painter.setPen(QPen(QColor(of.text), 1.5))
        painter.drawEllipse(QPointF(here, y), CHOSEN, CHOSEN)

    def _go(self, event: QMouseEvent) -> None:
        share = (event.position().x() - EDGE) / max(1, self.width() - 2 * EDGE)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))
        event.accept()
