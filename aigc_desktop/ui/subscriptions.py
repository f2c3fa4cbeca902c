"""What a widget listens to, ended together; at the latest when the widget goes."""

from collections.abc import Callable

from PySide6.QtCore import QObject


class Subscriptions:
    """Holds what ends each subscription. It knows its owner only by the signal that says it is gone."""

    def __init__(self, owner: QObject):
        self._ends: list[Callable[[], None]] = []
        owner.destroyed.connect(self.end)

    def add(self, end: Callable[[], None]) -> None:
        self._ends.append(end)

    def end(self, *_: object) -> None:
        """No callback comes any more."""
        while self._ends:
            self._ends.pop()()
