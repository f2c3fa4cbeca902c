"""One job as one line of the queue."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from aigc_desktop.engine import events
from aigc_desktop.i18n import mark, tr
from aigc_desktop.library.runs import RunRow
from aigc_desktop.ui import amounts, job_words, numerals, theme
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.jobs import ENDED

HEIGHT = 32
ICON = 16

ICONS = {
    "running": "play-fill",
    "waiting": "dots-six-vertical",
    "paused": "pause-fill",
    "interrupted": "link-break",
    "lost": "link-break",
    "finished": "check",
    "cancelled": "stop-fill",
    "failed": "warning-circle",
}
WORDS = {
    "waiting": mark("Waiting"),
    "paused": mark("Paused"),
    "interrupted": mark("Interrupted when the program ended."),
    "lost": mark("The work stopped because its process ended."),
    "finished": mark("Done"),
    "cancelled": mark("Stopped"),
    "failed": mark("Failed"),
}
RESTING = (
    "paused",
    "interrupted",
)  # continued by a small button: what was interrupted is offered above the panels already
AT_STEP = {"paused": mark("Paused at step {step}"), "cancelled": mark("Stopped at step {step}")}


class Bar(QProgressBar):
    """Progress as a thin line, the accent while work goes on."""

    THICK = 6

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.resting = False
        self.setRange(0, 1000)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, self.THICK)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.THICK)

    def rest(self, resting: bool) -> None:
        """Nothing moves for now: the bar gives up its colour."""
        if resting != self.resting:
            self.resting = resting
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = self.rect().toRectF()
        radius = whole.height() / 2
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(whole, radius, radius)
        done = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        if done > 0:
            role = QPalette.ColorRole.PlaceholderText if self.resting else QPalette.ColorRole.Accent
            painter.setBrush(palette.color(role))
            whole.setWidth(max(whole.height(), whole.width() * done))
            painter.drawRoundedRect(whole, radius, radius)


class QueueRow(QWidget):
    """Shows a run's row and what it says of its progress; asks for what its buttons and keys stand for."""

    pause = Signal(str)
    resume = Signal(str)
    stop = Signal(str)
    remove = Signal(str)
    opened = Signal(str)
    step = Signal(str, int)  # the focus goes this many rows on
    move = Signal(str, int)  # the row goes this many places on
    dragged = Signal(str, int)  # the row is held at this height of its parent
    dropped = Signal(str)

    def __init__(self, row: RunRow, parent: QWidget | None = None):
        super().__init__(parent)
        self.row = row
        self.stopping = ""
        self.checkpoint = 0
        self.ours = True
        self.dragging = False
        self._pressed: QPoint | None = None
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self.show_row(row, None)

    def _lay_out(self) -> None:
        self._icon = QLabel()
        self._icon.setFixedWidth(ICON)
        self.name = ElidedLabel()
        self.generator = ElidedLabel()
        theme.muted(self.generator)
        self.bar = Bar()
        self.percent = QLabel()
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.percent.setFixedWidth(self.fontMetrics().horizontalAdvance(numerals.percent(1)) + theme.HALF)
        self.said = ElidedLabel()
        theme.muted(self.said)
        self.time = ElidedLabel()
        theme.muted(self.time)
        self.continue_button = QPushButton(tr("Continue"))
        self.pause_button = self._button("pause", tr("Pause"))
        self.stop_button = self._button("stop", tr("Stop"))
        self.remove_button = self._button("x", tr("Remove from the queue"))
        self.continue_button.clicked.connect(lambda: self.resume.emit(self.row.id))
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.stop_button.clicked.connect(lambda: self.stop.emit(self.row.id))
        self.remove_button.clicked.connect(lambda: self.remove.emit(self.row.id))
        self._left, self._right = QWidget(), QWidget()
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GRID, 0, theme.HALF, 0)
        line.setSpacing(theme.GRID)
        line.addWidget(self._icon)
        left = QHBoxLayout(self._left)
        middle = QHBoxLayout()
        right = QHBoxLayout(self._right)
        for one in (left, middle, right):
            one.setContentsMargins(0, 0, 0, 0)
            one.setSpacing(theme.GRID)
        left.addWidget(self.name, 3)
        left.addWidget(self.generator, 1)
        middle.addWidget(self.bar, 1)
        middle.addWidget(self.percent)
        middle.addWidget(self.said, 2)
        middle.addWidget(self.time)
        right.addStretch(1)
        right.addWidget(self.continue_button)
        right.setSpacing(0)
        for button in (self.pause_button, self.stop_button, self.remove_button):
            right.addWidget(button)
        self._right.setFixedWidth(self.continue_button.sizeHint().width() + 2 * HEIGHT)
        self.time.setFixedWidth(self.fontMetrics().horizontalAdvance(tr("{time} left", time="00:00:00")) + theme.HALF)
        line.addWidget(self._left, 4)
        line.addLayout(middle, 6)
        line.addWidget(self._right)

    def _button(self, icon: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(ICON, ICON))
        button.setToolTip(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    # What it shows

    def show_row(
        self,
        row: RunRow,
        progress: events.Progress | None,
        stopping: str = "",
        checkpoint: int = 0,
        ours: bool = True,
    ) -> None:
        """Show this state of the run: how it was asked to end, the step it can go on from, whether this window runs it."""
        self.row, self.stopping, self.checkpoint, self.ours = row, stopping, checkpoint, ours
        running, resting = row.state == "running", row.state in RESTING
        trains = row.job.get("action") == "train"
        title, generator = job_words.title(row.job), job_words.generator_title(row.job.get("generator") or "")
        self.name.setText(title)
        self.generator.setText("" if title.startswith(generator) else generator)
        self._show_icon()
        again = row.state in ("lost", "failed") or (row.state == "cancelled" and checkpoint > 0)
        self.continue_button.setVisible(again)
        self.continue_button.setText(tr("Continue") if checkpoint else tr("Start again"))
        self.pause_button.setVisible(
            resting or row.state == "waiting" or (running and trains and ours and not stopping)
        )
        self.pause_button.setIcon(theme.icon("play" if resting else "pause"))
        go_on = tr("Start again") if row.state == "interrupted" and not checkpoint else tr("Continue")
        _name(self.pause_button, go_on if resting else tr("Pause"), title)
        self.stop_button.setVisible(running and ours)
        _name(self.stop_button, tr("Stop at once, without a checkpoint") if stopping else tr("Stop"), title)
        self.remove_button.setVisible(not running)
        _name(self.remove_button, tr("Clear away") if row.state in ENDED else tr("Remove from the queue"), title)
        _name(self.continue_button, self.continue_button.text(), title)
        self.bar.rest(not running or bool(stopping))
        self.setCursor(Qt.CursorShape.OpenHandCursor if self.movable else Qt.CursorShape.ArrowCursor)
        self.show_progress(progress)

    def show_progress(self, progress: events.Progress | None) -> None:
        """Show how far the job is."""
        done = job_words.fraction(progress)
        running, resting = self.row.state == "running", self.row.state == "paused"
        moving = running and not self.stopping
        barred = done is not None and (running or resting)
        self.bar.setVisible(barred)
        self.percent.setVisible(barred)
        self.time.setVisible(moving and barred)
        self.said.setVisible(not barred or not moving)
        if barred:
            self.bar.setValue(round(1000 * (done or 0.0)))
            self.percent.setText(numerals.percent(done or 0.0))
            self.time.setText(job_words.time_left(progress))
        self.said.setText(self._sentence(progress))
        spoken = ", ".join(filter(None, (self.name.text(), self._spoken(barred))))
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)

    @property
    def movable(self) -> bool:
        """Its place in the queue can be changed."""
        return self.row.state in ("waiting", "paused")

    def _sentence(self, progress: events.Progress | None) -> str:
        row = self.row
        if row.state == "running":
            if not self.ours:
                return tr("Runs in another program")
            if self.stopping:
                return tr("Pausing…") if self.stopping == "pause" else tr("Stopping…")
            if progress is not None and progress.phase:
                return tr(progress.phase)
            return tr("Step {step}", step=amounts.whole(progress.step)) if progress else tr("Starting…")
        if row.problem is not None:
            return str(row.problem)
        if row.state in AT_STEP and self.checkpoint:
            return tr(AT_STEP[row.state], step=amounts.whole(self.checkpoint))
        return tr(WORDS[row.state])

    def _spoken(self, barred: bool) -> str:
        return (
            f"{self.percent.text()} {self.time.text()}"
            if barred and not self.said.isVisibleTo(self)
            else self.said.text()
        )

    def _show_icon(self) -> None:
        role = QPalette.ColorRole.Accent if self.row.state == "running" else theme.MUTED
        self._icon.setPixmap(theme.icon(ICONS[self.row.state], role).pixmap(ICON, ICON))
        self._icon.setToolTip(tr("Drag to change the order") if self.movable else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icon()

    # What is done to it

    def _pause_or_resume(self) -> None:
        (self.resume if self.row.state in RESTING else self.pause).emit(self.row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            (self.move if alt else self.step).emit(self.row.id, -1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Space and not self.pause_button.isHidden():
            self._pause_or_resume()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.continue_button.isHidden():
            self.resume.emit(self.row.id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.row.id)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self.row.state != "running":
                self.remove.emit(self.row.id)
            elif self.ours:
                self.stop.emit(self.row.id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not self.movable:
            return
        far = abs(event.position().y() - self._pressed.y()) >= QApplication.startDragDistance()
        if far and not self.dragging:
            self.dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()
        if self.dragging:
            self.dragged.emit(self.row.id, self.mapToParent(event.position().toPoint()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self.dragging:
            self.dragging = False
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.update()
            self.dropped.emit(self.row.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit(self.row.id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        if self.hasFocus() or self.dragging:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if self.dragging else colours.base))
            painter.drawRoundedRect(self.rect().adjusted(2, 1, -2, -1), theme.HALF, theme.HALF)


def _name(button: QAbstractButton, title: str, job: str) -> None:
    button.setToolTip(title)
    button.setAccessibleName(f"{title}: {job}")
