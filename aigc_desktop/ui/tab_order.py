"""Tab goes through a window as one reads it: row by row, each part to its end before the next.

By itself Qt goes in the order in which widgets were made, and panels, rows and results are made at any time.
"""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QScrollArea, QWidget

BY_TAB = Qt.FocusPolicy.TabFocus.value
ALL = Qt.TabFocusBehavior.TabFocusAllControls


class ReadingOrder:
    """A window whose Tab key goes in reading order. Name it before the class of the window."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        window: QWidget = self  # type: ignore[assignment]
        now = window.focusWidget()
        order = stops(window, now) if window.isWindow() else []  # a dock that does not float leaves it to its window
        if not order or QGuiApplication.styleHints().tabFocusBehavior() != ALL:
            return super().focusNextPrevChild(forward)  # type: ignore[misc,no-any-return]
        place = order.index(now) if now in order else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        focus(order[(place + (1 if forward else -1)) % len(order)], reason)
        return True


def focus(widget: QWidget, reason: Qt.FocusReason = Qt.FocusReason.ShortcutFocusReason) -> None:
    """Give it the focus, and bring it into sight where it has scrolled away."""
    widget.setFocus(reason)
    around = widget.parentWidget()
    while around is not None and not around.isWindow():
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget, 0, 0)
        around = around.parentWidget()


def stops(part: QWidget, also: QWidget | None = None) -> list[QWidget]:
    """What Tab stops at in a part of a window, in reading order; and `also`, where the focus is now."""
    found = []
    inside = [one for one in part.children() if isinstance(one, QWidget) and one.isVisible() and not one.isWindow()]
    inside = [one for one in inside if not is_behind(one)]
    for one in in_reading_order(inside):
        by_tab = one.isEnabled() and one.focusPolicy().value & BY_TAB and one.focusProxy() is None
        if by_tab or one is also:
            found.append(one)
        found += stops(one, also)
    return found


def is_behind(dock: QWidget) -> bool:
    """It is behind another dock in a tab. Qt calls it visible, and puts it outside its window."""
    around = dock.parentWidget()
    return isinstance(around, QMainWindow) and not dock.isWindow() and not around.rect().intersects(dock.geometry())


def in_reading_order(widgets: Iterable[QWidget]) -> list[QWidget]:
    """Row by row from the top. Those are in a row whose middle is above the end of the shortest in it."""
    rows: list[list[QWidget]] = []
    end = 0
    for one in sorted(widgets, key=lambda widget: (widget.y(), widget.x())):
        place = one.geometry()
        if rows and place.center().y() < end:
            rows[-1].append(one)
            end = min(end, place.bottom())
        else:
            rows.append([one])
            end = place.bottom()
    return [one for row in rows for one in sorted(row, key=lambda widget: widget.x())]
