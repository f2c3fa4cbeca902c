"""What can be done with items and models of the library, for the grid, the lists and the item's own window."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from aigc_desktop.engine.job import remembered
from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import pixmaps, reveal
from aigc_desktop.ui.adapters import Adapters
from aigc_desktop.ui.jobs import CONTINUABLE, Jobs
from aigc_desktop.ui.library_model import mime_of

REMEMBERED = 50  # removals that can be undone


class ItemActions(QObject):
    """Does it, says what was done in a sentence, and can take back what was removed."""

    use_settings = Signal(dict)  # a job whose settings the user wants in the panel
    made_again = Signal(str)  # the run that makes an item exactly again
    said = Signal(str, bool)  # a sentence; whether `undo` takes back what it tells of

    def __init__(self, project: Project, jobs: Jobs, parent: QObject | None = None):
        super().__init__(parent)
        self.project, self.jobs = project, jobs
        self._undo: list[Callable[[], None]] = []
        self.adapters = Adapters(self)

    # Items

    def copy(self, items: Sequence[Item]) -> None:
        """Onto the clipboard: the files, and the picture or the text itself."""
        if not items:
            return
        mime = mime_of(items)
        if len(items) == 1 and items[0].medium == "picture":
            mime.setImageData(pixmaps.read(items[0].path))
        QGuiApplication.clipboard().setMimeData(mime)

    def reveal(self, thing: Item | ModelRow) -> None:
        reveal.reveal(thing.path)

    def use(self, item: Item) -> None:
        """Fill the panel with the settings that the item was made with."""
        self.use_settings.emit(item.job)

    def again(self, item: Item) -> str:
        """Make exactly this again: the same job with the same seed. The id of its run."""
        run = self.jobs.submit(remembered(item.job))
        self.made_again.emit(run)
        return run

    def rename(self, item: Item, name: str) -> None:
        if name != item.name:
            self._try(lambda: self.project.items.rename(item.id, name))

    def trash(self, items: Sequence[Item]) -> None:
        """Move items to the project's trash; `undo` brings them back."""
        done = [item for item in items if self._try(lambda item=item: self.project.items.trash(item.id))]
        if done:
            self._undo = [*self._undo[1 - REMEMBERED :], lambda: self._restore(done)]
            self.said.emit(
                tr("In the trash: {name}", name=done[0].name)
                if len(done) == 1
                else tr("In the trash: {count} things", count=len(done)),
                True,
            )

    def restore(self, items: Sequence[Item]) -> None:
        """Bring items back from the trash."""
        self._restore(items)
        if items:
            self.said.emit(
                tr("Back in the library: {name}", name=items[0].name)
                if len(items) == 1
                else tr("Back in the library: {count} things", count=len(items)),
                False,
            )

    def _restore(self, items: Sequence[Item]) -> None:
        for item in items:
            self._try(lambda item=item: self.project.items.restore(item.id))

    # Models

    def rename_model(self, model: ModelRow, name: str) -> bool:
        return name == model.name or self._try(lambda: self.project.models.rename(model.name, name))

    def trash_model(self, model: ModelRow) -> None:
        if self._try(lambda: self.project.models.trash(model.name)):
            self._undo = [*self._undo[1 - REMEMBERED :], lambda: self.restore_model(model)]
            self.said.emit(tr("In the trash: {name}", name=model.name), True)

    def restore_model(self, model: ModelRow) -> None:
        self._try(lambda: self.project.models.restore(model.name))

    def can_continue(self, model: ModelRow) -> bool:
        """The training that made the model was stopped before its end, and its checkpoint is there."""
        if model.run is None or self.jobs.is_running(model.run):
            return False
        try:
            row = self.project.runs.get(model.run)
        except BadInput:
            return False
        return not row.trashed and row.state in CONTINUABLE and self.jobs.checkpoint(model.run) > 0

    def continue_training(self, model: ModelRow) -> None:
        if model.run is not None:
            self.jobs.resume(model.run)

    # All

    def undo(self) -> None:
        """Bring back what was removed last."""
        if self._undo:
            self._undo.pop()()

    @property
    def undoable(self) -> bool:
        return bool(self._undo)

    def empty_trash(self) -> None:
        """Delete for good what is in the trash: items, models, and the runs that were taken out of the queue."""
        self._undo.clear()
        self._try(self.project.items.empty_trash)
        self._try(self.project.models.empty_trash)
        self._try(self.project.runs.empty_trash)

    def _try(self, act: Callable[[], Any]) -> bool:
        try:
            act()
        except BadInput as problem:
            self.said.emit(str(problem), False)
            return False
        self.jobs.library_changed.emit()
        return True
