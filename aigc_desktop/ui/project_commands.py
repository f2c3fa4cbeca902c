"""Commands on whole projects: new, open, show, check, rebuild."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QThread, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from aigc_desktop.i18n import mark, tr
from aigc_desktop.library.places import projects_folder
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

SHOWN = 3  # sentences of a check; the log has all


def new(window: "MainWindow") -> None:
    """Ask for a name and a place, and open a new project there."""
    wished = projects_folder()
    folder = wished if wished.is_dir() else Path(window.project.path).parent
    path, _ = QFileDialog.getSaveFileName(window, tr("New project"), str(folder / tr("New project")), options=_FOLDERS)
    if path:
        window.project_wanted.emit(Path(path), True)


def open_existing(window: "MainWindow") -> None:
    """Ask for the folder of a project and open it."""
    path = QFileDialog.getExistingDirectory(window, tr("Open project"), str(Path(window.project.path).parent))
    if path:
        window.project_wanted.emit(Path(path), False)


_FOLDERS = QFileDialog.Option.DontConfirmOverwrite


def show_folder(window: "MainWindow") -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(window.project.path)))


def verify(window: "MainWindow") -> None:
    """Compare every file of the project with the library, and say what is wrong."""

    def said(sentences: list[Sentence]) -> None:
        for sentence in sentences:
            logging.getLogger(__name__).warning("check: %s", sentence.english)
        if not sentences:
            window.notices.show_sentence("library", tr("Every file of the project is as it was saved."))
            return
        text = " ".join(str(sentence) for sentence in sentences[:SHOWN])
        if len(sentences) > SHOWN:
            text += " " + tr("And {count} more.", count=len(sentences) - SHOWN)
        window.notices.show_sentence("library", text, {tr("Show log"): window.show_log})

    _in_background(window, tr("Checking the project…"), lambda project: project.verify(), said)


def rebuild(window: "MainWindow") -> None:
    """Make the library's index again from what the files themselves say."""

    def said(counts: dict[str, int]) -> None:
        window.jobs.library_changed.emit()
        text = tr("The library was rebuilt from the files: {count} entries.", count=sum(counts.values()))
        window.notices.show_sentence("library", text)

    _in_background(window, tr("Rebuilding the library…"), lambda project: project.rebuild(), said)


class Task(QThread):
    """Does one thing to a project in the background, on a connection of its own."""

    done = Signal(object)
    failed = Signal(object)  # a Sentence

    def __init__(self, project: Any, act: Callable[[Any], Any], parent: Any):
        super().__init__(parent)
        self._open, self._path, self._act = type(project).open, project.path, act
        self.over = False  # what there is to say is about to be said; the thread may need a moment more

    def run(self) -> None:
        told, answer = self.done, None
        try:
            project = self._open(self._path, create=False)
            try:
                answer = self._act(project)
            finally:
                project.close()
        except BadInput as problem:
            told, answer = self.failed, problem.sentence
        except Exception:
            logging.getLogger(__name__).exception("a command on the project")
            told = self.failed
            answer = Sentence(mark("The project could not be read to the end; the log says more."))
        self.over = True
        told.emit(answer)


def _in_background(window: "MainWindow", text: str, act: Callable[[Any], Any], said: Callable[[Any], None]) -> None:
    if window.task is not None and not window.task.over:
        return
    if window.task is not None:
        window.task.wait()
    window.notices.show_sentence("library", text)
    window.task = Task(window.project, act, window)
    window.task.done.connect(said)
    window.task.failed.connect(lambda sentence: window.notices.show_sentence("library", str(sentence)))
    window.task.start()
