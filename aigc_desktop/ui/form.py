"""A form built from declared parameters alone."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine.params import Described, Params, describe
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields import Field, field_for
from aigc_desktop.ui.fields.base import tooltip
from aigc_desktop.ui.fields.classes import ClassField
from aigc_desktop.ui.fields.masks import MaskField
from aigc_desktop.ui.fold import Fold
from aigc_desktop.ui.theme import GRID, HALF, icon, muted, small

LABELS = 128  # pixels: the labels of all rows, folded ones too, end at one line
BUTTON = QSize(20, 20)


class Row:
    """One parameter: its label, what it means (folded away), its field and the way back to the default."""

    def __init__(self, one: Described, field: Field):
        self.one, self.field = one, field
        self.shown = True
        title = tr(one.title)
        self.label = QLabel(title, field.parentWidget())
        self.label.setWordWrap(True)
        self.label.setBuddy(field.focusProxy() or field)
        self.label.setToolTip(tooltip(tr(one.help)))
        self.label.setWhatsThis(tr(one.help))
        self.why = _small_button("info", tr("What is this? {title}", title=title), field.parentWidget())
        self.why.setCheckable(True)
        if not one.help:
            self.why.hide()
        self.help = QLabel(tr(one.help), field.parentWidget())
        self.help.setWordWrap(True)
        self.help.setVisible(False)
        muted(small(self.help))
        self.why.toggled.connect(self.help.setVisible)
        self.back = _small_button(
            "arrow-counter-clockwise", tr("Back to the default: {title}", title=title), field.parentWidget()
        )
        self.back.clicked.connect(lambda: field.set_value(one.default))
        # A hidden button keeps its place, so that nothing jumps when it appears.
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.back.setVisible(False)

    @property
    def changed(self) -> bool:
        return self.field.value() != self.one.default

    def set_shown(self, shown: bool) -> None:
        """Whether it is there at all; its value stays."""
        self.shown = shown
        for widget in (self.label, self.field):
            widget.setVisible(shown)
        self.why.setVisible(shown and bool(self.one.help))
        self.help.setVisible(shown and self.why.isChecked())
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(shown)  # one that is not there keeps no place either
        self.back.setSizePolicy(policy)
        self.mark()

    def mark(self) -> None:
        """The way back to the default is there where the value is another."""
        self.back.setVisible(self.shown and self.changed)

    def place(self, grid: QGridLayout) -> None:
        """Into the next free row of the grid, in tab order."""
        at = grid.rowCount()
        self._grid, self._below = grid, at + 1
        head = QHBoxLayout()
        head.setSpacing(HALF)
        head.addWidget(self.label, 1)
        head.addWidget(self.why, 0, Qt.AlignmentFlag.AlignVCenter)
        if self.field.wide:
            head.addWidget(self.back)
            grid.addLayout(head, at, 0, 1, 3)
            grid.addWidget(self.field, at + 1, 0, 1, 3)
        else:
            grid.addLayout(head, at, 0)
            grid.addWidget(self.field, at, 1)
            grid.addWidget(self.back, at, 2)
        grid.addWidget(self.help, at + 2, 0, 1, 3)

    def add_below(self, widget: QWidget) -> None:
        """Something of the owner's that belongs to this parameter, whose field stands beside its label."""
        assert not self.field.wide
        self._grid.addWidget(widget, self._below, 0, 1, 3)


