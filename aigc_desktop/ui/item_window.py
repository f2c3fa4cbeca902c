"""One item large, with how it was made and what can be done with it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QImage, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import numerals, pixmaps, theme
from aigc_desktop.ui.clip_player import ClipPlayer
from aigc_desktop.ui.item_actions import ItemActions
from aigc_desktop.ui.item_details import ItemDetails
from aigc_desktop.ui.library_model import ItemsModel, described, text_of
from aigc_desktop.ui.room import open_at
from aigc_desktop.ui.tab_order import ReadingOrder
from aigc_desktop.ui.zoom_view import ZoomView

SIZE = QSize(960, 640)
SIDE = 288
ICON = QSize(16, 16)


class ItemWindow(ReadingOrder, QWidget):
    """Shows an item of a list, and steps through that list with ← and →, through what was made with it by Alt+↑ and Alt+↓."""

    def __init__(self, items: ItemsModel, actions: ItemActions, item: Item, parent: QWidget | None = None):
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.items, self.actions_, self.item = items, actions, item
        open_at(self, *SIZE.toTuple())
        self._lay_out()
        self.show_item(item)
        actions.jobs.library_changed.connect(self._refresh)

    def _lay_out(self) -> None:
        self.picture = ZoomView()
        self.picture.setAccessibleName(tr("Picture"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.document().setDocumentMargin(theme.GAP * 1.5)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAccessibleName(tr("Text"))
        self.player = ClipPlayer()
        self.player.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
        self.stage = QStackedWidget()
        for one in (self.picture, self.text, self.player):
            self.stage.addWidget(one)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.stage, 1)
        left.addLayout(self._make_line())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self._make_side())
        self._act(tr("Close"), self.close, QKeySequence(Qt.Key.Key_Escape))
        self._act(tr("Copy"), self._copy, QKeySequence(QKeySequence.StandardKey.Copy))
        self.player_keys = [
            self._act(tr("Previous frame"), lambda: self.player.step(-1), QKeySequence(Qt.Key.Key_Comma)),
            self._act(tr("Next frame"), lambda: self.player.step(1), QKeySequence(Qt.Key.Key_Period)),
        ]
        self.text.setFocus()

    def _make_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(theme.GRID, theme.HALF, theme.GRID, theme.HALF)
        line.setSpacing(theme.HALF)
        self.before = self._button("caret-left", tr("Previous"), lambda: self.step(-1), "Left", "Alt+Left")
        self.after = self._button("caret-right", tr("Next"), lambda: self.step(1), "Right", "Alt+Right")
        self.place = QLabel()
        theme.muted(self.place)
        line.addWidget(self.before)
        line.addWidget(self.after)
        line.addWidget(self.place)
        line.addSpacing(theme.GAP)
        self.earlier = self._button("caret-up", tr("Previous alternative"), lambda: self.turn(-1), "Alt+Up")
        self.later = self._button("caret-down", tr("Next alternative"), lambda: self.turn(1), "Alt+Down")
        self.alternative = QLabel()
        theme.muted(self.alternative)
        for one in (self.earlier, self.later, self.alternative):
            line.addWidget(one)
        line.addStretch(1)
        self.zoom = QLabel()
        theme.muted(self.zoom)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.zoom_buttons = [
            self._button("magnifying-glass-minus", tr("Smaller"), self.picture.farther, "-"),
            self._button("magnifying-glass-plus", tr("Larger"), self.picture.closer, "+"),
            self._button("frame-corners", tr("Fit to the window"), self.picture.fit, "0"),
            self._button("number-square-one", tr("Pixel for pixel"), self.picture.actual, "1"),
        ]
        self.picture.zoomed.connect(lambda zoom: self.zoom.setText(numerals.percent(round(zoom, 2))))
        line.addWidget(self.zoom)
        for button in self.zoom_buttons:
            line.addWidget(button)
        return line

    def _make_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GRID)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name"))
        self.name.setToolTip(tr("Name (F2)"))
        self.name.editingFinished.connect(self._rename)
        self.details = ItemDetails()
        column.addWidget(self.name)
        column.addSpacing(theme.GRID)
        column.addWidget(self.details, 1)
        column.addSpacing(theme.GRID)
        self.use_button = QPushButton(tr("Use these settings again"))
        self.use_button.clicked.connect(lambda: self.actions_.use(self.item))
        self.again_button = QPushButton(tr("Make exactly this again"))
        self.again_button.setToolTip(tr("The same model, settings and seed: the same result"))
        self.again_button.clicked.connect(lambda: self.actions_.again(self.item))
        column.addWidget(self.use_button)
        column.addWidget(self.again_button)
        line = QHBoxLayout()
        line.setSpacing(theme.HALF)
        self.copy_button = self._button("copy", tr("Copy"), self._copy)
        self.reveal_button = self._button("folder-open", tr("Show in the file manager"), self._reveal)
        self.trash_button = self._button("trash", tr("Move to the trash"), self._trash, "Del")
        for button in (self.copy_button, self.reveal_button):
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.trash_button)
        column.addLayout(line)
        self._act(tr("Rename"), self._edit_name, QKeySequence("F2"))
        return side

    def _button(self, icon: str, title: str, act: Callable[[], object], *keys: str) -> QToolButton:
        action = self._act(title, act, *map(QKeySequence, keys), icon=theme.icon(icon))
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(ICON)
        button.setAccessibleName(title)
        return button

    def _act(self, title: str, act: Callable[[], object], *keys: QKeySequence, icon: QIcon | None = None) -> QAction:
        action = QAction(icon or QIcon(), title, self)
        action.setShortcuts(keys)
        native = QKeySequence.SequenceFormat.NativeText
        action.setToolTip(f"{title} ({keys[0].toString(native)})" if keys else title)
        action.triggered.connect(lambda _checked=False: act())
        self.addAction(action)
        return action

    # What it shows

    def show_item(self, item: Item) -> None:
        """Show this item instead."""
        fresh = item.id != self.item.id or not self.windowTitle()
        self.item = item
        self.setWindowTitle(item.name)
        self.name.setText(item.name)
        self.name.setCursorPosition(0)
        self.name.setReadOnly(item.trashed)
        self.details.show_item(item)
        for one in (self.picture, self.text, self.player.picture):
            one.setAccessibleDescription(described(item))
        self.trash_button.defaultAction().setEnabled(not item.trashed)
        pictured = item.medium not in ("text", "clip")
        if fresh:
            self._show_medium(item)
        for one in (self.zoom, *self.zoom_buttons):
            one.setVisible(pictured)
        row = self.items.row_of(item.id)
        self.before.defaultAction().setEnabled(row > 0)
        self.after.defaultAction().setEnabled(0 <= row < len(self.items.ids) - 1)
        self.place.setText(tr("{place} of {count}", place=row + 1, count=len(self.items.ids)) if row >= 0 else "")
        self._show_alternatives()

    def _show_medium(self, item: Item) -> None:
        """The thing itself: its letters, its moving pictures, or its picture."""
        thumbnail = pixmaps.read(item.thumbnail) if item.thumbnail and item.medium != "picture" else QImage()
        clip = item.medium == "clip"
        self.player.show_clip(item.path if clip else None, thumbnail, play=True)
        for one in self.player_keys:
            one.setEnabled(clip)
        if item.medium == "text":
            self.stage.setCurrentWidget(self.text)
            self.text.setPlainText(text_of(item))
        elif clip:
            self.stage.setCurrentWidget(self.player)
            self.player.button.setFocus()
        else:
            self.stage.setCurrentWidget(self.picture)
            self.picture.set_image(pixmaps.read(item.path) if item.medium == "picture" else thumbnail)

    def _show_alternatives(self) -> None:
        """Which of how many it is that one creation made."""
        self.alternatives = self.actions_.project.items.alternatives(self.item)
        count = len(self.alternatives)
        place = self.alternatives.index(self.item.id) if self.item.id in self.alternatives else 0
        for button, possible in ((self.earlier, place > 0), (self.later, place < count - 1)):
            button.setVisible(count > 1)
            button.defaultAction().setEnabled(possible)
        self.alternative.setText(tr("Alternative {place} of {count}", place=place + 1, count=count))
        self.alternative.setVisible(count > 1)

    def turn(self, by: int) -> None:
        """Show the alternative that many places on."""
        place = self.alternatives.index(self.item.id) + by if self.item.id in self.alternatives else -1
        if 0 <= place < len(self.alternatives):
            try:
                self.show_item(self.actions_.project.items.get(self.alternatives[place]))
            except BadInput:  # another program took it away
                self._show_alternatives()

    def step(self, by: int) -> None:
        """Show the item that many places on in the list."""
        row = self.items.row_of(self.item.id) + by
        if 0 <= row < len(self.items.ids):
            item = self.items.item(self.items.index(row))
            if item is not None:
                self.show_item(item)

    def _refresh(self) -> None:
        try:
            item = self.actions_.project.items.get(self.item.id)
        except BadInput:
            self.close()  # another program emptied the trash
            return
        if not self.name.hasFocus() or not self.name.isModified():
            self.show_item(item)

    # What is done

    def _edit_name(self) -> None:
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    def _rename(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.actions_.rename(self.item, self.name.text())
            self._refresh()

    def _copy(self) -> None:
        if self.text.isVisible() and self.text.textCursor().hasSelection():
            self.text.copy()
        else:
            self.actions_.copy([self.item])

    def _reveal(self) -> None:
        self.actions_.reveal(self.item)

    def _trash(self) -> None:
        """Remove it and go on to what takes its place; without such, close."""
        row = self.items.row_of(self.item.id)
        self.actions_.trash([self.item])
        self.items.refresh()
        left = len(self.items.ids)
        item = self.items.item(self.items.index(min(row, left - 1))) if left and row >= 0 else None
        if item is None:
            self.close()
        elif item.id != self.item.id:
            self.show_item(item)
