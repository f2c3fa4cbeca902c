"""A place where files can be dropped: from the system, from the library, or pasted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from aigc_desktop.ui.theme import HALF, colours

ITEM = "application/x-aigc-item"  # what the library adds to the file's address when an item is dragged


def paths_in(mime: QMimeData) -> list[Path]:
    """The files and folders on this machine that were dragged or copied."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []


class DropZone(QWidget):
    """Takes what `accepts` says yes to; a dashed edge shows that it is empty, the accent that it will take the thing.

    What stands inside is laid out by its owner. A click on the zone itself is `clicked`, as are Space and Return.
    """

    dropped = Signal(list)  # paths
    clicked = Signal()

    def __init__(self, accepts: Callable[[Path], bool] = lambda path: True, parent: QWidget | None = None):
        super().__init__(parent)
        self.accepts = accepts
        self.filled = False
        self._over = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_filled(self, filled: bool) -> None:
        """Whether something is in it: then its edge is quiet."""
        self.filled = filled
        self.update()

    def takes(self, mime: QMimeData) -> list[str]:
        """Those paths in there that it accepts."""
        return [str(path) for path in paths_in(mime) if self.accepts(path)]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.takes(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        paths = self.takes(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            paths = self.takes(QGuiApplication.clipboard().mimeData())
            if paths:
                self.dropped.emit(paths)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        of = colours()
        lit = self._over or self.hasFocus()
        pen = QPen(QColor(of.accent if lit else of.line if self.filled else of.disabled), 1)
        if not self.filled and not self._over:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(QColor(of.selected if self._over else of.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), HALF, HALF)

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().focusOutEvent(event)
        self.update()

    def _light(self, over: bool) -> None:
        self._over = over
        self.update()
