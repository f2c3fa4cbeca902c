"""Finding a picture in the latent space: the w, and the noise, whose picture is nearest to it (Karras and others 2020)."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from aigc_desktop.data.framing import frame
from aigc_desktop.generators.image.stylegan.maker import Maker
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.pixels import floats, pictures_of

RATE = 0.1
RAMP_UP, RAMP_DOWN = 0.05, 0.25  # shares of the search in which the rate rises and falls
PERCEPTUAL = 1.0  # weight of the distance in the discriminator's features, beside that in pixels
NOISE = 10.0  # weight that keeps the noise noise: the picture belongs into w
LOOK_SECONDS = 0.5


class Found(NamedTuple):
    """w for each layer [layers, w_size], noise for each layer, and the mean squared error of pixels in 0…1."""

    ws: Tensor
    noises: list[Tensor]
    distance: float


def target(path: Path, model: Maker) -> np.ndarray:
    """The picture of a file as the model draws them: square, uint8 [H, W, C]; BadInput where it cannot be read."""
    pixels = Picture.read(path).pixels
    if pixels.ndim == 3 and pixels.shape[2] == 4:  # on white, as those that it was trained on
        share = pixels[:, :, 3:] / 255
        pixels = (pixels[:, :, :3] * share + 255 * (1 - share)).round().astype(np.uint8)
    if model.channels == 1 and pixels.ndim == 3:
        pixels = (pixels @ np.array([0.299, 0.587, 0.114])).round().astype(np.uint8)
    elif model.channels == 3 and pixels.ndim == 2:
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    return frame(pixels[None], (model.side, model.side))[0].reshape(model.side, model.side, model.channels)


def find(
    model: Maker,
    wanted: np.ndarray,
    steps: int,
    seed: int,
    look: Callable[[int, np.ndarray], None] = lambda step, now: None,
    progress: Callable[[int], None] = lambda step: None,
) -> Found:
    """The latent of a picture uint8 [H, W, C], by gradient descent from the mean one."""
    generator, discriminator, device = model.generator, model.discriminator, model.device
    real = floats(torch.from_numpy(wanted.copy()).permute(2, 0, 1)[None].to(device))
    features = _features(discriminator.levels(real))
    ws = generator.centre.repeat(model.layers, 1).requires_grad_(True)
    noises = [layer.noise.clone().requires_grad_(True) for layer in generator.layers]
    optimizer = torch.optim.Adam([ws, *noises], RATE, betas=(0.9, 0.999))
    wander = torch.Generator().manual_seed(seed)
    spread = float(generator.spreads.square().sum().div(generator.w_size).sqrt())
    shown = -LOOK_SECONDS
    for step in range(steps):
        at = step / steps
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (1 - at) / RAMP_DOWN, (step + 1) / (RAMP_UP * steps))
        # A little off the way at first, so that it does not stay in the nearest hollow.
        off = 0.05 * spread * max(0.0, 1 - at / 0.75) ** 2
        around = ws + off * torch.randn(ws.shape, generator=wander).to(device)
        made = _as_bytes_are(generator(around[None], noises), real)
        loss = (made - real).square().mean() + NOISE * sum(map(_regularity, noises))
        pairs = zip(features, _features(discriminator.levels(made)), strict=True)
        loss = loss + PERCEPTUAL * torch.stack([(one - other).square().sum(1).mean() for one, other in pairs]).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for noise in noises:
                noise.sub_(noise.mean()).mul_(noise.square().mean().add(1e-8).rsqrt())
        if time.monotonic() - shown >= LOOK_SECONDS or step + 1 == steps:
            shown = time.monotonic()
            look(step + 1, pictures_of(made)[0])
        progress(step + 1)
    ws, noises = ws.detach(), [noise.detach() for noise in noises]
    with torch.no_grad():
        distance = float((generator(ws[None], noises).clamp(-1, 1) - real).square().mean()) / 4
    return Found(ws, noises, distance)


def _as_bytes_are(made: Tensor, real: Tensor) -> Tensor:
    """Whiter than white is white, and blacker than black black, where the picture is."""
    made = torch.where(real >= 1, made.clamp(max=1), made)
    return torch.where(real <= -1, made.clamp(min=-1), made)


def _features(levels: list[Tensor]) -> list[Tensor]:
    """Each level's features with length 1 at every pixel, so that all levels count (LPIPS: Zhang and others 2018)."""
    return [level * level.square().sum(1, keepdim=True).add(1e-8).rsqrt() for level in levels]


def _regularity(noise: Tensor) -> Tensor:
    """How much neighbouring pixels of a noise [1, 1, s, s] agree, at every scale; 0 for what is really noise."""
    total = torch.zeros((), device=noise.device)
    while True:
        for axis in (2, 3):
            total = total + (noise * noise.roll(1, axis)).mean().square()
        if noise.shape[2] <= 8:
            return total
        noise = avg_pool2d(noise, 2) * 2
