"""What two groups of pictures differ in, as a direction in the latent space that is added to a picture or taken away."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui.theme import GAP, GRID
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.captioned import Captioned
from aigc_desktop.ui.views.exploring import ExploringView, signed
from aigc_desktop.ui.views.tile_grid import Tile, TileGrid

FARTHEST = 3
TENTHS = 10  # places of the slider in a unit
STRIP = tuple(FARTHEST * share for share in (-1.0, -0.5, 0.0, 0.5, 1.0))  # strengths that are always seen
ORIGINAL = STRIP.index(0.0)


class Direction(ExploringView):
    """The picture as it is and as it becomes; below, the same with strengths from one end to the other."""

    name = "direction"

    def build(self) -> None:
        self._strip: list[Any] = []
        self._now: Any = None
        self._of: dict[str, Any] = {}  # which question the strip answers
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        pair = QHBoxLayout()
        pair.setSpacing(GAP)
        self.before = Captioned(tr("The picture as it is"), self.body)
        self.after = Captioned(tr("The picture with the direction"), self.body)
        pair.addWidget(self.before)
        pair.addWidget(self.after)
        column.addLayout(pair, 3)
        self.strip = TileGrid(tr("The same with other strengths: Return takes one"), self.body)
        self.strip.looked.connect(self._take_strength)
        self.strip.taken.connect(lambda _: self.keep())
        column.addWidget(self.strip, 2)

    def inputs(self) -> list[Described]:
        return [
            Described(
                *("having", "pictures", [], mark("With it")),
                help=mark(
                    "Pictures that have what you want to add: a smile, a slant, a colour. A dozen says more than one."
                ),
            ),
            Described(
                *("lacking", "pictures", [], mark("Without it")),
                help=mark("Pictures that lack it, and are alike otherwise."),
            ),
            Described(
                *("picture", "picture", None, mark("Change this picture")),
                help=mark("The picture that the direction is added to. Without one, a drawn picture is changed."),
                optional=True,
            ),
            Described(
                *("seed", "seed", 0, mark("Seed")),
                help=mark("Which picture is drawn."),
                when={"picture": (None,)},
            ),
            Described(
                *("strength", "slide", TENTHS, mark("Strength")),
                low=-FARTHEST * TENTHS,
                high=FARTHEST * TENTHS,
                help=mark("How much of the direction is added; below zero it is taken away."),
            ),
        ]

    def add_controls(self, column: QVBoxLayout, side: QWidget) -> None:
        assert self.form is not None
        self.form.field("strength").set_words(lambda place: signed(place / TENTHS))  # type: ignore[attr-defined]

    def invitation(self) -> str:
        return tr(
            "Drop pictures with and without something on the left: what the difference does to a picture appears here."
        )

    def explains(self) -> str:
        return tr(
            "The mean point of the pictures with it, less the mean point of those without it, is a direction. Adding it "
            "to another picture gives that picture what the first group has."
        )

    def lacks(self) -> bool:
        given = self.given()
        return not (given["having"] and given["lacking"])

    def choices(self) -> dict[str, Any]:
        given = self.given()
        strength = given.pop("strength") / TENTHS
        known = self._of == given
        return given | {"strengths": [strength] if known else [*STRIP, strength]}

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        strengths = list(question["strengths"])
        found = sheets.tiles(data["sheet"], data["tile"], len(strengths))
        if len(strengths) > 1:
            self._strip = found[:-1]
            self._of = {name: value for name, value in question.items() if name not in ("view", "strengths")}
        self._now = found[-1], float(strengths[-1])

    def draw(self) -> None:
        self.before.show_picture(self._strip[ORIGINAL], tr("As it is"))
        image, strength = self._now
        self.after.show_picture(image, tr("Strength {n}", n=signed(strength)))
        self.strip.show_tiles(
            [
                Tile((one,), signed(strength), tr("Strength {n}", n=signed(strength)))
                for one, strength in zip(self._strip, STRIP, strict=True)
            ],
            len(STRIP),
        )

    def clear(self) -> None:
        super().clear()
        self._of = {}

    def kept(self) -> dict[str, Any]:
        given = self.given()
        return {"mode": "direction"} | given | {"strength": given["strength"] / TENTHS}

    def _take_strength(self, place: int) -> None:
        assert self.form is not None
        self.form.field("strength").set_value(STRIP[place] * TENTHS)
