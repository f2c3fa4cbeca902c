"""Child processes that open mutated files; what became of each file, also where it took its process with it."""

import multiprocessing
import os
import re
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.bench.mutate import child

PATIENCE = 40.0  # seconds for one file
OUTCOMES = ("worked", "refused", "fault", "crash", "hang")


@dataclass
class Counted:
    """What became of a kind's files; each different fault once, with the numbers of the files that show it."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[int]] = field(default_factory=dict)
    sentences: Counter[str] = field(default_factory=Counter)
    most: int = 0  # megabytes
    slowest: float = 0.0  # seconds

    @property
    def bad(self) -> int:
        return sum(self.outcomes[one] for one in ("fault", "crash", "hang"))


class Child:
    """One child process, started again when it is gone."""

    def __init__(self, folder: Path, number: int):
        self.folder, self.number, self.lives = folder, number, 0
        self._process: multiprocessing.process.BaseProcess | None = None

    def ask(self, *asked: object, patience: float = 0.0) -> tuple[str, str, int]:
        """What the child answers; a crash or a hang where it does not."""
        if self._process is None:
            self._start()
        assert self._process is not None
        try:
            self._pipe.send(asked)
            if self._pipe.poll(patience or PATIENCE):
                answer: tuple[str, str, int] = self._pipe.recv()
                return answer
        except (EOFError, OSError):
            self._process.join(5)
            said = self._said()
            code, self._process = self._process.exitcode, None
            return "crash", f"exit code {code}\n{said}", 0
        os.kill(self._process.pid or 0, signal.SIGUSR1)  # says where it hangs
        time.sleep(0.5)
        self.end(kill=True)
        return "hang", self._said(), 0

    def end(self, kill: bool = False) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._pipe.send(None)
        self._process.join(10)
        self._process = None

    def _start(self) -> None:
        self.lives += 1
        world = self.folder / f"world-{self.number}-{self.lives}"
        world.mkdir()
        self._errors = self.folder / f"errors-{self.number}-{self.lives}.txt"
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_begin, args=(other, world, self.folder / "seeds", self._errors))
        self._process.start()
        other.close()

    def _said(self) -> str:
        return self._errors.read_text(errors="replace")[-3000:] if self._errors.exists() else ""


def _begin(pipe, world: Path, seeds: Path, errors: Path) -> None:  # type: ignore[no-untyped-def]
    handle = os.open(errors, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, 2)
    os.dup2(handle, 1)
    child.run(pipe, world, seeds)


class Pool:
    """Children that open mutated files side by side; a context manager."""

    def __init__(self, folder: Path, workers: int = 2):
        self.children = [Child(folder, number) for number in range(workers)]

    def count(self, name: str, numbers: range, seed: int) -> Counted:
        """Open the mutated files of these numbers of a kind; what became of them."""
        outcome, what, _ = self.children[0].ask("prepare", name, patience=120)
        if outcome != "prepared":
            raise RuntimeError(f"{name}: {what}")
        found, waiting, lock = Counted(), iter(numbers), threading.Lock()

        def work(one: Child) -> None:
            while True:
                with lock:
                    if (number := next(waiting, None)) is None:
                        return
                begun = time.monotonic()
                outcome, what, megabytes = one.ask("case", name, seed, number)
                with lock:
                    _note(found, number, outcome, what, megabytes, time.monotonic() - begun)

        threads = [threading.Thread(target=work, args=(one,)) for one in self.children]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.children:
            one.end()


def _note(counted: Counted, number: int, outcome: str, what: str, megabytes: int, seconds: float) -> None:
    counted.outcomes[outcome] += 1
    counted.most, counted.slowest = max(counted.most, megabytes), max(counted.slowest, seconds)
    if outcome == "refused":
        counted.sentences[what[:60]] += 1
    elif outcome != "worked":
        gist = f"{outcome}: {_gist(what)}"
        counted.faults.setdefault(next((one for one in counted.faults if _key(one) == _key(gist)), gist), []).append(
            number
        )


def _key(gist: str) -> str:
    """What the same fault has in common from file to file: not numbers, bytes and names in quotes."""
    return re.sub(r"'.*'|0x[0-9a-f]+|\d+|\S*/\S*", "", "".join(gist.splitlines()[-4:]))


def _gist(what: str) -> str:
    """The end of a traceback: where it happened and what."""
    lines = [line.strip() for line in what.strip().splitlines() if line.strip() and not set(line.strip()) <= set("^~")]
    return "\n      ".join(line[:300] for line in lines[-5:])
