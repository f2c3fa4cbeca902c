"""A created text: it streams in, and then can be copied, opened and dragged out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine.events import Saved
from aigc_desktop.i18n import tr
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fitted_text import FittedText
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.views.picture_grid import mime_of

LONGEST = 200_000  # letters that are shown


class TextCard(QWidget):
    """As high as its text: what is around it scrolls."""

    opened = Signal(object)  # a Saved
    grew = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.saved: Saved | None = None
        self._pressed: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, HALF, HALF)
        column.setSpacing(0)
        self.head = QWidget()
        head = QHBoxLayout(self.head)
        head.setContentsMargins(HALF, 0, 0, 0)
        head.setSpacing(0)
        self.name = ElidedLabel(tr("Writing…"))
        muted(self.name)
        head.addWidget(self.name, 1)
        self.copy = self._tool("copy", tr("Copy the text"))
        self.open = self._tool("arrow-square-out", tr("Open"))
        self.copy.clicked.connect(self.copy_text)
        self.open.clicked.connect(lambda: self.saved and self.opened.emit(self.saved))
        self.open.setVisible(False)
        head.addWidget(self.copy)
        head.addWidget(self.open)
        column.addWidget(self.head)
        self.text = FittedText(parent=self)
        self.text.setReadOnly(True)
        self.text.setFrameShape(FittedText.Shape.NoFrame)
        self.text.setAccessibleName(tr("Created text"))
        self.text.grew.connect(self.grew)
        column.addWidget(self.text)
        for watched in (self.head, self.text.viewport()):
            watched.installEventFilter(self)

    def stream(self, text: str) -> None:
        """The text so far; what is new is added at its end."""
        old = self.text.toPlainText()
        if text.startswith(old):
            cursor = QTextCursor(self.text.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(old) : LONGEST])
        else:
            self.text.setPlainText(text[:LONGEST])

    def finish(self, saved: Saved) -> None:
        """It is in the library: the text of the file, its name, and the ways out."""
        self.saved = saved
        self.name.setText(saved.name or Path(saved.path).stem)
        self.open.setVisible(saved.item is not None)
        self.head.setCursor(Qt.CursorShape.OpenHandCursor)
        self.head.setToolTip(tr("Drag it to where you need it"))
        if saved.path.endswith(".txt"):
            try:
                with open(saved.path, encoding="utf-8", errors="replace") as file:
                    self.stream(file.read(LONGEST))
            except OSError:
                return

    def copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.text.viewport():
            if event.type() == QEvent.Type.Wheel:
                event.ignore()
                return True
        elif watched is self.head and isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = event.position()
            elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
                far = (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
                if far and self.saved is not None:
                    self._drag()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(self.rect(), HALF, HALF)

    def _drag(self) -> None:
        assert self.saved is not None
        self._pressed = None
        drag = QDrag(self)
        data = mime_of([self.saved])
        data.setText(self.text.toPlainText())
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

    def _tool(self, name: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(title)
        button.setAccessibleName(title)
        return button
