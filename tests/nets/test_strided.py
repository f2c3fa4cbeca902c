"""The convolutions that halve and double against PyTorch's own, with few channels and with many."""

import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d

from aigc_desktop.nets.strided import FEW, double, halve


@pytest.mark.parametrize("channels", [1, 3, FEW + 2])
def test_both_are_the_convolutions_and_so_are_their_gradients(channels: int) -> None:
    torch.manual_seed(0)
    weight = torch.randn(6, channels, 4, 4, dtype=torch.double, requires_grad=True)
    large = torch.randn(2, channels, 12, 8, dtype=torch.double, requires_grad=True)
    small = torch.randn(2, 6, 6, 4, dtype=torch.double, requires_grad=True)
    for mine, theirs, x, width in (
        (halve, conv2d, large, 6),
        (double, conv_transpose2d, small, channels),
    ):
        bias = torch.randn(width, dtype=torch.double, requires_grad=True)
        found, expected = mine(x, weight, bias), theirs(x, weight, bias, stride=2, padding=1)
        torch.testing.assert_close(found, expected)
        torch.testing.assert_close(mine(x, weight), theirs(x, weight, stride=2, padding=1))
        leaves = (x, weight, bias)
        torch.testing.assert_close(
            torch.autograd.grad(found.square().sum(), leaves), torch.autograd.grad(expected.square().sum(), leaves)
        )
