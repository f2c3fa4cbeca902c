"""Judges created digits: a LeNet that knows MNIST says which digits it sees, how surely, and how far they are from real ones.

The Fréchet distance (Heusel 2017) is that of the 84 activations before the last layer, after ReLU, to those of the 10,000
test digits; 10,000 training digits have 1.2. By itself: `python -m tests.bench.judge FOLDER_OF_PNG`.
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import conv2d, interpolate, linear, max_pool2d

from aigc_desktop.data import archives, idx
from tests.real_data import data_folder

if TYPE_CHECKING:
    from tests.bench.figures import Figure

SHARES = 0.05, 0.16
CONFIDENCE = 0.92
DISTANCE = 40.0


class Verdict(NamedTuple):
    """Share of each digit [10], mean confidence (the largest probability), Fréchet distance to the test digits."""

    shares: np.ndarray
    confidence: float
    distance: float


def judge(folder: Path) -> "Iterator[Figure]":
    """The rows of the bench for a folder of PNG pictures."""
    from tests.bench.figures import Figure

    found = judged(pictures(folder))
    low, high = float(found.shares.min()), float(found.shares.max())
    fits = low >= SHARES[0] and high <= SHARES[1]
    yield Figure("image.gan, MNIST, 120 s: share of each digit", "5 % … 16 %", f"{low:.1%} … {high:.1%}", fits)
    sure = found.confidence
    yield Figure("image.gan, MNIST, 120 s: mean confidence", f"≥ {CONFIDENCE}", f"{sure:.3f}", sure >= CONFIDENCE)
    far = found.distance
    yield Figure("image.gan, MNIST, 120 s: Fréchet distance", f"≤ {DISTANCE:.0f}", f"{far:.1f}", far <= DISTANCE)


def judged(digits: np.ndarray) -> Verdict:
    """The verdict on grey pictures, uint8 [n, H, W]."""
    activations, probabilities = lenet(digits)
    shares = np.bincount(probabilities.argmax(1).numpy(), minlength=10) / len(digits)
    confidence = float(probabilities.max(1).values.mean())
    return Verdict(shares, confidence, frechet(activations, _test_activations()))


def pictures(folder: Path) -> np.ndarray:
    """Every PNG of a folder, in the order of their names, as grey uint8 [n, H, W]."""
    return np.stack([np.asarray(Image.open(path).convert("L")) for path in sorted(folder.glob("*.png"))])


@torch.no_grad()
def lenet(digits: np.ndarray) -> tuple[Tensor, Tensor]:
    """Activations [n, 84] and probabilities [n, 10] of grey pictures, uint8 [n, H, W], brought to 32×32 and 0…1."""
    weights = _weights()
    activations = []
    for part in torch.tensor(digits).split(1000):
        x = interpolate(part[:, None].float() / 255, size=(32, 32), mode="bilinear", align_corners=False)
        for name in ("c1", "c3"):
            x = conv2d(x, weights[f"convnet.{name}.weight"], weights[f"convnet.{name}.bias"])
            x = max_pool2d(x.relu(), 2)
        x = conv2d(x, weights["convnet.c5.weight"], weights["convnet.c5.bias"]).relu().flatten(1)
        activations.append(linear(x, weights["fc.f6.weight"], weights["fc.f6.bias"]).relu())
    joined = torch.cat(activations)
    return joined, linear(joined, weights["fc.f7.weight"], weights["fc.f7.bias"]).softmax(1)


def frechet(first: Tensor, second: Tensor) -> float:
    """|m₁ − m₂|² + tr(C₁ + C₂ − 2 (C₁ C₂)^½) of two sets of activations [n, d]."""
    one, other = first.double(), second.double()
    a, b = torch.cov(one.T), torch.cov(other.T)
    # The trace of the root is the sum of the roots of the eigenvalues, which are those of a positive matrix.
    root = torch.linalg.eigvals(a @ b).real.clamp_min(0).sqrt().sum()
    return float((one.mean(0) - other.mean(0)).square().sum() + a.trace() + b.trace() - 2 * root)


def digits(name: str) -> np.ndarray:
    """MNIST's pictures, uint8 [n, 28, 28]: name is train or t10k."""
    with archives.open_files(str(_data() / "mnist" / f"{name}-images-idx3-ubyte.gz")) as files:
        return np.concatenate(list(idx.pieces(files, files.entries[0])))


@cache
def _weights() -> dict[str, Tensor]:
    return load_file(_data() / "weights" / "mnist_csinva" / "lenet_mnist.safetensors")


@cache
def _test_activations() -> Tensor:
    return lenet(digits("t10k"))[0]


def _data() -> Path:
    folder = data_folder()
    if folder is None:
        raise FileNotFoundError("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    return folder


if __name__ == "__main__":
    for row in judge(Path(sys.argv[1])):
        print(f"{row.what}: {row.here} (goal {row.goal}) {'✓' if row.reached else '✗'}")
