"""F6: from one part of the window to the next, as between the panes of a file manager."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aigc_desktop.ui import tab_order

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow


def panes(window: "MainWindow") -> list[QWidget]:
    """What is there to go to: sentences, generators, the panel in front, library, queue; those that are in sight."""
    panel = window.area.current()
    middle = panel if panel is not None else window.area.centralWidget()
    docks = window.docks
    found = [docks["generators"], window.notices, middle, docks["library"], docks["queue"]]
    return [one for one in found if one.isVisible() and not tab_order.is_behind(one)]


def step(window: "MainWindow", by: int) -> None:
    """Go to the next part (1) or the one before (-1): to where the focus was there last, else to its first control."""
    there = panes(window)
    now = window.focusWidget()
    places = [place for place, pane in enumerate(there) if now is not None and pane.isAncestorOf(now)]
    begin = places[0] if places else -1 if by > 0 else 0
    for distance in range(1, len(there) + 1):
        pane = there[(begin + by * distance) % len(there)]
        stops = tab_order.stops(pane)
        if stops:
            last = pane.focusWidget()
            inside = [one for one in stops if not _in_title(one, pane)] or stops
            tab_order.focus(last if last in stops else inside[0])
            pane.window().activateWindow()
            return


def _in_title(widget: QWidget, pane: QWidget) -> bool:
    """It is a button of the dock's title line, not of what stands in the dock."""
    title = getattr(pane, "titleBarWidget", lambda: None)()
    return title is not None and title.isAncestorOf(widget)
