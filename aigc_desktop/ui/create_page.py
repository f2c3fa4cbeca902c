"""Create: a model and settings on the left, what comes of them on the right."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from aigc_desktop.engine import chosen_models, input_files, models
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import make
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts
from aigc_desktop.ui.creations import Creations
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.fields.masks import MaskField
from aigc_desktop.ui.fields.models import ModelChooser
from aigc_desktop.ui.figures import title
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.model_report import ModelReport
from aigc_desktop.ui.page import column, labelled, scrolling, share
from aigc_desktop.ui.seed_field import SeedField
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.theme import GAP, GRID, main_action
from aigc_desktop.ui.times import moment
from aigc_desktop.ui.watching import Watching

INPUTS = "inputs"  # the project's folder for what was made by hand, to create with


class CreatePage(QWidget):
    """Builds a creation's Job and shows what comes, of this and of any other creation with this generator."""

    train_wanted = Signal()
    opened = Signal(object)  # a Saved that the user wants to see large
    edited = Signal()  # something was typed or chosen

    def __init__(self, spec: Spec, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        assert spec.create is not None
        self.spec, self.jobs, self.project = spec, window.jobs, window.project
        self._build(window)
        # While pictures come, the library changes thirty times a second.
        self._look_again = QTimer(self, interval=250, singleShot=True)
        self._look_again.timeout.connect(self._looked)
        self._changed_since = False
        self.jobs.library_changed.connect(self._library_changed)
        self.jobs.started.connect(self._follow)
        for run in self.made.active():
            self._follow(run)
        self._model_chosen()
        if spec.opens is not None and spec.medium == "text":  # every page that writes offers the same folders
            self.model.share(window.settings)

    # What a user does

    def job(self) -> Job:
        """The creation that is set up; BadInput where something is missing or wrong."""
        assert self.spec.create is not None
        if self.model.value() is None:
            raise BadInput(mark("Choose a model first."))
        values = make(self.spec.create, self.form.counting()).model_dump(mode="json")
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
            self.made.start(job)
        except BadInput as problem:  # the disk is full, the project is gone
            self.problem.say(str(problem), "problem")

    def fill(self, job: Job) -> None:
        """Take up a job's settings; what it does not say stays."""
        assert self.spec.create is not None
        self.form.set_values(input_files.values(job, self.spec.create, self.spec.title, self.project.path))
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

    def _follow(self, run: str) -> None:
        """One of this page's creations begins: what goes on in the model meanwhile can be watched."""
        if self.jobs.is_running(run) and run in self.made.active():
            self.watching.follow(run)

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
        if self.report is not None:
            self.report.show_model(name)
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

    def _told(self) -> None:
        """What is known of the model: which classes it can draw."""
        assert self.report is not None
        self.form.offer_classes(None if self.report.report is None else self.report.report.classes)

    def _show_place(self) -> None:
        self.made.show_place()
        if self.model.value() is not None:
            self.empty.say(tr("What you create appears here, and in the library."))
        elif self.spec.train is not None:
            said = tr("There is no model yet. Train one first.")
            if self.spec.opens is not None:
                said = tr("There is no model yet. Train one, or drop a model's folder on the window.")
            self.empty.say(said, tr("Train a model"), lambda: self.train_wanted.emit())
        else:
            self.empty.say(
                tr("Choose a model's folder, or drop one on the window."),
                tr("Choose a folder…"),
                self.model.choose_folder,
            )

    def state(self) -> dict[str, Any]:
        """What the page holds, as plain JSON."""
        return {
            "params": self.form.values(),
            "model": self.model.value(),
            "folders": self.model.folders(),
            "seed": self.seed.value(),
            "locked": self.seed.locked(),
            "advanced": self.form.advanced.is_open(),
            "split": self.splitter.sizes(),
            "batches": self.made.state(),
            "watching": self.watching.is_open(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; what does not fit any more is passed over."""
        self.form.set_values(state.get("params") or {})
        self.model.remember(state.get("folders") or [])
        if isinstance(state.get("model"), str):
            self.choose_model(state["model"])
        if isinstance(state.get("seed"), int):
            self.seed.set_value(state["seed"])
        self.seed.set_locked(bool(state.get("locked")))
        self.form.advanced.set_open(bool(state.get("advanced")))
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)
        self.made.restore(state.get("batches") or [])
        self.watching.set_open(bool(state.get("watching", True)))
        self._show_place()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        share(self.splitter, self.width())
        self._looked()

    # Building

    def _build(self, window: Any) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        left = QWidget(self.splitter)
        right = QWidget(self.splitter)
        shown = column(right)
        self.made = Creations(window, lambda job: job.get("generator") == self.spec.id, right)
        shown.addWidget(self.made, 1)
        self.watching = Watching(self.spec, self.jobs, right)
        self.watching.toggled.connect(self.edited)
        shown.addWidget(self.watching)
        self.made.opened.connect(self.opened)
        self.results, self.empty = self.made.results, self.made.empty
        self._build_left(left)
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
        # Whoever takes any folder says first what is in it.
        self.report = None
        if self.spec.opens is not None:
            self.report = ModelReport(self.jobs, self.project.models.find, inside, medium=self.spec.medium)
            self.report.told.connect(self._told)
        assert self.spec.create is not None
        self.form = Form(
            self.spec.create, models=lambda: chosen_models.adapters(self.project.models.list()), parent=inside
        )
        for row in self.form.rows.values():
            if isinstance(row.field, MaskField):
                row.field.folder = lambda: self.project.path / INPUTS
        self.seed = SeedField(lock=True, parent=inside)
        self.seed.roll()
        for edited in (self.model.chosen, self.form.changed, self.seed.changed):
            edited.connect(self.edited)
        fields.addLayout(labelled(tr("Model"), self.model))
        fields.addWidget(self.about)
        if self.report is not None:
            fields.addWidget(self.report)
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
        self.stop_button = self.made.stop_button(left)
        buttons.addWidget(self.create)
        buttons.addWidget(self.stop_button)
        buttons.addStretch()

    def _model_names(self) -> list[str]:
        rows = models.usable(self.project.models.list(), self.spec)
        return [row.name for row in sorted(rows, key=lambda row: row.created, reverse=True)]
