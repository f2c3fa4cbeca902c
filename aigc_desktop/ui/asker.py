"""The thread between the window and the child process that answers questions to a loaded model."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from aigc_desktop.engine.worker import Answered, Ask, Worker, WorkerDied
from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

LISTEN = 0.05  # seconds that the thread listens before it looks whether it should end
PATIENCE = 300.0  # seconds that an answer may take, the loading of a large model included
IDLE = 300.0  # seconds without a question, after which the child and the model in it are let go
IDLE_WITH_JOB = 30.0  # the same where a job begins, which may need the memory

Callback = Callable[[Any], None]


class Asker(QThread):
    """Asks one question after another, of each key only the newest: what is asked while it waits takes its place, and
    the answer to what is out of date is dropped. The child is started when it is first needed.

    Methods may be called from any thread and return at once.
    """

    answered = Signal(
        object, object
    )  # the callback that came with the question; a view's data, or the Sentence why not

    def __init__(self, make_worker: Callable[[], Worker], parent: QObject | None = None):
        super().__init__(parent)
        self._make_worker = make_worker  # called in the window's thread only
        self._worker: Worker | None = None
        self._wanted = make_worker()
        self._changed = threading.Condition()
        self._waiting: dict[Hashable, tuple[Ask, Callback]] = {}
        self._rest_at = time.monotonic() + IDLE
        self._last = time.monotonic()
        self._closing = False

    def ask(self, key: Hashable, question: Ask, callback: Callback) -> None:
        """Answer this instead of what waits under the same key; the answer comes with `answered`."""
        with self._changed:
            self._wanted = self._make_worker()
            self._waiting.pop(key, None)
            self._waiting[key] = question, callback
            self._changed.notify()

    def make_room(self) -> None:
        """A job begins: unless questions come just now, let the model go soon."""
        with self._changed:
            self._rest_at = min(self._rest_at, self._last + IDLE_WITH_JOB)
            self._changed.notify()

    def close(self) -> None:
        """Ends the thread and its process; what was not answered stays so."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        try:
            self._start()
            while not self._closing:
                self._next()
        finally:
            self._let_go()

    def _next(self) -> None:
        """One question, or some rest."""
        with self._changed:
            if not self._waiting and not self._closing:
                resting = self._worker is None
                self._changed.wait(None if resting else max(0.0, self._rest_at - time.monotonic()))
            if not self._waiting:
                if time.monotonic() >= self._rest_at:
                    self._let_go()
                return
            key = next(iter(self._waiting))
            question, callback = self._waiting.pop(key)
        answer = self._answer(question)
        with self._changed:
            self._last = time.monotonic()
            self._rest_at = self._last + IDLE
            newer = key in self._waiting
        if not (newer or self._closing):
            self.answered.emit(callback, answer)

    def _answer(self, question: Ask) -> Any:
        try:
            worker = self._start()
            worker.send(question)
            patience = time.monotonic() + PATIENCE
            while not self._closing and time.monotonic() < patience:
                said = worker.poll(LISTEN)
                if isinstance(said, Answered):
                    return said.problem if said.data is None else said.data
            self._let_go()
            return Sentence(
                mark("The model took more than {seconds} seconds to answer and was given up."),
                {"seconds": round(PATIENCE)},
            )
        except WorkerDied as died:
            self._let_go()
            if died.no_memory:
                return Sentence(mark("There is not enough memory to look into this model."))
            return Sentence(mark("The model cannot answer: its process ended ({code})."), {"code": died.exitcode})

    def _start(self) -> Worker:
        """The child, as the settings of now want it."""
        if self._worker is None or not self._worker.alive or not self._worker.like(self._wanted):
            self._let_go()
            self._worker = self._wanted
            self._worker.start()
        return self._worker

    def _let_go(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
