"""The trained models as a list: two lines each, their name, and what made them with which result."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from aigc_desktop.engine import registry
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.search import fold
from aigc_desktop.ui import amounts, figures, job_words, theme, times
from aigc_desktop.ui.item_actions import ItemActions
from aigc_desktop.ui.library_delegate import ICONS
from aigc_desktop.ui.library_model import Filters
from aigc_desktop.ui.library_view import choose_marked

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole  # the ModelRow itself
ICON = 20


def figure(name: str, generator: str) -> str:
    """A held-out figure's name in words."""
    return figures.title(name, registry.specs().get(generator))


def described(model: ModelRow) -> str:
    """What made the model, when, and its first figure."""
    first = next(iter(model.figures.items()), None)
    result = f"{amounts.value(first[1])} {figure(first[0], model.generator)}" if first else ""
    return " · ".join(filter(None, (job_words.generator_title(model.generator), times.moment(model.created), result)))


def fits(model: ModelRow, filters: Filters) -> bool:
    """Whether the model is what is searched for."""
    words = fold(f"{model.name} {described(model)}")
    return (
        all(part in words for part in fold(filters.text).split())
        and filters.medium in (None, model.medium)
        and filters.generator in (None, model.generator)
        and filters.model in (None, model.name)
    )


class ModelsModel(QAbstractListModel):
    """Models, the newest first; those in the trash, or those that are not."""

    def __init__(self, actions: ItemActions, trashed: bool = False, parent: QObject | None = None):
        super().__init__(parent)
        self.actions = actions
        self.trashed = trashed
        self.rows: list[ModelRow] = []
        self.filters = Filters()

    def refresh(self) -> None:
        """Take in what changed since."""
        rows = self.actions.project.models.list(trashed=self.trashed)
        rows = [row for row in rows if fits(row, self.filters)]
        if rows == self.rows:
            return
        if [row.folder for row in rows] == [row.folder for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.layoutAboutToBeChanged.emit()
        places = {row.folder: place for place, row in enumerate(rows)}
        old = self.persistentIndexList()
        moved = [places.get(self.rows[index.row()].folder, -1) for index in old]
        self.rows = rows
        self.changePersistentIndexList(old, [self.index(place) if place >= 0 else QModelIndex() for place in moved])
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {described(row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            figures = [f"{figure(name, row.generator)}: {amounts.value(value)}" for name, value in row.figures.items()]
            return "\n".join([row.name, described(row).rsplit(" · ", bool(figures))[0], *figures])
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        return self.actions.rename_model(self.rows[index.row()], str(value))

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags if self.trashed else flags | Qt.ItemFlag.ItemIsEditable


class ModelDelegate(QStyledItemDelegate):
    """Paints a model's two lines; edits its name in its place."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, 2 * option.fontMetrics.height() + theme.GAP + theme.HALF)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ModelRow = index.data(ROW)
        colours = theme.colours()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if selected else colours.base))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0, 1, 0, -1), theme.HALF, theme.HALF)
        icon = QRect(option.rect.left() + theme.GRID, option.rect.center().y() - ICON // 2 + 1, ICON, ICON)
        theme.icon(ICONS.get(row.medium, "cube"), theme.MUTED).paint(painter, icon)
        above, below = self.lines(option)
        metrics = option.fontMetrics
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text))
        painter.drawText(
            above,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, above.width()),
        )
        painter.setPen(QColor(colours.muted))
        said = metrics.elidedText(described(row), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, said)
        painter.restore()

    @staticmethod
    def lines(option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Where the name stands, and what is said of it."""
        height = option.fontMetrics.height() + 1
        left = option.rect.left() + 2 * theme.GRID + ICON
        width = option.rect.right() - left - theme.GRID
        top = option.rect.center().y() - height + 1
        return QRect(left, top, width, height), QRect(left, top + height, width, height)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(index.data(Qt.ItemDataRole.DisplayRole))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        line = self.lines(option)[0]
        height = editor.sizeHint().height()
        editor.setGeometry(QRect(line.left() - 4, line.center().y() - height // 2 + 1, line.width() + 8, height))


class ModelsView(QListView):
    """Shows a ModelsModel."""

    opened = Signal(object)  # a ModelRow
    removed = Signal(object)
    undone = Signal()
    menu_wanted = Signal(object, QPoint)

    def __init__(self, model: ModelsModel, parent: QWidget | None = None):
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(ModelDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ROW)))

    def row(self) -> ModelRow | None:
        """The selected model."""
        chosen = self.selectedIndexes()
        return chosen[0].data(ROW) if chosen else None

    def rename(self) -> None:
        if self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())

    def undo(self) -> None:
        self.undone.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.row(), event.key()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif row is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        elif row is not None and key == Qt.Key.Key_F2:
            self.rename()
        elif row is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            choose_marked(self)
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        row = self.row()
        if row is not None:
            self.menu_wanted.emit(row, place)
