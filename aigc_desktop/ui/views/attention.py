"""Where a Transformer looks: layer by layer and head by head, what each token takes from those before it."""

from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLabel, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals, scales
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.flow_layout import FlowLayout
from aigc_desktop.ui.theme import GAP, HALF, muted
from aigc_desktop.ui.views.heat_map import HeatMap, picture, shade
from aigc_desktop.ui.views.insight import InsightView
from aigc_desktop.ui.views.passage import NOTHING, Passage
from aigc_desktop.ui.views.plain_table import PlainTable
from aigc_desktop.ui.views.scale_bar import ScaleBar
from aigc_desktop.ui.views.tokens import chance, exactly, label

MARKS = (0.0, 0.01, 0.1, 0.25, 0.5, 1.0)
SMALL = 32  # pixels of a head's picture
MOST_HEADS = 64
ROOM, HIGH = 520, 400  # pixels from which the square stands beside the text, or under it
TOLD = 5  # tokens that are named
LEAST = 0.005  # of the attention that is worth a word
MEAN = -1


class Attention(InsightView):
    """One token is looked at; the others are coloured by how much of its attention each gets."""

    name = "attention"
    stretch = 5

    def build(self) -> None:
        self.tokens: list[str] = []
        self.weights: list[Any] = []  # of each layer an array [head, from, to], or None
        self.first = 0  # tokens that stand before the text
        self.layer, self.head_number = 0, MEAN
        self._matrix: Any = []
        self._build_head()
        self._build_body()
        self.table = PlainTable(tr("Attention, a row for each token"), wide=True, parent=self)
        self.add_table(self.table)
        under = QVBoxLayout(self.foot)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(HALF)
        self.detail = ElidedLabel("", self.foot)
        under.addWidget(self.detail)
        self.scale = ScaleBar(scales.attention, self.foot)
        under.addWidget(self.scale)

    def explains(self) -> str:
        return tr(
            "Each head of each layer takes a mixture of what was read so far, and this is how much of each "
            "token it takes. Look through the heads: some look at the token just before, some at a name or "
            "the last full stop, some only rest on the first."
        )

    def invitation(self) -> str:
        return tr("Which tokens the model looks at, for each token of a text, appears here.")

    def choices(self) -> dict[str, Any]:
        return {"layer": self.layer}

    def state(self) -> dict[str, Any]:
        return super().state() | {"layer": self.layer, "head": self.head_number}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        if type(state.get("layer")) is int and state["layer"] >= 0:
            self.layer = state["layer"]
        if type(state.get("head")) is int and state["head"] >= MEAN:
            self.head_number = state["head"]

    def read(self, data: dict[str, Any]) -> None:
        tokens = [str(token) for token in data["tokens"]]
        weights = [None if layer is None else _heads(layer, len(tokens)) for layer in data["weights"]]
        if not tokens or all(layer is None for layer in weights):
            raise ValueError("nothing to be seen")
        self.tokens, self.weights, self.first = tokens, weights, int(data.get("first", 0))
        if self.layer >= len(weights) or weights[self.layer] is None:
            self.layer = next(place for place, layer in enumerate(weights) if layer is not None)

    def draw(self) -> None:
        self._show_choices()
        heads = self.weights[self.layer]
        if self.head_number >= len(heads):
            self.head_number = MEAN
        self._matrix = heads[self.head_number] if self.head_number != MEAN else heads.mean(0)
        self._paint_heads(heads)
        at_end = self.passage.chosen in (NOTHING, len(self.passage.tokens) - 1)  # goes on with what is typed
        self.passage.set_tokens([label(one) if place < self.first else one for place, one in enumerate(self.tokens)])
        if at_end or self.passage.chosen == NOTHING:
            self.passage.choose(len(self.tokens) - 1)
        self.map.show_weights(self.tokens, self._matrix)
        if self.as_table.isChecked():
            self._fill_table()
        self.scale.set_marks([(shade(one), [exactly(one)]) for one in MARKS])
        self.place.setText(self.step_words())
        self._look(self.passage.current())

    def about(self, token: int) -> str:
        """Where a token looks, the places with the most first."""
        if not 0 <= token < len(self._matrix):
            return tr("Point at a token to see where it looks.")
        row = self._matrix[token]
        best = sorted(range(token + 1), key=lambda place: -row[place])[:TOLD]
        best = [place for place in best if row[place] >= LEAST] or best[:1]
        said = ", ".join(f"{label(self.tokens[place])} {chance(row[place])}" for place in best)
        return tr("“{token}” looks at {tokens}", token=label(self.tokens[token]), tokens=said)

    # Inside

    def _look(self, token: int) -> None:
        self.detail.setText(self.about(token))
        self.map.look_at(token)
        self.passage.viewport().update()

    def _colour(self, token: int) -> Any:
        current = self.passage.current()
        if not 0 <= current < len(self._matrix) or token > current:
            return None
        return scales.attention(shade(self._matrix[current][token]))

    def _show_choices(self) -> None:
        with QSignalBlocker(self.layers):
            if self.layers.count() != len(self.weights):
                self.layers.clear()
                for number in range(len(self.weights)):
                    self.layers.addItem(tr("Layer {n}", n=number + 1))
            self.layers.setCurrentIndex(self.layer)

    def _paint_heads(self, heads: Any) -> None:
        """A button with a picture for each head, and before them one for their mean."""
        wanted = [MEAN, *range(min(len(heads), MOST_HEADS))]
        if list(self.heads) != wanted:
            while (item := self._flow.takeAt(0)) is not None:
                item.widget().hide()
                item.widget().deleteLater()
            self.heads = {number: self._head_button(number) for number in wanted}
            for button in self.heads.values():
                self._flow.addWidget(button)
                button.show()
        for number, button in self.heads.items():
            image = picture(heads.mean(0) if number == MEAN else heads[number])
            button.setIcon(QIcon(QPixmap.fromImage(image).scaled(SMALL, SMALL)))
            button.setChecked(number == self.head_number)
        self._strip.setMinimumHeight(self._flow.heightForWidth(max(80, self.width())))

    def _head_button(self, number: int) -> QToolButton:
        button = QToolButton(self._strip)
        title = tr("Mean of all heads") if number == MEAN else tr("Head {n}", n=number + 1)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setIconSize(QSize(SMALL, SMALL))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setText(tr("mean") if number == MEAN else numerals.plain(number + 1))
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.clicked.connect(lambda: self._choose_head(number))
        return button

    def _choose_layer(self, layer: int) -> None:
        self.layer = layer
        if layer < len(self.weights) and self.weights[layer] is not None:
            self._redraw()
        self.asks.emit()

    def _choose_head(self, number: int) -> None:
        self.head_number = number
        self._redraw()

    def _fill_table(self) -> None:
        names = [label(token) for token in self.tokens]
        rows = [
            [name, *(numerals.fraction(100 * weight, 1) if place <= row else "" for place, weight in enumerate(values))]
            for row, (name, values) in enumerate(zip(names, self._matrix, strict=True))
        ]
        self.table.rows.show([tr("looks at (%)"), *names], rows)

    def _build_head(self) -> None:
        self.layers = QComboBox(self)
        self.layers.setAccessibleName(tr("Layer"))
        self.layers.currentIndexChanged.connect(self._choose_layer)
        calm_wheel(self.layers)
        buddy = QLabel(tr("Layer"), self)  # what a combo box is called on Linux
        buddy.setBuddy(self.layers)
        buddy.hide()
        self.head.insertWidget(0, self.layers)

    def _build_body(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self._strip = QWidget(self.body)
        self._flow = FlowLayout(self._strip, gap=0)
        self.heads: dict[int, QToolButton] = {}  # no button group: of that, Tab would stop at one only
        column.addWidget(self._strip)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(GAP)
        column.addLayout(self._both, 1)
        self.passage = Passage(self.body)
        self.passage.setAccessibleName(tr("Text; the chosen token looks at the coloured ones"))
        self.passage.colour = self._colour
        self.passage.tells = self.about
        self.passage.looked.connect(self._look)
        self.map = HeatMap(self.body)
        self.map.setAccessibleName(tr("Attention as a square; the table has its numbers"))
        self.map.looked.connect(lambda row: self._look(row if row != NOTHING else self.passage.current()))
        self._both.addWidget(self.passage, 1)
        self._both.addWidget(self.map, 1)
        muted(self.map)

    def _show_tools(self, on: bool) -> None:
        super()._show_tools(on)
        self.layers.setVisible(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= ROOM
        self.map.setVisible(beside or self.height() >= HIGH)
        way = QBoxLayout.Direction
        self._both.setDirection(way.LeftToRight if beside else way.TopToBottom)
        self._strip.setMinimumHeight(self._flow.heightForWidth(max(80, self.width())))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.shown:
            self._redraw()


def _heads(layer: Any, size: int) -> Any:
    import numpy as np

    found = np.asarray(layer, float)
    if found.ndim != 3 or found.shape[1:] != (size, size) or not len(found) or not np.isfinite(found).all():
        raise ValueError("not a weight for each pair of tokens")
    return found
