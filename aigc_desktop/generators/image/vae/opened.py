"""A trained VAE from its folder: from pictures to points and from points to pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_desktop.data import dropped
from aigc_desktop.generators.image.vae.networks import Vae, kl
from aigc_desktop.generators.image.vae.spec import (
    LARGEST,
    MOST_CHANNELS,
    MOST_LATENT,
    MOST_LAYERS,
    WIDEST,
)
from aigc_desktop.i18n import mark
from aigc_desktop.nets import configs, weights
from aigc_desktop.nets.latents import latent
from aigc_desktop.nets.pixels import pictures_of
from aigc_desktop.problems import BadInput

KNOWN: dict[str, configs.Check] = {
    "shape": lambda value: configs.wholes(1, LARGEST, 3)(value) and len(value) == 3 and value[0] in (1, 3),
    "framing": configs.one_of("crop", "fit", "pad"),
    "network": configs.one_of("perceptron", "convolutional"),
    "latent_size": configs.whole(2, MOST_LATENT),
    "likelihood": configs.one_of("bernoulli", "gaussian"),
    "width": configs.whole(1, WIDEST),
    "layers": configs.whole(1, MOST_LAYERS),
    "channels": configs.whole(1, MOST_CHANNELS),
    "used": lambda value: isinstance(value, list) and 1 <= len(value) <= MOST_LATENT and all(map(_is_nats, value)),
}
MOST = 1000  # pictures given at once
PART = 256  # of them in the network at once
SEED = 20_131_220  # of the samples that a picture's nats are measured with
ENCODED = 4096  # pictures whose points are remembered


def _is_nats(value: object) -> bool:
    return configs.number(-1.0, 1e9)(value)


class Opened:
    """BadInput names the file that is missing, broken or does not fit."""

    def __init__(self, folder: Path, device: torch.device):
        config = configs.read(folder, KNOWN)
        if len(config["used"]) != config["latent_size"]:
            raise BadInput(
                mark("In the file {path}, {name} cannot be {value}."),
                path=folder / configs.FILE,
                name="used",
                value=config["used"],
            )
        # On no device at first: a config that lies must not take the machine's memory.
        with torch.device("meta"):
            network = Vae.of(config)
        weights.load(folder, network)
        self.network = network.to(device).eval()
        self.device = device
        self.latent_size: int = config["latent_size"]
        self.framing = config["framing"]
        used = config["used"]
        self.axes = sorted(range(self.latent_size), key=lambda one: -used[one])  # most used first
        self._points: dict[object, Tensor] = {}

    def read(self, path: Path | str) -> np.ndarray:
        """A picture file as its training would have framed it: uint8 [C, H, W]."""
        planes, height, width = self.network.shape
        return dropped.read(path, width, height, planes, self.framing)

    def files(self, paths: Sequence[str]) -> list[Path]:
        """The files named, folders as the pictures in them; BadInput where there are too many."""
        found = dropped.files(paths)
        if len(found) > MOST:
            raise BadInput(
                mark("{count:,} pictures were given; at most {most:,} can be used at once."),
                count=len(found),
                most=MOST,
            )
        return found

    @torch.no_grad()
    def points(self, paths: Sequence[Path | str]) -> Tensor:
        """The points [n, latent] in whose middle the encoder sees these pictures, on the processor."""
        found = [self._point(Path(path)) for path in paths]
        return torch.stack(found)

    def _point(self, path: Path) -> Tensor:
        # One at a time, so that a point never depends on what else is asked; remembered, since one moves a slider.
        try:
            stat = path.stat()
            key: object = str(path), stat.st_size, stat.st_mtime_ns
        except OSError:
            key = None  # reading says what is wrong
        if key not in self._points:
            pixels = torch.from_numpy(self.read(path))[None].to(self.device).float().div_(255)
            point = self.network.encode(pixels)[0][0].cpu()
            if len(self._points) >= ENCODED:
                self._points.pop(next(iter(self._points)))
            self._points[key] = point
        return self._points[key]

    @torch.no_grad()
    def drawn(self, z: Tensor) -> list[np.ndarray]:
        """The pictures of points [n, latent]: uint8 [H, W, C] each."""
        # One at a time, so that a picture's bytes never depend on what else is made.
        return [pictures_of(2 * self.network.drawn(one[None].to(self.device)) - 1)[0] for one in z]

    @torch.no_grad()
    def nats(self, pictures: np.ndarray) -> list[float]:
        """−ELBO of each picture, uint8 [n, C, H, W], with one sample of z."""
        found: list[float] = []
        drawn = torch.Generator().manual_seed(SEED)
        for part in torch.from_numpy(pictures).split(PART):
            pixels = part.to(self.device).float().div_(255)
            noise = torch.randn(len(part), self.latent_size, generator=drawn).to(self.device)
            decoded, mean, log_variance = self.network(pixels, noise)
            found += (self.network.nats(decoded, pixels) + kl(mean, log_variance).sum(1)).tolist()
        return found

    def direction(self, having: Sequence[str], lacking: Sequence[str]) -> Tensor:
        """From the mean point of the second group to that of the first [latent]."""
        if not having or not lacking:
            raise BadInput(
                mark("A direction needs two groups of pictures: those that have something, and those that lack it.")
            )
        groups = self.files(having), self.files(lacking)
        if set(map(_place, groups[0])) == set(map(_place, groups[1])):
            raise BadInput(mark("Both groups are the same pictures; a direction needs two different groups."))
        return self.points(groups[0]).mean(0) - self.points(groups[1]).mean(0)

    def plane(self, axes: Sequence[int], seed: int, places: Sequence[tuple[float, float]]) -> Tensor:
        """Points [n, latent] whose two dimensions `axes` (0 is the most used) are as in `places`; the others are the
        seed's, and zero for seed 0."""
        last = self.latent_size
        if len(axes) != 2 or axes[0] == axes[1] or not all(0 <= one < last for one in axes):
            raise BadInput(
                mark("The model has the axes 1 to {last}; a plane takes two different ones, not {axes}."),
                last=last,
                axes=", ".join(str(one + 1) for one in axes),
            )
        around = latent(seed, self.latent_size) if seed else torch.zeros(self.latent_size)
        z = around.repeat(len(places), 1)
        z[:, [self.axes[one] for one in axes]] = torch.tensor(places, dtype=torch.float32).view(-1, 2)
        return z


def between(start: Tensor, end: Tensor, frames: int) -> Tensor:
    """Points [frames, latent] along the straight line, ends exact."""
    share = torch.linspace(0, 1, frames)[1:-1, None]
    return torch.cat([start[None], torch.lerp(start, end, share), end[None]])


def _place(path: Path) -> Path:
    return path.resolve()
