"""Every empty place says what belongs there or what to do, and offers at most one button; nothing must be answered."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from aigc_desktop import ui
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_model import Filters
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import Settings
from tests.ui import library_world
from tests.ui.walk_world import settle


@pytest.fixture
def window(project: Any, qapp: QApplication, qtbot: Any, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on a project with nothing in it, past its welcome."""
    settings = Settings(tmp_path / "settings")
    settings["welcomed"] = True
    jobs, log = Jobs(project, settings), Log()
    made = MainWindow(settings, project, jobs, log)
    made.resize(1280, 720)
    with qtbot.waitSignal(made.painted):
        made.show()
    made.complete()
    settle()
    yield made
    jobs.shutdown()
    made.put_away()
    made.close()
    made.deleteLater()
    log.stop()
    settle()


def said(place: QWidget) -> str:
    """The one sentence, or the few, of a place, checked to be such."""
    texts = [one.text() for one in place.findChildren(QLabel) if one.isVisible() and len(one.text().split()) > 2]
    assert len(texts) == 1, texts
    assert texts[0].endswith(".") and texts[0][0].isupper()
    return texts[0]


def offered(place: QWidget) -> QPushButton | None:
    buttons = [one for one in place.findChildren(QPushButton) if one.isVisible()]
    assert len(buttons) <= 1
    return buttons[0] if buttons else None


def test_the_middle_offers_to_open_a_generator(window: MainWindow) -> None:
    place = window.area.centralWidget()
    assert said(place)
    button = offered(place)
    assert button is not None
    button.click()
    assert len(window.area.docks) == 1


def test_the_library_says_what_will_be_there_and_how_to_begin(window: MainWindow) -> None:
    library = window.library
    for page, wanted in (("items", True), ("models", True), ("trash", False)):
        library.show_page(page)
        settle()
        empty = library.pages.currentWidget().empty
        assert empty.isVisible() and said(empty)
        button = offered(empty)
        assert (button is not None) is wanted
        if button is not None:
            window.area.clear()
            settle()
            button.click()
            assert next(iter(window.area.docks.values())).panel.action() == "train"


def test_a_library_with_models_offers_to_create(window: MainWindow) -> None:
    library_world.model(window.project, "digits")
    window.jobs.library_changed.emit()
    window.library.show_page("items")
    settle()
    button = offered(window.library.items.empty)
    assert button is not None and "digits" in button.text()
    button.click()
    assert window.area.docks["image.gan"].panel.action() == "create"


@pytest.mark.parametrize("page", ["items", "models", "trash"])
@pytest.mark.parametrize("filters", [Filters(text="xyzzy"), Filters(medium="clip")], ids=["words", "filter"])
def test_a_search_that_finds_nothing_offers_the_way_back(window: MainWindow, page: str, filters: Filters) -> None:
    library_world.picture(window.project, "Digit")
    library_world.model(window.project, "digits")
    window.project.items.trash(library_world.picture(window.project, "Gone").id)
    window.jobs.library_changed.emit()
    window.library.show_page(page)
    window.library.filters.set(filters)
    settle()
    empty = window.library.pages.currentWidget().empty
    assert empty.isVisible() and said(empty)
    button = offered(empty)
    assert button is not None
    button.click()
    settle()
    assert not empty.isVisible() and window.library.filters.filters == Filters()


def test_generators_queue_log_and_menus(window: MainWindow) -> None:
    window.generators.search.setText("xyzzy")
    assert said(window.generators)
    window.generators.search.clear()
    assert said(window.queue)
    window.show_log()
    assert window.windows["log"].text.placeholderText().endswith(".")
    menu = window.library.filters.button.menu()
    menu.aboutToShow.emit()
    assert [action.text().replace("&", "") for action in menu.actions()] == ["There is nothing to filter yet"]
    recent = window.commands["recent"].menu()
    recent.aboutToShow.emit()
    assert [action.text().replace("&", "") for action in recent.actions()] == ["No other projects yet"]


