"""Muon: the same as torch's own, matrix for matrix, and orthogonal updates."""

import pytest
import torch
from torch import nn

from aigc_desktop.nets.muon import Muon, orthogonal


def matrices(*shapes: tuple[int, int]) -> list[nn.Parameter]:
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(shape)) for shape in shapes]


def go(optimizer: torch.optim.Optimizer, weights: list[nn.Parameter], steps: range) -> None:
    for step in steps:
        torch.manual_seed(step)
        for weight in weights:
            weight.grad = torch.randn(weight.shape)
        optimizer.step()


def test_square_matrices_go_as_torchs_own_optimiser_takes_them() -> None:
    ours, theirs = matrices((16, 16), (16, 16), (8, 8)), matrices((16, 16), (16, 16), (8, 8))
    go(Muon(ours, 0.02, 0.9, 0.1), ours, range(5))
    go(torch.optim.Muon(theirs, 0.02, momentum=0.9, weight_decay=0.1), theirs, range(5))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=2e-3, rtol=0)  # both compute in bfloat16


@pytest.mark.parametrize("shape", [(32, 8), (8, 32)])
def test_a_long_matrix_turns_as_far_lying_as_standing(shape: tuple[int, int]) -> None:
    (weight,) = matrices(shape)
    before = weight.detach().clone()
    go(Muon([weight], 0.1), [weight], range(1))
    singular = torch.linalg.svdvals(before - weight.detach()) / (0.1 * 2)  # √(32 / 8)
    assert singular.min() > 0.5 and singular.max() < 1.35


def test_singular_values_come_near_to_one() -> None:
    singular = torch.linalg.svdvals(
        orthogonal(torch.stack([*map(torch.Tensor.detach, matrices((8, 24), (8, 24)))])).float()
    )
    assert singular.shape == (2, 8) and singular.min() > 0.5 and singular.max() < 1.35


def test_long_matrices_take_the_short_way_to_the_same() -> None:
    stacked = torch.stack([*map(torch.Tensor.detach, matrices((8, 72), (8, 72)))])
    stacked[1, 3:] *= 1e-3  # nearly of a lower rank
    found = orthogonal(stacked)
    whole = stacked / stacked.norm(dim=(1, 2), keepdim=True)
    for _ in range(5):
        gram = whole @ whole.mT
        whole = 3.4445 * whole + (-4.7750 * gram + 2.0315 * gram @ gram) @ whole
    torch.testing.assert_close(found, whole, atol=1e-3, rtol=0)


def test_a_matrix_without_a_gradient_stays_and_vectors_are_refused() -> None:
    first, second = matrices((4, 4), (4, 4))
    kept = second.detach().clone()
    optimizer = Muon([first, second], 0.1, weight_decay=0.5)
    first.grad = torch.ones(4, 4)
    optimizer.step()
    assert torch.equal(second, kept) and not torch.equal(first, kept)
    with pytest.raises(ValueError, match="matrices"):
        Muon([nn.Parameter(torch.ones(3))], 0.1)


def test_a_kernel_goes_as_the_matrix_of_what_it_sees() -> None:
    (matrix,) = matrices((4, 18))
    kernel = nn.Parameter(matrix.detach().reshape(4, 2, 3, 3).to(memory_format=torch.channels_last))
    one, other = Muon([matrix], 0.1), Muon([kernel], 0.1)
    for step in range(3):
        torch.manual_seed(step)
        matrix.grad = torch.randn(4, 18)
        kernel.grad = matrix.grad.reshape(4, 2, 3, 3)
        one.step()
        other.step()
    assert torch.equal(matrix.detach(), kernel.detach().reshape(4, 18))


def test_its_memory_goes_into_a_checkpoint() -> None:
    unbroken, broken = matrices((6, 4), (4, 4)), matrices((6, 4), (4, 4))
    whole, first = Muon(unbroken, 0.05), Muon(broken, 0.05)
    go(whole, unbroken, range(4))
    go(first, broken, range(2))
    second = Muon(broken, 0.05)
    second.load_state_dict(first.state_dict())
    go(second, broken, range(2, 4))
    for one, other in zip(unbroken, broken, strict=True):
        assert torch.equal(one, other)
