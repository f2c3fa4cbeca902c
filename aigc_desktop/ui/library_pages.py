"""The three pages of the library: items, models, trash. Each shows its list, or what belongs there while it is empty."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.library.models import ModelRow
from aigc_desktop.ui import theme
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.flow_layout import FlowLayout
from aigc_desktop.ui.item_actions import ItemActions
from aigc_desktop.ui.library_model import Filters, ItemsModel
from aigc_desktop.ui.library_view import ItemsView
from aigc_desktop.ui.mnemonics import give_keys
from aigc_desktop.ui.models_view import ModelsModel, ModelsView
from aigc_desktop.ui.pixmaps import Thumbnails
from aigc_desktop.ui.tab_order import ReadingOrder

ICON = QSize(16, 16)
LEAST = 40  # pixels of a list


class Page(QStackedWidget):
    """A list, or an empty place."""

    cleared = Signal()  # the user wants search and filters gone
    wanted = Signal()  # the user wants to make what belongs here

    def __init__(self, actions: ItemActions):
        super().__init__()
        self.actions_ = actions
        self.content = QWidget()
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.HALF)
        self.empty = EmptyPlace()
        self.addWidget(self.content)
        self.addWidget(self.empty)

    def focus_list(self) -> None:
        """Give the focus to the list, its first row chosen if none is."""

    def _show(self, count: int, filters: Filters) -> None:
        if count == 0 and filters.active:
            self.empty.say(tr("Nothing fits what you search for."), tr("Show everything"), self.cleared.emit)
        elif count == 0:
            self._say_empty()
        self.setCurrentWidget(self.content if count else self.empty)

    def _say_empty(self) -> None:
        """What belongs here."""


class ItemsPage(Page):
    """What was made."""

    opened = Signal(object)
    open_model = Signal(str)
    alternatives_wanted = Signal(object)  # of an item

    def __init__(self, actions: ItemActions, thumbnails: Thumbnails):
        super().__init__(actions)
        self.model = ItemsModel(actions.project, parent=self)
        self.model.problem.connect(lambda sentence: actions.said.emit(sentence, False))
        self.view = ItemsView(self.model, thumbnails)
        self.view.setAccessibleName(tr("Items"))
        self.view.opened.connect(self.opened)
        self.view.removed.connect(actions.trash)
        self.view.copied.connect(actions.copy)
        self.view.undone.connect(actions.undo)
        self.view.menu_wanted.connect(self._menu)
        self.column.addWidget(self.view)

    def refresh(self, filters: Filters) -> None:
        self.model.show_only(filters)
        self.model.refresh()
        self._show(len(self.model.ids), filters)

    def focus_list(self) -> None:
        self.view.setFocus()
        if self.model.ids and not self.view.selectedIndexes():
            self.view.setCurrentIndex(self.model.index(max(0, self.view.currentIndex().row())))

    def _say_empty(self) -> None:
        models = self.actions_.project.models.list()
        sentence = tr("What you create appears here the moment it exists.")
        if models:
            name = models[0].name
            self.empty.say(sentence, tr("Create with {model}", model=name), lambda: self.open_model.emit(name))
        else:
            self.empty.say(sentence, tr("Train a first model"), self.wanted.emit)

    def _menu(self, items: list[Item], place: Any) -> None:
        menu, do, one = _context_menu(self), self.actions_, items[0]
        single = len(items) == 1
        _add(menu, tr("Open"), lambda: self.opened.emit(one), single, "Return")
        _add(menu, tr("Use these settings again"), lambda: do.use(one), single)
        _add(menu, tr("Make exactly this again"), lambda: do.again(one), single)
        several = single and len(do.project.items.alternatives(one)) > 1
        _add(menu, tr("Show its alternatives"), lambda: self.alternatives_wanted.emit(one), several)
        menu.addSeparator()
        _add(menu, tr("Rename"), self.view.rename, single, "F2")
        _add(menu, tr("Copy"), lambda: do.copy(items), key="Ctrl+C")
        _add(menu, tr("Show in the file manager"), lambda: do.reveal(one), single)
        menu.addSeparator()
        _add(menu, tr("Move to the trash"), self.view.remove, key="Del")
        _popup(menu, place)


class ModelsPage(Page):
    """What was trained."""

    open_model = Signal(str)

    def __init__(self, actions: ItemActions):
        super().__init__(actions)
        self.model = ModelsModel(actions, parent=self)
        self.view = ModelsView(self.model)
        self.view.setAccessibleName(tr("Models"))
        self.view.opened.connect(lambda row: self.open_model.emit(row.name))
        self.view.removed.connect(actions.trash_model)
        self.view.undone.connect(actions.undo)
        self.view.menu_wanted.connect(self._menu)
        self.column.addWidget(self.view)
        self.create = QPushButton(tr("Create with it"))
        self.create.clicked.connect(lambda: self._with_chosen(lambda row: self.open_model.emit(row.name)))
        self.go_on = QPushButton(tr("Continue training"))
        self.go_on.clicked.connect(lambda: self._with_chosen(actions.continue_training))
        self.rename = _button("pencil-simple", tr("Rename (F2)"), self.view.rename)
        self.reveal = _button("folder-open", tr("Show in the file manager"), lambda: self._with_chosen(actions.reveal))
        self.trash = _button("trash", tr("Move to the trash (Del)"), lambda: self._with_chosen(actions.trash_model))
        buttons = FlowLayout(gap=theme.HALF, line_gap=theme.HALF)  # a narrow dock has two rows of them
        for button in (self.create, self.go_on, self.rename, self.reveal, self.trash):
            buttons.addWidget(button)
        self.column.addLayout(buttons)
        self.view.selectionModel().selectionChanged.connect(self.chosen_changed)

    def refresh(self, filters: Filters) -> None:
        self.model.filters = filters
        self.model.refresh()
        self._show(len(self.model.rows), filters)
        self.chosen_changed()

    def focus_list(self) -> None:
        self.view.setFocus()
        if self.model.rows and self.view.row() is None:
            self.view.setCurrentIndex(self.model.index(max(0, self.view.currentIndex().row())))

    def _say_empty(self) -> None:
        self.empty.say(tr("Models that you train appear here."), tr("Train a first model"), self.wanted.emit)

    def chosen_changed(self) -> None:
        """Offer what can be done with the model that is chosen now."""
        row = self.view.row()
        for button in (self.create, self.rename, self.reveal, self.trash):
            button.setEnabled(row is not None)
        self.go_on.setVisible(row is not None and self.actions_.can_continue(row))

    def _with_chosen(self, act: Callable[[ModelRow], object]) -> None:
        row = self.view.row()
        if row is not None:
            act(row)

    def _menu(self, row: ModelRow, place: Any) -> None:
        menu, do = _context_menu(self), self.actions_
        _add(menu, tr("Create with it"), lambda: self.open_model.emit(row.name), key="Return")
        _add(menu, tr("Continue training"), lambda: do.continue_training(row), do.can_continue(row))
        menu.addSeparator()
        if do.adapters.is_one(row):
            self._add_adapters(menu, row)
        _add(menu, tr("Rename"), self.view.rename, key="F2")
        _add(menu, tr("Show in the file manager"), lambda: do.reveal(row))
        menu.addSeparator()
        _add(menu, tr("Move to the trash"), lambda: do.trash_model(row), key="Del")
        _popup(menu, place)

    def _add_adapters(self, menu: QMenu, row: ModelRow) -> None:
        do = self.actions_.adapters
        _add(menu, tr("Create with its base alone"), lambda: do.without(row))
        _add(menu, tr("Merge into a new model"), lambda: do.merge(row))
        _add(menu, tr("Export the adapter…"), lambda: do.ask_where(row, False, self))
        _add(menu, tr("Export as a whole model…"), lambda: do.ask_where(row, True, self))
        menu.addSeparator()


class TrashPage(Page):
    """What was removed, until the trash is emptied."""

    opened = Signal(object)

    def __init__(self, actions: ItemActions, thumbnails: Thumbnails):
        super().__init__(actions)
        self.items = ItemsModel(actions.project, trashed=True, parent=self)
        self.models = ModelsModel(actions, trashed=True, parent=self)
        self.models_view = ModelsView(self.models)
        self.models_view.setAccessibleName(tr("Models in the trash"))
        self.view = ItemsView(self.items, thumbnails)
        self.view.setAccessibleName(tr("Items in the trash"))
        self.view.opened.connect(self.opened)
        self.view.undone.connect(actions.undo)
        self.view.menu_wanted.connect(lambda items, place: self._menu(lambda: actions.restore(items), place))
        self.models_view.opened.connect(actions.restore_model)
        self.models_view.menu_wanted.connect(lambda row, place: self._menu(lambda: actions.restore_model(row), place))
        self.restore = QPushButton(tr("Restore"))
        self.restore.clicked.connect(self._restore)
        self.empty_trash = QPushButton(tr("Empty the trash…"))
        self.empty_trash.clicked.connect(self.ask_to_empty)
        self.column.addWidget(self.models_view)
        self.column.addWidget(self.view, 1)
        self.column.addLayout(_line(self.restore, None, self.empty_trash))
        for view in (self.view, self.models_view):
            view.setMinimumHeight(LEAST)  # so that both find room on a low screen
            view.selectionModel().selectionChanged.connect(self._chosen_changed)

    def refresh(self, filters: Filters) -> None:
        self.items.show_only(filters)
        self.items.refresh()
        self.models.filters = filters
        self.models.refresh()
        count = len(self.models.rows)
        self.models_view.setVisible(count > 0)
        height = self.models_view.sizeHintForRow(0) if count else 0
        if self.items.ids:
            self.models_view.setMaximumHeight(min(count, 3) * height)
        else:
            self.models_view.setMaximumHeight(count * height)
        self._show(len(self.items.ids) + count, filters)
        self._chosen_changed()

    def focus_list(self) -> None:
        (self.view if self.items.ids else self.models_view).setFocus()

    def _say_empty(self) -> None:
        self.empty.say(tr("The trash is empty. What you remove from the library waits here."))

    def _chosen_changed(self) -> None:
        chosen = self.view.selectionModel().hasSelection() or self.models_view.selectionModel().hasSelection()
        self.restore.setEnabled(chosen)

    def _restore(self) -> None:
        items, model = self.view.items(), self.models_view.row()
        if items:
            self.actions_.restore(items)
        if model is not None:
            self.actions_.restore_model(model)

    def _menu(self, restore: Callable[[], None], place: Any) -> None:
        menu = _context_menu(self)
        _add(menu, tr("Restore"), restore)
        _popup(menu, place)

    def ask_to_empty(self) -> None:
        """Ask, then delete for good."""
        asked = _Question(self.window())
        asked.setIcon(QMessageBox.Icon.NoIcon)
        asked.setWindowTitle(tr("Empty the trash"))
        asked.setText(tr("Delete everything in this project's trash for good?"))
        sure = asked.addButton(tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
        asked.setDefaultButton(asked.addButton(QMessageBox.StandardButton.Cancel))
        sure.clicked.connect(self.actions_.empty_trash)
        asked.finished.connect(asked.deleteLater)
        asked.open()


class _Question(ReadingOrder, QMessageBox):
    pass


def _context_menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAccessibleName(tr("What can be done with it"))
    return menu


def _add(menu: QMenu, title: str, act: Callable[[], object], enabled: bool = True, key: str = "") -> None:
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    action = menu.addAction(f"{title}\t{native}" if key else title)  # the list itself has the key; here it is shown
    action.triggered.connect(lambda _checked=False: act())
    action.setEnabled(enabled)


def _popup(menu: QMenu, place: Any) -> None:
    give_keys(menu)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)


def _button(icon: str, title: str, act: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(theme.icon(icon))
    button.setIconSize(ICON)
    button.setToolTip(title)
    button.setAccessibleName(title)
    button.clicked.connect(lambda _checked=False: act())
    return button


def _line(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is where the room is."""
    line = QHBoxLayout()
    line.setContentsMargins(0, theme.HALF, 0, theme.HALF)
    line.setSpacing(theme.HALF)
    for widget in widgets:
        if widget is None:
            line.addStretch(1)
        else:
            line.addWidget(widget)
    return line
