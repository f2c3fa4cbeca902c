"""Fixed features of small colour pictures: the 64 activations before the last layer of a ResNet-20 that knows CIFAR-10.

He and others 2016, in the weights of ../shared/data (shortcuts of kind A: every second pixel, new channels empty).
It is right about 81 % of CIFAR-10's test pictures (`tests/bench` has a test of that).
"""

from functools import cache

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import batch_norm, conv2d, interpolate, linear, pad

from tests.real_data import data_folder

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@torch.no_grad()
def features(pictures: np.ndarray) -> tuple[Tensor, Tensor]:
    """Features [n, 64] and scores [n, 10] of pictures uint8 [n, H, W, 3], bilinearly brought to 32×32."""
    weights = _weights()
    found = []
    for part in torch.from_numpy(pictures).split(500):
        x = part.permute(0, 3, 1, 2).float() / 255
        if x.shape[2] != 32:
            # With antialiasing, as Pillow: else half of a larger picture's pixels are not looked at.
            x = interpolate(x, size=(32, 32), mode="bilinear", align_corners=False, antialias=True)
        x = (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(SPREAD)[:, None, None]
        x = _conv(x, "conv1", "bn1", weights).relu()
        for level in (1, 2, 3):
            for block in (0, 1, 2):
                x = _block(x, f"layer{level}.{block}.", 2 if level > 1 and block == 0 else 1, weights)
        found.append(x.mean((2, 3)))
    joined = torch.cat(found)
    return joined, linear(joined, weights["linear.weight"], weights["linear.bias"])


def _block(x: Tensor, name: str, stride: int, weights: dict[str, Tensor]) -> Tensor:
    y = _conv(x, name + "conv1", name + "bn1", weights, stride).relu()
    y = _conv(y, name + "conv2", name + "bn2", weights)
    if stride > 1:
        more = (y.shape[1] - x.shape[1]) // 2
        x = pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, more, more))
    return (y + x).relu()


def _conv(x: Tensor, conv: str, norm: str, weights: dict[str, Tensor], stride: int = 1) -> Tensor:
    x = conv2d(x, weights[conv + ".weight"], stride=stride, padding=1)
    means = (weights[f"{norm}.{name}"] for name in ("running_mean", "running_var", "weight", "bias"))
    return batch_norm(x, *means)


@cache
def _weights() -> dict[str, Tensor]:
    folder = data_folder()
    assert folder is not None
    return load_file(folder / "weights" / "resnet_cifar10" / "resnet20_cifar10.safetensors")
