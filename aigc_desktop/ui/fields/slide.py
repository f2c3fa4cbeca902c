"""A whole number as a slider, with what its place means in words."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.ui import numerals
from aigc_desktop.ui.fields.base import Field
from aigc_desktop.ui.theme import GRID, colours, muted

NARROWEST = 48  # pixels of the slider
FEW = 20  # places up to which each may have another word


class Slider(QSlider):
    """Filled from zero, where zero lies between its ends, as Qt fills it from the left."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.minimum() >= 0 or self.maximum() <= 0:
            super().paintEvent(event)
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        handle = self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
        room = self.width() - handle.width()
        zero = handle.width() / 2 + room * -self.minimum() / (self.maximum() - self.minimum())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            zero = self.width() - zero
        middle, at = self.height() / 2, QRectF(handle).center().x()
        of, painter = colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(of.disabled))
        painter.drawRoundedRect(QRectF(handle.width() / 2, middle - 1, room, 2), 1, 1)
        painter.drawRoundedRect(QRectF(zero - 1, middle - 4, 2, 8), 1, 1)
        if self.isEnabled():
            painter.setBrush(QColor(of.accent))
            painter.drawRect(QRectF(min(zero, at), middle - 2, abs(at - zero), 4))
        painter.setPen(QPen(QColor(of.disabled), 1))
        painter.setBrush(QColor(of.raised))
        painter.drawRoundedRect(QRectF(handle).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class SlideField(Field):
    """`words` says what a value is called."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self._words: Callable[[int], str] = numerals.plain
        self.slider = Slider(Qt.Orientation.Horizontal, self)
        self.slider.setMinimumWidth(NARROWEST)
        self.said = QLabel(self)
        muted(self.said)
        self.row.setSpacing(GRID)
        self.adopt(self.slider, 1)
        self.row.addWidget(self.said)
        self.set_range(int(one.low or 0), int(one.high or 1))
        self.slider.setValue(int(one.default))
        self.slider.valueChanged.connect(self._moved)
        self._say()

    def value(self) -> int:
        return self.slider.value()

    def set_value(self, value: Any) -> None:
        if isinstance(value, int | float):
            self.slider.setValue(round(value))

    def set_range(self, low: int, high: int) -> None:
        """From here to there; a value outside comes in."""
        self.slider.setRange(low, high)
        self.slider.setPageStep(max(1, (high - low) // 5))
        self._say()

    def set_words(self, words: Callable[[int], str]) -> None:
        self._words = words
        self._say()

    def _moved(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        """All places have the room of the longest, so that the slider stays where it is."""
        metrics = self.said.fontMetrics()
        low, high = self.slider.minimum(), self.slider.maximum()
        ends = range(low, high + 1) if high - low <= FEW else (low, self.slider.value(), high)
        self.said.setMinimumWidth(max(metrics.horizontalAdvance(self._words(one)) for one in ends) + 2)
        self.said.setText(self._words(self.slider.value()))
        self.slider.setAccessibleDescription(self.said.text())
