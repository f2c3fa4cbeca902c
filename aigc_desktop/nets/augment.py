"""Changes of pictures that a discriminator sees, real and created ones alike, and that a generator learns through.

Differentiable augmentation (Zhao and others, 2020): with few pictures it keeps the discriminator from knowing them by heart.
Pictures are floats [n, C, H, W] in −1…1; every picture is changed by draws of its own from torch's generator.
"""

import torch
from torch import Tensor

SHIFT = 1 / 8  # of a side, at most
CUT = 1 / 2  # of a side
FEW = 5_000  # pictures: fewer are a small set


def augmented(pictures: Tensor) -> Tensor:
    """Colour, then translation, then cutout, as the paper's policy for small sets."""
    return cutout(translated(coloured(pictures)))


def coloured(pictures: Tensor) -> Tensor:
    """Brightness moved by up to ±½, saturation (where there are colours) times 0…2, contrast times ½…1½."""
    pictures = pictures + (_drawn(pictures) - 0.5)
    if pictures.shape[1] > 1:
        grey = pictures.mean(1, keepdim=True)
        pictures = torch.lerp(grey, pictures, 2 * _drawn(pictures))
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return torch.lerp(middle, pictures, _drawn(pictures) + 0.5)


def translated(pictures: Tensor) -> Tensor:
    """Moved by up to an eighth of the sides; what comes in is grey, so that a move can be seen as one."""
    count, _, height, width = pictures.shape
    rows = _moved(count, height, pictures.device)
    columns = _moved(count, width, pictures.device)
    inside = ((rows >= 0) & (rows < height))[:, None, :, None] & ((columns >= 0) & (columns < width))[:, None, None, :]
    numbers = torch.arange(count, device=pictures.device)[:, None, None]
    at = numbers, rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
    moved = pictures.permute(0, 2, 3, 1)[at].permute(0, 3, 1, 2)
    return torch.where(inside, moved, 0.0)


def cutout(pictures: Tensor) -> Tensor:
    """A square of half the sides, anywhere, turned grey."""
    count, _, height, width = pictures.shape
    rows = _covered(count, height, pictures.device)[:, None, :, None]
    columns = _covered(count, width, pictures.device)[:, None, None, :]
    return pictures.masked_fill(rows & columns, 0.0)


def _drawn(pictures: Tensor) -> Tensor:
    return torch.rand(len(pictures), 1, 1, 1, device=pictures.device)


def _moved(count: int, side: int, device: torch.device) -> Tensor:
    """For each picture where its rows (columns) come from, [count, side]."""
    most = int(side * SHIFT + 0.5)
    return torch.arange(side, device=device) + torch.randint(-most, most + 1, (count, 1), device=device)


def _covered(count: int, side: int, device: torch.device) -> Tensor:
    """For each picture which rows (columns) a square of half the side covers, part of which may lie outside."""
    long = int(side * CUT + 0.5)
    start = torch.randint(-(long // 2), side - (long // 2) + 1, (count, 1), device=device)
    places = torch.arange(side, device=device)
    return (places >= start) & (places < start + long)
