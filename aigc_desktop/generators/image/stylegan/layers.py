"""The parts of StyleGAN2's networks (Karras and others 2020), cheap on a processor.

Weights are drawn with variance 1 and scaled where they are used, so that all learn at the same rate (equalised learning
rate: Karras 2018). Convolutions compute in the kind of numbers of their input; weights, styles and losses are float32.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, conv_transpose2d, interpolate, leaky_relu, linear

SLOPE = 0.2
NOISE_RATE = 0.001  # form comes first: at a higher rate noise stands in for edges that are not learned yet
GAIN = math.sqrt(2)  # of a leaky ReLU, so that it keeps the variance


def _filter(taps: list[float]) -> Tensor:
    """The square filter [1, 1, k, k] of these taps, with sum 1."""
    row = torch.tensor(taps)
    return (row[:, None] * row[None, :] / row.sum() ** 2)[None, None]


SMOOTH = _filter([1, 2, 1])
DOUBLING = 4 * _filter([1, 3, 3, 1])  # each second pixel is empty before: a quarter of the sum


def blur(x: Tensor, taps: Tensor, padding: int) -> Tensor:
    """Each channel of [n, c, H, W] filtered by itself."""
    return conv2d(x, taps.to(x).expand(x.shape[1], -1, -1, -1), padding=padding, groups=x.shape[1])


def doubled(x: Tensor) -> Tensor:
    """[n, c, H, W] → [n, c, 2H, 2W] by the filter [1, 3, 3, 1]: what bilinear interpolation does."""
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def halved(x: Tensor) -> Tensor:
    """[n, c, H, W] → [n, c, H/2, W/2] by the filter [1, 3, 3, 1]: as [1, 2, 1] and the mean of pairs, which is quicker."""
    return avg_pool2d(blur(x, SMOOTH, 1), 2)


class Linear(nn.Module):
    """[n, inputs] → [n, outputs]; `rate` slows its learning."""

    def __init__(self, inputs: int, outputs: int, bias: float = 0.0, rate: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight * self.scale, self.bias * self.rate)


class Conv(nn.Module):
    """A convolution [n, inputs, H, W] → [n, outputs, H, W] and a leaky ReLU (`active`), for the discriminator."""

    def __init__(self, inputs: int, outputs: int, kernel: int, active: bool = True, gain: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if active else None
        # A leaky ReLU passes factors on: its gain costs nothing when the weights carry it.
        self.gain = gain * (GAIN if active else 1.0)
        self.scale = self.gain / math.sqrt(inputs * kernel**2)

    def forward(self, x: Tensor) -> Tensor:
        weight = (self.weight * self.scale).to(x.dtype)
        bias = None if self.bias is None else (self.bias * self.gain).to(x.dtype)
        y = conv2d(x, weight, bias, padding=self.weight.shape[2] // 2)
        return y if self.bias is None else leaky_relu(y, SLOPE)


class Modulated(nn.Module):
    """One layer of the generator: [n, inputs, H, W] and w [n, w_size] → [n, outputs, H, W] (twice the side with `double`).

    The style scales each input channel, demodulation the outputs back to variance 1. Both are applied to the pictures
    rather than to the weights: one ordinary convolution for the whole batch, where the paper's has a group per picture.
    """

    def __init__(self, inputs: int, outputs: int, w_size: int, side: int, double: bool):
        super().__init__()
        self.style = Linear(w_size, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("noise", torch.randn(1, 1, side, side))  # the same for every picture that is created
        self.double = double

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None = None) -> Tensor:
        """`noise` [n or 1, 1, side, side], instead of the layer's own."""
        style = self.style(w)
        weight = self.weight / math.sqrt(self.weight[0].numel())
        lengths = style.square() @ weight.square().sum((2, 3)).T + 1e-8
        demodulation = lengths.rsqrt() * GAIN
        x = x * style.to(x.dtype)[:, :, None, None]
        weight = weight.to(x.dtype)
        if self.double:
            y = blur(conv_transpose2d(x, weight.transpose(0, 1), stride=2), DOUBLING, 1)
        else:
            y = conv2d(x, weight, padding=1)
        bias = (self.bias * GAIN).to(x.dtype)[None, :, None, None]
        y = torch.addcmul(bias, y, demodulation.to(x.dtype)[:, :, None, None])
        y = y + ((self.noise if noise is None else noise) * (self.strength * (GAIN * NOISE_RATE))).to(x.dtype)
        return leaky_relu(y, SLOPE)


class ToColours(nn.Module):
    """[n, inputs, H, W] and w → the layer's share of the picture, float32 [n, channels, H, W]; styled, not demodulated."""

    def __init__(self, inputs: int, channels: int, w_size: int):
        super().__init__()
        self.style = Linear(w_size, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, inputs))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        n, inputs, height, width = x.shape
        weight = self.weight * (self.style(w) / math.sqrt(inputs))[:, None, :]
        # Few outputs and a weight for each picture: one product of matrices per picture.
        y = x.permute(0, 2, 3, 1).reshape(n, height * width, inputs) @ weight.to(x.dtype).transpose(1, 2)
        return y.float().add(self.bias).reshape(n, height, width, -1).permute(0, 3, 1, 2)
