"""What a trainable generator gives to `fit`."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


@dataclass(frozen=True)
class Place:
    """Where a training runs: device, precision, its seed, and which process of how many it is."""

    device: torch.device
    seed: int
    precision: str = "float32"
    rank: int = 0
    world: int = 1

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.precision.endswith("bfloat16") else torch.float32

    def autocast(self) -> AbstractContextManager[Any]:
        """Forward passes belong inside: bfloat16 where that precision was chosen."""
        if self.dtype is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.dtype)


class Trainer:
    """Base of every generator's Trainer. `fit` calls it; it never loops itself.

    Set `ema` in `__init__` to {part name: decay} for the networks whose moving average is sampled, evaluated and saved.
    `progress` (0…1, of the planned training) is set by `fit` before each step: a learning-rate schedule reads it.
    Random numbers: `fit` seeds torch from (seed, step) before each step, so that a resumed run draws the same.
    """

    place: Place
    ema: Mapping[str, float] = MappingProxyType({})
    progress: float = 0.0
    accumulate: int = 1
    _micro: int = 0

    def __init__(self, params: Any, data: Any, place: Place):
        raise TypeError("a generator's Trainer builds its networks and optimisers here")

    def batch(self, step: int) -> Any:
        """The batch of a step (this process's share), from (seed, step) alone; see `data.order`."""
        raise TypeError

    def step(self, batch: Any) -> dict[str, Tensor]:
        """One optimisation step; detached scalars by name."""
        raise TypeError

    def sample(self, seed: int) -> Any:
        """The fixed-seed preview: a Media."""
        raise TypeError

    def insights(self) -> dict[str, dict[str, Any]]:
        """What can be seen of the network's inside now: for each view of the spec that wants it, its data as plain JSON.

        Called after `sample`, in its share of the time, with the averaged weights: a few forward passes at most.
        """
        return {}

    def evaluate(self) -> dict[str, float]:
        """Held-out figures over all held-out data by plain names, the one to minimise first; empty if none."""
        return {}

    def parts(self) -> dict[str, nn.Module | Optimizer | Tensor]:
        """What a checkpoint holds, by attribute name: networks, optimisers, tensors carried from step to step."""
        raise TypeError

    def save(self, folder: Path) -> None:
        """The model's own files (config.json, model.safetensors, tokenizer…) into an empty folder."""
        raise TypeError

    def optimise(self, loss: Tensor, *optimizers: Optimizer, clip: float = 0.0) -> None:
        """Backward, average over processes, clip the gradient's norm, step: once per `accumulate` calls.

        With several batches per step, `loss` is divided and the optimisers step at the last one.
        """
        (loss / self.accumulate if self.accumulate > 1 else loss).backward()
        if self._micro + 1 < self.accumulate:
            return
        groups = [group for one in optimizers for group in one.param_groups]
        parameters = [p for group in groups for p in group["params"] if p.grad is not None]
        if self.place.world > 1:
            average_gradients(parameters, self.place.world)
        if clip:
            nn.utils.clip_grad_norm_(parameters, clip)
        for one in optimizers:
            one.step()
            one.zero_grad(set_to_none=True)

    def modules(self) -> Iterator[tuple[str, nn.Module]]:
        """The networks among the parts."""
        for name, part in self.parts().items():
            if isinstance(part, nn.Module):
                yield name, part


def average_gradients(parameters: list[nn.Parameter], world: int) -> None:
    """Replace each gradient by its mean over the processes, in one message."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    torch.distributed.all_reduce(flat)
    flat /= world
    offset = 0
    for gradient in gradients:
        gradient.copy_(flat[offset : offset + gradient.numel()].view_as(gradient))
        offset += gradient.numel()
