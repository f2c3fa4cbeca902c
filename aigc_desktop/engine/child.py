"""The child process itself: takes requests from its pipe, carries them out one after another, sends events and answers."""

import gc
import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aigc_desktop import i18n
from aigc_desktop.engine import machine, memory, network
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.worker import (
    Answered,
    Ask,
    Examine,
    Examined,
    Look,
    Looked,
    Prepare,
    Prepared,
    Ready,
    RunJob,
    Sample,
    Sampled,
)
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

log = logging.getLogger(__name__)

SHOWN = 0.5  # seconds between two words about a look that takes long


def main(connection: "Connection", settings: dict[str, Any]) -> None:
    """Until the parent is gone, or asks for the end. `settings` are those of `Worker`."""
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
    requests: queue.SimpleQueue[RunJob | Look | Sample | Examine | Prepare | Ask] = queue.SimpleQueue()
    orders = Orders()
    for name in ("SIGTERM", "SIGHUP"):  # logging out, shutting down, a terminal that is closed: for the whole group
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: orders.leave())
    threading.Thread(target=_listen, args=(connection, requests, orders), daemon=True).start()
    begun = time.monotonic()
    devices: tuple[str, ...] = ()
    if settings["torch"]:
        warm()
        from aigc_desktop.engine.device import available

        devices = available()
        gc.collect()
        gc.freeze()  # what torch is made of stays; to look through it again and again takes a tenth of a second each time
    memory.limit(settings["memory_gb"])
    connection.send(Ready(time.monotonic() - begun, devices))
    while True:
        request = requests.get()
        if isinstance(request, Look):
            connection.send(_look(request, connection))
        elif isinstance(request, Sample):
            connection.send(_sample(request))
        elif isinstance(request, Examine):
            connection.send(_examine(request))
        elif isinstance(request, Ask):
            connection.send(_answer(request))
        elif isinstance(request, Prepare):
            if requests.empty():  # else something newer is wanted
                _prepare(Job.model_validate_json(request.job_json), lambda: not requests.empty())
            connection.send(Prepared(request.job_json))
        else:
            _perform(request, connection, orders)


class Orders:
    """What the child was told to do with its job; read by the job, written by the listening thread and by signals."""

    def __init__(self) -> None:
        self.mode = ""  # "stop" or "pause"
        self.busy = False  # with a job
        self.leaving = False  # after it

    def leave(self) -> None:
        """End this process: at once without a job, else at its next step, with a checkpoint."""
        if not self.busy:
            os._exit(0)
        self.mode = self.mode or "pause"
        self.leaving = True


def _perform(request: RunJob, connection: "Connection", orders: Orders) -> None:
    from aigc_desktop.engine.execute import perform

    orders.busy = True
    perform(Job.model_validate_json(request.job_json), connection.send, lambda: orders.mode, request.run_id)
    orders.busy = False
    if orders.leaving:
        os._exit(0)
    gc.collect()
    memory.give_back()


def _listen(
    connection: "Connection",
    requests: "queue.SimpleQueue[RunJob | Look | Sample | Examine | Prepare | Ask]",
    orders: Orders,
) -> None:
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone; so is everybody who wanted the result
        if isinstance(message, str):
            orders.mode = message
        else:
            orders.mode = ""  # a stop that came after its job had ended is not meant for the next one
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


class _Overtaken(Exception):
    """Something newer is wanted than what is being prepared."""


def _prepare(job: Job, overtaken: Callable[[], bool] = lambda: False) -> None:
    """Read the job's data, so that it need not be waited for; left off where that takes long and something else is wanted."""
    from aigc_desktop.engine import loaded, params, progress, registry

    def go_on(phase: str, fraction: float | None) -> None:
        if overtaken():
            raise _Overtaken(phase)

    try:
        spec = registry.get(job.generator)
        registry.model(spec.id)
        with progress.heard_by(go_on):
            loaded.load(spec, job, params.make(spec.params("train"), job.params))
    except _Overtaken:
        log.info("%s was being prepared, but something else is wanted now", job.generator)
    except (BadInput, OSError, MemoryError) as error:
        log.info("nothing prepared for %s: %s", job.generator, error)


def _answer(request: Ask) -> Answered:
    from pathlib import Path

    from aigc_desktop.engine import execute, explore

    try:
        return Answered(explore.answer(request.generator, Path(request.model), request.question))
    except Exception as error:  # noqa: BLE001 - whatever it is, who asks is waiting
        return Answered(None, execute.sentence_of(error))


def _examine(request: Examine) -> Examined:
    from pathlib import Path

    from aigc_desktop.engine import doctor, models

    folder = Path(request.path)
    report = doctor.examine(folder, request.memory_gb)
    try:
        generator = models.spec_of(folder).id
    except BadInput:
        generator = ""
    return Examined(request, report, generator)


def _look(request: Look, connection: "Connection") -> Looked:
    from aigc_desktop.engine import progress, registry
    from aigc_desktop.engine.events import Progress

    shown = time.monotonic()

    def tell(phase: str, fraction: float | None) -> None:
        nonlocal shown
        if time.monotonic() > shown + SHOWN:
            shown = time.monotonic()
            connection.send(Progress(0, 0, None, phase, fraction))

    try:
        spec = registry.get(request.generator)
        assert spec.data is not None
        with progress.heard_by(tell):
            return Looked(request, spec.data.look(request.path))
    except Exception as error:  # noqa: BLE001 - whatever it is, who asks is waiting
        return Looked(request, None, _why_not(request.path, error))


def _sample(request: Sample) -> Sampled:
    from aigc_desktop.engine import registry

    try:
        data: Any = registry.get(request.generator).data
        return Sampled(request, data.sample(request.path, request.count, **request.settings))
    except Exception as error:  # noqa: BLE001 - whatever it is, who asks is waiting
        return Sampled(request, [], _why_not(request.path, error))


def _why_not(path: str, error: Exception) -> Sentence:
    if isinstance(error, BadInput):
        return error.sentence
    if isinstance(error, MemoryError):
        return Sentence(mark("There is not enough memory to look at {path}."), {"path": path})
    log.error("looking at %s failed", path, exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    return Sentence(mark("{path} cannot be used: {reason}."), {"path": path, "reason": reason})
