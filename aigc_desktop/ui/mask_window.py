"""The window in which a mask is brushed over a picture."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QIcon, QImage, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.i18n import mark, tr
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import numerals, theme
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.mask_canvas import LARGEST, SMALLEST, MaskCanvas
from aigc_desktop.ui.room import open_at
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.tab_order import ReadingOrder

SIZE = QSize(880, 660)
ICON = QSize(16, 16)
TICKS = 200  # places of the slider of the brush


class MaskWindow(ReadingOrder, QWidget):
    """`used` gives the file of the mask. What was painted stays here when the window is closed without using it.

    The last part of a key is the file of the mask that is used, or None.
    """

    used = Signal(str)

    def __init__(self, folder: Callable[[], Path], parent: QWidget | None = None):
        super().__init__(parent, Qt.WindowType.Window)
        self._folder = folder
        self._key: tuple[object, ...] = ()
        self.setWindowTitle(tr("Paint a mask"))
        open_at(self, *SIZE.toTuple())
        self.canvas = MaskCanvas(self)
        self.canvas.setAccessibleName(tr("Picture to paint on"))
        self.canvas.setAccessibleDescription(
            tr("Arrow keys move the brush, Space puts it down and lifts it, [ and ] make it finer and wider.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID)
        column.addLayout(self._make_tools())
        column.addWidget(self.canvas, 1)
        column.addLayout(self._make_foot())
        self.canvas.changed.connect(self._show_state)
        self._show_state()

    def show_picture(self, picture: QImage, key: tuple[object, ...], mask: QImage | None = None) -> None:
        """Paint on this picture; `mask` is there already. What was being painted with the same `key` goes on."""
        if key != self._key:
            self._key = key
            self.canvas.show_picture(picture, mask)
        self.problem.say("")
        self.canvas.setFocus()

    def use(self) -> None:
        """Save the mask and give it to whom it is for."""
        try:
            path = saved(self.canvas.mask(), self._folder())
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
            return
        self._key = (*self._key[:-1], str(path))
        self.close()
        self.used.emit(str(path))

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self.parentWidget() is not None:
            self.parentWidget().window().activateWindow()

    # Building

    def _make_tools(self) -> QHBoxLayout:
        canvas = self.canvas
        tools = QHBoxLayout()
        tools.setSpacing(theme.HALF)
        self.brush = self._button("paint-brush", tr("Paint"), lambda: canvas.set_erasing(False), "B")
        self.eraser = self._button("eraser", tr("Erase"), lambda: canvas.set_erasing(True), "E")
        for one in (self.brush, self.eraser):
            one.setCheckable(True)
            one.defaultAction().setCheckable(True)
        self.undo = self._button("arrow-u-up-left", tr("Undo"), canvas.undo, "Ctrl+Z")
        self.redo = self._button("arrow-u-up-right", tr("Redo"), canvas.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        self.invert = self._button("selection-inverse", tr("Swap what is painted and what is not"), canvas.invert, "I")
        self.clear = self._button("selection-slash", tr("Clear"), canvas.clear, "Del")
        self.alone = self._button("circle-half", tr("Show the mask alone"), lambda: None, "M")
        self.alone.defaultAction().setCheckable(True)
        self.alone.defaultAction().toggled.connect(canvas.show_alone)
        label = QLabel(tr("Brush"), self)
        self.width_ = QSlider(Qt.Orientation.Horizontal, self)
        self.width_.setRange(0, TICKS)
        self.width_.setFixedWidth(140)
        self.width_.setAccessibleName(tr("Width of the brush"))
        self.width_.setToolTip(tr("Width of the brush ([ and ])"))
        calm_wheel(self.width_)
        self.width_.valueChanged.connect(lambda place: canvas.set_brush(_width(place)))
        self.pixels = QLabel(self)
        self.pixels.setMinimumWidth(self.pixels.fontMetrics().horizontalAdvance("0000 px"))
        theme.muted(self.pixels)
        self._act(tr("Finer brush"), lambda: canvas.widen(1 / 1.2), QKeySequence("["))
        self._act(tr("Wider brush"), canvas.widen, QKeySequence("]"))
        zooms = (
            self._button("magnifying-glass-minus", tr("Smaller"), canvas.farther, "-"),
            self._button("magnifying-glass-plus", tr("Larger"), canvas.closer, "+", "="),
            self._button("frame-corners", tr("Fit to the window"), canvas.fit, "0"),
        )
        for one in (self.brush, self.eraser):
            tools.addWidget(one)
        tools.addSpacing(theme.GRID)
        for widget in (label, self.width_, self.pixels):
            tools.addWidget(widget)
        tools.addSpacing(theme.GRID)
        for one in (self.undo, self.redo, self.invert, self.clear, self.alone):
            tools.addWidget(one)
        tools.addStretch(1)
        for one in zooms:
            tools.addWidget(one)
        return tools

    def _make_foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        self.problem = SentenceLabel(self)
        foot.addWidget(self.problem)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        theme.muted(self.said)
        self.leave = QPushButton(tr("Close"), self)
        self.leave.clicked.connect(self.close)
        self.done = theme.main_action(QPushButton(tr("Use this mask"), self))
        self.done.clicked.connect(self.use)
        line.addWidget(self.said, 1)
        line.addWidget(self.leave)
        line.addWidget(self.done)
        foot.addLayout(line)
        self._act(tr("Close"), self.close, QKeySequence(Qt.Key.Key_Escape))
        self._act(tr("Use this mask"), self.done.click, QKeySequence("Ctrl+Return"))
        return foot

    def _show_state(self) -> None:
        canvas = self.canvas
        for button, on in ((self.brush, not canvas.erasing), (self.eraser, canvas.erasing)):
            button.defaultAction().setChecked(on)
        self.undo.defaultAction().setEnabled(canvas.can_undo())
        self.redo.defaultAction().setEnabled(canvas.can_redo())
        self.pixels.setText(tr("{n} px", n=numerals.plain(canvas.size_)))
        self.width_.blockSignals(True)
        self.width_.setValue(_place(canvas.size_))
        self.width_.blockSignals(False)
        share = canvas.painted()
        self.done.setEnabled(share > 0)
        if canvas.down:
            self.said.setText(tr("The brush is down: arrow keys paint. Space lifts it."))
        elif share:
            self.said.setText(tr("{share} is made anew; the rest stays.", share=numerals.percent(max(0.01, share))))
        else:
            self.said.setText(tr("Paint over what is to be made anew; the rest stays."))

    def _button(self, icon: str, title: str, act: Callable[[], object], *keys: str) -> QToolButton:
        action = self._act(title, act, *map(QKeySequence, keys), icon=theme.icon(icon))
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(ICON)
        button.setAccessibleName(title)
        return button

    def _act(self, title: str, act: Callable[[], object], *keys: QKeySequence, icon: QIcon | None = None) -> QAction:
        action = QAction(icon or QIcon(), title, self)
        action.setShortcuts(keys)
        native = QKeySequence.SequenceFormat.NativeText
        action.setToolTip(f"{title} ({keys[0].toString(native)})" if keys else title)
        action.triggered.connect(lambda _checked=False: act())
        self.addAction(action)
        return action


def saved(mask: QImage, folder: Path) -> Path:
    """The mask as a PNG file named by its content; BadInput where it cannot be written."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    mask.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes
    content = bytes(buffer.data().data())
    path = folder / f"mask-{hashlib.sha256(content).hexdigest()[:16]}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    except OSError as error:
        raise BadInput(mark("The mask cannot be saved in {path}: {reason}."), path=folder, reason=why(error)) from None
    return path


def _width(place: int) -> int:
    """The slider goes by equal ratios: fine steps for fine brushes."""
    return round(SMALLEST * (LARGEST / SMALLEST) ** (place / TICKS))


def _place(width: int) -> int:
    from math import log

    return round(TICKS * log(width / SMALLEST) / log(LARGEST / SMALLEST))
