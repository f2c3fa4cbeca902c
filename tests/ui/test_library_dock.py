"""The library dock: seen, searched, filtered, opened, renamed, removed and brought back, by mouse and keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QMessageBox, QPushButton

from aigc_desktop.library.project import Project
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_dock import LibraryDock
from aigc_desktop.ui.library_model import MIME, Filters
from aigc_desktop.ui.mnemonics import plain
from aigc_desktop.ui.settings import Settings
from tests.ui import walk_world
from tests.ui.library_world import files, model, picture, text


@pytest.fixture
def jobs(project: Project, qapp: QApplication, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(project, Settings(tmp_path / "settings"))
    yield made
    made.shutdown()


@pytest.fixture
def show(qtbot: Any, project: Project, jobs: Jobs) -> Callable[[], LibraryDock]:
    """A function that opens the dock."""

    def make() -> LibraryDock:
        dock = LibraryDock(project, jobs)
        qtbot.addWidget(dock)
        dock.resize(304, 620)
        dock.show()
        dock.activateWindow()
        qtbot.waitUntil(dock.isActiveWindow)
        return dock

    return make


def names(dock: LibraryDock) -> list[str]:
    items = dock.items.model
    return [items.index(row).data() for row in range(items.rowCount())]


def menu(dock: LibraryDock) -> dict[str, Any]:
    """The actions of the menu that is open, by title."""
    walk_world.settle()
    opened = next(one for one in dock.findChildren(QMenu) if one.isVisible())
    return {plain(action.text()).partition("\t")[0]: action for action in opened.actions() if action.text()}


def close_menus(dock: LibraryDock) -> None:
    for one in dock.findChildren(QMenu):
        one.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_empty_places_say_what_belongs_there_and_offer_one_button(qtbot, show: Callable, project: Project) -> None:
    dock = show()
    for page, signal in (("items", True), ("models", True), ("trash", False)):
        dock.show_page(page)
        empty = dock.page.empty
        assert empty.isVisible() and empty.sentence.text()
        assert empty.button.isVisible() == signal
        if signal:
            with qtbot.waitSignal(dock.train_wanted):
                qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    model(project, "digits")
    dock.show_page("items")
    with qtbot.waitSignal(dock.open_model) as opened:
        qtbot.mouseClick(dock.items.empty.button, Qt.MouseButton.LeftButton)
    assert opened.args == ["digits"]


def test_pictures_and_the_first_lines_of_texts_are_painted(qtbot, show: Callable, project: Project) -> None:
    text(project, "W" * 400)
    black = picture(project, size=4)
    dock = show()
    view, delegate = dock.items.view, dock.items.view._delegate

    def colours(row: int) -> set[int]:
        card = delegate.card(view.visualRect(dock.items.model.index(row)))
        image = view.viewport().grab(card).toImage()
        return {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}

    qtbot.waitUntil(lambda: len(colours(0)) > 8 and len(colours(1)) > 2)
    assert dock.items.model.index(0).data(Qt.ItemDataRole.ToolTipRole).startswith(black.name)


def test_new_things_appear_at_once_and_nothing_moves(qtbot, show: Callable, project: Project, jobs: Jobs) -> None:
    for number in range(60):
        picture(project, f"old {number}", size=2)
    dock = show()
    view = dock.items.view
    view.select(project.items.search(text="old 30")[0].id)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    at = view.visualRect(view.currentIndex()).top()
    seen = view.items()[0].name
    for number in range(5):
        picture(project, f"new {number}", size=2)
        jobs.library_changed.emit()
    qtbot.waitUntil(lambda: names(dock)[0] == "new 4")
    assert [item.name for item in view.items()] == [seen]
    moved = view.visualRect(view.currentIndex()).top() - at
    assert abs(moved) <= view.gridSize().height()  # five are two rows and a half of two
    view.scrollToTop()
    picture(project, "newest", size=2)
    jobs.library_changed.emit()
    qtbot.waitUntil(lambda: names(dock)[0] == "newest")
    assert bar.value() == 0 and [item.name for item in view.items()] == [seen]


def test_search_as_it_is_typed_and_filters(qtbot, show: Callable, project: Project) -> None:
    picture(project, "sunset")
    text(project, name="The moon", prompt="sun and rain")
    text(project, name="A stone", prompt="x")
    dock = show()
    dock.setFocus()
    assert dock.filters.search.hasFocus()
    QTest.keyClicks(dock.filters.search, "sun")
    qtbot.waitUntil(lambda: names(dock) == ["The moon", "sunset"], timeout=5000)
    dock.filters.set(Filters(text="sun", medium="text"))
    assert names(dock) == ["The moon"]
    (chip,) = dock.filters.chips()
    assert "Text" in chip.accessibleName()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert names(dock) == ["The moon", "sunset"]
    QTest.keyClicks(dock.filters.search, " nothing like it")
    qtbot.waitUntil(lambda: dock.items.empty.isVisible(), timeout=5000)
    qtbot.mouseClick(dock.items.empty.button, Qt.MouseButton.LeftButton)
    assert len(names(dock)) == 3 and dock.filters.search.text() == ""
    QTest.keyClicks(dock.filters.search, "stone")
    qtbot.keyClick(dock.filters.search, Qt.Key.Key_Down)
    assert dock.items.view.hasFocus() and names(dock) == ["A stone"] and dock.items.view.items()[0].name == "A stone"
    dock.filters._menu.aboutToShow.emit()
    sections = {
        plain(one.menu().title()): [plain(entry.text()) for entry in one.menu().actions()]
        for one in dock.filters._menu.actions()
    }
    assert sections == {
        "Medium": ["All", "Text", "Picture"],
        "Generator": ["All", "GAN", "LSTM"],
        "Model": ["All", "digits", "plays"],
    }


def test_rename_in_place(qtbot, show: Callable, project: Project) -> None:
    picture(project, "before")
    dock = show()
    dock.items.focus_list()
    qtbot.keyClick(dock.items.view, Qt.Key.Key_F2)
    editor = dock.items.view.findChild(QLineEdit)
    assert editor.isVisible() and editor.selectedText() == "before"
    QTest.keyClicks(editor, "after")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(dock) == ["after"])
    assert project.items.search()[0].name == "after"
    dock.items.view.rename()
    editor = next(one for one in dock.items.view.findChildren(QLineEdit) if one.isVisible())
    editor.clear()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(dock.bar.isVisible)
    assert names(dock) == ["after"] and dock.bar.sentence.text()


def test_removed_brought_back_removed_and_gone(qtbot, show: Callable, project: Project) -> None:
    for name in "abc":
        picture(project, name)
    dock = show()
    before = files(project.path / "items")
    view = dock.items.view
    view.select(project.items.search(text="b")[0].id)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert names(dock) == ["c", "a"] and [item.name for item in view.items()] == ["a"]
    assert "b" in dock.bar.sentence.text()
    qtbot.mouseClick(dock.bar.undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(dock) == ["c", "b", "a"])
    assert files(project.path / "items") == before and not dock.bar.isVisible()

    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(dock) == [])
    dock.show_page("trash")
    trash = dock.trash.items
    assert trash.rowCount() == 3
    dock.trash.view.setCurrentIndex(trash.index(1))
    qtbot.mouseClick(dock.trash.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: trash.rowCount() == 2)
    dock.trash.view.undo()
    qtbot.waitUntil(lambda: trash.rowCount() == 0)
    assert files(project.path / "items") == before


def test_emptying_the_trash_asks(qtbot, show: Callable, project: Project) -> None:
    project.items.trash(picture(project).id)
    project.models.trash(model(project, "old").name)
    run = project.runs.add({"generator": "image.gan", "action": "train"})
    project.runs.remove(run)
    dock = show()
    dock.show_page("trash")
    assert dock.trash.models.rowCount() == 1
    for sure in (False, True):
        qtbot.mouseClick(dock.trash.empty_trash, Qt.MouseButton.LeftButton)
        box = dock.findChild(QMessageBox)
        button = next(
            one for one in box.buttons() if (box.buttonRole(one) == QMessageBox.ButtonRole.DestructiveRole) == sure
        )
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert project.items.count(trashed=True) == (0 if sure else 1)
    qtbot.waitUntil(lambda: dock.trash.empty.isVisible())
    assert project.models.list(trashed=True) == [] and project.runs.list(trashed=True) == []
    assert files(project.path / "trash") == set()


def test_copy_and_drag_carry_file_id_and_text(qtbot, show: Callable, project: Project) -> None:
    one, two = picture(project), text(project, "Words.")
    dock = show()
    dock.items.view.select(one.id)
    qtbot.keyClick(dock.items.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in mime.urls()] == [str(one.path)]
    assert bytes(mime.data(MIME).data()).decode() == one.id and mime.hasImage()
    dragged = dock.items.model.mimeData([dock.items.model.index(dock.items.model.row_of(two.id))])
    assert dragged.text() == "Words." and dragged.hasFormat(MIME) and dragged.hasUrls()
    both = dock.items.model.mimeData([dock.items.model.index(0), dock.items.model.index(1)])
    assert bytes(both.data(MIME).data()).decode().split() == [two.id, one.id] and len(both.urls()) == 2


def test_the_menu_of_an_item(qtbot, show: Callable, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Path] = []
    monkeypatch.setattr("aigc_desktop.ui.reveal.reveal", shown.append)
    item = picture(project, "one", seed=7)
    dock = show()
    dock.items.focus_list()
    dock.items.view.menu_wanted.emit(dock.items.view.items(), dock.mapToGlobal(QPoint(0, 0)))
    actions = menu(dock)
    with qtbot.waitSignal(dock.use_settings) as used:
        actions["Use these settings again"].trigger()
    assert used.args[0]["params"] == {"count": 2} and used.args[0]["seed"] == 7
    actions["Show in the file manager"].trigger()
    assert shown == [item.path]
    actions["Move to the trash"].trigger()
    assert names(dock) == [] and project.items.count(trashed=True) == 1
    close_menus(dock)


def test_models_are_used_renamed_and_removed(qtbot, show: Callable, project: Project) -> None:
    model(project, "digits", heldout_frechet=38.24)
    model(project, "plays", "text.lstm")
    dock = show()
    dock.show_page("models")
    view = dock.models.view
    assert [index.data() for index in map(view.model().index, range(2))] == ["plays", "digits"]
    assert not dock.models.create.isEnabled()
    dock.models.focus_list()
    with qtbot.waitSignal(dock.open_model) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == ["plays"]
    view.setCurrentIndex(view.model().index(1))
    spoken = view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert "digits" in spoken and "GAN" in spoken and "38.2" in spoken
    qtbot.mouseClick(dock.models.rename, Qt.MouseButton.LeftButton)
    editor = view.findChild(QLineEdit)
    QTest.keyClicks(editor, "plays")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "plays" in dock.bar.sentence.text())  # a name in use is refused with a sentence
    dock.models.view.rename()
    editor = next(one for one in view.findChildren(QLineEdit) if one.isVisible())
    QTest.keyClicks(editor, "numbers")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.model().index(1).data() == "numbers")
    assert view.row().name == "numbers"
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: view.model().rowCount() == 1)
    view.undo()
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    dock.filters.set(Filters(text="lstm"))
    assert view.model().rowCount() == 1


def test_a_stopped_training_can_be_continued_from_its_model(
    qtbot, show: Callable, project: Project, jobs: Jobs
) -> None:
    run = project.runs.add({"generator": "image.gan", "action": "train", "data": "/nowhere"})
    project.runs.set(run, state="cancelled")
    (project.runs.folder(run) / "checkpoints" / "000000012").mkdir(parents=True)
    model(project, "digits", run=run)
    dock = show()
    dock.show_page("models")
    dock.models.focus_list()
    assert dock.models.go_on.isVisible()
    qtbot.mouseClick(dock.models.go_on, Qt.MouseButton.LeftButton)
    assert jobs.is_running(run) and not dock.models.go_on.isVisible()
    jobs.stop(run)
    qtbot.waitUntil(lambda: not jobs.is_running(run), timeout=10_000)


def test_every_control_has_a_name(show: Callable, project: Project) -> None:
    picture(project)
    model(project, "digits")
    dock = show()
    for page in ("items", "models", "trash"):
        dock.show_page(page)
        for button in dock.findChildren(QAbstractButton):
            if button.isVisible() and button.parent() not in (dock.filters.search, dock.tabs):
                assert button.accessibleName() or button.text(), button
                assert button.toolTip() or isinstance(button, QPushButton)
    assert dock.items.view.accessibleName() and dock.filters.search.accessibleName()


def test_state_comes_back(qtbot, show: Callable, project: Project) -> None:
    picture(project, "sunset")
    text(project)
    dock = show()
    dock.filters.set(Filters(text="sun", medium="picture"))
    dock.show_page("models")
    again = show()
    again.restore(dock.state())
    assert again.state() == dock.state() and again.tabs.currentIndex() == 1
    again.show_page("items")
    assert names(again) == ["sunset"]
    again.restore({"page": "nonsense", "filters": {"unknown": 1}})


def test_ten_thousand_items_are_as_quick_as_ten(qtbot, show: Callable, project: Project, jobs: Jobs) -> None:
    """Only what is seen is read: the time for a look grows with the screen, not with the library."""
    template = picture(project, "one", size=2)
    database = project._database
    columns = [
        row["name"] for row in database.rows("PRAGMA table_info(items)") if row["name"] not in ("seq", "id", "path")
    ]
    with database.writing():
        for number in range(10_000):
            database.execute(
                f"INSERT INTO items (id, path, {', '.join(columns)}) SELECT ?, ?, {', '.join(columns)} FROM items WHERE id = ?",
                (f"20000101-000000-{number:06d}", f"items/{number}.png", template.id),
            )
    dock = show()
    assert dock.items.model.rowCount() == 10_001
    view = dock.items.view
    read = 0
    get = project.items.get

    def counted(id: str) -> Any:
        nonlocal read
        read += 1
        return get(id)

    project.items.get = counted  # type: ignore[method-assign]
    view.scrollToBottom()
    view.viewport().repaint()
    qtbot.waitUntil(lambda: not view._repaint.isActive())
    shown = view.columns() * (view.viewport().height() // view.gridSize().height() + 2)
    assert 0 < read <= 4 * shown
