"""The program from start to end: what is loaded before it is seen, projects, language, how it ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget

from aigc_desktop import i18n
from aigc_desktop.engine.events import Failed
from aigc_desktop.engine.job import Job
from aigc_desktop.library.places import default_project
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui import theme
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log, log_file
from aigc_desktop.ui.settings import Settings

START = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from aigc_desktop.ui.app import main

LATE = ("torch", "numpy", "pyqtgraph", "PIL", "qtawesome", "transformers", "av", "soundfile")

def ready():
    window = QApplication.activeWindow() or QApplication.topLevelWidgets()[0]
    said = {"visible": window.isVisible(), "early": [name for name in LATE if name in sys.modules]}
    def later():
        said["torch later"] = "torch" in sys.modules
        said["panels"] = list(window.area.docks)
        print(json.dumps(said))
        QApplication.instance().closeAllWindows()
    window.complete()
    QTimer.singleShot(200, later)

if __name__ == "__main__":
    sys.exit(main(["aigc-desktop"], ready))
"""


@pytest.fixture
def studio(qapp: QApplication, qtbot) -> Iterator[Studio]:
    made = Studio(qapp, Settings(), Log())
    yield made
    made.end()
    if made.window is not None:
        made.window.close()
        made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.removeTranslator(made._qt_words)
    theme.apply(qapp, "light")


def test_start_to_end(tmp_path: Path) -> None:
    script = tmp_path / "start.py"
    script.write_text(START)
    done = subprocess.run([sys.executable, script], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    assert said == {"visible": True, "early": [], "torch later": False, "panels": []}
    assert (default_project() / "library.sqlite").exists()
    assert "AIGC Desktop" in log_file().read_text(encoding="utf-8")


def test_the_last_project_opens_again(studio: Studio, tmp_path: Path) -> None:
    Project.open(tmp_path / "mine").close()
    studio.settings.opened(tmp_path / "mine")
    assert studio.start()
    assert studio.project is not None and studio.project.path == tmp_path / "mine"


def test_a_project_that_is_gone(studio: Studio, tmp_path: Path) -> None:
    studio.settings.opened(tmp_path / "gone")
    assert studio.start()
    assert studio.window is not None and studio.project is not None
    assert studio.project.path == default_project()
    assert "gone" in studio.window.notices.texts()["project"]
    assert not (tmp_path / "gone").exists()


def test_a_chosen_project_that_cannot_be_opened(studio: Studio, tmp_path: Path) -> None:
    """The window opens all the same, with a project that can be opened, and says why."""
    (tmp_path / "file").write_text("no project")
    default_project().parent.mkdir(parents=True)
    default_project().write_text("in the way")
    Project.open(tmp_path / "old").close()
    assert studio.start(tmp_path / "file")
    assert studio.window is not None and studio.project is not None
    assert studio.project.path == default_project().with_name("My project 2"), "a new one beside the user's first"
    said = studio.window.notices.texts()["project"]
    assert "file is a file, not a project" in said and "My project 2" in said
    studio.end()
    studio.window.close()
    studio.window.deleteLater()
    studio.settings["projects"] = [str(tmp_path / "gone"), str(tmp_path / "old")]
    assert studio.start()
    assert studio.project is not None and studio.project.name == "old", "rather one of before than a new one"
    assert "gone" in studio.window.notices.texts()["project"]


def test_no_project_can_be_opened(studio: Studio, tmp_path: Path) -> None:
    default_project().parent.parent.mkdir(parents=True)
    default_project().parent.write_text("in the way of all")
    with pytest.raises(BadInput, match="AIGC Desktop"):
        studio.start()
    assert studio.window is None


def test_another_project(studio: Studio, tmp_path: Path, qtbot) -> None:
    studio.start(tmp_path / "one")
    first, jobs = studio.window, studio.jobs
    assert first is not None
    qtbot.waitUntil(lambda: first._complete)
    first.open_generator(first.generators.visible()[0])
    first.project_wanted.emit(tmp_path / "two", True)
    assert studio.window is not first and studio.jobs is not jobs
    assert studio.project is not None and studio.project.name == "two"
    second = studio.window
    assert second is not None and second.area.docks == {}
    qtbot.waitUntil(lambda: second._complete)
    assert studio.settings["projects"] == [str(tmp_path / "two"), str(tmp_path / "one")]
    second.project_wanted.emit(tmp_path / "one", False)
    qtbot.waitUntil(lambda: len(studio.window.area.docks) == 1)


def test_a_folder_that_is_no_project(studio: Studio, tmp_path: Path) -> None:
    studio.start(tmp_path / "one")
    first = studio.window
    assert first is not None
    (tmp_path / "pictures").mkdir()
    first.project_wanted.emit(tmp_path / "pictures", False)
    assert studio.window is first and "pictures" in first.notices.texts()["project"]
    assert list((tmp_path / "pictures").iterdir()) == []


def test_language_and_theme_change_at_once(studio: Studio, tmp_path: Path) -> None:
    studio.start(tmp_path / "one")
    assert studio.window is not None
    studio.settings["language"] = "zh_CN"
    assert i18n.language() == "zh_CN"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消", "Qt's own words too"
    box.deleteLater()
    studio.settings["language"] = "en"
    assert i18n.language() == "en"
    studio.settings["theme"] = "dark"
    assert theme.is_dark()


def test_an_interrupted_run_is_offered_again(studio: Studio, tmp_path: Path, qtbot) -> None:
    with Project.open(tmp_path / "one") as project:
        generator = "no.longer"
        run = project.runs.add(Job(generator=generator, data="starter").model_dump(mode="json"))
        project.runs.set(run, state="interrupted")
    studio.start(tmp_path / "one")
    assert studio.window is not None and studio.jobs is not None
    studio.window.complete()
    assert "no.longer" in studio.window.notices.texts()["recovered"]
    assert [row.state for row in studio.jobs.rows()] == ["interrupted"], "nothing goes on unasked"
    studio.jobs.remove(run)
    assert studio.window.notices.texts() == {}, "removed in the queue: no longer offered"


@pytest.mark.warns
def test_a_fault_in_a_job_is_in_the_log(studio: Studio, tmp_path: Path) -> None:
    studio.log.start()
    studio.start(tmp_path / "one")
    assert studio.jobs is not None
    studio.jobs.ended.emit("2026-11-22-gan-1", Failed(Sentence("The training failed."), detail="Traceback: here"))
    assert "2026-11-22-gan-1: The training failed." in studio.log.text() and "Traceback: here" in studio.log.text()
    studio.log.stop()


class Flashes(QObject):
    """Every window that is shown, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            name = f"{type(watched).__name__} {watched.accessibleName() or watched.windowTitle()}".strip()
            self.seen.append(name)
        return False


def test_no_stray_window_flashes_up(studio: Studio, tmp_path: Path, qapp: QApplication, qtbot) -> None:
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    try:
        studio.start(tmp_path / "one")
        window = studio.window
        assert window is not None
        qtbot.waitUntil(lambda: window._complete)
        for id in window.generators.visible():
            window.open_generator(id)
        window.notices.show_sentence("key", "A sentence.", {"Act": lambda: None})
        window.commands["side_by_side"].trigger()
        studio.settings["language"] = "zh_CN"
        qtbot.wait(50)
    finally:
        qapp.removeEventFilter(flashes)
    assert flashes.seen == ["MainWindow one – AIGC Desktop"]
