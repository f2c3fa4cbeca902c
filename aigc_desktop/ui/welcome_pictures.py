"""What the cards of the welcome show: a text, a row of pictures, that come out of noise; files on their way in."""

import random

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.theme import GRID, HALF

HEIGHT = GRID * 13
SIZE = QSize(GRID * 24, HEIGHT)
SIDE = 14  # pixels of a small picture
LEARNED = (0.0, 0.45, 0.75, 1.0)
# One sentence as a model writes it early, later and in the end.
SENTENCES = (mark("tqe o,d lna hse  ab"), mark("the old lamd has a"), mark("the old lamp has a song."))


class Illustration(QWidget):
    """Decoration: says nothing that the text beside it does not."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)

    def sizeHint(self) -> QSize:
        return SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRectF(self.rect()))
        painter.end()

    def paint(self, painter: QPainter, room: QRectF) -> None:
        raise TypeError(f"{type(self).__name__} paints nothing")


class Writing(Illustration):
    """Three lines, each nearer to language than the one before."""

    def paint(self, painter: QPainter, room: QRectF) -> None:
        colours = theme.colours()
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.1)
        painter.setFont(font)
        lines = [tr(sentence) for sentence in SENTENCES]
        step = room.height() / (len(lines) + 1)
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            painter.setPen(QColor(colours.text if last else colours.muted))
            painter.setOpacity(1.0 if last else 0.45 + 0.3 * number)
            middle = room.top() + step * (number + 1)
            painter.drawText(
                QRectF(room.left(), middle - step / 2, room.width(), step), Qt.AlignmentFlag.AlignCenter, line
            )


class Pictures(Illustration):
    """Four small pictures, white on black as the starter pictures are, from noise to a shape."""

    def paint(self, painter: QPainter, room: QRectF) -> None:
        gap = GRID
        side = min((room.width() - 5 * gap) / 4, room.height() - 3 * gap)
        left = room.center().x() - (4 * side + 3 * gap) / 2
        chance = random.Random(5)
        for number, learned in enumerate(LEARNED):
            tile = QRectF(left + number * (side + gap), room.center().y() - side / 2, side, side)
            _tile(painter, tile, learned, chance)


def _tile(painter: QPainter, tile: QRectF, learned: float, chance: random.Random) -> None:
    painter.setPen(QPen(QColor(theme.colours().line if theme.is_dark() else "#161616"), 1))
    painter.setBrush(QColor("#161616"))
    painter.drawRoundedRect(tile, HALF, HALF)
    painter.setPen(Qt.PenStyle.NoPen)
    pixel = tile.width() / (SIDE + 2)
    for row in range(SIDE):
        for column in range(SIDE):
            noise = chance.random() ** 2
            light = min(1.0, learned * _ring(row, column) + (1 - learned) * noise * 0.8)
            if light > 0.03:
                at = QPointF(tile.left() + pixel * (column + 1), tile.top() + pixel * (row + 1))
                painter.fillRect(QRectF(at.x(), at.y(), pixel + 0.3, pixel + 0.3), QColor.fromRgbF(1, 1, 1, light))


def _ring(row: int, column: int) -> float:
    """How bright a drawn circle is there."""
    middle = (SIDE - 1) / 2
    distance = ((row - middle) ** 2 + (column - middle) ** 2) ** 0.5
    return max(0.0, 1.0 - abs(distance - SIDE * 0.33) / 1.2)


class Files(Illustration):
    """A text, a folder and pictures over the dashed edge of a place to drop them."""

    def paint(self, painter: QPainter, room: QRectF) -> None:
        place = room.adjusted(GRID * 2, GRID * 2, -GRID * 2, -GRID * 2)
        pen = QPen(QColor(theme.colours().muted), 1.2, Qt.PenStyle.DashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setOpacity(0.7)
        painter.drawRoundedRect(place, GRID, GRID)
        painter.setOpacity(1.0)
        side = GRID * 4
        icons = ("file-text-light", "folder-light", "image-square-light")
        left = place.center().x() - (len(icons) * side + (len(icons) - 1) * GRID) / 2
        for number, name in enumerate(icons):
            box = QRectF(left + number * (side + GRID), place.center().y() - side / 2, side, side)
            theme.icon(name, theme.MUTED).paint(painter, box.toRect())


class Sign(Illustration):
    """Of a medium that has no picture of its own yet."""

    def paint(self, painter: QPainter, room: QRectF) -> None:
        side = GRID * 6
        box = QRectF(room.center().x() - side / 2, room.center().y() - side / 2, side, side)
        theme.icon("sparkle-thin", theme.MUTED).paint(painter, box.toRect())


OF_MEDIUM: dict[str, type[Illustration]] = {"text": Writing, "picture": Pictures}
