"""Pictures of one size in rows, each as large as there is room; one of them is looked at, by pointer or by keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui.theme import GAP, HALF, colours, small

CRISP, SMOOTH = Qt.TransformationMode.FastTransformation, Qt.TransformationMode.SmoothTransformation
GAP_IN_STACK = 2  # pixels between the pictures of one tile
NONE = -1


@dataclass(frozen=True)
class Tile:
    """One or more pictures one above the other, what is written under them, and what they are called aloud."""

    images: tuple[QImage, ...]
    caption: str = ""
    name: str = ""


class TileGrid(QWidget):
    """`headed`: the first row and the first column stand apart from the rest, and cannot be taken."""

    looked = Signal(int)  # which tile
    taken = Signal(int)  # by a double click or Return

    def __init__(self, name: str, parent: QWidget | None = None, headed: bool = False):
        super().__init__(parent)
        self.headed = headed
        self.margin = QSize(0, 0)  # left and above, for the owner
        self.tiles: list[Tile] = []
        self.current = NONE
        self.columns = 1
        self._wanted: int | None = None
        self._scale = 1.0  # device pixels per pixel of a picture
        self._cell = QSize(1, 1)
        self._corner = QPointF()
        self._drawn: dict[int, list[QPixmap]] = {}
        small(self)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_tiles(self, tiles: Sequence[Tile], columns: int | None = None) -> None:
        """These; in so many columns, or in as many as make them largest. The same place stays the current one."""
        self.tiles, self._wanted = list(tiles), columns
        self.current = self.current if self._can_be(self.current) else NONE
        self._arrange()

    def look_at(self, place: int) -> None:
        """Make this the current one."""
        if self._can_be(place) and place != self.current:
            self.current = place
            self._tell()
            self.update()
            self.looked.emit(place)

    def rect_of(self, place: int) -> QRect:
        """Where the pictures of a tile are."""
        row, column = divmod(place, self.columns)
        left = self._corner.x() + column * (self._cell.width() + HALF) + (self._apart if column else 0)
        top = self._corner.y() + row * (self._cell.height() + self._written + HALF) + (self._apart if row else 0)
        return QRect(round(left), round(top), self._cell.width(), self._cell.height())

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 72)

    # Where everything is

    @property
    def _apart(self) -> int:
        return GAP - HALF if self.headed else 0

    @property
    def _written(self) -> int:
        """The height of a line under each tile, where anything is written."""
        return self.fontMetrics().height() + 2 if any(tile.caption for tile in self.tiles) else 0

    def _can_be(self, place: int) -> bool:
        if not 0 <= place < len(self.tiles) or not self.tiles[place].images:
            return False
        return not self.headed or (place >= self.columns and place % self.columns > 0)

    def _arrange(self) -> None:
        """As many columns, and as large, as there is room for; small pictures by whole multiples."""
        self._drawn.clear()
        self._tell()
        first = next((tile for tile in self.tiles if tile.images), None)
        if first is not None:
            one = first.images[0].size()
            many = [self._wanted] if self._wanted else range(1, len(self.tiles) + 1)
            self._scale, self.columns = max((self._scale_for(one, len(first.images), n), -n) for n in many)
            self.columns = -self.columns
            ratio = self.devicePixelRatioF()
            high = len(first.images) * (one.height() * self._scale / ratio + GAP_IN_STACK) - GAP_IN_STACK
            self._cell = QSize(max(1, round(one.width() * self._scale / ratio)), max(1, round(high)))
            rows = -(-len(self.tiles) // self.columns)
            width = self.columns * (self._cell.width() + HALF) - HALF + self._apart + self.margin.width()
            height = rows * (self._cell.height() + self._written + HALF) - HALF + self._apart + self.margin.height()
            self._corner = QPointF(
                max(0, (self.width() - width) // 2) + self.margin.width(),
                max(0, (self.height() - height) // 2) + self.margin.height(),
            )
        self.arranged()
        self.update()

    def arranged(self) -> None:
        """The tiles have got their places."""

    def _scale_for(self, one: QSize, stacked: int, columns: int) -> float:
        """How much larger than they are pictures can be drawn in so many columns: whole, unless smaller."""
        rows = -(-len(self.tiles) // columns)
        width = self.width() - self.margin.width() - self._apart - (columns - 1) * HALF
        height = self.height() - self.margin.height() - self._apart - (rows - 1) * HALF - rows * self._written
        height -= rows * (stacked - 1) * GAP_IN_STACK
        ratio = self.devicePixelRatioF()
        scale = min(width * ratio / columns / one.width(), height * ratio / rows / stacked / one.height())
        return float(int(scale)) if scale >= 1 else max(1 / max(one.width(), one.height()), scale)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        of = colours()
        for place, tile in enumerate(self.tiles):
            rect = self.rect_of(place)
            if not tile.images or not event.rect().intersects(rect.adjusted(-3, -3, 3, 3 + self._written)):
                continue
            top = rect.top()
            for pixmap in self._pixmaps(place):
                painter.drawPixmap(rect.left(), top, pixmap)
                top += round(pixmap.deviceIndependentSize().height()) + GAP_IN_STACK
            if tile.caption:
                painter.setPen(QColor(of.text if place == self.current else of.muted))
                line = QRectF(rect.left() - HALF, rect.bottom() + 1, rect.width() + 2 * HALF, self._written)
                painter.drawText(line, Qt.AlignmentFlag.AlignCenter, tile.caption)
            if place == self.current:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(of.accent), 2))
                painter.drawRect(QRectF(rect).adjusted(-1, -1, 1, 1))

    def _pixmaps(self, place: int) -> list[QPixmap]:
        if place not in self._drawn:
            ratio, made = self.devicePixelRatioF(), []
            for image in self.tiles[place].images:
                size = QSize(max(1, round(image.width() * self._scale)), max(1, round(image.height() * self._scale)))
                how = SMOOTH if self._scale < 1 else CRISP
                pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, how))
                pixmap.setDevicePixelRatio(ratio)
                made.append(pixmap)
            self._drawn[place] = made
        return self._drawn[place]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._arrange()

    # Moving

    def _tell(self) -> None:
        tile = self.tiles[self.current] if self._can_be(self.current) else None
        self.setAccessibleDescription(tile.name or tile.caption if tile else "")

    def place_at(self, point: QPointF) -> int:
        """Which tile is there; NONE where there is none."""
        inside = (place for place in range(len(self.tiles)) if self.rect_of(place).contains(point.toPoint()))
        return next((place for place in inside if self._can_be(place)), NONE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.look_at(self.place_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != NONE:
            self.taken.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns}
        can = [place for place in range(len(self.tiles)) if self._can_be(place)]
        if not can:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current != NONE:
            self.taken.emit(self.current)
        elif event.key() == Qt.Key.Key_Home or (event.key() in step and self.current == NONE):
            self.look_at(can[0])
        elif event.key() == Qt.Key.Key_End:
            self.look_at(can[-1])
        elif event.key() in step:
            self.look_at(self.current + step[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
