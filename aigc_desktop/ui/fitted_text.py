"""A text that is as high as its lines, between the fewest and the most."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class FittedText(QPlainTextEdit):
    """`most` 0: as high as it takes. It scrolls by itself only beyond the most."""

    grew = Signal()

    def __init__(self, fewest: int = 1, most: int = 0, parent: QWidget | None = None):
        super().__init__(parent)
        self.fewest, self.most = fewest, most
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if not most:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _: object = None) -> None:
        lines = max(self.fewest, round(self.document().size().height()))
        lines = min(lines, self.most) if self.most else lines
        around = 2 * (self.frameWidth() + int(self.document().documentMargin()) + 1)
        height = lines * self.fontMetrics().lineSpacing() + around
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
            self.grew.emit()
