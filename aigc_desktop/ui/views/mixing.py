"""Style mixing as in the paper: each row gives the coarse layers, each column the fine ones."""

from typing import Any

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.captioned import Beside, Enlarged
from aigc_desktop.ui.views.exploring import ExploringView, button
from aigc_desktop.ui.views.mixing_table import MixingTable
from aigc_desktop.ui.views.tile_grid import NONE, Tile

MOST = 6  # rows, and columns
ROWS, COLUMNS = [1, 2, 3], [11, 12, 13, 14]  # that one begins with
LAYERS = 8  # before a model has said how many it has


class Mixing(ExploringView):
    """A click looks at one mixture closely; a double click, Return or Keep keeps it."""

    name = "mixing"
    wants = ("truncation",)

    def build(self) -> None:
        self._layers = 0
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        sides = Beside(self.body)
        self.grid = MixingTable(tr("The table: arrow keys move, Return keeps"), sides)
        sides.add(self.grid, 3)
        self.large = Enlarged(tr("The chosen mixture"), sides, 1)
        column.addWidget(sides)
        self.grid.looked.connect(lambda _: self._show_chosen())
        self.grid.taken.connect(lambda _: self.keep())
        self.grid.rolled.connect(self._roll)

    def inputs(self) -> list[Described]:
        return [
            Described(
                *("rows", "seeds", ROWS, mark("Rows")),
                high=MOST,
                help=mark(
                    "Seeds of the pictures that give the coarse layers: pose, shape. One row for each, up to six."
                ),
            ),
            Described(
                *("columns", "seeds", COLUMNS, mark("Columns")),
                high=MOST,
                help=mark(
                    "Seeds of the pictures that give the fine layers: colours, texture. One column for each, up to six."
                ),
            ),
            Described(
                *("crossover", "slide", LAYERS // 2, mark("From the row")),
                low=0,
                high=LAYERS,
                help=mark(
                    "How far the row's layers go before the column's take over: from the coarsest to the finest."
                ),
            ),
        ]

    def add_controls(self, column: QVBoxLayout, side: QWidget) -> None:
        column.addWidget(self.large.stand_in(side))
        self._crossover().set_words(self._words)
        self.whole = button("table", tr("Keep the table"), self.foot)
        self.whole.setToolTip(tr("Make a picture of the whole table"))
        self.whole.clicked.connect(self._keep_table)
        self.tools.addWidget(self.whole)

    def clear(self) -> None:
        super().clear()
        self.large.show_picture(QImage(), "")

    def invitation(self) -> str:
        return tr("The table of mixtures appears here.")

    def explains(self) -> str:
        return tr(
            "The pictures of the rows and of the columns are made from their seeds. Each cell takes its first layers, "
            "which decide what is where, from its row, and the rest, which decide colours and detail, from its column."
        )

    def choices(self) -> dict[str, Any]:
        return self.given()

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        rows, columns = len(question["rows"]), len(question["columns"])
        heads = sheets.tiles(data["rows"], data["tile"], rows)
        above = sheets.tiles(data["columns_sheet"], data["tile"], columns)
        cells = sheets.tiles(data["cells"], data["tile"], rows * columns)
        self._rows, self._columns, self._cells = heads, above, cells
        self._layers = int(data["layers"])

    def draw(self) -> None:
        self._fit_crossover()
        columns = len(self._columns)
        tiles = [Tile(()), *(Tile((one,)) for one in self._columns)]
        for row, head in enumerate(self._rows):
            tiles.append(Tile((head,)))
            for column in range(columns):
                name = tr("Row {row}, column {column}", row=row + 1, column=column + 1)
                tiles.append(Tile((self._cells[row * columns + column],), name=name))
        self.grid.set_dice(len(self._rows), columns)
        self.grid.show_tiles(tiles, columns + 1)
        if self.grid.current == NONE:
            self.grid.look_at(columns + 2)
        self._show_chosen()

    def kept(self) -> dict[str, Any] | None:
        chosen = self._chosen()
        if chosen is None:
            return None
        given = self.given()
        return self._as_settings([given["rows"][chosen[0]]], [given["columns"][chosen[1]]])

    # Inside

    def _crossover(self) -> Any:
        assert self.form is not None
        return self.form.field("crossover")

    def _fit_crossover(self) -> None:
        """As many places as the model has layers; at the first answer its own middle."""
        field = self._crossover()
        if self._layers != field.slider.maximum():
            share = field.value() / max(1, field.slider.maximum())
            field.set_range(0, self._layers)
            field.set_value(round(share * self._layers))
        field.set_words(self._words)

    def _words(self, crossover: int) -> str:
        layers = self._layers or LAYERS
        if crossover == 0:
            return tr("nothing")
        if crossover == layers:
            return tr("everything")
        return tr("coarse") if 3 * crossover <= layers else tr("middle") if 3 * crossover <= 2 * layers else tr("fine")

    def _chosen(self) -> tuple[int, int] | None:
        """Row and column of the cell one looks at."""
        if self.grid.current == NONE:
            return None
        row, column = divmod(self.grid.current, self.grid.columns)
        return row - 1, column - 1

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self.keep_button.setEnabled(chosen is not None)
        if chosen is None:
            self.large.show_picture(QImage(), "")
            return
        row, column = chosen
        given = self.given()
        words = tr("Seeds {row} and {column}", row=given["rows"][row], column=given["columns"][column])
        self.large.show_picture(self._cells[row * len(self._columns) + column], words)
        crossover = self._crossover().value()
        self.detail.setText(tr("{n} of {count} layers from the row", n=crossover, count=self._layers))

    def _roll(self, which: str, place: int) -> None:
        assert self.form is not None
        self.form.field(which).roll_one(place)  # type: ignore[attr-defined]

    def _keep_table(self) -> None:
        given = self.given()
        self.keeps.emit(self._as_settings(given["rows"], given["columns"]))

    def _as_settings(self, rows: list[int], columns: list[int]) -> dict[str, Any]:
        settings: dict[str, Any] = {"mode": "mixing", "crossover": self._crossover().value()}
        return settings | {"rows": ", ".join(map(str, rows)), "columns": ", ".join(map(str, columns))}
