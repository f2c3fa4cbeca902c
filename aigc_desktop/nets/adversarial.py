"""Losses of generator against discriminator. Scores are what the discriminator says: high for real, one per picture."""

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

Loss = Literal["non-saturating", "least-squares", "wasserstein", "wasserstein-gp"]

# Near an undecided score x, cross-entropy is least squares of x / 4 + 1/2, times four; the slope is four times as
# steep, its square sixteen times: the same penalty weighs a quarter.
PENALTY_SCALE = {"non-saturating": 1, "least-squares": 4}
STEEPNESS_WEIGHT = 10.0  # of the steepness penalty beside the critic's loss (Gulrajani 2017)
MOST_SURE = -40.0  # a score below it is as good as it: beyond, floats have no room for both gradients


def discriminator_loss(kind: Loss, real: Tensor, fake: Tensor, smoothing: float = 0.0) -> Tensor:
    """Scores [n] of real and created pictures → scalar; falls as the discriminator tells them apart.

    `smoothing` takes that much from the target 1 of real pictures (Salimans 2016, one-sided); "wasserstein" has no target.
    Sources: Goodfellow 2014 (cross-entropy of logits), Mao 2017 (targets 1 and 0), Arjovsky 2017.
    """
    if kind == "non-saturating":
        # -(1-s) log σ(r) - s log(1-σ(r)) = softplus(-r) + s·r
        return (softplus(-real) + smoothing * real).mean() + softplus(fake).mean()
    if kind == "least-squares":
        return ((real - (1 - smoothing)).square().mean() + fake.square().mean()) / 2
    return fake.mean() - real.mean()


def generator_loss(kind: Loss, fake: Tensor) -> Tensor:
    """Scores [n] of created pictures → scalar; falls as they are taken for real."""
    if kind == "non-saturating":
        return softplus(-fake).mean()
    if kind == "least-squares":
        return (fake - 1).square().mean() / 2
    return -fake.mean()


def gradient_penalty(gradient: Tensor) -> Tensor:
    """R1 (Mescheder 2018): half the squared length of the score's gradient [n, …] by real pictures, meaned."""
    return gradient.float().flatten(1).square().sum(1).mean() / 2


def sloped(gradient: Tensor, before: Tensor, slope: float) -> Tensor:
    """A gradient times the slopes of a leaky ReLU at the values before it: 1 above 0, else `slope`."""
    # One pass; where(before > 0, 1, slope) * gradient is three.
    found: Tensor = torch.ops.aten.leaky_relu_backward(gradient.to(before.dtype), before, slope, False)
    return found


def steepness_penalty(gradient: Tensor) -> Tensor:
    """(|∇| − 1)², meaned, of the score's gradient [n, …] by pictures between real and created ones (Gulrajani 2017)."""
    return (gradient.float().flatten(1).norm(dim=1) - 1).square().mean()


def between(real: Tensor, fake: Tensor) -> Tensor:
    """A picture [n, …] somewhere on the line between each real one and a created one, drawn evenly."""
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    return torch.lerp(real.detach(), fake.detach().to(real.dtype), share)


def turned(scores: Tensor, gradient: Tensor) -> Tensor:
    """The gradient [n, …] of the generator's non-saturating loss by created pictures, from that of the discriminator's.

    A discriminator that judges each picture by itself passes both back through the same slopes: they differ by a factor
    for each picture, −σ(−s) / σ(s) = −exp(−s), so that one pass back serves both networks (Shen and others, 2021).
    """
    factors = -torch.exp(-scores.detach().float().clamp_min(MOST_SURE))
    return gradient * factors.view(-1, *[1] * (gradient.ndim - 1))


@torch.no_grad()
def clip_weights(parameters: Iterable[nn.Parameter], limit: float) -> None:
    """Hold every weight within ±limit, so that the score cannot be steep (Arjovsky 2017)."""
    weights = list(parameters)
    torch._foreach_clamp_min_(weights, -limit)
    torch._foreach_clamp_max_(weights, limit)


def scored_higher(first: Tensor, second: Tensor) -> float:
    """How often a score of the first [n] is above one of the second [m] (ties count half): 0.5 where nothing differs.

    The area under the ROC curve, as the Mann-Whitney statistic.
    """
    ordered = second.sort().values
    below = torch.searchsorted(ordered, first, right=False).double()
    upto = torch.searchsorted(ordered, first, right=True).double()
    return float((below + upto).mean()) / (2 * len(second))
