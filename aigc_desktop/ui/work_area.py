"""The middle of the window: one dock per open generator, and what stands there while none is open."""

from typing import Any

import shiboken6
from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QTabBar, QTabWidget, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import tab_order
from aigc_desktop.ui.dock import Dock, DockTitle, NoTitle
from aigc_desktop.ui.fields.base import calm_wheel

AREA = Qt.DockWidgetArea.TopDockWidgetArea
Option = QMainWindow.DockOption


class PanelDock(Dock):
    """A dock that is deleted once it is closed. Where the screen is too small for its panel, the panel scrolls."""

    closing = Signal(str)  # its name, while the panel still lives

    def __init__(self, name: str, title: str, panel: QWidget):
        super().__init__(name, title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAllowedAreas(AREA)
        self.panel: Any = panel
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setWidget(panel)
        scroll.setFocusProxy(panel)
        self.setWidget(scroll)

    def show_title(self, shown: bool) -> None:
        if isinstance(self.titleBarWidget(), DockTitle) != shown:
            old = self.titleBarWidget()
            self.setTitleBarWidget(DockTitle(self) if shown else NoTitle())
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(self.objectName())
        super().closeEvent(event)


class WorkArea(QMainWindow):
    """Docks that tab, split and float among themselves; `empty` is shown while there are none."""

    changed = Signal()  # a panel was opened, closed or moved
    closing = Signal(str)  # the name of a panel, while it still lives

    def __init__(self, empty: QWidget):
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(Option.AllowTabbedDocks | Option.AllowNestedDocks | Option.GroupedDragging)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCentralWidget(empty)
        self.docks: dict[str, PanelDock] = {}
        self._order: list[str] = []  # the panels' names, used last at the end
        self.tabifiedDockWidgetActivated.connect(self._used)
        self._tidy = QTimer(self, singleShot=True, interval=0)
        self._tidy.timeout.connect(self._tidy_titles)

    def add(self, name: str, title: str, panel: QWidget) -> PanelDock:
        """Put the panel into a dock of this name, as a tab beside the others, in front."""
        dock = PanelDock(name, title, panel)
        beside = next((one for one in self.docks.values() if not one.isFloating()), None)
        self.addDockWidget(AREA, dock)
        if beside is not None:
            self.tabifyDockWidget(beside, dock)
        self.docks[name] = dock
        dock.closing.connect(self._closed)
        dock.topLevelChanged.connect(self._tidy.start)
        dock.dockLocationChanged.connect(self._tidy.start)
        dock.visibilityChanged.connect(self._tidy.start)
        self.centralWidget().hide()
        self.bring_forward(name)
        self._tidy_titles()
        self.changed.emit()
        return dock

    def bring_forward(self, name: str) -> None:
        dock = self.docks[name]
        dock.show()
        dock.raise_()
        if dock.isFloating():
            dock.activateWindow()
        self._used(dock)

    def current(self) -> PanelDock | None:
        """The panel with the focus, else the one that came forward last."""
        focused = self.window().focusWidget()
        for dock in self.docks.values():
            there = dock.isVisible() and not tab_order.is_behind(dock)
            if focused is not None and dock.isAncestorOf(focused) and there:
                return dock
        return self.docks[self._order[-1]] if self._order else None

    def step(self, by: int) -> None:
        """Bring the next (1) or the previous (-1) panel forward."""
        current = self.current()
        names = list(self.docks)
        if current is not None:
            dock = self.docks[names[(names.index(current.objectName()) + by) % len(names)]]
            self.bring_forward(dock.objectName())
            stops = tab_order.stops(dock.panel)
            if stops:
                last = dock.panel.focusWidget()
                tab_order.focus(last if last in stops else stops[0])

    def arrange(self, side_by_side: bool) -> None:
        """Put all panels side by side, or behind each other as tabs."""
        docks = list(self.docks.values())
        used = self.current()
        for dock in docks:
            dock.setFloating(False)
            self.removeDockWidget(dock)
        for number, dock in enumerate(docks):
            self.addDockWidget(AREA, dock, Qt.Orientation.Horizontal)
            if number and not side_by_side:
                self.tabifyDockWidget(docks[0], dock)
            dock.show()
        if docks and side_by_side:
            self.resizeDocks(docks, [self.width() // len(docks)] * len(docks), Qt.Orientation.Horizontal)
        if used is not None:
            self.bring_forward(used.objectName())
        self._tidy.start()
        self.changed.emit()

    def restore(self, state: QByteArray, version: int) -> None:
        """Put the docks back where `saveState` saw them."""
        self.restoreState(state, version)
        for dock in self.docks.values():
            dock.show()
        self._tidy.start()

    def clear(self) -> None:
        """Close every panel."""
        for dock in list(self.docks.values()):
            dock.close()

    def _used(self, dock: QDockWidget) -> None:
        self._order = [name for name in self._order if name != dock.objectName()] + [dock.objectName()]

    def _closed(self, name: str) -> None:
        self.closing.emit(name)
        self.docks.pop(name, None)
        self._order.remove(name)
        self.centralWidget().setVisible(not self.docks)
        self._tidy.start()
        self.changed.emit()

    def _tidy_titles(self) -> None:
        """A tab already says the title and can be closed: a dock in a tab needs no title line."""
        for dock in self.docks.values():
            beside = [one for one in self.tabifiedDockWidgets(dock) if one.isVisibleTo(self)]
            dock.show_title(dock.isFloating() or not beside)
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not bar.tabsClosable():
                bar.setTabsClosable(True)
                bar.setDocumentMode(True)
                bar.setExpanding(False)
                calm_wheel(bar)
                bar.setDrawBase(False)
                bar.setAccessibleName(tr("Open generators"))
                bar.tabCloseRequested.connect(lambda index, bar=bar: self._close_tab(bar, index))
            for place in range(bar.count()):
                button = bar.tabButton(place, QTabBar.ButtonPosition.RightSide)
                if button is not None:
                    button.setAccessibleName(tr("Close: {title}", title=bar.tabText(place)))

    def _close_tab(self, bar: QTabBar, index: int) -> None:
        for dock in list(self.docks.values()):
            # Two panels may have the same title; Qt keeps with each tab where its dock is in memory.
            if shiboken6.getCppPointer(dock)[0] == bar.tabData(index):
                dock.close()
                return
