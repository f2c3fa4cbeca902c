"""The wheel scrolls the place and never changes a value, in every place, with and without the focus."""

from collections.abc import Iterator
from typing import Any

import shiboken6
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QWidget,
)

from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk, walk_world

VALUED = (QComboBox, QAbstractSpinBox, QAbstractSlider, QLineEdit, QTabBar)


def _valued(widget: QWidget) -> Iterator[QWidget]:
    for one in widget.findChildren(QWidget):
        inner = isinstance(one.parentWidget(), QAbstractSpinBox | QComboBox)
        if isinstance(one, VALUED) and not isinstance(one, QScrollBar) and not inner and one.isVisible():
            yield one


def _value(widget: QWidget) -> Any:
    if isinstance(widget, QComboBox | QTabBar):
        return widget.currentIndex()
    return widget.value() if isinstance(widget, QAbstractSlider) else widget.text()


def _area(widget: QWidget) -> QScrollArea | None:
    """What around it can scroll."""
    above = widget.parentWidget()
    while above is not None and not (isinstance(above, QScrollArea) and above.verticalScrollBar().maximum() > 40):
        above = above.parentWidget()
    return above


def _turn(widget: QWidget, by: int) -> bool:
    """Turn the wheel over it, as a hand does; False where no part of it is in sight."""
    seen = widget.visibleRegion().boundingRect()
    if seen.height() < 4 or not widget.isEnabled():
        return False
    window = widget.window()
    QTest.wheelEvent(window.windowHandle(), QPointF(widget.mapTo(window, seen.center())), QPoint(0, by))
    walk_world.settle()
    return True


def test_the_wheel_changes_no_value_anywhere(walked_window: MainWindow) -> None:
    turned: set[str] = set()
    done: set[tuple[str, str, bool]] = set()
    scrolled = 0
    names = [name for name in walk.PLACES if not name.startswith("menu:")]
    for name, place in walk.walk(walked_window, names):
        for widget in list(_valued(place)):
            if not shiboken6.isValid(widget):
                continue  # the editor of a name, which is gone once the focus is elsewhere
            area, before = _area(widget), _value(widget)
            if (key := (type(widget).__name__, widget.accessibleName(), area is None)) in done:
                continue
            done.add(key)
            said = f"{name}: {type(widget).__name__} {widget.accessibleName()}"
            for focused in (False, True):
                if area is not None:
                    area.ensureWidgetVisible(widget)
                if focused:
                    widget.setFocus()
                for by in (-120, 120):
                    bar = area.verticalScrollBar() if area is not None else None
                    at = bar.value() if bar is not None else 0
                    room = bar is not None and (at < bar.maximum() if by < 0 else at > bar.minimum())
                    focus = QApplication.focusWidget()
                    if not _turn(widget, by):
                        continue
                    assert _value(widget) == before, said
                    assert QApplication.focusWidget() is focus, said
                    if room and bar is not None:
                        assert bar.value() != at, f"{said} holds the wheel"
                        bar.setValue(at)
                        scrolled += 1
                    turned.add(type(widget).__name__)
    assert turned >= {"QComboBox", "ModelChooser", "NumberSpin", "DurationSpin", "QSlider", "Timeline", "QTabBar"}
    assert scrolled > 20
