"""Some of the user's pictures as the network will see them, beside the settings that decide it."""

from typing import Any

import shiboken6
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from aigc_desktop.engine.worker import Sampled
from aigc_desktop.i18n import tr
from aigc_desktop.shown import shown
from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import HALF, small
from aigc_desktop.ui.views.tile_grid import NONE, Tile, TileGrid

COLUMNS, ROWS = 7, 2
SOON = 150  # milliseconds after the last change
ROW = 46  # pixels: the height of a row
LARGE = 264  # pixels: no side of an enlarged picture has more


class DataPreview(QWidget):
    """`show_data` gives it the data and the settings; nothing is shown while there is no data that can be used.

    A click or Return enlarges a picture, and makes it small again.
    """

    def __init__(self, generator: str, jobs: Jobs, parent: QWidget | None = None):
        super().__init__(parent)
        self.generator, self.jobs = generator, jobs
        self.tiles: list[Tile] = []
        self.enlarged = NONE
        self._wanted: tuple[str, dict[str, Any]] | None = None
        self._asking = False
        self._soon = QTimer(self, interval=SOON, singleShot=True)
        self._soon.timeout.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self.grid = _Strip(tr("What the network will see"), self)
        self.grid.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.grid.setFixedHeight(ROWS * ROW)
        self.grid.setCursor(Qt.CursorShape.PointingHandCursor)
        self.grid.looked.connect(lambda _: self._say())
        self.grid.clicked.connect(self._enlarge)
        self.grid.taken.connect(self._enlarge)
        self.caption = SentenceLabel(self)
        small(self.caption)
        column.addWidget(self.caption)
        column.addWidget(self.grid)
        self.hide()

    def show_data(self, path: str | None, settings: dict[str, Any]) -> None:
        """Show what a training on this data with these settings sees; None for no data."""
        wanted = None if path is None else (path, settings)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if wanted is None:
            self._soon.stop()
            self._show([])
        else:
            self._soon.start()

    def _ask(self) -> None:
        """One question at a time; the newest settings are asked for when it is answered."""
        if self._asking or self._wanted is None:
            return
        self._soon.stop()
        asked = self._wanted
        self._asking = True

        def answered(answer: Any) -> None:
            if not shiboken6.isValid(self):
                return
            self._asking = False
            if asked != self._wanted:
                self._ask()
            else:
                self._show(answer.examples if isinstance(answer, Sampled) else [])

        self.jobs.sample(self.generator, asked[0], COLUMNS * ROWS, asked[1], answered)

    def _show(self, examples: list[Any]) -> None:
        self.enlarged = NONE
        self.grid.current = NONE
        self.tiles = [Tile((pixmaps.from_pixels(one.pixels),), name=_name(one)) for one in examples]
        self._lay_out()
        self.setVisible(bool(examples))

    def _lay_out(self) -> None:
        if self.enlarged == NONE:
            rows = min(ROWS, -(-len(self.tiles) // COLUMNS))
            high = self.tiles[0].images[0].height() + HALF if self.tiles else ROW
            self.grid.setFixedHeight(max(1, rows) * min(ROW, high))
            self.grid.show_tiles(self.tiles, COLUMNS)
        else:
            tile = self.tiles[self.enlarged]
            size = tile.images[0].size()
            self.grid.setFixedHeight(max(1, LARGE // max(size.width(), size.height())) * size.height() + HALF)
            self.grid.show_tiles([tile], 1)
        self._say()

    def _say(self) -> None:
        """What is shown, or what the one is that is looked at."""
        if not self.tiles:
            self.caption.say("")
            return
        size = self.tiles[0].images[0].size()
        text = tr("What the network will see, {width}×{height}", width=size.width(), height=size.height())
        place = self.enlarged if self.enlarged != NONE else self.grid.current
        self.caption.say(f"{text} · {self.tiles[place].name}" if place != NONE else text)

    def _enlarge(self, place: int) -> None:
        """This picture alone, or all again."""
        if self.enlarged == NONE:
            self.enlarged, self.grid.current = place, NONE
            self._lay_out()
            self.grid.look_at(0)
        else:
            place, self.enlarged = self.enlarged, NONE
            self.grid.current = NONE
            self._lay_out()
            self.grid.look_at(place)


def _name(one: Any) -> str:
    """The class, where the name of the file does not say it, and the file."""
    name = shown(one.name)
    return name if not one.label or one.label in one.name.split("/") else f"{shown(one.label)} · {name}"


class _Strip(TileGrid):
    """Begins at the left, as all that stands above and below it. Takes a picture by one click."""

    clicked = Signal(int)

    def arranged(self) -> None:
        self._corner = QPointF(1, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 48)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != NONE and place == self.current:
            self.clicked.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click is one like the first."""
        self.mousePressEvent(event)
