"""A plane of a variational autoencoder's latent space, painted under the mouse."""

from typing import Any

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui.pixmaps import Latest
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.captioned import Beside, Enlarged
from aigc_desktop.ui.views.exploring import ExploringView, signed
from aigc_desktop.ui.views.latent_canvas import Cell, LatentCanvas

BESIDE, ALONE = 8, 32  # cells in a question with the point under the mouse, and in one without
KEPT = 256  # pictures under the mouse that need not be asked for again
AXES = 512  # more a model has hardly

Point = tuple[float, float]


class LatentPlane(ExploringView):
    """Asks for the point under the mouse first, and with it for some of the cells that are not painted yet."""

    name = "latent_plane"

    def build(self) -> None:
        self._known: Latest[QImage] = Latest(KEPT)  # by the point
        self._sent: list[tuple[Cell | None, Point]] = []
        self._axes = [0, 1]
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        sides = Beside(self.body)
        self.canvas = LatentCanvas(sides)
        self.canvas.setAccessibleName(tr("The plane: arrow keys move, Return keeps"))
        sides.add(self.canvas, 3)
        self.large = Enlarged(tr("The picture at this point"), sides, 2)
        column.addWidget(sides)
        self.canvas.moved.connect(self._moved)
        self.canvas.resized.connect(self.asks)
        self.canvas.taken.connect(self.keep)

    def inputs(self) -> list[Described]:
        return [
            Described(
                *("across", "int", 1, mark("Across")),
                low=1,
                high=AXES,
                help=mark("Which latent dimension changes from left to right. 1 is the one that the model uses most."),
            ),
            Described(
                *("up", "int", 2, mark("Upwards")),
                low=1,
                high=AXES,
                help=mark("Which latent dimension changes from below to above."),
            ),
            Described(
                *("seed", "seed", 0, mark("The others")),
                help=mark("Where the plane lies: all other dimensions are drawn from this seed. 0 is the middle."),
            ),
        ]

    def add_controls(self, column: QVBoxLayout, side: QWidget) -> None:
        column.addWidget(self.large.stand_in(side))

    def invitation(self) -> str:
        return tr("What the model makes of each point of the plane appears here.")

    def explains(self) -> str:
        return tr(
            "Every point of the plane is a picture: two of the numbers that describe it change across and upwards, the "
            "others stay. Move the mouse over it; a click holds the point, Return or a double click keeps the picture."
        )

    # Asking

    def question(self) -> dict[str, Any] | None:
        here = self._here()
        sent: list[tuple[Cell | None, Point]] = [] if here in self._known else [(None, here)]
        for cell in self.canvas.wanted(BESIDE if sent else ALONE):
            middle = self.canvas.middle(cell)
            sent.append((cell, (round(middle.x(), 4), round(middle.y(), 4))))
        if not sent:
            return None
        self._sent = sent
        return {"view": self.name, "points": [list(point) for _, point in sent]} | self._plane()

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        plane = {name: question.get(name) for name in ("axes", "seed")}
        sent = self._sent
        if plane != self._plane() or question.get("points") != [list(point) for _, point in sent]:
            return  # of another plane by now
        found = sheets.tiles(data["sheet"], data["tile"], len(sent))
        if not self.canvas.cells:
            self.canvas.extent = float(data["extent"])
            self.canvas.begin(QSize(*map(int, data["tile"])))
            self._bound(int(data["axes_count"]))
            if plane != self._plane():
                return
        for (cell, point), image in zip(sent, found, strict=True):
            if cell is None:
                self._known.put(point, image)
            elif cell[0] < self.canvas.cells and cell[1] < self.canvas.cells and self._is_middle(cell, point):
                self.canvas.put(cell, image)
        self._sent = []

    def draw(self) -> None:
        self._show_point()
        if self._here() not in self._known or self.canvas.wanted(1):
            self.asks.emit()

    def changed(self) -> None:
        across, up = axes = self._plane()["axes"]
        if across == up and self.form is not None:  # a plane has two: the one that was not touched gives way
            name, other = ("up", self._axes[0]) if across != self._axes[0] else ("across", self._axes[1])
            field: Any = self.form.field(name)
            if other == across or other >= field.spin.maximum():
                other = 1 if across == 0 else 0
            field.set_value(other + 1)
            return
        self._axes = axes
        self._known.clear()
        if self.canvas.cells:
            self.canvas.forget()

    def clear(self) -> None:
        super().clear()
        self._known.clear()
        self._sent = []
        self.canvas.clear()
        self.large.show_picture(QImage(), "")

    def kept(self) -> dict[str, Any]:
        across, up = (one + 1 for one in self._plane()["axes"])
        x, y = self._here()
        return {"mode": "point", "axes": f"{across}, {up}", "x": x, "y": y, "seed": self.given()["seed"]}

    def state(self) -> dict[str, Any]:
        return super().state() | {"point": list(self._here())}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        point = state.get("point")
        if isinstance(point, list) and len(point) == 2 and all(isinstance(one, int | float) for one in point):
            self.canvas.move_to(QPointF(*point))

    # Inside

    def _plane(self) -> dict[str, Any]:
        """The first two dimensions until one knows how many the model has."""
        given = self.given()
        axes = [given["across"] - 1, given["up"] - 1] if self.canvas.cells else [0, 1]
        return {"axes": axes, "seed": given["seed"]}

    def _here(self) -> Point:
        return round(self.canvas.point.x(), 2) + 0.0, round(self.canvas.point.y(), 2) + 0.0  # no −0

    def _is_middle(self, cell: Cell, point: Point) -> bool:
        middle = self.canvas.middle(cell)
        return abs(middle.x() - point[0]) + abs(middle.y() - point[1]) < 1e-3

    def _bound(self, axes: int) -> None:
        """There are no more axes than the model has."""
        assert self.form is not None
        for name in ("across", "up"):
            spin = self.form.field(name).spin  # type: ignore[attr-defined]
            if spin.maximum() != max(1, axes):
                spin.setMaximum(max(1, axes))

    def _moved(self) -> None:
        if self.shown:
            self._show_point()
            self.asks.emit()

    def _show_point(self) -> None:
        """What is known of this point, else what is nearest to it, until the answer comes."""
        x, y = self._here()
        image = self._known.use((x, y)) or self.canvas.nearest()
        if image is not None:
            said = tr("{x} across, {y} upwards", x=signed(x, 2), y=signed(y, 2))
            self.large.show_picture(image, said)
        self.detail.setText(
            tr("Held. A click on the point lets it go.") if self.canvas.held else tr("A click holds the point.")
        )
