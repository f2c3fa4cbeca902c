"""Python's cyclic garbage, collected in the window's thread only.

By itself Python collects in whatever thread makes the next object; a widget that a job's thread frees takes the program
down. It also may not collect while the window starts, when there is no garbage to find.
"""

import gc

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmapCache

from aigc_desktop.engine import memory

EVERY = 1000  # milliseconds


class Garbage(QObject):
    """Takes over collecting until `stop`. What is there at the first look is never looked at again."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._frozen = False
        self._timer = QTimer(self, interval=EVERY, timerType=Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """The user looks elsewhere: nobody sees that to give memory back takes as long as two frames."""
        if state != Qt.ApplicationState.ApplicationActive:
            gc.collect()
            QPixmapCache.clear()  # how the style drew controls, most of which are gone: up to 10 MB
            memory.give_back()

    def look(self) -> None:
        """Collect the generations that are due, as Python would."""
        if not self._frozen:
            gc.freeze()
            self._frozen = True
        due = [generation for generation in range(3) if gc.get_count()[generation] > gc.get_threshold()[generation]]
        if due:
            gc.collect(max(due))

    def stop(self) -> None:
        self._timer.stop()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.disconnect(self._state_changed)
        gc.unfreeze()
        gc.enable()
