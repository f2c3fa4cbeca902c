"""Convolutions of 4×4 that halve a picture's sides, and their transposes that double them (stride 2, padding 1).

With few channels on the picture's side (grey: one) the processor's own forms take many times what the arithmetic needs:
there both are a matrix product over gathered patches, with the same result.
"""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, linear, pad, pixel_shuffle, pixel_unshuffle

FEW = 4  # channels


def halve(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """[n, C, 2h, 2w] by weights [D, C, 4, 4] → [n, D, h, w]."""
    if x.shape[1] > FEW or x.device.type != "cpu":
        return conv2d(x, weight, bias, stride=2, padding=1)
    height, width = x.shape[2] // 2, x.shape[3] // 2
    small = pixel_unshuffle(pad(x, (1, 1, 1, 1)), 2).permute(0, 2, 3, 1)
    places = [(i, j) for i in (0, 1) for j in (0, 1)]
    patches = torch.cat([small[:, i : i + height, j : j + width] for i, j in places], dim=3)
    return linear(patches, _matrix(weight), bias).permute(0, 3, 1, 2)


def double(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """[n, D, h, w] by weights [D, C, 4, 4] → [n, C, 2h, 2w]: the transpose of `halve` with the same weights."""
    channels = weight.shape[1]
    if channels > FEW or x.device.type != "cpu":
        return conv_transpose2d(x, weight, bias, stride=2, padding=1)
    patches = linear(x.permute(0, 2, 3, 1), _matrix(weight).T).permute(0, 3, 1, 2)
    parts = patches.chunk(4, dim=1)
    small = pad(parts[0], (0, 1, 0, 1)) + pad(parts[1], (1, 0, 0, 1))
    small = small + pad(parts[2], (0, 1, 1, 0)) + pad(parts[3], (1, 0, 1, 0))
    whole = pixel_shuffle(small, 2)[:, :, 1:-1, 1:-1]
    return whole if bias is None else whole + bias.to(whole.dtype)[:, None, None]


def _matrix(weight: Tensor) -> Tensor:
    """Weights [D, C, 4, 4] → [D, 16 C] in the order of the patches: where, channel, row and column inside."""
    many, channels = weight.shape[:2]
    return weight.reshape(many, channels, 2, 2, 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(many, -1)
