"""From data to something made, without another click: trains, then creates with the model, where it can be watched."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from aigc_desktop.engine import events
from aigc_desktop.engine.job import STARTER, Job
from aigc_desktop.engine.params import describe, make
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

KEY = "welcome"  # of its sentence in the window
SAYS = {
    "train": mark(
        "Training for {time}. Watch it learn; then it makes something by itself, and puts it into the library."
    ),
    "create": mark("It has learned enough to begin. Now it makes something."),
    "stopped": mark("Stopped early. It makes something with what it has learned so far."),
    "made": mark(
        "Made by your first model, and kept in the library. Drop files of your own here to teach it something else."
    ),
}


def time_of(spec: Spec) -> str:
    """How long a training with the spec's welcome settings takes: 45 s · 1 min."""
    wished = spec.welcome.train if spec.welcome is not None else {}
    seconds = make(spec.params("train"), wished).max_seconds  # type: ignore[attr-defined]
    return tr("{n} min", n=amounts.whole(seconds / 60)) if seconds % 60 == 0 else amounts.about(seconds)


class FirstResult(QObject):
    """One training with a spec's welcome settings and the creation that follows it. Lives as long as its window.

    A training that is stopped creates with what it has learned; one that is paused or interrupted, once it is continued.
    """

    def __init__(self, window: "MainWindow", spec: Spec, data: str = STARTER):
        super().__init__(window)
        self.window, self.spec, self.data = window, spec, data
        self.training = self.creation = ""  # the runs
        self._said = ""
        window.jobs.ended.connect(self._ended)
        window.settings.changed.connect(self._setting_changed)

    def start(self) -> None:
        """Open the Train page, filled in as a user would, and begin."""
        panel = self.window.open_generator(self.spec.id, self._job("train", data=self.data))
        self.training = self.window.jobs.submit(panel.train.job())
        panel.show_run(self.training)
        self._say("train")

    def _job(self, action: str, **fields: Any) -> Job:
        params, welcome = self.spec.params(action), self.spec.welcome
        wished = dict(getattr(welcome, action)) if welcome is not None else {}
        wished |= {
            one.name: tr(wished[one.name]) for one in describe(params) if one.kind == "prompt" and one.name in wished
        }
        values = make(params, wished).model_dump(mode="json")
        return Job(generator=self.spec.id, action=action, params=values, **fields)

    def _ended(self, run: str, last: events.Last) -> None:
        if run == self.training:
            self._trained(last)
        elif run == self.creation:
            self._created(last)

    def _trained(self, last: events.Last) -> None:
        try:
            row = self.window.project.runs.get(self.training)
        except BadInput:  # removed meanwhile
            row = None
        if row is not None and row.state in ("finished", "cancelled") and row.model:
            self._say("create" if row.state == "finished" else "stopped")
            self._create(row.model)
        elif row is None or not getattr(last, "resumable", False):
            self._leave()
        else:
            self.window.notices.remove(KEY)  # the page says how it stands, and offers to continue

    def _create(self, model: str) -> None:
        job = self._job("create", model=model)
        if self._watched():
            self.window.open_generator(self.spec.id, job)
        self.creation = self.window.jobs.submit(job)

    def _created(self, last: events.Last) -> None:
        made = isinstance(last, events.Finished) and bool(last.items)
        if made:
            self._say("made")
        self._leave(keep=made)

    def _watched(self) -> bool:
        """Whether the user still looks at it: who has gone on to another panel is left there."""
        current = self.window.area.current()
        return current is None or current.objectName() == self.spec.id

    def _say(self, what: str) -> None:
        self._said = what
        text = tr(SAYS[what], time=time_of(self.spec)) if what == "train" else tr(SAYS[what])
        show = {} if what != "made" or self._watched() else {tr("Show"): self._show}
        self.window.notices.show_sentence(KEY, text, show)

    def _show(self) -> None:
        self.window.open_generator(self.spec.id, action="create")

    def _setting_changed(self, name: str) -> None:
        if name == "language" and KEY in self.window.notices.texts():
            self._say(self._said)

    def _leave(self, keep: bool = False) -> None:
        """Its work is done."""
        if not keep:
            self.window.notices.remove(KEY)
        self.window.jobs.ended.disconnect(self._ended)
        self.window.settings.changed.disconnect(self._setting_changed)
        self.deleteLater()
