"""Created pictures side by side; each can be opened, copied and dragged out."""

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
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
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


def mime_of(saved: list[Saved]) -> QMimeData:
    """What is dragged or copied: the files, and the library's ids of them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(one.path) for one in saved])
    ids = [one.item for one in saved if one.item]
    if ids:
        data.setData(ITEM, "\n".join(ids).encode())
    return data


class Pictures(QAbstractListModel):
    """The saved pictures, in the order in which they came."""

    def __init__(self, parent: Any = None):
        super().__init__(parent)
        self.saved: list[Saved] = []

    def extend(self, more: list[Saved]) -> None:
        self.beginInsertRows(ROOT, len(self.saved), len(self.saved) + len(more) - 1)
        self.saved.extend(more)
        self.endInsertRows()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.saved)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.saved[index.row()].name
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Any) -> QMimeData:
        return mime_of([self.saved[index.row()] for index in indexes])


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
        saved: Saved = index.model().saved[index.row()]
        cell: QRect = option.rect.adjusted(HALF, HALF, -HALF, -HALF)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours().selected))
        widget = option.widget
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        pixmap = self._thumbnails.pixmap(saved.path, Path(saved.path), cell.size(), ratio)
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
        if not self.pictures.saved and not self._coming:
            size = QImageReader(saved.path).size()
            self.least = LARGE_CELL if max(size.width(), size.height()) > SMALL else CELL
        self._coming.append(saved)
        if not self._soon.isActive():
            self._soon.start(max(50, len(self.pictures.saved) // 10))  # laying out thousands takes its time

    def chosen(self) -> list[Saved]:
        """The selected ones, in order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self.pictures.saved[row] for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.pictures.saved[self.currentIndex().row()])
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
            self.opened.emit(self.pictures.saved[index.row()])

    def _take(self) -> None:
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
        height = -(-len(self.pictures.saved) // columns) * side + GRID
        if height != self.height():
            self.setFixedHeight(height)

    def _repaint_soon(self, _: str) -> None:
        if not self._repaint.isActive():
            self._repaint.start()
