"""The real window with somebody at it who does one thing until the process is killed.

`python -m tests.bench.faults.kill_user ACTION --project DIR --journal FILE --data DIR --seed N` says on stdout, a line of
JSON each: what the window told at its start, when the action is under way, and when a job lost its child.
"""

import argparse
import itertools
import random
import sys
from pathlib import Path
from typing import Any

from tests.bench.faults.journal import Journal
from tests.bench.window import opened, say

ACTIONS = ("train", "continue", "create", "rename", "trash", "rebuild")
TRAIN = {"latent_size": 4, "batch_size": 8, "precision": "float32"}
STEPS = (100, 500, 2000, 8000)  # some trainings come to their end before they are killed
PAUSE = 5  # milliseconds between two things that the hand does


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("action", choices=ACTIONS)
    words.add_argument("--project", required=True)
    words.add_argument("--journal", type=Path, required=True)
    words.add_argument("--data", required=True)
    words.add_argument("--seed", type=int, default=0)
    chosen = words.parse_args()
    return opened(chosen.project, lambda window, chosen: Somebody(window, chosen).wait(), chosen)


class Somebody:
    """Does `action`, and keeps in the journal what the window promised."""

    def __init__(self, window: Any, chosen: Any):
        from PySide6.QtCore import QTimer

        from aigc_desktop.engine import events

        self.window, self.project, self.jobs = window, window.project, window.jobs
        self.action, self.data = chosen.action, chosen.data
        self.chance = random.Random(chosen.seed)
        self.journal, self.rest = Journal(chosen.journal), chosen.journal.with_name("rest")
        self.numbers = itertools.count()
        self.begun = False
        self.timer = QTimer(window, interval=PAUSE)
        self.timer.timeout.connect(self.turn)
        self.jobs.subscribe(None, events.Saved, self.saved)
        self.jobs.subscribe(None, events.Metrics, lambda event: self.under_way("train"))
        self.jobs.ended.connect(self.ended)

    def wait(self) -> None:
        """Until the panels of last time are back."""
        from PySide6.QtCore import QTimer

        if not self.window._complete:
            QTimer.singleShot(20, self.wait)
            return
        rows = self.jobs.rows()
        say(
            at="start", notices=self.window.notices.texts(), interrupted=sum(row.state == "interrupted" for row in rows)
        )
        self.timer.start()

    def under_way(self, what: str) -> None:
        if not self.begun and what == ("train" if self.action == "continue" else self.action):
            self.begun = True
            say(at="begun")

    def turn(self) -> None:
        """One thing; of jobs, one after the other. Nothing while there is a file `rest` beside the journal."""
        if self.rest.exists():
            return
        if self.action in ("train", "create", "continue"):
            if not any(row.state in ("running", "waiting") for row in self.jobs.rows()):
                self.submit()
            return
        self.under_way(self.action)
        if self.action == "rebuild":
            from aigc_desktop.ui import project_commands

            project_commands.rebuild(self.window)
        ids = self.project.items.ids() + self.project.items.ids(trashed=True)
        if ids:
            item = self.project.items.get(self.chance.choice(ids))
            self.rename(item) if self.action == "rename" else self.move(item)

    def submit(self) -> None:
        from aigc_desktop.engine.job import Job

        if self.action == "continue":
            left = [
                row for row in self.jobs.rows() if row.state in ("interrupted", "lost") and row.job["action"] == "train"
            ]
            if left:
                self.jobs.resume(self.chance.choice(left).id)
                return
        seed = self.chance.randrange(10**6)
        if self.action == "create":
            job = Job(action="create", model="first", generator="image.gan", params={"count": 300}, seed=seed)
        else:
            job = Job(
                generator="image.gan",
                data=self.data,
                params=TRAIN | {"max_steps": self.chance.choice(STEPS)},
                seed=seed,
                name=f"model {seed}",
            )
        self.journal.write("run", id=self.jobs.submit(job))

    def rename(self, item: Any) -> None:
        if not item.trashed:
            name = f"name {self.chance.randrange(10**6)}"
            self.journal.around(
                "rename", lambda: self.window.library.actions_.rename(item, name), id=item.id, name=name
            )

    def move(self, item: Any) -> None:
        act = self.window.library.actions_
        if item.trashed:
            self.journal.around("restore", lambda: act.restore([item]), id=item.id)
        else:
            self.journal.around("trash", lambda: act.trash([item]), id=item.id)

    def saved(self, event: Any) -> None:
        if event.item:
            self.journal.write("saved", id=event.item, name=event.name)
            self.under_way("create")

    def ended(self, run: str, last: Any) -> None:
        if getattr(last, "model", None):
            self.journal.write("model", folder=Path(last.model["path"]).name)
        self.begun = False
        say(at="ended", run=run, how=type(last).__name__)


if __name__ == "__main__":
    sys.exit(main())
