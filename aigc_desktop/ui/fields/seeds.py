"""Seeds as fields: one, and several at once."""

import random
import re
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import HEIGHT, Field, describe
from aigc_desktop.ui.seed_field import LARGEST, SeedField
from aigc_desktop.ui.theme import HALF, icon

SHORT = 10**4  # of several beside each other, drawn ones are shorter


class SeedInput(Field):
    """One seed, with a dice."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.seed = SeedField(parent=self)
        describe(self.seed.line, one)
        self.row.addWidget(self.seed)
        self.setFocusProxy(self.seed)
        self.seed.set_value(int(one.default))
        self.seed.changed.connect(self.changed)

    def value(self) -> int:
        return self.seed.value()

    def set_value(self, value: Any) -> None:
        if isinstance(value, int) and 0 <= value <= LARGEST:
            self.seed.set_value(value)


class SeedsInput(Field):
    """Several, as they are typed: "3, 17, 42"; the dice draws all anew. Between the bounds of the parameter in number."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.line = QLineEdit(self)
        self.adopt(self.line)
        self.row.setSpacing(HALF)
        self.dice = QToolButton(self)
        self.dice.setIcon(icon("dice-five"))
        self.dice.setIconSize(QSize(16, 16))
        self.dice.setFixedHeight(HEIGHT)
        title = tr("Draw other seeds: {title}", title=tr(one.title))
        self.dice.setToolTip(title)
        self.dice.setAccessibleName(title)
        self.dice.clicked.connect(self.roll)
        self.row.addWidget(self.dice)
        self._seeds: list[int] = []
        self.set_value(one.default)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._show)

    def value(self) -> list[int]:
        return list(self._seeds)

    def set_value(self, value: Any) -> None:
        given = value if isinstance(value, list | tuple) else []
        seeds = [one for one in given if isinstance(one, int) and 0 <= one <= LARGEST][: int(self.one.high or 99)]
        if seeds and seeds != self._seeds:
            self._seeds = seeds
            self._show()
            self.changed.emit()

    def roll(self) -> None:
        """As many others."""
        self.set_value([random.randrange(SHORT) for _ in self._seeds])

    def roll_one(self, place: int) -> None:
        """Another in this place."""
        self.set_value([random.randrange(SHORT) if at == place else one for at, one in enumerate(self._seeds)])

    def set_count(self, count: int) -> None:
        """So many: more are drawn, the last ones go."""
        more = [random.randrange(SHORT) for _ in range(count - len(self._seeds))]
        self.set_value((self._seeds + more)[:count])

    def _typed(self, text: str) -> None:
        seeds = [min(LARGEST, int(one)) for one in re.findall(r"\d+", text)][: int(self.one.high or 99)]
        if seeds and seeds != self._seeds:
            self._seeds = seeds
            self.changed.emit()

    def _show(self) -> None:
        text = ", ".join(str(seed) for seed in self._seeds)
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)
