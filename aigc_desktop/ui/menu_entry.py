"""An entry of a menu that is named by the user: never too wide, the whole name as its tool tip."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

WIDEST = 320  # pixels


def menu_entry(menu: QMenu, text: str, told: str = "") -> QAction:
    """Add the text, its middle left out where it is long; `told` is the tool tip if the text itself is not enough."""
    shown = menu.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDEST)
    action = menu.addAction(shown.replace("&", "&&"))
    if told or shown != text:
        menu.setToolTipsVisible(True)
        action.setToolTip(told or text)
    return action
