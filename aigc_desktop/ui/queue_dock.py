"""The queue: a line for each job, what runs, what waits, what can be continued; what is done folds away."""

from contextlib import suppress

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine import events
from aigc_desktop.i18n import tr
from aigc_desktop.library.runs import RunRow
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import announce, job_words, theme
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.queue_row import HEIGHT, QueueRow
from aigc_desktop.ui.subscriptions import Subscriptions

LINES = 3  # shown before it scrolls
MOST = 60  # rows made; what waits behind them is counted


class QueueDock(QWidget):
    """The project's queue. Drag, or Alt with up and down, changes the order of what waits."""

    opened = Signal(dict)  # a job whose panel the user wants to see

    def __init__(self, jobs: Jobs, parent: QWidget | None = None):
        super().__init__(parent)
        self.jobs = jobs
        self._rows: dict[str, QueueRow] = {}
        self._order: list[str] = []
        self._dragging: str | None = None
        self._lay_out()
        jobs.changed.connect(self.refresh)
        jobs.ended.connect(self._say_ending)
        self._subscriptions = Subscriptions(self)
        self._subscriptions.add(jobs.subscribe(None, events.Progress, lambda _: self._show_progress()))
        self.refresh()

    def _lay_out(self) -> None:
        self._empty = QLabel(tr("Trainings and creations that you start line up here."))
        theme.muted(self._empty)
        self._empty.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
        self._empty.setFixedHeight(HEIGHT)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = QLabel()
        theme.muted(self._more)
        self._more.setContentsMargins(theme.GAP * 2, 0, 0, 0)
        self._more.setFixedHeight(HEIGHT)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.GRID, 0, theme.GRID, theme.HALF)
        column.setSpacing(0)
        column.addWidget(self._empty)
        column.addWidget(self._list)
        column.addWidget(self._more)
        column.addWidget(self._make_done())
        column.addStretch(1)
        self._scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)
        self._scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)

    def _make_done(self) -> QWidget:
        self._done = QWidget()
        self._fold = QToolButton()
        self._fold.setAutoRaise(True)
        self._fold.setCheckable(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setIconSize(QSize(12, 12))
        self._fold.toggled.connect(self.refresh)
        self._clear = QToolButton()
        self._clear.setAutoRaise(True)
        self._clear.setText(tr("Clear"))
        self._clear.setToolTip(tr("Clear away what is done; results stay in the library"))
        self._clear.clicked.connect(lambda: self.jobs.clear())
        self._ended = QVBoxLayout()
        self._ended.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(theme.HALF, 0, theme.HALF, 0)
        line.setSpacing(theme.GAP)
        line.addWidget(self._fold)
        line.addWidget(self._clear)
        line.addStretch(1)
        column = QVBoxLayout(self._done)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addLayout(self._ended)
        return self._done

    # What it shows

    def refresh(self) -> None:
        """Show the rows as they are now."""
        if self._dragging is not None:
            return
        rows, ended = self.jobs.rows(), self.jobs.ended_rows()
        failed = [row for row in ended if row.state == "failed"]
        done = [row for row in ended if row.state != "failed"]
        shown, folded = [*failed, *rows][:MOST], done if self._fold.isChecked() else []
        for gone in set(self._rows) - {row.id for row in [*shown, *folded]}:
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        self._place(self._column, shown)
        self._place(self._ended, folded)
        self._order = [row.id for row in shown]
        hidden = len(failed) + len(rows) - len(shown)
        self._more.setText(tr("And {count} more", count=hidden))
        self._more.setVisible(hidden > 0)
        self._empty.setVisible(not shown and not done)
        self._list.setVisible(bool(shown))
        self._done.setVisible(bool(done))
        self._fold.setText(tr("{count} done", count=len(done)))
        self._fold.setIcon(theme.icon("caret-down" if self._fold.isChecked() else "caret-right"))
        lines = len(shown) + len(folded) + bool(done) + bool(hidden) or 1
        self.setMinimumHeight(min(lines, LINES) * HEIGHT + theme.HALF)
        self.setMaximumHeight(lines * HEIGHT + theme.HALF)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(640, self.minimumHeight())

    def _place(self, column: QVBoxLayout, rows: list[RunRow]) -> None:
        for place, row in enumerate(rows):
            shown = self._rows.get(row.id) or self._make(row)
            progress, stopping = self.jobs.progress(row.id), self.jobs.stopping(row.id)
            checkpoint = 0 if row.state in ("running", "waiting") else self.jobs.checkpoint(row.id)
            ours = row.state != "running" or self.jobs.is_running(row.id)
            shown.show_row(row, progress, stopping, checkpoint, ours)
            if column.indexOf(shown) != place:
                column.insertWidget(place, shown)
                shown.show()
        column.activate()

    def _make(self, row: RunRow) -> QueueRow:
        made = self._rows[row.id] = QueueRow(row)
        made.pause.connect(self.jobs.pause)
        made.resume.connect(self.jobs.resume)
        made.stop.connect(self.jobs.stop)
        made.remove.connect(self._remove)
        made.opened.connect(lambda run: self.opened.emit(self._rows[run].row.job))
        made.step.connect(self._focus)
        made.move.connect(self._move)
        made.dragged.connect(self._drag)
        made.dropped.connect(self._drop)
        return made

    def _show_progress(self) -> None:
        for run, row in self._rows.items():
            if row.row.state == "running":
                row.show_progress(self.jobs.progress(run))

    def _say_ending(self, run: str, last: events.Last) -> None:
        with suppress(BadInput):  # another program may have removed it
            title = job_words.title(self.jobs.project.runs.get(run).job)
            announce.announce(self, announce.ending(title, last), at_once=isinstance(last, events.Failed | events.Lost))

    # What is done to it

    def _remove(self, run: str) -> None:
        self._focus(run, 1)
        if self._rows[run].row.state in ("finished", "cancelled", "failed"):
            self.jobs.clear(run)
        else:
            self.jobs.remove(run)

    def _focus(self, run: str, step: int) -> None:
        known = [one for one in [*self._order, *(row.row.id for row in self._folded())] if one in self._rows]
        place = known.index(run) + step
        if 0 <= place < len(known):
            self._rows[known[place]].setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(self._rows[known[place]], 0, 0)

    def _folded(self) -> list[QueueRow]:
        widgets = [self._ended.itemAt(place).widget() for place in range(self._ended.count())]
        return [one for one in widgets if isinstance(one, QueueRow)]

    def _move(self, run: str, step: int) -> None:
        place = self._order.index(run) if run in self._order else -1
        other = place + step
        if place < 0 or not 0 <= other < len(self._order) or not self._movable(run, self._order[other]):
            return
        self._order[place], self._order[other] = self._order[other], self._order[place]
        self._reorder()
        self._rows[run].setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(self._rows[run], 0, 0)

    def _movable(self, *runs: str) -> bool:
        return all(self._rows[run].movable for run in runs)

    def _drag(self, run: str, y: int) -> None:
        """The held row changes places with those that it passes."""
        self._dragging = run
        place = self._order.index(run)
        for step in (-1, 1):
            other = place + step
            if 0 <= other < len(self._order) and self._movable(self._order[other]):
                middle = self._rows[self._order[other]].geometry().center().y()
                if (y - middle) * step > 0:
                    self._order[place], self._order[other] = self._order[other], self._order[place]
                    self._column.insertWidget(other, self._rows[run])
                    self._column.activate()  # the next move asks where everybody stands
                    self._scroll.ensureWidgetVisible(self._rows[run], 0, 0)
                    return

    def _drop(self, run: str) -> None:
        self._dragging = None
        self._reorder()

    def _reorder(self) -> None:
        self.jobs.reorder([run for run in self._order if self._rows[run].row.state not in ("failed",)])
