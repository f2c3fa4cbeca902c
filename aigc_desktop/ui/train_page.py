"""Train: data and settings on the left, what is being learned on the right."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedLayout, QWidget

from aigc_desktop.engine import chosen_models, events
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import make
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import job_words, preflight
from aigc_desktop.ui.data_chooser import DataChooser
from aigc_desktop.ui.data_preview import DataPreview
from aigc_desktop.ui.doubles import Doubles
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.fields.base import HEIGHT, tooltip
from aigc_desktop.ui.figures import title
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.model_report import ModelReport
from aigc_desktop.ui.page import column, labelled, scrolling, share, splitter
from aigc_desktop.ui.run_controls import ACTIVE, GOES_ON, RunControls
from aigc_desktop.ui.run_status import RunStatus
from aigc_desktop.ui.seed_field import SeedField
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.subscriptions import Subscriptions
from aigc_desktop.ui.theme import GAP, GRID, muted, small
from aigc_desktop.ui.views import View, view_for
from aigc_desktop.ui.views.tabs import ViewTabs

REMEMBERED = 15  # earlier trainings in the menu


class TrainPage(QWidget):
    """Builds a training's Job and shows one run, live or from disk."""

    create_wanted = Signal(str)  # the name of a finished model
    edited = Signal()  # something was typed or chosen

    def __init__(self, spec: Spec, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        assert spec.train is not None
        self.spec, self.window_, self.jobs, self.project = spec, window, window.jobs, window.project
        self.run: str | None = None
        self.views: dict[str, View] = {}
        self._subscriptions = Subscriptions(self)
        self._estimate = QTimer(self, interval=150, singleShot=True)
        self._estimate.timeout.connect(self._say_cost)
        self._build()
        self.jobs.changed.connect(self.refresh)
        self.jobs.started.connect(self._started)
        self.jobs.ended.connect(self._ended)
        self._settings_changed()
        self._show_unfinished()

    # What a user does

    def job(self) -> Job:
        """The training that is set up; BadInput where something is missing or wrong."""
        assert self.spec.train is not None
        if self.data.path is None:
            raise BadInput(mark("Choose what to learn from first."))
        for chosen in (self.data, self.heldout):
            if chosen.problem is not None:
                raise BadInput(chosen.problem.pattern, **chosen.problem.values)
        settings = make(self.spec.train, self.form.counting())
        chosen_models.located(settings, self.project)  # a model that is missing is told of here, not after the start
        return Job(
            generator=self.spec.id,
            action="train",
            params=settings.model_dump(mode="json"),
            data=self.data.path,
            heldout=self.heldout.path,
            seed=self.seed.value(),
            name=self.name.text().strip() or self.name.placeholderText() or None,
        )

    def start(self) -> None:
        """Put the training into the queue and show it, unless one is being shown that still runs."""
        try:
            job = self.job()
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
            if self.data.path is None:
                self.data.file.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.problem.say("")
        active = self.run is not None and self._state() in ACTIVE
        try:
            run = self.jobs.submit(job)
        except BadInput as problem:  # the disk is full, the project is gone
            self.problem.say(str(problem), "problem")
            return
        if not active and self.run != run:
            self.show_run(run)

    def resume(self) -> None:
        """Continue the shown run from its last checkpoint."""
        if self.run is not None:
            self.jobs.resume(self.run)

    def pause(self) -> None:
        if self.run is not None:
            self.jobs.pause(self.run)

    def stop(self) -> None:
        if self.run is not None:
            self.jobs.stop(self.run)

    def fill(self, job: Job) -> None:
        """Take up a job's settings; what it does not say stays."""
        self.form.set_values(job.params)
        if job.data and job.data != self.data.path:
            self.data.set_path(job.data)
        if job.heldout != self.heldout.path and (job.heldout or job.params):
            self.heldout.set_path(job.heldout)
        if job.params:
            self.seed.set_value(job.seed)
            self.name.setText(job.name or "")

    # The shown run

    def show_run(self, run: str) -> None:
        """Show a run: what it kept on disk, then what it says."""
        row = self._row(run)
        if row is None:
            return
        self._subscriptions.end()
        self.run = run
        folder = self.project.runs.folder(run)
        self.status.clear()
        for view in self.views.values():
            view.clear()
            view.load(folder)
            for event, listener in view.listens().items():
                self._subscriptions.add(self.jobs.subscribe(run, event, listener))
        for event, listener in (
            (events.Progress, self.status.progress),
            (events.Message, self.status.message),
        ):
            self._subscriptions.add(self.jobs.subscribe(run, event, listener))
        self.refresh()
        progress = self.jobs.progress(run)
        if progress is not None and self.jobs.is_running(run):
            self.status.progress(progress)

    def refresh(self) -> None:
        """Look again at the state of the shown run."""
        row = self._row(self.run) if self.run else None
        if row is None:
            self._show_nothing()
            return
        self._stack.setCurrentIndex(1)
        stopping = self.jobs.stopping(row.id)
        self.controls.show_state(row.state, stopping, self._resumable(row))
        self.status.show_run(row, stopping)
        self.status.show_figures(self._titled(row.figures) if row.state == "finished" else {})
        for view in self.views.values():
            view.set_live(row.state == "running")

    def _show_nothing(self) -> None:
        if self.run is not None:
            self._subscriptions.end()
            for view in self.views.values():
                view.clear()
        self.run = None
        self._stack.setCurrentIndex(0)
        self.status.clear()
        self.controls.show_state("", "", False)
        for view in self.views.values():
            view.set_live(False)

    def _started(self, run: str) -> None:
        row = self._row(run)
        if row is None or not self._is_ours(row):
            return
        if run == self.run:
            self.refresh()
        elif self.run is None or self._state() not in ACTIVE:
            self.show_run(run)

    def _ended(self, run: str, event: events.Last) -> None:
        if run != self.run:
            return
        self.refresh()
        if isinstance(event, events.Finished):
            self.status.show_figures(self._titled(event.figures))
        elif isinstance(event, events.Failed | events.Lost):
            self.status.sentence.say(str(event.text), "problem")

    def _create(self) -> None:
        row = self._row(self.run) if self.run else None
        if row is not None and row.model:
            self.create_wanted.emit(row.model)

    def _row(self, run: str) -> Any:
        try:
            row = self.project.runs.get(run)
        except BadInput:
            return None
        return None if row.trashed else row

    def _state(self) -> str:
        row = self._row(self.run) if self.run else None
        return row.state if row is not None else ""

    def _resumable(self, row: Any) -> bool:
        if row.state not in GOES_ON:
            return False
        checkpoints = self.project.runs.folder(row.id) / "checkpoints"
        return row.state == "paused" or (checkpoints.is_dir() and any(checkpoints.iterdir()))

    def _show_history(self) -> None:
        """The trainings that can be looked at again, newest first."""
        rows = [row for row in self.project.runs.list() if self._is_ours(row)]
        self.status.set_history(sorted(rows, key=lambda row: row.created, reverse=True)[:REMEMBERED])

    def _is_ours(self, row: Any) -> bool:
        return row.job.get("generator") == self.spec.id and row.job.get("action") == "train"

    def _show_unfinished(self) -> None:
        """At the start: the training that is under way, or the last that waits to be continued."""
        rows = [row for row in self.jobs.rows() if self._is_ours(row)]
        rows.sort(key=lambda row: row.created, reverse=True)
        for states in (("running",), ("waiting",), ("paused", "interrupted", "lost")):
            for row in rows:
                if row.state in states:
                    self.show_run(row.id)
                    return
        self.refresh()

    def _titled(self, figures: dict[str, float]) -> dict[str, float]:
        return {title(name, self.spec): value for name, value in figures.items()}

    # Settings

    def _settings_changed(self) -> None:
        self.problem.say("")
        self._show_models()
        self._show_framing()
        self._estimate.start()
        suggestion = {"generator": self.spec.id, "data": self.data.path, "action": "train"}
        self.name.setPlaceholderText(job_words.title(suggestion) if self.data.path else "")
        self._tell_name()

    def _tell_name(self) -> None:
        """The whole name as the tool tip: the field may be too narrow for it."""
        self.name.setToolTip(tooltip(self.name.text() or self.name.placeholderText()))

    def _say_cost(self) -> None:
        assert self.spec.train is not None
        try:
            params = chosen_models.located(make(self.spec.train, self.form.counting()), self.project)
            facts = self.data.found.facts if self.data.found is not None else {}
            said = preflight.line(self.spec, params, facts, self.window_.settings["threads"])
        except BadInput as problem:
            # What is only not chosen yet is no fault, until one tries to start.
            untouched = problem.sentence.pattern == chosen_models.CHOOSE
            self.cost.say(str(problem), "quiet" if untouched else "problem")
            return
        self.cost.say(said.text, "warning" if said.warning else "quiet")
        if self.data.found is not None and self.heldout.problem is None:
            self.jobs.prepare(self.job())

    def state(self) -> dict[str, Any]:
        """What the page holds, as plain JSON."""
        return {
            "params": self.form.values(),
            "data": self.data.path,
            "heldout": self.heldout.path,
            "seed": self.seed.value(),
            "name": self.name.text(),
            "advanced": self.form.advanced.is_open(),
            "run": self.run,
            "split": self.splitter.sizes(),
            "views": {name: view.state() for name, view in self.views.items()},
            "view": self.tabs.current(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; what does not fit any more is passed over."""
        self.form.set_values(state.get("params") or {})
        for chooser, name in ((self.data, "data"), (self.heldout, "heldout")):
            if isinstance(state.get(name), str):
                chooser.set_path(state[name])
        if isinstance(state.get("seed"), int):
            self.seed.set_value(state["seed"])
        self.name.setText(str(state.get("name") or ""))
        self.form.advanced.set_open(bool(state.get("advanced")))
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)
        for name, view in self.views.items():
            view.restore((state.get("views") or {}).get(name) or {})
        self.tabs.show_view(state.get("view"))
        if state.get("run") and self._state() not in ACTIVE:
            self.show_run(state["run"])

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        share(self.splitter, self.width())

    # Building

    def _build(self) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        self._build_left(QWidget(self.splitter))
        self._build_right(QWidget(self.splitter))
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)

    def _build_left(self, left: QWidget) -> None:
        whole = column(left)
        area, inside = scrolling(left)
        whole.addWidget(area, 1)
        fields = column(inside, GAP)
        fields.setContentsMargins(0, 0, GRID, GRID)
        self.data = DataChooser(self.spec, self.jobs, parent=inside)
        self.name = QLineEdit(inside)
        self.name.setMaxLength(80)
        self.name.setMinimumHeight(HEIGHT)
        self.name.setAccessibleName(tr("Model name"))
        self.name.textChanged.connect(self._tell_name)
        assert self.spec.train is not None
        self.form = Form(self.spec.train, models=self._models, parent=inside)
        self._add_reports()
        self._add_advanced()
        fields.addWidget(self.data)
        self.preview: DataPreview | None = None
        self.doubles: Doubles | None = None
        if "framing" in getattr(self.spec.data, "options", ()):
            self.doubles, self.preview = Doubles(inside), DataPreview(self.spec.id, self.jobs, inside)
            self.doubles.chosen.connect(lambda wanted: self.form.set_values({"duplicates": wanted}))
            fields.addWidget(self.doubles)
            fields.addWidget(self.preview)
        fields.addLayout(labelled(tr("Model name"), self.name))
        fields.addWidget(self.form)
        fields.addStretch()
        self.cost = SentenceLabel(left)
        self.problem = SentenceLabel(left)
        self.controls = RunControls(left)
        for widget in (self.cost, self.problem, self.controls):
            whole.addWidget(widget)
        self.data.changed.connect(self._settings_changed)
        self.form.changed.connect(self._settings_changed)
        for edited in (
            self.data.changed,
            self.heldout.changed,
            self.form.changed,
            self.name.textChanged,
            self.seed.changed,
        ):
            edited.connect(self.edited)
        self.controls.start_wanted.connect(self.start)
        self.controls.resume_wanted.connect(self.resume)
        self.controls.pause_wanted.connect(self.pause)
        self.controls.stop_wanted.connect(self.stop)

    def _add_reports(self) -> None:
        """What the models are that it is trained from."""
        self.reports = {}
        for name, row in self.form.rows.items():
            if row.one.kind == "model" and not row.one.advanced:
                self.reports[name] = ModelReport(
                    self.jobs, self.project.models.find, self.form, mark("{memory} to write with")
                )
                row.add_below(self.reports[name])

    def _show_models(self) -> None:
        for name, report in self.reports.items():
            model = self.form.field(name).value() or None
            if report.model != model:
                report.show_model(model)

    def _show_framing(self) -> None:
        """What the settings make of the pictures, and what is there twice among them."""
        if self.preview is None or self.doubles is None:
            return
        names = {"mirror", *getattr(self.spec.data, "options", ())}
        settings = {name: value for name, value in self.form.values().items() if name in names}
        self.preview.show_data(self.data.path if self.data.found is not None else None, settings)
        self.doubles.say(self.data.found, settings["duplicates"])

    def _add_advanced(self) -> None:
        """Seed and held-out data go under the form's own advanced rows."""
        fold = self.form.advanced
        fold.setVisible(True)
        self.seed = SeedField(parent=fold.body)
        self.heldout = DataChooser(self.spec, self.jobs, starter=False, parent=fold.body)
        title = QLabel(tr("Held-out data"), fold.body)
        why = QLabel(
            tr("What the model is judged by and never learns from. Without any, a part of the data is kept for that."),
            fold.body,
        )
        why.setWordWrap(True)
        muted(small(why))
        self.form.extra.addLayout(labelled(tr("Seed"), self.seed))
        for widget in (title, why, self.heldout):
            self.form.extra.addWidget(widget)

    def _build_right(self, right: QWidget) -> None:
        self._stack = QStackedLayout(right)
        self.empty = EmptyPlace(right)
        self.empty.say(tr("Choose what to learn from, then Start: how it learns, and what it makes, appears here."))
        shown = QWidget(right)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)
        whole = column(shown)
        self.status = RunStatus(shown)
        self.status.create_wanted.connect(self._create)
        self.status.run_wanted.connect(self.show_run)
        self.status.history_wanted.connect(self._show_history)
        whole.addWidget(self.status)
        split = splitter(Qt.Orientation.Vertical, GRID, shown)
        first, *others = self.spec.views
        self.views = {first: view_for(first, self.spec, split)}
        self.tabs = ViewTabs(tr("What is seen of the training"), split)
        for name in others:
            self.views[name] = view_for(name, self.spec, self.tabs.stack)
            self.tabs.add(name, self.views[name], training=True)
        self.tabs.setVisible(bool(others))
        self.tabs.bar.currentChanged.connect(self.edited)
        stretches = [self.views[first].stretch, max((self.views[name].stretch for name in others), default=0)]
        for place, stretch in enumerate(stretches):
            split.setStretchFactor(place, stretch)
        split.setSizes([100 * stretch for stretch in stretches])
        whole.addWidget(split, 1)

    def _models(self) -> list[str]:
        return chosen_models.fitting(self.spec, self.project.models.list())
