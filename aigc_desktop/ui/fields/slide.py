"""A whole number as a slider, with what its place means in words."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.ui import numerals
from aigc_desktop.ui.fields.base import Field
from aigc_desktop.ui.theme import GRID, muted

NARROWEST = 48  # pixels of the slider
FEW = 20  # places up to which each has its tick


class SlideField(Field):
    """`words` says what a value is called."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self._words: Callable[[int], str] = numerals.plain
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
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
        ticks = high - low <= FEW
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow if ticks else QSlider.TickPosition.NoTicks)
        self.slider.setTickInterval(1)
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
