"""Two sides of a page: beside each other, or where that is too narrow, one above the other."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

UPPER = 208  # pixels of the upper side, at least


class Sides(QSplitter):
    """The gap between them is the handle. `sizes` are always the widths beside each other, which the user has chosen."""

    def __init__(self, gap: int, parent: QWidget):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._beside: list[int] = []
        self.setChildrenCollapsible(False)
        self.setHandleWidth(gap)
        self.setStyleSheet("QSplitter::handle { background: transparent; }")

    def is_stacked(self) -> bool:
        return self.orientation() == Qt.Orientation.Vertical

    def sizes(self) -> list[int]:
        return list(self._beside) if self.is_stacked() else super().sizes()

    def setSizes(self, sizes: list[int]) -> None:
        self._beside = list(sizes)
        if not self.is_stacked():
            super().setSizes(sizes)

    def minimumSizeHint(self) -> QSize:
        """No wider than the wider side: in less room than both need they stand one above the other."""
        least = self._least()
        high = [one.height() for one in least]
        height = sum(high) + self.handleWidth() if self.is_stacked() else max(high, default=0)
        return QSize(max((one.width() for one in least), default=0), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return done

    def _least(self) -> list[QSize]:
        sides = [self.widget(place) for place in range(self.count())]
        return [one.minimumSizeHint().expandedTo(one.minimumSize()) for one in sides]

    def _turn(self) -> None:
        needed = sum(one.width() for one in self._least()) + self.handleWidth()
        stacked = self.count() > 1 and self.width() < needed
        if stacked == self.is_stacked():
            return
        if stacked:
            self._beside = super().sizes() if not self._beside else self._beside
        self.setOrientation(Qt.Orientation.Vertical if stacked else Qt.Orientation.Horizontal)
        self.widget(0).setMinimumHeight(UPPER if stacked else 0)
        super().setSizes([UPPER, max(UPPER, self.height() - UPPER)] if stacked else self._beside)
        self.updateGeometry()
