"""Somebody at the window who never rests: `python -m tests.bench.faults.soak_user …` prints what was counted as JSON."""

import argparse
import json
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.faults import counts

TICK = 250  # milliseconds between two acts
CYCLE = 240.0  # seconds from one rest to the next
PATIENCE = 120.0  # seconds until a stopped queue is empty
TEXT = {"layers": 1, "embedding": 16, "sequence_length": 32, "precision": "float32"}
PICTURES = {"precision": "float32"}

Wait = Callable[[], bool]


class User:
    """Acts in the window, one random act after another; `day` is the plan, a generator of what to wait for."""

    def __init__(self, window: Any, folder: Path, minutes: float, seed: int):
        self.window, self.folder = window, folder
        self.random = random.Random(seed)
        self.begun = time.monotonic()
        self.seconds = minutes * 60
        self.did: dict[str, int] = {}
        self.over: Callable[[], None] = lambda: None
        self._plan = self.day()
        self._wait: Wait = lambda: True

    # The plan

    def step(self) -> None:
        """Go on with the plan if what it waits for has come."""
        if not self._wait():
            return
        try:
            self._wait = next(self._plan)
        except StopIteration:
            self._wait = lambda: False
            self.over()

    def day(self) -> Iterator[Wait]:
        home, other = self.window.project.path, self.folder / "other project"
        cycle = 0
        while not cycle or time.monotonic() - self.begun + CYCLE / 2 < self.seconds:
            end = time.monotonic() + min(CYCLE, self.seconds)
            if cycle % 5 == 1:  # seldom: a change of project ends the child, which is watched too
                yield from self.busy(end - CYCLE / 2)
                yield from self.rest()
                yield from self.change_project(other)
                yield from self.busy(end)
                yield from self.rest()
                yield from self.change_project(home)
            else:
                yield from self.busy(end)
            yield from self.rest()
            yield from self.idle(3)
            self.say("rest", cycle=cycle, did=dict(self.did))
            cycle += 1
        before = counts.spent()
        yield from self.idle(min(60.0, self.seconds / 4))
        after = counts.spent()
        self.say("idle", seconds=min(60.0, self.seconds / 4), **{name: after[name] - before[name] for name in after})

    def busy(self, end: float) -> Iterator[Wait]:
        acts = [
            *[self.train] * 4, *[self.create] * 5, *[self.pause] * 2, *[self.resume] * 2, self.stop, self.cancel,
            self.look_at_data, self.panels, self.items, *[self.search] * 2, self.scroll, self.trash, self.rename,
            self.again, self.language, self.theme, self.windows, self.queue,
        ]  # fmt: skip
        while time.monotonic() < end:
            act = self.random.choice(acts)
            if act():
                self.did[act.__name__] = self.did.get(act.__name__, 0) + 1
            pause = time.monotonic() + self.random.uniform(0.1, 1.2)
            yield lambda: time.monotonic() > pause  # noqa: B023 - waited for before the next turn

    def rest(self, seconds: float = 2.0) -> Iterator[Wait]:
        """Nothing runs, nothing is open, nothing is kept beyond what the next cycle needs; then the user looks elsewhere."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QGuiApplication

        jobs, project = self.window.jobs, self.window.project
        deadline = time.monotonic() + PATIENCE
        while jobs.rows():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the queue does not end: {jobs.rows()}")
            for row in jobs.rows():
                if row.state == "running":
                    if not jobs.stopping(row.id):
                        jobs.stop(row.id)
                elif row.state == "waiting":
                    jobs.stop(row.id)
                else:
                    jobs.remove(row.id)
            yield self.later(0.3)
        jobs.clear()
        for row in project.runs.list():
            jobs.remove(row.id)
        library = self.window.library
        for item in project.items.search(limit=10_000)[20:]:
            library.actions_.trash([item])
        for generator in self.generators():
            for model in project.models.list(generator)[2:]:
                library.actions_.trash_model(model)
        library.actions_.empty_trash()
        library.restore({"filters": {}, "page": "items"})
        self.window.area.clear()
        for one in [*library._windows.values(), *self.window.windows.values()]:
            one.close()
        self.window.settings["language"] = "en"
        self.window.settings["theme"] = "light"
        yield from self.idle(seconds)
        QGuiApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)

    def change_project(self, folder: Path) -> Iterator[Wait]:
        from PySide6.QtWidgets import QApplication

        old = self.window
        old.project_wanted.emit(folder, True)

        def there() -> bool:
            for one in QApplication.topLevelWidgets():
                if hasattr(one, "open_generator") and one is not old and one.project.path == folder and one._complete:
                    self.window = one
                    return True
            return False

        yield there
        self.did["change_project"] = self.did.get("change_project", 0) + 1

    def idle(self, seconds: float) -> Iterator[Wait]:
        yield self.later(seconds)

    def later(self, seconds: float) -> Wait:
        until = time.monotonic() + seconds
        return lambda: time.monotonic() > until

    # The acts: each says whether there was anything to do

    def train(self) -> bool:
        from aigc_desktop.engine.job import Job

        if len(self.window.jobs.rows()) > 5:
            return False
        generator = self.random.choice(self.generators())
        values = dict(TEXT if generator.startswith("text") else PICTURES)
        if generator == "text.lstm":
            values |= {"width": self.random.choice([16, 32, 64]), "batch_size": self.random.choice([4, 8, 16])}
        else:
            values |= {"latent_size": self.random.choice([4, 16, 64]), "batch_size": self.random.choice([8, 32])}
        values |= {"max_steps": self.random.choice([5, 20, 60, 150]), "max_seconds": 20}
        job = Job(generator=generator, action="train", data="starter", params=values, seed=self.random.randrange(100))
        panel = self.window.open_generator(generator, job)
        panel.start()
        return True

    def create(self) -> bool:
        models = self.window.project.models.list()
        if not models or len(self.window.jobs.rows()) > 5:
            return False
        model = self.random.choice(models)
        self.window.create_with(model.name)
        panel = self.window.area.docks[model.generator].panel
        text = model.generator.startswith("text")
        count = self.random.choice([1, 3])
        panel.create.form.set_values(
            {"prompt": "the ", "max_new_tokens": self.random.choice([8, 60]), "count": count}
            if text
            else {"count": count * 4}
        )
        panel.start()
        return True

    def pause(self) -> bool:
        run = self.window.jobs.running
        if run is None or self.window.jobs.stopping(run):
            return False
        self.window.jobs.pause(run)
        return True

    def resume(self) -> bool:
        rows = [row for row in self.window.jobs.rows() if row.state == "paused"]
        if rows:
            self.window.jobs.resume(self.random.choice(rows).id)
        return bool(rows)

    def stop(self) -> bool:
        run = self.window.jobs.running
        if run is None or (self.window.jobs.stopping(run) and self.random.random() < 0.9):
            return False  # a second click kills the child, which is watched too
        self.window.jobs.stop(run)
        return True

    def cancel(self) -> bool:
        rows = [row for row in self.window.jobs.rows() if row.state == "waiting"]
        if rows:
            self.window.jobs.stop(rows[-1].id)
        return bool(rows)

    def again(self) -> bool:
        there = {model.name for model in self.window.project.models.list()}
        items = [one for one in self.window.project.items.search(limit=20) if one.job.get("model") in there]
        if not items or len(self.window.jobs.rows()) > 5:
            return False
        self.window.library.actions_.again(self.random.choice(items))
        return True

    def look_at_data(self) -> bool:
        folder = Path(__file__).resolve().parents[3] / "tests"
        panel = self.window.open_generator("text.lstm", action="train")
        panel.train.data.set_path(str(self.random.choice([folder, folder / "ui", folder / "data"])))
        return True

    def panels(self) -> bool:
        for generator in self.generators():
            self.window.open_generator(generator, action=self.random.choice(["train", "create"]))
        self.window.area.arrange(side_by_side=self.random.random() < 0.5)
        if self.random.random() < 0.5:
            self.window.close_panel()
        return True

    def items(self) -> bool:
        library = self.window.library
        for one in list(library._windows.values()):
            one.close()
        found = self.window.project.items.search(limit=5)
        for item in found[:3]:
            library.open_item(item).step(1)
        return bool(found)

    def search(self) -> bool:
        from aigc_desktop.ui.library_model import Filters

        words = self.random.choice(["", "the", "GAN", "nothing like it"])
        self.window.library.filters.set(Filters(text=words))
        self.window.library.show_page(self.random.choice(["items", "models", "trash"]))
        return True

    def scroll(self) -> bool:
        self.window.library.show_page("items")
        bar = self.window.library.items.view.verticalScrollBar()
        bar.setValue(self.random.randint(0, max(1, bar.maximum())))
        return True

    def trash(self) -> bool:
        found = self.window.project.items.search(limit=5)
        if found:
            self.window.library.actions_.trash(found[:2])
            self.window.library.actions_.undo()
            self.window.library.actions_.trash(found[:1])
        return bool(found)

    def rename(self) -> bool:
        found = self.window.project.items.search(limit=5)
        if found:
            self.window.library.actions_.rename(found[-1], f"name {self.random.randrange(1000)}")
        return bool(found)

    def language(self) -> bool:
        if self.random.random() < 0.5:
            return False
        settings = self.window.settings
        settings["language"] = "zh_CN" if settings["language"] != "zh_CN" else "en"
        return True

    def theme(self) -> bool:
        settings = self.window.settings
        settings["theme"] = "dark" if settings["theme"] != "dark" else "light"
        return True

    def windows(self) -> bool:
        self.window.show_settings()
        self.window.show_log()
        self.window.show_about()
        for one in list(self.window.windows.values()):
            one.close()
        return True

    def queue(self) -> bool:
        waiting = [row.id for row in self.window.jobs.rows() if row.state == "waiting"]
        self.window.jobs.reorder(waiting[::-1])
        if self.random.random() < 0.3:
            self.window.jobs.clear()
        return bool(waiting)

    # What is said

    def generators(self) -> list[str]:
        return ["text.lstm", "image.gan"]

    def say(self, at: str, **more: Any) -> None:
        """One line: what window and child hold now."""
        jobs = self.window.jobs
        warm = [worker.pid for worker in jobs._warm] + [one.worker.pid for one in jobs._running.values()]
        children = {pid: counts.memory(pid) for pid in warm if pid}
        now = round(time.monotonic() - self.begun, 1)
        line = {"at": at, "second": now, "held": counts.held(jobs), "window": counts.memory(), "spent": counts.spent()}
        print(json.dumps(line | {"children": children} | more), flush=True)


class Complaints(logging.Handler):
    """What was logged that should not have been."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if "This plugin does not support" in text:  # a screen that is none
            return
        self.lines.append(text)
        print(text, file=sys.stderr, flush=True)


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--minutes", type=float, default=60.0)
    words.add_argument("--seed", type=int, default=0)
    chosen = words.parse_args()
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)

    def begin(window: Any, _: Any) -> None:
        from PySide6.QtCore import QTimer

        user = User(window, chosen.folder, chosen.minutes, chosen.seed)
        steps, minutes = QTimer(interval=TICK), QTimer(interval=60_000)
        minutes.timeout.connect(lambda: user.say("minute"))

        def step() -> None:
            try:
                user.step()
            except Exception:
                logging.getLogger("soak").exception("the user could not go on")
                user.over()

        def over() -> None:
            steps.stop()
            minutes.stop()
            print(json.dumps({"at": "end", "did": user.did, "complaints": complaints.lines}), flush=True)
            user.window.close()

        user.over = over
        steps.timeout.connect(step)
        steps.start()
        minutes.start()
        chosen.held = (user, steps, minutes)

    from tests.bench.window import opened

    return opened(str(chosen.folder / "project"), begin, chosen)


if __name__ == "__main__":
    sys.exit(main())
