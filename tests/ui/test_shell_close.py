"""Closing the window while a real training runs: asks, saves, and offers to continue the next time."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from aigc_desktop.engine.events import Metrics
from aigc_desktop.engine.registry import specs
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.closing import Closing
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from tests import tiny

PATIENCE = 60_000  # milliseconds for a child process to import torch on a busy machine


def start(qapp: QApplication, qtbot: Any, project: Path) -> Studio:
    studio = Studio(qapp, Settings(), Log())
    studio.start(project)
    assert studio.window is not None
    qtbot.waitSignal(studio.window.painted).wait()
    studio.window.complete()
    return studio


def finish(studio: Studio) -> None:
    studio.end()
    assert studio.window is not None
    studio.window.close()
    studio.window.deleteLater()


def question(window: Any) -> Closing:
    return next(one for one in window.findChildren(Closing) if one.isVisible())


def test_close_asks_saves_and_offers_to_continue(qapp: QApplication, qtbot: Any, tmp_path: Path) -> None:
    studio = start(qapp, qtbot, tmp_path / "project")
    window, jobs, project = studio.window, studio.jobs, studio.project
    assert window is not None and jobs is not None and project is not None
    steps: list[int] = []
    jobs.subscribe(None, Metrics, lambda event: steps.append(event.step))
    job = tiny.train_job("text.lstm", tmp_path, None, max_steps=0, max_seconds=600)
    run = jobs.submit(job)
    qtbot.waitUntil(lambda: bool(steps), timeout=PATIENCE)

    window.close()
    asked = question(window)
    assert specs()["text.lstm"].title in asked.sentence.text()
    asked.no.click()
    assert window.isVisible() and jobs.running == run

    window.close()
    asked = question(window)
    beats = []
    timer = QTimer(interval=16)
    timer.timeout.connect(lambda: beats.append(asked.progress.isVisible()))
    timer.start()
    asked.yes.click()
    timer.stop()
    assert any(beats), "the window lived while it waited, and showed that it waits"
    assert not window.isVisible()
    assert project.runs.get(run).state == "interrupted"
    finish(studio)

    studio = start(qapp, qtbot, tmp_path / "project")
    window, jobs = studio.window, studio.jobs
    assert window is not None and jobs is not None
    assert set(window.notices.texts()) == {"recovered"}
    assert jobs.running is None
    with qtbot.waitSignal(jobs.started):
        window.notices.findChild(QPushButton).click()
    assert jobs.running == run
    assert list(window.area.docks) == ["text.lstm"], "what goes on is shown"
    jobs.stop(run)
    with qtbot.waitSignal(jobs.ended, timeout=PATIENCE):
        pass
    finish(studio)


def test_nothing_is_asked_while_nothing_runs(qapp: QApplication, qtbot: Any, tmp_path: Path) -> None:
    studio = start(qapp, qtbot, tmp_path / "project")
    assert studio.window is not None
    studio.window.close()
    assert not studio.window.isVisible()
    finish(studio)


def test_the_question_waits_without_freezing(qtbot: Any) -> None:
    """A second press ends the waiting; the dialog cannot be closed while it saves."""
    loop = QEventLoop()
    calls: list[str] = []
    asked = Closing("GAN", loop.exec, lambda: (calls.append("hurry"), loop.quit()), lambda: calls.append("done"))
    qtbot.addWidget(asked)
    asked.show()

    def while_it_waits() -> None:
        asked.reject()
        assert asked.close() is False and asked.isVisible()
        asked.now.click()

    QTimer.singleShot(50, while_it_waits)
    asked.yes.click()
    assert calls == ["hurry", "done"] and not asked.isVisible()
