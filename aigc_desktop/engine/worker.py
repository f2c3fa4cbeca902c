"""The child process that does the work: receives jobs, sends events. One stays warm between jobs.

The parent talks to it through `Worker`; the child's side is `_child`. Torch is imported in the child only.
"""

import logging
import os
import queue
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aigc_desktop import i18n
from aigc_desktop.engine import machine, network
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunJob:
    """Request: carry out a job as the run `run_id` of its project."""

    job_json: str
    run_id: str | None = None


@dataclass(frozen=True)
class Look:
    """Request: say what is in this data."""

    generator: str
    path: str


@dataclass(frozen=True)
class Prepare:
    """Request: load this training's code and data, so that it can start at once. No answer; the job says what is wrong."""

    job_json: str


@dataclass(frozen=True)
class Ready:
    """Answer: the child has imported what it needs; the devices that it can compute on (none without torch)."""

    seconds: float
    devices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """Answer to Look: what was found, or the sentence why it cannot be used."""

    request: Look
    found: Found | None
    problem: Sentence | None = None


class WorkerDied(Exception):
    """The child process is gone; `exitcode` as multiprocessing gives it (negative: the signal)."""

    def __init__(self, exitcode: int | None):
        self.exitcode = exitcode
        super().__init__(f"the child process ended with {exitcode}")


class Worker:
    """A child process. With `torch` it imports torch at once, so that a job starts without delay.

    The child ends when this object's process does, however that ends: its pipe closes.
    """

    def __init__(
        self, torch: bool = True, threads: int = 0, device: str = "", language: str = "en", offline: bool = True
    ):
        self._settings = {
            "torch": torch, "threads": machine.threads(threads), "device": device, "language": language,
            "offline": offline,
        }  # fmt: skip
        self._process: Any = None
        self._connection: Connection | None = None
        self.devices: tuple[str, ...] = ()  # known once the child has said that it is ready

    def start(self) -> None:
        import multiprocessing  # the window, which starts its first child after its first paint, need not wait for it

        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=(theirs, self._settings), name="aigc-worker", daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def like(self, other: "Worker") -> bool:
        """Whether a child with the other's settings would be the same."""
        return self._settings == other._settings

    def send(self, request: "RunJob | Look | Prepare") -> None:
        """Hand over a request; it waits in the child until what came before is done."""
        self._write(request)

    def ask_to_stop(self, mode: str = "stop") -> None:
        """Ask the running job to end at its next step, with a checkpoint; mode is "stop" or "pause"."""
        self._write(mode)

    def poll(self, timeout: float = 0.0) -> Any:
        """The next event or answer, None if there is none within `timeout` seconds; WorkerDied when none will come."""
        assert self._connection is not None
        try:
            said = self._connection.recv() if self._connection.poll(timeout) else None
        except (EOFError, OSError):
            self._process.join(1.0)
            raise WorkerDied(self._process.exitcode) from None
        if isinstance(said, Ready):
            self.devices = said.devices
        return said

    def kill(self) -> None:
        """End the child at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join(5.0)

    def close(self) -> None:
        """End the child, killing it if it does not go by itself at once."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(0.5)
            if self._process.is_alive():
                self.kill()
            self._process.close()
        self._process = self._connection = None

    def _write(self, message: Any) -> None:
        assert self._connection is not None
        try:
            self._connection.send(message)
        except OSError:
            self._process.join(1.0)
            raise WorkerDied(self._process.exitcode) from None


def _child(connection: "Connection", settings: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the parent decides
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    os.environ["OMP_NUM_THREADS"] = os.environ["AIGC_THREADS"] = str(settings["threads"])
    if settings["device"]:
        os.environ["AIGC_DEVICE"] = settings["device"]
    machine.share_processors()
    i18n.use(settings["language"])
    if settings["offline"]:
        network.forbid(behind_wall=True)
    else:
        network.allow()
    requests: queue.SimpleQueue[RunJob | Look | Prepare] = queue.SimpleQueue()
    asked = {"mode": ""}
    threading.Thread(target=_listen, args=(connection, requests, asked), daemon=True).start()
    begun = time.monotonic()
    devices: tuple[str, ...] = ()
    if settings["torch"]:
        warm()
        from aigc_desktop.engine.device import available

        devices = available()
    connection.send(Ready(time.monotonic() - begun, devices))
    while True:
        request = requests.get()
        if isinstance(request, Look):
            connection.send(_look(request))
            continue
        if isinstance(request, Prepare):
            _prepare(Job.model_validate_json(request.job_json))
            continue
        from aigc_desktop.engine.execute import perform

        perform(Job.model_validate_json(request.job_json), connection.send, lambda: asked["mode"], request.run_id)


def _listen(
    connection: "Connection", requests: "queue.SimpleQueue[RunJob | Look | Prepare]", asked: dict[str, str]
) -> None:
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone; so is everybody who wanted the result
        if isinstance(message, str):
            asked["mode"] = message
        else:
            asked["mode"] = ""  # a stop that came after its job had ended is not meant for the next one
            requests.put(message)


def warm() -> None:
    """Import torch and what the first step of a training would import."""
    import accelerate  # noqa: F401
    import torch

    from aigc_desktop.engine import execute, fit  # noqa: F401
    from aigc_desktop.engine.device import device

    device()
    weight = torch.nn.Parameter(torch.zeros(8, 8))
    optimizer = torch.optim.AdamW([weight], fused=True)
    (weight @ weight).sum().backward()
    optimizer.step()  # the first optimiser step imports a great deal


def _prepare(job: Job) -> None:
    from aigc_desktop.engine import loaded, params, registry

    try:
        spec = registry.get(job.generator)
        registry.model(spec.id)
        loaded.load(spec, job, params.make(spec.params("train"), job.params))
    except (BadInput, OSError, MemoryError) as error:
        log.info("nothing prepared for %s: %s", job.generator, error)


def _look(request: Look) -> Looked:
    from aigc_desktop.engine import registry

    try:
        spec = registry.get(request.generator)
        assert spec.data is not None
        return Looked(request, spec.data.look(request.path))
    except BadInput as problem:
        return Looked(request, None, problem.sentence)
    except Exception as error:
        log.exception("looking at %s failed", request.path)
        reason = f"{type(error).__name__}: {error}"
        return Looked(
            request, None, Sentence(mark("{path} cannot be used: {reason}."), {"path": request.path, "reason": reason})
        )


def died_sentence(exitcode: int | None) -> Sentence:
    """What to say when the child is gone."""
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name if -exitcode in set(signal.Signals) else str(-exitcode)
        return Sentence(
            mark("The work stopped because its process was ended ({signal}); it can be continued."), {"signal": name}
        )
    return Sentence(
        mark("The work stopped because its process ended (code {code}); it can be continued."), {"code": exitcode}
    )
