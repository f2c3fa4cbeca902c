"""The encoder and the decoder, as perceptrons or convolutional."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from aigc_desktop.generators.image.vae.spec import stages

FEW = 64  # pictures
FAINTEST = 1e-3  # of a probability that learning begins with
NARROWEST = -6.0  # of a learned spread's logarithm: finer than a step of 8 bits
Shape = tuple[int, int, int]


def perceptron(before: int, width: int, layers: int, after: int) -> nn.Sequential:
    """`layers` hidden layers with SiLU (Hendrycks & Gimpel 2016)."""
    parts: list[nn.Module] = []
    for _ in range(layers):
        parts += [nn.Linear(before, width), nn.SiLU()]
        before = width
    return nn.Sequential(*parts, nn.Linear(before, after))


def looking(shape: Shape, channels: int, width: int, after: int) -> nn.Sequential:
    """Pictures [n, C, H, W] → [n, after]: convolutions that each halve the picture, then one hidden layer."""
    planes, height, wide = shape
    parts: list[nn.Module] = []
    sides = height, wide
    for high, across, found in stages(height, wide, channels):
        parts += [Halving(planes, found, sides), nn.SiLU()]
        planes, sides = found, (high, across)
    flat = planes * sides[0] * sides[1]
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(flat, width), nn.SiLU(), nn.Linear(width, after))


def drawing(shape: Shape, channels: int, width: int, latent_size: int) -> nn.Sequential:
    """Points [n, latent_size] → [n, C, H, W]: the same way back."""
    planes, height, wide = shape
    found = stages(height, wide, channels)
    high, across, inner = found[-1]
    parts: list[nn.Module] = [nn.Linear(latent_size, width), nn.SiLU(), nn.Linear(width, inner * high * across)]
    parts += [nn.Unflatten(1, (inner, high, across))]
    back = [*reversed(found[:-1]), (height, wide, planes)]
    for high, across, after in back:
        parts += [nn.SiLU(), Doubling(inner, after, (high, across))]
        inner = after
    return nn.Sequential(*parts)


class Halving(nn.Conv2d):
    """A convolution of stride 2 from these sides to half of them, rounded up."""

    def __init__(self, before: int, after: int, sides: tuple[int, int]):
        super().__init__(before, after, 4, 2, 1)
        self.odd = (0, sides[1] % 2, 0, sides[0] % 2)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(nn.functional.pad(x, self.odd) if any(self.odd) else x)


class Doubling(nn.ConvTranspose2d):
    """A transposed convolution to these sides; an odd one is cut to its size."""

    def __init__(self, before: int, after: int, sides: tuple[int, int]):
        super().__init__(before, after, 4, 2, 1)
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x)[..., : self.sides[0], : self.sides[1]]


class Vae(nn.Module):
    """Pictures [n, C, H, W] in 0…1 → the decoder's numbers, of the same shape, and the latents' μ and log σ² [n, latent].

    The decoder's numbers are logits (Bernoulli) or means (Gaussian).
    """

    def __init__(
        self,
        shape: Shape,
        network: str,
        likelihood: str,
        latent_size: int,
        width: int,
        layers: int,
        channels: int,
    ):
        super().__init__()
        self.shape, self.latent_size = shape, latent_size
        self.flat = network == "perceptron"
        if self.flat:
            self.encoder = perceptron(math.prod(shape), width, layers, 2 * latent_size)
            self.decoder = perceptron(latent_size, width, layers, math.prod(shape))
        else:
            self.encoder = looking(shape, channels, width, 2 * latent_size)
            self.decoder = drawing(shape, channels, width, latent_size)
            self.to(memory_format=torch.channels_last)
        self.log_spread = nn.Parameter(torch.tensor(-1.0)) if likelihood == "gaussian" else None

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Vae":
        """The network that a model's config.json describes, untrained."""
        numbers = {name: config[name] for name in ("latent_size", "width", "layers", "channels")}
        return cls(tuple(config["shape"]), config["network"], likelihood=config["likelihood"], **numbers)

    @torch.no_grad()
    def begin_at(self, mean: Tensor) -> None:
        """Have the untrained decoder draw about this mean picture [C, H, W], or its colour, whatever the point."""
        last = self.decoder[-1]
        drawn = mean.flatten() if self.flat else mean.mean((1, 2))
        last.bias.copy_(torch.logit(drawn, FAINTEST) if self.log_spread is None else drawn)

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """μ and log σ² of each picture's point."""
        x = pictures.flatten(1) if self.flat else pictures.contiguous(memory_format=torch.channels_last)
        mean, log_variance = self.encoder(x).float().chunk(2, 1)
        return mean, log_variance

    def decode(self, z: Tensor) -> Tensor:
        """The decoder's numbers [n, C, H, W] of points [n, latent]."""
        decoded: Tensor = self.decoder(z)
        return decoded.view(-1, *self.shape) if self.flat else decoded

    def drawn(self, z: Tensor) -> Tensor:
        """The mean picture of each point, in 0…1."""
        decoded = self.decode(z).float()
        return torch.sigmoid(decoded) if self.log_spread is None else decoded.clamp(0, 1)

    def forward(self, pictures: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance = self.encode(pictures)
        return self.decode(mean + (0.5 * log_variance).exp() * noise), mean, log_variance

    def nats(self, decoded: Tensor, pictures: Tensor) -> Tensor:
        """−log p(x | z) of each picture [n], summed over its pixels."""
        decoded = decoded.float()
        if self.log_spread is None:
            return binary_cross_entropy_with_logits(decoded, pictures, reduction="none").flatten(1).sum(1)
        spread = self.log_spread.clamp(min=NARROWEST)
        squares = (decoded - pictures).square().flatten(1).sum(1)
        return 0.5 * squares * (-2 * spread).exp() + math.prod(self.shape) * (spread + 0.5 * math.log(2 * math.pi))

    def loss(self, decoded: Tensor, pictures: Tensor) -> Tensor:
        """The mean of `nats` over a batch, to learn from."""
        if self.log_spread is not None:
            return self.nats(decoded, pictures).mean()
        found: Tensor = Bernoulli.apply(decoded, pictures)
        return found


class Bernoulli(torch.autograd.Function):
    """−log p(x | z) of logits [n, C, H, W], the mean over a batch's pictures, as it is learned from.

    The gradient, σ(logit) − x, needs no logarithm and is that of all pictures; the number itself, which is only looked at,
    is the mean of the first few.
    """

    @staticmethod
    def forward(ctx: Any, decoded: Tensor, pictures: Tensor) -> Tensor:
        ctx.save_for_backward(decoded, pictures)
        few = min(FEW, len(pictures))
        return binary_cross_entropy_with_logits(decoded[:few].float(), pictures[:few], reduction="sum") / few

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        decoded, pictures = ctx.saved_tensors
        slope = torch.sigmoid(decoded.float()).sub_(pictures).mul_(gradient / len(pictures))
        return slope.to(decoded.dtype), None


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) of each latent dimension [n, latent], in nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
