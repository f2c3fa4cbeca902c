"""One quiet line at the start: what came back after an unexpected end, and the offer to continue what was interrupted."""

from collections import Counter
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer

from aigc_desktop.engine import registry
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import job_words

KEY = "recovered"
LATER = 65_000  # milliseconds until what another process seemed to be writing has been left alone for long enough

ONE = {
    "goes on": mark("1 training that can be continued ({name})"),
    "anew": mark("1 job that can be started again ({name})"),
    "text": mark("1 text"),
    "picture": mark("1 picture"),
    "sound": mark("1 sound"),
    "clip": mark("1 clip"),
    "model": mark("1 model"),
}
SEVERAL = {
    "goes on": mark("{count} trainings that can be continued"),
    "anew": mark("{count} jobs that can be started again"),
    "text": mark("{count} texts"),
    "picture": mark("{count} pictures"),
    "sound": mark("{count} sounds"),
    "clip": mark("{count} clips"),
    "model": mark("{count} models"),
}


class Recovered(QObject):
    """`tell` says it; after that the line goes by itself once everything that it offers was taken up elsewhere."""

    def __init__(self, window: Any):
        super().__init__(window)
        self._window, self._jobs, self._project = window, window.jobs, window.project
        self._unexpected = False
        self._back: Counter[str] = Counter()
        self._offered = False
        self._said = ""
        self._later = QTimer(self, interval=LATER, singleShot=True)
        self._later.timeout.connect(self._look_again)
        self._jobs.changed.connect(self._changed)

    def look(self, unexpected: bool) -> None:
        """Find out what came back; `unexpected`: the window of last time did not end as it should."""
        self._unexpected = unexpected
        with suppress(BadInput):
            self._back.update(self._project.recovered())
            if self._project.unsettled:
                self._later.start()

    def tell(self) -> None:
        """Show the line, if there is anything to say."""
        text = self._said = self.text()
        if not text:
            return
        runs = self._runs()
        self._offered = bool(runs)
        action = tr("Continue") if any(self._way(row) == "goes on" for row in runs) else tr("Start again")
        self._window.notices.show_sentence(KEY, text, {action: self._go_on} if runs else {})

    def text(self) -> str:
        """The sentence; empty where nothing needs to be said."""
        runs = self._runs()
        if not self._unexpected and not self._back:
            return _interrupted(runs)
        parts = []
        for kind, one in ONE.items():
            ours = [row for row in runs if kind == self._way(row)]
            count = len(ours) or self._back[kind]
            if count:
                name = job_words.title(ours[0].job) if ours else ""
                parts.append(tr(one, name=name) if count == 1 else tr(SEVERAL[kind], count=count))
        if self._unexpected and self._window.area.docks:
            parts.append(tr("the panels as they were"))
        what = parts[0] if parts else ""
        for part in parts[1:]:
            what = tr("{some}, {more}", some=what, more=part)
        return tr("Recovered: {what}.", what=what) if parts else ""

    def _runs(self) -> list[Any]:
        return [row for row in self._jobs.rows() if row.state == "interrupted"]

    def _way(self, row: Any) -> str:
        return "goes on" if self._jobs.checkpoint(row.id) else "anew"

    def _go_on(self) -> None:
        runs = self._runs()
        for row in runs:
            self._jobs.resume(row.id)
        if runs and runs[0].job["generator"] in registry.specs():
            panel = self._window.open_generator(runs[0].job["generator"], action=runs[0].job.get("action"))
            if runs[0].job.get("action") == "train":
                panel.show_run(runs[0].id)

    def _changed(self) -> None:
        """Nothing is offered any more that was continued or removed elsewhere."""
        if KEY not in self._window.notices.texts():
            return
        if self._offered and not self._runs():
            self._window.notices.remove(KEY)
        elif self.text() != self._said:
            self.tell()

    def _look_again(self) -> None:
        with suppress(BadInput):
            self._project.sweep()
            back = self._project.recovered()
            if back:
                self._back.update(back)
                self.tell()
                self._jobs.library_changed.emit()


def _interrupted(runs: list[Any]) -> str:
    """What ended in good order, but before it was done."""
    known = registry.specs()
    ids = dict.fromkeys(row.job["generator"] for row in runs)
    names = [tr(known[id].title) if id in known else id for id in ids]
    if not runs:
        return ""
    if len(runs) == 1 and runs[0].job.get("action") == "create":
        return tr("A creation was interrupted: {names}.", names=names[0])
    if len(runs) == 1:
        return tr("A training was interrupted: {names}.", names=names[0])
    return tr("{count} jobs were interrupted: {names}.", count=len(runs), names=", ".join(names))
