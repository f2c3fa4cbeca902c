"""The window as a whole, with real project, jobs, library and queue; panels are a stand-in with one field."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTabBar

from aigc_desktop import i18n
from aigc_desktop.engine import registry
from aigc_desktop.engine.doctor import NO_FOLDER, PROBLEM, Finding, Report
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Params, Training, field
from aigc_desktop.engine.registry import Found, Spec
from aigc_desktop.engine.worker import Examine, Examined
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.mnemonics import plain
from aigc_desktop.ui.settings import Settings


class Create(Params):
    count: int = field(1, title="Count", help="How many.")


class Lines:
    name, suffixes = "text", (".txt",)


class Dots:
    name, suffixes = "pictures", (".png",)


SPECS = {
    id: Spec(id=id, title=title, medium=medium, summary="", about="", data=data, train=Training, create=Create)
    for id, title, medium, data in (
        ("text.one", "One", "text", Lines()),
        ("text.two", "Two", "text", Lines()),
        ("image.three", "Three", "picture", Dots()),
    )
}


class Panel(QLineEdit):
    edited = Signal()

    def __init__(self, spec: Spec):
        super().__init__()
        self.spec = spec
        self.job: Job | None = None
        self.action = ""
        self.textChanged.connect(self.edited)

    def state(self) -> dict[str, Any]:
        return {"text": self.text()}

    def restore(self, state: dict[str, Any]) -> None:
        self.setText(state.get("text", ""))

    def fill(self, job: Job) -> None:
        self.job = job

    def show_action(self, action: str) -> None:
        self.action = action


class Window(MainWindow):
    def make_panel(self, spec: Spec) -> Panel:
        return Panel(spec)


@pytest.fixture(autouse=True)
def three_generators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "specs", lambda: SPECS)


@pytest.fixture
def log() -> Iterator[Log]:
    made = Log()
    yield made
    made.stop()


@pytest.fixture
def jobs(project: Any, qapp: QApplication, tmp_path: Path) -> Iterator[Jobs]:
    settings = Settings(tmp_path / "settings")
    settings["welcomed"] = True
    made = Jobs(project, settings)
    yield made
    made.shutdown()


@pytest.fixture
def make(qtbot, project: Any, jobs: Jobs, log: Log) -> Iterator[Any]:
    """A function that opens the window, ready as after its first paint."""
    made: list[MainWindow] = []

    def open_window() -> MainWindow:
        window = Window(jobs.settings, project, jobs, log)
        made.append(window)
        window.resize(1280, 720)
        with qtbot.waitSignal(window.painted):
            window.show()
        window.complete()
        return window

    yield open_window
    for window in made:
        if shiboken6.isValid(window):
            window.put_away()
            window.close()
            window.deleteLater()


@pytest.fixture
def window(make: Any) -> MainWindow:
    return make()


def close(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def panel(window: MainWindow, id: str) -> Any:
    return window.area.docks[id].panel


# The first sight


def test_the_rooms(window: MainWindow, project: Any) -> None:
    assert window.windowTitle().startswith(project.name)
    areas = {name: window.dockWidgetArea(dock) for name, dock in window.docks.items()}
    left, right, bottom = (
        Qt.DockWidgetArea.LeftDockWidgetArea,
        *(
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        ),
    )
    assert areas == {"generators": left, "library": right, "queue": bottom}
    assert all(dock.isVisible() for dock in window.docks.values())


def test_the_empty_middle_offers_one_button(window: MainWindow) -> None:
    empty = window.area.centralWidget()
    buttons = empty.findChildren(QPushButton)
    assert len(buttons) == 1 and empty.isVisible()
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert list(window.area.docks) == ["text.one"]
    assert not empty.isVisible()


# Panels


def test_a_generator_has_one_panel(window: MainWindow) -> None:
    first = window.open_generator("text.one")
    window.open_generator("image.three")
    assert window.open_generator("text.one") is first
    assert window.area.current().objectName() == "text.one"
    assert len(window.area.docks) == 2


def test_an_unknown_generator(window: MainWindow) -> None:
    with pytest.raises(BadInput, match="text.on"):
        window.open_generator("text.on")


def test_panels_are_tabs_that_close(window: MainWindow, qtbot) -> None:
    for id in SPECS:
        window.open_generator(id)
    bars = window.area.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    bar = next(bar for bar in bars if bar.isVisible())
    assert [bar.tabText(index) for index in range(bar.count())] == ["One", "Two", "Three"]
    assert bar.tabsClosable()
    bar.tabCloseRequested.emit(1)
    assert list(window.area.docks) == ["text.one", "image.three"]
    window.close_panel()
    window.close_panel()
    assert window.area.docks == {} and window.area.centralWidget().isVisible()


def test_what_was_typed_comes_back_after_closing_the_panel(window: MainWindow) -> None:
    window.open_generator("text.one").setText("unsent")
    window.close_panel()
    assert window.open_generator("text.one").text() == "unsent"


def test_a_job_fills_its_panel(window: MainWindow) -> None:
    job = Job(generator="text.two", params={"max_steps": 3}, data="starter")
    assert window.use_settings(job.model_dump(mode="json")).job == job
    assert list(window.area.docks) == ["text.two"]


def test_the_keyboard_goes_through_the_panels(window: MainWindow) -> None:
    for id in SPECS:
        window.open_generator(id)
    window.commands["next_panel"].trigger()
    assert window.area.current().objectName() == "text.one"
    window.commands["previous_panel"].trigger()
    assert window.area.current().objectName() == "image.three"


# Layout and session


def test_side_by_side_and_reset(window: MainWindow, qtbot) -> None:
    window.open_generator("text.one")
    window.open_generator("text.two")
    window.commands["side_by_side"].trigger()
    qtbot.waitUntil(lambda: all(not dock.visibleRegion().isEmpty() for dock in window.area.docks.values()))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["library"])
    window.docks["generators"].close()
    window.docks["queue"].setFloating(True)
    window.commands["reset_layout"].trigger()
    test_the_rooms(window, window.project)
    assert not window.docks["queue"].isFloating()
    assert window.area.tabifiedDockWidgets(window.area.docks["text.one"]) == [window.area.docks["text.two"]]


def test_everything_comes_back_where_it_was(make: Any, jobs: Jobs) -> None:
    window = make()
    window.open_generator("text.one").setText("half a sentence")
    window.open_generator("image.three").setText("three")
    window.open_generator("text.two").setText("closed later")
    window.close_panel()
    window.area.arrange(side_by_side=True)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["library"])
    window.docks["queue"].setFloating(True)
    window.generators.fold(["text"])
    close(window)

    again = make()
    assert list(again.area.docks) == ["text.one", "image.three"]
    assert panel(again, "text.one").text() == "half a sentence"
    assert again.area.tabifiedDockWidgets(again.area.docks["text.one"]) == []
    assert again.dockWidgetArea(again.docks["library"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert again.docks["queue"].isFloating()
    assert again.generators.folded() == ["text"]
    assert again.open_generator("text.two").text() == "closed later"


def test_the_session_is_saved_while_one_works(window: MainWindow, qtbot) -> None:
    window.open_generator("text.one").setText("kept")
    window._autosave.setInterval(10)
    qtbot.waitUntil(lambda: window.session.load().get("panels") == {"text.one": {"text": "kept"}})


@pytest.mark.parametrize("text", ["{", '{"open": ["gone.generator", 7], "panels": [], "docks": 3, "area": "%%"}'])
def test_a_damaged_session_opens_as_new(make: Any, project: Any, jobs: Jobs, text: str) -> None:
    from aigc_desktop.ui.session import Session

    path = Session(jobs.settings.folder, project.path).path
    path.parent.mkdir(parents=True)
    path.write_text(text)
    window = make()
    assert window.area.docks == {}
    test_the_rooms(window, project)


# Language, theme, menus


def test_the_language_changes_while_it_runs(window: MainWindow, jobs: Jobs, qtbot) -> None:
    window.open_generator("text.one").setText("kept")
    window.docks["library"].hide()
    window.resizeDocks([window.docks["generators"]], [300], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: window.docks["generators"].width() == 300)
    before = window.commands["new"].text()
    i18n.use("zh_CN")
    window.speak()
    qtbot.waitUntil(lambda: window.docks["generators"].width() == 300)
    assert window.size() == QSize(1280, 720)
    assert panel(window, "text.one").text() == "kept"
    assert not window.docks["library"].isVisible()
    assert window.jobs is jobs
    translated = i18n.tr("&New project…")
    assert window.commands["new"].text() == translated
    assert len(window.menuBar().actions()) == 5
    i18n.use("en")
    window.speak()
    assert window.commands["new"].text() == before


def test_menus_use_the_platforms_keys(window: MainWindow) -> None:
    keys = {name: action.shortcuts() for name, action in window.commands.items()}
    assert keys["open"] == QKeySequence.keyBindings(QKeySequence.StandardKey.Open)
    assert keys["quit"] and keys["settings"] and keys["full_screen"]
    single = [key.toString() for name, bound in keys.items() for key in bound]
    assert len(single) == len(set(single)), "no key twice"


def test_settings_from_the_menus(window: MainWindow, jobs: Jobs) -> None:
    window.commands["theme_dark"].trigger()
    assert jobs.settings["theme"] == "dark"
    window.commands["language_zh_CN"].trigger()
    assert jobs.settings["language"] == "zh_CN"


def test_edit_commands_go_to_the_field_in_use(window: MainWindow, qtbot) -> None:
    field = window.open_generator("text.one")
    field.setText("words")
    field.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    window.commands["select_all"].trigger()
    window.commands["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "words"


def test_find_goes_to_the_search(window: MainWindow, qtbot) -> None:
    window.docks["generators"].hide()
    window.commands["find"].trigger()
    qtbot.waitUntil(window.generators.search.hasFocus)


def test_recent_projects_are_offered(window: MainWindow, jobs: Jobs, project: Any, qtbot) -> None:
    jobs.settings.opened(project.path)
    jobs.settings.opened(Path("/elsewhere/Other & more"))
    menu = window.commands["recent"].menu()
    menu.aboutToShow.emit()
    (other,) = menu.actions()
    assert plain(other.text()) == "Other & more"
    with qtbot.waitSignal(window.project_wanted) as said:
        other.trigger()
    assert said.args == [Path("/elsewhere/Other & more"), False]


@pytest.mark.parametrize("name", ["settings", "log", "about"])
def test_windows_beside(window: MainWindow, name: str, qtbot) -> None:
    window.commands[name].trigger()
    first = window.windows[name]
    assert first.isVisible()
    window.commands[name].trigger()
    assert window.windows[name] is first
    first.close()
    qtbot.waitUntil(lambda: name not in window.windows)


def test_settings_window_changes_settings(window: MainWindow, jobs: Jobs) -> None:
    window.commands["settings"].trigger()
    window.windows["settings"].set_values({"threads": 3})
    assert jobs.settings["threads"] == 3


# The project


@pytest.mark.warns  # what is wrong goes to the log as well
def test_the_project_is_checked_and_rebuilt(window: MainWindow, project: Any, qtbot) -> None:
    def said() -> str:
        return window.notices.texts().get("library", "")

    item = project.items.add(Text("One line."), name="one", job={}, seed=1, expanded={}, run=None)
    window.commands["verify"].trigger()
    qtbot.waitUntil(lambda: said() == "Every file of the project is as it was saved.")
    item.path.write_text("Another line.")
    window.commands["verify"].trigger()
    qtbot.waitUntil(lambda: item.path.name in said())
    with qtbot.waitSignal(window.jobs.library_changed):
        window.commands["rebuild"].trigger()
    assert "rebuilt" in said()
    window.task.wait()


# The log


@pytest.mark.warns
def test_the_log_can_be_copied(window: MainWindow, log: Log) -> None:
    log.start()
    logging.getLogger("aigc_desktop.test").info("before it is shown")
    window.show_log()
    logging.getLogger("aigc_desktop.test").warning("while it is shown")
    shown = window.windows["log"]
    assert "before it is shown" in shown.text.toPlainText() and "while it is shown" in shown.text.toPlainText()
    shown.copy.click()
    assert QGuiApplication.clipboard().text() == log.text()


@pytest.mark.warns
def test_a_fault_is_a_quiet_sentence(window: MainWindow, log: Log) -> None:
    log.start()
    try:
        raise ZeroDivisionError("never")
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())
    assert "went wrong" in window.notices.texts()["problem"]
    assert "Traceback" in log.text() and "ZeroDivisionError: never" in log.text()
    window.notices.findChild(QPushButton).click()
    assert window.windows["log"].isVisible()
    assert window.notices.texts() == {}


@pytest.mark.warns  # Qt says that there is no real screen
def test_bad_input_that_nobody_caught_says_its_sentence(window: MainWindow, log: Log) -> None:
    log.start()
    try:
        raise BadInput("There is no file {path}.", path="a.txt")
    except BadInput:
        sys.excepthook(*sys.exc_info())
    assert window.notices.texts() == {"problem": "There is no file a.txt."}


# Dropping


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(QPoint(300, 300)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def no_model(path: str, answer: Any) -> None:
    """What the model doctor says of a folder that is none."""
    verdict = Finding(PROBLEM, Sentence(NO_FOLDER, {"path": path}))
    answer(Examined(Examine(path), Report(Path(path), findings=(verdict,)), ""))


def test_a_dropped_file_opens_what_can_learn_from_it(
    window: MainWindow, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    def look(generator: str, path: str, answer: Any) -> None:
        asked.append(generator)
        answer(Found({}, []) if generator == "image.three" else Sentence("No text in {path}.", {"path": path}))

    monkeypatch.setattr(jobs, "look", look)
    monkeypatch.setattr(jobs, "examine", no_model)
    drop(window, tmp_path / "dots.png")
    assert asked == ["image.three"], "what names the suffix is asked first"
    assert panel(window, "image.three").job == Job(generator="image.three", data=str(tmp_path / "dots.png"))
    drop(window, tmp_path / "folder")
    assert asked[1:] == ["text.one", "text.two", "image.three"]


def test_a_dropped_file_that_nobody_can_use(
    window: MainWindow, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "look", lambda generator, path, answer: answer(Sentence("No text.")))
    monkeypatch.setattr(jobs, "examine", no_model)
    drop(window, tmp_path / "folder")
    assert window.notices.texts() == {"drop": "No text."} and window.area.docks == {}


def test_several_files_at_once(window: MainWindow, tmp_path: Path) -> None:
    drop(window, tmp_path / "a.txt", tmp_path / "b.txt")
    assert window.notices.texts() == {"drop": "Drop one file, one folder or one zip at a time."}
