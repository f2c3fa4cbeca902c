"""DCGAN: training a convolutional generator against a convolutional discriminator, and creating pictures."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils.parametrize import cached

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.dcgan.networks import Discriminator, Generator
from aigc_desktop.generators.image.dcgan.shape import SIDES
from aigc_desktop.generators.image.dcgan.spec import MOST_WIDTH, Create, Train
from aigc_desktop.nets import configs, latent_pictures, weights
from aigc_desktop.nets.adversarial import (
    PENALTY_SCALE,
    STEEPNESS_WEIGHT,
    between,
    clip_weights,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    steepness_penalty,
    turned,
)
from aigc_desktop.nets.adversarial_trainer import AdversarialTrainer, settling
from aigc_desktop.nets.augment import FEW, augmented
from aigc_desktop.nets.pixels import floats, pictures_of

PENALTY_EVERY = 16  # steps; weighted as much more (lazy regularisation: Karras 2020)
LOOKED_AT = 2048  # held-out pictures

CONFIG = {
    "side": configs.one_of(*SIDES),
    "channels": configs.one_of(1, 3),
    "latent_size": configs.whole(1, 1024),
    "width": configs.whole(1, MOST_WIDTH),
}


class Batch(NamedTuple):
    """Real pictures, uint8 [critic steps · n, C, H, W], and the batch's number since the beginning."""

    pictures: Tensor
    number: int


