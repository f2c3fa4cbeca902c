"""The grid of items: as many columns as fit, smooth with any number of items, all by mouse or keyboard."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from aigc_desktop.library.item import Item
from aigc_desktop.ui import theme
from aigc_desktop.ui.library_delegate import ItemDelegate
from aigc_desktop.ui.library_model import ItemsModel
from aigc_desktop.ui.pixmaps import Thumbnails

NARROWEST = 120  # of a cell, so that a name can be read


def choose_marked(view: QAbstractItemView) -> None:
    """Where nothing is chosen, as after Tab, choose what is marked; else the first row."""
    if not view.selectedIndexes():
        marked = view.currentIndex()
        index = marked if marked.isValid() else view.model().index(0, 0)
        view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)


class ItemsView(QListView):
    """Shows an ItemsModel; what a user wants done comes as a signal with the items."""

    opened = Signal(object)  # an Item
    removed = Signal(list)
    copied = Signal(list)
    undone = Signal()
    menu_wanted = Signal(list, QPoint)

    def __init__(self, model: ItemsModel, thumbnails: Thumbnails, parent: QWidget | None = None):
        super().__init__(parent)
        self.setModel(model)
        self._items = model
        self._delegate = ItemDelegate(thumbnails, self)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.ListMode)  # icon mode keeps a tree of places, which a grid does not need
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(not model.trashed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self._open(index))
        thumbnails.ready.connect(self._repaint_soon)
        self._repaint = QTimer(self, singleShot=True, interval=16)
        self._repaint.timeout.connect(self.viewport().update)
        model.rowsAboutToBeInserted.connect(self._hold)
        model.rowsInserted.connect(self._keep)
        model.rowsAboutToBeRemoved.connect(self._hold)
        model.rowsRemoved.connect(self._keep)
        self._held: tuple[str, int] | None = None

    def items(self) -> list[Item]:
        """The selected items, in their order."""
        return self._items.items(self.selectedIndexes())

    def select(self, id: str) -> None:
        """Select this item alone and scroll to it."""
        row = self._items.row_of(id)
        if row >= 0:
            self.setCurrentIndex(self._items.index(row))

    # Layout

    def columns(self) -> int:
        return max(1, self.viewport().width() // NARROWEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        width = (max(NARROWEST, self.viewport().width()) - 1) // self.columns()  # Qt wraps one pixel early
        cell = QSize(width, ItemDelegate.height_for(width, self.fontMetrics()))
        if cell != self.gridSize():
            self._delegate.cell = cell
            self.setGridSize(cell)
            self.verticalScrollBar().setSingleStep(cell.height() // 4)

    def _hold(self) -> None:
        """Remember what is at the top, unless that is the very beginning, where what is new belongs."""
        top = self.verticalScrollBar().value()
        height = self.gridSize().height()
        row = top // height * self.columns() if height > 0 else 0
        held = top > 0 and row < len(self._items.ids)
        self._held = (self._items.ids[row], top % height) if held else None

    def _keep(self) -> None:
        """What was at the top stays there though rows came or went before it."""
        if self._held is None:
            return
        id, offset = self._held
        row = self._items.row_of(id)
        if row >= 0:
            self.doItemsLayout()
            self.verticalScrollBar().setValue(row // self.columns() * self.gridSize().height() + offset)

    def _repaint_soon(self, _key: str) -> None:
        if not self._repaint.isActive():
            self._repaint.start()

    # What is done

    def _open(self, index: QModelIndex) -> None:
        item = self._items.item(index)
        if item is not None:
            self.opened.emit(item)

    def remove(self) -> None:
        """Ask for the selected items to be removed; the selection goes to what follows them."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        items = self.items()
        if not items:
            return
        after = min(rows[-1] + 1 - len(rows), len(self._items.ids) - len(rows) - 1)
        self.removed.emit(items)
        if after >= 0:
            self.setCurrentIndex(self._items.index(after))

    def rename(self) -> None:
        """Edit the current item's name in its place."""
        if self.currentIndex().isValid() and not self._items.trashed:
            self.edit(self.currentIndex())

    def copy(self) -> None:
        self.copied.emit(self.items())

    def undo(self) -> None:
        self.undone.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_F2:
            self.rename()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            choose_marked(self)
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        items = self.items()
        if items:
            self.menu_wanted.emit(items, place)

    def startDrag(self, actions: Qt.DropAction) -> None:
        indexes = self.selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self._items.mimeData(indexes))
        drag.setPixmap(self._ghost(indexes[0]))
        drag.exec(Qt.DropAction.CopyAction)

    def _ghost(self, index: QModelIndex) -> QPixmap:
        """What hangs at the pointer: the card, small."""
        card = self._delegate.card(self.visualRect(index))
        side = 8 * theme.GRID
        return (
            self.viewport()
            .grab(card)
            .scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )
