"""What a widget listens to, ended together; at the latest when the widget goes."""

from collections.abc import Callable

from PySide6.QtCore import QObject


class Subscriptions:
    """Holds what ends each subscription. It knows its owner only by the signal that says it is gone."""

    def __init__(self, owner: QObject):
        ends: list[Callable[[], None]] = []
        self._ends = ends
        # A function, not a method: PySide holds a method's object weakly, and the owner may take it along.
        owner.destroyed.connect(lambda: end_all(ends))

    def add(self, end: Callable[[], None]) -> None:
        self._ends.append(end)

    def end(self) -> None:
        """No callback comes any more."""
        end_all(self._ends)


def end_all(ends: list[Callable[[], None]]) -> None:
    while ends:
        ends.pop()()
