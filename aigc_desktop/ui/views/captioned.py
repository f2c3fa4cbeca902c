"""A picture with a line under it, and where it stands beside something else."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.picture_view import PictureView
from aigc_desktop.ui.theme import GAP, HALF, muted, small

HIGH = 224  # pixels of an enlarged picture among the inputs: 28 and 32 fit it by whole multiples
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

    turned = Signal(bool)  # they are beside each other now, or are not

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

    def is_beside(self) -> bool:
        return self.box.direction() == QBoxLayout.Direction.LeftToRight

    def _turn(self) -> None:
        beside = self.width() > WIDE * self.height()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self.box.direction() != way:
            self.box.setDirection(way)
            self.turned.emit(beside)


class Enlarged:
    """One of many pictures, seen closely: beside them where there is width for it, else among the inputs."""

    def __init__(self, name: str, sides: Beside, stretch: int):
        self._sides, self._name = sides, name
        self.there = Captioned(name, sides)  # beside
        sides.add(self.there, stretch)
        self.here: Captioned | None = None  # among the inputs
        sides.turned.connect(self._turn)

    def stand_in(self, parent: QWidget) -> Captioned:
        """Its other place, among the inputs."""
        self.here = Captioned(self._name, parent)
        self.here.picture.setFixedHeight(HIGH)
        self._turn(self._sides.is_beside())
        return self.here

    def show_picture(self, image: QImage, caption: str) -> None:
        for one in filter(None, (self.there, self.here)):
            one.show_picture(image, caption)

    @property
    def image(self) -> QImage:
        return self.there.picture.image()

    @property
    def caption(self) -> str:
        return self.there.caption.text()

    def _turn(self, beside: bool) -> None:
        self.there.setVisible(beside or self.here is None)
        if self.here is not None:
            self.here.setVisible(not beside)
