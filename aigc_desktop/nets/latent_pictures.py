"""Creating pictures from latents with a trained generator: one for each seed, or a walk from one seed to another."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from aigc_desktop.engine.run import Run
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.latent_params import Draw
from aigc_desktop.nets.latents import latent, walk

Draws = Callable[[Tensor], np.ndarray]  # a latent [latent_size] → its picture, uint8 [H, W, C]


def create(picture: Draws, latent_size: int, params: Draw, run: Run) -> None:
    """`count` pictures of seed, seed + 1, …; or one strip that walks from the seed's picture to another's."""
    if params.walk:
        end = run.seed + 1 if params.walk_to is None else params.walk_to
        points = walk(latent(run.seed, latent_size), latent(end, latent_size), params.walk)
        frames = []
        for number, point in enumerate(points):
            frames.append(picture(point * params.truncation))
            run.progress(number + 1, params.walk)
        strip = Picture(np.concatenate(frames, axis=1))
        run.save(strip, seed=run.seed, walk=params.walk, walk_to=end, truncation=params.truncation)
        return
    for number in range(params.count):
        seed = run.seed + number
        pixels = picture(latent(seed, latent_size) * params.truncation)
        run.save(Picture(pixels), seed=seed, truncation=params.truncation)
        run.progress(number + 1, params.count)


@torch.no_grad()
def one(generator: nn.Module, z: Tensor, device: torch.device) -> Tensor:
    """What the generator makes of one latent [latent_size]: [1, …].

    One at a time, so that its bytes never depend on what else is created.
    """
    made: Tensor = generator(z[None].to(device))
    return made
