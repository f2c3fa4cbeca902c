"""What the colours of a view stand for: the scale as a strip, with what is said at some places of it."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui.theme import GRID, HALF, colours, small

STRIP = 8  # pixels high
WIDE = 300


class ScaleBar(QWidget):
    """`marks`: a place from 0 to 1 and the words under it, one line or two."""

    def __init__(self, colour: Callable[[float], QColor], parent: QWidget | None = None):
        super().__init__(parent)
        self._colour = colour
        self._marks: list[tuple[float, list[str]]] = []
        self._lines = 2
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        small(self)

    def set_marks(self, marks: list[tuple[float, list[str]]]) -> None:
        """What is said where; read out in this order."""
        if marks == self._marks:
            return
        self._marks = marks
        self.setAccessibleName(", ".join(" = ".join(words) for _, words in marks))
        self.updateGeometry()
        self.update()

    def set_lines(self, lines: int) -> None:
        """How many lines of words there is room for."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        lines = min(self._lines, max((len(words) for _, words in self._marks), default=1))
        return QSize(WIDE, STRIP + HALF + lines * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        widest = max((self._width(words) for _, words in self._marks), default=20)
        return QSize(len(self._marks) * (widest + GRID), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(0.5, 0.5, self.width() - 1, STRIP)
        gradient = QLinearGradient(strip.topLeft(), strip.topRight())
        for place in range(17):
            gradient.setColorAt(place / 16, self._colour(place / 16))
        painter.setBrush(gradient)
        painter.setPen(QColor(colours().line))
        painter.drawRoundedRect(strip, 2, 2)
        painter.setPen(QColor(colours().muted))
        high, free = self.fontMetrics().height(), -1.0
        for place, words in self._marks:
            width = self._width(words)
            left = min(self.width() - width, max(0.0, place * self.width() - width / 2))
            if left < free:
                continue
            free = left + width + HALF
            for number, word in enumerate(words[: self._lines]):
                rect = QRectF(left, STRIP + HALF + number * high, width, high)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, word)

    def _width(self, words: list[str]) -> int:
        return max(self.fontMetrics().horizontalAdvance(word) for word in words) + 2
