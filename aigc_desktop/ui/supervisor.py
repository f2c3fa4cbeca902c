"""The threads between the window and its child processes: one per running job, one for looking at data."""

import queue
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from aigc_desktop.engine import events
from aigc_desktop.engine.worker import (
    Examine,
    Examined,
    Look,
    Looked,
    RunJob,
    Sample,
    Sampled,
    Worker,
    WorkerDied,
    died_sentence,
)
from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

PATIENCE = 10.0  # seconds between asking a job to stop and killing its process
LISTEN = 0.05  # seconds that a thread listens before it looks at its orders
PREPARING = 60.0  # seconds that a job waits for its child to load the same data beforehand
LOOKING = 60.0  # seconds that looking at data may take without a word


class Supervisor(QThread):
    """Hands one job to a child process and collects what it says in `said`; the last thing there is always a Last.

    `ask` and `kill` may be called from any thread and return at once.
    """

    def __init__(self, request: RunJob, worker: Worker, parent: QObject | None = None):
        super().__init__(parent)
        self.worker = worker
        self.said: deque[events.Event] = deque()
        self._request = request
        self._mode = ""
        self._deadline = 0.0
        self._kill = False
        self._begun = False  # the child said something

    @property
    def asked(self) -> str:
        """How the job was asked to end: "", "stop" or "pause"."""
        return self._mode

    def ask(self, mode: str = "stop") -> None:
        """End at the next step, with a checkpoint; a second call, or `PATIENCE` seconds, kill.

        What has not begun has nothing to save, and is not waited for.
        """
        self._kill = bool(self._mode) or not self._begun
        if not self._mode:
            self._deadline = time.monotonic() + PATIENCE
            self._mode = mode

    def kill(self) -> None:
        """End at once; what the job had not saved is gone."""
        self._mode = self._mode or "stop"
        self._kill = True

    def run(self) -> None:
        try:
            self._supervise()
        except WorkerDied as died:
            self.said.append(self._after_death(died))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must have its last event
            self.worker.kill()
            sentence = Sentence(mark("The work could not be started: {reason}."), {"reason": error})
            self.said.append(events.Failed(sentence, detail=traceback.format_exc(), run=self._request.run_id))

    def _supervise(self) -> None:
        if not self.worker.alive:
            self.worker.start()
        self.worker.send(self._request)
        told = False
        patience = time.monotonic() + PREPARING
        while True:
            if self.worker.preparing and time.monotonic() > patience:
                self.worker.close()
                self.worker.start()
                self.worker.send(self._request)
            if self._mode and (self._kill or time.monotonic() > self._deadline):
                self.worker.kill()
            elif self._mode and not told:
                self.worker.ask_to_stop(self._mode)
                told = True
            event = self.worker.poll(LISTEN)
            if isinstance(event, events.Event):
                self._begun = True
                self.said.append(event)
                if isinstance(event, events.Last):
                    return

    @property
    def begun(self) -> bool:
        """Whether the job has said anything."""
        return self._begun

    def _after_death(self, died: WorkerDied) -> events.Last:
        if self._kill:
            return events.Cancelled(run=self._request.run_id)
        if self._mode and time.monotonic() > self._deadline:
            return events.Cancelled(run=self._request.run_id, text=Sentence(SILENT, {"seconds": round(PATIENCE)}))
        return events.Lost(died_sentence(died), run=self._request.run_id)


SILENT = mark("The work did not answer for {seconds} seconds and was ended; what it had saved is kept.")


class Scout(QThread):
    """Looks at the user's data in a child process without torch, one request after another."""

    answered = Signal(
        object, object
    )  # the callback that came with the request; Found, Examined, or the Sentence why not
    progressed = Signal(object, object)  # the same callback; how far a look is that takes long, as events.Progress

    def __init__(self, language: str, parent: QObject | None = None):
        super().__init__(parent)
        self._language = language
        self._requests: queue.SimpleQueue[tuple[Look | Sample | Examine, Callable[[Any], None]] | None] = (
            queue.SimpleQueue()
        )
        self._closing = False

    def look(self, request: Look | Sample | Examine, callback: Callable[[Any], None]) -> None:
        """Look at this data or this model; the answer comes with `answered`."""
        self._requests.put((request, callback))

    def close(self) -> None:
        """Ends the thread and its process; what was not answered stays so."""
        self._closing = True
        self._requests.put(None)
        self.wait()

    def run(self) -> None:
        worker = Worker(torch=False, threads=1, language=self._language)
        try:
            while (request := self._requests.get()) is not None and not self._closing:
                found = self._ask(worker, *request)
                if not self._closing:
                    self.answered.emit(request[1], found)
        finally:
            worker.close()

    def _ask(self, worker: Worker, request: Look | Sample | Examine, callback: Callable[[Any], None]) -> Any:
        try:
            if not worker.alive:
                worker.start()
            worker.send(request)
            patience = time.monotonic() + LOOKING
            while not self._closing and time.monotonic() < patience:
                answer = worker.poll(LISTEN)
                if isinstance(answer, Looked):
                    return answer.found or answer.problem
                if isinstance(answer, Examined | Sampled):
                    return answer
                if isinstance(answer, events.Progress):  # it goes on, and takes its time
                    patience = time.monotonic() + LOOKING
                    self.progressed.emit(callback, answer)
            worker.close()
            pattern = mark(
                "Looking at {path} took more than {seconds} seconds and was given up; choose something else."
            )
            return Sentence(pattern, {"path": request.path, "seconds": round(LOOKING)})
        except WorkerDied as died:
            worker.close()
            pattern = mark("{path} cannot be looked at: the process that read it ended ({code}).")
            return Sentence(pattern, {"path": request.path, "code": died.exitcode})
