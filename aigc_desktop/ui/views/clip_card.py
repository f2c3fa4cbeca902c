"""A created clip: it plays in its place, and can be opened and dragged out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine.events import Saved
from aigc_desktop.i18n import tr
from aigc_desktop.ui.clip_player import ClipPlayer
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.views.picture_grid import mime_of

HIGH = 320  # pixels with all that is in it


class ClipCard(QWidget):
    """`play`: it begins at once, as what was made just now does."""

    opened = Signal(object)  # a Saved

    def __init__(self, saved: Saved, play: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self.saved = saved
        self._pressed: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, HALF, HALF)
        column.setSpacing(HALF)
        head = QHBoxLayout()
        head.setSpacing(0)
        self.name = ElidedLabel(saved.name or Path(saved.path).stem, self)
        self.name.setCursor(Qt.CursorShape.OpenHandCursor)
        self.name.setToolTip(tr("Drag it to where you need it"))
        muted(self.name)
        self.open = QToolButton(self)
        self.open.setAutoRaise(True)
        self.open.setIcon(icon("arrow-square-out"))
        self.open.setIconSize(QSize(16, 16))
        self.open.setToolTip(tr("Open"))
        self.open.setAccessibleName(tr("Open"))
        self.open.setVisible(saved.item is not None)
        self.open.clicked.connect(lambda: self.opened.emit(self.saved))
        head.addWidget(self.name, 1)
        head.addWidget(self.open)
        column.addLayout(head)
        self.player = ClipPlayer(self)
        self.player.setMinimumHeight(HIGH - 2 * GRID - self.open.sizeHint().height())
        column.addWidget(self.player)
        self.player.show_clip(Path(saved.path), play=play)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            drag = QDrag(self)
            drag.setMimeData(mime_of([self.saved]))
            drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(self.rect(), HALF, HALF)
