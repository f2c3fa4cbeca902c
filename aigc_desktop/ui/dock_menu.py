"""Where each part of the window stands, by keyboard: what dragging its title does with the mouse."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMenu

from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui.mnemonics import give_keys

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

Area = Qt.DockWidgetArea
AREAS = {
    Area.LeftDockWidgetArea: mark("To the left"),
    Area.RightDockWidgetArea: mark("To the right"),
    Area.TopDockWidgetArea: mark("To the top"),
    Area.BottomDockWidgetArea: mark("To the bottom"),
}


def fill(menu: QMenu, window: "MainWindow") -> None:
    """A menu for each dock with the places that it can go to."""
    for dock in window.docks.values():
        one = QMenu(dock.windowTitle(), menu)
        one.setAccessibleName(dock.windowTitle())
        menu.addMenu(one)
        for area, title in AREAS.items():
            one.addAction(tr(title)).triggered.connect(_to(window, dock, area))
        one.addAction(tr("As a window of its own")).triggered.connect(lambda _=False, dock=dock: afloat(dock))
        give_keys(one)
    give_keys(menu)


def _to(window: "MainWindow", dock: QDockWidget, area: Area) -> Callable[[], None]:
    return lambda: move(window, dock, area)


def move(window: "MainWindow", dock: QDockWidget, area: Area) -> None:
    """Dock it at this side, in sight."""
    dock.setFloating(False)
    window.addDockWidget(area, dock)
    dock.show()


def afloat(dock: QDockWidget) -> None:
    dock.show()
    dock.setFloating(True)
    dock.activateWindow()
