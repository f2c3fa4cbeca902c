"""All keys on one page: those of the menus, as the menus have them, and those that only a part of the window knows."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMenuBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.mnemonics import plain
from aigc_desktop.ui.room import open_at

# Where: what, and its keys. Only what is in no menu of the menu bar.
ELSEWHERE: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    mark("Everywhere"): [
        (mark("Next control"), ("Tab",)),
        (mark("Previous control"), ("Shift+Tab",)),
    ],
    mark("A generator's panel"): [(mark("Start, or create"), ("Ctrl+Return",))],
    mark("Plot"): [
        (mark("Move the line to the left or right"), ("Left", "Right")),
        (mark("Zoom in or out"), ("+", "-")),
        (mark("Show everything"), ("Esc",)),
    ],
    mark("Samples"): [(mark("Previous or next sample"), ("Left", "Right")), (mark("First or latest"), ("Home", "End"))],
    mark("Library"): [
        (mark("Open"), ("Return",)),
        (mark("Rename"), ("F2",)),
        (mark("Move to the trash"), ("Del",)),
        (mark("From the search to the results"), ("Return", "Down")),
    ],
    mark("An item's window"): [
        (mark("Previous or next item"), ("Left", "Right")),
        (mark("Larger or smaller"), ("+", "-")),
        (mark("Fit to the window"), ("0",)),
        (mark("Pixel for pixel"), ("1",)),
        (mark("Play or pause a clip"), ("Space",)),
        (mark("Previous or next frame of a clip"), (",", ".")),
        (mark("Rename"), ("F2",)),
        (mark("Move to the trash"), ("Del",)),
        (mark("Close"), ("Esc",)),
    ],
    mark("Painting a mask"): [
        (mark("Paint or erase"), ("B", "E")),
        (mark("Finer or wider brush"), ("[", "]")),
        (mark("Put the brush down, or lift it"), ("Space",)),
        (mark("Swap what is painted and what is not"), ("I",)),
        (mark("Clear"), ("Del",)),
        (mark("Show the mask alone"), ("M",)),
        (mark("Use this mask"), ("Ctrl+Return",)),
    ],
    mark("Queue"): [
        (mark("Previous or next job"), ("Up", "Down")),
        (mark("Earlier or later in the queue"), ("Alt+Up", "Alt+Down")),
        (mark("Pause or continue"), ("Space",)),
        (mark("Show its panel"), ("Return",)),
        (mark("Remove, or stop"), ("Del",)),
    ],
}


def of_menus(bar: QMenuBar) -> Iterator[tuple[str, list[tuple[str, list[QKeySequence]]]]]:
    """Each menu's title, with its commands that have keys. Of several the first: the others are keys of rare keyboards."""
    for entry in bar.actions():
        commands = [one for one in entry.menu().actions() if one.shortcuts()]
        if commands:
            yield plain(entry.text()), [(plain(one.text()).rstrip("…"), one.shortcuts()[:1]) for one in commands]


class ShortcutsWindow(QDialog):
    def __init__(self, bar: QMenuBar, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.table = QTreeWidget()
        self.table.setAccessibleName(tr("Keyboard shortcuts"))
        self.table.setHeaderLabels([tr("What"), tr("Keys")])
        self.table.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.table.setRootIsDecorated(False)
        self.table.setIndentation(theme.GAP)
        self.table.setUniformRowHeights(True)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title, commands in of_menus(bar):
            self._add(title, commands)
        for title, commands_there in ELSEWHERE.items():
            self._add(tr(title), [(tr(what), [QKeySequence(key) for key in keys]) for what, keys in commands_there])
        self.table.expandAll()
        self.table.setCurrentItem(self.table.topLevelItem(0))
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.header().setStretchLastSection(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP] * 4)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.table)
        layout.addWidget(buttons)
        open_at(self, theme.GRID * 64, theme.GRID * 72)

    def _add(self, title: str, commands: list[tuple[str, list[QKeySequence]]]) -> None:
        group = QTreeWidgetItem(self.table, [title])
        font = QFont(self.table.font())
        font.setWeight(QFont.Weight.DemiBold)
        group.setFont(0, font)
        group.setFirstColumnSpanned(True)
        group.setSizeHint(0, QSize(0, theme.GRID * 3))
        for what, keys in commands:
            shown = "   ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
            row = QTreeWidgetItem(group, [what, shown])
            row.setSizeHint(0, QSize(0, theme.GRID * 3))
            row.setToolTip(0, what)
