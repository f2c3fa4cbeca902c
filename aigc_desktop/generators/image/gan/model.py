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

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.gan.spec import MOST_LAYERS, WIDEST, Create, Train, widths
from aigc_desktop.nets import configs, latent_pictures, weights
from aigc_desktop.nets.adversarial import (
    PENALTY_SCALE,
    STEEPNESS_WEIGHT,
    between,
    clip_weights,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    sloped,
    steepness_penalty,
)
from aigc_desktop.nets.adversarial_trainer import AdversarialTrainer, settling
from aigc_desktop.nets.pixels import floats, pictures_of

SLOPE = 0.2  # of the discriminator's leaky ReLU (Radford 2016)
PENALTY_EVERY = 8  # steps; weighted as much more (lazy regularisation: Karras 2020)

CONFIG = {
    "width": configs.whole(1, 64),
    "height": configs.whole(1, 64),
    "channels": configs.one_of(1, 3),
    "latent_size": configs.whole(1, 1024),
    "generator_widths": configs.wholes(1, WIDEST, MOST_LAYERS),
}


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

    def activations(self, x: Tensor) -> Tensor:
        """The last hidden activations [n, width]."""
        for layer in self.hidden:
            x = leaky_relu(layer(x), SLOPE)
        return x

    def scored(self, activations: Tensor) -> Tensor:
        return self.out(activations).float().squeeze(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.scored(self.activations(x))

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient [n, size] of each score by its own pixels, itself differentiable by the weights.

        Written out, because the slopes of a leaky ReLU are constants: cheaper than differentiating twice, and exact.
        """
        before = []
        with torch.no_grad():
            for layer in self.hidden:
                before.append(layer(x))
                x = leaky_relu(before[-1], SLOPE)
        gradient = self.out.weight.expand(len(x), -1)
        for layer, values in zip(reversed(self.hidden), reversed(before), strict=True):
            gradient = sloped(gradient, values, SLOPE) @ layer.weight
        return gradient


class Batch(NamedTuple):
    """Real pictures, uint8 [critic steps · n, C, H, W], and the batch's number since the beginning."""

    pictures: Tensor
    number: int


class Trainer(AdversarialTrainer):
    """Trains both networks at once: the pictures that the discriminator judges are those the generator learns from.

    With a gradient penalty of Wasserstein's kind the critic learns several times for each time the generator does.
    """

    most = 10_000  # held-out pictures: a figure on more takes memory and says no more

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, self.channels, self.height, self.width = data.train.shape
        pixels = self.channels * self.height * self.width
        self.generator = Generator(params.latent_size, widths(params.generator_widths), pixels).to(place.device)
        self.discriminator = Discriminator(pixels, widths(params.discriminator_widths)).to(place.device)
        self.generator_optimizer = _adam(self.generator, params.learning_rate)
        self.discriminator_optimizer = _adam(self.discriminator, params.learning_rate)
        self.ema = {"generator": params.average}
        self.critic_steps = params.critic_steps if params.loss == "wasserstein-gp" else 1
        many = params.batch_size * self.critic_steps
        self.order = Shuffled(len(data.train), many, place.seed, place.rank, place.world)

    def batch(self, step: int) -> Batch:
        pictures = self.data.take(self.order.take(step), self.params.mirror)
        return Batch(pictures.to(self.place.device), step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        for optimizer in (self.discriminator_optimizer, self.generator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = self.params.learning_rate * settling(self.progress)
        losses = []
        real = floats(batch.pictures).flatten(1)
        for number, part in enumerate(real.chunk(self.critic_steps)):
            with self.place.autocast(), torch.set_grad_enabled(number + 1 == self.critic_steps):
                fake = self.generator(torch.randn(len(part), self.params.latent_size, device=real.device))
            losses.append(self._judge(part, fake.detach(), batch.number))
        # Frozen: the generator learns through the discriminator, whose own gradient is not wanted here.
        self.discriminator.requires_grad_(False)
        with self.place.autocast():
            generator = generator_loss(self.params.loss, self.discriminator(fake))
        self.optimise(generator, self.generator_optimizer)
        self.discriminator.requires_grad_(True)
        return {"generator_loss": generator.detach(), "discriminator_loss": torch.stack(losses).mean()}

    def _judge(self, real: Tensor, fake: Tensor, number: int) -> Tensor:
        """One step of the discriminator; its loss."""
        params = self.params
        with self.place.autocast():
            scores = self.discriminator(torch.cat([real, fake]))
            loss = discriminator_loss(params.loss, *scores.chunk(2), params.label_smoothing)
            total = loss
            if params.loss == "wasserstein-gp":
                steep = self.discriminator.gradient(between(real, fake))
                total = loss + STEEPNESS_WEIGHT * steepness_penalty(steep)
            elif self._penalised and number // self.accumulate % PENALTY_EVERY == 0:
                weight = params.gradient_penalty * PENALTY_EVERY * PENALTY_SCALE[params.loss]
                total = loss + weight * gradient_penalty(self.discriminator.gradient(real))
        self.optimise(total, self.discriminator_optimizer)
        if params.loss == "wasserstein":
            clip_weights(self.discriminator.parameters(), params.weight_clip)
        return loss.detach()

    @property
    def _penalised(self) -> bool:
        return self.params.gradient_penalty > 0 and self.params.loss in PENALTY_SCALE

    def made(self, z: Tensor) -> Tensor:
        pictures: Tensor = self.generator(z).view(len(z), self.channels, self.height, self.width)
        return pictures

    def judged(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        activations = self.discriminator.activations(pictures.flatten(1))
        return activations, self.discriminator.scored(activations)

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


def create(folder: Path, params: Create, run: Run) -> None:
    """`count` pictures of seed, seed + 1, …; or one strip that walks from the seed's picture to another's."""
    maker = Maker(folder, run.device)
    latent_pictures.create(maker.picture, maker.latent_size, params, run)


class Maker:
    """A trained generator from its folder; BadInput names the file that is missing, broken or does not fit."""

    def __init__(self, folder: Path, device: torch.device):
        config = configs.read(folder, CONFIG)
        self.shape = config["channels"], config["height"], config["width"]
        self.latent_size: int = config["latent_size"]
        pixels = math.prod(self.shape)
        # On no device at first: a config that lies must not take the machine's memory.
        with torch.device("meta"):
            generator = Generator(self.latent_size, config["generator_widths"], pixels)
        weights.load(folder, generator)
        self.generator = generator.to(device).eval()
        self.device = device

    def picture(self, z: Tensor) -> np.ndarray:
        """The picture of a latent [latent_size]: uint8 [H, W, C]."""
        return pictures_of(latent_pictures.one(self.generator, z, self.device).view(1, *self.shape))[0]


def _adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), rate, betas=(0.0, 0.999), fused=True)
