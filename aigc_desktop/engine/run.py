"""Run: the one object that a generator talks to."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_desktop.engine import desk, events, input_files, memory, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.library.item import Item
from aigc_desktop.library.project import Project
from aigc_desktop.media.base import SEEN, Media
from aigc_desktop.media.files import replacing
from aigc_desktop.problems import Sentence

if TYPE_CHECKING:
    import torch


class Cancelled(BaseException):
    """Raised inside a generator by any call of its Run once the job is asked to stop."""


class Run:
    """One job under way: where it says things, keeps things, and learns that it should stop.

    `emit` receives each event; `asked_to_stop` ("stop", "pause" or "") is looked at in every call. With `out`, results
    are plain files there and the library is left alone; with neither project nor out nothing is kept.
    """

    def __init__(
        self,
        job: Job,
        emit: Callable[[events.Event], None],
        asked_to_stop: Callable[[], str] = lambda: "",
        project: Project | None = None,
        run_id: str | None = None,
        out: Path | None = None,
    ):
        self.job, self.project, self.id, self.out = job, project, run_id, out
        self.seed = job.seed
        self.items: list[str] = []
        self.main = True  # only the first of several processes says and writes anything
        self._emit, self.asked_to_stop = emit, asked_to_stop
        self._started = time.monotonic()
        self._saved = 0
        self._earlier: list[Item] | None = None

    @property
    def folder(self) -> Path | None:
        """The run's own folder under `runs/`."""
        return self.project.runs.folder(self.id) if self.project and self.id else None

    @property
    def device(self) -> "torch.device":
        """Where to compute."""
        from aigc_desktop.engine.device import device

        return device()

    def check(self) -> None:
        """Raises Cancelled once the job is asked to stop, MemoryError once it takes more than it may."""
        memory.check()
        if self.asked_to_stop():
            raise Cancelled

    def emit(self, event: events.Event) -> None:
        if self.main:
            self._emit(event)

    def note(self, **fields: Any) -> None:
        """Keep what became of the run in the project's table of runs."""
        if self.main and self.project is not None and self.id is not None:
            self.project.runs.set(self.id, **fields)

    def metrics(self, step: int, /, seconds: float = 0.0, **values: float) -> None:
        """Scalars by name at a step; also appended to the run's metrics.jsonl."""
        if self.main and self.folder is not None:
            with (self.folder / "metrics.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step, "seconds": round(seconds, 3), **values}) + "\n")
        self.emit(events.Metrics(step, values, seconds))
        self.check()

    def progress(
        self,
        step: int,
        total: int = 0,
        phase: str = "",
        fraction: float | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """How far the work is; time left is worked out from the pace so far unless given."""
        if fraction is None and total:
            fraction = step / total
        if seconds_left is None and fraction:
            seconds_left = (time.monotonic() - self._started) * max(0.0, 1 - fraction) / fraction
        self.emit(events.Progress(step, total, seconds_left, phase, fraction))
        self.check()

    def preview(self, media: Media, step: int = 0, slot: int = 0) -> None:
        """Show a media now. In a training each is also kept in the run's `samples` folder, to be looked at in order; of a
        large picture only a smaller one is then said, for whoever watches has the file.
        """
        path = None
        if self.main and self.folder is not None and self.job.action == "train":
            samples = self.folder / "samples"
            samples.mkdir(exist_ok=True)
            path = str(media.write(samples / f"{step:09d}"))
            from aigc_desktop.media.picture import Picture

            if isinstance(media, Picture):
                media = media.reduced(SEEN)
        self.emit(events.Preview(media.medium, media, step, slot, path, media.preview_text()))
        self.check()

    def insight(self, view: str, data: dict[str, Any], step: int = 0, slot: int = 0) -> None:
        """Let a view of this name show the model's inside. In a training the latest of each view stays in the run's folder."""
        path = None
        if self.main and self.folder is not None and self.job.action == "train":
            path = self.folder / "insights" / f"{view}.json"
            path.parent.mkdir(exist_ok=True)
            with replacing(path, durable=False) as temporary:
                temporary.write_text(json.dumps({"step": step, "data": data}, ensure_ascii=False), encoding="utf-8")
        self.emit(events.Insight(view, data, step, slot, str(path) if path else None))
        self.check()

    def save(self, media: Media, *, name: str = "", seed: int | None = None, **expanded: Any) -> str | None:
        """Keep a media: as an item of the library (its id is returned), or as a plain file with `--out`.

        `expanded` are parameters as they were in the end (a prompt with its wildcards drawn, the seed of one picture); of a
        prompt that a desk built, also how many of its characters the text leaves out (`hidden`).
        """
        if not self.main:
            return None
        seed = self.seed if seed is None else seed
        if self.out is not None:
            path = media.write(self.out / (name or f"{self._saved:05d}"))
            self._saved += 1
            self.emit(events.Saved(None, str(path), media.medium, name))
            self.check()
            return None
        if self.project is None:
            return None
        typed, prompt = self.job.params.get("prompt"), expanded.get("prompt")
        if self.job.desk and isinstance(typed, str) and isinstance(prompt, str):
            expanded["examples"] = desk.hidden(self.job.desk, typed, prompt, seed, "before")
        item = self._made_before(media, seed) or self.project.items.add(
            media, name=name, job=self._kept_job(self.project), seed=seed, expanded=expanded, run=self.id
        )
        self.items.append(item.id)
        self.emit(events.Saved(item.id, str(item.path), media.medium, item.name))
        self.check()
        return item.id

    def _kept_job(self, project: Project) -> dict[str, Any]:
        """How it was made, as an item says it: what lies in the project is found there wherever the project goes."""
        job = self.job
        if job.action == "create" and job.generator in registry.specs():
            job = input_files.kept(job, registry.get(job.generator).params("create"), project.path)
        return job.model_dump(mode="json")

    def _made_before(self, media: Media, seed: int) -> Item | None:
        """The same, where this run made it before its process was killed: a run that starts again makes nothing twice."""
        if self.project is None or self.id is None:
            return None
        if self._earlier is None:
            self._earlier = self.project.items.of_run(self.id, self.project.runs.get(self.id).created)
        digest = media.digest() if self._earlier else ""
        for item in self._earlier:
            if item.seed == seed and item.sha256 == digest:
                self._earlier.remove(item)
                return item
        return None

    def message(self, pattern: str, level: str = "info", **values: Any) -> None:
        """A sentence for the user (its pattern marked for translation)."""
        self.emit(events.Message(Sentence(pattern, values), level))
        self.check()
