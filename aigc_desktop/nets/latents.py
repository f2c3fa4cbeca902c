"""The numbers that a picture is made from: one seed, one point of a normal distribution."""

import torch
from torch import Tensor


def latent(seed: int, size: int) -> Tensor:
    """The point [size] of a seed, float32 on the processor; the same whatever else is drawn."""
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))


def latents(seed: int, count: int, size: int) -> Tensor:
    """The points [count, size] of seed, seed + 1, …"""
    return torch.stack([latent(seed + number, size) for number in range(count)])


def walk(start: Tensor, end: Tensor, frames: int) -> Tensor:
    """Points [frames, size] from start to end along the arc between them (slerp: White 2016), ends exact."""
    if frames < 2:
        raise ValueError("a walk has at least two frames")
    angle = torch.arccos((torch.dot(start, end) / (start.norm() * end.norm())).clamp(-1, 1))
    share = torch.linspace(0, 1, frames)[1:-1, None]
    if float(angle.sin()) < 1e-4:  # the same or opposite directions: no arc between them
        between = torch.lerp(start, end, share)
    else:
        between = (torch.sin((1 - share) * angle) * start + torch.sin(share * angle) * end) / angle.sin()
    return torch.cat([start[None], between, end[None]])
