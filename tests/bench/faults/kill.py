"""kill -9 of the window, of its child and of the command line at random moments, and of a process that only has the library.

After each kill the project is opened as the program opens it, and everything is looked at: see `kill_check`.
"""

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import psutil

from tests.bench.faults import kill_library, kill_user
from tests.bench.faults.journal import Promises
from tests.bench.faults.kill_check import Checker
from tests.bench.figures import Figure

TIMES = 200
SHARES = {"window": 0.25, "child": 0.25, "command line": 0.2, "library": 0.3}
PATIENCE = 120.0  # seconds for a process to come so far
EARLY = 0.2  # of the kills come before the action is under way
LATE = 0.8  # seconds: the longest time after its beginning
RESUME = 8  # kills between two trainings that are really continued
COMMANDS = ("train", "create", "rebuild")
TINY = ["--set", "latent_size=4", "--set", "batch_size=8", "--set", "precision=float32", "--set", "max_steps=2000"]


def figures(folder: Path, chosen: argparse.Namespace) -> Iterator[Figure]:
    bench = Bench(folder, random.Random(chosen.seed))
    bench.prepare()
    times = chosen.times or TIMES
    for victim, kill in (
        ("library", bench.kill_library),
        ("command line", bench.kill_command),
        ("window", bench.kill_window),
        ("child", bench.kill_children),
    ):
        count = max(1, round(times * SHARES[victim]))
        before = len(bench.problems)
        kill(count)
        wrong = len(bench.problems) - before
        done = bench.kills[victim]
        said = ", ".join(f"{action} {number}" for action, number in sorted(done.items()))
        yield Figure(f"kill -9 of the {victim}: things wrong", "0", f"{wrong} in {done.total()} ({said})", not wrong)
    for problem in bench.problems:
        print(f"    {problem}", flush=True)
    yield from bench.summary()


