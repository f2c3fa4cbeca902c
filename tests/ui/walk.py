"""Every place that a user can reach, opened in the real window: what the walking tests go through.

A place is a function that opens something in the window and returns the widget to look at. Whoever adds a window, a
dialog or a menu adds a place, in one of the modules beside this; a test fails where a window class of the program is
shown by no place.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from aigc_desktop.ui import tab_order
from aigc_desktop.ui.closing import Closing
from aigc_desktop.ui.library_model import Filters
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.walk_world import settle, until

Place = Callable[[MainWindow], QWidget]
PLACES: dict[str, Place] = {}


def place(name: str) -> Callable[[Place], Place]:
    """This function opens the place of this name."""

    def take(open: Place) -> Place:
        PLACES[name] = open
        return open

    return take


@contextmanager
def at(window: MainWindow, name: str) -> Iterator[QWidget]:
    """Go to a place: its widget, laid out and painted. Everything that was opened is closed again."""
    widget = PLACES[name](window)
    settle()
    try:
        yield widget
    finally:
        leave(window)


def walk(window: MainWindow, names: Iterable[str] = ()) -> Iterator[tuple[str, QWidget]]:
    """Every place, or these, after the other: its name, and its widget while it is open."""
    for name in names or PLACES:
        with at(window, name) as widget:
            yield name, widget


def leave(window: MainWindow) -> None:
    """Back to the window alone, with no menus, no dialogs and no sentences."""
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.hide()
    for one in QApplication.topLevelWidgets():
        if one is not window and one.isVisible():
            if isinstance(one, Closing):
                one.saving = False
            one.close()
    for key in window.notices.texts():
        window.notices.remove(key)
    window.stage.show_panels()
    if window.library is not None:
        window.library.bar.hide()
    settle()
    window.activateWindow()
    until(window.isActiveWindow)


CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTabBar,
    QTextEdit,
)


def controls(widget: QWidget) -> Iterator[QWidget]:
    """Everything in it that one can click, type into or move to by keyboard; shown, whether enabled or not."""
    for one in [widget, *widget.findChildren(QWidget)]:
        inner = one.objectName().startswith("qt_") or isinstance(one, QScrollBar | QHeaderView)  # a part of it
        if not one.isVisible() or inner or _within(one) or behind(one):
            continue
        if isinstance(one, CONTROLS) or one.focusPolicy().value & 3:  # by Tab or by click
            yield one


def behind(widget: QWidget) -> bool:
    """It is in a dock behind another one, or a row of tabs without any: Qt puts those, still visible, outside the window."""
    while not widget.isWindow():
        if tab_order.is_behind(widget):
            return True
        widget = widget.parentWidget()
    return False


def _within(widget: QWidget) -> bool:
    """It is the inside of a spin box, combo box or line edit, or a viewport: its parent is the control."""
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit) or widget.focusProxy() is not None


def named(widget: QWidget | None) -> str:
    """Which widget a test speaks of."""
    if widget is None:
        return "nothing"
    parent = type(widget.parentWidget()).__name__
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()!r} in {parent}"


def has_other_way(button: QAbstractButton) -> bool:
    """It is a small part of a control that has a key for the same: the ✕ of a tab."""
    return isinstance(button.parentWidget(), QTabBar)


def popup(menu: QMenu) -> QMenu:
    """The menu, opened."""
    menu.popup(QPoint(40, 40))
    assert menu.isVisible()
    return menu


def library(window: MainWindow, name: str) -> QWidget:
    """A page of the library, without filters."""
    window.library.filters.set(Filters())
    window.library.show_page(name)
    settle()
    return window.library


# These fill PLACES, in the order of the walk.
from tests.ui import walk_window, walk_generators, walk_pictures, walk_desks, walk_library, walk_dialogs, walk_menus  # noqa: F401, I001
