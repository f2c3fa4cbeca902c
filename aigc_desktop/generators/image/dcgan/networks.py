"""The two networks of a convolutional GAN (Radford, Metz and Chintala 2016)."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

from aigc_desktop.generators.image.dcgan.shape import last_grid, last_width, levels, widths
from aigc_desktop.nets.adversarial import sloped
from aigc_desktop.nets.strided import double, halve

SLOPE = 0.2  # of the discriminator's leaky ReLU


class Generator(nn.Module):
    """Latents [n, latent_size] → pictures [n, C, side, side] in −1…1, from a small grid by doubling."""

    def __init__(self, latent_size: int, width: int, side: int, channels: int):
        super().__init__()
        self.start = side >> levels(side)
        rising = widths(width, side)[::-1]
        # Batch normalisation has a shift of its own, so the layer before it needs no bias.
        self.first = nn.Linear(latent_size, rising[0] * self.start**2, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(one) for one in rising)
        self.layers = nn.ModuleList(nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False) for a, b in pairwise(rising))
        self.out = nn.ConvTranspose2d(rising[-1], channels, 4, 2, 1)
        begin(self)

    def forward(self, z: Tensor) -> Tensor:
        x = self.first(z).view(len(z), self.start, self.start, -1).permute(0, 3, 1, 2)
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
        self.last = nn.Conv2d(wide[-1], last_width(width, side), 3, 2, 1)
        self.out = nn.Linear(last_width(width, side) * last_grid(side) ** 2, 1)
        begin(self)
        if spectral:
            for layer in [*self.layers, self.last, self.out]:
                spectral_norm(layer)

    def hidden(self, x: Tensor) -> Tensor:
        """The last hidden activations [n, features]."""
        for layer in self.layers:
            x = leaky_relu(halve(x, layer.weight, layer.bias), SLOPE)
        x = leaky_relu(self.last(x), SLOPE)
        return x.permute(0, 2, 3, 1).flatten(1)  # as they lie in memory

    def scored(self, hidden: Tensor) -> Tensor:
        return self.out(hidden).float().squeeze(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.scored(self.hidden(x))

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient [n, C, side, side] of each score by its own pixels, itself differentiable by the weights.

        Written out, because the slopes of a leaky ReLU are constants: cheaper than differentiating twice, and exact.
        """
        weights, last = [layer.weight for layer in self.layers], self.last.weight
        before = []
        with torch.no_grad():
            for layer, weight in zip(self.layers, weights, strict=True):
                before.append(halve(x, weight, layer.bias))
                x = leaky_relu(before[-1], SLOPE)
            small = conv2d(x, last, self.last.bias, stride=2, padding=1)
        grid = small.shape[2]
        gradient = self.out.weight.view(1, grid, grid, -1).permute(0, 3, 1, 2).expand_as(small)
        more = x.shape[2] - (2 * grid - 1)  # what an even side needs beyond the transpose of its half
        gradient = conv_transpose2d(sloped(gradient, small, SLOPE), last, stride=2, padding=1, output_padding=more)
        for weight, values in zip(reversed(weights), reversed(before), strict=True):
            gradient = double(sloped(gradient, values, SLOPE), weight)
        return gradient


@torch.no_grad()
def begin(network: nn.Module) -> None:
    """Weights as DCGAN begins: normal around 0 (the scales of batch normalisation around 1) with deviation 0.02."""
    for part in network.modules():
        if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            part.weight.normal_(0.0, 0.02)
            if part.bias is not None:
                part.bias.zero_()
        elif isinstance(part, nn.BatchNorm2d):
            part.weight.normal_(1.0, 0.02)
            part.bias.zero_()
