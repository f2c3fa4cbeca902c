"""One picture, as large as there is room: small ones by whole multiples, so that every pixel stays a square."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui import pixmaps


class PictureView(QWidget):
    """Paints an image in its middle."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._image = QImage()
        self._pixels: Any = None  # whose memory the image is, where it does not own it
        self._scaled: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(64, 64)

    def image(self) -> QImage:
        return self._image if self._pixels is None else self._image.copy()

    def set_image(self, image: QImage) -> None:
        """Show this; a null image shows nothing."""
        self._image, self._pixels = image, None
        self._scaled = None
        self.update()

    def set_pixels(self, pixels: Any) -> None:
        """Show a numpy array as `pixmaps.over` takes it, which is not copied: a large one comes every second."""
        self.set_image(pixmaps.over(pixels))
        self._pixels = pixels

    def sizeHint(self) -> QSize:
        return QSize(256, 256)

    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self._scaled = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        ratio = self.devicePixelRatioF()
        if self._scaled is None:
            self._scaled = pixmaps.fitted(self._image, self.size(), ratio)
        size = self._scaled.deviceIndependentSize().toSize()
        corner = QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        QPainter(self).drawPixmap(corner, self._scaled)
