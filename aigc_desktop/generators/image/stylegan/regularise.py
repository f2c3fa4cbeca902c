"""The two penalties of StyleGAN2, both taken only every few steps and weighted as much more (lazy regularisation)."""

import math

import torch
from torch import Tensor

from aigc_desktop.generators.image.stylegan.networks import Discriminator, Generator

PATH_DECAY = 0.01  # of the mean path length towards the latest


def steepness(discriminator: Discriminator, pictures: Tensor) -> Tensor:
    """R1 (Mescheder 2018): half the squared length of the score's gradient by real pictures [n, C, H, W], meaned."""
    pictures = pictures.detach().requires_grad_(True)
    # By `forward` itself: a compiled network cannot be differentiated twice.
    scores = discriminator.forward(pictures)
    (gradient,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean() / 2


def path_length(generator: Generator, ws: Tensor, noises: list[Tensor], mean: Tensor) -> Tensor:
    """How far the lengths of |Jᵀy| (J: the picture by w; y: random pixels) are from their running mean, squared.

    A step in w should change the picture equally much wherever it is taken. `mean` [] is moved on in place.
    """
    # One w for each layer, each with a gradient of its own.
    ws = ws if ws.requires_grad else ws.detach().requires_grad_(True)
    pictures = generator.forward(ws, noises)
    pixels = torch.randn_like(pictures) / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradient,) = torch.autograd.grad((pictures * pixels).sum(), ws, create_graph=True)
    lengths = gradient.square().sum(2).mean(1).sqrt()
    with torch.no_grad():
        # From nothing at once to the first length, so that the first penalties are no larger than the later.
        mean.copy_(torch.where(mean == 0, lengths.mean(), mean.lerp(lengths.mean(), PATH_DECAY)))
    return (lengths - mean).square().mean()
