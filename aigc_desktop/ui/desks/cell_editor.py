"""How a cell of the examples is shown and typed into: several lines, since a poem has them."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aigc_desktop.ui import theme
from aigc_desktop.ui.desks.examples_model import Examples

Index = QModelIndex | QPersistentModelIndex
Hint = QStyledItemDelegate.EndEditHint
HIGH = 5  # lines of the editor


class Cell(QStyledItemDelegate):
    """Enter makes a new line, Tab goes to the next cell and after the last one on, Escape leaves the cell as it was."""

    left = Signal(bool)  # by Tab from the last cell (True) or back from the first

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        model = index.model()
        if isinstance(model, Examples) and not model.is_shown(index.row()):
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, QColor(theme.colours().muted))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QPlainTextEdit(parent)
        editor.document().setDocumentMargin(2)
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        return editor

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt leaves Tab to editors of several lines."""
        keys = {Qt.Key.Key_Tab: Hint.EditNextItem, Qt.Key.Key_Backtab: Hint.EditPreviousItem}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in keys:
            forward = event.key() == Qt.Key.Key_Tab
            ends = self._is_at_the_end(forward)
            self.commitData.emit(watched)
            self.closeEditor.emit(watched, Hint.NoHint if ends else keys[Qt.Key(event.key())])
            if ends:
                self.left.emit(forward)
            return True
        return super().eventFilter(watched, event)

    def _is_at_the_end(self, forward: bool) -> bool:
        view = self.parent()
        assert isinstance(view, QAbstractItemView)
        here, model = view.currentIndex(), view.model()
        last = (model.rowCount() - 1, model.columnCount() - 1)
        return (here.row(), here.column()) == (last if forward else (0, 0))

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QPlainTextEdit)
        editor.setPlainText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QPlainTextEdit) and isinstance(model, Examples)
        model.setData(index, editor.toPlainText())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Over the cell, and as much higher as several lines need, inside the table."""
        view = editor.parentWidget()
        least = editor.fontMetrics().lineSpacing() * HIGH + 8
        height = min(max(option.rect.height(), least), view.height())
        top = max(0, min(option.rect.top(), view.height() - height))
        width = min(max(option.rect.width(), theme.GRID * 20), view.width())
        left = max(0, min(option.rect.left(), view.width() - width))
        editor.setGeometry(QRect(left, top, width, height))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its text at the column's width, up to a few lines."""
        view = option.widget
        width = view.columnWidth(index.column()) if isinstance(view, QAbstractItemView) else option.rect.width()  # type: ignore[attr-defined]
        room = QRect(0, 0, max(theme.GRID * 4, width - 2 * theme.GRID), 10_000)
        text = str(index.data() or " ")[:2000]
        needed = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        most = option.fontMetrics.lineSpacing() * HIGH
        return QSize(width, min(max(needed, option.fontMetrics.lineSpacing()), most) + theme.GRID)
