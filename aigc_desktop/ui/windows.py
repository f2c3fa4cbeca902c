"""The windows beside the main one, such as the settings: at most one of each."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog


class Windows(dict[str, QDialog]):
    """Those that are open, by name."""

    def show(self, name: str, make: Callable[[], QDialog]) -> None:
        """Bring this window to the front; it is made where it is not open."""
        window = self.get(name)
        if window is None:
            made = window = self[name] = make()
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            window.destroyed.connect(lambda: self._forget(name, made))
        window.show()
        window.raise_()
        window.activateWindow()

    def close(self) -> None:
        """Close all of them."""
        for window in list(self.values()):
            window.close()
        self.clear()

    def _forget(self, name: str, window: QDialog) -> None:
        if self.get(name) is window:
            del self[name]
