"""Who looks at whom, as a square: a row for each token, in it a cell for each token that it looks at."""

from functools import cache
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui import scales
from aigc_desktop.ui.theme import HALF, colours, is_dark
from aigc_desktop.ui.views.tokens import label

NOTHING = -1
LEGIBLE, LARGEST = 9, 12  # pixels of a row that can be labelled, and of its letters
LABELS = 72  # pixels for the labels, at most


def shade(weight: float) -> float:
    """Where a weight stands on the scale: its square root, so that a hundredth can be told from nothing."""
    return max(0.0, weight) ** 0.5


def picture(weights: Any) -> QImage:
    """A pixel for each weight of an array [from, to]; what comes later cannot be looked at, and is transparent."""
    import numpy as np

    size = len(weights)
    shades = np.sqrt(np.clip(weights, 0.0, 1.0))
    pixels = np.ascontiguousarray(
        np.where(np.tri(size, dtype=bool), _table(is_dark())[(255 * shades).round().astype(int)], 0), np.uint32
    )
    return QImage(pixels.data, size, size, 4 * size, QImage.Format.Format_ARGB32).copy()


@cache
def _table(dark: bool) -> Any:
    """The colours of 256 places on the scale, as QImage keeps them; in the theme of now, which `dark` names."""
    import numpy as np

    return np.array([scales.attention(place / 255).rgba() for place in range(256)], np.uint32)


class HeatMap(QWidget):
    """The pointer looks at a row."""

    looked = Signal(int)  # a row, or NOTHING

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._tokens: list[str] = []
        self._image = QImage()
        self._current = NOTHING
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_weights(self, tokens: list[str], weights: Any) -> None:
        names = [label(token) for token in tokens]
        self._tokens = [name.lstrip("␣") or name for name in names]  # small letters, little room
        self._image = picture(weights)
        self.update()

    def look_at(self, row: int) -> None:
        """Mark this row."""
        if row != self._current:
            self._current = row
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 96)

    def square(self) -> QRectF:
        """Where the cells are."""
        size = max(1, len(self._tokens))
        side = max(8, min(self.width() - 2, self.height() - 2))
        labels = self._labels()
        beside = max(8, min(self.width() - labels - 2, self.height() - 2))
        if beside / size >= LEGIBLE:
            return QRectF(labels + 1, 1, beside, beside)
        return QRectF(1, 1, side, side)

    def _labels(self) -> int:
        """The room that the labels take."""
        return min(LABELS, max((self.fontMetrics().horizontalAdvance(one) for one in self._tokens), default=0) + HALF)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        square = self.square()
        cell = square.height() / max(1, len(self._tokens))
        painter.fillRect(square, self.palette().base())
        painter.drawImage(square, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if square.left() > 2:
            font = QFont(self.font())
            font.setPixelSize(min(LARGEST, round(cell)))
            painter.setFont(font)
            for row, name in enumerate(self._tokens):
                painter.setPen(QColor(colours().text if row == self._current else colours().muted))
                rect = QRectF(0, square.top() + row * cell, square.left() - HALF, cell)
                shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()))
                painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        if 0 <= self._current < len(self._tokens):
            painter.setPen(QPen(QColor(colours().text), 1.5))
            width = cell * (self._current + 1)
            painter.drawRect(QRectF(square.left(), square.top() + self._current * cell, width, max(cell, 3)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.looked.emit(self._row_at(event.position()))

    def leaveEvent(self, event: Any) -> None:
        self.looked.emit(NOTHING)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _row_at(self, point: QPointF) -> int:
        square = self.square()
        if not self._tokens or not square.contains(point):
            return NOTHING
        return min(len(self._tokens) - 1, int((point.y() - square.top()) / square.height() * len(self._tokens)))
