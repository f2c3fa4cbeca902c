"""How an item was made, beside the item itself: what, with which settings, when."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from aigc_desktop.engine import params, registry
from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts, job_words, numerals, theme, times
from aigc_desktop.ui.wrapped_label import WrappedLabel

WIDEST = 112  # of a title
LONG = 120  # letters, beyond which a value stands under its title


def facts(item: Item) -> list[tuple[str, str]]:
    """What is worth knowing of an item, without its settings."""
    desk = item.job.get("desk") or {}
    size = amounts.pixels(item.width, item.height) if item.width and item.height else ""
    found = [
        (tr("Generator"), job_words.generator_title(item.generator)),
        (tr("Writing desk"), job_words.desk_title(desk["id"]) if desk.get("id") else ""),
        (tr("Model"), item.model or ""),
        (tr("Seed"), str(item.seed)),
        (tr("Made"), times.moment(item.created, precise=True)),
        (tr("Size"), " · ".join(filter(None, (size, amounts.memory(item.bytes))))),
        (tr("Version"), item.app_version),
    ]
    return [(title, value) for title, value in found if value]


def settings(item: Item) -> list[tuple[str, str]]:
    """The settings that the item was made with, titled and in order as in the form."""
    values: dict[str, Any] = dict(item.job.get("params") or {})
    try:
        spec = registry.get(item.generator)
        known = params.describe(spec.params(item.job.get("action") or "create"))
    except BadInput:
        known = []
    found = []
    for one in known:
        if one.name in values:
            typed = values.pop(one.name)
            found.append((tr(one.title), _said(typed, one)))
            used = item.expanded.get(one.name)
            if one.kind == "prompt" and isinstance(used, str) and used != typed:
                found.append((tr("{title}, with its wildcards drawn", title=tr(one.title)), used))
    found += [(name, _said(value)) for name, value in values.items()]
    return [(title, value) for title, value in found if value]


def _said(value: Any, one: params.Described | None = None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    if one is not None and value in one.choices:
        return tr(one.choices[value])
    if one is not None and one.zero and value == 0:
        return tr(one.zero)
    text = (
        numerals.short(value)
        if isinstance(value, float)
        else numerals.whole(value)
        if isinstance(value, int)
        else str(value)
    )
    return f"{text} {tr(one.unit)}" if one is not None and one.unit else text


class ItemDetails(QScrollArea):
    """Titles and values, which can be selected and copied."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(tr("How it was made"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def show_item(self, item: Item) -> None:
        inside = QWidget()
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.GRID, 0)
        table = QGridLayout()
        table.setHorizontalSpacing(theme.GAP)
        table.setVerticalSpacing(theme.GRID)
        table.setColumnStretch(1, 1)
        _fill(table, facts(item))
        chosen = settings(item)
        if chosen:
            table.setRowMinimumHeight(table.rowCount(), theme.GRID)
            _fill(table, sorted(chosen, key=_is_long))  # the long ones at the end
        column.addLayout(table)
        column.addStretch(1)
        self.setWidget(inside)


def _is_long(row: tuple[str, str]) -> bool:
    """A text that needs the whole width, under its title: a prompt with its examples."""
    return len(row[1]) > LONG


def _fill(table: QGridLayout, rows: list[tuple[str, str]]) -> None:
    """Add the rows under those that are there."""
    for title, value in rows:
        caption, content = QLabel(title), WrappedLabel(value)
        theme.muted(caption)
        caption.setWordWrap(True)
        content.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        content.setAccessibleName(f"{title}: {value}")
        place = table.rowCount()
        if _is_long((title, value)):
            table.addWidget(caption, place, 0, 1, 2)
            table.addWidget(content, place + 1, 0, 1, 2)
        else:
            caption.setFixedWidth(min(WIDEST, caption.fontMetrics().horizontalAdvance(title) + 2))
            table.addWidget(caption, place, 0, Qt.AlignmentFlag.AlignTop)
            table.addWidget(content, place, 1, Qt.AlignmentFlag.AlignTop)
