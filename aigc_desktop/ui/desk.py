"""The middle of the window: one dock per open generator, and what stands there while none is open."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

AREA = Qt.DockWidgetArea.TopDockWidgetArea


class Desk(QMainWindow):
    """Docks that tab, split and float among themselves; `empty` is shown while there are none."""

    changed = Signal()  # a panel was opened, closed or moved

    def __init__(self, empty: QWidget):
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCentralWidget(empty)
        self.docks: dict[str, QDockWidget] = {}

    def add(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """Put the panel into a dock of this name, as a tab beside those there are."""
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dock.setWidget(panel)
        beside = next((one for one in self.docks.values() if not one.isFloating()), None)
        self.addDockWidget(AREA, dock)
        if beside is not None:
            self.tabifyDockWidget(beside, dock)
        self.docks[name] = dock
        dock.destroyed.connect(lambda: self._gone(name))
        self.centralWidget().setVisible(False)
        self.raise_dock(name)
        self.changed.emit()
        return dock

    def raise_dock(self, name: str) -> None:
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    def _gone(self, name: str) -> None:
        self.docks.pop(name, None)
        self.centralWidget().setVisible(not self.docks)
        self.changed.emit()
