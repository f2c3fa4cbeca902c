"""image.stylegan with its defaults on emoji (64×64) for 600 s, by the real command line.

Judged by the Fréchet distance of 2,000 created pictures to all 1,655 emoji in fixed features (of form: see `features`; of
colour: see `fields`), beside that
of pictures of the networks as they began: after one step, and one that the average has hardly followed.
"""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, conv2d, conv_transpose2d, leaky_relu, softplus
from torch.utils.data import DataLoader

from aigc_desktop.generators.image.stylegan.layers import NOISE_RATE
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.bench.judge import frechet
from tests.bench.pictures.features import features
from tests.bench.tutorial import Pictures
from tests.real_data import data_folder

SECONDS, COUNT, GOAL = 600, 2000, 4.0
EMOJI = "emoji/noto72_png.zip"


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    known = emoji(data / EMOJI)
    project = folder / "project"
    made = []
    for name, setting in (("First", "max_steps=1"), ("Emoji", f"max_seconds={SECONDS}")):
        words = ("--data", data / EMOJI, "--set", setting, "--name", name, "--project", project)
        trained = aigc("train", "image.stylegan", *words)
        out = folder / name
        aigc("create", name, "--count", COUNT, "--seed", 1, "--out", out, "--project", project)
        made.append(pictures(out))
    for seen, of in (("ResNet-20's features", lambda many: features(many)[0]), ("the means of 8×8 fields", fields)):
        first, last = (frechet(of(one), of(known)) for one in made)
        what = f"image.stylegan, emoji, {SECONDS} s ({trained['steps']:,} steps): Fréchet distance in {seen}"
        here = f"{first / last:.1f}× ({first:.2f} at first, {last:.2f} at last)"
        yield Figure(what, f"falls ≥ {GOAL:g}×", here, first / last >= GOAL)


def fields(many: np.ndarray) -> Tensor:
    """Where which colour is: the mean of each of 8×8 fields of pictures, uint8 [n, H, W, 3] → [n, 192] in 0…1."""
    return adaptive_avg_pool2d(torch.tensor(many).permute(0, 3, 1, 2).float() / 255, 8).flatten(1)


def pictures(folder: Path) -> np.ndarray:
    """Every PNG of a folder as uint8 [n, H, W, 3]."""
    return np.stack([np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.png"))])


def emoji(path: Path) -> np.ndarray:
    """All emoji as a training sees them, uint8 [n, 64, 64, 3]."""
    from aigc_desktop.generators.image.stylegan.spec import SPEC

    assert SPEC.data is not None
    found = SPEC.data.load(str(path), None, 0)
    both = [side[:].permute(0, 2, 3, 1).numpy() for side in (found.train, found.heldout)]
    return np.concatenate(both)


def loop(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """As StyleGAN2 is commonly written down: weights modulated for each picture, convolutions in as many groups, float32;
    R1 and path length as often as ours, each a step of its own; an average of the generator after each step."""
    generator, discriminator = plain.generator, plain.discriminator
    for network in (generator, discriminator):
        network.to(memory_format=torch.contiguous_format)
    for layer in generator.layers:
        layer.forward = MethodType(grouped, layer)
    average = [one.detach().clone() for one in generator.parameters()]
    rate, betas = chosen.learning_rate, (0.0, 0.99)
    generator_adam = torch.optim.Adam(generator.parameters(), rate, betas=betas, foreach=False)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), rate, betas=betas, foreach=False)
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    mean, number = 0.0, 0

    def create(count: int) -> tuple[Tensor, Tensor]:
        ws = plain._mixed(count)
        return generator(ws, generator.fresh_noises(count)), ws

    while True:
        for real in loader:
            _learning(generator, False), _learning(discriminator, True)
            fake, _ = create(len(real))
            loss = softplus(discriminator(fake)).mean() + softplus(-discriminator(real)).mean()
            _step(loss, discriminator_adam)
            if number % 16 == 0:
                real.requires_grad_(True)
                (gradient,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
                penalty = gradient.pow(2).reshape(len(real), -1).sum(1).mean()
                _step(chosen.r1 / 2 * penalty * 16, discriminator_adam)
            _learning(generator, True), _learning(discriminator, False)
            fake, _ = create(len(real))
            generator_loss = softplus(-discriminator(fake)).mean()
            _step(generator_loss, generator_adam)
            if number % 8 == 7:
                fake, ws = create(len(real) // 2)
                noise = torch.randn_like(fake) / math.sqrt(fake.shape[2] * fake.shape[3])
                (gradient,) = torch.autograd.grad((fake * noise).sum(), ws, create_graph=True)
                lengths = gradient.pow(2).sum(2).mean(1).sqrt()
                mean += 0.01 * (lengths.mean().item() - mean)
                _step(chosen.path_length * 8 * (lengths - mean).pow(2).mean(), generator_adam)
            for one, live in zip(average, generator.parameters(), strict=True):
                one.mul_(chosen.average).add_(live.detach(), alpha=1 - chosen.average)
            str((loss.item(), generator_loss.item()))
            number += 1
            yield


def grouped(layer: Any, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
    """A layer of the generator with a weight for each picture, as in the paper's code: a group of channels for each."""
    n, inputs, height, width = x.shape
    weight = layer.weight[None] / math.sqrt(layer.weight[0].numel()) * layer.style(w)[:, None, :, None, None]
    weight = weight * torch.rsqrt(weight.pow(2).sum((2, 3, 4), keepdim=True) + 1e-8)
    x = x.reshape(1, n * inputs, height, width)
    outputs = weight.shape[1]
    if layer.double:
        x = conv_transpose2d(x, weight.transpose(1, 2).reshape(n * inputs, outputs, 3, 3), stride=2, groups=n)
        row = torch.tensor([1.0, 3.0, 3.0, 1.0])
        taps = (row[:, None] * row[None, :] / 16)[None, None].expand(outputs, -1, -1, -1)
        x = conv2d(x.reshape(n, outputs, *x.shape[2:]), taps, padding=1, groups=outputs)
    else:
        x = conv2d(x, weight.reshape(n * outputs, inputs, 3, 3), padding=1, groups=n)
        x = x.reshape(n, outputs, height, width)
    x = x + noise * (layer.strength * NOISE_RATE) + layer.bias[None, :, None, None]
    return leaky_relu(x, 0.2) * math.sqrt(2)


def _learning(network: nn.Module, yes: bool) -> None:
    for one in network.parameters():
        one.requires_grad_(yes)


def _step(loss: Tensor, adam: torch.optim.Optimizer) -> None:
    adam.zero_grad()
    loss.backward()
    adam.step()
