"""How far apart two sets of examples are, without a judge."""

from collections.abc import Callable

import torch
from torch import Tensor

CHUNK = 1024


def directions(size: int, count: int, seed: int = 0) -> Tensor:
    """Random unit vectors [size, count], the same for the same seed."""
    drawn = torch.randn(size, count, generator=torch.Generator().manual_seed(seed))
    return drawn / drawn.norm(dim=0)


def project(examples: Callable[[slice], Tensor], total: int, along: Tensor) -> Tensor:
    """Float examples [n, size], fetched in chunks, along each direction [size, count]; sorted: [total, count]."""
    chunks = (slice(start, min(start + CHUNK, total)) for start in range(0, total, CHUNK))
    return torch.cat([examples(chunk) @ along for chunk in chunks]).sort(dim=0).values


def sliced_wasserstein(first: Tensor, second: Tensor) -> float:
    """Sliced Wasserstein-2 distance (Rabin 2011) of two sorted projections [n, count] and [k·n, count]."""
    times, rest = divmod(len(second), len(first))
    if rest or not times:
        raise ValueError("the second set is a multiple of the first")
    return float((first.repeat_interleave(times, dim=0) - second).square().mean().sqrt())
