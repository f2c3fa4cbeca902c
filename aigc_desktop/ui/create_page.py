"""Create: a model and settings on the left, what comes of them on the right."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QWidget

from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import make
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.fields.models import ModelChooser
from aigc_desktop.ui.figures import title
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.page import column, labelled, scrolling, share
from aigc_desktop.ui.seed_field import SeedField
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.theme import GAP, GRID, icon, main_action
from aigc_desktop.ui.times import moment
from aigc_desktop.ui.views.results import Results

KEPT_BATCHES, KEPT_ITEMS = 5, 200  # that come back when the panel is built again


class CreatePage(QWidget):
    """Builds a creation's Job and shows what comes, of this and of any other creation with this generator."""

    train_wanted = Signal()
    opened = Signal(object)  # a Saved that the user wants to see large
    edited = Signal()  # something was typed or chosen

    def __init__(self, spec: Spec, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        assert spec.create is not None
        self.spec, self.jobs, self.project = spec, window.jobs, window.project
        self._build()
        self.jobs.changed.connect(self.refresh)
        self.jobs.started.connect(self._started)
        # While pictures come, the library changes thirty times a second.
        self._look_again = QTimer(self, interval=250, singleShot=True)
        self._look_again.timeout.connect(self._looked)
        self._changed_since = False
        self.jobs.library_changed.connect(self._library_changed)
        self.refresh()
        self._model_chosen()
        for row in self.jobs.rows():
            self._started(row.id)

    # What a user does

    def job(self) -> Job:
        """The creation that is set up; BadInput where something is missing or wrong."""
        assert self.spec.create is not None
        if self.model.value() is None:
            raise BadInput(mark("Choose a model first."))
        values = make(self.spec.create, self.form.values()).model_dump(mode="json")
        return Job(
            generator=self.spec.id,
            action="create",
            params=values,
            model=self.model.value(),
            seed=self.seed.next(),
        )

    def start(self) -> None:
        """Put the creation into the queue."""
        try:
            job = self.job()
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
            return
        self.problem.say("")
        try:
            run = self.jobs.submit(job)
        except BadInput as problem:  # the disk is full, the project is gone
            self.problem.say(str(problem), "problem")
            return
        self._show(run, job.model_dump(mode="json"))

    def stop(self) -> None:
        """End what is being created, or take what waits out of the queue, the newest first."""
        running = [run for run in self._active() if self.jobs.is_running(run)]
        for run in (running or self._active())[:1]:
            self.jobs.stop(run)

    def fill(self, job: Job) -> None:
        """Take up a job's settings; what it does not say stays."""
        self.form.set_values(job.params)
        if job.model:
            self.model.set_value(job.model)
            self._model_chosen()
        if job.params:
            self.seed.set_value(job.seed)

    def choose_model(self, name: str) -> None:
        """Create with this model from now on."""
        self.model.set_value(name)
        self._model_chosen()

    # What happens

    def refresh(self) -> None:
        """Look again at what is under way."""
        active = self._active()
        self.stop_button.setVisible(bool(active))
        stopping = any(self.jobs.stopping(run) for run in active)
        self.stop_button.setText(tr("Stop now") if stopping else tr("Stop"))
        self.stop_button.setToolTip(
            tr("End at once") if stopping else tr("Stop at the next step. A second click ends it at once.")
        )

    def _active(self) -> list[str]:
        return [batch.run for batch in self.results.batches if not batch.over]

    def _show(self, run: str, job: dict[str, Any]) -> None:
        if self.jobs.is_running(run):
            self.results.forget(run)  # what is there is of before it was interrupted; it tells all of it again
        if not self.results.has(run):
            self.results.add_batch(run, job)
            last = self.jobs.last(run)
            if last is not None:
                self.results.batches[0].end(last)
        self._show_place()
        self.refresh()

    def _started(self, run: str) -> None:
        """A creation with this generator, whoever asked for it."""
        try:
            row = self.project.runs.get(run)
        except BadInput:
            return
        ours = row.job.get("generator") == self.spec.id and row.job.get("action") == "create"
        if ours and row.state in ("running", "waiting"):
            self._show(run, row.job)

    def _library_changed(self) -> None:
        if self._look_again.isActive():
            self._changed_since = True
        else:
            self._look_again.start()
            self._models_changed()

    def _looked(self) -> None:
        if self._changed_since and self.isVisible():
            self._changed_since = False
            self._library_changed()

    def _models_changed(self) -> None:
        before = self.model.value()
        self.model.refresh()
        if before is None and self.model.value() is not None:
            self._model_chosen()
        self._show_place()

    def _model_chosen(self) -> None:
        name = self.model.value()
        said = ""
        for row in self.project.models.list(generator=self.spec.id):
            if row.name == name:
                figures = [
                    f"{title(key, self.spec)} {amounts.value(value)}" for key, value in list(row.figures.items())[:1]
                ]
                said = " · ".join([tr("trained {date}", date=moment(row.created)), *figures])
        self.about.say(said)
        self.create.setEnabled(name is not None)
        self._show_place()

    def _show_place(self) -> None:
        if self.results.batches:
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
        if self.model.value() is not None:
            self.empty.say(tr("What you create appears here, and in the library."))
        elif self.spec.train is not None:
            self.empty.say(
                tr("There is no model yet. Train one first."), tr("Train a model"), lambda: self.train_wanted.emit()
            )
        else:
            self.empty.say(tr("Choose a model's folder on the left."))

    def state(self) -> dict[str, Any]:
        """What the page holds, as plain JSON."""
        batches = [
            {"run": batch.run, "job": batch.job, "items": [one.item for one in batch.saved[:KEPT_ITEMS] if one.item]}
            for batch in self.results.batches[:KEPT_BATCHES]
            if batch.saved
        ]
        return {
            "params": self.form.values(),
            "model": self.model.value(),
            "seed": self.seed.value(),
            "locked": self.seed.locked(),
            "advanced": self.form.advanced.is_open(),
            "split": self.splitter.sizes(),
            "batches": batches,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; what does not fit any more is passed over."""
        self.form.set_values(state.get("params") or {})
        if isinstance(state.get("model"), str):
            self.choose_model(state["model"])
        if isinstance(state.get("seed"), int):
            self.seed.set_value(state["seed"])
        self.seed.set_locked(bool(state.get("locked")))
        self.form.advanced.set_open(bool(state.get("advanced")))
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)
        for kept in reversed(state.get("batches") or []):
            self._bring_back(kept)
        self._show_place()

    def _bring_back(self, kept: dict[str, Any]) -> None:
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

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        share(self.splitter, self.width())
        self._looked()

    # Building

    def _build(self) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        self._build_left(QWidget(self.splitter))
        right = QWidget(self.splitter)
        self._stack = QStackedLayout(right)
        self.empty = EmptyPlace(right)
        self.results = Results(self.jobs, right)
        self.results.opened.connect(self.opened)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.results)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)

    def _build_left(self, left: QWidget) -> None:
        whole = column(left)
        area, inside = scrolling(left)
        whole.addWidget(area, 1)
        fields = column(inside)
        fields.setContentsMargins(0, 0, GRID, GRID)
        self.model = ModelChooser(self._model_names, parent=inside)
        self.model.setAccessibleName(tr("Model"))
        self.model.setMinimumHeight(HEIGHT)
        self.model.chosen.connect(self._model_chosen)
        self.about = SentenceLabel(inside)
        assert self.spec.create is not None
        self.form = Form(
            self.spec.create, models=lambda: [row.name for row in self.project.models.list()], parent=inside
        )
        self.seed = SeedField(lock=True, parent=inside)
        self.seed.roll()
        for edited in (self.model.chosen, self.form.changed, self.seed.changed):
            edited.connect(self.edited)
        fields.addLayout(labelled(tr("Model"), self.model))
        fields.addWidget(self.about)
        fields.addWidget(self.form)
        fields.addLayout(labelled(tr("Seed"), self.seed))
        fields.addStretch()
        self.problem = SentenceLabel(left)
        whole.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        whole.addLayout(buttons)
        self.create = main_action(QPushButton(tr("Create"), left))
        self.create.clicked.connect(self.start)
        self.stop_button = QPushButton(icon("stop"), tr("Stop"), left)
        self.stop_button.clicked.connect(self.stop)
        buttons.addWidget(self.create)
        buttons.addWidget(self.stop_button)
        buttons.addStretch()

    def _model_names(self) -> list[str]:
        rows = self.project.models.list(generator=self.spec.id)
        return [row.name for row in sorted(rows, key=lambda row: row.created, reverse=True)]