@pytest.mark.parametrize("id", ["image.gan", "text.lstm"])
def test_a_panel_without_data_run_or_model(window: MainWindow, id: str) -> None:
    panel = window.open_generator(id, action="train")
    settle()
    assert said(panel.train.empty)
    assert panel.train.data.starter.isVisible(), "the one click that needs no files"
    panel.train.start()
    assert panel.train.problem.text().endswith(".") and panel.train.data.file.hasFocus()
    panel.train.status.menu.aboutToShow.emit()
    assert [action.text().replace("&", "") for action in panel.train.status.menu.actions()] == ["No trainings yet"]
    panel.show_action("create")
    settle()
    assert said(panel.create.empty)
    button = offered(panel.create.empty)
    assert button is not None and not panel.create.create.isEnabled()
    button.click()
    assert panel.action() == "train"
    run = window.project.runs.add({"generator": id, "action": "train", "params": {}}, state="paused")
    window.jobs.changed.emit()
    panel.show_run(run)
    settle()
    for name, view in panel.train.views.items():
        panel.train.tabs.show_view(name)
        settle()
        assert view._invitation.isVisible() and view._invitation.text().endswith(".")


def test_a_long_name_makes_no_wide_button(qtbot: Any) -> None:
    place = EmptyPlace()
    qtbot.addWidget(place)
    place.say("Nothing here.", "Create with " + "long " * 40, lambda: None)
    assert place.button.sizeHint().width() < 260
    assert place.button.toolTip().count("long") == 40


# Nothing modal

QUESTIONS = {"closing.py", "library_pages.py"}  # closing while work goes on, deleting for good
BEFORE_THE_WINDOW = {"app.py"}


def blocking(source: str) -> Iterator[str]:
    """Calls that stop everything until somebody answers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, of = node.func.attr, getattr(node.func.value, "id", "")
            if (
                name in ("exec", "exec_")
                and of not in ("drag", "loop", "app")
                or of in ("QMessageBox", "QInputDialog")
                and name in ("critical", "warning", "question", "information")
            ):
                yield f"{node.lineno}: {of}.{name}"
            elif of == "QInputDialog" or name == "setModal":
                yield f"{node.lineno}: {name}"
        elif isinstance(node, ast.Attribute) and node.attr in ("ApplicationModal", "WindowModal"):
            yield f"{node.lineno}: {node.attr}"


def test_no_code_waits_for_an_answer() -> None:
    found = [
        f"{path.name}:{one}"
        for folder in ui.__path__
        for path in Path(folder).rglob("*.py")
        if path.name not in QUESTIONS | BEFORE_THE_WINDOW
        for one in blocking(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_search_for_what_waits_finds_it() -> None:
    assert list(blocking("QMessageBox.warning(self, 'a', 'b')\nDialog().exec()"))
    assert not list(blocking("drag.exec(x); self.show()"))


@pytest.mark.usefixtures("nothing_modal")
def test_bad_input_everywhere_is_said_quietly(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    from aigc_desktop.ui import dropped

    bad = tmp_path / "broken.zip"
    bad.write_bytes(b"no zip")
    dropped.use(window, [str(bad)])
    dropped.use(window, [str(tmp_path / "missing.txt"), "/nowhere"])
    panel = window.open_generator("image.gan", action="train")
    panel.train.data.set_path(str(bad))
    qtbot.waitUntil(lambda: panel.train.data.problem is not None, timeout=60_000)
    panel.start()
    assert panel.train.problem.text()
    window.project_wanted.emit(tmp_path / "nowhere", False)
    item = library_world.picture(window.project, "Digit")
    window.library.actions_.rename(item, "")
    window.library.actions_.trash([item])
    window.library.actions_.restore([window.project.items.get(item.id)])
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert shiboken6.isValid(window) and QApplication.activeModalWidget() is None


def test_the_watch_for_modal_windows_sees_one(qapp: QApplication, qtbot: Any) -> None:
    from PySide6.QtWidgets import QMessageBox

    from tests.ui.conftest import _ModalWatch

    watch = _ModalWatch()
    qapp.installEventFilter(watch)
    box = QMessageBox()
    qtbot.addWidget(box)
    box.open()
    qapp.removeEventFilter(watch)
    assert watch.seen
