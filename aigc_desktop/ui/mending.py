"""The index of the open project: what was mended when it was opened is said, and damage that shows later is mended."""

import os
from typing import Any

from PySide6.QtCore import QObject, QTimer

from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui.log import UNEXPECTED
from aigc_desktop.ui.opening import Reading

KEY = "mended"


class Mending(QObject):
    """Belongs to the window; the work is done in a thread, on a connection of its own."""

    def __init__(self, window: Any):
        super().__init__(window)
        self._window = window
        self._wanted = False
        self._reading: Reading | None = None
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
        self._reading = Reading(self._window.project.path, create=False, parent=self)
        self._reading.finished.connect(self._mended)
        self._reading.start()

    def _mended(self) -> None:
        assert self._reading is not None
        mended, problem = self._reading.mended, self._reading.problem
        self._reading.wait()
        self._reading.deleteLater()
        self._reading, self._wanted = None, False
        if problem is not None:
            self._window.notices.show_sentence(KEY, str(problem) if isinstance(problem, BadInput) else tr(UNEXPECTED))
            return
        self._window.project.data_version()  # looks for the new index
        self._window.notices.remove("problem")
        self._say(mended)
        self._window.jobs.library_changed.emit()
        self._window.jobs.changed.emit()

    def finish(self) -> None:
        """Wait for what is being mended; nothing is mended any more after that."""
        self._window.project.when_damaged(None)
        if self._reading is not None:
            self._reading.finished.disconnect(self._mended)
            self._reading.wait()
