"""What a set has twice, and one click to leave it out."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import tr
from aigc_desktop.shown import shown
from aigc_desktop.ui.flow_layout import FlowLayout
from aigc_desktop.ui.fold import Fold
from aigc_desktop.ui.theme import GRID, HALF

MOST = 1000  # that are listed


class Doubles(QWidget):
    """`say` what was found, and which setting of duplicates is chosen; `chosen` when a button wants another."""

    chosen = Signal(str)  # "keep", "copies" or "alike"

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self.list = QPlainTextEdit(self)
        self.list.setReadOnly(True)
        self.list.setFixedHeight(96)
        self.list.setAccessibleName(tr("What is there twice"))
        self.fold = Fold("", self, self.list)
        buttons = FlowLayout(gap=GRID, line_gap=HALF)
        self.copies = self._button(lambda: self.chosen.emit("copies"))
        self.alike = self._button(lambda: self.chosen.emit("alike"))
        self.keep = self._button(lambda: self.chosen.emit("keep"))
        self.keep.setText(tr("Keep all"))
        for button in (self.copies, self.alike, self.keep):
            buttons.addWidget(button)
        column.addWidget(self.fold)
        column.addLayout(buttons)
        self.hide()

    def say(self, found: Found | None, setting: str) -> None:
        """Nothing is shown where nothing is there twice."""
        copies = found.facts.get("copies", 0) if found is not None else 0
        alike = found.facts.get("alike", 0) if found is not None else 0
        self.setVisible(bool(copies or alike))
        if found is None or not (copies or alike):
            self.fold.set_open(False)
            return
        self.fold.set_title(tr("{n} there twice", n=copies + alike))
        lines = [f"{shown(name)}: {sentence}" for name, sentence in found.doubles[:MOST]]
        self.list.setPlainText("\n".join(lines))
        self.copies.setText(tr("Leave out copies ({n})", n=copies))
        self.copies.setVisible(bool(copies) and setting == "keep")
        more = tr("Leave out look-alikes too ({n})", n=alike) if copies else tr("Leave out look-alikes ({n})", n=alike)
        self.alike.setText(more)
        self.alike.setVisible(bool(alike) and setting != "alike")
        self.keep.setVisible(setting != "keep")

    def _button(self, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(self)
        button.clicked.connect(act)
        return button
