"""The fast U-Net is diffusers' own, number for number; its cost is known before it is built."""

from typing import Any

import pytest
import torch
from diffusers import UNet2DModel
from torch.nn.functional import conv2d, conv_transpose2d, interpolate

from aigc_desktop.nets.diffusion import shape, unet


def small(**others: Any) -> dict[str, Any]:
    return shape.settings(8, 8, 1, 8, 1, attention=True) | {
        "block_out_channels": [8, 16],
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
        "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
        **others,
    }


@pytest.mark.parametrize("others", [{}, {"resnet_time_scale_shift": "default", "mid_block_scale_factor": 1.4}])
def test_the_fast_form_says_and_learns_what_the_original_does(others: dict[str, Any]) -> None:
    torch.manual_seed(0)
    original = UNet2DModel(**small(**others))
    ours = unet.fast(UNet2DModel(**small(**others)))
    ours.load_state_dict(original.state_dict())
    pictures, times = torch.randn(3, 1, 8, 8), torch.tensor([0, 500, 999])
    gradients = []
    for network in (original, ours):
        said = network(pictures, times).sample
        said.square().sum().backward()
        gradients.append((said, {name: weight.grad for name, weight in network.named_parameters()}))
    (said, theirs), (again, mine) = gradients
    torch.testing.assert_close(again, said, atol=1e-5, rtol=1e-4)
    for name, gradient in theirs.items():
        torch.testing.assert_close(mine[name], gradient, atol=1e-4, rtol=1e-3, msg=name)


def test_upsampling_is_exchanged() -> None:
    network = unet.build(small())
    kinds = {type(module).__name__ for module in network.modules()}
    assert "Upsample2D" not in kinds and "ResnetBlock2D" not in kinds


def test_a_spread_kernel_does_what_neighbours_and_a_kernel_do() -> None:
    torch.manual_seed(0)
    picture, kernel = torch.randn(2, 3, 5, 4), torch.randn(6, 3, 3, 3)
    wanted = conv2d(interpolate(picture, scale_factor=2.0, mode="nearest"), kernel, padding=1)
    found = conv_transpose2d(picture, unet.spread(kernel), stride=2, padding=1)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_at_first_it_says_nothing_and_what_is_saved_is_a_copy() -> None:
    network = unet.begin(unet.build(small()))
    assert not network(torch.randn(2, 1, 8, 8), torch.tensor([5, 6])).sample.any()
    copy = unet.plain(network)
    assert {type(module).__name__ for module in copy.modules()} >= {"Upsample2D", "ResnetBlock2D"}
    for one, other in zip(copy.parameters(), network.parameters(), strict=True):
        assert torch.equal(one, other) and one.is_contiguous() and one.data_ptr() != other.data_ptr()


@pytest.mark.parametrize(
    ("height", "width", "levels"),
    [(28, 28, 3), (32, 32, 3), (64, 64, 4), (128, 128, 5), (8, 8, 1), (30, 28, 2), (7, 7, 1)],
)
def test_levels(height: int, width: int, levels: int) -> None:
    assert shape.levels(height, width) == levels


@pytest.mark.parametrize(
    "size",
    [
        (28, 28, 1, 8, 1, 0, False),
        (32, 32, 3, 16, 2, 10, True),
        (64, 64, 3, 8, 1, 3, True),
        (48, 32, 1, 24, 1, 0, False),
        (8, 8, 1, 8, 3, 0, True),
    ],
)
def test_weights_are_counted_exactly(size: tuple[Any, ...]) -> None:
    config = shape.settings(*size)
    with torch.device("meta"):
        network = UNet2DModel(**config)
    assert shape.weights(config) == sum(one.numel() for one in network.parameters())


def test_activations_are_about_what_is_kept() -> None:
    config = shape.settings(16, 16, 1, 16, 1)
    network, kept = unet.build(config), 0

    def count(one: torch.Tensor) -> torch.Tensor:
        nonlocal kept
        kept += one.numel() if one.ndim == 4 and len(one) == 2 else 0
        return one

    with torch.autograd.graph.saved_tensors_hooks(count, lambda one: one):
        network(torch.randn(2, 1, 16, 16), torch.tensor([5, 6]))
    assert 0.7 < shape.activations(config) / (kept / 2) < 2.0
