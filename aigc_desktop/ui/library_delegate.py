"""How an item looks in the library: its picture, or the first lines of its text, and its name."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aigc_desktop.library.item import Item
from aigc_desktop.ui import theme
from aigc_desktop.ui.library_model import ITEM
from aigc_desktop.ui.pixmaps import Thumbnails

Index = QModelIndex | QPersistentModelIndex

RADIUS = 4
BADGE = 20  # pixels of the mark of what moves
LINE_SEPARATOR = "\u2028"  # what a text layout breaks its lines at
ICONS = {"text": "text-t", "picture": "image", "sound": "speaker-high", "clip": "film-strip"}


class ItemDelegate(QStyledItemDelegate):
    """Paints a cell of `cell` size: a square card, the name under it. Edits the name in its place."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None):
        super().__init__(parent)
        self.thumbnails = thumbnails
        self.cell = QSize(144, 168)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.cell

    @staticmethod
    def height_for(width: int, font: QFontMetrics) -> int:
        """The height of a cell of this width."""
        return width - theme.GRID + font.height() + theme.GAP

    def card(self, cell: QRect) -> QRect:
        """The square inside a cell."""
        side = cell.width() - theme.GRID
        return QRect(cell.left(), cell.top(), side, side)

    def label(self, cell: QRect) -> QRect:
        """Where the name stands."""
        card = self.card(cell).adjusted(theme.HALF, 0, 0, 0)  # beside the ring of the list with the focus
        return QRect(
            card.left(), card.bottom() + 1 + theme.HALF, card.width(), cell.bottom() - card.bottom() - theme.GAP
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(ITEM)
        if item is None:
            return
        colours = theme.colours()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        card = self.card(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(card), RADIUS, RADIUS)
        painter.fillPath(shape, QColor(colours.selected if selected else colours.base))
        painter.setClipPath(shape)
        if item.medium == "text":
            self._paint_text(painter, card, item)
        else:
            self._paint_picture(painter, card, item)
        painter.setClipping(False)
        if selected or focused or hovered:
            painter.setPen(QPen(QColor(colours.accent if selected else colours.muted), 2 if selected else 1))
            painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.setPen(QColor(colours.text))
        painter.setFont(option.font)
        label = self.label(option.rect)
        name = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideMiddle, label.width())
        painter.drawText(label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
        painter.restore()

    def _paint_picture(self, painter: QPainter, card: QRect, item: Item) -> None:
        ratio = painter.device().devicePixelRatioF()
        pixmap = None
        if item.thumbnail is not None:
            room = card.size() - QSize(theme.GRID, theme.GRID)
            pixmap = self.thumbnails.pixmap(_key(item), item.thumbnail, room, ratio)
            if pixmap is None:
                return  # still being read; the card stays empty for a moment
        if pixmap is None or pixmap.isNull():
            theme.icon(ICONS.get(item.medium, "file"), theme.MUTED).paint(painter, _centred(QSize(32, 32), card))
            return
        painter.drawPixmap(_centred(pixmap.deviceIndependentSize().toSize(), card).topLeft(), pixmap)
        if item.medium == "clip":
            badge = QRect(card.left() + theme.HALF, card.bottom() - BADGE - theme.HALF, BADGE, BADGE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colours().raised))
            painter.drawRoundedRect(badge, RADIUS, RADIUS)
            theme.icon("play-fill").paint(painter, _centred(QSize(12, 12), badge))

    def _paint_text(self, painter: QPainter, card: QRect, item: Item) -> None:
        text = self.thumbnails.text(_key(item), item.path)
        if text is None:
            return
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setPen(QColor(theme.colours().muted))
        room = QRectF(card.adjusted(theme.GRID + 2, theme.GRID, -theme.GRID - 2, -theme.GRID))
        draw_lines(painter, room, text.strip(), font)

    # The name, edited in its place

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(index.data(Qt.ItemDataRole.DisplayRole))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QObject, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        index.model().setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        label = self.label(option.rect)
        height = editor.sizeHint().height()
        editor.setGeometry(QRect(label.left(), label.center().y() - height // 2, label.width(), height))


def draw_lines(painter: QPainter, room: QRectF, text: str, font: QFont) -> None:
    """The lines of a text that fit, each whole."""
    layout = QTextLayout(text.replace("\n", LINE_SEPARATOR), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    shown = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room.width())
        if top + line.height() > room.height():
            break
        line.setPosition(QPointF(0, top))
        top += line.height()
        shown.append(line)
    layout.endLayout()
    for line in shown:
        line.draw(painter, room.topLeft())


def _key(item: Item) -> str:
    return f"{item.id} {item.sha256}"


def _centred(size: QSize, room: QRect) -> QRect:
    left, top = room.width() - size.width(), room.height() - size.height()
    return QRect(room.topLeft() + QPoint(left // 2, top // 2), size)
