"""What one makes with a trained VAE."""

from pathlib import Path

import numpy as np
import torch

from aigc_desktop.engine.run import Run
from aigc_desktop.generators.image.vae.opened import Opened, between
from aigc_desktop.generators.image.vae.spec import Create, axes
from aigc_desktop.i18n import mark
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.latents import latent
from aigc_desktop.problems import BadInput


def create(folder: Path, params: Create, run: Run) -> None:
    """Pictures of seed, seed + 1, …; reconstructions; one strip that morphs; one picture changed, or of a point."""
    model = Opened(folder, run.device)
    MODES[params.mode](model, params, run)


def _new(model: Opened, params: Create, run: Run) -> None:
    for number in range(params.count):
        seed = run.seed + number
        [pixels] = model.drawn(latent(seed, model.latent_size)[None] * params.truncation)
        run.save(Picture(pixels), seed=seed, truncation=params.truncation)
        run.progress(number + 1, params.count)


def _reconstruct(model: Opened, params: Create, run: Run) -> None:
    if not params.pictures:
        raise BadInput(mark("Choose the pictures to reconstruct."))
    files = model.files(params.pictures)
    for number, path in enumerate(files):
        [pixels] = model.drawn(model.points([path]))
        [nats] = model.nats(model.read(path)[None])
        run.save(Picture(pixels), picture=str(path), nats=round(nats, 2))
        run.progress(number + 1, len(files))


def _morph(model: Opened, params: Create, run: Run) -> None:
    frames = model.drawn(way(model, params.first, params.second, params.frames))
    run.save(Picture(np.concatenate(frames, axis=1)), frames=params.frames)


def _direction(model: Opened, params: Create, run: Run) -> None:
    along = model.direction(params.having, params.lacking)
    [pixels] = model.drawn(changed(model, params.picture, run.seed)[None] + params.strength * along)
    run.save(Picture(pixels), strength=params.strength)


def _point(model: Opened, params: Create, run: Run) -> None:
    chosen = [one - 1 for one in axes(params.axes)]
    [pixels] = model.drawn(model.plane(chosen, run.seed, [(params.x, params.y)]))
    run.save(Picture(pixels), x=params.x, y=params.y)


MODES = {"new": _new, "reconstruct": _reconstruct, "morph": _morph, "direction": _direction, "point": _point}


def way(model: Opened, first: str | None, second: str | None, frames: int) -> torch.Tensor:
    """Points [frames, latent] from one picture file to the other."""
    if not first or not second:
        raise BadInput(mark("A morph needs two pictures: the first and the second."))
    start, end = model.points([first, second])
    return between(start, end, frames)


def changed(model: Opened, picture: str | None, seed: int) -> torch.Tensor:
    """The point [latent] that a direction is added to: a picture's, or the seed's."""
    return model.points([picture])[0] if picture else latent(seed, model.latent_size)
