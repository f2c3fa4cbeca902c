"""Jobs: the one queue for everything that is trained or created. Its state is the project's table of runs."""

import contextlib
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import ValidationError
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.worker import Ask, Examine, Look, Prepare, RunJob, Sample, Worker, WorkerDied
from aigc_desktop.i18n import language, mark
from aigc_desktop.library.disk import Trouble
from aigc_desktop.library.project import Project
from aigc_desktop.library.runs import STATES, RunRow
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui.asker import Asker
from aigc_desktop.ui.outcome import outcome, went_well
from aigc_desktop.ui.place import Place
from aigc_desktop.ui.settings import Settings
from aigc_desktop.ui.supervisor import Scout, Supervisor

DRAIN = 33  # milliseconds between looks at what the jobs said
WATCH = 1000  # milliseconds between looks at what other programs wrote into the project

REMEMBERED = 100  # ended jobs that are spoken of

ENDED = ("finished", "cancelled", "failed")
OPEN = ("running", "waiting", "paused", "interrupted", "lost")
CONTINUABLE = ("paused", "interrupted", "lost", "cancelled", "failed")
NOT_TAKEN_UP = tuple(state for state in STATES if state != "waiting")  # else it is to be continued, by whomever

Said = TypeVar("Said", bound=events.Event)


