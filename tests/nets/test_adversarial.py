"""The losses against their formulas, and what they reward."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from aigc_desktop.nets.adversarial import (
    between,
    clip_weights,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    scored_higher,
    steepness_penalty,
    turned,
)

KINDS = ["non-saturating", "least-squares", "wasserstein"]
REAL = torch.tensor([2.0, -0.5, 0.3])
FAKE = torch.tensor([-1.0, 0.7, 0.1])


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_non_saturating_is_cross_entropy_with_a_smoothed_target(smoothing: float) -> None:
    expected = binary_cross_entropy_with_logits(REAL, torch.full((3,), 1 - smoothing))
    expected += binary_cross_entropy_with_logits(FAKE, torch.zeros(3))
    assert discriminator_loss("non-saturating", REAL, FAKE, smoothing).item() == pytest.approx(expected.item())
    expected = binary_cross_entropy_with_logits(FAKE, torch.ones(3))
    assert generator_loss("non-saturating", FAKE).item() == pytest.approx(expected.item())


def test_least_squares_by_hand() -> None:
    real = (1.1**2 + 1.4**2 + 0.6**2) / 3
    fake = (1 + 0.49 + 0.01) / 3
    assert discriminator_loss("least-squares", REAL, FAKE, 0.1).item() == pytest.approx((real + fake) / 2)
    assert generator_loss("least-squares", FAKE).item() == pytest.approx((4 + 0.09 + 0.81) / 6)


def test_wasserstein_by_hand() -> None:
    assert discriminator_loss("wasserstein", REAL, FAKE).item() == pytest.approx((-0.2 - 1.8) / 3)
    assert generator_loss("wasserstein", FAKE).item() == pytest.approx(0.2 / 3)


@pytest.mark.parametrize("kind", KINDS)
def test_each_player_is_pushed_its_way(kind: str) -> None:
    real, fake = (torch.full((4,), 0.5, requires_grad=True) for _ in range(2))
    discriminator_loss(kind, real, fake).backward()
    assert (real.grad < 0).all() and (fake.grad > 0).all()
    wished = torch.full((4,), 0.5, requires_grad=True)
    generator_loss(kind, wished).backward()
    assert (wished.grad < 0).all()


def test_an_undecided_discriminator_has_twice_log_two() -> None:
    assert discriminator_loss("non-saturating", torch.zeros(2), torch.zeros(2)).item() == pytest.approx(2 * math.log(2))


def test_gradient_penalty_is_half_the_mean_squared_length() -> None:
    assert gradient_penalty(torch.tensor([[3.0, 4.0], [0.0, 1.0]])).item() == pytest.approx((25 + 1) / 4)
    assert gradient_penalty(torch.ones(2, 3, 4, 4, dtype=torch.bfloat16)).item() == 24


def test_clipping_holds_every_weight() -> None:
    net = nn.Linear(20, 20)
    with torch.no_grad():
        net.weight.normal_()
    inside = net.weight.abs() < 0.05
    before = net.weight.detach().clone()
    clip_weights(net.parameters(), 0.05)
    assert net.weight.abs().max() <= 0.05 and net.bias.abs().max() <= 0.05
    assert torch.equal(net.weight[inside], before[inside]) and net.weight.requires_grad


def test_scored_higher_counts_pairs_and_halves_ties() -> None:
    first, second = torch.tensor([1.0, 2.0, 2.0]), torch.tensor([0.0, 2.0])
    assert scored_higher(first, second) == pytest.approx((1 + 1.5 + 1.5) / 6)
    assert scored_higher(first, first) == 0.5
    assert scored_higher(torch.ones(5), torch.zeros(3)) == 1.0


def test_the_steepness_penalty_is_nothing_at_a_slope_of_one() -> None:
    gradient = torch.tensor([[0.6, 0.8], [0.0, 3.0]])
    assert steepness_penalty(gradient[:1]).item() == pytest.approx(0, abs=1e-6)
    assert steepness_penalty(gradient).item() == pytest.approx((0 + 4) / 2)


def test_pictures_between_lie_on_the_line_each_at_a_place_of_its_own() -> None:
    torch.manual_seed(0)
    real, fake = torch.zeros(500, 1, 2, 2), torch.ones(500, 1, 2, 2, requires_grad=True)
    shares = between(real, fake)
    assert not shares.requires_grad and torch.equal(shares.amin((1, 2, 3)), shares.amax((1, 2, 3)))
    assert 0 <= float(shares.min()) < 0.05 and 0.95 < float(shares.max()) <= 1
    assert float(shares.mean()) == pytest.approx(0.5, abs=0.05)


def test_the_discriminators_gradient_turned_is_the_generators() -> None:
    pixels = torch.randn(4, 6, requires_grad=True)
    scores = pixels @ torch.randn(6) * torch.tensor([1.0, 5.0, 0.1, 8.0])
    nothing = torch.zeros(4)
    (theirs,) = torch.autograd.grad(
        discriminator_loss("non-saturating", nothing, scores, 0.1), pixels, retain_graph=True
    )
    (ours,) = torch.autograd.grad(generator_loss("non-saturating", scores), pixels)
    torch.testing.assert_close(turned(scores, theirs), ours, rtol=1e-4, atol=1e-6)
