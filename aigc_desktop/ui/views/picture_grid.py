"""Created pictures side by side, emerging while they are made; each can be opened, copied and dragged out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDrag,
    QGuiApplication,
    QImage,
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aigc_desktop.engine.events import Saved
from aigc_desktop.i18n import tr
from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.drop_zone import ITEM
from aigc_desktop.ui.theme import GRID, HALF, colours

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
SMALL, CELL, LARGE_CELL = 64, 128, 208  # pictures up to SMALL pixels get a CELL, around it included, others a large one

IN_SIGHT = 64  # cells, about


def mime_of(saved: list[Saved]) -> QMimeData:
    """What is dragged or copied: the files, and the library's ids of them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(one.path) for one in saved])
    ids = [one.item for one in saved if one.item]
    if ids:
        data.setData(ITEM, "\n".join(ids).encode())
    return data


class Emerging:
    """A picture as far as it has come; scaled once for each size."""

    def __init__(self, image: QImage):
        self.image = image
        self._fitted: tuple[QSize, QPixmap] | None = None

    def pixmap(self, size: QSize, ratio: float) -> QPixmap:
        if self._fitted is None or self._fitted[0] != size * ratio:
            self._fitted = size * ratio, pixmaps.fitted(self.image, size, ratio)
        return self._fitted[1]


class Pictures(QAbstractListModel):
    """The saved pictures, in the order in which they came; after them those that are being made, by their slots.

    A saved picture takes the place of the first that is being made; what was seen of that stands there until the file is
    read.
    """

    def __init__(self, parent: Any = None):
        super().__init__(parent)
        self.saved: list[Saved] = []
        self.coming: dict[int, Emerging] = {}
        self.before: pixmaps.Latest[Emerging] = pixmaps.Latest(IN_SIGHT)  # by the file that took its place

    def extend(self, more: list[Saved]) -> None:
        first = len(self.saved)
        for one in more[: len(self.coming)]:
            self.before.put(one.path, self.coming.pop(min(self.coming)))
            self.saved.append(one)
        if len(self.saved) > first:
            self.dataChanged.emit(self.index(first), self.index(len(self.saved) - 1))
        rest = more[len(self.saved) - first :]
        if rest:
            self.beginInsertRows(ROOT, len(self.saved), len(self.saved) + len(rest) - 1)
            self.saved.extend(rest)
            self.endInsertRows()

    def emerge(self, slot: int, image: QImage) -> None:
        """How far the picture of this slot has come."""
        place = len(self.saved) + sum(other < slot for other in self.coming)
        if slot in self.coming:
            self.coming[slot] = Emerging(image)
            self.dataChanged.emit(self.index(place), self.index(place))
        else:
            self.beginInsertRows(ROOT, place, place)
            self.coming[slot] = Emerging(image)
            self.endInsertRows()

    def give_up(self) -> None:
        """What is not finished is not shown any more."""
        if self.coming:
            self.beginRemoveRows(ROOT, len(self.saved), len(self.saved) + len(self.coming) - 1)
            self.coming.clear()
            self.endRemoveRows()

    def saved_at(self, row: int) -> Saved | None:
        """What is saved there; None for a picture that is being made."""
        return self.saved[row] if row < len(self.saved) else None

    def emerging_at(self, row: int) -> Emerging | None:
        """What is seen there before there is a file that was read."""
        if row < len(self.saved):
            return self.before.get(self.saved[row].path)
        slots = sorted(self.coming)
        return self.coming[slots[row - len(self.saved)]] if row - len(self.saved) < len(slots) else None

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.saved) + len(self.coming)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            saved = self.saved_at(index.row())
            return saved.name if saved is not None else tr("This picture is being made")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        drag = Qt.ItemFlag.ItemIsDragEnabled if index.row() < len(self.saved) else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | drag

    def mimeData(self, indexes: Any) -> QMimeData:
        return mime_of([one for index in indexes if (one := self.saved_at(index.row())) is not None])


