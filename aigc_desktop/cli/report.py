"""Telling of a job while it runs: a bar and sentences for a person, a line of JSON per event for a script."""

import json
import shlex
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from aigc_desktop.engine import events, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr

MANY = 20  # items whose paths are told one by one


class Report:
    """Told of each event of a job."""

    def __call__(self, event: events.Event) -> None:
        raise TypeError("a report tells events in its own way")


class Lines(Report):
    """Each event as one JSON object on a line of stdout."""

    def __init__(self) -> None:
        self._out: TextIO = sys.stdout  # as it is now: later prints are sent elsewhere

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Insight) and event.path is None:
            return  # ten a second while something is made, for views that follow it
        self.tell(event)
        if isinstance(event, (events.Failed, events.Lost)):
            print(event.text, file=sys.stderr)

    def tell(self, event: events.Event) -> None:
        """The line of an event."""
        self._out.write(json.dumps(event.to_json(), ensure_ascii=False, default=str) + "\n")
        self._out.flush()


class Screen(Report):
    """Progress on stderr, results on stdout."""

    def __init__(self, job: Job):
        self.job = job
        self._out: TextIO = sys.stdout
        self._bar: Any = None
        self._values: dict[str, float] = {}
        self._saved: list[events.Saved] = []
        self._texts = 0
        self._interval = 0.1 if sys.stderr.isatty() else 2.0
        self._shown = 0.0

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.Metrics():
                self._values |= event.values
            case events.Progress():
                self._progress(event)
            case events.Message():
                self._say(str(event.text))
            case events.Started(resumed_from=step) if step:
                self._say(tr("Continuing at step {step}.", step=f"{step:,}"))
            case events.Saved():
                self._item(event)
            case events.Last():
                self._end(event)

    def _progress(self, event: events.Progress) -> None:
        now = time.monotonic()
        if self._bar is None:
            from tqdm import tqdm

            # Updated by hand, at most every interval, so that a log file does not fill with bars.
            shape = "{percentage:3.0f}% {bar} {desc}"
            self._bar = tqdm(total=1.0, file=sys.stderr, bar_format=shape, dynamic_ncols=True, mininterval=3600.0)
        elif now - self._shown < self._interval:
            return
        self._shown = now
        self._bar.n = min(1.0, event.fraction or 0.0)
        self._bar.set_description_str(self._words(event), refresh=False)
        self._bar.refresh()

    def _words(self, event: events.Progress) -> str:
        words = [tr(event.phase)] if event.phase else []
        if event.step:
            words.append(tr("step {step}", step=f"{event.step:,}"))
        titles = registry.get(self.job.generator).curves
        words += [f"{tr(title)} {self._values[name]:.4g}" for name, title in titles.items() if name in self._values][:3]
        if event.seconds_left is not None:
            words.append(tr("{time} left", time=duration(event.seconds_left)))
        return " · ".join(words)

    def _item(self, event: events.Saved) -> None:
        self._saved.append(event)
        if event.medium == "text":
            self._texts += 1
            if self._texts <= MANY:
                self._clear()
                print(Path(event.path).read_text(encoding="utf-8").rstrip("\n"), file=self._out)
        if len(self._saved) <= MANY:
            self._say(event.path)

    def _end(self, last: events.Last) -> None:
        if self._bar is not None:
            if isinstance(last, events.Finished):
                self._bar.n = 1.0
                self._bar.set_description_str("", refresh=False)
            self._bar.close()
            self._bar = None
        match last:
            case events.Finished():
                self._finished(last)
            case events.Cancelled(step=step):
                print(tr("Stopped at step {step}.", step=f"{step:,}"), file=sys.stderr)
                self._continue(last.run if last.resumable else None)
            case events.Failed() | events.Lost():
                print(last.text, file=sys.stderr)
                self._continue(last.run if last.resumable else None)

    def _finished(self, last: events.Finished) -> None:
        if len(self._saved) > MANY:
            folder = Path(self._saved[-1].path).parent
            self._tell(tr("{count} are in {folder}", count=len(self._saved), folder=folder))
        if self.job.action != "train":
            return
        steps, seconds = f"{last.steps:,}", duration(last.train_seconds)
        self._tell(tr("Trained {steps} steps in {time}.", steps=steps, time=seconds))
        for name, value in last.figures.items():
            self._tell(f"{name} = {value:.4f}")
        if last.model:
            self._tell(tr("Model {name}: {path}", name=last.model["name"], path=last.model["path"]))
            again = f"aigc-desktop create {shlex.quote(last.model['name'])}{self._project()}"
            self._say(tr("Create with it: {command}", command=again))

    def _continue(self, run: str | None) -> None:
        if run is not None:
            command = f"aigc-desktop train --resume {shlex.quote(run)}{self._project()}"
            print(tr("Continue it: {command}", command=command), file=sys.stderr)

    def _project(self) -> str:
        from aigc_desktop.library.places import default_project

        folder = self.job.project
        return "" if folder is None or Path(folder) == default_project() else f" --project {shlex.quote(folder)}"

    def _say(self, text: str) -> None:
        self._clear()
        print(text, file=sys.stderr)

    def _tell(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _clear(self) -> None:
        """Make room for a line of its own where the bar stands."""
        if self._bar is None:
            return
        if sys.stderr.isatty():
            self._bar.clear()
        else:
            print(file=sys.stderr)


def duration(seconds: float) -> str:
    """Seconds as a clock shows them: 0:48, 1:02:03."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def size(bytes: int) -> str:
    """Bytes in the unit that keeps the number short."""
    return f"{bytes / 1e9:.1f} GB" if bytes >= 1e9 else f"{max(1, round(bytes / 1e6))} MB"
