"""What can be done with the adapters among the models: merge, export, be without it. The work is done by jobs of the queue."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from aigc_desktop.engine import adapter_files, events, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import mark, tr
from aigc_desktop.library import names
from aigc_desktop.library.models import ModelRow
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from aigc_desktop.ui.item_actions import ItemActions

NO_PROGRAM = mark("No generator here opens the model {path}.")


class Adapters(QObject):
    """Puts the jobs into the queue, and says in a sentence what came of them."""

    def __init__(self, actions: "ItemActions"):
        super().__init__(actions)
        self._actions, self.project, self.jobs = actions, actions.project, actions.jobs
        self._runs: dict[str, Callable[[events.Finished], str]] = {}
        self._coming: set[Path] = set()  # folders that jobs in the queue will make
        self.jobs.ended.connect(self._ended)

    def is_one(self, model: ModelRow) -> bool:
        """Whether the model is an adapter, whose base lies elsewhere."""
        return adapter_files.is_adapter(model.path)

    def merge(self, model: ModelRow) -> str:
        """Make a whole model of it and its base; the id of the run."""
        name = tr("{name}, merged", name=model.name)
        job = Job(generator=model.generator, action="convert", model=model.name, params={"merged": True}, name=name)
        return self._submit(job, lambda last: tr("There is a new model: {name}.", name=(last.model or {}).get("name")))

    def ask_where(self, model: ModelRow, merged: bool, parent: QWidget | None = None) -> None:
        """Let the user choose a place, and export it there."""
        title = tr("Choose where the model's folder goes") if merged else tr("Choose where the adapter's folder goes")
        folder = QFileDialog.getExistingDirectory(parent, title)
        if folder:
            self.export(model, Path(folder), merged)

    def export(self, model: ModelRow, place: Path, merged: bool) -> str:
        """Write it, or with its base as a whole model, as a new folder in this place; the id of the run."""
        name = names.unique(
            names.file_name(model.name), lambda one: (place / one).exists() or place / one in self._coming
        )
        target = place / name
        self._coming.add(target)
        job = Job(
            generator=model.generator, action="convert", model=model.name, params={"merged": merged}, out=str(target)
        )
        return self._submit(job, lambda last: tr("Exported to {path}.", path=target))

    def without(self, model: ModelRow) -> None:
        """Create with its base alone from now on."""
        try:
            base = adapter_files.base_of(model.path)
            self._actions.use_settings.emit(self._with(base).model_dump(mode="json"))
        except (BadInput, OSError) as problem:
            self._actions.said.emit(str(problem), False)

    def _with(self, base: Path) -> Job:
        for row in self.project.models.list():
            if row.path == base:
                return Job(generator=row.generator, action="create", model=row.name)
        able = [spec for spec in registry.specs().values() if spec.opens is not None and spec.opens(base)]
        if not able:
            raise BadInput(NO_PROGRAM, path=base)
        return Job(generator=able[0].id, action="create", model=str(base))

    def _submit(self, job: Job, said: Callable[[events.Finished], str]) -> str:
        run = self.jobs.submit(job)
        self._runs[run] = said
        return run

    def _ended(self, run: str, last: Any) -> None:
        said = self._runs.pop(run, None)
        if said is None:
            return
        if not self._runs:
            self._coming.clear()
        if isinstance(last, events.Finished):
            self._actions.said.emit(said(last), False)
        elif isinstance(last, events.Failed | events.Lost):
            self._actions.said.emit(str(last.text), False)
