"""What the window says and shows at the start after one that was killed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from aigc_desktop.library.project import Project
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.recovered import KEY
from aigc_desktop.ui.settings import Settings
from tests.library import makers
from tests.library.makers import ROOT, add, job, picture
from tests.ui.killed_window import NAME, PROMPT

TRAINING = {"generator": "image.gan", "action": "train", "data": "starter", "name": "my faces"}


def of_window(part: str, project: Path, data: Path) -> "subprocess.Popen[str]":
    """The window's process; it does not outlive this one by long, whatever goes wrong."""
    words = [sys.executable, "-m", "tests.ui.killed_window", part, "--project", project, "--data", data]
    return subprocess.Popen([*map(str, words)], cwd=ROOT, text=True, stdout=subprocess.PIPE)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_window_comes_back_as_it_was(tmp_path: Path, tiny_pictures: Path) -> None:
    project = tmp_path / "project"
    with of_window("work", project, tiny_pictures) as worked:
        assert worked.stdout is not None
        assert json.loads(worked.stdout.readline()) == {"kept": True}
        worked.kill()
    with of_window("look", project, tiny_pictures) as looked:
        assert looked.stdout is not None
        back = json.loads(looked.stdout.readline())
        assert looked.wait(60) == 0
    notices = back.pop("notices")
    assert notices.pop(KEY) == (
        "Recovered: 1 training that can be continued (under way), "
        "1 job that can be started again (gone: sea), the panels as they were."
    )
    assert set(notices) <= {"crash"} and back.pop("buttons").count("Continue") == 1
    assert back == {
        "docks": {"generators": False, "library": True, "queue": True},
        "panels": {"image.gan": "train", "text.lstm": "create"},
        "current": "image.gan",
        "prompt": PROMPT,
        "name": NAME,
        "latent_size": 17,
        "batch_size": 48,
        "data": str(tiny_pictures),
        "advanced": True,
        "shown": "under way",
        "points": 8,
        "results": [2],
        "queue": [["under way", "interrupted"], ["first", "paused"], ["second", "paused"], [None, "interrupted"]],
    }


@pytest.fixture
def start(qtbot: Any, project: Project, tmp_path: Path) -> Any:
    """A function that opens a window on the project, and one that ends it well or not."""
    opened: list[tuple[MainWindow, Jobs, Log]] = []

    def open_window() -> MainWindow:
        settings = Settings(tmp_path / "settings")
        jobs, log = Jobs(project, settings), Log()
        window = MainWindow(settings, project, jobs, log)
        opened.append((window, jobs, log))
        window.resize(1000, 600)
        with qtbot.waitSignal(window.painted):
            window.show()
        window.complete()
        return window

    def end(well: bool = True) -> None:
        window, jobs, log = opened.pop()
        window._leaving = not well  # a killed one writes nothing at its end
        window.close()
        jobs.shutdown()
        log.stop()
        window.deleteLater()

    yield open_window, end
    while opened:
        end()


def told(window: MainWindow) -> str:
    return window.notices.texts().get(KEY, "")


def test_nothing_is_said_where_nothing_happened(start: Any) -> None:
    open_window, end = start
    assert open_window().notices.texts() == {}
    end()
    assert open_window().notices.texts() == {}


def test_nothing_is_said_where_an_unexpected_end_took_nothing(start: Any) -> None:
    open_window, end = start
    open_window()
    end(well=False)
    assert told(open_window()) == ""


def test_what_was_typed_is_back_and_said_once(start: Any, qtbot: Any) -> None:
    open_window, end = start
    window = open_window()
    window.settings["autosave_seconds"] = 600  # what is typed does not wait for that
    name = window.open_generator("image.gan", action="train").train.name
    name.setText("half a na")
    qtbot.waitUntil(lambda: "half a na" in window.session.path.read_text())
    end(well=False)
    again = open_window()
    assert told(again) == "Recovered: the panels as they were."
    assert again.area.docks["image.gan"].panel.train.name.text() == "half a na"
    again.notices.findChild(QToolButton).click()
    assert told(again) == ""
    end()
    assert told(open_window()) == ""


