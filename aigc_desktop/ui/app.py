"""The program with a window: settings, log, language, project, window; from start to end."""

import logging
import os
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

from aigc_desktop import __version__, i18n
from aigc_desktop.engine.events import Failed, Last, Lost
from aigc_desktop.i18n import tr
from aigc_desktop.library.places import default_project
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import theme
from aigc_desktop.ui.garbage import Garbage
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.log import Log, log_file
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import NAME, Settings


def main(argv: Sequence[str] | None = None, ready: Callable[[], None] | None = None) -> int:
    """Open the window and run until it is closed; the exit code. `ready` is called after the first paint.

    The only arguments are `--project DIR`.
    """
    words = list(sys.argv if argv is None else argv)
    chosen = Path(words[-1].removeprefix("--project=")) if len(words) > 1 else None

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName(NAME)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("aigc-desktop")
    garbage = Garbage()
    log = Log(log_file())
    log.start()
    about = (__version__, platform.platform(), platform.python_version(), qVersion())
    logging.getLogger(__name__).info("AIGC Desktop %s on %s, Python %s, Qt %s", *about)
    try:
        try:
            studio = Studio(app, Settings(), log)
            if not studio.start(chosen, ready):
                return 2
        except Exception:
            logging.getLogger(__name__).exception("the window could not be opened")
            QMessageBox.critical(None, NAME, tr("AIGC Desktop could not start. {path} says why.", path=log.file))
            return 1
        for name in (signal.SIGINT, signal.SIGTERM):  # ends without asking, but saves
            signal.signal(name, lambda *_: app.exit(0))
        code = app.exec()
        studio.end()
        return code
    finally:
        log.stop()
        garbage.stop()


class Studio(QObject):
    """Holds what outlives a window: the project, its jobs, language and theme."""

    def __init__(self, app: QApplication, settings: Settings, log: Log):
        super().__init__()
        self.app, self.settings, self.log = app, settings, log
        self.project: Project | None = None
        self.jobs: Jobs | None = None
        self.window: MainWindow | None = None
        self._qt_words = QTranslator(self)
        self._speak()
        theme.apply(app, settings["theme"])
        settings.changed.connect(self._setting_changed)

    def start(self, chosen: Path | None = None, ready: Callable[[], None] | None = None) -> bool:
        """Open the project that was asked for, else the last one, else the user's first; whether one could be opened."""
        last = [] if os.environ.get("AIGC_PROJECT") else [Path(path) for path in self.settings["projects"][:1]]
        problem: BadInput | None = None
        for folder in [chosen] if chosen else [*last, default_project()]:
            try:
                project = Project.open(folder, create=folder not in last)
            except BadInput as error:
                problem = problem or error
                continue
            self._show(project, ready)
            if problem is not None and self.window is not None:
                self.window.notices.show_sentence("project", str(problem))
            return True
        QMessageBox.critical(None, NAME, str(problem))
        return False

    def open_project(self, folder: Path, create: bool) -> None:
        """Change to another project, once the jobs of this one are saved; a sentence in the window if it cannot be opened."""
        assert self.window is not None
        try:
            project = Project.open(folder, create=create)
        except BadInput as problem:
            self.window.notices.show_sentence("project", str(problem))
            return
        if self.project is not None and project.path == self.project.path:
            project.close()
            return
        self.window.leave(lambda: self._change(project), otherwise=project.close)

    def end(self) -> None:
        """Save the session, end the jobs and let go of the project; harmless when called twice."""
        if self.window is not None:
            self.window.put_away()
        if self.jobs is not None:
            self.jobs.shutdown()
            self.jobs = None
        if self.project is not None:
            self.project.close()
            self.project = None

    def _change(self, project: Project) -> None:
        old, place = self.window, None
        if old is not None:
            place = old.saveGeometry()
        self.end()
        self._show(project)
        if old is not None and self.window is not None:
            self.window.restoreGeometry(place)
            old.close()
            old.deleteLater()

    def _show(self, project: Project, ready: Callable[[], None] | None = None) -> None:
        self.project = project
        self.jobs = Jobs(project, self.settings)
        self.jobs.ended.connect(_into_the_log)
        self.window = MainWindow(self.settings, project, self.jobs, self.log)
        self.window.project_wanted.connect(self.open_project)
        self.window.painted.connect(self.jobs.warm)
        if ready is not None:
            self.window.painted.connect(ready)
        self.window.painted.connect(lambda: self.settings.opened(project.path))
        self.window.show()

    def _setting_changed(self, name: str) -> None:
        if name == "theme":
            theme.apply(self.app, self.settings["theme"])
        elif name == "language":
            self._speak()
            if self.window is not None:
                self.window.speak()

    def _speak(self) -> None:
        """Use the wished language, for our own words and for Qt's (OK, Cancel, context menus)."""
        wished = self.settings["language"]
        i18n.use(i18n.system_language() if wished == "system" else wished)
        self.app.removeTranslator(self._qt_words)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if i18n.language() != "en" and self._qt_words.load(f"qtbase_{i18n.language()}", folder):
            self.app.installTranslator(self._qt_words)


def _into_the_log(run: str, last: Last) -> None:
    """What the child process cannot write there itself."""
    if isinstance(last, Failed | Lost):
        detail = last.detail if isinstance(last, Failed) else ""
        logging.getLogger(__name__).warning("%s: %s\n%s", run, last.text.english, detail)
