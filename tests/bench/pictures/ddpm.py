"""image.ddpm on MNIST with its defaults, by the real command line; the tutorial loop that its step is measured against."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader

from tests.bench import judge
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.bench.tutorial import Pictures
from tests.real_data import data_folder

SECONDS, COUNT = 480, 2000
DISTANCE, CONFIDENCE = 30.0, 0.93
KINDS = {"defaults": (), "without classes": ("--set", "by_class=off")}  # MNIST has label files: by default, by class


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    for what, settings in KINDS.items():
        yield from _figures(folder / what, data / "mnist", what, settings)


def _figures(folder: Path, data: Path, what: str, settings: tuple[str, ...]) -> Iterator[Figure]:
    words = ("--data", data, "--set", f"max_seconds={SECONDS}", *settings, "--project", folder / "project")
    last = aigc("train", "image.ddpm", *words, "--seed", 0, "--name", "digits")
    begun = time.monotonic()
    made = folder / "made"
    aigc("create", "digits", "--project", folder / "project", "--set", f"count={COUNT}", "--out", made)
    took = time.monotonic() - begun
    found = judge.judged(judge.pictures(made))
    what = f"image.ddpm: MNIST, {what}, {SECONDS} s"
    shares = f"digits {found.shares.min():.1%} … {found.shares.max():.1%}; {last['steps']} steps"
    far, sure = found.distance, found.confidence
    yield Figure(f"{what}, Fréchet distance", f"≤ {DISTANCE:g}", f"{far:.1f} ({shares})", far <= DISTANCE)
    said = f"{sure:.3f} ({COUNT:,} pictures created in {took:.0f} s)"
    yield Figure(f"{what}, mean confidence", f"≥ {CONFIDENCE}", said, sure >= CONFIDENCE)


def loop(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """Ho 2020 as diffusers' own training tutorial writes it down: the noise is predicted, AdamW, the loss printed each step."""
    from diffusers import DDPMScheduler, UNet2DModel

    network = UNet2DModel.from_config(plain.network.config)  # as the library builds it
    scheduler = DDPMScheduler(num_train_timesteps=1000)
    adam = torch.optim.AdamW(network.parameters(), 1e-4, foreach=False)
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    while True:
        for pictures in loader:
            noise = torch.randn(pictures.shape)
            times = torch.randint(0, 1000, (len(pictures),))
            told = network(scheduler.add_noise(pictures, noise, times), times, return_dict=False)[0]
            loss = mse_loss(told, noise)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            adam.step()
            adam.zero_grad()
            str(loss.item())
            yield


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as root:
        for row in figures(Path(root)):
            print(f"{row.what}: {row.here} (goal {row.goal}) {'✓' if row.reached else '✗'}", flush=True)
