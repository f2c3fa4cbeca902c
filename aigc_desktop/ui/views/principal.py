"""The directions in which a model's styles vary most, each as a slider (GANSpace, Härkönen et al. 2020)."""

from typing import Any

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import Verbatim, mark, tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.views import sheets
from aigc_desktop.ui.views.captioned import Beside, Captioned
from aigc_desktop.ui.views.exploring import ExploringView, button, signed

MOST = 10  # sliders
FARTHEST = 4  # standard deviations
TENTHS = 10  # places of a slider in one


class Principal(ExploringView):
    """The picture of a seed as it is, beside it as the sliders change it."""

    name = "principal"
    wants = ("truncation",)

    def build(self) -> None:
        self._shares: list[float] = []
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        sides = Beside(self.body)
        self.before = Captioned(tr("The picture as it is"), sides)
        self.after = Captioned(tr("The picture as the sliders change it"), sides)
        sides.add(self.before, 1)
        sides.add(self.after, 1)
        column.addWidget(sides)

    def inputs(self) -> list[Described]:
        seed = Described("seed", "seed", 0, mark("Picture"), mark("The seed of the picture that is changed."))
        return [seed, *(self._slider(number) for number in range(1, MOST + 1))]

    def add_controls(self, column: QVBoxLayout, side: QWidget) -> None:
        assert self.form is not None
        for number in range(1, MOST + 1):
            field: Any = self.form.field(f"direction {number}")
            field.set_words(lambda place: signed(place / TENTHS))
        self._name_sliders()
        self.reset = button("arrow-counter-clockwise", tr("Reset all"), self.foot)
        self.reset.setToolTip(tr("All sliders back to the middle"))
        self.reset.clicked.connect(self._reset)
        self.tools.addWidget(self.reset)

    def invitation(self) -> str:
        return tr("A picture of the model, and what the sliders make of it, appear here.")

    def explains(self) -> str:
        return tr(
            "Directions in which the styles of thousands of drawn pictures differ most; the figure is each one's share of "
            "all differences. A unit is one standard deviation."
        )

    def choices(self) -> dict[str, Any]:
        return {"seed": self.given()["seed"], "values": self._values()}

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        pictures = sheets.image(data["original"]), sheets.image(data["picture"])
        self._shares = [float(share) for share in data["shares"]][: min(MOST, int(data["components"]))]
        self._pictures = pictures

    def draw(self) -> None:
        before, after = self._pictures
        self.before.show_picture(before, tr("As it is"))
        self.after.show_picture(after, tr("Changed") if any(self._values()) else tr("Move a slider"))
        self.reset.setEnabled(any(self._values()))
        self._name_sliders()

    def clear(self) -> None:
        super().clear()
        for one in (self.before, self.after):
            one.show_picture(QImage(), "")
        self._shares = []

    def kept(self) -> dict[str, Any]:
        moved = [f"{number}: {value:g}" for number, value in enumerate(self._values(), 1) if value]
        return {"mode": "edit", "count": 1, "components": ", ".join(moved), "seed": self.given()["seed"]}

    # Inside

    def _slider(self, number: int) -> Described:
        return Described(
            *(f"direction {number}", "slide", 0, Verbatim(tr("Direction {n}", n=number))),
            low=-FARTHEST * TENTHS,
            high=FARTHEST * TENTHS,
        )

    def _values(self) -> list[float]:
        """Of the sliders that the model has a direction for."""
        given = self.given()
        count = len(self._shares) or MOST
        return [given[f"direction {number}"] / TENTHS for number in range(1, count + 1)]

    def _name_sliders(self) -> None:
        """Each with its share; those that the model has no direction for are not there."""
        assert self.form is not None
        count = len(self._shares) or MOST
        self.form.show_only({"seed", *(f"direction {number}" for number in range(1, count + 1))})
        for number, share in zip(range(1, count + 1), self._shares or [0.0] * count, strict=True):
            row = self.form.rows[f"direction {number}"]
            title = tr("Direction {n}", n=number)
            row.label.setText(f"{title} · {numerals.percent(share)}" if share else title)

    def _reset(self) -> None:
        assert self.form is not None
        self.form.set_values({f"direction {number}": 0 for number in range(1, MOST + 1)})
