import pytest
import torch

from aigc_desktop.nets.latents import latent, latents, walk


def test_a_seed_has_one_point_whatever_was_drawn_before() -> None:
    point = latent(7, 16)
    torch.randn(3)
    assert torch.equal(latent(7, 16), point) and not torch.equal(latent(8, 16), point)
    assert torch.equal(latents(5, 4, 16)[2], point)


def test_drawing_a_point_leaves_the_common_random_numbers_alone() -> None:
    torch.manual_seed(1)
    expected = torch.randn(2)
    torch.manual_seed(1)
    latent(3, 8)
    assert torch.equal(torch.randn(2), expected)


def test_a_walk_has_exact_ends_and_stays_as_far_from_the_middle() -> None:
    start, end = latent(1, 64), latent(2, 64)
    points = walk(start, end, 9)
    assert points.shape == (9, 64) and torch.equal(points[0], start) and torch.equal(points[-1], end)
    lengths = points.norm(dim=1)
    assert lengths.min() >= 0.97 * min(lengths[0], lengths[-1])
    steps = (points[1:] - points[:-1]).norm(dim=1)
    assert steps.max() < 1.5 * steps.min()


def test_a_walk_between_the_same_or_opposite_points_is_finite() -> None:
    point = latent(1, 8)
    assert torch.allclose(walk(point, point, 5), point.expand(5, -1), atol=1e-4)
    assert walk(point, -point, 5).isfinite().all()
    with pytest.raises(ValueError, match="two frames"):
        walk(point, point, 1)
