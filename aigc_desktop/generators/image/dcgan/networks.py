"""The two networks of a convolutional GAN (Radford, Metz and Chintala 2016), each with one layer that sees the whole picture
(as in Chen and others 2016): convolutions this few would know only what stands in a window."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear
from torch.nn.utils.parametrizations import spectral_norm

from aigc_desktop.generators.image.dcgan.shape import levels, whole, widths
from aigc_desktop.nets.strided import double, halve

SLOPE = 0.2  # of the discriminator's leaky ReLU


class Generator(nn.Module):
    """Latents [n, latent_size] → pictures [n, C, side, side] in −1…1, from a small grid by doubling."""

    def __init__(self, latent_size: int, width: int, side: int, channels: int):
        super().__init__()
        self.start = side >> levels(side)
        rising = widths(width, side)[::-1]
        # Batch normalisation has a shift of its own, so the layer before it needs no bias.
        self.whole = nn.Linear(latent_size, whole(width), bias=False)
        self.norm = nn.BatchNorm1d(whole(width))
        self.first = nn.Linear(whole(width), rising[0] * self.start**2, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(one) for one in rising)
        self.layers = nn.ModuleList(nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False) for a, b in pairwise(rising))
        self.out = nn.ConvTranspose2d(rising[-1], channels, 4, 2, 1)
        begin(self)

    def forward(self, z: Tensor) -> Tensor:
        x = self.first(self.norm(self.whole(z)).relu()).view(len(z), self.start, self.start, -1).permute(0, 3, 1, 2)
        x = self.norms[0](x).relu()
        for layer, norm in zip(self.layers, self.norms[1:], strict=True):
            x = norm(double(x, layer.weight)).relu()
        return torch.tanh(double(x, self.out.weight, self.out.bias).float())


class Discriminator(nn.Module):
    """Pictures [n, C, side, side] in −1…1 → scores [n]: high for real. Each picture is judged by itself."""

    def __init__(self, width: int, side: int, channels: int, spectral: bool = False):
        super().__init__()
        wide = [channels, *widths(width, side)]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairwise(wide))
        self.whole = nn.Linear(wide[-1] * (side >> levels(side)) ** 2, whole(width))
        self.out = nn.Linear(whole(width), 1)
        begin(self)
        if spectral:
            for layer in [*self.layers, self.whole, self.out]:
                spectral_norm(layer)

    def hidden(self, x: Tensor) -> Tensor:
        """The last hidden activations [n, features]."""
        for layer in self.layers:
            x = leaky_relu(halve(x, layer.weight, layer.bias), SLOPE)
        return leaky_relu(self.whole(_flat(x)), SLOPE)

    def scored(self, hidden: Tensor) -> Tensor:
        return self.out(hidden).float().squeeze(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.scored(self.hidden(x))

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient [n, C, side, side] of each score by its own pixels, itself differentiable by the weights.

        Written out, because the slopes of a leaky ReLU are constants: cheaper than differentiating twice, and exact.
        """
        weights, whole = [layer.weight for layer in self.layers], self.whole.weight
        slopes = []
        with torch.no_grad():
            for layer, weight in zip(self.layers, weights, strict=True):
                x = halve(x, weight, layer.bias)
                slopes.append(_slope(x))
                x = x * slopes[-1]
            slope = _slope(linear(_flat(x), whole, self.whole.bias))
        gradient = (self.out.weight * slope) @ whole
        gradient = gradient.view(len(x), x.shape[2], x.shape[3], -1).permute(0, 3, 1, 2)
        for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
            gradient = double(gradient * slope, weight)
        return gradient


def _flat(x: Tensor) -> Tensor:
    """Every place's channels after each other: as they lie in memory."""
    return x.permute(0, 2, 3, 1).flatten(1)


def _slope(x: Tensor) -> Tensor:
    return torch.where(x > 0, 1.0, SLOPE).to(x.dtype)


@torch.no_grad()
def begin(network: nn.Module) -> None:
    """Weights as DCGAN begins: normal around 0 (the scales of batch normalisation around 1) with deviation 0.02."""
    for part in network.modules():
        if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            part.weight.normal_(0.0, 0.02)
            if part.bias is not None:
                part.bias.zero_()
        elif isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            part.weight.normal_(1.0, 0.02)
            part.bias.zero_()
