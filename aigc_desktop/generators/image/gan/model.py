"""GAN: two perceptrons, their training, and creating pictures."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from aigc_desktop import foreign_json
from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.engine.trainer import Trainer as Base
from aigc_desktop.generators.image.gan.spec import MOST_LAYERS, WIDEST, Create, Train, widths
from aigc_desktop.i18n import mark
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets import weights
from aigc_desktop.nets.adversarial import (
    clip_weights,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    scored_higher,
)
from aigc_desktop.nets.latents import latent, latents, walk
from aigc_desktop.nets.sliced import directions, project, sliced_wasserstein
from aigc_desktop.problems import BadInput

SLOPE = 0.2  # of the discriminator's leaky ReLU (Radford 2016)
PENALTY_EVERY = 8  # steps; weighted as much more (lazy regularisation: Karras 2020)
# Near an undecided score x, cross-entropy is least squares of x / 4 + 1/2, times four; the slope is four times as
# steep, its square sixteen times: the same penalty weighs a quarter.
PENALTY_SCALE = {"non-saturating": 1, "least-squares": 4}
PREVIEW = 64  # pictures
LOOK = 1024  # created pictures at least, where held-out figures are taken
DIRECTIONS = 256
LOOK_SEED = 20_140_610


class Generator(nn.Module):
    """Latents [n, latent_size] → pixels [n, channels·height·width] in −1…1."""

    def __init__(self, latent_size: int, hidden: list[int], pixels: int):
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip([latent_size, *hidden], hidden, strict=False):
            # Batch normalisation has a shift of its own, so the layer needs no bias.
            layers += [nn.Linear(before, after, bias=False), nn.BatchNorm1d(after), nn.ReLU()]
        self.hidden = nn.Sequential(*layers)
        self.out = nn.Linear(hidden[-1], pixels)

    def forward(self, z: Tensor) -> Tensor:
        return torch.tanh(self.out(self.hidden(z)).float())


class Discriminator(nn.Module):
    """Pixels [n, size] in −1…1 → scores [n]: high for real."""

    def __init__(self, pixels: int, hidden: list[int]):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip([pixels, *hidden], hidden, strict=False))
        self.out = nn.Linear(hidden[-1], 1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = leaky_relu(layer(x), SLOPE)
        return self.out(x).float().squeeze(1)

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient [n, size] of each score by its own pixels, itself differentiable by the weights.

        Written out, because the slopes of a leaky ReLU are constants: cheaper than differentiating twice, and exact.
        """
        slopes = []
        with torch.no_grad():
            for layer in self.hidden:
                x = layer(x)
                slope = torch.where(x > 0, 1.0, SLOPE).to(x.dtype)
                slopes.append(slope)
                x = x * slope
        gradient = self.out.weight.expand(len(x), -1)
        for layer, slope in zip(reversed(self.hidden), reversed(slopes), strict=True):
            gradient = (gradient * slope) @ layer.weight
        return gradient


class Batch(NamedTuple):
    """Real pictures, uint8 [n, C, H, W], and the batch's number since the beginning."""

    pictures: Tensor
    number: int


