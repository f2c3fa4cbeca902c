"""A picture to be looked at closely: fitted to the window, pixel for pixel, or any size between; dragged to move."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from aigc_desktop.ui.pixmaps import SMALL

STEP = 1.25
NEAREST, FARTHEST = 256.0, 0.02


class ZoomView(QGraphicsView):
    """Begins fitted, and stays so until the user zooms. A small picture shows its pixels as squares."""

    zoomed = Signal(float)  # device pixels per pixel of the picture

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._picture = QGraphicsPixmapItem()
        self._scene.addItem(self._picture)
        self.setScene(self._scene)
        self.fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._colour()

    def set_image(self, image: QImage) -> None:
        """Show this picture, fitted."""
        self._picture.setPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(self._picture.boundingRect())
        self.fit()

    def image_size(self) -> tuple[int, int]:
        return self._picture.pixmap().width(), self._picture.pixmap().height()

    def zoom(self) -> float:
        """Device pixels per pixel of the picture."""
        return self.transform().m11() * self.devicePixelRatioF()

    def fit(self) -> None:
        """As large as there is room; a large picture no larger than it is, a small one by whole multiples."""
        self.fitted = True
        width, height = self.image_size()
        if not width or not height:
            return
        ratio = self.devicePixelRatioF()
        room_x, room_y = (self.viewport().width() - 2) * ratio, (self.viewport().height() - 2) * ratio
        zoom = max(FARTHEST, min(room_x / width, room_y / height))
        if zoom > 1:
            zoom = int(zoom) if max(width, height) <= SMALL else 1.0
        self._apply(zoom)

    def actual(self) -> None:
        """One pixel of the picture on one pixel of the screen."""
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float) -> None:
        self.fitted = False
        self._apply(min(NEAREST, max(FARTHEST, zoom)))

    def closer(self) -> None:
        self.set_zoom(self.zoom() * STEP)

    def farther(self) -> None:
        self.set_zoom(self.zoom() / STEP)

    def _apply(self, zoom: float) -> None:
        smooth = zoom < 1 or (zoom < 3 and max(self.image_size()) > SMALL)
        self._picture.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        )
        scale = zoom / self.devicePixelRatioF()
        self.resetTransform()
        self.scale(scale, scale)
        self.zoomed.emit(zoom)

    def _colour(self) -> None:
        self.setBackgroundBrush(self.palette().color(QPalette.ColorRole.Base))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_zoom(self.zoom() * STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.fitted:
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
