"""A small project with something of everything, in the real window at 1280×720: what the walk goes through.

Models, runs and items are real files and rows, made without computing. One training is under way: a real child process,
held still, so that nothing moves while one looks.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from aigc_desktop import i18n
from aigc_desktop.engine import events, registry
from aigc_desktop.library.project import Project
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import theme
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import Settings
from tests import tiny
from tests.ui import library_world

PATIENCE = 40_000  # milliseconds for a child process on a busy machine
FIGURES = {"image.gan": {"heldout_distance": 0.0713}, "text.lstm": {"heldout_nats_per_char": 1.4731}}


class World:
    """The window and what it stands on. `use` changes language and theme, live."""

    def __init__(self, studio: Studio, folder: Path):
        self.studio, self.folder = studio, folder
        self.language, self.theme = "en", "light"

    @property
    def window(self) -> MainWindow:
        assert self.studio.window is not None
        return self.studio.window

    def use(self, language: str = "", theme: str = "") -> None:
        """Speak this language and wear this theme from now on, as after a choice in the settings."""
        if language and language != self.language:
            self.language = language
            self.studio.settings["language"] = language
            settle()
        if theme and theme != self.theme:
            self.theme = theme
            self.studio.settings["theme"] = theme
            settle()


@contextmanager
def opened(app: QApplication, folder: Path, natural: bool = False) -> Iterator[World]:
    """The world, made in this folder."""
    with _home(folder):
        path = folder / "Sketches"
        with Project.open(path) as project:
            ended = _fill(project, folder)
        settings = Settings(folder / "settings")
        settings["language"], settings["theme"] = "en", "light"
        studio = Studio(app, settings, Log())
        try:
            assert studio.start(path) and studio.window is not None and studio.jobs is not None
            window, jobs = studio.window, studio.jobs
            if not natural:
                window.resize(1280, 720)
            until(lambda: jobs.running is not None and bool(_children()))
            for child in _children():
                child.suspend()
            until(lambda: window._complete)
            jobs._over.extend(ended)
            jobs.changed.emit()
            say(studio, events.Started(jobs.running, "image.gan", "train"))
            say(studio, events.Progress(1240, 5000, 83.0))
            settle()
            world = World(studio, folder)
            yield world
            del world.studio
        finally:
            _end(studio)


def say(studio: Studio, event: events.Event) -> None:
    """The running training says this, as if its process had."""
    jobs = studio.jobs
    assert jobs is not None and jobs.running is not None
    jobs._running[jobs.running].said.append(event)
    jobs._drain()


def until(condition: Callable[[], object]) -> None:
    """Wait for this while the window lives; an AssertionError if it does not come."""
    loop, timer, late = QEventLoop(), QTimer(interval=5), QTimer(interval=PATIENCE, singleShot=True)
    timer.timeout.connect(lambda: condition() and loop.exit(0))
    late.timeout.connect(lambda: loop.exit(1))
    timer.start()
    late.start()
    done = bool(condition()) or loop.exec() == 0
    timer.stop()
    late.stop()
    assert done, "waited in vain"


def settle() -> None:
    """Let the window do what it has put off: layouts, deletions, first paints."""
    for _ in range(24):  # a layout inside a layout asks the one around it, a dozen deep
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _end(studio: Studio) -> None:
    window = studio.window
    studio.end()
    if window is not None:
        window.close()
        window.deleteLater()
    studio.app.removeTranslator(studio._qt_words)
    studio.deleteLater()
    settle()
    theme.apply(studio.app, "light")
    i18n.use("en")


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """A home folder of the world's own: it is made before the test has its own."""
    ours = {"HOME": "home", "AIGC_CACHE": "cache", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update({name: str(folder / own) for name, own in ours.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _children() -> list[psutil.Process]:
    """Processes that work for us."""
    found = psutil.Process().children(recursive=True)
    return [one for one in found if not any("resource_tracker" in part for part in one.cmdline())]


# What is in the project


def _fill(project: Project, folder: Path) -> list[str]:
    """Items, models, runs in every state; the runs that have ended."""
    trained = {}
    for id, name in (("image.gan", "digits"), ("text.lstm", "plays")):
        run = project.runs.add(_job(id, folder))
        _learn(project, run, id)
        model = library_world.model(project, name, id, run=run, **FIGURES[id])
        project.runs.set(run, state="finished", step=500, total=500, model=model.name, figures=model.figures)
        trained[id] = run
    library_world.model(project, "digits of yesterday, a longer name than there is room for in a narrow list")
    thrown = library_world.model(project, "digits thrown away")
    project.models.trash(thrown.name)
    for seed in range(6):
        library_world.picture(project, f"Digit {seed}", size=28, seed=seed)
    library_world.text(project, "All the world's a stage,\nand all the men and women merely players.", "A stage")
    library_world.text(project, "满纸荒唐言,一把辛酸泪。都云作者痴,谁解其中味?", "荒唐言", prompt="满纸")
    project.items.trash(library_world.picture(project, "Thrown away").id)
    project.items.trash(library_world.text(project, "Never mind.", "Never mind").id)
    states = ("running", "waiting", "waiting", "paused", "interrupted", "lost", "failed", "cancelled")
    runs = {}
    for place, state in enumerate(states):
        id = "image.gan" if state in ("running", "failed") else "text.lstm"
        run = project.runs.add(_job(id, folder, name=f"{state} {place}"), state="waiting")
        runs[state] = run
        if state in ("paused", "interrupted", "cancelled"):
            (project.runs.folder(run) / "checkpoints" / "400").mkdir(parents=True)
        if state not in ("running", "waiting"):
            why = Sentence("This job was made by another version of the program and cannot be read.")
            project.runs.set(run, state=state, step=400, total=5000, problem=why if state == "failed" else None)
    return [runs["cancelled"], runs["failed"], trained["image.gan"]]


def _job(id: str, folder: Path, name: str = "tiny") -> dict:
    job = tiny.train_job(id, folder, None).model_dump(mode="json")
    return job | {"name": name}


def _learn(project: Project, run: str, id: str) -> None:
    """What a training leaves in its folder: numbers and samples."""
    folder = project.runs.folder(run)
    curves = list(registry.get(id).curves)
    with (folder / "metrics.jsonl").open("w", encoding="utf-8") as file:
        for step in range(10, 510, 10):
            values = {name: 2.0 / (1 + step / 100) + 0.2 * place for place, name in enumerate(curves)}
            kept = {name: value for name, value in values.items() if not name.startswith("heldout") or step % 50 == 0}
            file.write(json.dumps({"step": step, "seconds": step / 10, **kept}) + "\n")
    samples = folder / "samples"
    samples.mkdir()
    random = np.random.default_rng(1)
    for step in (100, 200, 300, 400, 500):
        if id == "text.lstm":
            (samples / f"{step}.txt").write_text("All the world is a stage, and we are\n" * 4, encoding="utf-8")
        else:
            Image.fromarray(random.integers(0, 255, (56, 56), dtype=np.uint8)).save(samples / f"{step}.png")
