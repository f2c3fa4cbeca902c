"""Pictures and what becomes of them on the way through the latent space, with what each costs in nats."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.exploring import ExploringView
from aigc_desktop.ui.views.plain_table import PlainTable
from aigc_desktop.ui.views.tile_grid import Tile, TileGrid


class Reconstruct(ExploringView):
    """Each picture above its reconstruction."""

    name = "reconstruct"

    def build(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        self.pairs = TileGrid(tr("Each picture above its reconstruction"), self.body)
        column.addWidget(self.pairs)
        self.table = PlainTable(tr("What each picture costs"), parent=self)
        self.add_table(self.table)

    def inputs(self) -> list[Described]:
        return [
            Described(
                *("pictures", "pictures", [], mark("Pictures")),
                help=mark("Pictures to send through the model; a folder stands for all pictures in it."),
            )
        ]

    def invitation(self) -> str:
        return tr("Drop pictures on the left: what the model makes of each appears under it.")

    def explains(self) -> str:
        return tr(
            "Above the picture as the model sees it, below the picture that it makes from the point in the latent space "
            "alone. The figure is −ELBO in nats: the fewer, the better the model knows such pictures. One unlike all "
            "that it has learned from stands out."
        )

    def lacks(self) -> bool:
        return not self.given()["pictures"]

    def choices(self) -> dict[str, Any]:
        return self.given()

    def read(self, data: dict[str, Any]) -> None:
        self._nats = [float(one) for one in data["nats"]]
        count = len(self._nats)
        originals = sheets.tiles(data["originals"], data["tile"], count)
        self._pairs = list(zip(originals, sheets.tiles(data["sheet"], data["tile"], count), strict=True))

    def draw(self) -> None:
        self.pairs.show_tiles(
            [
                Tile(pair, _said(nats), tr("Picture {n}: {nats} nats", n=place, nats=_said(nats)))
                for place, (pair, nats) in enumerate(zip(self._pairs, self._nats, strict=True), 1)
            ]
        )
        mean = sum(self._nats) / max(1, len(self._nats))
        self.place.setText(tr("Nats of each, {mean} on average", mean=_said(mean)) if self._nats else "")
        rows = [[numerals.plain(place), _said(nats)] for place, nats in enumerate(self._nats, 1)]
        self.table.rows.show([tr("Picture"), tr("−ELBO, nats")], rows)

    def kept(self) -> dict[str, Any]:
        return {"mode": "reconstruct"} | self.given()


def _said(nats: float) -> str:
    return numerals.fraction(nats, 1)
