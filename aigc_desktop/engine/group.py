"""The processes that train together: one, or those that torchrun started, through Hugging Face Accelerate."""

from dataclasses import astuple

import torch
from torch import Tensor

from aigc_desktop.engine.control import Orders
from aigc_desktop.engine.device import device


class Group:
    """This process's device, rank and world size; agreement among all."""

    def __init__(self) -> None:
        from accelerate import PartialState

        wanted = device()
        state = PartialState(cpu=wanted.type == "cpu")
        self._state = state
        self.device: torch.device = state.device
        self.rank, self.world = state.process_index, state.num_processes

    @property
    def main(self) -> bool:
        return self.rank == 0

    def agree(self, orders: Orders) -> Orders:
        """The first process's orders, for all."""
        if self.world == 1:
            return orders
        packed = torch.tensor(astuple(orders), dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(packed, 0)
        stop, end, preview, look, checkpoint, progress = packed.tolist()
        return Orders(bool(stop), bool(end), bool(preview), bool(look), bool(checkpoint), progress)

    def gather(self, tensor: Tensor) -> list[Tensor]:
        """Each process's tensor, in the order of ranks."""
        if self.world == 1:
            return [tensor]
        parts = [torch.empty_like(tensor) for _ in range(self.world)]
        torch.distributed.all_gather(parts, tensor.contiguous())
        return parts

    def wait(self) -> None:
        self._state.wait_for_everyone()
