"""Muon (Jordan et al. 2024): momentum whose update of a weight matrix is made orthogonal, as far as a few products go.

torch.optim.Muon takes one matrix after the other; here all of one shape go through the products together, which takes half
the time for the many small matrices of a small model. A test holds the two to be equal.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

A, B, C = 3.4445, -4.7750, 2.0315  # of Jordan's quintic: singular values end between about 0.7 and 1.2
PRODUCTS = 5
LONG = 4  # times as long as short: there the products are sooner made on the short side, at 32 bits


def orthogonal(matrices: Tensor) -> Tensor:
    """Matrices [n,r,c], r ≤ c, with their singular values brought near to 1 (Newton–Schulz), in bfloat16."""
    if matrices.shape[2] >= LONG * matrices.shape[1]:
        return _on_the_short_side(matrices)
    found = matrices.bfloat16()
    found = found / found.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(PRODUCTS):
        gram = found @ found.mT
        gram = torch.baddbmm(gram, gram, gram, beta=B, alpha=C)
        found = torch.baddbmm(found, gram, found, beta=A)
    return found


def _on_the_short_side(matrices: Tensor) -> Tensor:
    """The same: each product is a polynomial of the gram matrix [n,r,r], and those of one matrix can be exchanged."""
    found = matrices.float()
    found = found / found.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    gram = found @ found.mT
    one = torch.eye(gram.shape[-1], device=gram.device)
    turn: Tensor | None = None
    for product in range(PRODUCTS):
        factor = torch.baddbmm(gram, gram, gram, beta=B, alpha=C) + A * one
        turn = factor if turn is None else factor @ turn
        if product + 1 < PRODUCTS:
            gram = factor @ gram @ factor
    assert turn is not None
    return turn @ found


class Muon(Optimizer):
    """For weight matrices inside a network; tables of tokens, biases and scales need another optimiser.

    The learning rate is Jordan's: about 0.02, whatever the width. A matrix that is not square changes more, by the root of
    how much longer than wide it is, whichever side is the input. Kernels [out,in,h,w] are matrices of what they see.
    """

    def __init__(
        self, matrices: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        if any(one.ndim < 2 for group in self.param_groups for one in group["params"]):
            raise ValueError("Muon is for matrices")

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One step along the gradients; a matrix without one stays as it is."""
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[nn.Parameter]] = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    alike.setdefault(tuple(sorted((len(matrix), matrix[0].numel()))), []).append(matrix)
            for matrices in alike.values():
                self._step(matrices, group)

    def _step(self, matrices: list[nn.Parameter], group: dict[str, Any]) -> None:
        gradients = [matrix.grad for matrix in matrices if matrix.grad is not None]
        memories = []
        for matrix in matrices:
            state = self.state[matrix]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(matrix)
            memories.append(state["momentum"])
        torch._foreach_lerp_(memories, gradients, 1 - group["momentum"])
        updates = torch._foreach_lerp(gradients, memories, group["momentum"])  # Nesterov's look ahead
        stacked = torch.stack([_lying(update.flatten(1)) for update in updates])
        short, long = stacked.shape[1:]
        for matrix, update in zip(matrices, orthogonal(stacked), strict=True):
            matrix.mul_(1 - group["lr"] * group["weight_decay"])
            standing = matrix.shape[0] > matrix[0].numel()
            turned = (update.T if standing else update).reshape(matrix.shape)
            matrix.add_(turned, alpha=-group["lr"] * (long / short) ** 0.5)


def _lying(matrix: Tensor) -> Tensor:
    """With no more rows than columns."""
    return matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
