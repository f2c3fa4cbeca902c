"""What is created: texts stream in, pictures fill a grid, each can be opened, copied and dragged out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from aigc_desktop.engine import events
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.problems import Sentence
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.settings import Settings
from aigc_desktop.ui.views.results import Results
from tests.ui import walk_world
from tests.ui.pixels import pixels


@pytest.fixture
def jobs(project: Project, qapp: Any, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(project, Settings(tmp_path / "settings"))
    yield made
    made.shutdown()


@pytest.fixture
def results(qtbot: Any, jobs: Jobs) -> Results:
    view = Results(jobs)
    qtbot.addWidget(view)
    view.resize(560, 400)
    view.show()
    return view


def kept(project: Project, media: Any, job: dict[str, Any]) -> events.Saved:
    item = project.items.add(media, name="", job=job, seed=1)
    return events.Saved(item.id, str(item.path), item.medium, item.name)


JOB = {"generator": "text.test", "action": "create", "params": {}, "model": "plays", "seed": 7}


def test_texts_stream_in_side_by_side_and_are_kept(qtbot: Any, results: Results, jobs: Jobs, project: Project) -> None:
    batch = results.add_batch("run-1", JOB)
    jobs._tell("run-1", events.Started("run-1", "text.test", "create"))
    for text in ("To", "To be", "To be, or not"):
        jobs._tell("run-1", events.Preview("text", Text(text), 1, 0, None, text))
        jobs._tell("run-1", events.Preview("text", Text(text.upper()), 1, 1, None, text.upper()))
    jobs._tell("run-2", events.Preview("text", Text("other"), 1, 0, None, "other"))
    cards = [batch._cards[slot] for slot in (0, 1)]
    assert [card.text.toPlainText() for card in cards] == ["To be, or not", "TO BE, OR NOT"]
    assert not cards[0].open.isVisible()
    jobs._tell("run-1", kept(project, Text("To be, or not to be"), JOB))
    jobs._tell("run-1", kept(project, Text("TO BE, OR NOT TO BE"), JOB))
    assert [card.text.toPlainText() for card in cards] == ["To be, or not to be", "TO BE, OR NOT TO BE"]
    opened: list[Any] = []
    results.opened.connect(opened.append)
    qtbot.mouseClick(cards[1].open, Qt.MouseButton.LeftButton)
    assert opened[0].item == batch.saved[1].item
    cards[0].copy.click()
    assert QGuiApplication.clipboard().text() == "To be, or not to be"
    jobs._tell("run-1", events.Finished())
    assert batch.over and not batch.sentence.isVisible()


def test_pictures_fill_a_grid_and_can_be_opened_and_copied(
    qtbot: Any, results: Results, jobs: Jobs, project: Project
) -> None:
    batch = results.add_batch("run-1", JOB)
    for grey in range(9):
        jobs._tell("run-1", kept(project, Picture(np.full((28, 28), 20 * grey, np.uint8)), JOB))
    grid = batch._grid
    qtbot.waitUntil(lambda: grid.pictures.rowCount() == 9)
    walk_world.settle()
    assert grid.height() >= -(-9 // grid.columns()) * grid.gridSize().height()
    assert grid.columns() * grid.gridSize().width() > 0.9 * grid.viewport().width()
    opened: list[Any] = []
    results.opened.connect(opened.append)
    at = grid.visualRect(grid.pictures.index(4)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened[0].item == batch.saved[4].item
    data = grid.pictures.mimeData([grid.pictures.index(4)])
    assert bytes(data.data("application/x-aigc-item").data()).decode() == batch.saved[4].item
    assert data.urls()[0].toLocalFile() == batch.saved[4].path
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image().width() == 28
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert len(opened) == 2


def test_how_a_creation_ended_is_said(results: Results, jobs: Jobs) -> None:
    for run, last, text in (
        ("run-1", events.Failed(Sentence("The model {name} is gone.", {"name": "x"})), "The model x is gone."),
        ("run-2", events.Lost(Sentence("It died.")), "It died."),
        ("run-3", events.Cancelled(), "Stopped."),
    ):
        batch = results.add_batch(run, JOB)
        assert batch.sentence.text() == "Waiting for its turn"
        jobs._tell(run, events.Preview("text", Text("be"), 1, 0, None, "be"))
        jobs._tell(run, last)
        assert batch.sentence.text() == text
        assert batch._cards[0].name.text() == "Not finished"
    assert [batch.run for batch in results.batches] == ["run-3", "run-2", "run-1"]


def test_only_the_newest_batches_stay(qtbot: Any, results: Results, jobs: Jobs) -> None:
    for number in range(30):
        results.add_batch(f"run-{number}", JOB).end(events.Finished())
    assert len(results.batches) <= 21
    assert results.has("run-29") and not results.has("run-0")


def is_fitted(body: Any) -> bool:
    lines = round(body.document().size().height())
    room = body.height() / body.fontMetrics().lineSpacing()
    return lines > 1 and body.verticalScrollBar().maximum() == 0 and lines < room < lines + 2


def test_a_text_is_whole_at_any_width(qtbot: Any, results: Results, jobs: Jobs) -> None:
    batch = results.add_batch("run-1", JOB)
    text = "many words that have to be broken into lines " * 20
    jobs._tell("run-1", events.Preview("text", Text(text), 1, 0, None, text))
    body = batch._cards[0].text
    for width in (700, 300, 500):
        results.resize(width, 400)
        qtbot.waitUntil(lambda width=width: abs(body.width() - width) < 60 and is_fitted(body))


def test_a_text_that_grows_keeps_its_end_in_sight(qtbot: Any, results: Results, jobs: Jobs) -> None:
    results.add_batch("run-1", JOB)
    text = ""
    for line in range(80):
        text += f"line {line}\n"
        jobs._tell("run-1", events.Preview("text", Text(text), 1, 0, None, text))
        walk_world.settle()
    bar = results.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 200 and bar.value() >= bar.maximum() - 20)
    bar.setValue(0)
    jobs._tell("run-1", events.Preview("text", Text(text + "more\n"), 1, 0, None, text + "more\n"))
    qtbot.wait(30)
    assert bar.value() == 0


def test_what_is_brought_back_is_read_from_its_beginning(qtbot: Any, results: Results, project: Project) -> None:
    batch = results.add_batch("run-1", JOB)
    batch.add(kept(project, Text("All the world's a stage,\n" * 100), JOB))
    while batch.height() < 500:  # laid out at once, as where a panel is built from its state
        QApplication.sendPostedEvents()
    assert results._follow.isActive()
    batch.end(events.Finished())
    qtbot.waitUntil(lambda: not results._follow.isActive())
    assert results.verticalScrollBar().maximum() > 500
    assert results.verticalScrollBar().value() == 0


def emerging(slot: int, grey: int) -> events.Preview:
    return events.Preview("picture", Picture(np.full((28, 28), grey, np.uint8)), 1, slot)


def greys(grid: Any) -> list[int]:
    """The grey in the middle of each cell, as it is painted."""
    seen = pixels(grid.viewport())
    places = [grid.visualRect(grid.pictures.index(row)).center() for row in range(grid.pictures.rowCount())]
    return [int(seen[at.y(), at.x(), 0]) for at in places]


def test_pictures_emerge_each_in_its_place_and_the_final_ones_take_it(
    qtbot: Any, results: Results, jobs: Jobs, project: Project
) -> None:
    batch = results.add_batch("run-1", JOB)
    for slot in (1, 0, 2):
        jobs._tell("run-1", emerging(slot, 40 + 10 * slot))
    grid = batch._grid
    results.resize(561, 400)  # laid out
    qtbot.waitUntil(lambda: greys(grid) == [40, 50, 60])
    size = grid.size()
    jobs._tell("run-1", emerging(1, 150))
    qtbot.waitUntil(lambda: greys(grid) == [40, 150, 60])
    assert grid.pictures.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "This picture is being made"
    grid.setCurrentIndex(grid.pictures.index(1))
    qtbot.keyClick(grid, Qt.Key.Key_Return)  # nothing to be opened yet
    grid.copy()
    places = [grid.visualRect(grid.pictures.index(row)) for row in range(3)]
    seen: list[list[int]] = []
    grid.pictures.dataChanged.connect(lambda *_: seen.append(greys(grid)))  # before any file can have been read
    jobs._tell("run-1", kept(project, Picture(np.full((28, 28), 200, np.uint8)), JOB))
    jobs._tell("run-1", kept(project, Picture(np.full((28, 28), 210, np.uint8)), JOB))
    qtbot.waitUntil(lambda: greys(grid) == [200, 210, 60])
    assert seen[0][:2] in ([40, 150], [200, 210], [200, 150], [40, 210]), "never an empty cell between"
    assert [grid.visualRect(grid.pictures.index(row)) for row in range(3)] == places and grid.size() == size
    assert not grid.pictures.before, "what was seen before is let go of"
    jobs._tell("run-1", emerging(0, 5))  # late
    assert grid.pictures.rowCount() == 3
    jobs._tell("run-1", events.Cancelled())
    assert grid.pictures.rowCount() == 2 and len(grid.pictures.saved) == 2


def test_a_thousand_previews_leave_nothing_behind(results: Results, jobs: Jobs) -> None:
    batch = results.add_batch("run-1", JOB)
    for step in range(1000):
        jobs._tell("run-1", emerging(step % 4, step % 256))
    model = batch._grid.pictures
    assert model.rowCount() == 4 and len(model.coming) == 4 and not model.before
