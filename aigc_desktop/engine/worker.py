"""The child process that does the work, as its parent sees it: takes requests, sends events. One stays warm between jobs.

The child's own side is `engine.child`; torch is imported there only.
"""

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aigc_desktop.engine import machine, memory
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from aigc_desktop.engine.doctor import Report


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
class Sample:
    """Request: show so many examples of this data as a training with these settings sees them."""

    generator: str
    path: str
    count: int
    settings: dict[str, Any]


@dataclass(frozen=True)
class Sampled:
    """Answer to Sample: what the kind of data gives (`data.seen.Seen` of pictures), or the sentence why there is none."""

    request: Sample
    examples: list[Any]
    problem: Sentence | None = None


@dataclass(frozen=True)
class Examine:
    """Request: look at this model folder, without loading it. `memory_gb` as `engine.memory.budget` wants it."""

    path: str
    memory_gb: float = 0


@dataclass(frozen=True)
class Examined:
    """Answer to Examine: the doctor's report, and which generator can create with the folder ("": none)."""

    request: Examine
    report: "Report"
    generator: str


@dataclass(frozen=True)
class Prepare:
    """Request: load this training's code and data, so that it can start at once. No answer; the job says what is wrong."""

    job_json: str


@dataclass(frozen=True)
class Prepared:
    """Answer to Prepare, however it went."""

    job_json: str


@dataclass(frozen=True)
class Ask:
    """Request: a question to the model in this folder, as its generator's `explore` takes it."""

    generator: str
    model: str
    question: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """Answer to Ask: the data of the view that it names, or the sentence why there is none."""

    data: dict[str, Any] | None
    problem: Sentence | None = None


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
    """The child process is gone; `exitcode` as multiprocessing gives it (negative: the signal).

    `no_memory`: probably the system ended it because the machine's memory ran out.
    """

    def __init__(self, exitcode: int | None, no_memory: bool = False):
        self.exitcode, self.no_memory = exitcode, no_memory
        super().__init__(f"the child process ended with {exitcode}")


class Worker:
    """A child process. With `torch` it imports torch at once, so that a job starts without delay.

    The child ends when this object's process does, however that ends: its pipe closes.
    """

    def __init__(
        self,
        torch: bool = True,
        threads: int = 0,
        device: str = "",
        language: str = "en",
        memory_gb: float = 0,
        offline: bool = True,
    ):
        """`memory_gb` is how much its work may take beside what the child itself needs; 0: a fitting share."""
        self._settings = {
            "torch": torch, "threads": machine.threads(threads), "device": device, "language": language,
            "memory_gb": memory_gb, "offline": offline,
        }  # fmt: skip
        self._process: Any = None
        self._connection: Connection | None = None
        self._kills = 0
        self._preparing: list[str] = []
        self.devices: tuple[str, ...] = ()  # known once the child has said that it is ready

    def start(self) -> None:
        import multiprocessing  # the window, which starts its first child after its first paint, need not wait for it

        from aigc_desktop.engine import child

        context = multiprocessing.get_context("spawn")
        self._kills = memory.kills()
        self._preparing.clear()
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=child.main, args=(theirs, self._settings), name="aigc-worker", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def like(self, other: "Worker") -> bool:
        """Whether a child with the other's settings would do the same; what it says is translated here."""
        return self._settings | {"language": ""} == other._settings | {"language": ""}

    def send(self, request: "RunJob | Look | Sample | Examine | Prepare | Ask") -> None:
        """Hand over a request; it waits in the child until what came before is done."""
        self._write(request)
        if isinstance(request, Prepare):
            self._preparing.append(request.job_json)

    @property
    def preparing(self) -> str:
        """The training (its JSON) that the child was last told to prepare and has not answered for; "" if there is none."""
        return self._preparing[-1] if self._preparing else ""

    def hear(self) -> None:
        """Take in what a child without a job has said; returns at once."""
        while self.poll() is not None:
            pass

    def ask_to_stop(self, mode: str = "stop") -> None:
        """Ask the running job to end at its next step, with a checkpoint; mode is "stop" or "pause"."""
        self._write(mode)

    def poll(self, timeout: float = 0.0) -> Any:
        """The next event or answer, None if there is none within `timeout` seconds; WorkerDied when none will come."""
        assert self._connection is not None
        try:
            said = self._connection.recv() if self._connection.poll(timeout) else None
        except (EOFError, OSError):
            raise self._died() from None
        if isinstance(said, Ready):
            self.devices = said.devices
        elif isinstance(said, Prepared) and said.job_json in self._preparing:
            self._preparing.remove(said.job_json)
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
            raise self._died() from None

    def _died(self) -> WorkerDied:
        self._process.join(1.0)
        code = self._process.exitcode
        return WorkerDied(code, code == -9 and memory.kills() > self._kills)  # SIGKILL, where there are signals


def died_sentence(died: WorkerDied) -> Sentence:
    """What to say when the child is gone."""
    code = died.exitcode
    if died.no_memory:
        return Sentence(OUT_OF_MEMORY)
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return Sentence(
            mark("The work stopped because its process was ended ({signal}); it can be continued."), {"signal": name}
        )
    return Sentence(
        mark("The work stopped because its process ended (code {code}); it can be continued."), {"code": code}
    )


OUT_OF_MEMORY = mark(
    "The machine probably ran out of memory, and the system ended the work. Close other programs, or choose a smaller batch "
    "size or a smaller model."
)
