"""What may follow a text: the likeliest next tokens, each with its probability as a bar."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from aigc_desktop.engine.events import Insight
from aigc_desktop.i18n import tr
from aigc_desktop.shown import plain
from aigc_desktop.ui import theme
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.theme import GRID, HALF, muted, small
from aigc_desktop.ui.views.insight import InsightView
from aigc_desktop.ui.views.plain_table import PlainTable
from aigc_desktop.ui.views.tokens import chance, exactly, label

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
HIGH = 22  # pixels of a row
PALE = 90  # of 255: how much of the colour the model's own bar has, beside the one that is drawn from


class Candidates(QAbstractListModel):
    """Rows of (token, its probability, the one with which it is drawn or None)."""

    def __init__(self, parent: Any = None):
        super().__init__(parent)
        self.rows: list[tuple[str, float, float | None]] = []

    def show(self, rows: list[tuple[str, float, float | None]]) -> None:
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        token, probability, drawn = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return label(token)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f"{label(token)}: {chance(probability)}"
            return said if drawn is None else tr("{said}, drawn {chance}", said=said, chance=_drawn(drawn))
        return None


class Bars(QStyledItemDelegate):
    """Paints the token, a pale bar as the model says, a full one as it is drawn, and the figure."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, HIGH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        rows: list[tuple[str, float, float | None]] = model.rows  # type: ignore[attr-defined]
        token, probability, drawn = rows[index.row()]
        of, rect, metrics = theme.colours(), QRectF(option.rect), option.fontMetrics
        full, pale = QColor(of.series[1]), QColor(of.series[1])
        pale.setAlpha(PALE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(of.selected))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), HALF, HALF)
        names = min(rect.width() * 0.34, 12.0 * metrics.averageCharWidth())
        figures = metrics.horizontalAdvance(chance(0.0)) + HALF
        painter.setPen(QColor(of.text))
        name = metrics.elidedText(label(token), Qt.TextElideMode.ElideRight, int(names))
        painter.drawText(
            QRectF(rect.left() + HALF, rect.top(), names, rect.height()), Qt.AlignmentFlag.AlignVCenter, name
        )
        left = rect.left() + HALF + names + GRID
        room = rect.right() - figures - GRID - left
        largest = max((max(one, other or 0.0) for _, one, other in rows), default=1.0)
        scale = room / max(1e-9, 1.0 if largest > 0.5 else 0.5 if largest > 0.25 else 0.25 if largest > 0.1 else 0.1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(full if drawn is None else pale)
        painter.drawRoundedRect(QRectF(left, rect.top() + 4, max(1.0, probability * scale), HIGH - 8), 2, 2)
        if drawn:
            painter.setBrush(full)
            painter.drawRoundedRect(QRectF(left, rect.top() + 8, max(1.0, min(room, drawn * scale)), HIGH - 16), 2, 2)
        painter.setPen(QColor(of.text if drawn is None or drawn else of.muted))
        said = chance(probability) if drawn is None else _drawn(drawn)
        right = QRectF(rect.right() - figures - HALF, rect.top(), figures, rect.height())
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)
        painter.restore()


