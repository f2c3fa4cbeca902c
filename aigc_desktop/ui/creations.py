"""What comes of the creations of one page: under way, finished, brought back after a start; else an empty place."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedLayout, QWidget

from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.theme import icon
from aigc_desktop.ui.views.results import Results

KEPT_BATCHES, KEPT_ITEMS = 5, 200  # that come back when the page is built again


class Creations(QWidget):
    """Shows each creation that is `ours` by its job, whoever asked for it. `empty` is the page's to fill."""

    opened = Signal(object)  # a Saved that the user wants to see large

    def __init__(
        self,
        window: Any,
        ours: Callable[[dict[str, Any]], bool],
        parent: QWidget | None = None,
        brief: bool = False,
    ):
        super().__init__(parent)
        self.jobs, self.project, self._ours = window.jobs, window.project, ours
        self._stop: QPushButton | None = None
        self._stack = QStackedLayout(self)
        self.empty = EmptyPlace(self)
        self.results = Results(self.jobs, self, brief)
        self.results.opened.connect(self.opened)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.results)
        self.jobs.changed.connect(self.refresh)
        self.jobs.started.connect(self._started)
        for row in self.jobs.rows():
            self._started(row.id)

    def stop_button(self, parent: QWidget) -> QPushButton:
        """The button that ends what is under way; it is there while something is."""
        self._stop = QPushButton(icon("stop"), tr("Stop"), parent)
        self._stop.clicked.connect(self.stop)
        self.refresh()
        return self._stop

    def start(self, job: Job) -> str:
        """Put the creation into the queue and show it; the id of its run. BadInput where it cannot be queued."""
        run: str = self.jobs.submit(job)
        self._show(run, job.model_dump(mode="json"))
        return run

    def stop(self) -> None:
        """End what is being created, or take what waits out of the queue, the newest first."""
        running = [run for run in self.active() if self.jobs.is_running(run)]
        for run in (running or self.active())[:1]:
            self.jobs.stop(run)

    def active(self) -> list[str]:
        """The runs that have not ended."""
        return [batch.run for batch in self.results.batches if not batch.over]

    def refresh(self) -> None:
        """Look again at what is under way."""
        if self._stop is None:
            return
        active = self.active()
        self._stop.setVisible(bool(active))
        stopping = any(self.jobs.stopping(run) for run in active)
        self._stop.setText(tr("Stop now") if stopping else tr("Stop"))
        self._stop.setToolTip(
            tr("End at once") if stopping else tr("Stop at the next step. A second click ends it at once.")
        )

    def show_place(self) -> None:
        """The results, or while there are none the empty place."""
        self._stack.setCurrentIndex(1 if self.results.batches else 0)

    def state(self) -> list[dict[str, Any]]:
        """The latest batches, as plain JSON."""
        return [
            {"run": batch.run, "job": batch.job, "items": [one.item for one in batch.saved[:KEPT_ITEMS] if one.item]}
            for batch in self.results.batches[:KEPT_BATCHES]
            if batch.saved
        ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Take up what `state` gave, as far as it is still in the library."""
        for kept in reversed(state):
            self.bring_back(kept)
        self.show_place()

    def bring_back(self, kept: dict[str, Any]) -> None:
        """A batch of before, from what is still in the library."""
        items = []
        row = self._cut_off(kept["run"])
        made = [one.id for one in self.project.items.of_run(row.id, row.created)] if row else kept.get("items") or []
        for id in made[:KEPT_ITEMS]:
            try:
                item = self.project.items.get(id)
            except BadInput:
                continue
            if not item.trashed:
                items.append(item)
        if items and not self.results.has(kept["run"]):
            batch = self.results.add_batch(kept["run"], kept["job"])
            for item in items:
                batch.add(events.Saved(item.id, str(item.path), item.medium, item.name))
            batch.end(events.Finished())
            if row is not None:
                batch.sentence.say(tr("Interrupted when the program ended."))

    def _cut_off(self, run: str) -> Any:
        """The row of a creation that was under way when the program ended; None for any other."""
        try:
            row = self.project.runs.get(run)
        except BadInput:
            return None
        return row if row.state == "interrupted" else None

    def _show(self, run: str, job: dict[str, Any]) -> None:
        if self.jobs.is_running(run):
            self.results.forget(run)  # what is there is of before it was interrupted; it tells all of it again
        if not self.results.has(run):
            self.results.add_batch(run, job)
            last = self.jobs.last(run)
            if last is not None:
                self.results.batches[0].end(last)
        self.show_place()
        self.refresh()

    def _started(self, run: str) -> None:
        try:
            row = self.project.runs.get(run)
        except BadInput:
            return
        if row.job.get("action") == "create" and row.state in ("running", "waiting") and self._ours(row.job):
            self._show(run, row.job)