class Trainer(AdversarialTrainer):
    """Trains both networks: with the non-saturating loss by one pass through the discriminator, else one after the other."""

    most = LOOKED_AT

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, self.channels, self.side, _ = data.train.shape
        self.generator = Generator(params.latent_size, params.width, self.side, self.channels).to(place.device)
        self.discriminator = Discriminator(params.width, self.side, self.channels, params.spectral).to(place.device)
        self.generator_optimizer = _adam(self.generator, params.learning_rate)
        self.discriminator_optimizer = _adam(self.discriminator, params.learning_rate)
        self.ema = {"generator": params.average} if params.average else {}
        self.critic_steps = params.critic_steps if params.loss == "wasserstein-gp" else 1
        self.augments = params.augment == "on" or (params.augment == "auto" and len(data.train) < FEW)
        many = params.batch_size * self.critic_steps
        self.order = Shuffled(len(data.train), many, place.seed, place.rank, place.world)

    def batch(self, step: int) -> Batch:
        pictures = self.data.take(self.order.take(step), self.params.mirror)
        return Batch(pictures.to(self.place.device), step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        for optimizer in (self.discriminator_optimizer, self.generator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = self.params.learning_rate * settling(self.progress)
        real = floats(batch.pictures).contiguous(memory_format=torch.channels_last)
        if self.params.loss == "non-saturating":
            judged, generator = self._both(real, batch.number)
        else:
            parts = real.chunk(self.critic_steps)
            judged = torch.stack([self._critic_step(part, batch.number) for part in parts]).mean()
            generator = self._generator_step(len(parts[0]))
        return {"generator_loss": generator, "discriminator_loss": judged}

    def _both(self, real: Tensor, number: int) -> tuple[Tensor, Tensor]:
        """One pass through the discriminator for both networks."""
        with self.place.autocast():
            fake = self._fake(len(real))
        seen = fake.detach().requires_grad_()
        with self.place.autocast(), cached():
            loss, penalty, scores = self._judged(self._seen(real), self._seen(seen), number)
        self.optimise(loss + penalty, self.discriminator_optimizer)
        assert seen.grad is not None
        gradient = turned(scores, seen.grad) * self.accumulate
        self.optimise((fake * gradient).sum(), self.generator_optimizer)
        return loss.detach(), generator_loss("non-saturating", scores)

    def _critic_step(self, real: Tensor, number: int) -> Tensor:
        with self.place.autocast(), torch.no_grad():
            fake = self._fake(len(real))
        with self.place.autocast(), cached():
            loss, penalty, _ = self._judged(self._seen(real), self._seen(fake), number)
        self.optimise(loss + penalty, self.discriminator_optimizer)
        if self.params.loss == "wasserstein":
            clip_weights(self.discriminator.parameters(), self.params.weight_clip)
        return loss.detach()

    def _judged(self, real: Tensor, fake: Tensor, number: int) -> tuple[Tensor, Tensor | float, Tensor]:
        """The discriminator's loss, the penalty beside it, and the scores of the created pictures."""
        params = self.params
        of_real, of_fake = self.discriminator(real), self.discriminator(fake)
        loss = discriminator_loss(params.loss, of_real, of_fake, params.label_smoothing)
        penalty: Tensor | float = 0.0
        if params.loss == "wasserstein-gp":
            penalty = STEEPNESS_WEIGHT * steepness_penalty(self.discriminator.gradient(between(real, fake)))
        elif self._penalised and number // self.accumulate % PENALTY_EVERY == 0:
            weight = params.gradient_penalty * PENALTY_EVERY * PENALTY_SCALE[params.loss]
            penalty = weight * gradient_penalty(self.discriminator.gradient(real))
        return loss, penalty, of_fake.detach()

    @property
    def _penalised(self) -> bool:
        return self.params.gradient_penalty > 0 and self.params.loss in PENALTY_SCALE

    def _generator_step(self, count: int) -> Tensor:
        # Frozen: the generator learns through the critic, whose own gradient is not wanted here.
        self.discriminator.requires_grad_(False)
        with self.place.autocast(), cached():
            loss = generator_loss(self.params.loss, self.discriminator(self._seen(self._fake(count))))
        self.optimise(loss, self.generator_optimizer)
        self.discriminator.requires_grad_(True)
        return loss.detach()

    def _fake(self, count: int) -> Tensor:
        made: Tensor = self.generator(torch.randn(count, self.params.latent_size, device=self.place.device))
        return made

    def _seen(self, pictures: Tensor) -> Tensor:
        """What the discriminator sees of pictures."""
        return augmented(pictures) if self.augments else pictures

    def made(self, z: Tensor) -> Tensor:
        pictures: Tensor = self.generator(z)
        return pictures

    def judged(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.discriminator.hidden(pictures)
        return hidden, self.discriminator.scored(hidden)

    def parts(self) -> dict[str, Any]:
        names = ("generator", "discriminator", "generator_optimizer", "discriminator_optimizer")
        return {name: getattr(self, name) for name in names}

    def save(self, folder: Path) -> None:
        config = {
            "side": self.side,
            "channels": self.channels,
            "latent_size": self.params.latent_size,
            "width": self.params.width,
        }
        (folder / configs.FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        numbers = {name: tensor.detach().cpu().contiguous() for name, tensor in self.generator.state_dict().items()}
        save_file(numbers, folder / weights.FILE, metadata={"format": "pt"})


def create(folder: Path, params: Create, run: Run) -> None:
    """`count` pictures of seed, seed + 1, …; or one strip that walks from the seed's picture to another's."""
    maker = Maker(folder, run.device)
    latent_pictures.create(maker.picture, maker.latent_size, params, run)


class Maker:
    """A trained generator from its folder; BadInput names the file that is missing, broken or does not fit."""

    def __init__(self, folder: Path, device: torch.device):
        config = configs.read(folder, CONFIG)
        self.latent_size: int = config["latent_size"]
        # On no device at first: a config that lies must not take the machine's memory.
        with torch.device("meta"):
            generator = Generator(self.latent_size, config["width"], config["side"], config["channels"])
        weights.load(folder, generator)
        self.generator = generator.to(device).eval()
        self.device = device

    def picture(self, z: Tensor) -> np.ndarray:
        """The picture of a latent [latent_size]: uint8 [H, W, C]."""
        return pictures_of(latent_pictures.one(self.generator, z, self.device))[0]


def _adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), rate, betas=(0.0, 0.99), fused=True)
