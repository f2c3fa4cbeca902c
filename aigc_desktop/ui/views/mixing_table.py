"""The table of a style mixing: beside each row and above each column the picture that it mixes, with a dice."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.theme import HALF, icon
from aigc_desktop.ui.views.tile_grid import TileGrid

BUTTON = 24  # pixels


class MixingTable(TileGrid):
    """The dice ask for another picture of a row or a column."""

    rolled = Signal(str, int)  # "rows" or "columns", and which

    def __init__(self, name: str, parent: QWidget | None = None):
        self.dice: dict[str, list[QToolButton]] = {"columns": [], "rows": []}
        super().__init__(name, parent, headed=True)
        self.margin = QSize(BUTTON + HALF, BUTTON + HALF)

    def set_dice(self, rows: int, columns: int) -> None:
        """One for each row and column."""
        titles = {"rows": tr("Another picture for row {n}"), "columns": tr("Another picture for column {n}")}
        for which, count in (("columns", columns), ("rows", rows)):
            buttons = self.dice[which]
            while len(buttons) > count:
                gone = buttons.pop()
                gone.hide()
                gone.deleteLater()
            while len(buttons) < count:
                place = len(buttons)
                button = QToolButton(self)
                button.setAutoRaise(True)
                button.setFixedSize(BUTTON, BUTTON)
                button.setIcon(icon("dice-five"))
                button.setIconSize(QSize(16, 16))
                button.setCursor(Qt.CursorShape.ArrowCursor)
                title = titles[which].replace("{n}", str(place + 1))
                button.setToolTip(title)
                button.setAccessibleName(title)
                button.clicked.connect(lambda _=False, which=which, place=place: self.rolled.emit(which, place))
                buttons.append(button)
                button.show()

    def arranged(self) -> None:
        for place, button in enumerate(self.dice["columns"]):
            head = self.rect_of(1 + place)
            button.move(head.center().x() - BUTTON // 2 + 1, head.top() - HALF - BUTTON)
        for place, button in enumerate(self.dice["rows"]):
            head = self.rect_of((1 + place) * self.columns)
            button.move(head.left() - HALF - BUTTON, head.center().y() - BUTTON // 2 + 1)
