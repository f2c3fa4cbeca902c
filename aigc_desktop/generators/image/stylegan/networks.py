"""StyleGAN2's three networks (Karras and others 2020): mapping, synthesis with skips, residual discriminator."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from aigc_desktop.generators.image.stylegan.layers import (
    GAIN,
    SLOPE,
    Conv,
    Linear,
    Modulated,
    ToColours,
    doubled,
    halved,
)
from aigc_desktop.generators.image.stylegan.sizes import GROUP, KNOWN, channels_at, sides

MAPPING_RATE = 0.01


class Generator(nn.Module):
    """Latents z → w (`mapping`); w of every layer → pictures (`synthesis`).

    `centre` is the mean of w, `directions` its principal directions and `spreads` the standard deviation along each; they
    are measured when the training ends.
    """

    def __init__(self, side: int, channels: int, width: int, w_size: int, mapping_layers: int):
        super().__init__()
        self.side, self.w_size = side, w_size
        self.mapping = nn.ModuleList(Linear(w_size, w_size, rate=MAPPING_RATE) for _ in range(mapping_layers))
        self.start = nn.Parameter(torch.randn(channels_at(4, width), 4, 4))
        self.layers, self.colours = nn.ModuleList(), nn.ModuleList()
        before = channels_at(4, width)
        for one in sides(side):
            after = channels_at(one, width)
            if one > 4:
                self.layers.append(Modulated(before, after, w_size, one, double=True))
            self.layers.append(Modulated(after, after, w_size, one, double=False))
            self.colours.append(ToColours(after, channels, w_size))
            before = after
        self.register_buffer("centre", torch.zeros(w_size))
        self.register_buffer("directions", torch.zeros(min(KNOWN, w_size), w_size))
        self.register_buffer("spreads", torch.zeros(min(KNOWN, w_size)))

    @property
    def layer_count(self) -> int:
        """How many layers take a w of their own: `synthesis` wants [n, layer_count, w_size]."""
        return len(self.layers)

    def w(self, z: Tensor) -> Tensor:
        """z [n, w_size] → w [n, w_size]."""
        x = z * z.square().mean(1, keepdim=True).add(1e-8).rsqrt()
        for layer in self.mapping:
            x = leaky_relu(layer(x), SLOPE) * GAIN
        return x

    def forward(self, ws: Tensor, noises: list[Tensor] | None = None, kind: torch.dtype = torch.float32) -> Tensor:
        """w of each layer [n, layer_count, w_size] → pictures, float32 [n, channels, side, side].

        Each picture is the sum of what the layers of every resolution add (skips). Without `noises` (one for each layer)
        it is the layers' own noise; `kind` is what convolutions compute in.
        """
        x = self.start.to(kind).expand(len(ws), -1, -1, -1).contiguous(memory_format=torch.channels_last)
        picture = None
        layer = 0
        for number, to_colours in enumerate(self.colours):
            for _ in range(1 if number == 0 else 2):
                x = self.layers[layer](x, ws[:, layer], None if noises is None else noises[layer])
                layer += 1
            # A resolution's colours have the style of the layer that follows, as in the paper's skip architecture.
            share = to_colours(x, ws[:, min(layer, len(self.layers) - 1)])
            picture = share if picture is None else doubled(picture) + share
        assert picture is not None
        return picture

    def fresh_noises(self, count: int) -> list[Tensor]:
        """Noise for each layer and each of `count` pictures, drawn anew."""
        return [torch.randn(count, *layer.noise.shape[1:], device=layer.noise.device) for layer in self.layers]

    def same(self, w: Tensor) -> Tensor:
        """w [n, w_size] for every layer: [n, layer_count, w_size]."""
        return w[:, None].expand(-1, self.layer_count, -1)


class Block(nn.Module):
    """Half the side, by two convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.first = Conv(inputs, inputs, 3)
        self.second = Conv(inputs, outputs, 3, gain=0.5**0.5)
        self.shortcut = Conv(inputs, outputs, 1, active=False, gain=0.5**0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(halved(self.first(x))) + self.shortcut(halved(x))


class Discriminator(nn.Module):
    """Pictures [n, channels, side, side] → scores [n], high for real."""

    def __init__(self, side: int, channels: int, width: int):
        super().__init__()
        levels = [channels_at(one, width) for one in reversed(sides(side))]
        self.from_colours = Conv(channels, levels[0], 1)
        self.blocks = nn.ModuleList(Block(a, b) for a, b in pairwise(levels))
        last = levels[-1]
        self.mixed = Conv(last + 1, last, 3)
        self.hidden = Linear(last * 16, last)
        self.out = Linear(last, 1)

    def forward(self, x: Tensor, kind: torch.dtype = torch.float32) -> Tensor:
        return self.score(self.levels(x, kind)[-1])

    def levels(self, x: Tensor, kind: torch.dtype = torch.float32) -> list[Tensor]:
        """What each resolution sees, from the finest to 4×4: features [n, c, H, W]."""
        x = self.from_colours(x.to(kind).contiguous(memory_format=torch.channels_last))
        found = [x]
        for block in self.blocks:
            x = block(x)
            found.append(x)
        return found

    def score(self, features: Tensor) -> Tensor:
        """Scores [n] of the coarsest features."""
        return self.out(self.last(features)).squeeze(1)

    def last(self, features: Tensor) -> Tensor:
        """The last hidden activations [n, c] of the coarsest features."""
        x = self.mixed(torch.cat([features, spread(features)], dim=1))
        return leaky_relu(self.hidden(x.float().flatten(1)), SLOPE) * GAIN


def spread(features: Tensor) -> Tensor:
    """How much the pictures of each group of four differ, as a channel [n, 1, H, W] (minibatch standard deviation:
    Karras 2018)."""
    n, _, height, width = features.shape
    group = math.gcd(GROUP, n)
    parts = features.float().unflatten(0, (n // group, group))
    deviation = (parts.var(1, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    found = deviation.repeat_interleave(group)[:, None, None, None]
    return found.expand(-1, 1, height, width).to(features.dtype)
