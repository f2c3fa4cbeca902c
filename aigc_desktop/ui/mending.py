"""The index of the open project: what was mended when it was opened is said, and damage that shows later is mended."""

import os
from typing import Any

from PySide6.QtCore import QObject, QTimer

from aigc_desktop.problems import Sentence
from aigc_desktop.ui.project_commands import Task

KEY = "mended"
AGAIN = 1000  # milliseconds, while another command works on the project


class Mending(QObject):
    """Belongs to the window; the work is done in a thread, on a connection of its own."""

    def __init__(self, window: Any):
        super().__init__(window)
        self._window = window
        self._wanted = False
        window.project.when_damaged(self._want)

    def tell(self) -> None:
        """Say what was mended when the project was opened."""
        self._say(self._window.project.mended)

    def _say(self, sentences: list[Sentence]) -> None:
        if sentences:
            self._window.notices.show_sentence(KEY, " ".join(str(sentence) for sentence in sentences))

    def _want(self) -> None:
        # Windows lets nobody replace a file that is open: there the next start mends it.
        if not self._wanted and os.name != "nt":
            self._wanted = True
            QTimer.singleShot(0, self, self._mend)

    def _mend(self) -> None:
        task = self._window.task
        if task is not None and task.isRunning():
            QTimer.singleShot(AGAIN, self, self._mend)
            return
        self._window.task = Task(self._window.project, lambda project: project.mended, self._window)
        self._window.task.done.connect(self._mended)
        self._window.task.failed.connect(lambda sentence: self._window.notices.show_sentence(KEY, str(sentence)))
        self._window.task.start()

    def _mended(self, sentences: list[Sentence]) -> None:
        self._wanted = False
        self._window.project.data_version()  # looks for the new index
        self._window.notices.remove("problem")
        self._say(sentences)
        self._window.jobs.library_changed.emit()
        self._window.jobs.changed.emit()
