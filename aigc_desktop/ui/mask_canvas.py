"""A mask brushed over a picture: what is painted is white in the mask."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from aigc_desktop.ui.theme import LIGHT
from aigc_desktop.ui.zoom_view import ZoomView

LAYER = QImage.Format.Format_ARGB32_Premultiplied
MASK = QImage.Format.Format_Alpha8
TINT = 3  # of the light theme's series, for a picture is the same in both: violet, rare in pictures
STRENGTH = 0.7  # of the colour over what is painted
KEPT = 64 << 20  # bytes of what can be undone
SMALLEST, LARGEST = 1, 512  # pixels of the brush
WIDER = 1.2  # for each key press


@dataclass
class Step:
    """What a part of the mask was before it was changed."""

    place: QRect
    before: QImage


class _Layer(QGraphicsItem):
    """The painted part, seen through; or the mask alone, white on black."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.alone = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return QRectF(self.image.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        seen = option.exposedRect & self.boundingRect()  # type: ignore[attr-defined]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if self.alone:
            painter.fillRect(seen, Qt.GlobalColor.black)
            painter.drawImage(seen, self.image, seen)
            return
        # Striped, in pixels of the screen: a colour alone could be that of the picture.
        world = painter.worldTransform()
        room = world.mapRect(seen).toAlignedRect()
        if room.isEmpty():
            return
        ratio = painter.device().devicePixelRatioF()
        striped = QImage(room.size() * ratio, LAYER)
        striped.setDevicePixelRatio(ratio)
        striped.fill(Qt.GlobalColor.transparent)
        over = QPainter(striped)
        over.setTransform(world * QTransform.fromTranslate(-room.x(), -room.y()))
        over.drawImage(seen, self.image, seen)
        over.resetTransform()
        over.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
        over.setBrushOrigin(-room.topLeft())
        over.fillRect(QRect(QPoint(), room.size()), QBrush(Qt.GlobalColor.white, Qt.BrushStyle.BDiagPattern))
        over.end()
        painter.resetTransform()
        painter.setOpacity(STRENGTH)
        painter.drawImage(room.topLeft(), striped)


