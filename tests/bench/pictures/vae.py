"""image.vae on MNIST with its defaults, by the real command line; the tutorial loop that its step is measured against."""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import binary_cross_entropy
from torch.utils.data import DataLoader, Dataset

from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS = 120
GOAL = 95.0
ROUNDING = 0.1  # nats: what is said in the end and what the saved model gives, with other samples of z
FILES = "train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    train, held = (data / "mnist" / name for name in FILES)
    words = ("--data", train, "--heldout", held, "--set", f"max_seconds={SECONDS}", "--project", folder / "project")
    last = aigc("train", "image.vae", *words, "--seed", 0)
    found = last["figures"]
    nats = found["heldout_elbo_nats"]
    parts = f"{found['heldout_reconstruction']:.2f} + {found['heldout_kl']:.2f}"
    here = f"{nats:.2f} nats ({parts}; {last['steps']} steps)"
    yield Figure(f"image.vae: MNIST, {SECONDS} s, −ELBO", f"≤ {GOAL:g}", here, nats <= GOAL)
    again = measured(Path(last["model"]["path"]), held)
    yield Figure(
        "the same from the saved folder", f"± {ROUNDING:g}", f"{again:.2f} nats", abs(again - nats) <= ROUNDING
    )


@torch.no_grad()
def measured(model: Path, held: Path) -> float:
    """−ELBO of the test pictures, written down anew: Bernoulli with grey values as probabilities, one sample, β = 1."""
    from safetensors.torch import load_file

    weights = load_file(model / "model.safetensors")
    depth = json.loads((model / "config.json").read_text(encoding="utf-8"))["layers"]
    pixels = torch.frombuffer(bytearray(gzip.decompress(held.read_bytes())[16:]), dtype=torch.uint8)
    x = pixels.view(-1, 784).double() / 255
    mean, log_variance = _perceptron(weights, "encoder", depth, x).chunk(2, 1)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    p = torch.sigmoid(_perceptron(weights, "decoder", depth, mean + (log_variance / 2).exp() * noise))
    nats = (
        binary_cross_entropy(p, x, reduction="sum")
        + 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
    )
    return float(nats) / len(x)


def _perceptron(weights: dict[str, Tensor], name: str, depth: int, x: Tensor) -> Tensor:
    for layer in range(depth + 1):
        x = x @ weights[f"{name}.{2 * layer}.weight"].double().T + weights[f"{name}.{2 * layer}.bias"].double()
        x = x * torch.sigmoid(x) if layer < depth else x
    return x


class Pictures(Dataset[Tensor]):
    """As torchvision's MNIST and ToTensor make them: one picture at a time, through Pillow."""

    def __init__(self, pixels: Tensor):
        self.pixels = pixels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        picture = Image.fromarray(self.pixels[index, 0].numpy())
        pixels = torch.from_numpy(np.array(picture, copy=True)).view(*picture.size[::-1], 1)
        return pixels.permute(2, 0, 1).contiguous().to(torch.float32).div(255)


def loop(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """Kingma 2014 as commonly written down: sigmoid and binary cross-entropy, plain Adam, the loss printed each step."""
    network = plain.network
    adam = torch.optim.Adam(network.parameters(), 1e-3, foreach=False)
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    while True:
        for pictures in loader:
            adam.zero_grad()
            mean, log_variance = network.encode(pictures)
            z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            drawn = torch.sigmoid(network.decode(z))
            reconstruction = binary_cross_entropy(drawn, pictures, reduction="sum")
            loss = reconstruction - 0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss.backward()
            adam.step()
            str(loss.item() / len(pictures))
            yield


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as root:
        for row in figures(Path(root)):
            print(f"{row.what}: {row.here} (goal {row.goal}) {'✓' if row.reached else '✗'}", flush=True)
