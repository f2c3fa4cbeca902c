"""What a view of a model's inside shows, made into items of the library by a creation like any other."""

from typing import Any

from PySide6.QtCore import QObject

from aigc_desktop.engine.events import Finished, Last, Saved
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import make
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui.subscriptions import Subscriptions
from aigc_desktop.ui.views import View


class Keeping(QObject):
    """Says in the view where that went which was kept."""

    def __init__(self, spec: Spec, jobs: Any, parent: QObject):
        super().__init__(parent)
        self.spec, self.jobs = spec, jobs
        self._heard = Subscriptions(self)
        self._names: dict[str, tuple[View, list[str]]] = {}  # of each run the items so far
        jobs.ended.connect(self._ended)

    def keep(self, view: View, model: str | None, settings: dict[str, Any]) -> None:
        """Put the creation into the queue: `settings` of it, "seed" its own."""
        settings = dict(settings)
        seed = int(settings.pop("seed", 0))
        try:
            if self.spec.create is None or model is None:
                raise BadInput(mark("Choose a model first."))
            params = make(self.spec.create, settings).model_dump(mode="json")
            job = Job(generator=self.spec.id, action="create", params=params, model=model, seed=seed)
            run = self.jobs.submit(job)
        except BadInput as problem:
            view.say_kept(str(problem), "problem")
            return
        names: list[str] = []
        self._names[run] = view, names
        self._heard.add(self.jobs.subscribe(run, Saved, lambda saved: names.append(saved.name)))
        if self.jobs.is_running(run):
            view.say_kept(tr("It is being made…"))
        else:
            view.say_kept(tr("It is made when its turn in the queue comes."))

    def _ended(self, run: str, last: Last) -> None:
        if run not in self._names:
            return
        view, names = self._names.pop(run)
        if not isinstance(last, Finished):
            view.say_kept(str(getattr(last, "text", "") or tr("Stopped")), "warning")
        elif len(names) == 1:
            view.say_kept(tr("In the library: {name}", name=names[0]))
        else:
            view.say_kept(tr("In the library: {count} things", count=len(names)))
