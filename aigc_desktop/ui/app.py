"""The program with a window: settings, log, language, project, window; from start to end."""

import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QObject, Qt, QTranslator, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

from aigc_desktop import __version__, i18n
from aigc_desktop.engine import network
from aigc_desktop.engine.events import Failed, Last, Lost
from aigc_desktop.i18n import tr
from aigc_desktop.library.places import FIRST, default_project, documents_folder
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import numerals, opening, roles, theme
from aigc_desktop.ui.crash import Crash, Mark
from aigc_desktop.ui.garbage import Garbage
from aigc_desktop.ui.instance import Instance
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.log import Log, log_file
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import NAME, Settings
from aigc_desktop.ui.signals import Signals


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
    mark = Mark(log_file())
    crash = mark.take()
    log.start()
    mark.start()
    about = (__version__, platform.platform(), platform.python_version(), qVersion())
    logging.getLogger(__name__).info("AIGC Desktop %s on %s, Python %s, Qt %s", *about)
    asked: list[bool] = []  # to end, also while a project is still being opened

    def end() -> None:
        asked.append(True)
        app.exit(0)

    signals = Signals(end)  # ends without asking, but saves
    try:
        try:
            studio = Studio(app, Settings(), log, crash)
            if not studio.start(chosen, ready):  # the project is open in another window, which came forward
                mark.end()
                return 0
        except BadInput as problem:
            QMessageBox.critical(None, NAME, str(problem))
            mark.end()
            return 2
        except Exception:
            logging.getLogger(__name__).exception("the window could not be opened")
            QMessageBox.critical(None, NAME, tr("AIGC Desktop could not start. {path} says why.", path=log.file))
            return 1
        app.commitDataRequest.connect(lambda _manager: studio.log_out(mark), Qt.ConnectionType.DirectConnection)
        code = 0 if asked else app.exec()
        studio.end()
        mark.end()
        return code
    finally:
        signals.stop()
        log.stop()
        garbage.stop()


