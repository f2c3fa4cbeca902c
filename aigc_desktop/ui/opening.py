"""Opening a project without a frozen window: one whose index must be looked through or made again is read in the background."""

import threading
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.library.project import Project
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import theme
from aigc_desktop.ui.settings import NAME

PATIENCE = 300  # milliseconds without a word


def open_project(folder: Path, create: bool) -> Project:
    """`Project.open`, for the window's thread, which goes on meanwhile; what takes longer than a moment is shown."""
    if Project.opens_quickly(folder):
        return Project.open(folder, create=create)
    reading = Reading(folder, create)
    waiting = Waiting(folder.name)
    reading.read.connect(waiting.show_count)
    loop = QEventLoop()
    reading.finished.connect(loop.quit)
    soon = QTimer(singleShot=True, interval=PATIENCE)
    soon.timeout.connect(waiting.show)
    soon.start()
    reading.start()
    loop.exec()
    reading.wait()  # also where the program is asked to end: the project is whole then
    soon.stop()
    waiting.hide()
    waiting.deleteLater()
    if reading.problem is not None:
        raise reading.problem
    project = Project.open(folder, create=create)  # quick now; a project belongs to the thread that opened it
    project.mended = [*reading.mended, *project.mended]
    return project


class Reading(QObject):
    """Opens a project, and closes it again, in a thread of its own: after that it opens at once."""

    read = Signal(int, int)  # files, of how many
    finished = Signal()

    def __init__(self, folder: Path, create: bool, parent: QObject | None = None):
        super().__init__(parent)
        self._folder, self._create = folder, create
        self.mended: list[Sentence] = []
        self.problem: Exception | None = None
        # Not a QThread: for those that are not its own, Python keeps an entry for ever once a library asks who runs.
        self._thread = threading.Thread(target=self._read, name="opening a project")

    def start(self) -> None:
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def _read(self) -> None:
        try:
            with Project.open(self._folder, create=self._create, tell=self.read.emit) as project:
                self.mended = project.mended
        except Exception as problem:  # noqa: BLE001 - raised again in the window's thread
            self.problem = problem
        self.finished.emit()


class Waiting(QWidget):
    """A small window that says what is going on before there is a large one."""

    def __init__(self, name: str):
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint)
        self.setWindowTitle(NAME)
        self._label = QLabel(tr("Looking through the project {name}…", name=name))
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setMinimumHeight(2 * self._label.fontMetrics().lineSpacing())
        self._bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self._bar.setAccessibleName(self._label.text())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * theme.GAP] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._label)
        layout.addWidget(self._bar)
        self.setFixedWidth(440)
        screen = QApplication.primaryScreen().availableGeometry()
        self.adjustSize()
        self.move(screen.center() - self.rect().center())

    def show_count(self, done: int, total: int) -> None:
        text = tr("The library is made again from its files: {done:,} of {total:,}.", done=done, total=total)
        self._label.setText(text)
        self._bar.setAccessibleName(text)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # it goes when the project is there