class Trainer(Base):
    """Trains both networks at once: the pictures that the discriminator judges are those the generator learns from."""

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, self.channels, self.height, self.width = data.train.shape
        pixels = self.channels * self.height * self.width
        self.generator = Generator(params.latent_size, widths(params.generator_widths), pixels).to(place.device)
        self.discriminator = Discriminator(pixels, widths(params.discriminator_widths)).to(place.device)
        self.generator_optimizer = _adam(self.generator, params.learning_rate)
        self.discriminator_optimizer = _adam(self.discriminator, params.learning_rate)
        self.ema = {"generator": params.average}
        self.order = Shuffled(len(data.train), params.batch_size, place.seed, place.rank, place.world)
        self._fixed: tuple[Tensor, Tensor] | None = None

    def batch(self, step: int) -> Batch:
        return Batch(self.data.train.index_select(0, self.order.take(step)).to(self.place.device), step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        params = self.params
        real = _floats(batch.pictures)
        for optimizer in (self.discriminator_optimizer, self.generator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = params.learning_rate * settling(self.progress)

        with self.place.autocast():
            fake = self.generator(torch.randn(len(real), params.latent_size, device=real.device))
            scores = self.discriminator(torch.cat([real, fake.detach()]))
            loss = discriminator_loss(params.loss, *scores.chunk(2), params.label_smoothing)
            total = loss
            if self._penalised and batch.number // self.accumulate % PENALTY_EVERY == 0:
                weight = params.gradient_penalty * PENALTY_EVERY * PENALTY_SCALE[params.loss]
                total = loss + weight * gradient_penalty(self.discriminator.gradient(real))
        self.optimise(total, self.discriminator_optimizer)
        if params.loss == "wasserstein":
            clip_weights(self.discriminator.parameters(), params.weight_clip)

        # Frozen: the generator learns through the discriminator, whose own gradient is not wanted here.
        self.discriminator.requires_grad_(False)
        with self.place.autocast():
            generator = generator_loss(params.loss, self.discriminator(fake))
        self.optimise(generator, self.generator_optimizer)
        self.discriminator.requires_grad_(True)
        return {"generator_loss": generator.detach(), "discriminator_loss": loss.detach()}

    @property
    def _penalised(self) -> bool:
        return self.params.gradient_penalty > 0 and self.params.loss != "wasserstein"

    def sample(self, seed: int) -> Picture:
        """A grid of the pictures of the first seeds."""
        z = latents(seed, PREVIEW, self.params.latent_size).to(self.place.device)
        pixels = _bytes(self.generator(z)).reshape(PREVIEW, self.channels, self.height, self.width)
        return Picture.grid([one.transpose(1, 2, 0) for one in pixels.numpy()])

    def evaluate(self) -> dict[str, float]:
        """Over all held-out pictures: how far the created ones are from them, and what the discriminator says."""
        held, device = self.data.heldout, self.place.device
        made = len(held) * math.ceil(LOOK / len(held)) if len(held) < LOOK else len(held)
        z = torch.randn(
            made, self.params.latent_size, generator=torch.Generator().manual_seed(LOOK_SEED + self.place.seed)
        )
        if self._fixed is None:
            along = directions(held[0].numel(), DIRECTIONS).to(device)
            self._fixed = along, project(lambda at: _floats(held[at].to(device)), len(held), along)
        along, target = self._fixed
        scores: list[Tensor] = []

        def create(at: slice) -> Tensor:
            pictures = self.generator(z[at].to(device))
            scores.append(self.discriminator(pictures))
            return pictures

        distance = sliced_wasserstein(target, project(create, made, along))
        unseen = self._scores(held)
        seen = self._scores(self.data.train[: max(len(held), LOOK)])
        return {
            "heldout_distance": distance,
            "heldout_told_apart": scored_higher(unseen, torch.cat(scores)),
            "heldout_memorised": scored_higher(seen, unseen),
        }

    def _scores(self, pictures: Tensor) -> Tensor:
        return torch.cat([self.discriminator(_floats(part.to(self.place.device))) for part in pictures.split(LOOK)])

    def parts(self) -> dict[str, Any]:
        names = ("generator", "discriminator", "generator_optimizer", "discriminator_optimizer")
        return {name: getattr(self, name) for name in names}

    def save(self, folder: Path) -> None:
        config = {
            "width": self.width,
            "height": self.height,
            "channels": self.channels,
            "latent_size": self.params.latent_size,
            "generator_widths": widths(self.params.generator_widths),
        }
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        numbers = {name: tensor.detach().cpu().contiguous() for name, tensor in self.generator.state_dict().items()}
        save_file(numbers, folder / "model.safetensors", metadata={"format": "pt"})


def settling(progress: float) -> float:
    """The learning rate's factor: 1 for the first half, then half a cosine to 0 (after Loshchilov and Hutter 2017)."""
    return 1.0 if progress < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * progress - 1)))


