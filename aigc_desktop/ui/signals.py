"""The signals that end the program: Ctrl-C, logging out, shutting down, a terminal that is closed."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
AGAIN = 1.0  # seconds after which a second Ctrl-C is one of somebody who does not want to wait


class Signals(QObject):
    """Calls `end` at the first signal. Systems send several for one ending, and they must not cut the saving short: after
    the first, only another Ctrl-C calls it again."""

    def __init__(self, end: Callable[[], None]):
        super().__init__()
        self._end = end
        self._ended: float | None = None
        self._before = {}
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) != signal.SIG_IGN:  # under nohup it outlives its terminal
                self._before[number] = signal.signal(number, self._heard)
        self._notifier: QSocketNotifier | None = None
        if os.name != "nt":  # Python hears of a signal when it runs next, and Qt may let it wait for a second
            self._ears, self._mouth = os.pipe()
            os.set_blocking(self._ears, False)
            os.set_blocking(self._mouth, False)
            signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
            self._notifier = QSocketNotifier(self._ears, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._wake)

    def stop(self) -> None:
        """Let the signals do what they did before."""
        for number, before in self._before.items():
            signal.signal(number, before)
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            os.close(self._ears)
            os.close(self._mouth)

    def _wake(self) -> None:
        os.read(self._ears, 64)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._ended is None or (number == signal.SIGINT and now > self._ended + AGAIN):
            self._ended = now
            self._end()
