"""Data of the view "discriminator": what lies where, in directions that stay."""

import json

import numpy as np
import pytest
import torch

from aigc_desktop.media.inline import pixels_of
from aigc_desktop.nets.adversary_view import DiscriminatorView, principal


def looked(view: DiscriminatorView, features: torch.Tensor, unbounded: bool = False, **shape: int):
    pictures = torch.rand(len(features), shape.get("channels", 1), shape.get("side", 8), shape.get("side", 8)) * 2 - 1
    scores = torch.linspace(-2, 2, len(features)), torch.full((len(features),), 3.0)
    return view.look(pictures, pictures, (features, features * 0.5), scores, unbounded), pictures


def test_points_lie_along_the_real_ones_principal_axes_and_scores_are_probabilities() -> None:
    torch.manual_seed(0)
    plane = torch.linalg.qr(torch.randn(20, 2)).Q
    known = torch.randn(30, 2) * torch.tensor([5.0, 1.0])
    found, _ = looked(DiscriminatorView(), known @ plane.T + 7)
    json.dumps(found)
    real, created = np.array(found["real"]), np.array(found["created"])
    centred = (known - known.mean(0)).numpy()
    for column, axis in enumerate(np.linalg.svd(centred, full_matrices=False)[2]):
        assert abs(abs(np.corrcoef(real[:, column], centred @ axis)[0, 1]) - 1) < 1e-6
    assert real[:, 0].std() > real[:, 1].std()
    np.testing.assert_allclose(real[:, 2], torch.linspace(-2, 2, 30).sigmoid(), atol=1e-4)
    np.testing.assert_allclose(np.ptp(created[:, 0]), np.ptp(real[:, 0]) / 2, rtol=1e-3)  # half as far apart


def test_a_critics_scores_stay_as_they_are() -> None:
    found, _ = looked(DiscriminatorView(), torch.randn(5, 3), unbounded=True)
    assert found["unbounded"] and [row[2] for row in found["real"]] == [-2, -1, 0, 1, 2]


def test_axes_keep_their_directions_from_look_to_look() -> None:
    torch.manual_seed(1)
    view, known = DiscriminatorView(), torch.randn(40, 6) * torch.tensor([4.0, 2, 1, 0.5, 0.2, 0.1])
    first, _ = looked(view, known)
    for turn in range(6):
        mirrored = known * torch.tensor([(-1.0) ** turn, (-1.0) ** (turn // 2), 1, 1, 1, 1])
        again, _ = looked(view, mirrored + 0.01 * torch.randn(40, 6))
        for column in (0, 1):
            before, after = (np.array(one["real"])[:, column] for one in (first, again))
            assert np.corrcoef(before, after)[0, 1] > 0.9


def test_the_sheet_shows_the_pictures_real_ones_first() -> None:
    found, pictures = looked(DiscriminatorView(), torch.randn(5, 3))
    tiles = pixels_of(found["sheet"])
    assert (found["tile"], found["columns"], tiles.shape) == ([8, 8], 10, (8, 80))
    first = pictures[0, 0].add(1).mul(127.5).round().numpy()
    np.testing.assert_array_equal(tiles[:8, :8], first)


@pytest.mark.parametrize(("side", "channels"), [(28, 1), (64, 3), (16, 3)])
def test_a_look_is_small_enough_whatever_the_pictures(side: int, channels: int) -> None:
    torch.manual_seed(0)
    found, _ = looked(DiscriminatorView(), torch.randn(128, 10), side=side, channels=channels)  # noise packs worst
    assert len(json.dumps(found)) <= 155_000
    assert len(found["real"]) == len(found["created"]) >= 40
    width, height = found["tile"]
    tiles = pixels_of(found["sheet"])
    assert tiles.shape[1] == width * found["columns"] and min(width, height) >= 8


def test_one_feature_and_one_picture_have_axes_too() -> None:
    assert principal(torch.randn(4, 1).double()).shape == (1, 2)
    found, _ = looked(DiscriminatorView(), torch.ones(1, 3))
    assert np.isfinite(np.array(found["real"])).all()