class List(QListView):
    """Return, or a double click, takes the token."""

    taken = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.taken.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class NextTokens(InsightView):
    """Follows one alternative while several are written."""

    name = "next_tokens"
    wants = ("temperature", "top_p")
    stretch = 4
    elides = Qt.TextElideMode.ElideLeft
    taken = Signal(str)  # a token to go on with

    def build(self) -> None:
        self.tail = ""
        self.takes = False  # whether a token can be taken
        self._slots: dict[int, dict[str, Any]] = {}
        self._slot = 0
        self._build_slots()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self.list = List(self.body)
        self.list.setAccessibleName(tr("The likeliest next tokens"))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.viewport().setAutoFillBackground(False)
        self.candidates = Candidates(self.list)
        self.list.setModel(self.candidates)
        self.list.setItemDelegate(Bars(self.list))
        self.list.doubleClicked.connect(lambda index: self._take(index.row()))
        self.list.taken.connect(self._take)
        column.addWidget(self.list, 1)
        self.table = PlainTable(tr("The likeliest next tokens"), parent=self)
        self.add_table(self.table)
        under = QVBoxLayout(self.foot)
        under.setContentsMargins(0, 0, 0, 0)
        self.detail = QLabel("", self.foot)
        self.detail.setWordWrap(True)
        muted(small(self.detail))
        under.addWidget(self.detail)

    def explains(self) -> str:
        return tr(
            "Every token is drawn from these probabilities. A low temperature makes the likely ones likelier "
            "still, a high one evens them out; top p leaves out the long tail. Take a token, and see what may "
            "follow it."
        )

    def invitation(self) -> str:
        return tr("While the model writes, the likeliest next tokens and their probabilities appear here.")

    def hear(self, event: Insight) -> None:
        if event.view != self.name:
            return
        self._slots[event.slot] = event.data
        self._show_slots()
        if event.slot == self._slot:
            self.show_data(event.data, event.step)

    def clear(self) -> None:
        super().clear()
        self._slots, self._slot = {}, 0
        self._show_slots()

    def read(self, data: dict[str, Any]) -> None:
        tokens = [str(token) for token in data["tokens"]]
        shares = [float(share) for share in data["probabilities"]]
        drawn = [float(share) for share in data["drawn"]] if data.get("drawn") else [None] * len(tokens)
        self._rows = list(zip(tokens, shares, drawn, strict=True))
        self.tail = str(data.get("text", ""))

    def draw(self) -> None:
        self.candidates.show(self._rows)
        rest = max(0.0, 1.0 - sum(share for _, share, _ in self._rows))
        self.place.setText("… " + plain(self.tail[-200:].replace("\n", "↵ ")) if self.tail else tr("At the beginning"))
        said = [tr("all others together {chance}", chance=chance(rest))]
        if any(drawn is not None for _, _, drawn in self._rows):
            said.insert(0, tr("pale: as the model says it, full: as it is drawn"))
        if self.takes:
            said.append(tr("double click or Return goes on with a token"))
        self.detail.setText(" · ".join(said))
        if self.as_table.isChecked():
            self._fill_table()

    def _take(self, row: int) -> None:
        if self.takes and 0 <= row < len(self._rows):
            token = self._rows[row][0]
            if label(token) != tr("⟨end⟩") and not token.startswith("⟨"):
                self.taken.emit(token)
                first = self.candidates.index(0)
                self.list.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _fill_table(self) -> None:
        headings = [tr("Token"), tr("Probability"), tr("Drawn")]
        rows = [
            [label(token), chance(share), "" if drawn is None else _drawn(drawn)] for token, share, drawn in self._rows
        ]
        self.table.rows.show(headings, rows)

    def _build_slots(self) -> None:
        self.slots = QComboBox(self)
        self.slots.setAccessibleName(tr("Which text"))
        self.slots.activated.connect(self._choose_slot)
        calm_wheel(self.slots)
        buddy = QLabel(tr("Which text"), self)  # what a combo box is called on Linux
        buddy.setBuddy(self.slots)
        buddy.hide()
        self.slots.hide()
        self.head.insertWidget(0, self.slots)

    def _show_slots(self) -> None:
        """Which texts there are to choose from."""
        known = sorted(self._slots)
        if [self.slots.itemData(row) for row in range(self.slots.count())] != known:
            with QSignalBlocker(self.slots):
                self.slots.clear()
                for slot in known:
                    self.slots.addItem(tr("Text {n}", n=slot + 1), slot)
                self.slots.setCurrentIndex(known.index(self._slot) if self._slot in known else -1)
        self.slots.setVisible(len(known) > 1)

    def _choose_slot(self, row: int) -> None:
        self._slot = int(self.slots.itemData(row))
        self.show_data(self._slots[self._slot])


def _drawn(share: float) -> str:
    return chance(share) if share else exactly(0)
