"""Differentiable augmentation: each change is what it says, differs from picture to picture, and lets gradients through."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from aigc_desktop.nets.augment import augmented, coloured, cutout, translated


@pytest.mark.parametrize("change", [coloured, translated, cutout, augmented])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_picture_is_changed_by_draws_of_its_own_and_gradients_pass(
    change: Callable[[Tensor], Tensor], channels: int
) -> None:
    torch.manual_seed(0)
    pictures = (torch.rand(1, channels, 16, 16) * 1.6 - 0.8).expand(12, -1, -1, -1).clone().requires_grad_()
    found = change(pictures)
    assert found.shape == pictures.shape
    assert len({one.detach().numpy().tobytes() for one in found}) > 8
    found.sum().backward()
    assert pictures.grad is not None and float(pictures.grad.abs().sum()) > 0
    torch.manual_seed(0)
    torch.rand(1, channels, 16, 16)
    assert torch.equal(change(pictures), found)  # drawn from torch's generator alone


def test_translation_moves_whole_pictures_by_an_eighth_at_most() -> None:
    torch.manual_seed(1)
    pictures = torch.arange(1.0, 257).view(1, 1, 16, 16).expand(200, -1, -1, -1)
    moves = set()
    for one in translated(pictures)[:, 0]:
        row, column = (int(value) for value in (one > 0).nonzero()[0])
        source = int(one[row, column]) - 1
        down, right = row - source // 16, column - source % 16
        expected = torch.zeros(16, 16)
        a, b = slice(max(down, 0), 16 + min(down, 0)), slice(max(right, 0), 16 + min(right, 0))
        c, d = slice(max(-down, 0), 16 - max(down, 0)), slice(max(-right, 0), 16 - max(right, 0))
        expected[a, b] = pictures[0, 0][c, d]
        assert torch.equal(one, expected)
        moves.add((down, right))
    assert {move[0] for move in moves} == {move[1] for move in moves} == {-2, -1, 0, 1, 2}


def test_cutout_greys_a_square_of_half_the_side() -> None:
    torch.manual_seed(1)
    covered = cutout(torch.ones(300, 3, 16, 16)) == 0
    assert torch.equal(covered[:, 0], covered[:, 2])
    areas = covered[:, 0].sum((1, 2))
    assert int(areas.max()) == 64 and int(areas.min()) >= 16  # part of it may lie outside
    assert bool(covered[:, 0].any(0).all())


def test_colours_change_without_moving_anything() -> None:
    torch.manual_seed(1)
    pictures = torch.rand(50, 3, 8, 8) * 2 - 1
    found = coloured(pictures)
    assert float((found.mean((1, 2, 3)) - pictures.mean((1, 2, 3))).abs().max()) <= 0.5 + 1e-5
    for one, other in zip(found, pictures, strict=True):
        grey = torch.corrcoef(torch.stack([one.mean(0).flatten(), other.mean(0).flatten()]))
        assert float(grey[0, 1]) > 0.999
