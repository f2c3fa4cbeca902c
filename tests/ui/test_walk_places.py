"""The walk's list is complete: every window class of the program is shown by a place."""

import importlib
import inspect
import pkgutil

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QMessageBox, QWidget

from aigc_desktop import ui
from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk


def window_classes() -> set[type[QWidget]]:
    """The program's own windows and dialogs: by their base, or by the flag that makes a widget one."""
    found: set[type[QWidget]] = set()
    for module in pkgutil.walk_packages(ui.__path__, "aigc_desktop.ui."):
        for one in vars(importlib.import_module(module.name)).values():
            if not (inspect.isclass(one) and issubclass(one, QWidget) and one.__module__ == module.name):
                continue
            flagged = any(f"WindowType.{flag}" in inspect.getsource(one) for flag in ("Window)", "Dialog", "Tool"))
            if issubclass(one, QDialog | QMainWindow | QMenu) or flagged:
                found.add(one)
    return found


def test_every_window_class_is_a_place(walked_window: MainWindow) -> None:
    """And each place opens in a window of 1280×720, shows something, and leaves nothing open."""
    shown: set[type[QWidget]] = set()
    for name, widget in walk.walk(walked_window):
        assert widget.isVisible() and not widget.size().isEmpty(), name
        assert walked_window.size() == QSize(1280, 720), name
        shown |= {type(one) for one in [widget, *QApplication.allWidgets()] if one.isVisible()}
    unseen = window_classes() - shown
    assert not unseen, f"add a place to tests/ui/walk.py for {sorted(one.__name__ for one in unseen)}"
    assert any(issubclass(one, QMessageBox) for one in shown)
    assert not [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not walked_window]
