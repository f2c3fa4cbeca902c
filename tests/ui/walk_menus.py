"""Places of the walk: menus."""

from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from aigc_desktop.ui.main_window import MainWindow
from tests.ui.walk import PLACES, library, place, popup


def _menu(window: MainWindow, number: int) -> QWidget:
    return popup(window.menuBar().actions()[number].menu())


for _number, _name in enumerate(("file", "edit", "view", "library", "help")):
    PLACES[f"menu: {_name}"] = lambda window, number=_number: _menu(window, number)


@place("menu: recent projects")
def _recent(window: MainWindow) -> QWidget:
    return popup(window.commands["recent"].menu())


def _choices(window: MainWindow, setting: str) -> QWidget:
    return popup(window.commands[f"{setting}_system"].associatedObjects()[-1])


for _name in ("theme", "language"):
    PLACES[f"menu: {_name}"] = lambda window, name=_name: _choices(window, name)


@place("menu: filters")
def _filters(window: MainWindow) -> QWidget:
    library(window, "items")
    return popup(window.library.filters.button.menu())


def _section(window: MainWindow, number: int) -> QWidget:
    menu = window.library.filters.button.menu()
    menu.aboutToShow.emit()
    return popup(menu.actions()[number].menu())


for _number, _name in enumerate(("medium", "generator", "model")):
    PLACES[f"menu: filters by {_name}"] = lambda window, number=_number: _section(window, number)


def _context(view: QAbstractItemView) -> QWidget:
    """The menu that the menu key opens."""
    view.selectAll()
    view.setCurrentIndex(view.model().index(0, 0))
    place = view.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    return menu


@place("menu: of an item")
def _item_menu(window: MainWindow) -> QWidget:
    library(window, "items")
    return _context(window.library.items.view)


@place("menu: of a model")
def _model_menu(window: MainWindow) -> QWidget:
    library(window, "models")
    return _context(window.library.models.view)


@place("menu: of an adapter")
def _adapter_menu(window: MainWindow) -> QWidget:
    library(window, "models")
    adapters = window.library.actions_.adapters
    adapters.is_one = lambda model: True
    try:
        return _context(window.library.models.view)
    finally:
        del adapters.is_one


@place("menu: in the trash")
def _trash_menu(window: MainWindow) -> QWidget:
    library(window, "trash")
    return _context(window.library.trash.view)


@place("menu: of the docks")
def _docks_menu(window: MainWindow) -> QWidget:
    return popup(window.createPopupMenu())


@place("menu: move a part of the window")
def _move(window: MainWindow) -> QWidget:
    menu = next(one for one in window.menuBar().actions()[2].menu().actions() if one.menu() and not one.isCheckable())
    return popup(menu.menu().actions()[0].menu())
