"""The losses as they fall: curves over steps, drawn at most twice a second."""

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.events import Event, Metrics
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts, figures
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.icon_label import IconLabel
from aigc_desktop.ui.mnemonics import give_keys
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.views.base import View
from aigc_desktop.ui.views.curves import Curves, read_metrics, smoothed
from aigc_desktop.ui.views.legend import Legend
from aigc_desktop.ui.views.numbers_table import NumbersTable

PACE = 500  # milliseconds between two drawings
SLICE = 500  # lines of a file that are read at one go: about 3 ms
POINTS = 500  # of a curve
LOWEST = 96  # pixels of a plot that can still be read


class Losses(View):
    """Plot and table of what a training measures. pyqtgraph is imported when the view has been seen for a moment, or at
    the first numbers: it takes a sixth of a second."""

    stretch = 4

    def __init__(self, spec: Spec, parent: QWidget | None = None):
        super().__init__(spec, parent)
        self.curves = Curves()
        self.logarithmic, self.smoothing = False, 0.0
        self._plot: Any = None
        self._live = False
        self._dirty = False
        self._pointed: float | None = None
        self._reading: Iterator[Any] | None = None
        self._hidden: set[str] = set()
        self._pacer = QTimer(self, interval=PACE, timerType=Qt.TimerType.CoarseTimer)
        self._pacer.timeout.connect(self._drawn_late)
        self._reader = QTimer(self, interval=0)
        self._reader.timeout.connect(self._read_on)
        self._warming = QTimer(self, interval=600, singleShot=True)
        self._warming.timeout.connect(self._make_plot)
        self._build()
        self._empty()

    # What is shown

    def clear(self) -> None:
        self._reader.stop()
        self._reading = None
        self.curves.clear()
        self._pointed = None
        if self._plot is not None:
            self._plot.reset_zoom()
            self._plot.set_curves([])
        self.legend.set_curves({}, {})
        self._table.model().refresh({})
        self._empty()

    def load(self, folder: Path) -> None:
        self._reading = read_metrics(folder / "metrics.jsonl")
        self._read_on()

    def listens(self) -> dict[type[Event], Any]:
        return {Metrics: self.add}

    def add(self, event: Metrics) -> None:
        """Note what was measured; it is drawn with the next drawing."""
        if self._reading is not None:  # the file is still being read: what it says comes first
            while self._reading is not None:
                self._read_on()
        self.curves.add(event.step, event.seconds, event.values)
        self._redraw_soon()

    def set_live(self, live: bool) -> None:
        self._live = live
        self._invitation.setText(
            tr("The first numbers appear in a moment.") if live else tr("How the training goes is drawn here.")
        )
        if self._plot is not None:
            self._plot.set_smooth_lines(not live)
            self._draw()

    def state(self) -> dict[str, Any]:
        return {
            "log": self.logarithmic,
            "smoothing": self.smoothing,
            "table": self.as_table.isChecked(),
            "hidden": sorted(self._hidden),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.log.setChecked(bool(state.get("log")))
        smoothing = state.get("smoothing")
        if isinstance(smoothing, int | float) and 0 <= smoothing < 1:
            self.smooth.setValue(round(100 * smoothing))
        self.as_table.setChecked(bool(state.get("table")))
        self._hidden = {str(name) for name in state.get("hidden") or []}

    def titles(self) -> dict[str, str]:
        """The curves that are plotted: those that the spec titles, else all."""
        known = {name: figures.title(name, self.spec) for name in self.spec.curves if name in self.curves.columns}
        return known or {name: figures.title(name, self.spec) for name in self.curves.names}

    # Drawing

    def _redraw_soon(self) -> None:
        self._dirty = True
        if not self._pacer.isActive():
            self._pacer.start()
            self._drawn_late()

    def _drawn_late(self) -> None:
        if not self._dirty:
            self._pacer.stop()
        elif self.isVisible():
            self._dirty = False
            self._draw()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._plot is None:
            self._warming.start()
        if self._dirty:
            self._redraw_soon()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._warming.stop()

    def _draw(self) -> None:
        if not self.curves.count:
            return
        self._make_plot()
        titles = self.titles()
        if list(titles) != list(self._plot.lines):
            self._plot.set_curves(list(titles))
            from aigc_desktop.ui.views.plot import curve_style, places

            styles = {name: lambda place=place: curve_style(*place) for name, place in places(titles).items()}
            self.legend.set_curves(titles, styles, self._hidden)
        if self.as_table.isChecked():
            self._table.model().refresh(self._all_titles())
        else:
            self._draw_curves(titles)
        self._say_values()
        self._stack.setCurrentIndex(2 if self.as_table.isChecked() else 1)
        self._set_tools(True)

    def _draw_curves(self, titles: dict[str, str]) -> None:
        import numpy as np

        first, last = self._plot.shown_steps()
        low, high = math.inf, -math.inf
        for name in titles:
            if name in self._hidden:
                self._plot.draw(name, [], [])
                continue
            x, y = self.curves.line(name, first, last, POINTS)
            if self.logarithmic:
                x, y = x[y > 0], np.log10(y[y > 0])
            smooth = smoothed(y, self.smoothing) if self.smoothing and len(y) > 2 else None
            self._plot.draw(name, x, y, smooth)
            if len(y):
                # A few wild values, as at the very start, need not flatten all the rest.
                top = y.max() if len(y) < 50 else np.percentile(y, 99)
                low, high = min(low, float(y.min())), max(high, float(top))
        if high >= low:
            fit = self._plot.fit if self._live else self._plot.fit_exactly
            fit(float(self.curves.last_step), low, high)

    def _say_values(self) -> None:
        if self._pointed is None or self.as_table.isChecked():
            self.legend.set_values(dict(self.curves.latest))
            self.place.setText(tr("step {step}", step=amounts.whole(self.curves.last_step)))
            return
        index = self.curves.near(self._pointed)
        if index is not None:
            step, seconds, _ = self.curves.row(index)
            self._plot.point_at(step)
            self.legend.set_values({name: self.curves.value_near(name, index) for name in self._plot.lines})
            place = tr("step {step} · {time}", step=amounts.whole(step), time=amounts.clock(seconds))
            self.place.setText(place)

    def _point(self, step: float | None) -> None:
        self._pointed = step
        if step is None:
            self._plot.point_at(None)
        if self.curves.count:
            self._say_values()

    # Reading

    def _read_on(self) -> None:
        """A slice of the file, so that the window never waits for a long one."""
        assert self._reading is not None
        rows = list(islice(self._reading, SLICE))
        for row in rows:
            self.curves.add(*row)
        if len(rows) < SLICE:
            self._reading = None
            self._reader.stop()
        else:
            self._reader.start()
        if rows:
            self._redraw_soon()

    # Choices

    def _set_logarithmic(self, on: bool) -> None:
        self.logarithmic = on
        if self._plot is not None:
            self._plot.set_logarithmic(on)
            self._plot.reset_zoom()
        self._draw()

    def _hide(self) -> None:
        self._hidden = self.legend.hidden()
        self._draw()

    def _set_smoothing(self, hundredths: int) -> None:
        self.smoothing = hundredths / 100
        self._draw()

    def _zoomed(self, on: bool) -> None:
        self.whole.setEnabled(on)
        self._draw()

    def save_picture(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save picture"), "losses.png", tr("Pictures (*.png)"))
        if path:
            self.picture().save(path if path.lower().endswith(".png") else path + ".png")

    def picture(self) -> QPixmap:
        """The curves with their names, twice as fine as on the screen."""
        shown = self._sheet
        pixmap = QPixmap(shown.size() * 2)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(shown.palette().base().color())
        self._tools.setVisible(False)
        shown.render(pixmap)
        self._tools.setVisible(True)
        return pixmap

    def save_numbers(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save numbers"), "losses.csv", tr("Tables (*.csv)"))
        if path:
            self.curves.write_csv(Path(path if path.lower().endswith(".csv") else path + ".csv"))

    # Building

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._sheet = QWidget()
        outer.addWidget(self._sheet)
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        column.addLayout(head)
        self.legend = Legend()
        self.legend.toggled.connect(self._hide)
        self.place = ElidedLabel()
        muted(self.place)
        head.addWidget(QLabel(tr("Losses")))
        head.addWidget(self.place)
        head.addStretch()
        self._tools = QWidget()
        head.addWidget(self._tools)
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(HALF)
        self.smooth = QSlider(Qt.Orientation.Horizontal)
        self.smooth.setRange(0, 99)
        self.smooth.setFixedWidth(72)
        self.smooth.setToolTip(tr("Smoothing: the average of what came before"))
        self.smooth.setAccessibleName(tr("Smoothing"))
        calm_wheel(self.smooth)
        self.smooth.valueChanged.connect(self._set_smoothing)
        wave = IconLabel(icon("waves"))
        wave.setToolTip(self.smooth.toolTip())
        tools.addWidget(wave)
        tools.addWidget(self.smooth)
        self.log = self._tool("", tr("Logarithmic scale"), checkable=True)
        self.log.setText(tr("log"))
        self.log.toggled.connect(self._set_logarithmic)
        self.whole = self._tool("arrows-out", tr("Show everything (double click)"))
        self.whole.clicked.connect(lambda: self._plot.reset_zoom())
        self.as_table = self._tool("table", tr("As a table"), checkable=True)
        self.as_table.toggled.connect(self._draw)
        self.save = self._tool("download-simple", tr("Save picture or numbers"))
        menu = QMenu(self.save)
        menu.setAccessibleName(self.save.accessibleName())
        menu.addAction(tr("Picture (PNG)…"), self.save_picture)
        menu.addAction(tr("Numbers (CSV)…"), self.save_numbers)
        give_keys(menu)
        self.save.setMenu(menu)
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for button in (self.log, self.whole, self.as_table, self.save):
            tools.addWidget(button)
        self._invitation = QLabel()
        self._invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._invitation.setWordWrap(True)
        muted(self._invitation)
        column.addWidget(self.legend)
        place = QWidget(self._sheet)
        place.setMinimumHeight(LOWEST)
        column.addWidget(place, 1)
        self._stack = QStackedLayout(place)
        self._stack.addWidget(self._invitation)
        self._stack.addWidget(QWidget())  # where the plot goes
        self._table = NumbersTable(self.curves)
        self._stack.addWidget(self._table)
        self.set_live(False)

    def _make_plot(self) -> None:
        if self._plot is not None:
            return
        from aigc_desktop.ui.views.plot import Plot

        self._plot = Plot()
        self._plot.setAccessibleName(tr("Losses over the steps of the training"))
        self._plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._plot.set_logarithmic(self.logarithmic)
        self._plot.set_smooth_lines(not self._live)
        self._plot.pointed.connect(self._point)
        self._plot.zoomed.connect(self._zoomed)
        space = self._stack.widget(1)
        at = self._stack.currentIndex()
        self._stack.removeWidget(space)
        space.deleteLater()
        self._stack.insertWidget(1, self._plot)
        self._stack.setCurrentIndex(at)

    def _empty(self) -> None:
        self._stack.setCurrentIndex(0)
        self.place.setText("")
        self._set_tools(False)

    def _set_tools(self, on: bool) -> None:
        self._tools.setVisible(on)
        self.whole.setEnabled(on and self._plot is not None and self._plot.is_zoomed)

    def _all_titles(self) -> dict[str, str]:
        return self.titles() | {
            name: figures.title(name, self.spec) for name in self.curves.names if name not in self.spec.curves
        }

    def _tool(self, name: str, title: str, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        if name:
            button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(title)
        button.setAccessibleName(title)
        return button