def create(folder: Path, params: Create, run: Run) -> None:
    """`count` pictures of seed, seed + 1, …; or one strip that walks from the seed's picture to another's."""
    maker = Maker(folder, run.device)
    if params.walk:
        end = run.seed + 1 if params.walk_to is None else params.walk_to
        points = walk(latent(run.seed, maker.latent_size), latent(end, maker.latent_size), params.walk)
        frames = []
        for number, point in enumerate(points):
            frames.append(maker.picture(point * params.truncation))
            run.progress(number + 1, params.walk)
        strip = Picture(np.concatenate(frames, axis=1))
        run.save(strip, seed=run.seed, walk=params.walk, walk_to=end, truncation=params.truncation)
        return
    for number in range(params.count):
        seed = run.seed + number
        pixels = maker.picture(latent(seed, maker.latent_size) * params.truncation)
        run.save(Picture(pixels), seed=seed, truncation=params.truncation)
        run.progress(number + 1, params.count)


class Maker:
    """A trained generator from its folder; BadInput names the file that is missing, broken or does not fit."""

    def __init__(self, folder: Path, device: torch.device):
        config = _config(folder / "config.json")
        self.shape = config["height"], config["width"], config["channels"]
        self.latent_size: int = config["latent_size"]
        pixels = math.prod(self.shape)
        # On no device at first: a config that lies must not take the machine's memory.
        with torch.device("meta"):
            generator = Generator(self.latent_size, config["generator_widths"], pixels)
        weights.load(folder, generator)
        self.generator = generator.to(device).eval()
        self.device = device

    @torch.no_grad()
    def picture(self, z: Tensor) -> np.ndarray:
        """The picture of a latent [latent_size]: uint8 [H, W, C].

        One at a time, so that its bytes never depend on what else is created.
        """
        height, width, channels = self.shape
        pixels = _bytes(self.generator(z[None].to(self.device)))
        return pixels.reshape(channels, height, width).permute(1, 2, 0).numpy()


def _config(path: Path) -> dict[str, Any]:
    """What config.json says, checked; BadInput names the file."""
    most = {"width": 64, "height": 64, "channels": 3, "latent_size": 1024}
    try:
        config = foreign_json.parse(path.read_bytes())
    except FileNotFoundError:
        raise BadInput(
            mark("The model {path} is not whole: {file} is missing."), path=path.parent, file=path.name
        ) from None
    except (OSError, ValueError):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path) from None
    if not isinstance(config, dict):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path)
    for name in [*most, "generator_widths"]:
        if name not in config:
            raise BadInput(mark("The file {path} does not say {name}; use a copy that is whole."), path=path, name=name)
    for name, value in config.items():
        if name == "generator_widths":
            fits = isinstance(value, list) and 1 <= len(value) <= MOST_LAYERS
            fits = fits and all(type(one) is int and 1 <= one <= WIDEST for one in value)
        elif name in most:
            fits = type(value) is int and 1 <= value <= most[name] and (name != "channels" or value in (1, 3))
        else:
            raise BadInput(mark("The file {path} has a setting that is not known here: {name}."), path=path, name=name)
        if not fits:
            raise BadInput(mark("In the file {path}, {name} cannot be {value}."), path=path, name=name, value=value)
    return config


def _adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), rate, betas=(0.0, 0.999), fused=True)


def _floats(pictures: Tensor) -> Tensor:
    """uint8 [n, C, H, W] → float [n, C·H·W] in −1…1."""
    return pictures.flatten(1).float().div_(127.5).sub_(1)


def _bytes(pixels: Tensor) -> Tensor:
    """Floats in −1…1 → uint8, on the processor."""
    return pixels.float().add(1).mul(127.5).round().clamp(0, 255).to("cpu", torch.uint8)
