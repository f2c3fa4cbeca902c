"""Exponential moving averages of weights (Polyak & Juditsky 1992; decay warmed up as in Tan & Le 2019)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from aigc_desktop.engine import restore

# An average over hundreds of steps is as good from every fourth of them, which counts for four; an update takes about as
# long as the optimiser's step.
EVERY, SETTLED, SLOW = 4, 64, 0.9


class Averages:
    """The moving average of each named network's floating-point weights and buffers.

    `update` after each step; inside `applied()` the networks hold their averages.
    """

    def __init__(self, networks: dict[str, nn.Module], decays: Mapping[str, float]):
        self._live = {name: _floating(networks[name]) for name in decays}
        self._decays = decays
        self.values = {name: [t.detach().clone() for t in live] for name, live in self._live.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        for name, decay in self._decays.items():
            every = EVERY if step >= SETTLED and decay > SLOW else 1
            if step % every:
                continue
            weight = 1 - min(decay, (1 + step) / (10 + step)) ** every
            torch._foreach_lerp_(self.values[name], [t.detach() for t in self._live[name]], weight)

    @contextmanager
    def applied(self) -> Iterator[None]:
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for name, live in self._live.items():
            for tensor, average in zip(live, self.values[name], strict=True):
                kept = tensor.detach().clone()
                tensor.detach().copy_(average)
                average.copy_(kept)

    def load(self, values: Any) -> None:
        """Take averages that were stored; Misfit where they are of other networks."""
        for name, mine in self.values.items():
            try:
                for tensor, stored in zip(mine, values[name], strict=True):
                    restore.copy(tensor, stored)
            except (KeyError, TypeError, ValueError):
                raise restore.Misfit(name) from None


def _floating(network: nn.Module) -> list[Tensor]:
    tensors = [*network.parameters(), *network.buffers()]
    return [tensor for tensor in tensors if tensor.is_floating_point()]
