"""Pictures as numbers, and as text."""

import numpy as np
import pytest
import torch

from aigc_desktop.media.inline import inline, pixels_of
from aigc_desktop.nets import pixels


def test_every_shade_comes_back() -> None:
    shades = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    floats = pixels.floats(shades)
    assert float(floats.min()) == -1 and float(floats.max()) == 1
    assert torch.equal(pixels.bytes_of(floats), shades)
    assert torch.equal(pixels.bytes_of(floats * 3)[0, 0, 0, 0], torch.tensor(0, dtype=torch.uint8))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_holds_every_tile_as_it_is(channels: int) -> None:
    random = np.random.default_rng(0)
    tiles = [random.integers(0, 256, (4, 6, channels), dtype=np.uint8) for _ in range(5)]
    data = pixels.sheet(tiles, 3)
    assert data["tile"] == [6, 4] and data["columns"] == 3
    whole = pixels_of(str(data["sheet"])).reshape(8, 18, channels)
    assert np.array_equal(whole[4:, 6:12], tiles[4])


def test_only_a_picture_is_taken_for_one() -> None:
    assert np.array_equal(pixels_of(inline(np.eye(3, dtype=np.uint8))), np.eye(3, dtype=np.uint8))
    for text in ("", "data:image/png;base64,****", "https://example.org/a.png"):
        with pytest.raises(ValueError):
            pixels_of(text)
