"""How many real and created pictures have which score: where the two hills overlap they cannot be told apart."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui.theme import HALF, colours
from aigc_desktop.ui.views.verdicts import BINS, Verdicts, colour_of

NOTHING = -1


class ScoreHistogram(QWidget):
    """Stands above the scale of the scores, which is its axis. The pointer looks at a part of the scale."""

    looked = Signal(int)  # a part, or NOTHING

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._counts: dict[bool, list[int]] = {True: [], False: []}
        self._pointed = NOTHING
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_samples(self, verdicts: Verdicts) -> None:
        self._counts = {real: verdicts.counts(real) for real in (True, False)}
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().line), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        if self._pointed != NOTHING:
            wide = self.width() / BINS
            painter.fillRect(QRectF(self._pointed * wide, 0, wide, self.height()), QColor(colours().selected))
        for real in (True, False):
            hill = self._hill(real)
            if hill is None:
                continue
            colour = colour_of(real)
            pale = QColor(colour)
            pale.setAlpha(70)
            painter.fillPath(hill, QBrush(pale if real else colour, Qt.BrushStyle.SolidPattern if real else HATCH))
            painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine if real else Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(hill)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(min(BINS - 1, max(0, int(event.position().x() / max(1, self.width()) * BINS))))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(NOTHING)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _point(self, part: int) -> None:
        if part != self._pointed:
            self._pointed = part
            self.update()
            self.looked.emit(part)

    def _hill(self, real: bool) -> QPainterPath | None:
        """The outline of the bars of a kind; its own total is the measure, so that few can be compared with many."""
        counts, total = self._counts[real], sum(self._counts[real])
        if not total:
            return None
        most = max(max(one) / sum(one) for one in self._counts.values() if sum(one))
        wide, high, ground = self.width() / BINS, self.height() - HALF, self.height() - 1.0
        path = QPainterPath(QPointF(0, ground))
        for part, count in enumerate(counts):
            top = ground - high * count / total / most
            path.lineTo(part * wide, top)
            path.lineTo((part + 1) * wide, top)
        path.lineTo(self.width(), ground)
        return path


HATCH = Qt.BrushStyle.BDiagPattern
