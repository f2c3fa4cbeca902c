"""Principal directions of w (GANSpace: Härkönen and others 2020): where most of the variety lies."""

import torch
from torch import Tensor

from aigc_desktop.generators.image.stylegan.networks import Generator

COUNT = 10_000
SEED = 20_200_405


@torch.no_grad()
def measure(generator: Generator) -> None:
    """Set the generator's `centre`, `directions` and `spreads` by the w of many latents, always the same ones."""
    z = torch.randn(COUNT, generator.w_size, generator=torch.Generator().manual_seed(SEED))
    w = generator.w(z.to(generator.centre.device)).double().cpu()
    centre = w.mean(0)
    values, vectors = torch.linalg.eigh((w - centre).T @ (w - centre) / (COUNT - 1))
    known = len(generator.spreads)
    directions = vectors.flip(1)[:, :known].T
    # A direction's sign is free: its largest part points forward, so that the same weights give the same sliders.
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    generator.centre.copy_(centre)
    generator.directions.copy_(directions * largest.sign())
    generator.spreads.copy_(values.flip(0)[:known].clamp_min(0).sqrt())


def shares(generator: Generator) -> list[float]:
    """Which share of the variety among the kept directions each one has."""
    variances = generator.spreads.square()
    return (variances / variances.sum().clamp_min(1e-12)).tolist()


def moved(generator: Generator, w: Tensor, distances: dict[int, float]) -> Tensor:
    """w [..., w_size] moved along direction number → standard deviations (numbers from 1)."""
    for number, distance in distances.items():
        w = w + distance * generator.spreads[number - 1] * generator.directions[number - 1]
    return w