class Bench:
    """Two projects: one for processes that do real jobs, one for the library alone."""

    def __init__(self, folder: Path, chance: random.Random):
        self.folder, self.chance = folder, chance
        self.kills: dict[str, Counter[str]] = {victim: Counter() for victim in SHARES}
        self.problems: list[str] = []
        self.told: list[tuple[int, dict[str, str]]] = []  # interrupted runs and notices at each start of a window
        self.resumed: list[str] = []
        self.brought_back: Counter[str] = Counter()
        self.data = folder / "pictures"
        self.project, self.small = folder / "project", folder / "small" / "project"
        self.checkers = {}
        for project in (self.project, self.small):
            project.parent.mkdir(parents=True, exist_ok=True)
            journal = project.with_name("journal.jsonl")
            journal.touch()
            self.checkers[project] = Checker(project, Promises(journal))
        home = folder / "home"
        home.mkdir()
        own = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
        own |= {"HOME": str(home), "AIGC_CACHE": str(home / "cache"), "AIGC_LANGUAGE": "en", "AIGC_THREADS": "1"}
        own |= {"QT_QPA_PLATFORM": "offscreen", "AIGC_CHECKPOINT_SECONDS": "0.3", "OMP_NUM_THREADS": "1"}
        os.environ.update(own)  # also for what is continued here

    def prepare(self) -> None:
        """Pictures to learn from, a model to create with, a few items to rename."""
        import numpy as np
        from PIL import Image

        self.data.mkdir()
        for number in range(24):
            pixels = np.full((8, 8), 10 * number, np.uint8)
            Image.fromarray(pixels).save(self.data / f"{number}.png")
        for words in (
            ["train", "image.gan", "--data", self.data, *TINY[:-1], "max_steps=20", "--name", "first"],
            ["create", "first", "--count", "20"],
        ):
            subprocess.run([*self._command(words), "--json"], check=True, stdout=subprocess.DEVNULL)

    # Victims

    def kill_library(self, times: int) -> None:
        words = [sys.executable, "-m", "tests.bench.faults.kill_library"]
        words += [str(self.small), str(self.small.with_name("journal.jsonl"))]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as warm:
            assert warm.stdin is not None and warm.stdout is not None
            warm.stdout.readline()
            for number in range(times):
                action = kill_library.ACTIONS[number % len(kill_library.ACTIONS)]
                warm.stdin.write(f"{action} {self.chance.randrange(10**9)}\n")
                warm.stdin.flush()
                pid = int(warm.stdout.readline())
                time.sleep(self.chance.uniform(0, 0.3))
                os.kill(pid, 9)
                _until(lambda pid=pid: _gone(pid))
                self._look("library", action, self.small)
            warm.stdin.close()
        self._open_all()

    def kill_command(self, times: int) -> None:
        for number in range(times):
            action = COMMANDS[number % len(COMMANDS)]
            seed = str(self.chance.randrange(10**6))
            words: list[Any] = ["library", "rebuild"]
            if action == "train":
                words = ["train", "image.gan", "--data", self.data, *TINY, "--name", f"model {seed}", "--seed", seed]
            elif action == "create":
                words = ["create", "first", "--count", "1000", "--seed", seed]
            begun = {"train": '"metrics"', "create": '"saved"'}.get(action)
            self._kill_one("command line", action, [*self._command(words), "--json"], begun)

    def kill_window(self, times: int) -> None:
        for number in range(times):
            action = kill_user.ACTIONS[number % len(kill_user.ACTIONS)]
            self._kill_one("window", action, self._user(action), '"begun"')

    def kill_children(self, times: int) -> None:
        """One window outlives its children."""
        rest = self.project.with_name("rest")
        for action in ("train", "create"):
            count = times - times // 2 if action == "train" else times // 2
            with self._started(self._user(action)) as process:
                for _ in range(count):
                    rest.unlink(missing_ok=True)
                    process.wait_for('"begun"')
                    time.sleep(self.chance.uniform(0, LATE))
                    workers = [one for one in psutil.Process(process.pid).children() if _is_worker(one)]
                    rest.touch()
                    busiest = max(workers, key=lambda one: sum(one.cpu_times()[:2]))
                    busiest.kill()
                    _until(lambda busiest=busiest: _gone(busiest.pid))
                    process.wait_for('"Lost"', 3.0)  # it may have been done just before
                    self._take(process)
                    self._look("child", action, self.project, alone=False)
                process.kill()
            rest.unlink()
            self._settle()

    def _kill_one(self, victim: str, action: str, words: list[Any], begun: str | None) -> None:
        with self._started(words) as process:
            if begun is None or self.chance.random() < EARLY:
                time.sleep(self.chance.uniform(0.1, 2.5))
            else:
                process.wait_for(begun)
                time.sleep(self.chance.uniform(0, LATE))
            family = [process.pid, *(one.pid for one in psutil.Process(process.pid).children(recursive=True))]
            process.kill()
            for pid in family:
                if not _until(lambda pid=pid: _gone(pid), 10):
                    self.problems.append(f"{victim}, {action}: process {pid} lives on")
                    with contextlib.suppress(OSError):
                        os.kill(pid, 9)
            self._take(process, as_promises=victim == "command line")
        self._look(victim, action, self.project)

    # Afterwards

    def _look(self, victim: str, action: str, project: Path, alone: bool = True) -> None:
        """Open the project as the program does, and look at everything."""
        self.kills[victim][action] += 1
        from aigc_desktop.library.project import Project

        where = f"{victim}, {action} {self.kills[victim][action]}"
        try:
            with Project.open(project, create=False) as opened:
                if alone:
                    opened.runs.interrupt_stale()
                said = [str(one) for one in opened.verify() if "now it is" not in str(one)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the project cannot be read
            self.problems.append(f"{where}: {error!r}")
            return
        found = self.checkers[project].problems()
        self.problems += [f"{where}: {problem}" for problem in found + said]
        if project == self.project and sum(map(Counter.total, self.kills.values())) % RESUME == 0 and alone:
            self._resume(where)

    def _resume(self, where: str) -> None:
        """Continue one of the interrupted trainings for a few steps."""
        from aigc_desktop.engine import events
        from aigc_desktop.engine.execute import perform
        from aigc_desktop.engine.job import Job
        from aigc_desktop.library.project import Project

        with Project.open(self.project) as project:
            rows = [row for row in project.runs.list(["interrupted", "lost"]) if row.job["action"] == "train"]
            if not rows:
                return
            row = self.chance.choice(rows)
            folder = project.runs.folder(row.id) / "checkpoints"
            steps = [int(path.name) for path in folder.glob("[0-9]*")]
        heard: list[events.Event] = []
        job = Job(generator=row.job["generator"], action="train", resume=row.id, project=str(self.project))
        last = perform(job, heard.append, lambda: "stop" if _metrics(heard) > 3 else "")
        began = next((event.resumed_from for event in heard if isinstance(event, events.Started)), -1)
        reached = max((event.step for event in heard if isinstance(event, events.Metrics)), default=0)
        self.resumed.append(row.id)
        if not isinstance(last, events.Cancelled | events.Finished) or began not in (steps or [0]) or reached <= began:
            self.problems.append(f"{where}: {row.id} (of {steps}) went on from {began} to {reached}: {last}")

    def _settle(self) -> None:
        from aigc_desktop.library.project import Project

        with Project.open(self.project) as opened:
            opened.runs.interrupt_stale()

    def _open_all(self) -> None:
        """The projects that were just being made."""
        from aigc_desktop.library.project import Project

        for folder in (self.small.parent / "new").glob("*"):
            try:
                with Project.open(folder) as project:
                    self.problems += [f"new project: {sentence}" for sentence in project.verify()]
            except Exception as error:  # noqa: BLE001 - whatever it is, the project cannot be read
                self.problems.append(f"new project: {error!r}")

    def _take(self, process: "Talking", as_promises: bool = False) -> None:
        """What it said: of the command line the promises, of the window how it greeted."""
        for line in process.rest():
            if as_promises and line.get("event") == "saved" and line.get("item"):
                self.checkers[self.project].promises.take({"what": "saved", "id": line["item"], "name": line["name"]})
            elif as_promises and line.get("event") == "finished" and line.get("model"):
                name = Path(line["model"]["path"]).name
                self.checkers[self.project].promises.take({"what": "model", "folder": name})
            elif line.get("at") == "start":
                self.told.append((line["interrupted"], line["notices"]))

    def summary(self) -> Iterator[Figure]:
        promises = Counter[str]()
        for checker in self.checkers.values():
            promises.update(checker.promises.counts)
        unpromised = sum(checker.brought_back for checker in self.checkers.values())
        kept = f"{promises['saved']} saved, {promises['rename']} renamed, {promises['trash']} trashed"
        kept += f", {promises['restore']} restored; {unpromised} more were on the disk"
        lost = sum("lost" in problem for problem in self.problems)
        yield Figure("promises kept", "all", kept, not lost)
        went_on = sum("went on from" in problem for problem in self.problems)
        yield Figure("trainings continued", "all", f"{len(self.resumed) - went_on} of {len(self.resumed)}", not went_on)
        due = [notices for interrupted, notices in self.told if interrupted]
        right = [notices for notices in due if "\n" not in notices.get("recovered", "\n")]
        wrong = [notices for _, notices in self.told if set(notices) - {"recovered", "crash"}]
        here = f"{len(right)} of {len(due)} starts with something to tell"
        yield Figure("one quiet line at the next start", "every time", here, right == due and not wrong)
        if right:
            print(f"    {right[-1]['recovered']}", flush=True)

    # Processes

    def _command(self, words: list[Any]) -> list[str]:
        return [sys.executable, "-m", "aigc_desktop", *map(str, words), "--project", str(self.project)]

    def _user(self, action: str) -> list[str]:
        words = [sys.executable, "-m", "tests.bench.faults.kill_user", action, "--project", self.project]
        words += ["--journal", self.project.with_name("journal.jsonl"), "--data", self.data]
        return [*map(str, words), "--seed", str(self.chance.randrange(10**6))]

    @contextlib.contextmanager
    def _started(self, words: list[Any]) -> Iterator["Talking"]:
        process = Talking([str(word) for word in words])
        try:
            yield process
        finally:
            process.kill()


class Talking:
    """A process whose stdout is read as it comes."""

    def __init__(self, words: list[str]):
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.pid = self._process.pid
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._heard: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, part: str, seconds: float = 0.0) -> None:
        """Until a line has this in it; an error if none has for long, unless it need not come within `seconds`."""
        deadline = time.monotonic() + (seconds or PATIENCE)
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                line = None
            if line is None and seconds:
                return
            if line is None:
                raise RuntimeError(f"{' '.join(self._process.args)} did not come so far: {self._heard[-3:]}")  # type: ignore[arg-type]
            self._heard.append(line)
            if part in line:
                return

    def rest(self) -> list[dict[str, Any]]:
        """Everything that it said and that was not given out yet."""
        if self._process.poll() is not None:
            self._reader.join(10)
        while True:
            try:
                line = self._lines.get_nowait()
            except Empty:
                break
            self._heard += [line] if line else []
        said, self._heard = (
            [json.loads(line) for line in self._heard if line.startswith("{") and line.endswith("}\n")],
            [],
        )
        return said

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


def _metrics(heard: list[Any]) -> int:
    return sum(type(event).__name__ == "Metrics" for event in heard)


def _is_worker(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any("spawn_main" in word for word in process.cmdline())
    return False


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _until(what: Any, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
