"""The plot itself: pyqtgraph in our colours, with few ticks, a line under the pointer, and ranges that seldom move.

Measured: pyqtgraph's own grid and axes cost 4 to 9 ms a repaint; with one level of ticks and no transparency, under 2.
"""

import math
from collections.abc import Iterable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPen
from PySide6.QtWidgets import QWidget

from aigc_desktop.ui import amounts, numerals
from aigc_desktop.ui.theme import colours

ROOM = 0.06  # of the height, left free above and below the curves
DOTS = 40  # points up to which a held-out curve shows each of them
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class Axis(pg.AxisItem):
    """Few round numbers; on a logarithmic scale the values themselves, not their exponents."""

    def __init__(self, orientation: str):
        super().__init__(orientation, maxTickLength=-4, hideOverlappingLabels=False)
        self.logarithmic = False
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        wanted = max(3, int(size / (40 if self.orientation == "left" else 90)))
        ticks = _log_ticks(low, high, wanted) if self.logarithmic else _ticks(low, high, wanted)
        spacing = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
        return [(spacing, ticks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.orientation == "bottom":
            return [amounts.whole(value) for value in values]
        if self.logarithmic:
            return [numerals.short(10**value) for value in values]
        digits = max(0, min(8, -math.floor(math.log10(spacing) + 1e-9))) if spacing > 0 else 2
        return [numerals.fraction(value, digits) for value in values]


class Line:
    """What one curve is drawn with: the line, its smoothed line in front, and dots where it has few points."""

    def __init__(self) -> None:
        self.raw = pg.PlotCurveItem(skipFiniteCheck=True)
        self.front = pg.PlotCurveItem(skipFiniteCheck=True)
        self.dots: Any = None

    def items(self) -> list[Any]:
        return [item for item in (self.raw, self.front, self.dots) if item is not None]

    def show_dots(self, box: Any, x: Any, y: Any, colour: QColor) -> None:
        if self.dots is None:
            self.dots = pg.ScatterPlotItem(size=5, pen=None, brush=colour)
            box.addItem(self.dots)
        self.dots.setData(x, y)


class Plot(pg.GraphicsView):
    """Curves over steps. `pointed` tells the step under the pointer (None once it has left).

    A view box and two axes, without pyqtgraph's PlotItem: that brings menus of its own, which stay behind.
    """

    pointed = Signal(object)
    zoomed = Signal(bool)  # the user chose a part of it, or went back to all of it

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.bottom, self.left = Axis("bottom"), Axis("left")
        self.box = pg.ViewBox(enableMenu=False)
        layout = pg.GraphicsLayout()
        layout.setSpacing(0)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setZValue(-1)  # its grid lies behind the curves
        self.setCentralItem(layout)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAntialiasing(False)
        self.left.setGrid(255)
        self.left.setWidth(56)
        self.lines: dict[str, Line] = {}
        self.is_zoomed = False
        self._range: tuple[float, float, float, float] | None = None
        self._antialias = False
        self.box.sigRangeChangedManually.connect(self._zoomed_by_hand)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setVisible(False)
        self.box.addItem(self._cross, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._moved)
        self.setMouseTracking(True)
        self._step: float | None = None
        self._dress()

    def set_curves(self, names: list[str]) -> None:
        """Which curves there are; each keeps the colour and line of its place."""
        for line in self.lines.values():
            for item in line.items():
                self.box.removeItem(item)
        self.lines = {name: Line() for name in names}
        for line in self.lines.values():
            for item in line.items():
                self.box.addItem(item)
        self._antialias_lines()
        self._dress()

    def draw(self, name: str, x: Any, y: Any, smooth: Any = None) -> None:
        """Show a curve; `smooth` in front of it, the curve itself then faint. Empty arrays hide it."""
        line = self.lines[name]
        pen = self._pens[name][smooth is not None]
        if pen is not line.raw.opts["pen"]:
            line.raw.setPen(pen)
        line.raw.setData(x, y)
        if smooth is not None or line.front.xData is not None and len(line.front.xData):
            line.front.setData(x if smooth is not None else [], smooth if smooth is not None else [])
        few = 0 < len(x) <= DOTS and name.startswith("heldout") and smooth is None
        if few or line.dots is not None:
            line.show_dots(self.box, x if few else [], y if few else [], pen.color())

    def set_logarithmic(self, on: bool) -> None:
        self.left.logarithmic = on
        self.left.picture = None
        self._range = None

    def set_smooth_lines(self, on: bool) -> None:
        """Antialiased lines: finer, but dear; not while a training runs."""
        if on != self._antialias:
            self._antialias = on
            self._antialias_lines()
            self.viewport().update()

    def fit(self, last: float, low: float, high: float) -> None:
        """Make room for steps up to `last` and values from `low` to `high`, unless the user has zoomed.

        Axes are drawn anew only when a range changes, so it changes seldom and by much.
        """
        if self.is_zoomed:
            return
        span = high - low or abs(high) or 1.0
        bottom, top = low - ROOM * span, high + ROOM * span
        if self._range is not None:
            _, right, old_bottom, old_top = self._range
            keeps_x = 0.6 * right <= last <= right
            keeps_y = old_bottom <= low and high <= old_top and (old_top - old_bottom) < 1.6 * (top - bottom)
            if keeps_x and keeps_y:
                return
            last = right if keeps_x else last * 1.25
            bottom, top = (old_bottom, old_top) if keeps_y else (bottom - ROOM * span, top + ROOM * span)
        self._range = (0.0, max(1.0, last), bottom, top)
        self.box.setRange(xRange=(0.0, self._range[1]), yRange=(bottom, top), padding=0, disableAutoRange=True)

    def fit_exactly(self, last: float, low: float, high: float) -> None:
        """As `fit`, with nothing left free for what may come."""
        self._range = None
        self.fit(last, low, high)

    def reset_zoom(self) -> None:
        self.is_zoomed = False
        self._range = None
        self.zoomed.emit(False)

    def shown_steps(self) -> tuple[float, float]:
        """The first and the last step in sight."""
        (first, last), _ = self.box.viewRange()
        return (first, last) if self.is_zoomed else (-math.inf, math.inf)

    def point_at(self, step: float | None) -> None:
        """Stand the line at this step, or take it away."""
        self._step = step
        self._cross.setVisible(step is not None)
        if step is not None:
            self._cross.setPos(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the line; plus and minus zoom; Escape shows everything."""
        first, last = self.box.viewRange()[0]
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in ways:
            begin = last if self._step is None else self._step
            self.pointed.emit(min(max(begin + ways[event.key()] * (last - first) / 100, first), last))
        elif event.text() in ("+", "-"):
            self.box.scaleBy((0.8, 1.0) if event.text() == "+" else (1.25, 1.0))
            self._zoomed_by_hand()
        elif event.key() == Qt.Key.Key_Escape:
            self.pointed.emit(None)
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: Any) -> None:
        self.reset_zoom()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cross"):
            self._dress()

    def _antialias_lines(self) -> None:
        for line in self.lines.values():
            for item in (line.raw, line.front):
                item.opts["antialias"] = self._antialias

    def _dress(self) -> None:
        of = colours()
        self.setBackground(of.base)
        for axis in (self.left, self.bottom):
            axis.setPen(QPen(QColor(of.line), 1))
            axis.setTickPen(QPen(QColor(of.line), 1))
            axis.setTextPen(QPen(QColor(of.muted)))
            axis.setTickFont(self.font())
        cross = QPen(QColor(of.muted), 1)
        cross.setCosmetic(True)
        self._cross.setPen(cross)
        self._pens = {name: self._pen_pair(*place) for name, place in places(self.lines).items()}
        for name, line in self.lines.items():
            smoothed = line.front.xData is not None and len(line.front.xData) > 0
            line.raw.setPen(self._pens[name][smoothed])
            line.front.setPen(self._pens[name][0])
            if line.dots is not None:
                line.dots.setBrush(self._pens[name][0].color())

    def _pen_pair(self, place: int, heldout: bool) -> tuple[QPen, QPen]:
        """The pen of a curve, and its faint one: mixed with the background, since transparency is dear."""
        colour, style = curve_style(place, heldout)
        back = QColor(colours().base)
        mixed = QColor(
            *(round(0.35 * a + 0.65 * b) for a, b in zip(colour.getRgb()[:3], back.getRgb()[:3], strict=True))
        )
        pens = []
        for one in (colour, mixed):
            pen = QPen(one, 1, style)
            pen.setCosmetic(True)
            pens.append(pen)
        return pens[0], pens[1]

    def _moved(self, position: QPointF) -> None:
        box = self.box
        inside = box.sceneBoundingRect().contains(position)
        self.pointed.emit(box.mapSceneToView(position).x() if inside else None)

    def _zoomed_by_hand(self, *_: object) -> None:
        self.is_zoomed = True
        self.zoomed.emit(True)


def places(names: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Of each curve, its place among all and whether it was measured on held-out data."""
    return {name: (place, name.startswith("heldout")) for place, name in enumerate(names)}


def curve_style(place: int, heldout: bool) -> tuple[QColor, Qt.PenStyle]:
    """Colour and line of a curve: held out is dashed, and more than two others differ in their lines too."""
    series = colours().series
    style = Qt.PenStyle.DashLine if heldout else STYLES[min(place // 2, len(STYLES) - 1)]
    return QColor(series[place % len(series)]), style


def _ticks(low: float, high: float, wanted: int) -> list[float]:
    """About as many round numbers as wanted between the two."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return [low]
    rough = span / wanted
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= rough * 0.7)
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Logarithms of round numbers between two logarithms."""
    for series in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        decades = range(math.floor(low), math.floor(high) + 1)
        ticks = [decade + math.log10(digit) for decade in decades for digit in series]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= min(3, wanted):
            return inside[:: max(1, len(inside) // wanted)]
    values = [value for value in _ticks(10**low, 10**high, wanted) if value > 0]
    return [math.log10(value) for value in values]
