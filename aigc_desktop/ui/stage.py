"""The middle of the window: the panels, and over it, at the very first start, the welcome."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow
    from aigc_desktop.ui.welcome import Welcome


class Stage(QStackedWidget):
    """Empty until `begin`, where the welcome is still to come: nothing else flashes up before it."""

    def __init__(self, area: QWidget, window: "MainWindow"):
        super().__init__()
        self._area, self._window = area, window
        self.welcome: Welcome | None = None
        self.addWidget(area)
        self._before = QWidget()
        self.addWidget(self._before)
        if not window.settings["welcomed"]:
            self.setCurrentWidget(self._before)

    def begin(self) -> None:
        """The window is complete."""
        if self.currentWidget() is self._before:
            self.show_welcome()

    def show_welcome(self) -> None:
        if self.welcome is None:
            from aigc_desktop.ui.welcome import Welcome

            self.welcome = Welcome(self._window)
            self.welcome.left.connect(self.show_panels)
            self.addWidget(self.welcome)
        self.setCurrentWidget(self.welcome)
        self.welcome.setFocus()

    def show_panels(self) -> None:
        """Something was made or opened, or the welcome skipped: it does not come again by itself."""
        if self.currentWidget() is self._area:
            return
        self.setCurrentWidget(self._area)
        self._window.settings["welcomed"] = True
        if self.welcome is not None:
            self.welcome.deleteLater()
            self.welcome = None
