"""An item's own window: the picture large, the text, how it was made, and making it again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.library.item import Item
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.ui.item_window import ItemWindow
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_dock import LibraryDock
from aigc_desktop.ui.settings import Settings
from tests.tiny import create_job, train_job
from tests.ui.library_world import picture, text
from tests.ui.panels import double_click


@pytest.fixture
def jobs(project: Project, qapp: QApplication, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(project, Settings(tmp_path / "settings"))
    yield made
    made.shutdown()


@pytest.fixture
def dock(qtbot: Any, project: Project, jobs: Jobs) -> LibraryDock:
    made = LibraryDock(project, jobs)
    qtbot.addWidget(made)
    made.resize(304, 620)
    made.show()
    return made


@pytest.fixture
def open_item(qtbot: Any, dock: LibraryDock) -> Iterator[Callable[[Item], ItemWindow]]:
    def make(item: Item) -> ItemWindow:
        dock.refresh()
        qtbot.waitUntil(lambda: dock.items.model.row_of(item.id) >= 0)
        window = dock.open_item(item)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    dock.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def said(window: ItemWindow) -> str:
    return "\n".join(label.text() for label in window.details.findChildren(QLabel))


def test_opened_by_double_click_and_by_key(qtbot, dock: LibraryDock, project: Project, jobs: Jobs) -> None:
    picture(project, "one")
    jobs.library_changed.emit()
    qtbot.waitUntil(lambda: len(dock.items.model.ids) == 1)
    view = dock.items.view
    at = view.visualRect(view.model().index(0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    double_click(view.viewport(), at)
    window = next(one for one in dock.findChildren(ItemWindow))
    assert window.windowTitle() == "one"
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert len(dock.findChildren(ItemWindow)) == 1, "an item has one window"
    dock.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert dock.findChildren(ItemWindow) == []


def test_a_picture_with_how_it_was_made(qtbot, open_item, project: Project) -> None:
    item = picture(project, "sunset", size=8, seed=42)
    window = open_item(item)
    assert window.stage.currentWidget() is window.picture and window.picture.image_size() == (8, 8)
    text = said(window)
    for word in ("GAN", "digits", "42", "8 × 8", "2026", "2"):
        assert word in text
    ratio = window.devicePixelRatioF()
    fitted = window.picture.zoom()
    assert fitted == int(fitted) > 4, "a small picture grows by whole multiples"
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.picture.zoom() == pytest.approx(1.0) and window.zoom.text() == "100 %"
    qtbot.keyClick(window, Qt.Key.Key_0)
    assert window.picture.zoom() == fitted
    place = QPointF(window.picture.viewport().rect().center())
    wheel = QWheelEvent(
        place, place, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(window.picture.viewport(), wheel)
    assert window.picture.zoom() == pytest.approx(fitted * 1.25) and not window.picture.fitted
    assert ratio > 0


def test_small_pictures_keep_hard_edges_and_large_ones_do_not_grow(qtbot, open_item, project: Project) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    pixels[:, 2:] = 255
    job = {"generator": "image.gan", "action": "create", "model": "m", "params": {}, "seed": 0}
    window = open_item(project.items.add(Picture(pixels), job=job, seed=0))
    grabbed = window.picture.viewport().grab().toImage()
    row = [grabbed.pixelColor(x, grabbed.height() // 2).value() for x in range(grabbed.width())]
    inside = row[grabbed.width() // 2 - 40 : grabbed.width() // 2 + 40]
    assert set(inside) == {0, 255}
    large = open_item(project.items.add(Picture(np.zeros((300, 300), np.uint8)), job=job, seed=0))
    assert large.picture.zoom() == pytest.approx(1.0)


def test_a_text_can_be_selected_and_copied(qtbot, open_item, project: Project) -> None:
    window = open_item(text(project, "To be, or not to be."))
    assert window.stage.currentWidget() is window.text and window.text.toPlainText() == "To be, or not to be."
    assert not window.zoom_buttons[0].isVisible()
    window.copy_button.click()
    assert QGuiApplication.clipboard().mimeData().text() == "To be, or not to be."
    window.text.selectAll()
    window.text.textCursor().movePosition(window.text.textCursor().MoveOperation.Start)
    qtbot.keyClick(window.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "To be, or not to be."
    assert "All" in said(window) and "5" in said(window)


def test_stepping_renaming_removing(qtbot, open_item, dock: LibraryDock, project: Project) -> None:
    for name in "abc":
        picture(project, name)
    window = open_item(project.items.search(text="b")[0])
    assert window.place.text() == "2 of 3"
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert window.windowTitle() == "a" and not window.after.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Left)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    QTest.keyClicks(window.name, "better")
    qtbot.keyClick(window.name, Qt.Key.Key_Return)
    assert window.windowTitle() == "better" and project.items.get(window.item.id).name == "better"
    window.picture.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    assert window.windowTitle() == "a" and project.items.count() == 2
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: window.windowTitle() == "c")
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dock.findChildren(ItemWindow) == [])
    assert project.items.count(trashed=True) == 3


def test_use_these_settings_again(qtbot, open_item, dock: LibraryDock, project: Project) -> None:
    window = open_item(picture(project, seed=9))
    with qtbot.waitSignal(dock.use_settings) as used:
        qtbot.mouseClick(window.use_button, Qt.MouseButton.LeftButton)
    assert Job.model_validate(used.args[0]).seed == 9


def test_make_exactly_this_again_gives_the_same_bytes(
    qtbot, open_item, dock: LibraryDock, project: Project, jobs: Jobs, tmp_path: Path
) -> None:
    jobs.warm()
    jobs.submit(train_job("image.gan", tmp_path, None))
    created = jobs.submit(create_job("image.gan", "tiny", None))
    qtbot.waitUntil(lambda: jobs.last(created) is not None, timeout=60_000)
    assert isinstance(jobs.last(created), events.Finished), jobs.last(created)
    first = project.items.search(newest_first=False)
    qtbot.waitUntil(lambda: dock.items.model.ids == [item.id for item in reversed(first)])

    window = open_item(first[0])
    with qtbot.waitSignal(dock.make_again) as again:
        qtbot.mouseClick(window.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: jobs.last(again.args[0]) is not None, timeout=60_000)
    second = project.items.search(newest_first=False)[len(first) :]
    assert [item.sha256 for item in second] == [item.sha256 for item in first]
    assert first[0].id != second[0].id
    qtbot.waitUntil(lambda: len(dock.items.model.ids) == 2 * len(first))


# Alternatives: what one creation made -----------------------------------------------------------------------------------


def made_together(project: Project, *words: str) -> list[Item]:
    job = {"generator": "text.lstm", "action": "create", "model": "plays", "params": {}, "seed": 0}
    run = project.runs.add(job)
    return [project.items.add(Text(word), name=word, job=job, seed=seed, run=run) for seed, word in enumerate(words)]


def test_what_was_made_together_is_gone_through_by_itself(qtbot: Any, open_item: Any, project: Project) -> None:
    first, second, third = made_together(project, "first", "second", "third")
    text(project, "Of another creation.")
    window = open_item(first)
    assert window.alternative.text() == "Alternative 1 of 3" and window.alternative.isVisible()
    assert not window.earlier.isEnabled() and window.later.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert window.item.id == second.id and window.text.toPlainText() == "second"
    window.later.click()
    assert window.item.id == third.id and not window.later.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert window.item.id == third.id, "there is none after the last"
    qtbot.keyClick(window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert window.alternative.text() == "Alternative 2 of 3"
    window.actions_.trash([first])
    qtbot.waitUntil(lambda: window.alternative.text() == "Alternative 1 of 2")


def test_a_single_item_has_no_alternatives(open_item: Any, project: Project) -> None:
    window = open_item(text(project, "alone"))
    assert not any(one.isVisible() for one in (window.earlier, window.later, window.alternative))


def test_the_library_shows_what_was_made_together(qtbot: Any, dock: LibraryDock, project: Project) -> None:
    items = made_together(project, "first", "second", "third")
    lone = text(project, "Of another creation.")
    dock.refresh()
    qtbot.waitUntil(lambda: len(dock.items.model.ids) == 4)
    page = dock.items

    def entry(item: Item) -> Any:
        page._menu([item], page.mapToGlobal(QPoint(5, 5)))
        menu = page.findChildren(QMenu)[-1]
        found = next(action for action in menu.actions() if "alternatives" in action.text())
        menu.close()
        return found

    assert not entry(lone).isEnabled()
    entry(items[1]).trigger()
    assert sorted(page.model.ids) == sorted(item.id for item in items)
    (chip,) = dock.filters.chips()
    assert "Alternatives" in chip.text()
    chip.click()
    assert len(page.model.ids) == 4
