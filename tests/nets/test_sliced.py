import pytest
import torch

from aigc_desktop.nets.sliced import directions, project, sliced_wasserstein


def projected(examples: torch.Tensor, along: torch.Tensor) -> torch.Tensor:
    return project(lambda at: examples[at], len(examples), along)


def test_the_same_set_in_another_order_is_no_distance_away() -> None:
    along = directions(6, 32)
    examples = torch.randn(1500, 6)
    assert sliced_wasserstein(projected(examples, along), projected(examples.flip(0), along)) == pytest.approx(
        0, abs=1e-5
    )


def test_a_shift_is_as_far_as_the_directions_see_it() -> None:
    along = directions(3, 4000)
    examples = torch.randn(200, 3)
    moved = examples + torch.tensor([3.0, 0.0, 0.0])
    expected = 3 / 3**0.5  # the mean square of one coordinate of a unit vector in three dimensions is a third
    assert sliced_wasserstein(projected(examples, along), projected(moved, along)) == pytest.approx(expected, rel=0.05)


def test_sets_of_different_sizes() -> None:
    along = directions(2, 8)
    few = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    assert sliced_wasserstein(projected(few, along), projected(few.repeat(3, 1), along)) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="multiple"):
        sliced_wasserstein(torch.zeros(3, 1), torch.zeros(4, 1))


def test_all_alike_is_farther_than_varied() -> None:
    along = directions(10, 64)
    target = projected(torch.randn(1000, 10), along)
    varied = sliced_wasserstein(target, projected(torch.randn(1000, 10), along))
    alike = sliced_wasserstein(target, projected(torch.zeros(1000, 10), along))
    assert alike > 5 * varied
