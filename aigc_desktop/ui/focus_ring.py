"""Where the keyboard is: a ring inside the edge of what has the focus, once a key has moved it there.

Fusion shows the focus of most controls by a shade only. What has a text cursor needs no ring.
"""

from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from aigc_desktop.ui import theme

BY_KEY = Qt.WidgetAttribute.WA_KeyboardFocusChange  # of a window: Qt sets it for Tab and for shortcuts
THICK = 2
ROUND = 4


class FocusRing(QObject):
    """Follows the focus of the whole application."""

    def __init__(self, app: QApplication):
        super().__init__(app)
        self._ring: Ring | None = None
        self._by_key = False  # a key, not the mouse, moved the focus last; a new window goes on so
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None
        if now is None:
            return
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_key = False
            now.window().setAttribute(BY_KEY, False)
        elif now.window().testAttribute(BY_KEY):
            self._by_key = True
        if self._by_key and not _shows_it(now):
            self._ring = Ring(now)


class Ring(QWidget):
    """Lies over `around`, is of its size, and lets everything through."""

    def __init__(self, around: QWidget):
        super().__init__(around)
        self._around = around
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(around.rect())
        around.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._around.rect())
        elif event.type() == QEvent.Type.ChildAdded:
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        main = self._around.property("main")
        of = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(of.on_accent if main else of.text), THICK))
        inset = THICK / 2 + (THICK if main else 0)  # on the filled button, not at its edge
        painter.drawRoundedRect(QRectF(_place(self._around)).adjusted(inset, inset, -inset, -inset), ROUND, ROUND)


def _shows_it(widget: Any) -> bool:
    """A text cursor stands in it, or an entry of it is marked."""
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox | QMenuBar)


def _place(widget: QWidget) -> QRect:
    """The part of it that has the focus."""
    if isinstance(widget, QTabBar):
        return widget.tabRect(widget.currentIndex())
    if isinstance(widget, QCheckBox):
        return widget.rect().intersected(QRect(0, 0, widget.sizeHint().width() + ROUND, widget.height()))
    return widget.rect()
