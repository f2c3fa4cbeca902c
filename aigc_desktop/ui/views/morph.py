"""From one picture to another through the latent space, in as many frames as one likes."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.exploring import ExploringView
from aigc_desktop.ui.views.tile_grid import Tile, TileGrid

FRAMES = (2, 24)


class Morph(ExploringView):
    """The frames in rows, the first and the last as the model sees the two pictures."""

    name = "morph"

    def build(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        self.frames = TileGrid(tr("The frames from one picture to the other"), self.body)
        self.frames.taken.connect(lambda _: self.keep())
        column.addWidget(self.frames)

    def inputs(self) -> list[Described]:
        return [
            Described("first", "picture", None, mark("From"), mark("The picture that it begins with."), optional=True),
            Described("second", "picture", None, mark("To"), mark("The picture that it ends with."), optional=True),
            Described(
                *("frames", "slide", 8, mark("Frames")),
                low=FRAMES[0],
                high=FRAMES[1],
                help=mark("How many pictures it takes, the first and the last included."),
            ),
        ]

    def invitation(self) -> str:
        return tr("Drop two pictures on the left: the way from one to the other appears here.")

    def explains(self) -> str:
        return tr(
            "Each picture becomes a point in the latent space. The frames lie on the straight line between the two points: "
            "what changes along it is what the model has learned that pictures differ in."
        )

    def lacks(self) -> bool:
        given = self.given()
        return not (given["first"] and given["second"])

    def choices(self) -> dict[str, Any]:
        return self.given()

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        self._found = sheets.tiles(data["sheet"], data["tile"], int(question["frames"]))

    def draw(self) -> None:
        last = len(self._found)
        self.frames.show_tiles(
            [
                Tile((image,), name=tr("Frame {n} of {count}", n=place, count=last))
                for place, image in enumerate(self._found, 1)
            ]
        )
        self.detail.setText(tr("{n} frames", n=numerals.plain(last)))

    def kept(self) -> dict[str, Any]:
        return {"mode": "morph"} | self.given()
