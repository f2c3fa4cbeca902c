"""The library: everything that was made in the project, the models that made it, and what was thrown away."""

from dataclasses import asdict, fields
from itertools import count
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.library.project import Project
from aigc_desktop.ui import theme
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.item_actions import ItemActions
from aigc_desktop.ui.item_window import ItemWindow
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_filters import LibraryFilters
from aigc_desktop.ui.library_model import Filters, ItemsModel
from aigc_desktop.ui.library_pages import ItemsPage, ModelsPage, TrashPage
from aigc_desktop.ui.pixmaps import Thumbnails
from aigc_desktop.ui.quiet_bar import QuietBar

PAUSE = 200  # milliseconds at least between two looks at what changed

PAGES = ("items", "models", "trash")


class LibraryDock(QWidget):
    """Search, filters and three pages. The focus it is given goes to the search."""

    use_settings = Signal(dict)  # a job whose settings the user wants in its generator's panel
    make_again = Signal(str)  # the run of a job that was submitted to make an item exactly again
    open_model = Signal(str)  # a model that the user wants to create with
    train_wanted = Signal()  # the user wants to train a first model

    def __init__(self, project: Project, jobs: Jobs, parent: QWidget | None = None):
        super().__init__(parent)
        self.project, self.jobs = project, jobs
        self.actions_ = ItemActions(project, jobs, self)
        self.thumbnails = Thumbnails(self)
        self._windows: dict[int, ItemWindow] = {}  # numbered: a window goes from item to item
        self._numbers = count()
        self._stale = True
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._after_pause)
        self._lay_out()
        self.actions_.use_settings.connect(self.use_settings)
        self.actions_.made_again.connect(self.make_again)
        self.actions_.said.connect(self.bar.say)
        jobs.library_changed.connect(self.refresh)
        jobs.changed.connect(self.models.chosen_changed)

    def _lay_out(self) -> None:
        self.filters = LibraryFilters(self.project)
        self.setFocusProxy(self.filters)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        calm_wheel(self.tabs)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Parts of the library"))
        for title in (tr("Items"), tr("Models"), tr("Trash")):
            self.tabs.addTab(title)
        self.items = ItemsPage(self.actions_, self.thumbnails)
        self.models = ModelsPage(self.actions_)
        self.trash = TrashPage(self.actions_, self.thumbnails)
        self.pages = QStackedWidget()
        self.bar = QuietBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GRID, 0, theme.GRID, theme.HALF)
        column.setSpacing(theme.GRID)
        column.addWidget(self.filters)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        column.addWidget(self.bar)
        for page in (self.items, self.models, self.trash):
            self.pages.addWidget(page)
            page.cleared.connect(lambda: self.filters.set(Filters()))
            page.wanted.connect(self.train_wanted)
        self.filters.changed.connect(lambda _: self._look())
        self.filters.left.connect(lambda: self.page.focus_list())
        self.tabs.currentChanged.connect(self._turn)
        self.items.opened.connect(lambda item: self.open_item(item, self.items.model))
        self.trash.opened.connect(lambda item: self.open_item(item, self.trash.items))
        self.items.open_model.connect(self.open_model)
        self.items.alternatives_wanted.connect(lambda item: self.filters.set(Filters(run=item.run)))
        self.models.open_model.connect(self.open_model)
        self.bar.undone.connect(self.actions_.undo)

    @property
    def page(self) -> ItemsPage | ModelsPage | TrashPage:
        """The page that is shown."""
        return (self.items, self.models, self.trash)[self.pages.currentIndex()]

    def show_page(self, name: str) -> None:
        """Show "items", "models" or "trash"."""
        self.tabs.setCurrentIndex(PAGES.index(name))

    def _turn(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self._look()

    # What changed

    def refresh(self) -> None:
        """Take in what changed: at once, but not more often than a person could see."""
        self._stale = True
        if not self._pause.isActive() and self.isVisible():
            self._look()
            self._pause.start()

    def _after_pause(self) -> None:
        if self._stale:
            self.refresh()

    def _look(self) -> None:
        self._stale = False
        self.page.refresh(self.filters.filters)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    # Windows of items

    def open_item(self, item: Item, among: ItemsModel | None = None) -> ItemWindow:
        """Show an item in a window of its own; in the one that it has already, if so."""
        for window in self._windows.values():
            if window.item.id == item.id:
                window.raise_()
                window.activateWindow()
                return window
        window = ItemWindow(among or self.items.model, self.actions_, item, self.window())
        number = next(self._numbers)
        self._windows[number] = window
        window.destroyed.connect(lambda _=None, number=number: self._windows.pop(number, None))
        window.show()
        return window

    # State

    def state(self) -> dict[str, Any]:
        """What brings the dock back as it is: page, search, filters."""
        return {"page": PAGES[self.tabs.currentIndex()], "filters": asdict(self.filters.filters)}

    def restore(self, state: dict[str, Any]) -> None:
        """Be as `state` says; what it does not say stays."""
        known = {field.name for field in fields(Filters)}
        kept = {name: value for name, value in (state.get("filters") or {}).items() if name in known}
        self.filters.set(Filters(**kept))
        if state.get("page") in PAGES:
            self.show_page(state["page"])

    def closeEvent(self, event: QCloseEvent) -> None:
        for window in list(self._windows.values()):
            window.close()
        self.thumbnails.close()
        super().closeEvent(event)
