"""What the program's own widgets are to assistive tools, which know by themselves only what Qt brings.

Qt asks for this only where such a tool is in use.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Role = QAccessible.Role
# By the name of the class: what inherits from it is alike.
ROLES = {
    "DropZone": Role.Button,
    "ElidedLabel": Role.StaticText,
    "Entry": Role.Grouping,
    "IconLabel": Role.Graphic,
    "HeatMap": Role.Graphic,
    "ItemDetails": Role.Grouping,
    "LatentCanvas": Role.Graphic,
    "Passage": Role.Paragraph,
    "PictureView": Role.Graphic,
    "Kind": Role.StaticText,
    "Plot": Role.Chart,
    "QueueRow": Role.ListItem,
    "ScaleBar": Role.Graphic,
    "TileGrid": Role.Graphic,
    "Scatter": Role.Chart,
    "ScoreHistogram": Role.Chart,
    "ZoomView": Role.Graphic,
}
_installed = False


class Pressed(QAccessibleWidget):
    """What is no button to Qt but is pressed like one: its `clicked` is emitted."""

    def actionNames(self) -> list[str]:
        return [PRESS, *super().actionNames()]

    def localizedActionName(self, name: str) -> str:
        return name if name == PRESS else super().localizedActionName(name)

    def doAction(self, name: str) -> None:
        if name == PRESS:
            self.object().clicked.emit()  # type: ignore[attr-defined]
        else:
            super().doAction(name)


PRESS = "Press"  # Qt's own name of the action, QAccessibleActionInterface::pressAction


def install() -> None:
    """Tell Qt, once for the whole program."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_interface)


def _interface(name: str, widget: QObject) -> QAccessibleWidget | None:
    role = ROLES.get(name)
    if role is None or not isinstance(widget, QWidget):
        return None
    return Pressed(widget, role, "") if role == Role.Button else QAccessibleWidget(widget, role, "")
