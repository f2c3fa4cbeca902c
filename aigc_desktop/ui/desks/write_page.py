"""Write: the desk's form on the left; on the right the prompt that it builds, and what a model writes after it."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from aigc_desktop import desks
from aigc_desktop.desks import Desk
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui.creations import Creations
from aigc_desktop.ui.desks import writers
from aigc_desktop.ui.desks.desk_form import DeskForm
from aigc_desktop.ui.desks.examples_model import Examples
from aigc_desktop.ui.desks.prompt_edit import PromptEdit
from aigc_desktop.ui.desks.writing_settings import WritingSettings
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.fields.models import ModelChooser
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.page import column, labelled, scrolling, share, splitter
from aigc_desktop.ui.seed_field import SeedField
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.theme import GAP, GRID, icon, main_action

FIRST_SHOTS = 3  # examples that a model is shown unless the user says otherwise
MANY = 200


class WritePage(QWidget):
    """Builds the job of a desk and shows what comes of it. `examples` are shared with the page where they are changed."""

    train_wanted = Signal()
    examples_wanted = Signal()
    lists_wanted = Signal()
    opened = Signal(object)  # a Saved that the user wants to see large
    edited = Signal()  # something was typed or chosen

    def __init__(self, desk: Desk, examples: Examples, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        self.desk, self.examples, self.jobs, self.project = desk, examples, window.jobs, window.project
        self.preferences = window.settings
        self._wanted = FIRST_SHOTS
        self._build(window)
        self._changed_since = False
        self._look_again = QTimer(self, interval=250, singleShot=True)
        self._look_again.timeout.connect(self._models_changed)
        self.jobs.library_changed.connect(self._library_changed)
        self.examples.edited.connect(self._examples_changed)
        self._examples_changed()
        self.preferences.changed.connect(self._setting_changed)
        self._setting_changed("models")
        self._model_chosen()

    # What a user does

    def job(self, shots: int | None = None) -> Job:
        """The writing that is set up; with `shots`, as the form builds it with that many examples, one text of it.

        BadInput where something is missing or wrong.
        """
        spec, model = self.settings.spec, self.model.value()
        if model is None:
            raise BadInput(mark("Choose a model first."))
        if spec is None:
            raise BadInput(mark("{path} is not the folder of a language model."), path=model)
        chosen = self.settings.values()
        if shots is not None and "count" in chosen:
            chosen["count"] = 1
        return desks.job(
            self.desk,
            spec,
            model,
            self.form.texts(),
            self.examples.rows(),
            self.shown() if shots is None else shots,
            prompt=self.prompt.text() if shots is None else None,
            chosen=chosen,
            seed=self.seed.value(),
        )

    def start(self) -> None:
        """Put the writing into the queue."""
        self.seed.next()
        try:
            self.made.start(self.job())
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
        else:
            self.problem.say("")

    def fill(self, job: Job) -> None:
        """Take up a job's settings, the desk's form as it was then."""
        was = job.desk or {}
        with QSignalBlocker(self.prompt):
            self._take(was.get("values"), was.get("examples"), was.get("shots"))
            prompt = job.params.get("prompt")
            if isinstance(prompt, str):
                self.prompt.set_text(prompt)
        if job.model:
            self.choose_model(job.model)
        self.settings.set_values({name: value for name, value in job.params.items() if name != "prompt"})
        self.seed.set_value(job.seed)
        self.edited.emit()

    def choose_model(self, model: str) -> None:
        self.model.set_value(model)
        self._model_chosen()

    def choose_folder(self) -> None:
        """A model's folder from elsewhere."""
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a model's folder"))
        if folder:
            self.choose_model(folder)
            self.edited.emit()

    def shown(self) -> int:
        """How many examples the model is shown."""
        return int(self.shots.field("shots").value())

    # State

    def state(self) -> dict[str, Any]:
        """What the page holds, as plain JSON."""
        return {
            "model": self.model.value(),
            "values": self.form.texts(),
            "shots": self._wanted,
            "prompt": self.prompt.text() if self.prompt.is_edited() else None,
            "settings": self.settings.state(),
            "advanced": self.settings.is_open(),
            "seed": self.seed.value(),
            "locked": self.seed.locked(),
            "split": self.splitter.sizes(),
            "height": self.right.sizes(),
            "batches": self.made.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; what does not fit any more is passed over."""
        self._take(state.get("values"), None, state.get("shots"))
        if isinstance(state.get("prompt"), str):
            self.prompt.set_text(state["prompt"])
        if isinstance(state.get("model"), str):
            self.choose_model(state["model"])
        self.settings.set_values(state.get("settings") or {})
        self.settings.set_open(bool(state.get("advanced")))
        if isinstance(state.get("seed"), int):
            self.seed.set_value(state["seed"])
        self.seed.set_locked(bool(state.get("locked")))
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)
        if state.get("height"):
            self.right.setSizes(state["height"])
            self.right.setProperty("shared", True)
        self.made.restore(state.get("batches") or [])
        self._show_place()

    def _take(self, values: Any, examples: Any, shots: Any) -> None:
        if isinstance(shots, int):
            self._wanted = min(max(0, shots), MANY)
        if isinstance(examples, list):
            self.examples.set_rows([list(map(str, row)) for row in examples if isinstance(row, list)])
        self._examples_changed()
        if isinstance(values, dict):
            self.form.set_texts(values)
        self._build_prompt()

    # What happens

    def _build_prompt(self) -> None:
        """What the form says now, as the prompt."""
        try:
            built = self.desk.prompt(self.form.texts(), self.examples.rows(), self.shown())
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
            return
        self.problem.say("")
        self.prompt.show_built(built)
        self.edited.emit()

    def _examples_changed(self) -> None:
        """Rows were added, changed or taken away: as many are shown as were asked for, as far as there are any."""
        count = len(self.examples.rows())
        field: Any = self.shots.field("shots")
        with QSignalBlocker(self.shots):
            field.spin.setMaximum(count)
            field.set_value(min(self._wanted, count))
        field.setEnabled(count > 0)
        self.examples.set_shots(self.shown())
        self._build_prompt()

    def _shots_chosen(self) -> None:
        self._wanted = self.shown()
        self.examples.set_shots(self._wanted)
        self._build_prompt()

    def _setting_changed(self, name: str) -> None:
        """A folder that was chosen at one desk is offered at every other."""
        if name == "models":
            self.model.remember(self.preferences["models"])

    def _library_changed(self) -> None:
        """While texts come, the library changes thirty times a second."""
        self._changed_since = True
        if not self._look_again.isActive():
            self._look_again.start()

    def _models_changed(self) -> None:
        if not self._changed_since or not self.isVisible():
            return  # it looks once it is shown
        self._changed_since = False
        before = self.model.value()
        self.model.refresh()
        if before != self.model.value():
            self._model_chosen()
            self.edited.emit()

    def _model_chosen(self) -> None:
        model = self.model.value()
        self.settings.set_spec(writers.spec_of(model, self.project))
        fits = self.settings.spec is not None
        if fits and model is not None and Path(model).is_absolute():
            self.preferences.wrote_with(model)
        self.about.say(
            "" if fits or model is None else tr("{path} is not the folder of a language model.", path=model), "problem"
        )
        self.write.setEnabled(fits)
        self._show_place()

    def _show_place(self) -> None:
        self.made.show_place()
        if self.model.value() is not None:
            self.made.empty.say(tr("What is written appears here, and in the library."))
        else:
            self.made.empty.say(
                tr("A desk needs a language model. Train one on texts of your own, or choose a model's folder."),
                tr("Train a model"),
                lambda: self.train_wanted.emit(),
                (tr("Choose a folder…"), self.choose_folder),
            )

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        share(self.splitter, self.width())
        if not self.right.property("shared"):
            self.right.setProperty("shared", True)
            self.right.setSizes([2, 3])
        self._models_changed()

    # Building

    def _build(self, window: Any) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        left = QWidget(self.splitter)
        self.right = splitter(Qt.Orientation.Vertical, GAP, self.splitter)
        self.prompt = PromptEdit(self.right)
        self.prompt.changed.connect(self.edited)
        self.prompt.lists_wanted.connect(self.lists_wanted)
        self.made = Creations(window, self._is_ours, self.right)
        self.made.opened.connect(self.opened)
        self._build_left(left)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)

    def _is_ours(self, job: dict[str, Any]) -> bool:
        was = job.get("desk") or {}
        return was.get("id") == self.desk.id and not was.get("compared")

    def _build_left(self, left: QWidget) -> None:
        whole = column(left)
        area, inside = scrolling(left)
        whole.addWidget(area, 1)
        fields = column(inside)
        fields.setContentsMargins(0, 0, GRID, GRID)
        self.model = ModelChooser(lambda: writers.names(self.project), parent=inside)
        self.model.setAccessibleName(tr("Model"))
        self.model.setMinimumHeight(HEIGHT)
        self.model.chosen.connect(self._model_chosen)
        self.about = SentenceLabel(inside)
        self.form = DeskForm(self.desk, inside)
        self.form.changed.connect(self._build_prompt)
        self.shots = Form([_shots()], parent=inside)
        self.shots.changed.connect(self._shots_chosen)
        self.change = QPushButton(icon("table"), tr("Change the examples…"), inside)
        self.change.clicked.connect(self.examples_wanted)
        self.settings = WritingSettings(self.desk, lambda: [row.name for row in self.project.models.list()], inside)
        self.seed = SeedField(lock=True, parent=inside)
        self.seed.changed.connect(lambda: self.prompt.set_seed(self.seed.value()))
        self.seed.roll()
        for edited in (self.model.chosen, self.settings.changed, self.seed.changed):
            edited.connect(self.edited)
        fields.addLayout(labelled(tr("Model"), self.model))
        fields.addWidget(self.about)
        fields.addSpacing(GRID)
        fields.addWidget(self.form)
        fields.addSpacing(GRID)
        fields.addWidget(self.shots)
        fields.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        fields.addSpacing(GRID)
        fields.addWidget(self.settings)
        fields.addLayout(labelled(tr("Seed"), self.seed))
        fields.addStretch()
        self.problem = SentenceLabel(left)
        whole.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        whole.addLayout(buttons)
        self.write = main_action(QPushButton(tr("Write"), left))
        self.write.setToolTip(tr("Write ({key})", key="Ctrl+Return"))
        self.write.clicked.connect(self.start)
        self.stop_button = self.made.stop_button(left)
        buttons.addWidget(self.write)
        buttons.addWidget(self.stop_button)
        buttons.addStretch()


def _shots() -> Described:
    return Described(
        name="shots",
        kind="int",
        default=FIRST_SHOTS,
        title=mark("Examples shown"),
        help=mark(
            "A model learns from examples what you want: a few finished ones stand before your request, and it goes on in "
            "the same way. Small models need them more than instructions. 0 shows none."
        ),
        low=0,
        high=MANY,
    )
