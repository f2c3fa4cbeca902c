"""A picture with a line under it, and two of them beside each other or one above the other."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.picture_view import PictureView
from aigc_desktop.ui.theme import GAP, HALF, muted, small

WIDE = 1.25  # times as wide as high: then there is room beside


class Captioned(QWidget):
    """`name` is what the picture is, for who does not see it; the line says more of it."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.picture = PictureView(self)
        self.picture.setAccessibleName(name)
        self.caption = ElidedLabel("", self, align=Qt.AlignmentFlag.AlignHCenter)
        muted(small(self.caption))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(self.picture, 1)
        column.addWidget(self.caption)

    def show_picture(self, image: QImage, caption: str | None = None) -> None:
        """This picture, and these words where they are others."""
        self.picture.set_image(image)
        if caption is not None:
            self.caption.setText(caption)
            self.picture.setAccessibleDescription(caption)


class Beside(QWidget):
    """Two widgets beside each other where there is width for it, else the second under the first."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(GAP)

    def add(self, widget: QWidget, stretch: int) -> None:
        self.box.addWidget(widget, stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def _turn(self) -> None:
        beside = self.width() > WIDE * self.height()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self.box.direction() != way:
            self.box.setDirection(way)