class Form(QWidget):
    """The parameters' widgets, advanced ones folded. `models` names the project's models, for model parameters.

    A parameter that counts only beside others (`when`) is shown only then, and keeps its value meanwhile.
    """

    changed = Signal()

    def __init__(
        self,
        params: type[Params] | Sequence[Described],
        models: Callable[[], list[str]] = list,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.rows: dict[str, Row] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self._plain = _grid()
        self._folded = _grid()
        self.advanced = Fold(tr("Advanced"), self)
        self.extra = QVBoxLayout(self.advanced.body)  # the owner's own advanced things go under the folded rows
        self.extra.setContentsMargins(0, 0, 0, 0)
        self.extra.setSpacing(GRID)
        self.extra.addLayout(self._folded)
        column.addLayout(self._plain)
        column.addWidget(self.advanced)
        described = describe(params) if isinstance(params, type) else params
        self._only: frozenset[str] | None = None
        self._classes = True
        for one in described:
            # Each widget is made where it belongs: with a style sheet, moving a full one costs more than making it.
            row = Row(one, field_for(one, models, self.advanced.body if one.advanced else self))
            row.place(self._folded if one.advanced else self._plain)
            row.field.changed.connect(lambda row=row: self._row_changed(row))
            self.rows[one.name] = row
        for row in self.rows.values():
            if isinstance(row.field, MaskField) and row.one.of in self.rows:
                row.field.brush_on(self.field(row.one.of))
        self._show_rows()

    def field(self, name: str) -> Field:
        return self.rows[name].field

    def values(self) -> dict[str, Any]:
        """Every parameter's value, as plain JSON, also of those that do not count beside the others."""
        return {name: row.field.value() for name, row in self.rows.items()}

    def counting(self) -> dict[str, Any]:
        """The values that count beside each other: what a job is given. The rest are as if nobody had touched them."""
        values = self.values()
        return {name: value for name, value in values.items() if self._counts(self.rows[name], values)}

    def show_only(self, names: Iterable[str]) -> None:
        """Of all parameters, these."""
        self._only = frozenset(names)
        self._show_rows()

    def set_values(self, values: dict[str, Any]) -> None:
        """Show these; names that are not known here are passed over, parameters that are not named stay."""
        with QSignalBlocker(self):
            for name, value in values.items():
                if name in self.rows:
                    self.rows[name].field.set_value(value)
        self._mark()
        self.changed.emit()

    def offer_classes(self, names: Sequence[str] | None) -> None:
        """The classes that the model knows: where there are none, what is about them is not there. None: nobody knows."""
        self._classes = names is None or bool(names)
        for row in self.rows.values():
            if isinstance(row.field, ClassField):
                row.field.offer(names or ())
        self._show_rows()

    def reset(self) -> None:
        """Everything back to its default."""
        self.set_values({name: row.one.default for name, row in self.rows.items()})

    def _row_changed(self, row: Row) -> None:
        row.mark()
        self._show_rows()
        self.changed.emit()

    def _mark(self) -> None:
        for row in self.rows.values():
            row.mark()
        self._show_rows()

    def _show_rows(self) -> None:
        """Those that count, and are wanted."""
        values = self.values()
        for name, row in self.rows.items():
            shown = self._counts(row, values) and (self._only is None or name in self._only)
            if shown != row.shown:
                row.set_shown(shown)
        self.advanced.setVisible(any(row.shown for row in self.rows.values() if row.one.advanced))
        self._count()

    def _counts(self, row: Row, values: dict[str, Any]) -> bool:
        about = self.rows.get(row.one.of, row).field
        return row.one.applies(values) and (self._classes or not isinstance(about, ClassField))

    def _count(self) -> None:
        changed = sum(row.changed for row in self.rows.values() if row.one.advanced and row.shown)
        self.advanced.set_title(tr("Advanced · {n} changed", n=changed) if changed else tr("Advanced"))


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(HALF)
    grid.setColumnMinimumWidth(0, LABELS)
    grid.setColumnStretch(1, 1)
    return grid


def _small_button(name: str, title: str, parent: QWidget | None) -> QToolButton:
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setIcon(icon(name, QPalette.ColorRole.PlaceholderText))
    button.setIconSize(BUTTON - QSize(HALF, HALF))
    button.setFixedSize(BUTTON)
    button.setToolTip(title)
    button.setAccessibleName(title)
    return button