def test_what_came_back_into_the_library_is_counted(start: Any, project: Project) -> None:
    """Their rows are gone, as if they had never been written; another program put them back meanwhile."""
    items = [add(project, picture(shade)) for shade in (1, 2)]
    for item in items:
        project._database.execute("DELETE FROM items WHERE id = ?", (item.id,))
    Project.open(project.path).close()
    open_window, end = start
    assert told(open_window()) == "Recovered: 2 pictures."
    assert project.items.count() == 2
    end()
    assert told(open_window()) == ""


def test_one_offer_that_goes_when_it_was_taken_up_elsewhere(start: Any, project: Project) -> None:
    open_window, _ = start
    runs = [project.runs.add(TRAINING), project.runs.add(TRAINING)]
    for run in runs:
        project.runs.set(run, state="interrupted")
    window = open_window()
    assert told(window) == "2 jobs were interrupted: GAN, GAN." or told(window) == "2 jobs were interrupted: GAN."
    window.jobs.remove(runs[0])
    assert told(window) == "A training was interrupted: GAN."
    (button,) = window.notices.findChildren(QPushButton)[-1:]
    assert button.text() == "Start again", "there is no checkpoint"
    window.jobs.remove(runs[1])
    assert told(window) == ""


def test_what_others_were_writing_at_the_start_is_looked_at_again(start: Any, project: Project) -> None:
    open_window, _ = start
    item = add(project)
    half = item.path.with_name("half.png")
    half.write_bytes(b"not whole, and young")
    project.sweep()
    window = open_window()
    assert window.recovered._later.isActive() and told(window) == ""
    project._database.execute("DELETE FROM items WHERE id = ?", (item.id,))  # saved by one that was killed meanwhile
    os.utime(half, (1e9, 1e9))
    window.recovered._later.setInterval(1)
    window.recovered._later.timeout.emit()
    window.recovered._later.stop()
    assert told(window) == "Recovered: 1 picture." and not half.exists()


HOLDER = """
import sys, time
from aigc_desktop.library.project import Project
with Project.open(sys.argv[1]) as project:
    print(project.runs.add({"generator": "image.gan", "action": "train", "data": "starter"}, state="running"), flush=True)
    time.sleep(600)
"""


def test_a_command_line_that_is_killed_beside_the_window(
    start: Any, project: Project, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "applicationState", lambda: Qt.ApplicationState.ApplicationActive)
    open_window, _ = start
    with makers.start(HOLDER, project.path) as beside:
        assert beside.stdout is not None
        run = beside.stdout.readline().strip()
        window = open_window()
        assert project.runs.get(run).state == "running" and told(window) == ""
        beside.kill()
    qtbot.waitUntil(lambda: project.runs.get(run).state == "interrupted", timeout=10_000)
    assert told(window) == "", "the queue says it"


def test_how_often_it_is_kept_changes_at_once(start: Any) -> None:
    open_window, _ = start
    window = open_window()
    window.settings["autosave_seconds"] = 7
    assert window._autosave.interval() == 7000


@pytest.mark.warns
@pytest.mark.parametrize(
    "text", ["", "{", '{"open": 3, "panels": 4, "folded": 5, "docks": "AAAA", "geometry": "////"}']
)
def test_a_broken_session_is_ignored(start: Any, text: str) -> None:
    open_window, end = start
    window = open_window()
    path = window.session.path
    end()
    path.write_text(text)
    rest = path.with_name(path.name + "abc.part")
    rest.write_text("half")
    window = open_window()
    assert window.area.docks == {} and not rest.exists() and told(window) == ""


def test_a_creation_that_starts_again_saves_nothing_twice(project: Project) -> None:
    from aigc_desktop.engine.job import Job
    from aigc_desktop.engine.run import Run

    run = project.runs.add(job())
    made = Job.model_validate(job())
    first = [Run(made, lambda event: None, project=project, run_id=run)]
    ids = [first[0].save(picture(shade), seed=shade) for shade in (1, 1, 2)]
    assert len(set(ids)) == 3, "within one creation the same may come twice"
    again = Run(made, lambda event: None, project=project, run_id=run)
    assert [again.save(picture(shade), seed=shade) for shade in (1, 1, 2)] == ids
    assert again.save(picture(3), seed=3) not in ids and project.items.count() == 4
