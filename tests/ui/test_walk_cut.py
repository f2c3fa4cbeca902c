"""No text is cut off in any place of the window at 1280×720, in both languages, however long the names are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from aigc_desktop.library.names import LONGEST
from aigc_desktop.ui.main_window import MainWindow
from tests.ui import library_world, walk, walk_world
from tests.ui.cut import cut_off
from tests.ui.walk_world import World, settle, until

LONG = {
    "en": ("A_name_without_any_space/" * 9)[:LONGEST],
    "zh_CN": ("很长很长的名字，一个空格也没有" * 20)[:LONGEST],
}


def test_no_text_is_cut_off(walked_window: MainWindow, spoken: str) -> None:
    found = [f"{name}: {what}" for name, widget in walk.walk(walked_window) for what in cut_off(widget)]
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.fixture(scope="module")
def named(world: World, spoken: str) -> Iterator[str]:
    """Everything has a very long name."""
    window, long = world.window, LONG[spoken]
    project = window.project
    model = library_world.model(project, long)
    item = library_world.picture(project, long, model=long, prompt=long, params={"prompt": long})
    thrown = library_world.picture(project, long + " thrown away")
    project.items.trash(thrown.id)
    run = project.runs.add(walk_world._job("image.gan", world.folder, name=long), state="paused")
    data = world.folder / (long.replace("/", "-").encode()[:240].decode("utf-8", "ignore") + ".zip")
    data.write_bytes(b"no zip")
    window.jobs.changed.emit()
    window.jobs.library_changed.emit()
    settle()
    yield long
    for row in project.models.list():
        if row.name == model.name:
            project.models.trash(row.name)
    project.items.trash(item.id)
    project.runs.remove(run)
    data.unlink()
    window.jobs.changed.emit()
    window.jobs.library_changed.emit()
    settle()


def test_long_names_are_told_whole_where_there_is_no_room(walked_window: MainWindow, named: str) -> None:
    window, project = walked_window, walked_window.project
    found = []

    def look(what: str, widget: object) -> None:
        settle()
        found.extend(f"{what}: {one}" for one in cut_off(widget))

    for name in (
        *("library: items", "library: models", "library: trash", "queue", "item: picture", "menu: of an item"),
        *("menu: earlier trainings", "menu: filters by model", "window: nothing open"),
    ):
        with walk.at(window, name) as widget:
            look(name, widget)
            assert window.width() == 1280 and window.height() == 720, name
    panel = window.open_generator("image.gan", action="create")
    panel.create.choose_model(named)
    look("create with it", panel)
    assert named in panel.create.model.toolTip()
    panel = window.open_generator("image.gan", action="train")
    data = next(Path(project.path).parent.glob("*.zip"))
    panel.train.data.set_path(str(data))
    until(lambda: panel.train.data.problem is not None)
    look("train on it", panel)
    panel.train.name.setText(named)
    look("train with the name", panel)
    panel.show_run(next(row.id for row in project.runs.list() if row.job["name"] == named))
    look("its run", panel)
    window.notices.show_sentence("problem", f"The file {data} cannot be read.", {})
    look("notice", window)
    window.library.bar.say(f"In the trash: {named}", True)
    look("bar", window)
    panel.train.data.set_path(None)
    panel.train.name.clear()
    assert window.width() == 1280, "a name has made the window wider"
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_name_that_is_cut_short_in_a_list_is_told_under_the_pointer(walked_window: MainWindow, named: str) -> None:
    window = walked_window
    with walk.at(window, "library: items"):
        view = window.library.items.view
        at = view.visualRect(view.model().index(0, 0)).center()
        QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at)))
        assert named in QToolTip.text()
        QToolTip.hideText()
    with walk.at(window, "menu: filters by model") as menu:
        entries = [one for one in menu.actions() if one.toolTip() == named]
        assert entries and menu.toolTipsVisible()
        at = menu.actionGeometry(entries[0]).center()
        assert menu.actionAt(QPoint(at)) is entries[0]
        assert menu.width() < 480
