"""The real data that the figures are measured on: found right, and quickly."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def test_mnist(shared_data: Path) -> None:
    found, seconds = timed(lambda: Pictures().look(str(shared_data / "mnist")))
    assert found.facts.items() >= {"count": 60_000, "heldout": 6000, "width": 28, "height": 28, "channels": 1}.items()
    assert seconds < 5  # alone on a free core: 0.4
    data = Pictures().load(str(shared_data / "mnist"), str(shared_data / "mnist" / "t10k-images-idx3-ubyte.gz"), 0)
    assert data.train.shape == (60_000, 1, 28, 28) and data.heldout.shape == (10_000, 1, 28, 28)
    assert abs(data.train.float().mean().item() / 255 - 0.1307) < 1e-4


def test_small_jpegs_in_a_zip(shared_data: Path) -> None:
    archive = str(shared_data / "cifar10" / "cifar10_jpg_subset.zip")
    found, seconds = timed(lambda: Pictures().look(archive))
    assert found.facts.items() >= {"count": 10_000, "heldout": 1000, "width": 32, "height": 32, "channels": 3}.items()
    assert seconds < 20  # alone on two free cores: 2.5


def test_grey_and_transparent_pngs(shared_data: Path) -> None:
    faces = Pictures().load(str(shared_data / "faces_orl"), None, 0)
    assert faces.train.shape == (360, 1, 64, 53) and faces.heldout.shape == (40, 1, 64, 53)
    emoji = Pictures().load(str(shared_data / "emoji" / "noto72_png.zip"), None, 0, size=32)
    assert emoji.facts["channels"] == 3 and emoji.train.shape[2:] == (32, 32)
    assert emoji.train[:, :, 0, 0].float().mean() > 240  # the corners are paper


def test_tiny_shakespeare(shared_data: Path) -> None:
    data = Texts().load(str(shared_data / "tiny_shakespeare" / "input.txt"), None, 0)
    assert [len(data.train[0]), len(data.heldout[0])] == [1_003_854, 111_540]
    assert data.facts["vocabulary"] == 65


def test_chinese_poems(shared_data: Path) -> None:
    data = Texts().load(str(shared_data / "chinese_poetry" / "tang_simplified.jsonl"), None, 0)
    assert len(data.train) + len(data.heldout) > 12_000
    assert abs(len(data.heldout) / len(data.train + data.heldout) - 0.1) < 0.01
    assert not set(data.train) & set(data.heldout)