class _Cell(QStyledItemDelegate):
    """A picture in its cell, small ones by whole multiples."""

    def __init__(self, thumbnails: pixmaps.Thumbnails, parent: QWidget):
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        grid = self.parent()
        assert isinstance(grid, PictureGrid)
        return grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, saved = index.model(), index.model().saved_at(index.row())
        cell: QRect = option.rect.adjusted(HALF, HALF, -HALF, -HALF)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours().selected))
        widget = option.widget
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        pixmap = (
            self._thumbnails.pixmap(saved.path, Path(saved.path), cell.size(), ratio) if saved is not None else None
        )
        if pixmap is not None and saved is not None:
            model.before.pop(saved.path, None)
        elif (emerging := model.emerging_at(index.row())) is not None:
            pixmap = emerging.pixmap(cell.size(), ratio)
        if pixmap is not None and not pixmap.isNull():
            size = pixmap.deviceIndependentSize().toSize()
            corner = QPoint((cell.width() - size.width()) // 2, (cell.height() - size.height()) // 2)
            painter.drawPixmap(cell.topLeft() + corner, pixmap)
        else:
            painter.fillRect(cell, QColor(colours().base))
        if option.state & QStyle.StateFlag.State_HasFocus and widget is not None and widget.hasFocus():
            painter.setPen(QPen(QColor(colours().accent), 1))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        painter.restore()


class PictureGrid(QListView):
    """As high as its pictures need: what is around it scrolls."""

    opened = Signal(object)  # a Saved

    def __init__(self, thumbnails: pixmaps.Thumbnails, parent: QWidget | None = None):
        super().__init__(parent)
        self.pictures = Pictures(self)
        self._coming: list[Saved] = []
        self._soon = QTimer(self, interval=50, singleShot=True)
        self._soon.timeout.connect(self._take)
        self.setModel(self.pictures)
        self.setItemDelegate(_Cell(thumbnails, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.least = CELL
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(tr("Created pictures"))
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._clicked)
        thumbnails.ready.connect(self._repaint_soon)
        self._repaint = QTimer(self, interval=33, singleShot=True)
        self._repaint.timeout.connect(self.viewport().update)
        self._fit()

    def add(self, saved: Saved) -> None:
        """One more; several that come at once are laid out together. The first decides how large all are shown."""
        if not self.pictures.rowCount() and not self._coming:
            self._choose_size(QImageReader(saved.path).size())
        self.setVisible(True)
        self._coming.append(saved)
        if not self._soon.isActive():
            self._soon.start(max(50, len(self.pictures.saved) // 10))  # laying out thousands takes its time

    def emerge(self, slot: int, image: QImage) -> None:
        """Show how far the picture with this place among all has come."""
        if slot < len(self.pictures.saved) + len(self._coming):
            return  # it is finished
        if not self.pictures.rowCount():
            self._choose_size(image.size())
        count = self.pictures.rowCount()
        self.setVisible(True)
        self.pictures.emerge(slot, image)
        if self.pictures.rowCount() != count:
            self._fit()

    def give_up(self) -> None:
        """Nothing more comes."""
        self._take()
        self.pictures.give_up()
        self._fit()
        self.setVisible(self.pictures.rowCount() > 0)

    def chosen(self) -> list[Saved]:
        """The selected ones, in order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [one for row in rows if (one := self.pictures.saved_at(row)) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected pictures on the clipboard: as files, a single one also as a picture."""
        chosen = self.chosen()
        if chosen:
            data = mime_of(chosen)
            if len(chosen) == 1:
                data.setImageData(pixmaps.read(chosen[0].path))
            QGuiApplication.clipboard().setMimeData(data)

    def startDrag(self, actions: Qt.DropAction) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(chosen))
        drag.setPixmap(pixmaps.fitted(pixmaps.read(chosen[0].path, QSize(96, 96)), QSize(96, 96)))
        drag.exec(Qt.DropAction.CopyAction)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.least * 3, self.height())

    def _clicked(self, index: QModelIndex) -> None:
        if not QGuiApplication.keyboardModifiers():
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        saved = self.pictures.saved_at(index.row())
        if saved is not None:
            self.opened.emit(saved)

    def _choose_size(self, size: QSize) -> None:
        self.least = LARGE_CELL if max(size.width(), size.height()) > SMALL else CELL

    def _take(self) -> None:
        if self._coming:
            self.pictures.extend(self._coming)
            self._coming = []
            self._fit()

    def columns(self) -> int:
        return max(1, (self.viewport().width() - 1) // self.least)

    def _fit(self) -> None:
        """As many columns as fit, which share the width; as high as all rows."""
        columns = self.columns()
        side = max(self.least, (self.viewport().width() - 1) // columns)
        if self.gridSize().width() != side:
            self.setGridSize(QSize(side, side))
        height = -(-self.pictures.rowCount() // columns) * side + GRID
        if height != self.height():
            self.setFixedHeight(height)

    def _repaint_soon(self, _: str) -> None:
        if not self._repaint.isActive():
            self._repaint.start()
