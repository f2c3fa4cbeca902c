"""The order of the data as a function of (seed, step): a resumed run sees what an unbroken one would have."""

import torch
from torch import Tensor


class Shuffled:
    """Every example once per epoch, in an order drawn from (seed, epoch); `take(step)` gives int64 indices.

    With several processes each takes its equal share of the batch. The last, incomplete batch of an epoch is filled from
    the next one.
    """

    def __init__(self, count: int, batch_size: int, seed: int, rank: int = 0, world: int = 1):
        if count < 1:
            raise ValueError("there is nothing to take")
        self.count, self.batch_size, self.seed, self.rank, self.world = count, batch_size, seed, rank, world
        self._epochs: dict[int, Tensor] = {}

    def take(self, step: int) -> Tensor:
        first = step * self.batch_size
        places = torch.arange(first, first + self.batch_size)[self.rank :: self.world]
        epochs = places // self.count
        within = places % self.count
        indices = torch.empty_like(places)
        for epoch in range(int(epochs[0]), int(epochs[-1]) + 1):
            chosen = epochs == epoch
            indices[chosen] = self._epoch(epoch)[within[chosen]]
        return indices

    def _epoch(self, epoch: int) -> Tensor:
        if epoch not in self._epochs:
            self._epochs = {key: value for key, value in self._epochs.items() if key >= epoch - 1}
            generator = torch.Generator().manual_seed((self.seed * 1_000_003 + epoch) % 2**63)
            self._epochs[epoch] = torch.randperm(self.count, generator=generator)
        return self._epochs[epoch]
