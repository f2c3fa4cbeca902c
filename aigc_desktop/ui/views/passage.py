"""A text whose tokens have colours: one looks at one after the other, with the pointer or the arrow keys."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from aigc_desktop.shown import plain
from aigc_desktop.ui.announce import announce
from aigc_desktop.ui.fields.base import tooltip
from aigc_desktop.ui.theme import GRID, HALF, colours

NOTHING = -1
AIR = 6  # pixels between two lines: room for the colours
ROUND = 3
SIZES = (1.6, 1.3, 1.0)  # of the letters, where there is room
LINE = "\u2028"  # where a line ends, to QTextLayout
Colour = Callable[[int], "QColor | None"]


class Passage(QAbstractScrollArea):
    """Set the tokens, and what each looks like. A token stays chosen; the pointer looks at another one for a moment."""

    looked = Signal(int)  # the token in sight: under the pointer, else the chosen one, else NOTHING

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.tokens: list[str] = []
        self.chosen = self._pointed = NOTHING
        self.colour: Colour = lambda _: None
        self.tells: Callable[[int], str] = lambda _: ""
        self._starts: list[int] = []
        self._layout = QTextLayout()
        self._fine = False  # tokens of a letter each: a gap beside each would be all one sees
        self._boxes: list[list[QRectF]] = []  # of each token, one for each line that it is on
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(20)

    def set_tokens(self, tokens: list[str]) -> None:
        """Show these; what was chosen stays so where the tokens are the same."""
        if tokens == self.tokens:
            self.viewport().update()
            return
        self.tokens = list(tokens)
        self._fine = sum(map(len, tokens)) < 1.5 * len(tokens)
        if self.chosen >= len(tokens):
            self.choose(NOTHING)
        self._pointed = NOTHING
        self._arrange()
        self.viewport().update()

    def current(self) -> int:
        """The token in sight."""
        return self._pointed if self._pointed != NOTHING else self.chosen

    def choose(self, token: int) -> None:
        """Look at this one."""
        if token != self.chosen:
            self.chosen = token
            self._see()
            self.looked.emit(self.current())
            self.viewport().update()

    def boxes(self, token: int) -> list[QRectF]:
        """Where a token stands, in pixels of the viewport."""
        down = -float(self.verticalScrollBar().value())
        return [box.translated(0, down) for box in self._boxes[token]] if 0 <= token < len(self._boxes) else []

    def token_at(self, point: QPointF) -> int:
        """The token at a point of the viewport, NOTHING where there is none."""
        here = point + QPointF(0, self.verticalScrollBar().value())
        for token, boxes in enumerate(self._boxes):
            if any(box.contains(here) for box in boxes):
                return token
        return NOTHING

    # Laying out

    def _arrange(self) -> None:
        """A text for which there is plenty of room is written larger."""
        for size in SIZES:
            self._arrange_at(size)
            if self.verticalScrollBar().maximum() == 0:
                return

    def _arrange_at(self, size: float) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * size)
        parts = [_readable(token) for token in self.tokens]
        self._starts = [0]
        for part in parts:
            self._starts.append(self._starts[-1] + len(part.encode("utf-16-le")) // 2)
        self._layout = QTextLayout("".join(parts), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setFlags(QTextOption.Flag.IncludeTrailingSpaces)
        self._layout.setTextOption(option)
        self._layout.beginLayout()
        down, width = float(HALF), max(40, self.viewport().width() - 2 * GRID)
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(GRID, down))
            down += line.height() + AIR
        self._layout.endLayout()
        self._boxes = [[] for _ in self.tokens]
        token = 0
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            first, last = line.textStart(), line.textStart() + line.textLength()
            while token and self._starts[token] > first:
                token -= 1
            while token < len(self.tokens) and self._starts[token] < last:
                begin, end = max(first, self._starts[token]), min(last, self._starts[token + 1])
                if end > begin:
                    one, other = sorted((_x(line, begin), _x(line, end)))
                    box = QRectF(GRID + one, line.y() - AIR / 2 + 1, max(3.0, other - one), line.height() + AIR - 2)
                    self._boxes[token].append(box)
                if self._starts[token + 1] > last:
                    break
                token += 1
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, round(down) - self.viewport().height()))

    def _see(self) -> None:
        """Bring the chosen one into sight."""
        if not 0 <= self.chosen < len(self._boxes) or not self._boxes[self.chosen]:
            return
        box, bar = self._boxes[self.chosen][0], self.verticalScrollBar()
        if box.top() < bar.value():
            bar.setValue(int(box.top()) - HALF)
        elif box.bottom() > bar.value() + self.viewport().height():
            bar.setValue(int(box.bottom()) - self.viewport().height() + HALF)

    def sizeHint(self) -> QSize:
        return QSize(320, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 56)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -self.verticalScrollBar().value())
        seen = QRectF(event.rect()).translated(0, self.verticalScrollBar().value())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not self._fine)
        for token, boxes in enumerate(self._boxes):
            colour = self.colour(token) if boxes and boxes[-1].bottom() >= seen.top() else None
            if colour is None or boxes[0].top() > seen.bottom():
                continue
            if self._fine:
                for box in boxes:
                    painter.fillRect(box.adjusted(0, 0, 0.5, 0), colour)
                continue
            painter.setBrush(colour)
            for box in boxes:
                painter.drawRoundedRect(box.adjusted(0.5, 0, -0.5, 0), ROUND, ROUND)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().text)))
        self._layout.draw(painter, QPointF(0, 0))
        if 0 <= (current := self.current()) < len(self._boxes):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours().text), 1.5))
            for box in self._boxes[current]:
                painter.drawRoundedRect(box.adjusted(-1, 0, 1, 0), ROUND, ROUND)

    # Looking

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            token = self.token_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tooltip(self.tells(token)) if token != NOTHING else "", self)
            return True
        if event.type() == QEvent.Type.Leave:
            self._point(NOTHING)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.token_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            token = self.token_at(event.position())
            self.choose(NOTHING if token == self.chosen else token)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self.tokens) - 1
        now = self.chosen
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("".join(self.tokens))
            return
        places = {
            Qt.Key.Key_Left: now - 1,
            Qt.Key.Key_Right: now + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Up: self._beyond(now, -1),
            Qt.Key.Key_Down: self._beyond(now, 1),
        }
        if key not in places or last < 0:
            super().keyPressEvent(event)
            return
        self._pointed = NOTHING
        self.choose(min(last, max(0, places[Qt.Key(key)])))
        said = self.tells(self.chosen)
        self.setAccessibleDescription(said)
        announce(self, said)

    def _beyond(self, token: int, way: int) -> int:
        """The token in the line above or below."""
        if not 0 <= token < len(self._boxes) or not self._boxes[token]:
            return 0
        here = self._boxes[token][0 if way < 0 else -1]
        found = [
            (abs(box.center().y() - here.center().y()), abs(box.center().x() - here.center().x()), other)
            for other, boxes in enumerate(self._boxes)
            for box in boxes
            if way * (box.center().y() - here.center().y()) > 2
        ]
        return min(found)[2] if found else token

    def _point(self, token: int) -> None:
        if token != self._pointed:
            self._pointed = token
            self.looked.emit(self.current())
            self.viewport().update()


def _readable(token: str) -> str:
    """As it stands in the text: line breaks are seen, and break the line."""
    lines = token.replace("\r\n", "\n").split("\n")
    return f"↵{LINE}".join(plain(line.replace("\t", "⇥")) if line.strip(" ") else line for line in lines)


def _x(line: object, cursor: int) -> float:
    found = line.cursorToX(cursor)  # type: ignore[attr-defined]
    return float(found[0] if isinstance(found, tuple) else found) - line.x()  # type: ignore[attr-defined]
