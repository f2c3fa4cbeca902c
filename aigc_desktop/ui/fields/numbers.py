"""Whole numbers, fractions and durations: spin boxes with sensible steps, beside a slider where the range is short."""

import math
import re
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSlider, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.fields.base import Field

LEAST = 64  # pixels; Qt would ask for room for the largest number
BUTTONS = 36  # pixels beside the text
LARGEST = 9_007_199_254_740_992  # whole numbers up to here are exact in a double
SERIES = (1.0, 2.0, 5.0)
UNITS = {"h": 3600.0, "min": 60.0, "s": 1.0}
SPELLINGS = {
    "小时": "h",
    "时": "h",
    "分钟": "min",
    "分": "min",
    "秒": "s",
    "m": "min",
    "sec": "s",
    "hours": "h",
    "hour": "h",
}
QUANTITY = re.compile(r"(\d(?:[^\S\n]?[\d.,٫٬'’])*)\s*([^\W\d_]*)")  # a number and its unit
DURATION = (mark("{n} h"), mark("{n} min"), mark("{n} s"))


class NumberSpin(QDoubleSpinBox):
    """A spin box over a number's bounds; `empty` adds a place below the least, for "not set"."""

    def __init__(self, one: Described, empty: bool = False):
        super().__init__()
        self.one = one
        self.empty = empty
        self.whole = one.kind == "int"
        low = -LARGEST if one.low is None else one.low
        high = LARGEST if one.high is None else one.high
        self.logarithmic = low > 0 and high / low >= 1000
        self.doubling = self.whole and self.logarithmic and _power_of_two(one.default)
        self._before = 0.0  # the value before anybody typed
        self.gap = 1.0 if self.whole else max(1e-9, abs(low) * 1e-3)
        self.setDecimals(0 if self.whole else 12)
        self.setRange(low - self.gap if empty else low, high)
        self.setLocale(numerals.locale())
        self.setMinimumWidth(LEAST)
        self.setAccelerated(True)
        self.editingFinished.connect(lambda: self.setValue(self.value()))  # shows it as it would have been shown
        if one.unit and not isinstance(self, DurationSpin):
            self.setSuffix(" " + tr(one.unit))
        if empty:
            self.setSpecialValueText(tr("Not set"))
        elif one.zero and low == 0:
            self.setSpecialValueText(tr(one.zero))

    def setSpecialValueText(self, text: str) -> None:
        super().setSpecialValueText(text)
        self.setMinimumWidth(max(LEAST, self.fontMetrics().horizontalAdvance(text) + BUTTONS))

    def textFromValue(self, value: float) -> str:
        if self.whole:
            return numerals.whole(value)
        digits = max(0, 6 - math.floor(math.log10(abs(value))) - 1) if value else 0
        text = f"{value:.{min(12, digits)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return numerals.fraction(float(text), len(text.partition(".")[2]), grouped=False)

    def valueFromText(self, text: str) -> float:
        number = self._read(text)
        return self._before if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text == self.specialValueText() or (number := self._read(text)) is not None and self._fits(number):
            return QValidator.State.Acceptable, text, position
        begun = numerals.is_begun(self._bare(text))
        typing_words = bool(self.specialValueText()) and self.specialValueText().startswith(text)
        return QValidator.State.Intermediate if begun or typing_words else QValidator.State.Invalid, text, position

    def fixup(self, text: str) -> str:
        number = self._read(text)
        return self._shown(self._before if number is None else min(max(number, self.lowest()), self.maximum()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._before = self.value()
        super().focusInEvent(event)

    def setValue(self, value: float) -> None:
        super().setValue(value)
        self._before = self.value()

    def lowest(self) -> float:
        """The least value that is a number."""
        return self.minimum() + self.gap if self.empty else self.minimum()

    def stepBy(self, steps: int) -> None:
        value = self.value()
        if self.empty and (value == self.minimum()) and steps > 0:
            self.setValue(self.lowest() if self.one.default is None else self.one.default)
        elif self.empty and value <= self.lowest() and steps < 0:
            self.setValue(self.minimum())
        else:
            for _ in range(abs(steps)):
                value = self.next_value(value, 1 if steps > 0 else -1)
            self.setValue(min(max(value, self.lowest()), self.maximum()))
        self.selectAll()

    def next_value(self, value: float, way: int) -> float:
        """One step up or down: as declared, doubled, along 1-2-5, or a tenth of its size."""
        if self.one.step:
            return value + way * self.one.step
        if self.doubling and _power_of_two(int(value)):
            return value * 2 if way > 0 else value // 2
        if self.logarithmic and not self.whole:
            return _along_series(value, way)
        if self.whole:
            return value + way * _tenth(value, way)
        span = (self.maximum() - self.lowest()) if self.one.high is not None and self.one.low is not None else 1.0
        step = 10.0 ** math.floor(math.log10(span / 20)) * (5 if span > 2 else 1) if span < 100 else 1.0
        return round((value + way * step) / step) * step

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.value() < self.maximum():
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self.value() > self.minimum():
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return enabled

    def _fits(self, number: float) -> bool:
        return self.lowest() <= number <= self.maximum() and (not self.whole or number == int(number))

    def _bare(self, text: str) -> str:
        return text.removesuffix(self.suffix()).strip() if self.suffix() else text.strip()

    def _read(self, text: str) -> float | None:
        return numerals.read(self._bare(text), self.whole)

    def _shown(self, value: float) -> str:
        at_the_least = bool(self.specialValueText()) and value <= self.minimum()
        return self.specialValueText() if at_the_least else self.textFromValue(value)


class DurationSpin(NumberSpin):
    """Seconds, shown and typed as "1 h 30 min"; a bare number means seconds."""

    def textFromValue(self, value: float) -> str:
        return duration(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        seconds = self._read(text)
        good = text == self.specialValueText() or seconds is not None and self.lowest() <= seconds <= self.maximum()
        return QValidator.State.Acceptable if good else QValidator.State.Intermediate, text, position

    def _read(self, text: str) -> float | None:
        return seconds_in(text)

    def next_value(self, value: float, way: int) -> float:
        size = value - 0.5 if way < 0 else value
        steps = ((60, 10), (600, 60), (3600, 300), (6 * 3600, 1800), (math.inf, 3600))
        step = next(step for below, step in steps if size < below)
        rounded = math.floor(value / step) * step if way > 0 else math.ceil(value / step) * step
        return rounded + way * step


class NumberField(Field):
    """A number, or None where it may be left out and is."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.spin = (DurationSpin if _is_duration(one) else NumberSpin)(one, empty=one.optional)
        self.slider: QSlider | None = None
        self.adopt(self.spin)
        if _short_range(one):
            self._add_slider()
        self.set_value(one.default)
        self.spin.valueChanged.connect(self._value_changed)

    def value(self) -> Any:
        value = self.spin.value()
        if self.spin.empty and value <= self.spin.minimum():
            return None
        return round(value) if self.spin.whole else value

    def set_value(self, value: Any) -> None:
        if value is None:
            self.spin.setValue(self.spin.minimum())
        else:
            try:
                number = float(value)
            except (TypeError, ValueError):
                return
            if math.isfinite(number):
                self.spin.setValue(max(self.spin.lowest(), number))
        self._move_slider()

    def _add_slider(self) -> None:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, self._places())
        self.slider.setPageStep(max(1, self._places() // 10))
        self.slider.setMinimumWidth(32)
        self.spin.setMaximumWidth(self.spin.fontMetrics().horizontalAdvance("00.000") + 40)
        self.row.insertWidget(0, self.slider, 1)
        self.row.setSpacing(8)
        self.adopt(self.slider, 1)
        self.row.setStretch(0, 1)
        self.row.setStretch(1, 1)
        self.setFocusProxy(self.spin)
        self.slider.valueChanged.connect(self._slid)

    def _places(self) -> int:
        return round(self.one.high - self.one.low) if self.spin.whole else 100

    def _slid(self, place: int) -> None:
        value = self.one.low + (self.one.high - self.one.low) * place / self._places()
        step = self.one.step
        if step:
            value = round((value - self.one.low) / step) * step + self.one.low
        self.spin.setValue(round(value, 9))

    def _value_changed(self) -> None:
        self._move_slider()
        self.changed.emit()

    def _move_slider(self) -> None:
        if self.slider is not None:
            with QSignalBlocker(self.slider):
                share = (self.spin.value() - self.one.low) / (self.one.high - self.one.low)
                self.slider.setValue(round(share * self._places()))


def duration(seconds: float) -> str:
    """Seconds in the largest units: "1 h 30 min", "45 s"."""
    parts = []
    rest = seconds
    for pattern, size in zip(DURATION, UNITS.values(), strict=True):
        count = int(rest // size) if size > 1 else round(rest, 3)
        if count:
            parts.append(tr(pattern, n=numerals.short(count)))
        rest -= count * size
    return " ".join(parts) or tr(DURATION[-1], n=numerals.plain(0))


def seconds_in(text: str) -> float | None:
    """The seconds that a text like "1 h 30 min", "1h30", "90 秒" or "300" says; None where it says none."""
    text = text.strip().lower()
    found = QUANTITY.findall(text)
    if not found or QUANTITY.sub("", text).strip():
        return None
    total, finer = 0.0, "s"
    for number, word in found:
        unit = SPELLINGS.get(word, word or finer)
        value = numerals.read(number)
        if unit not in UNITS or value is None:
            return None
        total += value * UNITS[unit]
        finer = "min" if unit == "h" else "s"
    return total


def _along_series(value: float, way: int) -> float:
    """The next value of 1, 2, 5, 10, 20, … above or below."""
    decade = math.floor(math.log10(value))
    around = [digit * 10.0**power for power in (decade - 1, decade, decade + 1) for digit in SERIES]
    if way > 0:
        return min(one for one in around if one > value * (1 + 1e-9))
    return max(one for one in around if one < value * (1 - 1e-9))


def _tenth(value: float, way: int) -> float:
    """A step of one digit below the first: 1 up to 99, 10 up to 999."""
    size = abs(value) - (1 if way < 0 else 0)
    return max(1.0, 10.0 ** (math.floor(math.log10(size)) - 1)) if size >= 1 else 1.0


def _power_of_two(value: Any) -> bool:
    return isinstance(value, int) and value >= 8 and value & (value - 1) == 0


def _is_duration(one: Described) -> bool:
    return one.unit == "s" and (one.high is None or one.high >= 600)


def _short_range(one: Described) -> bool:
    """A slider helps where both ends are near: a temperature, a share."""
    if one.low is None or one.high is None or one.optional or one.zero:
        return False
    return one.kind == "float" and one.high - one.low <= 10 and not (one.low > 0 and one.high / one.low >= 1000)