class Jobs(QObject):
    """Runs the project's waiting jobs in child processes, in order, and tells what they say.

    Everything here belongs to the window's thread and returns at once. A job's row in `project.runs` is its state:
    who reopens the project finds the queue as it was.
    """

    changed = Signal()  # the rows: a state, the order
    started = Signal(str)  # a run
    ended = Signal(str, object)  # a run and its Last event, after its subscribers heard of it
    library_changed = Signal()  # an item, a model or a run appeared or changed, here or by another program
    _idle_now = Signal()

    def __init__(self, project: Project, settings: Settings, parent: QObject | None = None):
        super().__init__(parent)
        self.project = project
        self.settings = settings
        self._running: dict[str, Supervisor] = {}
        self._progress: dict[str, events.Progress] = {}
        self._last: dict[str, events.Last] = {}
        self._over: list[str] = []
        self._rows: list[RunRow] = []  # as they were read last
        self._interrupted: set[str] = set()  # asked to end because the window closes, not because the user said so
        self._subscriptions: list[tuple[str | None, type[events.Event], Callable[[Any], None]]] = []
        self._warm: list[Worker] = []
        self._scout: Scout | None = None
        self._asker: Asker | None = None
        self._closing = self._resting = False
        self._drain_timer = QTimer(self, interval=DRAIN, timerType=Qt.TimerType.PreciseTimer)
        self._drain_timer.timeout.connect(self._drain)
        self._watch_timer = QTimer(self, interval=WATCH, timerType=Qt.TimerType.CoarseTimer)
        self._watch_timer.timeout.connect(self._watch)
        self.place = Place(project, self)
        self.place.changed.connect(self._place_changed)
        self.place.write("stale", project.runs.interrupt_stale)
        self._version = project.data_version()
        self._watch_timer.start()
        settings.changed.connect(self._setting_changed)

    # The queue

    def submit(self, job: Job) -> str:
        """Put the job at the end of the queue; the id of its run."""
        stored = job.model_dump(mode="json") | {"project": None}
        run = self.project.runs.add(stored, state="waiting")
        self._start_next()
        self.changed.emit()
        return run

    def rows(self) -> list[RunRow]:
        """What is not done, in the order of the queue: running, waiting, paused, interrupted, lost."""
        with suppress(Trouble):
            self._rows = self.project.runs.list(states=OPEN)
        return self._rows

    def ended_rows(self) -> list[RunRow]:
        """What ended since the window opened and was not cleared away, the latest first."""
        return [row for run in reversed(self._over) if (row := self.project.runs.get(run)).state in ENDED]

    def clear(self, run: str | None = None) -> None:
        """Speak no more of this ended run, or of all; their rows and folders stay."""
        self._over = [one for one in self._over if run is not None and one != run]
        self.changed.emit()

    def progress(self, run: str) -> events.Progress | None:
        """How far a running job is."""
        return self._progress.get(run)

    def last(self, run: str) -> events.Last | None:
        """How a job ended, if it ended since the window opened."""
        return self._last.get(run)

    def checkpoint(self, run: str) -> int:
        """The step from which a run can be continued; 0 where there is none."""
        folder = self.project.runs.folder(run) / "checkpoints"
        return max((int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit()), default=0)

    @property
    def running(self) -> str | None:
        """The run that is being worked on (the first, where settings allow several)."""
        return next(iter(self._running), None)

    def is_running(self, run: str) -> bool:
        """Whether this window runs it (another program may run jobs of the same project)."""
        return run in self._running

    def stopping(self, run: str) -> str:
        """How a running job was asked to end: "", "stop" or "pause"."""
        return self._running[run].asked if run in self._running else ""

    def stop(self, run: str) -> None:
        """End a job: running, at its next step with a checkpoint; called again, at once. Waiting: it leaves the queue."""
        if run in self._running:
            self._running[run].ask("stop")
        else:
            self.project.runs.change(run, "cancelled", among=("waiting",))
        self.changed.emit()

    def pause(self, run: str) -> None:
        """Let a training rest at its next step, or a waiting job wait longer; it keeps its place."""
        if run in self._running:
            self._running[run].ask("pause")
        else:
            self.project.runs.change(run, "paused", among=("waiting",))
        self.changed.emit()

    def resume(self, run: str) -> None:
        """Continue from the last checkpoint, when its turn comes."""
        if self.project.runs.change(run, "waiting", among=CONTINUABLE, problem=None):
            self._start_next()
            self.changed.emit()

    def remove(self, run: str) -> None:
        """Take a job that is not running out of the queue; its run goes to the project's trash.

        BadInput where another program works on it.
        """
        if run not in self._running:
            self.project.runs.remove(run)
            self._forget(run)
            self.changed.emit()

    def reorder(self, runs: list[str]) -> None:
        """The queue in this order."""
        self.project.runs.reorder(runs)
        self.changed.emit()

    # What jobs say

    def subscribe(self, run: str | None, event: type[Said], callback: Callable[[Said], None]) -> Callable[[], None]:
        """Call back with each event of this type (or a kind of it) that `run`, or with None any run, says.

        Metrics and everything else come one by one and in order; of Previews the latest of each slot, of Insights that of
        each view and slot. Returns what ends the subscription. Callbacks come in the window's thread, at most every 33 ms
        a batch, the Last event last.
        """
        entry = (run, event, callback)
        self._subscriptions.append(entry)

        def end() -> None:
            if entry in self._subscriptions:
                self._subscriptions.remove(entry)

        return end

    def look(self, generator: str, path: str, callback: Callable[[Any], None]) -> None:
        """Say what is in this data: `callback` gets a Found, or the Sentence that says why it cannot be used.

        Of a look that takes long it first gets `events.Progress`, again and again.
        """
        self._have_looked(Look(generator, path), callback)

    def sample(
        self, generator: str, path: str, count: int, settings: dict[str, Any], callback: Callable[[Any], None]
    ) -> None:
        """Show examples of this data as a training with these settings sees them: `callback` gets a Sampled, or the
        Sentence why there is none.
        """
        self._have_looked(Sample(generator, path, count, settings), callback)

    def examine(self, path: str, callback: Callable[[Any], None]) -> None:
        """Have the model doctor look at this folder: `callback` gets an Examined, or the Sentence why there is none."""
        self._have_looked(Examine(path, self.settings["memory_gb"]), callback)

    def _have_looked(self, request: Look | Sample | Examine, callback: Callable[[Any], None]) -> None:
        if self._closing:  # a page that is about to go asks once more: nobody would end what answers
            return
        if self._scout is None:
            self._scout = Scout(language(), self)
            self._scout.answered.connect(self._answered)
            self._scout.progressed.connect(self._answered)
            self._scout.start()
        self._scout.look(request, callback)

    def ask(self, generator: str, model: str, question: dict[str, Any], callback: Callable[[Any], None]) -> None:
        """Ask a model, by name or folder: `callback` gets the data of the view that the question names, or the Sentence
        why there is none. Of each generator and view the newest question wins; older ones are never answered.
        """
        try:
            folder = self.project.models.find(model)
        except BadInput as problem:
            _call(callback, problem.sentence)
            return
        self.expect_questions()
        if self._asker is None:  # the window closes
            return
        self._asker.ask((generator, question.get("view")), Ask(generator, str(folder), question), callback)

    def expect_questions(self) -> None:
        """Start the child process that answers questions, if it is not there."""
        if self._asker is None and not self._closing:
            self._asker = Asker(self._worker, self)
            self._asker.answered.connect(self._answered)
            self._asker.start()

    def devices(self) -> tuple[str, ...]:
        """What models can compute on here ("cpu", "cuda", "mps"), as a child found; empty until one has said so."""
        for worker in [*self._warm, *(supervisor.worker for supervisor in self._running.values())]:
            if worker in self._warm and worker.alive and not worker.devices:
                with contextlib.suppress(WorkerDied):
                    worker.poll()  # a child that waits says nothing but that it is ready
            if worker.devices:
                return worker.devices
        return ()

    # Life

    def warm(self) -> None:
        """Start the child process that the first job will use, and go on with what waits from last time."""
        if not (self._closing or self._resting):
            if not self._warm and not self._running:
                worker = self._worker()
                worker.start()
                self._warm.append(worker)
            self._start_next()

    def prepare(self, job: Job) -> None:
        """Let the waiting child load this training's data, so that it starts at once when it is wanted."""
        if self._warm and not self._running and self._warm[-1].alive:
            with contextlib.suppress(WorkerDied):
                self._warm[-1].hear()
                self._warm[-1].send(Prepare(job.model_dump_json()))

    def interrupt(self) -> None:
        """End every job, with a checkpoint, to be continued later; returns once they have ended, and starts none."""
        self._resting = True
        for run, supervisor in self._running.items():
            if not supervisor.asked:
                supervisor.ask("pause")
                self._interrupted.add(run)
        self.changed.emit()
        if self._running:
            loop = QEventLoop()
            self._idle_now.connect(loop.quit)
            loop.exec()
        self._resting = False

    def shutdown(self) -> None:
        """End every job, with a checkpoint, and every child process; what ran is offered for continuing next time.

        Keeps the window alive meanwhile. Called again before it is done, or after ten seconds, it kills.
        """
        if self._closing:
            for supervisor in self._running.values():
                supervisor.kill()
            return
        self._closing = True
        self.interrupt()
        for supervisor in self._running.values():  # the application ended the loop before the jobs did
            supervisor.kill()
            supervisor.wait()
        self._drain()
        for worker in self._warm:
            worker.close()
        self._warm.clear()
        if self._scout is not None:
            self._scout.close()
            self._scout = None
        if self._asker is not None:
            self._asker.close()
            self._asker = None
        self._drain_timer.stop()
        self._watch_timer.stop()

    # Inside

    def _worker(self) -> Worker:
        device = self.settings["device"]
        return Worker(
            threads=self.settings["threads"],
            device="" if device == "auto" else device,
            language=language(),
            memory_gb=self.settings["memory_gb"],
            offline=self.settings["offline"],
        )

    def _take_worker(self, job: Job) -> Worker:
        """A child that waits, else a new one; one that is still busy with other data is not waited for."""
        while self._warm:
            worker = self._warm.pop()
            with suppress(WorkerDied):
                worker.hear()
            if worker.alive and (not worker.preparing or _same_data(Job.model_validate_json(worker.preparing), job)):
                return worker
            worker.close()
        return self._worker()

    def _start_next(self) -> None:
        if not (self._closing or self._resting):
            self.place.write("next", self._start_waiting)

    def _start_waiting(self) -> None:
        for row in self.project.runs.list(states=("waiting",)):
            if len(self._running) >= self.settings["jobs_at_once"]:
                return
            if row.id not in self._running:
                self._start(row)

    def _start(self, row: RunRow) -> None:
        self._forget(row.id)
        try:
            job = Job.model_validate(row.job | {"project": str(self.project.path)})
        except ValidationError:
            problem = Sentence(mark("This job was made by another version of the program and cannot be read."))
            self.project.runs.change(row.id, "failed", among=("waiting",), problem=problem)
            self._remember(row.id)
            return
        if not self.project.runs.claim(row.id, among=("waiting",)):  # another window was quicker
            return
        supervisor = Supervisor(RunJob(job.model_dump_json(), row.id), self._take_worker(job), self)
        self._interrupted.discard(row.id)
        self._running[row.id] = supervisor
        if self._asker is not None:
            self._asker.make_room()
        supervisor.start()
        self._drain_timer.start()
        self.started.emit(row.id)

    def _drain(self) -> None:
        saved = False
        for run, supervisor in list(self._running.items()):
            latest: dict[Any, events.Event] = {}
            last: events.Last | None = None
            while supervisor.said:
                event = supervisor.said.popleft()
                if isinstance(event, events.Preview):
                    latest[event.slot] = event
                elif isinstance(event, events.Insight):
                    latest[event.view, event.slot] = event
                elif isinstance(event, events.Last):
                    last = event
                else:
                    if isinstance(event, events.Progress):
                        self._progress[run] = event
                    saved = saved or isinstance(event, events.Saved)
                    self._tell(run, event)
            for event in latest.values():
                self._tell(run, event)
            if last is not None:
                self._end(run, supervisor, last)
        if saved:
            self.library_changed.emit()

    def _tell(self, run: str, event: events.Event) -> None:
        for entry in list(self._subscriptions):
            whose, kind, callback = entry
            if whose in (None, run) and isinstance(event, kind) and entry in self._subscriptions:
                _call(callback, event)

    def _end(self, run: str, supervisor: Supervisor, last: events.Last) -> None:
        supervisor.wait()
        del self._running[run]
        last = self._settle(run, supervisor, last)
        self._last[run] = last
        self._remember(run)
        worker = supervisor.worker
        if worker.alive and worker.like(self._worker()) and went_well(last, supervisor.asked) and not self._closing:
            self._warm.append(worker)
        else:
            worker.close()
        supervisor.deleteLater()
        self._tell(run, last)
        self.ended.emit(run, last)
        self.library_changed.emit()
        self._start_next()
        if not self._running:
            self._drain_timer.stop()
            self._idle_now.emit()
            self.warm()
        self.changed.emit()

    def _settle(self, run: str, supervisor: Supervisor, last: events.Last) -> events.Last:
        """Write the state that the run ended in; the last event, completed."""
        closing = run in self._interrupted
        ended = outcome(last, run, self.checkpoint(run), supervisor.asked, closing, supervisor.begun)
        self._note(run, ended.state, supervisor.worker.pid, ended.problem)
        return ended.last

    def _note(self, run: str, state: str, child: int | None, problem: Sentence | None) -> None:
        runs = self.project.runs
        self.place.write(run, lambda: runs.change(run, state, NOT_TAKEN_UP, heir_of=child, problem=problem))

    def _place_changed(self, trouble: Sentence | None) -> None:
        if trouble is None and not self._closing:
            self.library_changed.emit()
            self.changed.emit()
            self._start_next()

    def _remember(self, run: str) -> None:
        """It ended; of what ended long ago nothing is kept here, only in the project."""
        self._over.append(run)
        for gone in self._over[:-REMEMBERED]:
            self._forget(gone)
        while len(self._last) > REMEMBERED:
            self._last.pop(next(iter(self._last)))
        while len(self._progress) > REMEMBERED + len(self._running):
            self._progress.pop(next(iter(self._progress)))

    def _forget(self, run: str) -> None:
        self._progress.pop(run, None)
        self._last.pop(run, None)
        self._over = [one for one in self._over if one != run]

    def _answered(self, callback: Callable[[Any], None], found: Any) -> None:
        _call(callback, found)

    def _watch(self) -> None:
        if not self.place.look() or QGuiApplication.applicationState() != Qt.ApplicationState.ApplicationActive:
            return
        # The command line, or another window, may have been killed meanwhile.
        stale = self.project.runs.interrupt_stale(self._running)
        version = self.project.data_version()
        if version != self._version or stale:
            self._version = version
            self.library_changed.emit()
            self.changed.emit()

    def _setting_changed(self, name: str) -> None:
        if self._closing:
            return
        if name in ("threads", "device", "memory_gb", "offline"):
            for worker in self._warm:
                worker.close()
            self._warm.clear()
            self.warm()
        elif name == "jobs_at_once":
            self._start_next()
            self.changed.emit()


def _same_data(one: Job, other: Job) -> bool:
    return (one.generator, one.data, one.heldout) == (other.generator, other.data, other.heldout)


def _call(callback: Callable[[Any], None], value: Any) -> None:
    """A callback's fault is the callback's own: it is reported as any other of the window, and nobody else misses a word."""
    try:
        callback(value)
    except Exception:  # noqa: BLE001 - see above
        sys.excepthook(*sys.exc_info())
