"""Places of the walk: the window itself."""

from PySide6.QtWidgets import QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.walk import library, place
from tests.ui.walk_world import settle


@place("welcome")
def _welcome(window: MainWindow) -> QWidget:
    window.stage.show_welcome()
    assert window.stage.welcome is not None
    return window.stage.welcome


@place("window: nothing open")
def _empty(window: MainWindow) -> QWidget:
    window.area.clear()
    window.generators.search.clear()
    library(window, "items")
    return window


@place("generators: nothing found")
def _no_generator(window: MainWindow) -> QWidget:
    window.generators.search.setText("xyzzy")
    return window.docks["generators"]


@place("notices")
def _notices(window: MainWindow) -> QWidget:
    window.generators.search.clear()
    window.notices.show_sentence("problem", "Something went wrong with a file.", {tr("Show log"): window.show_log})
    return window.notices


@place("window: panels side by side")
def _side_by_side(window: MainWindow) -> QWidget:
    for id in ("image.gan", "text.lstm"):
        window.open_generator(id, action="train")
    window.area.arrange(True)
    settle()
    return window.area


@place("window: a panel of its own")
def _afloat(window: MainWindow) -> QWidget:
    window.area.clear()
    window.open_generator("image.gan", action="create")
    dock = window.area.docks["image.gan"]
    dock.setFloating(True)
    return dock


@place("window: panels as tabs")
def _tabs(window: MainWindow) -> QWidget:
    for id in ("image.gan", "text.lstm"):
        window.open_generator(id, action="train")
    window.area.arrange(False)
    settle()
    return window
