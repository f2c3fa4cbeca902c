"""What the views are that explore a model of pictures: inputs of their own, answers in turn, and Keep."""

from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GRID, HALF, icon, main_action, muted, small
from aigc_desktop.ui.views.insight import InsightView


class ExploringView(InsightView):
    """A subclass says what it wants to be given (`inputs`), asks (`choices`), reads and draws the answer, and says what
    is to be kept (`kept`).
    """

    needs_text = False
    in_turn = True

    def __init__(self, spec: Spec, parent: QWidget | None = None):
        self.form: Form | None = None
        super().__init__(spec, parent)
        self._build_foot()

    # What a subclass says

    def inputs(self) -> list[Described]:
        """What the user gives it."""
        return []

    def changed(self) -> None:
        """The user has given it something else."""

    def kept(self) -> dict[str, Any] | None:
        """The settings of a creation that makes what is shown; None where there is nothing to keep."""
        return None

    # What the page and the user do

    def controls(self, parent: QWidget) -> QWidget:
        side = QWidget(parent)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.form = Form(self.inputs(), parent=side)
        self.form.changed.connect(self._changed)
        column.addWidget(self.form)
        self.add_controls(column, side)
        return side

    def add_controls(self, column: QVBoxLayout, side: QWidget) -> None:
        """What stands under the form."""

    def given(self) -> dict[str, Any]:
        """What the user gave it."""
        assert self.form is not None
        return self.form.values()

    def question(self) -> dict[str, Any] | None:
        return None if self.lacks() else super().question()

    def show_data(self, data: dict[str, Any], step: int = 0) -> None:
        self.answer(self.question() or {}, data)

    def answer(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        try:
            self.take(question, data)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return  # of another version: what was shown stays
        self.shown = True
        self._redraw()

    def take(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        """Take the answer to this; ValueError, KeyError or TypeError where it is none."""
        self.read(data)

    def keep(self) -> None:
        """Have what is shown made into items of the library."""
        settings = self.kept() if self.shown else None
        if settings is not None:
            self.keeps.emit(settings)

    def say_kept(self, sentence: str, level: str = "quiet") -> None:
        """In place of the detail, until something else is given."""
        self.note.say(sentence, level)
        self.detail.setVisible(not sentence)

    def clear(self) -> None:
        super().clear()
        self.say_kept("")

    def state(self) -> dict[str, Any]:
        return super().state() | {"inputs": self.given() if self.form is not None else {}}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        inputs = state.get("inputs")
        if self.form is not None and isinstance(inputs, dict):
            self.form.set_values(inputs)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # Inside

    def _changed(self) -> None:
        self.say_kept("")
        self.changed()
        self.edited.emit()
        self.asks.emit()

    def _build_foot(self) -> None:
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(0, HALF, 0, 0)
        row.setSpacing(GRID)
        self.note = SentenceLabel(self.foot)
        self.detail = ElidedLabel("", self.foot)
        muted(small(self.detail))
        self.tools = QHBoxLayout()
        self.tools.setSpacing(GRID)
        self.keep_button = main_action(QPushButton(tr("Keep"), self.foot))
        self.keep_button.setToolTip(tr("Make it an item of the library"))
        self.keep_button.clicked.connect(self.keep)
        row.addWidget(self.note, 1)
        row.addWidget(self.detail, 1)
        row.addLayout(self.tools)
        row.addWidget(self.keep_button)


def button(name: str, title: str, parent: QWidget) -> QPushButton:
    """A second action, with its icon and words."""
    return QPushButton(icon(name), title, parent)


def signed(number: float, digits: int = 1) -> str:
    """+1.5 · −1.5 · 0.0."""
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + numerals.fraction(abs(number), digits)
