"""What every view of a training is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from aigc_desktop.engine.events import Event
from aigc_desktop.engine.registry import Spec


class View(QWidget):
    """Shows one run: first what is on disk, then what the run says while it goes on.

    `stretch` is its share of the height. A view draws at its own pace; the callbacks in `listens` only note what came.
    """

    stretch = 1

    def __init__(self, spec: Spec, parent: QWidget | None = None):
        super().__init__(parent)
        self.spec = spec

    def clear(self) -> None:
        """Nothing is shown, as before the first run."""

    def load(self, folder: Path) -> None:
        """Show what the run in this folder has kept."""

    def listens(self) -> dict[type[Event], Callable[[Any], None]]:
        """Which events it wants, and who takes them."""
        return {}

    def set_live(self, live: bool) -> None:
        """The run is going on, or is not."""

    def state(self) -> dict[str, Any]:
        """The user's choices in it, as plain JSON."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the choices up again; what is unknown is passed over."""
