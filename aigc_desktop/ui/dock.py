"""A dock with a quiet title line: its name, and buttons to float and to close it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.tab_order import ReadingOrder

ICON = QSize(14, 14)


class Dock(ReadingOrder, QDockWidget):
    """A dock named `name` with a DockTitle; a hairline around it where it floats."""

    def __init__(self, name: str, title: str):
        super().__init__(title)
        self.setObjectName(name)
        self.setTitleBarWidget(DockTitle(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(QColor(theme.colours().line))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class DockTitle(QWidget):
    """Quiet: the dock's title in the second colour. Drags and double clicks on it move the dock."""

    def __init__(self, dock: QDockWidget):
        super().__init__(dock)
        self.dock = dock
        self.title = QLabel(dock.windowTitle())
        theme.muted(self.title)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.HALF, theme.GRID, theme.HALF)
        layout.setSpacing(theme.HALF)
        layout.addWidget(self.title, 1)
        self.float = self._button("picture-in-picture", tr("Float, or put back"))
        self.float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.shut = self._button("x", tr("Close"))
        self.shut.clicked.connect(dock.close)
        dock.windowTitleChanged.connect(self.title.setText)

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(theme.icon(icon, theme.MUTED))
        button.setIconSize(ICON)
        button.setToolTip(name)
        button.setAccessibleName(f"{name}: {self.dock.windowTitle()}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.layout().addWidget(button)
        return button


class NoTitle(QWidget):
    """Instead of a title where a tab already says it."""

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    minimumSizeHint = sizeHint
