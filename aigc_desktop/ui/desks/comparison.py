"""The test row: the same request and the same seed with 0, 1, 3 and 5 examples, and the answers side by side."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from aigc_desktop.desks import SHOTS, Desk
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.ui.creations import Creations
from aigc_desktop.ui.page import column
from aigc_desktop.ui.theme import GAP, GRID, HALF, icon, muted

NARROWEST, LOWEST = GRID * 19, GRID * 20  # of a column; where there is less room the columns stand in two rows


class Comparison(QWidget):
    """A column for each number of examples. `job` gives the writing with that many."""

    opened = Signal(object)  # a Saved that the user wants to see large
    edited = Signal()

    def __init__(self, desk: Desk, window: Any, job: Callable[[int], Job], parent: QWidget | None = None):
        super().__init__(parent)
        self.jobs, self._job = window.jobs, job
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GRID)
        self._count = 0
        self.columns: dict[int, Creations] = {}
        self._parts: dict[int, QWidget] = {}
        for shots in SHOTS:
            part = QWidget(self)
            inside = column(part, HALF)
            title = QLabel(_titled(shots), part)
            muted(title)
            inside.addWidget(title)
            made = Creations(window, lambda row, shots=shots: _is_ours(row, desk.id, shots), part, brief=True)
            made.opened.connect(self.opened)
            made.results.setAccessibleName(title.text())
            inside.addWidget(made, 1)
            self.columns[shots], self._parts[shots] = made, part
        self._columns_across = 0
        self._arrange()
        self.stop_button = QPushButton(icon("stop"), tr("Stop"), self)
        self.stop_button.clicked.connect(self.stop)
        self.jobs.changed.connect(self._refresh)
        self.jobs.ended.connect(self._refresh)
        self._refresh()

    def set_count(self, count: int) -> None:
        """So many examples there are: the columns that need more say so."""
        self._count = count
        for shots, made in self.columns.items():
            made.setEnabled(shots <= count)
            made.empty.say(
                ""
                if shots <= count
                else tr("This needs {needed} examples; there are {count}.", needed=shots, count=count)
            )
            made.show_place()

    def start(self) -> None:
        """Ask with each number of examples that there are; BadInput where something is missing or wrong."""
        jobs = {shots: self._job(shots) for shots in SHOTS if shots <= self._count}
        for shots, job in jobs.items():
            assert job.desk is not None
            self.columns[shots].start(job.model_copy(update={"desk": {**job.desk, "compared": True}}))
        self._refresh()
        self.edited.emit()

    def stop(self) -> None:
        """End what runs; what waits leaves the queue."""
        active = [run for made in self.columns.values() for run in made.active()]
        for run in sorted(active, key=self.jobs.is_running):  # the waiting first, or the next would begin
            self.jobs.stop(run)

    def state(self) -> dict[str, Any]:
        return {str(shots): made.state()[:1] for shots, made in self.columns.items()}

    def restore(self, state: dict[str, Any]) -> None:
        for shots, made in self.columns.items():
            made.restore(state.get(str(shots)) or [])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width() + GAP
        across = len(SHOTS) if room >= len(SHOTS) * (NARROWEST + GAP) else 2 if room >= 2 * (NARROWEST + GAP) else 1
        if across == self._columns_across:
            return
        self._columns_across = across
        for place, part in enumerate(self._parts.values()):
            self._grid.removeWidget(part)
            self._grid.addWidget(part, place // across, place % across)
        for place in range(len(SHOTS)):
            self._grid.setColumnStretch(place, 1 if place < across else 0)
            self._grid.setRowStretch(place, 1 if place < -(-len(SHOTS) // across) else 0)
            self._grid.setRowMinimumHeight(place, LOWEST if place < -(-len(SHOTS) // across) else 0)

    def _refresh(self, *_: object) -> None:
        active = [run for made in self.columns.values() for run in made.active()]
        self.stop_button.setVisible(bool(active))
        stopping = any(self.jobs.stopping(run) for run in active)
        self.stop_button.setText(tr("Stop now") if stopping else tr("Stop"))


def _titled(shots: int) -> str:
    if not shots:
        return tr("Without examples")
    return tr("With one example") if shots == 1 else tr("With {n} examples", n=shots)


def _is_ours(job: dict[str, Any], id: str, shots: int) -> bool:
    was = job.get("desk") or {}
    return bool(was.get("id") == id and was.get("compared") and was.get("shots") == shots)