class MaskCanvas(ZoomView):
    """The left button paints, the middle one moves the picture.

    Arrow keys move the brush; Space puts it down, so that moving paints, and lifts it again.
    """

    changed = Signal()  # the mask, what can be undone, the brush

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.size_ = 24  # pixels of the picture
        self.erasing = False
        self.down = False  # the brush, by keys
        self._layer = _Layer()
        self.scene().addItem(self._layer)
        self._undo: deque[Step] = deque()
        self._redo: list[Step] = []
        self._begun: QImage | None = None  # the mask as it was before the stroke that is being painted
        self._touched = QRect()
        self._at: QPointF | None = None  # the brush, in pixels of the picture
        self._panned: QPoint | None = None
        self._share: float | None = None
        self.setDragMode(ZoomView.DragMode.NoDrag)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    # What it holds

    def show_picture(self, picture: QImage, mask: QImage | None = None) -> None:
        """Paint over this; `mask` (of the same size, what is bright counts) is there already."""
        self._layer.prepareGeometryChange()
        self._layer.image = QImage(picture.size(), LAYER)
        self._layer.image.fill(Qt.GlobalColor.transparent)
        self._share = None
        self._undo.clear()
        self._redo.clear()
        self._begun = None
        self.set_image(picture)
        self._at = QPointF(picture.width() / 2, picture.height() / 2)
        self.size_ = max(SMALLEST, min(LARGEST, round(min(picture.width(), picture.height()) / 10)))
        if mask is not None and mask.size() == picture.size():
            self._put(Step(mask.rect(), _alpha_of(mask)))
        self.changed.emit()

    def mask(self) -> QImage:
        """Grey, as large as the picture: white where it is painted, else black."""
        found = self._layer.image.convertToFormat(MASK)
        found.reinterpretAsFormat(QImage.Format.Format_Grayscale8)
        return found

    def painted(self) -> float:
        """Which share of the picture is painted."""
        if self._share is None:
            grey = self.mask()
            self._share = 0.0 if grey.isNull() else float((_pixels(grey) > 127).mean())
        return self._share

    def can_undo(self) -> bool:
        return bool(self._undo)

    def can_redo(self) -> bool:
        return bool(self._redo)

    # What is done

    def set_brush(self, size: int) -> None:
        """How wide the brush is, in pixels of the picture."""
        size = max(SMALLEST, min(LARGEST, size))
        if size != self.size_:
            self.size_ = size
            self.viewport().update()
            self.changed.emit()

    def widen(self, times: float = WIDER) -> None:
        """A wider brush, or with less than 1 a finer one; by a pixel at least."""
        wanted = round(self.size_ * times)
        self.set_brush(wanted if wanted != self.size_ else self.size_ + (1 if times > 1 else -1))

    def set_erasing(self, on: bool) -> None:
        self.erasing = on
        self.changed.emit()

    def stroke(self, start: QPointF, end: QPointF) -> None:
        """One stroke, to be undone as one."""
        self._begin()
        self._paint(start, end)
        self._finish()

    def undo(self) -> None:
        if self._undo and self._begun is None:
            self._redo.append(self._swap(self._undo.pop()))
            self.changed.emit()

    def redo(self) -> None:
        if self._redo and self._begun is None:
            self._undo.append(self._swap(self._redo.pop()))
            self.changed.emit()

    def invert(self) -> None:
        """What is painted, and what is not, change places."""
        alpha = self._layer.image.convertToFormat(MASK)
        alpha.invertPixels(QImage.InvertMode.InvertRgba)
        self._change(alpha)

    def clear(self) -> None:
        """Nothing is painted."""
        empty = QImage(self._layer.image.size(), MASK)
        empty.fill(0)
        self._change(empty)

    def show_alone(self, on: bool) -> None:
        """The mask alone, white on black, as it is saved."""
        self._layer.alone = on
        self._colour_layer()

    # Painting

    def _begin(self) -> None:
        self._begun, self._touched = self._layer.image.copy(), QRect()

    def _paint(self, start: QPointF, end: QPointF) -> None:
        painter = QPainter(self._layer.image)
        mode = QPainter.CompositionMode
        painter.setCompositionMode(mode.CompositionMode_Clear if self.erasing else mode.CompositionMode_Source)
        pen = QPen(self._tint(), self.size_, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self._share = None
        far = self.size_ / 2 + 2
        touched = QRectF(start, end).normalized().adjusted(-far, -far, far, far).toAlignedRect()
        self._touched = self._touched.united(touched & self._layer.image.rect())
        self._layer.update(QRectF(touched))

    def _finish(self) -> None:
        if self._begun is not None:
            before, self._begun = self._begun, None
            if not self._touched.isEmpty():
                self._keep(Step(self._touched, before.copy(self._touched).convertToFormat(MASK)))
        self.changed.emit()

    def _change(self, alpha: QImage) -> None:
        """Put another mask in place of this one."""
        if self._begun is None:
            self._keep(self._swap(Step(alpha.rect(), alpha)))
            self.changed.emit()

    def _keep(self, step: Step) -> None:
        self._undo.append(step)
        self._redo.clear()
        while len(self._undo) > 1 and sum(one.before.sizeInBytes() for one in self._undo) > KEPT:
            self._undo.popleft()

    def _swap(self, step: Step) -> Step:
        """Make the part what it was; what it is now, for the way back."""
        now = Step(step.place, self._layer.image.copy(step.place).convertToFormat(MASK))
        self._put(step)
        return now

    def _put(self, step: Step) -> None:
        painter = QPainter(self._layer.image)
        mode = QPainter.CompositionMode
        painter.setClipRect(step.place)
        painter.setCompositionMode(mode.CompositionMode_Source)
        painter.fillRect(step.place, self._tint())
        painter.setCompositionMode(mode.CompositionMode_DestinationIn)
        painter.drawImage(step.place.topLeft(), step.before)
        painter.end()
        self._share = None
        self._layer.update(QRectF(step.place))

    def _tint(self) -> QColor:
        return QColor(Qt.GlobalColor.white) if self._layer.alone else QColor(LIGHT.series[TINT])

    def _colour_layer(self) -> None:
        if self._layer.image.isNull():
            return
        painter = QPainter(self._layer.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(self._layer.image.rect(), self._tint())
        painter.end()
        self._layer.update()

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = event.position().toPoint()
        elif event.button() == Qt.MouseButton.LeftButton and self._begun is None and not self._layer.image.isNull():
            self._lift()
            self._at = self.mapToScene(event.position().toPoint())
            self._begin()
            self._paint(self._at, self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._panned is not None:
            moved, self._panned = point - self._panned, point
            for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
                bar.setValue(bar.value() - by)
            return
        before = self._at
        self._put_brush(self.mapToScene(point))
        if self._begun is not None and before is not None and self._at is not None:
            self._paint(before, self._at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = None
        elif event.button() == Qt.MouseButton.LeftButton and self._begun is not None:
            self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = WAYS.get(Qt.Key(event.key()))
        if way is not None and self._at is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move(QPointF(*way) * max(1, self.size_ // 4))
        elif event.key() == Qt.Key.Key_Space and self._at is not None and not event.isAutoRepeat():
            self.down = not self.down
            if self.down:
                self.stroke(self._at, self._at)
            self.changed.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:  # type: ignore[override]
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._lift()
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The brush: a ring, dark in light so that it is seen on anything."""
        if self._at is None or self._layer.image.isNull() or not (self.hasFocus() or self.underMouse()):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((Qt.GlobalColor.white, 3.0), (Qt.GlobalColor.black, 1.2)):
            pen = QPen(colour, width, Qt.PenStyle.DashLine if self.erasing else Qt.PenStyle.SolidLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._at, self.size_ / 2, self.size_ / 2)

    def _lift(self) -> None:
        if self.down:
            self.down = False
            self.changed.emit()

    def _move(self, by: QPointF) -> None:
        """Move the brush by keys; it stays on the picture and in sight."""
        assert self._at is not None
        size = self._layer.image.size()
        before, there = self._at, self._at + by
        at = QPointF(min(size.width(), max(0.0, there.x())), min(size.height(), max(0.0, there.y())))
        self._put_brush(at)
        if self.down:
            self.stroke(before, at)
        self.ensureVisible(QRectF(at, at).adjusted(-8, -8, 8, 8))

    def _put_brush(self, at: QPointF) -> None:
        """The ring is painted here from now on."""
        for one in (self._at, at):
            if one is not None:
                far = self.size_ / 2
                around = QRectF(one, one).adjusted(-far, -far, far, far)
                self.viewport().update(self.mapFromScene(around).boundingRect().adjusted(-4, -4, 4, 4))
        self._at = at


WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def _alpha_of(mask: QImage) -> QImage:
    """What is bright in a picture, as Alpha8; nothing between."""
    import numpy as np

    grey = mask.convertToFormat(QImage.Format.Format_Grayscale8)
    alpha = np.ascontiguousarray(np.where(_pixels(grey) > 127, 255, 0), np.uint8)
    return QImage(alpha.tobytes(), grey.width(), grey.height(), grey.width(), MASK).copy()


def _pixels(grey: QImage) -> Any:
    """The values of an image of one byte a pixel."""
    import numpy as np

    return np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]
