"""Where samples lie, as points: their shape and edge tell the kind, their filling the score."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.theme import GRID, HALF, colours, is_dark
from aigc_desktop.ui.views.verdicts import Sample, Verdicts, colour_of

NOTHING = -1
EDGE = 12  # pixels around the outermost points
NEAR = 14  # pixels from a point at which the pointer looks at it
DOT, DIAMOND, LOOKED = 4.0, 5.2, 1.5  # radius, half a diagonal, how many times as large what is looked at is
SIDE, SHADES = 16, 63  # pixels of a point with air around it, and colours that the points have
STRETCH = 2.0  # of one direction against the other, at most
OWN = 150  # square pixels that a point has for itself; with less it is drawn smaller
PICTURE, COVERED = 96, 0.5  # pixels of the picture beside a point, and which part of the shorter side it takes, at most
TIGHT = 0.5  # of the frame: points that fill less of it get a narrower one


def mark(painter: QPainter, at: QPointF, real: bool, filling: QColor, times: float = 1.0) -> None:
    """A point of its kind: a disc for a real picture, a diamond for a created one."""
    painter.setBrush(filling)
    painter.setPen(QPen(colour_of(real), 1.3))
    if real:
        painter.drawEllipse(at, DOT * times, DOT * times)
        return
    far = DIAMOND * times
    corners = [QPointF(0, -far), QPointF(far, 0), QPointF(0, far), QPointF(-far, 0)]
    painter.drawPolygon(QPolygonF([at + one for one in corners]))


class Scatter(QWidget):
    """The pointer, or the arrow keys, look at a sample; its picture is shown beside it.

    ← and → go through the samples of one kind by their score, ↑ to the real ones, ↓ to the created ones.
    """

    looked = Signal(int)  # a sample's number, or NOTHING

    def __init__(self, colour: Callable[[float], QColor], parent: QWidget | None = None):
        super().__init__(parent)
        self._colour = colour
        self._verdicts: Verdicts | None = None
        self._picture: Callable[[int], QImage] = lambda number: QImage()
        self._frame = QRectF()  # what part of the plane is seen
        self._chosen = self._pointed = NOTHING
        self._shown: tuple[int, QPixmap] | None = None
        self._stamps: dict[tuple[bool, int, float, float, bool], QPixmap] = {}
        self.lit: set[int] = set()  # where not empty, the others are pale
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_samples(self, verdicts: Verdicts, picture: Callable[[int], QImage]) -> None:
        """`picture` gives that of a sample by its number."""
        before = self._verdicts
        self._verdicts, self._picture, self._shown = verdicts, picture, None
        self.lit = set()
        if before is None or len(before.samples) != len(verdicts.samples):
            self._chosen = self._pointed = NOTHING
        self._fit()
        self.update()

    def current(self) -> int:
        """What is looked at: where the pointer is, else what was chosen by keys."""
        return self._pointed if self._pointed != NOTHING else self._chosen

    def choose(self, number: int) -> None:
        """Look at this sample until another is chosen."""
        if number != self._chosen:
            self._chosen = number
            self._tell()

    def light(self, numbers: set[int]) -> None:
        """Let these stand out; with none, all are alike."""
        if numbers != self.lit:
            self.lit = numbers
            self.update()

    def place(self, sample: Sample) -> QPointF:
        """Where a sample is painted."""
        left, across, top, down = self._scales()
        return QPointF(left + sample.x * across, top - sample.y * down)

    def _scales(self) -> tuple[float, float, float, float]:
        """Where the plane's origin is painted, and how large its unit is, in x and in y."""
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        across, down = room.width() / self._frame.width(), room.height() / self._frame.height()
        least = min(across, down)  # distances are true, but for a little stretching towards the room there is
        across, down = min(across, STRETCH * least), min(down, STRETCH * least)
        middle, centre = self._frame.center(), room.center()
        return centre.x() - middle.x() * across, across, centre.y() - middle.y() * down, down

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        of = colours()
        painter.setPen(QPen(QColor(of.accent if self.hasFocus() else of.line), 1))
        painter.setBrush(QColor(of.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), HALF, HALF)
        if self._verdicts is None:
            return
        current, room = self.current(), self.width() * self.height()
        times = max(0.6, min(1.0, (room / len(self._verdicts.samples) / OWN) ** 0.5))
        left, across, top, down = self._scales()
        for one in sorted(self._verdicts.samples, key=lambda one: one.place):  # neither kind covers the other
            if one.number != current:
                painter.setOpacity(1.0 if not self.lit or one.number in self.lit else 0.2)
                stamp = self._stamp(one.real, round(self._verdicts.share(one.score) * SHADES), times)
                at = QPointF(left + one.x * across - SIDE / 2, top - one.y * down - SIDE / 2)
                painter.drawPixmap(at, stamp)
        painter.setOpacity(1.0)
        if current != NOTHING:
            self._paint_looked(painter, self._verdicts.samples[current], self._verdicts)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.choose(self._nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(NOTHING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._verdicts is None or key not in KEYS:
            super().keyPressEvent(event)
            return
        samples = self._verdicts.samples
        now = samples[self._chosen] if self._chosen != NOTHING else None
        real = {Qt.Key.Key_Up: True, Qt.Key.Key_Down: False}.get(key, now.real if now is not None else True)
        row = sorted(self._verdicts.of(real), key=lambda one: (one.score, one.number)) or samples
        if now is None or now not in row:  # the one with the nearest score
            place = min(range(len(row)), key=lambda at: abs(row[at].score - (now.score if now else row[0].score)))
        else:
            ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(row) - 1}
            steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
            place = ends.get(key, min(len(row) - 1, max(0, row.index(now) + steps.get(key, 0))))
        self.choose(row[place].number)

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # Inside

    def _fit(self) -> None:
        """The frame stays while all points are in it and fill a good part, so that looks can be compared."""
        assert self._verdicts is not None
        xs = [one.x for one in self._verdicts.samples]
        ys = [-one.y for one in self._verdicts.samples]
        found = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        least = 1e-6 + 0.02 * max(found.width(), found.height())
        found = found.adjusted(-least, -least, least, least)
        kept = self._frame.contains(found) and (
            found.width() > TIGHT * self._frame.width() or found.height() > TIGHT * self._frame.height()
        )
        if not kept:
            self._frame = found

    def _stamp(self, real: bool, shade: int, times: float) -> QPixmap:
        """A point, painted once for each kind and colour: a plot of hundreds is drawn while one moves over it."""
        key = (real, shade, times, self.devicePixelRatioF(), is_dark())
        if key not in self._stamps:
            if len(self._stamps) > 4 * SHADES:
                self._stamps.clear()
            stamp = QPixmap(QSize(SIDE, SIDE) * self.devicePixelRatioF())
            stamp.setDevicePixelRatio(self.devicePixelRatioF())
            stamp.fill(Qt.GlobalColor.transparent)
            painter = QPainter(stamp)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            mark(painter, QPointF(SIDE / 2, SIDE / 2), real, self._colour(shade / SHADES), times)
            painter.end()
            self._stamps[key] = stamp
        return self._stamps[key]

    def _nearest(self, point: QPointF) -> int:
        if self._verdicts is None:
            return NOTHING
        left, across, top, down = self._scales()
        x, y = point.x() - left, point.y() - top

        def far(one: Sample) -> float:
            return float((one.x * across - x) ** 2 + (one.y * down + y) ** 2)

        best = min(self._verdicts.samples, key=far)
        return best.number if far(best) <= NEAR**2 else NOTHING

    def _point(self, number: int) -> None:
        if number != self._pointed:
            self._pointed = number
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.looked.emit(self.current())

    def _paint_looked(self, painter: QPainter, sample: Sample, verdicts: Verdicts) -> None:
        at = self.place(sample)
        painter.setPen(QPen(QColor(colours().text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, DIAMOND * LOOKED + 4, DIAMOND * LOOKED + 4)
        mark(painter, at, sample.real, self._colour(verdicts.share(sample.score)), LOOKED)
        picture = self._fitted(sample.number)
        size = picture.deviceIndependentSize()
        words = f"{sample.kind} · {verdicts.said(sample)}"
        high = self.fontMetrics().height()
        wide = max(size.width(), self.fontMetrics().horizontalAdvance(words) + 2) + 2 * HALF
        card = QRectF(0, 0, wide, size.height() + high + 3 * HALF if not picture.isNull() else high + 2 * HALF)
        card.moveCenter(QPointF(at.x(), card.center().y()))
        beside = at.x() + DIAMOND * LOOKED + GRID
        card.moveLeft(beside if beside + wide < self.width() else at.x() - DIAMOND * LOOKED - GRID - wide)
        card.moveTop(at.y() - card.height() / 2)
        card.moveLeft(max(2.0, min(card.left(), self.width() - wide - 2)))
        card.moveTop(max(2.0, min(card.top(), self.height() - card.height() - 2)))
        painter.setPen(QPen(QColor(colours().line), 1))
        painter.setBrush(QColor(colours().raised))
        painter.drawRoundedRect(card, HALF, HALF)
        if not picture.isNull():
            painter.drawPixmap(QPointF(card.center().x() - size.width() / 2, card.top() + HALF).toPoint(), picture)
        painter.setPen(QColor(colours().text))
        line = QRectF(card.left(), card.bottom() - high - HALF, card.width(), high)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)

    def _fitted(self, number: int) -> QPixmap:
        side = max(32, min(PICTURE, round(COVERED * min(self.width(), self.height()))))
        if self._shown is None or self._shown[0] != number or self._shown[1].height() > side * self.devicePixelRatioF():
            self._shown = number, pixmaps.fitted(self._picture(number), QSize(side, side), self.devicePixelRatioF())
        return self._shown[1]


KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Home, Qt.Key.Key_End),
)
