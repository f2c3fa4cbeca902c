"""Every creation with a diffusion model: from a folder and what a user chose to pictures in the library."""

import difflib
import random
import time
from pathlib import Path

from torch import Tensor

from aigc_desktop.engine import loaded
from aigc_desktop.engine.diffusers_folder import EXPLODING
from aigc_desktop.engine.run import Run
from aigc_desktop.i18n import mark
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.diffusion import given as gifts
from aigc_desktop.nets.diffusion.given import Start
from aigc_desktop.nets.diffusion.opening import Diffuser, open_folder
from aigc_desktop.nets.diffusion.params import Draw
from aigc_desktop.nets.diffusion.sampling import How, sample
from aigc_desktop.nets.pixels import pictures_of
from aigc_desktop.problems import BadInput

SHOW_SECONDS = 0.1  # between two looks at what emerges
SHARE = 0.05  # of the time, at most, that these looks take

NO_CLASSES = mark("The model {path} knows no classes; leave {name} empty.")
NEAREST = mark("There is no class {name} in the model {path}; did you mean {nearest}?")
NO_CLASS = mark("There is no class {name} in the model {path}; there are: {known}.")
ONLY_NEW = mark(
    "The model {path} is of a kind (score-based, VE) that makes new pictures only; it cannot begin with one."
)
OWN_WAY = mark("This model is of a kind (score-based, VE) that has a sampler of its own; it is used.")
FEWER_STEPS = mark("This model learned {most} steps of noise; so many are taken, not {steps}.")


def create(folder: Path, params: Draw, run: Run) -> None:
    """Draw `params.count` pictures with the model in this folder, and keep each.

    Picture i has the seed `run.seed + i` and depends on nothing else. Each is previewed in its slot while it emerges. A stop
    keeps those that are finished.
    """
    run.progress(0, params.count)
    how = (str(run.device), params.precision)
    diffuser = loaded.model(folder, lambda: open_folder(folder, run.device, params.precision), "draw", *how)
    Drawing(folder, diffuser, params, run).draw()


class Drawing:
    """All the pictures of one creation."""

    def __init__(self, folder: Path, diffuser: Diffuser, params: Draw, run: Run):
        self.folder, self.diffuser, self.params, self.run = folder, diffuser, params, run
        self._wanted = _label(params.by_class.strip(), diffuser, folder)
        self.start = self._start()
        self.how = How(params.sampler, params.steps, params.guidance, params.eta, params.strength, params.resample)
        most = int(diffuser.scheduler.get("num_train_timesteps", 1000))
        if diffuser.scheduler["_class_name"] != EXPLODING and params.steps > most:
            run.message(FEWER_STEPS, "warning", most=most, steps=params.steps)
        self._shown, self._every = 0.0, SHOW_SECONDS
        self._begun = time.monotonic()

    def draw(self) -> None:
        """Draw and keep them all."""
        size, count = self.diffuser.batch, self.params.count
        for first in range(0, count, size):
            self._draw(range(first, min(first + size, count)))

    def _start(self) -> Start | None:
        if self.diffuser.scheduler["_class_name"] == EXPLODING:
            if self.params.start or self.params.mask:
                raise BadInput(ONLY_NEW, path=self.folder)
            if {"sampler", "eta"} & self.params.model_fields_set:
                self.run.message(OWN_WAY)
        return gifts.start(self.params, self.diffuser, self.run)

    def _draw(self, numbers: range) -> None:
        seeds = [self.run.seed + number for number in numbers]
        labels = [self._class_of(seed) for seed in seeds] if self.diffuser.classes else None

        def say(done: int, total: int, estimates: Tensor) -> None:
            self.run.check()
            if time.monotonic() - self._shown >= self._every and done < total:
                self._show(numbers, done, total, estimates)

        given = self.start.given if self.start is not None else None
        pictures = pictures_of(sample(self.diffuser, seeds, self.how, labels, given, say))
        for place in range(len(numbers)):
            pixels = pictures[place] if self.start is None else self.start.kept(pictures[place])
            named = {"by_class": self.diffuser.classes[labels[place]]} if labels is not None else {}
            self.run.save(Picture(pixels), seed=seeds[place], **named)
        self._say_progress(numbers.stop)

    def _class_of(self, seed: int) -> int:
        return random.Random(seed).randrange(len(self.diffuser.classes)) if self._wanted is None else self._wanted

    def _show(self, numbers: range, done: int, total: int, estimates: Tensor) -> None:
        """How far the pictures have come."""
        begun = time.monotonic()
        for number, pixels in zip(numbers, pictures_of(estimates), strict=True):
            self.run.preview(Picture(pixels), done, number)
        self._say_progress(numbers.start + len(numbers) * done / total)
        self._shown = time.monotonic()
        self._every = max(SHOW_SECONDS, (self._shown - begun) / SHARE)

    def _say_progress(self, made: float) -> None:
        count = self.params.count
        left = (time.monotonic() - self._begun) / made * (count - made)
        self.run.progress(int(made), count, fraction=made / count, seconds_left=left)


def _label(name: str, diffuser: Diffuser, folder: Path) -> int | None:
    """The number of a class by its name; None where none was asked for."""
    if not name:
        return None
    classes = list(diffuser.classes)
    if not classes:
        raise BadInput(NO_CLASSES, path=folder, name="by_class")
    if name in classes:
        return classes.index(name)
    folded = {one.casefold(): number for number, one in enumerate(classes)}
    if name.casefold() in folded:
        return folded[name.casefold()]
    nearest = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    if nearest:
        raise BadInput(NEAREST, name=name, path=folder, nearest=classes[folded[nearest[0]]])
    raise BadInput(
        NO_CLASS, name=name, path=folder, known=", ".join(classes[:20]) + (" …" if len(classes) > 20 else "")
    )
