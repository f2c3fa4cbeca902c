"""Whether the project can be written now. What could not be written is written when it can be again."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from aigc_desktop.library.disk import Trouble
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Sentence


class Place(QObject):
    """The place where the project lies. `look` is called every second; it says once what is wrong, and once that it is over."""

    changed = Signal(object)  # the Sentence that says why nothing can be kept now; None from when it can again

    def __init__(self, project: Project, parent: QObject | None = None):
        super().__init__(parent)
        self._project = project
        self._later: dict[str, Callable[[], Any]] = {}
        self.trouble: Sentence | None = None

    def write(self, key: str, act: Callable[[], Any]) -> None:
        """Do what writes into the project: now, or once the trouble is over, then only the latest of each key.

        An act that cannot be done for another reason (its run was removed meanwhile) is let go.
        """
        self._later.pop(key, None)
        if self.trouble is not None and self._later:
            self._later[key] = act  # what came before is not written yet either
            return
        self._try(key, act)

    def look(self) -> bool:
        """Whether the project can be written now; writes what was left."""
        try:
            self._project.require()
        except BadInput as problem:
            self._say(problem.sentence)
            return False
        for key, act in list(self._later.items()):
            del self._later[key]
            if not self._try(key, act):
                return False
        self._say(None)
        return True

    def _try(self, key: str, act: Callable[[], Any]) -> bool:
        try:
            act()
        except Trouble as trouble:
            self._later = {key: act, **self._later}
            self._say(trouble.sentence)
            return False
        except BadInput:
            pass
        return True

    def _say(self, trouble: Sentence | None) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.changed.emit(trouble)
