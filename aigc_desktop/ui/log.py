"""The log: what every part of the program says through `logging`, kept in memory and in a file.

Exceptions that nobody caught arrive here too, from any thread, and Qt's own warnings.
"""

import logging
import logging.handlers
import sys
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, QStandardPaths, QtMsgType, Signal, qInstallMessageHandler

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

LINES = 5000
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
UNEXPECTED = mark("Something went wrong that should not have. What is saved is safe; the log says more.")


class Log(QObject):
    """The log of this process. Signals may come from any thread; connected slots run in the thread of their object."""

    line = Signal(str)
    problem = Signal(object)  # a Sentence for the user, about an exception that nobody caught

    def __init__(self, file: Path | None = None):
        super().__init__()
        self.lines: deque[str] = deque(maxlen=LINES)
        self.file = file
        self._handlers: list[logging.Handler] = [_Ring(self)]
        if file is not None:
            self._handlers += _to_file(file)
        self._hooks: tuple[Any, ...] | None = None

    def text(self) -> str:
        return "\n".join(self.lines)

    def start(self) -> None:
        """Take over logging, uncaught exceptions and Qt's messages until `stop`."""
        root = logging.getLogger()
        for handler in self._handlers:
            handler.setFormatter(logging.Formatter("%(asctime)s  %(levelname)-7s %(name)s: %(message)s"))
            root.addHandler(handler)
        root.setLevel(logging.INFO)
        logging.raiseExceptions = False  # a file that cannot be written (a full disk): the log in memory goes on
        self._hooks = (sys.excepthook, threading.excepthook, qInstallMessageHandler(_from_qt))
        sys.excepthook = self._uncaught
        threading.excepthook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def stop(self) -> None:
        """Give back what `start` took; harmless where it was not started."""
        if self._hooks is None:
            return
        sys.excepthook, threading.excepthook, handler = self._hooks
        qInstallMessageHandler(handler)
        self._hooks = None
        for one in self._handlers:
            logging.getLogger().removeHandler(one)
            one.close()

    def _uncaught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        if isinstance(error, BadInput):
            self.problem.emit(error.sentence)
            return
        logging.getLogger("aigc_desktop").error("uncaught", exc_info=(kind, error, trace))  # type: ignore[arg-type]
        self.problem.emit(Sentence(UNEXPECTED))


class _Ring(logging.Handler):
    def __init__(self, log: Log):
        super().__init__()
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.log.lines.append(line)
        self.log.line.emit(line)


def log_file() -> Path:
    """Where the log file lies on this platform."""
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericStateLocation)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "AIGC Desktop" / "aigc-desktop.log"
    return Path(where) / "AIGC Desktop" / "logs" / "aigc-desktop.log"


def _to_file(file: Path) -> list[logging.Handler]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return [logging.handlers.RotatingFileHandler(file, maxBytes=1_000_000, backupCount=2, encoding="utf-8")]
    except OSError:  # a home that cannot be written: the log in memory is enough
        return []


def _from_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(LEVELS.get(kind, logging.INFO), text)
