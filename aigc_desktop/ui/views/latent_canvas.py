"""A square of the latent space, painted with what a model makes of its points; the pointer or the keys move over it."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui.theme import colours

Cell = tuple[int, int]  # column from the left, row from above
FEWEST, MOST = 8, 24  # cells a side
COARSEST = 4  # cells a side that are painted first, about
STEPS = 60  # of an arrow key from edge to edge
NEAR = 8  # pixels from a held point that count as on it
MARK = 6  # pixels: radius of the mark


class LatentCanvas(QWidget):
    """Coordinates are −extent … extent, across to the right and up. `held`: the pointer leaves the point where it is."""

    moved = Signal()  # the point is another, or is held or let go
    resized = Signal()  # there are more or fewer cells: what was painted is gone
    taken = Signal()  # a double click or Return

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.extent = 3.0
        self.point = QPointF(0, 0)
        self.held = False
        self.cells = 0  # a side; 0 before the first picture has come
        self._tile = QSize()
        self._cell = QSize()  # device pixels
        self._tiles: dict[Cell, QImage] = {}
        self._span = 1  # cells that one painted picture covers, a side
        self._left: set[Cell] = set()  # that are to be painted with this span
        self._painted = QPixmap()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)

    # What is painted

    def begin(self, tile: QSize) -> None:
        """The model's pictures have this size: nothing is painted yet."""
        self._tile = tile
        self._lay_out()

    def clear(self) -> None:
        """Nothing is painted, nothing is known of the model."""
        self.cells, self._tile, self._cell = 0, QSize(), QSize()
        self._tiles.clear()
        self._left.clear()
        self._painted = QPixmap()
        self.update()

    def forget(self) -> None:
        """The same model, but all is painted anew: what is there stays until it is painted over."""
        self._tiles.clear()
        self._begin_pass(self._coarsest())

    def wanted(self, count: int) -> list[Cell]:
        """The cells to be painted next, those near the point first."""
        while not self._left and self._span > 1:
            self._begin_pass(self._span // 2)
        here = self.cell_at(self.point)
        near = sorted(self._left, key=lambda cell: (cell[0] - here[0]) ** 2 + (cell[1] - here[1]) ** 2)
        return near[:count]

    def put(self, cell: Cell, image: QImage) -> None:
        """The picture of a cell has come."""
        self._tiles[cell] = image
        self._left.discard(cell)
        self._paint(cell)

    def middle(self, cell: Cell) -> QPointF:
        """The point in the middle of a cell."""
        share = 2 * self.extent / max(1, self.cells)
        return QPointF((cell[0] + 0.5) * share - self.extent, self.extent - (cell[1] + 0.5) * share)

    def cell_at(self, point: QPointF) -> Cell:
        """The cell in which a point lies."""
        share = 2 * self.extent / max(1, self.cells)
        column, row = (point.x() + self.extent) / share, (self.extent - point.y()) / share
        last = max(0, self.cells - 1)
        return min(last, max(0, int(column))), min(last, max(0, int(row)))

    def nearest(self) -> QImage | None:
        """The painted picture nearest to the point; None where nothing is painted."""
        here = self.cell_at(self.point)
        if here in self._tiles or not self._tiles:
            return self._tiles.get(here)
        near = min(self._tiles, key=lambda cell: (cell[0] - here[0]) ** 2 + (cell[1] - here[1]) ** 2)
        return self._tiles[near]

    def square(self) -> QRectF:
        """Where the pictures are."""
        if self._painted.isNull():
            side = min(self.width(), self.height())
            return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        size = self._painted.deviceIndependentSize()
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        return QRectF(left, top, size.width(), size.height())

    def _lay_out(self) -> None:
        """As many cells as there is room for pictures, which are drawn by whole multiples, or smaller than they are."""
        if self._tile.isEmpty():
            return
        ratio = self.devicePixelRatioF()
        room, side = min(self.width(), self.height()) * ratio, max(self._tile.width(), self._tile.height())
        many = ((n, int(room / n / side)) for n in range(FEWEST, MOST + 1))
        fitting = [(n * times, n, times) for n, times in many if times]
        _, cells, times = max(fitting, default=(0, FEWEST, max(1 / side, room / FEWEST / side)))
        cell = QSize(max(1, int(self._tile.width() * times)), max(1, int(self._tile.height() * times)))
        if (cells, cell) == (self.cells, self._cell):
            return
        was_there = bool(self._tiles)
        if cells != self.cells:
            self._tiles.clear()
        before, self._painted = self._painted, QPixmap(cell * cells)
        self.cells, self._cell = cells, cell
        self._painted.setDevicePixelRatio(ratio)
        self._painted.fill(QColor(colours().base))
        if was_there:  # until it is painted anew
            painter = QPainter(self._painted)
            painter.drawPixmap(QRectF(QPointF(), self._painted.deviceIndependentSize()), before, QRectF(before.rect()))
            painter.end()
        self._begin_pass(1 if was_there else self._coarsest())
        self.update()

    def _coarsest(self) -> int:
        span = 1
        while self.cells // (span * 2) >= COARSEST:
            span *= 2
        return span

    def _begin_pass(self, span: int) -> None:
        """From here on one picture covers so many cells a side; those that are known already are painted at once."""
        self._span, self._left = span, set()
        for cell in self._of_pass():
            if cell in self._tiles:
                self._paint(cell)
            else:
                self._left.add(cell)

    def _of_pass(self) -> Iterator[Cell]:
        """The cells in the middle of each block."""
        last = self.cells - 1
        for row in range(0, self.cells, self._span):
            for column in range(0, self.cells, self._span):
                yield min(last, column + self._span // 2), min(last, row + self._span // 2)

    def _paint(self, cell: Cell) -> None:
        left, top = (place // self._span * self._span for place in cell)
        right, under = min(self.cells, left + self._span), min(self.cells, top + self._span)
        width, height = self._cell.width(), self._cell.height()
        target = QRect(left * width, top * height, (right - left) * width, (under - top) * height)
        painter = QPainter(self._painted)
        smooth = width < self._tile.width() and self._span == 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        ratio = self._painted.devicePixelRatio()
        there = QRectF(target.x() / ratio, target.y() / ratio, target.width() / ratio, target.height() / ratio)
        image = self._tiles[cell]
        if smooth:
            image = image.scaled(
                self._cell, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        painter.drawImage(there, image)
        painter.end()
        corner = self.square().topLeft()
        self.update(there.translated(corner).toAlignedRect())

    # The point

    def move_to(self, point: QPointF) -> None:
        """Look at this point, or at the nearest inside."""
        inside = QPointF(*(min(self.extent, max(-self.extent, one)) for one in (point.x(), point.y())))
        if inside != self.point:
            self.update(self._mark())
            self.point = inside
            self.update(self._mark())
            self._tell()
            self.moved.emit()

    def hold(self, on: bool) -> None:
        """Whether the pointer leaves the point where it is."""
        if on != self.held:
            self.held = on
            self.update(self._mark())
            self.moved.emit()

    def _tell(self) -> None:
        from aigc_desktop.ui import numerals

        self.setAccessibleDescription(f"{numerals.fraction(self.point.x(), 2)}; {numerals.fraction(self.point.y(), 2)}")

    def _on_screen(self, point: QPointF) -> QPointF:
        square = self.square()
        share = QPointF((point.x() + self.extent) / 2 / self.extent, (self.extent - point.y()) / 2 / self.extent)
        return QPointF(square.left() + share.x() * square.width(), square.top() + share.y() * square.height())

    def _in_space(self, point: QPointF) -> QPointF:
        square = self.square()
        across = (point.x() - square.left()) / max(1.0, square.width())
        down = (point.y() - square.top()) / max(1.0, square.height())
        return QPointF((2 * across - 1) * self.extent, (1 - 2 * down) * self.extent)

    def _mark(self) -> QRect:
        middle = self._on_screen(self.point)
        around = MARK + 3
        return QRectF(middle.x() - around, middle.y() - around, 2 * around, 2 * around).toAlignedRect()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 160)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        of, square = colours(), self.square()
        if self._painted.isNull():
            painter.fillRect(square, QColor(of.base))
            return
        painter.drawPixmap(square.topLeft(), self._painted)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self._on_screen(self.point)
        for colour, width in (("#000000", 4.0), (of.accent if self.held else "#FFFFFF", 2.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.setBrush(QColor(of.accent) if self.held and width < 3 else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, MARK, MARK)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._tile.isEmpty():
            self._lay_out()
            self.resized.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        dragged = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if dragged or (not self.held and self.square().contains(event.position())):
            self.move_to(self._in_space(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        away = event.position() - self._on_screen(self.point)
        on_it = self.held and max(abs(away.x()), abs(away.y())) <= NEAR
        self.hold(not on_it)
        self.move_to(self._in_space(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hold(True)
        self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event.key() in ways:
            across, up = ways[Qt.Key(event.key())]
            far = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            step = 2 * self.extent / STEPS * far
            self.hold(True)
            self.move_to(self.point + QPointF(across * step, up * step))
        elif event.key() == Qt.Key.Key_Home:
            self.hold(True)
            self.move_to(QPointF(0, 0))
        elif event.key() == Qt.Key.Key_Space:
            self.hold(not self.held)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
