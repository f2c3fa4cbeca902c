"""A passage coloured by how surprised the model is by each of its tokens."""

import math
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts, numerals, scales
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.theme import HALF, muted
from aigc_desktop.ui.views.insight import InsightView
from aigc_desktop.ui.views.passage import Passage
from aigc_desktop.ui.views.plain_table import PlainTable
from aigc_desktop.ui.views.scale_bar import ScaleBar
from aigc_desktop.ui.views.tokens import chance, chance_of, exactly, label

MARKS = (1.0, 0.5, 0.1, 0.01, 0.001)  # probabilities on the scale
LOW = 280  # pixels of height below which only the most needed is said
TOP = -math.log(MARKS[-1])  # nats from which a token has the last colour


class Surprise(InsightView):
    """Pale is what the model expected; the stronger the colour, the less likely it thought what stands there."""

    name = "surprise"
    stretch = 5

    def build(self) -> None:
        self.tokens: list[str] = []
        self.nats: list[float | None] = []
        self.guesses: list[list[tuple[str, float]]] = []
        self.mean, self.count = 0.0, 0
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        self.passage = Passage(self.body)
        self.passage.setAccessibleName(tr("Passage, coloured by surprise"))
        self.passage.colour = self._colour
        self.passage.tells = self._told
        self.passage.looked.connect(self._look)
        column.addWidget(self.passage)
        self.table = PlainTable(tr("Surprise of each token"), parent=self)
        self.add_table(self.table)
        under = QVBoxLayout(self.foot)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(HALF)
        self.detail, self.expected = ElidedLabel("", self.foot), ElidedLabel("", self.foot)
        muted(self.expected)
        under.addWidget(self.detail)
        under.addWidget(self.expected)
        self.scale = ScaleBar(scales.surprise, self.foot)
        under.addWidget(self.scale)

    def explains(self) -> str:
        return tr(
            "Before it reads a token, the model says how likely each possible one is. The colour is what it "
            "gave to the one that stands there: pale was expected, strong was a surprise. In nats that is −ln "
            "of the probability; training lowers its mean."
        )

    def invitation(self) -> str:
        return tr("A text appears here, coloured by how surprised the model is by each piece of it.")

    def read(self, data: dict[str, Any]) -> None:
        tokens = [str(token) for token in data["tokens"]]
        nats = [None if one is None else float(one) for one in data["nats"]]
        guesses = [[(str(token), float(share)) for token, share in one] for one in data.get("likeliest") or []]
        if len(nats) != len(tokens) or (guesses and len(guesses) != len(tokens)):
            raise ValueError("not a number for each token")
        known = [one for one in nats if one is not None]
        self.tokens, self.nats, self.guesses = tokens, nats, guesses or [[] for _ in tokens]
        self.mean = float(data.get("mean", sum(known) / max(1, len(known))))
        self.count = int(data.get("count", len(tokens)))

    def draw(self) -> None:
        self.passage.set_tokens(self.tokens)
        if self.as_table.isChecked():
            self._fill_table()
        places = [(-math.log(share) / TOP, [exactly(share), numerals.fraction(-math.log(share), 1)]) for share in MARKS]
        places[-1][1][1] += " " + tr("nats")
        self.scale.set_marks(places)
        perplexity = math.exp(min(self.mean, 50.0))
        said = [
            self.step_words(),
            tr("{n} nats per token", n=numerals.fraction(self.mean, 2)),
            tr("perplexity {n}", n=amounts.value(perplexity)),
        ]
        judged = sum(len(token) > 0 for token in self.tokens)
        if self.count > max(judged, 1) * 4 or self.count > 512:
            said.append(tr("the beginning of {count} tokens", count=amounts.whole(self.count)))
        self.place.setText(" · ".join(filter(None, said)))
        self.place.setToolTip(tr("Perplexity: among how many equally likely tokens the model wavers, on average."))
        self._look(self.passage.current())

    def about(self, token: int) -> str:
        """What there is to say of a token, in a sentence."""
        if not 0 <= token < len(self.tokens):
            return tr("Point at a token to see how likely it was.")
        name, nats = label(self.tokens[token]), self.nats[token]
        if nats is None:
            return tr("“{token}”: the model cannot read this", token=name)
        return tr(
            "“{token}”: {chance}, {nats} nats", token=name, chance=chance_of(nats), nats=numerals.fraction(nats, 2)
        )

    def _expected(self, token: int) -> str:
        """What the model would sooner have seen there."""
        if not 0 <= token < len(self.guesses) or not self.guesses[token]:
            return ""
        said = ", ".join(f"{label(guess)} {chance(share)}" for guess, share in self.guesses[token])
        return tr("expected: {tokens}", tokens=said)

    def _told(self, token: int) -> str:
        return " · ".join(filter(None, (self.about(token), self._expected(token))))

    def _look(self, token: int) -> None:
        self.detail.setText(self.about(token))
        self.expected.setText(self._expected(token))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.expected.setVisible(self.height() > LOW)
        self.scale.set_lines(2 if self.height() > LOW else 1)

    def _colour(self, token: int) -> Any:
        nats = self.nats[token] if token < len(self.nats) else None
        return None if nats is None else scales.surprise(nats / TOP)

    def _fill_table(self) -> None:
        rows = []
        for token, (name, nats) in enumerate(zip(self.tokens, self.nats, strict=True)):
            numbers = ["–", "–"] if nats is None else [numerals.fraction(nats, 3), chance_of(nats)]
            expected = ", ".join(f"{label(guess)} {chance(share)}" for guess, share in self.guesses[token])
            rows.append([label(name), *numbers, expected])
        self.table.rows.show([tr("Token"), tr("Nats"), tr("Probability"), tr("Expected")], rows)
