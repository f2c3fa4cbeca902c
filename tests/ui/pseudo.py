"""A language nobody speaks: each translated text stands in ⟦brackets⟧ and is 40 % longer; what stands outside was not
translated.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPlainTextEdit,
    QTabBar,
    QTextBrowser,
    QWidget,
)

from aigc_desktop import i18n
from aigc_desktop.ui.elided_label import ElidedLabel

OPEN, CLOSE = "⟦", "⟧"
LONGER = 0.4
WORD = re.compile(r"[^\W\d_]{2,}")
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
MOST_ROWS = 40


class Pseudo(gettext.NullTranslations):
    def gettext(self, text: str) -> str:
        more = "".join(" " + "wide"[: max(1, min(4, left))] for left in range(round(LONGER * len(text)), 0, -5))
        return f"{OPEN}{text}{more}{CLOSE}"


@contextmanager
def spoken() -> Iterator[None]:
    """Everything is said so while this lasts."""
    before, i18n._current = i18n._current, Pseudo()
    try:
        yield
    finally:
        i18n._current = before


def outside(text: str) -> str:
    """What of a text stands in no brackets."""
    left, depth = [], 0
    for letter in text:
        depth += letter == OPEN
        if depth == 0:
            left.append(letter)
        elif letter == CLOSE:
            depth -= 1
    return "".join(left)


def untranslated(text: str, data: list[str]) -> list[str]:
    """The words of a text that were not translated and are no data."""
    if re.match(r"\s*<\w+", text):
        document = QTextDocument()
        document.setHtml(text)
        text = document.toPlainText()
    # A name may have been cut short: what is left of it counts as the name.
    text = outside(text).replace("&", "")
    for name in data:
        text = text.replace(name, " ")
    text = re.sub(r"(?:[A-Za-z]:)?(?:[/\\][\w. \-…]+)+", " ", text)
    return WORD.findall(text)


def texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Every text that somebody reads or hears in a place, with where it stands."""
    window = widget.window()
    for one in [widget, *widget.findChildren(QWidget)]:
        if one.window() is not window and not isinstance(one, QMenu) or not (one.isVisible() or isinstance(one, QMenu)):
            continue
        here = type(one).__name__
        for what in ("toolTip", "accessibleName", "accessibleDescription", "whatsThis", "statusTip"):
            yield f"{here}.{what}", getattr(one, what)()
        if one.isWindow() or isinstance(one, QDockWidget):
            yield f"{here}.windowTitle", one.windowTitle()
        for text in _shown(one):
            yield here, text


def _shown(one: QWidget) -> Iterator[str]:
    if isinstance(one, ElidedLabel | QLabel | QAbstractButton):
        yield one.text()
    elif isinstance(one, QComboBox):
        yield one.placeholderText()
        yield from _data(one.model(), one.rootModelIndex())
    elif isinstance(one, QAbstractSpinBox):
        yield one.text()
    elif isinstance(one, QLineEdit | QPlainTextEdit):
        yield one.placeholderText()  # the text itself is the user's
    elif isinstance(one, QTextBrowser):
        yield one.toPlainText()
    elif isinstance(one, QTabBar):
        for place in range(one.count()):
            yield one.tabText(place)
            yield one.tabToolTip(place)
    elif isinstance(one, QMenu | QMenuBar):
        yield getattr(one, "title", str)()
        for action in one.actions():
            yield action.text().partition("\t")[0]
            yield action.toolTip()
    elif isinstance(one, QHeaderView):
        for section in range(one.count()):
            yield str(one.model().headerData(section, one.orientation()) or "")
    elif isinstance(one, QAbstractItemView):
        yield from _data(one.model(), one.rootIndex())
    elif isinstance(one, QGroupBox):
        yield one.title()
    elif isinstance(one, QMessageBox):
        yield one.text()
        yield one.informativeText()


def _data(model: QAbstractItemModel | None, root: QModelIndex) -> Iterator[str]:
    if model is None:
        return
    for row in range(min(model.rowCount(root), MOST_ROWS)):
        for role in ROLES:
            said: Any = model.data(model.index(row, 0, root), role)
            yield said if isinstance(said, str) else ""
