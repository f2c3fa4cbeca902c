"""How the shown training stands: its name, its state, how far it is, what it said last, how it ended."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine import events
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import amounts, job_words
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.menu_entry import menu_entry
from aigc_desktop.ui.mnemonics import give_keys
from aigc_desktop.ui.queue_row import Bar
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.times import moment

STATES = {
    "waiting": mark("Waiting for its turn"),
    "running": mark("Training…"),
    "paused": mark("Paused"),
    "interrupted": mark("Interrupted"),
    "finished": mark("Finished"),
    "cancelled": mark("Stopped"),
    "failed": mark("Failed"),
    "lost": mark("Ended unexpectedly"),
}
STARTING = mark("Starting…")
STOPPING = {"stop": mark("Stopping…"), "pause": mark("Pausing…")}


class RunStatus(QWidget):
    """The strip above the views."""

    create_wanted = Signal()
    run_wanted = Signal(str)
    history_wanted = Signal()  # the menu of earlier trainings opens: `set_history` fills it

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._state, self._stopping, self._moved = "", "", False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        self.name = ElidedLabel()
        self.state = QLabel()
        muted(self.state)
        self.left = QLabel()
        self.create = QPushButton(icon("magic-wand"), tr("Create with this model"))
        self.create.clicked.connect(self.create_wanted)
        self.history = QToolButton()
        self.history.setAutoRaise(True)
        self.history.setIcon(icon("clock-counter-clockwise"))
        self.history.setIconSize(QSize(16, 16))
        self.history.setToolTip(tr("Earlier trainings"))
        self.history.setAccessibleName(tr("Earlier trainings"))
        self.history.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.history)
        self.menu.setAccessibleName(tr("Earlier trainings"))
        self.history.setMenu(self.menu)
        self.menu.triggered.connect(self._chosen)
        self.menu.aboutToShow.connect(self.history_wanted)
        head.addWidget(self.name)
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.left)
        head.addWidget(self.history)
        column.addLayout(head)
        self.bar = Bar()
        self.bar.setAccessibleName(tr("Progress"))
        column.addWidget(self.bar)
        self.figures = QLabel()
        self.figures.setWordWrap(True)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        end = QHBoxLayout()
        end.setSpacing(GRID)
        end.addWidget(self.figures, 1)
        end.addWidget(self.create, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(end)
        self.note = ElidedLabel()  # what it says on the way, on one line
        muted(self.note)
        column.addWidget(self.note)
        self.sentence = SentenceLabel()
        column.addWidget(self.sentence)
        self.clear()

    def clear(self) -> None:
        """No run is shown."""
        self._state, self._moved = "", False
        self.name.setText("")
        self.state.setText("")
        self.sentence.say("")
        self.note.setText("")
        for widget in (self.left, self.create, self.figures, self.bar, self.note):
            widget.setVisible(False)

    def show_run(self, row: Any, stopping: str) -> None:
        """Its name and state; the rest comes with progress, messages and the end."""
        if row.state != self._state and row.state == "running":
            self.sentence.say("")
            self.bar.setValue(0)
            self._moved = False
        self._state, self._stopping = row.state, stopping
        self.name.setText(job_words.title(row.job))
        said = STOPPING.get(stopping) or (STARTING if row.state == "running" and not self._moved else STATES[row.state])
        self.state.setText(tr(said))
        running = row.state == "running"
        self.bar.setVisible(running)
        self.left.setVisible(running)
        self.create.setVisible(row.state == "finished" and bool(row.model))
        if not running:
            self.left.setText("")
            self.note.setVisible(False)
        if row.problem is not None:
            self.sentence.say(str(row.problem), "problem")
        elif row.state == "finished" and self.sentence.level == "problem":
            self.sentence.say("")

    def progress(self, event: events.Progress) -> None:
        """How far it is; what it does, where that is not plain training."""
        fraction = job_words.fraction(event)
        self._moved = True
        if fraction is not None:
            self.bar.setValue(round(1000 * fraction))
        self.left.setText(job_words.time_left(event))
        said = STOPPING.get(self._stopping) or event.phase or STATES["running"]
        step = tr("step {step}", step=amounts.whole(event.step)) if event.step else ""
        self.state.setText(" · ".join(part for part in (tr(said), step) if part))

    def message(self, event: events.Message) -> None:
        if event.level == "warning":
            self.sentence.say(str(event.text), "warning")
        else:
            self.note.setText(str(event.text))
            self.note.setVisible(True)

    def show_figures(self, titled: dict[str, float]) -> None:
        """What was measured in the end, under plain titles."""
        self.figures.setText(" · ".join(f"{title} {amounts.value(value)}" for title, value in titled.items()))
        self.figures.setVisible(bool(titled))

    def set_history(self, rows: list[Any]) -> None:
        """The trainings that can be looked at again, newest first."""
        self.menu.clear()
        for row in rows:
            words = (job_words.title(row.job), tr(STATES[row.state]), moment(row.created))
            menu_entry(self.menu, " · ".join(words)).setData(row.id)
        if not rows:
            self.menu.addAction(tr("No trainings yet")).setEnabled(False)
        give_keys(self.menu)

    def _chosen(self, action: QAction) -> None:
        self.run_wanted.emit(action.data())
