"""The queue dock: what it shows of each job, and what can be done to it by mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from aigc_desktop import i18n
from aigc_desktop.engine import events
from aigc_desktop.library.project import Project
from aigc_desktop.problems import Sentence
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.queue_dock import LINES, MOST, QueueDock
from aigc_desktop.ui.queue_row import HEIGHT, QueueRow
from aigc_desktop.ui.settings import Settings
from tests.ui.panels import double_click


@pytest.fixture
def jobs(project: Project, qapp: QApplication, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(project, Settings(tmp_path / "settings"))
    yield made
    made.shutdown()


def add(project: Project, data: str, state: str = "waiting", checkpoint: int = 0, **job: Any) -> str:
    values = {"generator": "image.gan", "action": "train", "data": f"/files/{data}.zip", "params": {}, "seed": 0} | job
    run = project.runs.add(values)
    if state != "waiting":
        project.runs.set(run, state=state)
    if checkpoint:
        (project.runs.folder(run) / "checkpoints" / f"{checkpoint:09d}").mkdir(parents=True)
    return run


def show(qtbot: Any, jobs: Jobs) -> QueueDock:
    dock = QueueDock(jobs)
    qtbot.addWidget(dock)
    dock.resize(900, dock.minimumHeight())
    dock.show()
    dock.activateWindow()
    qtbot.waitUntil(dock.isActiveWindow)
    return dock


def rows(dock: QueueDock) -> list[QueueRow]:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return sorted(
        (row for row in dock.findChildren(QueueRow) if row.isVisible()), key=lambda row: row.mapTo(dock, QPoint()).y()
    )


def names(dock: QueueDock) -> list[str]:
    return [row.name.text() for row in rows(dock)]


def states(project: Project) -> list[tuple[str, str]]:
    return [(Path(row.job["data"]).stem, row.state) for row in project.runs.list()]


def test_an_empty_queue_says_what_belongs_there(qtbot, jobs: Jobs) -> None:
    dock = show(qtbot, jobs)
    assert rows(dock) == [] and dock._empty.isVisible()
    add(jobs.project, "digits")
    jobs.changed.emit()
    assert names(dock) == ["GAN on digits"] and not dock._empty.isVisible()


def test_each_state_in_words_and_buttons(qtbot, jobs: Jobs, project: Project) -> None:
    add(project, "a")
    add(project, "b", "paused", checkpoint=1200)
    add(project, "c", "interrupted", checkpoint=30)
    lost = add(project, "d", "lost", name="My digits")
    project.runs.set(lost, problem=Sentence("The work stopped: {why}.", {"why": "SIGKILL"}))
    waiting, paused, interrupted, gone = rows(show(qtbot, jobs))
    assert waiting.said.text() == "Waiting" and waiting.pause_button.toolTip() == "Pause"
    assert paused.said.text() == "Paused at step 1,200" and paused.pause_button.toolTip() == "Continue"
    assert interrupted.said.text() == "Interrupted when the program ended."
    assert interrupted.pause_button.toolTip() == "Continue" and not interrupted.continue_button.isVisible()
    assert (
        gone.name.text() == "My digits"
        and gone.generator.text() == "GAN"
        and gone.said.text() == "The work stopped: SIGKILL."
    )
    assert gone.continue_button.text() == "Start again"
    for row in (waiting, paused, interrupted, gone):
        shown = [button for button in row.findChildren(QAbstractButton) if button.isVisible()]
        assert shown and all(row.name.text() in button.accessibleName() and button.toolTip() for button in shown)
        assert row.said.text() in row.accessibleName()


def test_a_running_job_shows_how_far_it_is_and_how_long_it_takes(qtbot, jobs: Jobs, project: Project) -> None:
    run = add(project, "digits", "running")
    jobs._running[run] = type("Talker", (), {"asked": "", "said": []})()
    dock = show(qtbot, jobs)
    row = rows(dock)[0]
    assert row.said.text() == "Starting…" and not row.bar.isVisible() and row.stop_button.isVisible()
    for progress, percent, left in (
        (events.Progress(62, 100, 48.0), "62 %", "0:48 left"),
        (events.Progress(0, 0, None, fraction=0.999), "99 %", ""),
    ):
        jobs._progress[run] = progress
        jobs._tell(run, progress)
        assert (row.percent.text(), row.time.text(), row.bar.isVisible()) == (percent, left, True)
    assert "99 %" in row.accessibleName()
    jobs._tell(run, events.Progress(5, 0, phase="Measuring"))
    jobs._progress[run] = events.Progress(5, 0, phase="Measuring")
    jobs._tell(run, jobs._progress[run])
    assert row.said.text() == "Measuring" and row.said.isVisible() and not row.bar.isVisible()
    jobs._running.clear()
    jobs.changed.emit()
    assert row.said.text() == "Runs in another program" and not row.stop_button.isVisible()


def test_pause_continue_and_remove_by_button_and_key(qtbot, jobs: Jobs, project: Project) -> None:
    add(project, "a", "running")  # by another program: what waits here stays as it is
    add(project, "b")
    add(project, "c")
    jobs.settings["jobs_at_once"] = 1
    dock = show(qtbot, jobs)
    _, b, c = rows(dock)
    qtbot.mouseClick(b.pause_button, Qt.MouseButton.LeftButton)
    assert ("b", "paused") in states(project)
    c.setFocus()
    qtbot.keyClick(c, Qt.Key.Key_Space)
    assert ("c", "paused") in states(project)
    qtbot.keyClick(c, Qt.Key.Key_Delete)
    assert names(dock) == ["GAN on a", "GAN on b"] and ("c", "paused") not in states(project)
    qtbot.mouseClick(b.remove_button, Qt.MouseButton.LeftButton)
    assert names(dock) == ["GAN on a"]


@pytest.mark.parametrize(("state", "button"), [("interrupted", "pause_button"), ("lost", "continue_button")])
def test_continue_puts_a_run_back_to_work(qtbot, jobs: Jobs, project: Project, state: str, button: str) -> None:
    run = add(project, "nowhere", state, checkpoint=3)
    dock = show(qtbot, jobs)
    qtbot.mouseClick(getattr(rows(dock)[0], button), Qt.MouseButton.LeftButton)
    assert jobs.is_running(run) and rows(dock)[0].said.text() == "Starting…"
    qtbot.mouseClick(rows(dock)[0].stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: project.runs.get(run).state == "cancelled", timeout=10_000)
    assert dock._fold.text() == "1 done"


def test_order_by_keyboard(qtbot, jobs: Jobs, project: Project) -> None:
    for data in "abc":
        add(project, data)
    dock = show(qtbot, jobs)
    first = rows(dock)[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(dock) == ["GAN on b", "GAN on a", "GAN on c"]
    qtbot.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [name for name, _ in states(project)] == ["b", "c", "a"]
    assert QApplication.focusWidget() is first
    qtbot.keyClick(first, Qt.Key.Key_Up)
    assert QApplication.focusWidget() is rows(dock)[1]


def test_order_by_dragging(qtbot, jobs: Jobs, project: Project) -> None:
    for data in "abc":
        add(project, data)
    dock = show(qtbot, jobs)
    row = rows(dock)[2]
    at = QPoint(100, HEIGHT // 2)
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=at)
    for y in range(0, 2 * HEIGHT + 8, 4):
        QTest.mouseMove(row, row.mapFromGlobal(dock._list.mapToGlobal(QPoint(100, 2 * HEIGHT + HEIGHT // 2 - y))))
    jobs.changed.emit()  # what arrives meanwhile does not tear the row away
    assert row.dragging
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=at)
    assert names(dock) == ["GAN on c", "GAN on a", "GAN on b"]
    assert [name for name, _ in states(project)] == ["c", "a", "b"]
    assert not row.dragging


def test_a_running_job_is_not_moved(qtbot, jobs: Jobs, project: Project) -> None:
    add(project, "a", "running")
    add(project, "b")
    dock = show(qtbot, jobs)
    qtbot.keyClick(rows(dock)[1], Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(dock) == ["GAN on a", "GAN on b"]


def test_what_is_done_folds_away_and_can_be_cleared(qtbot, jobs: Jobs, project: Project) -> None:
    for data, state in (("a", "finished"), ("b", "cancelled"), ("c", "failed")):
        jobs._over.append(add(project, data, state))
    dock = show(qtbot, jobs)
    assert names(dock) == ["GAN on c"], "a failure is not folded away"
    assert dock._fold.text() == "2 done"
    qtbot.mouseClick(dock._fold, Qt.MouseButton.LeftButton)
    assert names(dock) == ["GAN on c", "GAN on b", "GAN on a"]
    qtbot.mouseClick(rows(dock)[0].remove_button, Qt.MouseButton.LeftButton)
    assert names(dock) == ["GAN on b", "GAN on a"]
    qtbot.mouseClick(dock._clear, Qt.MouseButton.LeftButton)
    assert names(dock) == [] and dock._empty.isVisible()
    assert len(project.runs.list()) == 3, "runs and their results stay"


def test_a_long_queue_stays_low_and_scrolls(qtbot, jobs: Jobs, project: Project) -> None:
    dock = show(qtbot, jobs)
    low = dock.minimumHeight()
    for number in range(MOST + 5):
        add(project, f"data{number:03d}")
    jobs.changed.emit()
    assert low < dock.minimumHeight() <= LINES * HEIGHT + 8 < dock.maximumHeight()
    assert len(rows(dock)) == MOST and dock._more.text() == "And 5 more"


def test_opening_a_job(qtbot, jobs: Jobs, project: Project) -> None:
    add(project, "a")
    dock = show(qtbot, jobs)
    with qtbot.waitSignal(dock.opened) as opened:
        double_click(rows(dock)[0])
    assert opened.args[0]["generator"] == "image.gan"
    with qtbot.waitSignal(dock.opened):
        qtbot.keyClick(rows(dock)[0], Qt.Key.Key_Return)


def test_a_long_name_is_cut_and_told_whole(qtbot, jobs: Jobs, project: Project) -> None:
    add(project, "a", name="a name " * 40)
    row = rows(show(qtbot, jobs))[0]
    assert row.name.toolTip() == ("a name " * 40).strip() and row.name.width() < 500


def test_in_chinese(qtbot, jobs: Jobs, project: Project) -> None:
    i18n.use("zh_CN")
    add(project, "a")
    row = rows(show(qtbot, jobs))[0]
    if i18n.tr("Waiting") == "Waiting":
        pytest.skip("the catalogue has no Chinese yet")
    assert row.said.text() == i18n.tr("Waiting") and row.remove_button.toolTip() == i18n.tr("Remove from the queue")
