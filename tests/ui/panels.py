"""A user's hands on a panel."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from aigc_desktop.engine.events import Progress
from aigc_desktop.ui.generator_panel import GeneratorPanel
from tests.tiny import TINY

SECONDS = 60_000
GENERATORS = ("text.lstm", "image.gan")


def without_sizes(state: dict[str, Any]) -> dict[str, Any]:
    """The state, but for where the handles between left and right stand."""
    return {
        name: {key: one for key, one in value.items() if key != "split"} if isinstance(value, dict) else value
        for name, value in state.items()
    }


def click(qtbot: Any, button: QWidget) -> None:
    assert button.isVisible() and button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def double_click(widget: QWidget, at: QPoint | None = None) -> None:
    """By itself QTest holds the button down after it, also in the tests that follow."""
    at = widget.rect().center() if at is None else at
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=at)
    if shiboken6.isValid(widget):
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at)


def answers_to(found: list[Any]) -> Callable[[Any], None]:
    """Takes the answers of `Jobs.look` and its like; that a look takes long (its progress) is none."""
    return lambda said: None if isinstance(said, Progress) else found.append(said)


def drop(widget: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), *given))
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *given))


def settle(qtbot: Any, panel: GeneratorPanel, data: Path, id: str = "image.gan", **params: Any) -> None:
    """Choose data and tiny settings; wait until the data was looked at."""
    panel.train.form.set_values({"precision": "float32", "max_seconds": 0} | TINY[id]["train"] | params)
    drop(panel.train.data.zone, data)
    qtbot.waitUntil(lambda: panel.train.data.found is not None, timeout=SECONDS)


def until(qtbot: Any, panel: GeneratorPanel, state: str) -> None:
    """The shown run is in this state, and the window knows."""
    jobs, page = panel.window_.jobs, panel.train
    qtbot.waitUntil(lambda: not jobs.is_running(page.run) and page._state() == state, timeout=SECONDS)
    QApplication.processEvents()