class Studio(QObject):
    """Holds what outlives a window: the project, its jobs, language and theme."""

    def __init__(self, app: QApplication, settings: Settings, log: Log, crash: Crash | None = None):
        super().__init__()
        self.app, self.settings, self.log, self.crash = app, settings, log, crash
        self.project: Project | None = None
        self.instance: Instance | None = None
        self.jobs: Jobs | None = None
        self.window: MainWindow | None = None
        network.switch(settings["offline"])
        self._qt_words = QTranslator(self)
        numerals.install()
        self._speak()
        theme.apply(app, settings["theme"])
        roles.install()
        settings.changed.connect(self._setting_changed)

    def start(self, chosen: Path | None = None, ready: Callable[[], None] | None = None) -> bool:
        """Open the project that was asked for, else the last one, else the user's first, else a new one beside it.

        False where another window has it open, which came forward. BadInput where none can be opened.
        """
        problem: BadInput | None = None
        for folder, create in self._candidates(chosen):
            instance = Instance.claim(folder, str(problem or ""))
            if instance is None:
                return False
            instance.wanted.connect(self.come_forward)
            if not Project.opens_quickly(folder):
                instance.listen()  # who is impatient and starts again is not to open it a second time
            try:
                project = opening.open_project(folder, create)
            except BadInput as error:
                instance.release()
                problem = problem or error
                continue
            self._show(project, instance, ready)
            if problem is not None and self.window is not None:
                instead = tr("The project {name} is open instead.", name=project.name)
                self.window.say_project(f"{problem} {instead}")
            return True
        assert problem is not None
        raise problem

    def _candidates(self, chosen: Path | None) -> Iterator[tuple[Path, bool]]:
        """The folders to try, one after another, and whether a project may be made there."""
        last = [Path(path) for path in self.settings["projects"]]
        named = bool(os.environ.get("AIGC_PROJECT"))
        first = default_project()
        if chosen is not None:
            yield chosen, True
        elif named:
            yield first, True
        elif last:
            yield last[0], False  # where it is gone, that is said
        tried = [] if named or chosen is not None else last[:1]
        yield from ((folder, False) for folder in last if folder not in tried and folder.is_dir())
        for place in dict.fromkeys([first, documents_folder() / FIRST]):  # the folder for projects may be gone
            yield place, True
            yield from ((place.with_name(f"{place.name} {number}"), True) for number in range(2, 10))

    def open_project(self, folder: Path, create: bool) -> None:
        """Change to another project, once the jobs of this one are saved; a sentence in the window if it cannot be opened.

        Where another window has it open, that one comes forward instead.
        """
        assert self.window is not None
        if self.project is not None and folder.expanduser().resolve() == self.project.path.resolve():
            return
        instance = Instance.claim(folder, patience=1.0)
        if instance is None:
            return
        instance.wanted.connect(self.come_forward)
        try:
            project = opening.open_project(folder, create)
        except BadInput as problem:
            instance.release()
            self.window.notices.show_sentence("project", str(problem))
            return

        def stay() -> None:
            project.close()
            instance.release()

        self.window.leave(lambda: self._change(project, instance), otherwise=stay)

    def come_forward(self, sentence: str = "") -> None:
        """Bring the window in front of all others, because the program was started again."""
        if sentence and self.window is not None:
            self.window.notices.show_sentence("project", sentence)
        opens = [one for one in self.app.topLevelWidgets() if one.isVisible()]  # what is shown while a project opens
        for window in [self.window] if self.window is not None else opens:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def log_out(self, mark: Mark) -> None:
        """The system ends the session, and may end the process without another word."""
        if self.window is not None:
            self.window.save_session()
        if self.jobs is not None:
            self.jobs.interrupt()
        mark.end()

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
        if self.instance is not None:
            self.instance.release()
            self.instance = None

    def _change(self, project: Project, instance: Instance) -> None:
        old, place = self.window, None
        if old is not None:
            place = old.saveGeometry()
        self.end()
        self._show(project, instance)
        if old is not None and self.window is not None:
            self.window.restoreGeometry(place)
            old.close()
            old.deleteLater()

    def _show(self, project: Project, instance: Instance, ready: Callable[[], None] | None = None) -> None:
        self.project, self.instance = project, instance
        self.jobs = Jobs(project, self.settings)
        self.jobs.ended.connect(_into_the_log)
        self.window = MainWindow(self.settings, project, self.jobs, self.log)
        self.window.project_wanted.connect(self.open_project)
        self.jobs.place.changed.connect(self.window.say_place)
        self.window.say_place(self.jobs.place.trouble)
        self.window.painted.connect(self.jobs.warm)
        if ready is not None:
            self.window.painted.connect(ready)
        self.window.painted.connect(lambda: self.settings.opened(project.path))
        self.window.painted.connect(instance.listen)
        self.window.painted.connect(self._tell_of_crash)
        self.window.show()

    def _tell_of_crash(self) -> None:
        """Once, quietly, with the report at hand."""
        window, crash = self.window, self.crash
        if window is None or crash is None:
            return
        self.crash = None

        def show() -> None:
            from aigc_desktop.ui.crash_window import CrashWindow

            window.windows.show("crash", lambda: CrashWindow(crash, window.show_log, window))

        window.notices.show_sentence(
            "crash", tr("AIGC Desktop ended unexpectedly last time."), {tr("Show report"): show}
        )

    def _setting_changed(self, name: str) -> None:
        if name == "theme":
            theme.apply(self.app, self.settings["theme"])
        elif name == "offline":
            network.switch(self.settings["offline"])
        elif name == "language":
            self._speak()
            if self.window is not None:
                self.window.speak()

    def _speak(self) -> None:
        """Use the wished language, for our own words and for Qt's (OK, Cancel, context menus)."""
        wished = self.settings["language"]
        i18n.use(i18n.system_language() if wished == "system" else wished)
        theme.set_fonts(self.app)
        self.app.removeTranslator(self._qt_words)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if i18n.language() != "en" and self._qt_words.load(f"qtbase_{i18n.language()}", folder):
            self.app.installTranslator(self._qt_words)


def _into_the_log(run: str, last: Last) -> None:
    """What the child process cannot write there itself."""
    if isinstance(last, Failed | Lost):
        detail = last.detail if isinstance(last, Failed) else ""
        logging.getLogger(__name__).warning("%s: %s\n%s", run, last.text.english, detail)
