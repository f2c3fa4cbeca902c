"""StyleGAN's training; what creates and explores with a trained model stands in the files beside it."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.trainer import Place
from aigc_desktop.engine.trainer import Trainer as Base
from aigc_desktop.generators.image.stylegan import principal
from aigc_desktop.generators.image.stylegan.augment import Strength, augmented
from aigc_desktop.generators.image.stylegan.create import create
from aigc_desktop.generators.image.stylegan.explore import explore
from aigc_desktop.generators.image.stylegan.networks import Discriminator, Generator
from aigc_desktop.generators.image.stylegan.regularise import path_length, steepness
from aigc_desktop.generators.image.stylegan.spec import Train
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.adversarial import discriminator_loss, generator_loss, scored_higher
from aigc_desktop.nets.adversary_view import MOST, DiscriminatorView
from aigc_desktop.nets.latents import latents
from aigc_desktop.nets.pixels import floats, pictures_of
from aigc_desktop.nets.sliced import directions, project, sliced_wasserstein

R1_EVERY, PATH_EVERY = 16, 8  # steps; weighted as much more (lazy regularisation)
PATH_SHARE = 2  # the path length is taken on this fraction of a batch
ADAPT_EVERY = 4  # steps
PREVIEW = 36  # pictures
LOOK = 512  # created pictures at least, where held-out figures are taken
CHUNK = 64  # pictures at a time, outside of training
DIRECTIONS = 256
LOOK_SEED = 20_191_203

__all__ = ["Trainer", "create", "explore"]


class Batch(NamedTuple):
    """Real pictures, uint8 [n, C, H, W], and the batch's number since the beginning."""

    pictures: Tensor
    number: int


class Trainer(Base):
    """Trains both networks at once: the pictures that the discriminator judges are those the generator learns from."""

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, self.channels, _, self.side = data.train.shape
        shape = self.side, self.channels, params.width
        self.generator = Generator(*shape, params.w_size, params.mapping_layers).to(place.device)
        self.discriminator = Discriminator(*shape).to(place.device)
        for network in (self.generator, self.discriminator):
            network.to(memory_format=torch.channels_last)
        self.generator_optimizer = _adam(self.generator, params.learning_rate)
        self.discriminator_optimizer = _adam(self.discriminator, params.learning_rate)
        self.ema = {"generator": params.average}
        self.mean_path = torch.zeros((), device=place.device)
        self.strength = Strength(1000.0 * params.augment_images, place.device)
        self.order = Shuffled(len(data.train), params.batch_size, place.seed, place.rank, place.world)
        self._fixed: tuple[Tensor, Tensor] | None = None
        self._view = DiscriminatorView()

    def batch(self, step: int) -> Batch:
        pictures = self.data.take(self.order.take(step), self.params.mirror)
        return Batch(pictures.to(self.place.device), step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        params, number, kind = self.params, batch.number // self.accumulate, self.place.dtype
        p = self.strength.p if params.augment == "adaptive" else 0.0
        for optimizer in (self.discriminator_optimizer, self.generator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = params.learning_rate * settling(self.progress)

        real = augmented(floats(batch.pictures), p)
        count = len(real)
        fake = self.generator(self._mixed(count), self.generator.fresh_noises(count), kind)
        scores = self.discriminator(torch.cat([real, augmented(fake.detach(), p)]), kind)
        on_real, on_fake = scores.chunk(2)
        self.strength.saw(on_real)
        loss = discriminator_loss("non-saturating", on_real, on_fake)
        total = loss
        if params.r1 and number % R1_EVERY == 0:
            total = loss + params.r1 * R1_EVERY * steepness(self.discriminator, real)
        self.optimise(total, self.discriminator_optimizer)

        # Frozen: the generator learns through the discriminator, whose own gradient is not wanted here.
        self.discriminator.requires_grad_(False)
        judged = self.discriminator(augmented(fake, p), kind)
        total = generator = generator_loss("non-saturating", judged)
        if params.path_length and number % PATH_EVERY == PATH_EVERY - 1:
            some = max(1, count // PATH_SHARE)
            path = path_length(self.generator, self._mixed(some), self.generator.fresh_noises(some), self.mean_path)
            total = generator + params.path_length * PATH_EVERY * path
        self.optimise(total, self.generator_optimizer)
        self.discriminator.requires_grad_(True)

        if params.augment == "adaptive" and number % ADAPT_EVERY == ADAPT_EVERY - 1:
            self.strength.adapt()
        found = {"generator_loss": generator.detach(), "discriminator_loss": loss.detach()}
        return found | ({"augmentation": torch.tensor(p)} if params.augment == "adaptive" else {})

    def _mixed(self, count: int) -> Tensor:
        """w of every layer [count, layers, w_size], for some pictures from two latents: coarse ones and fine ones."""
        generator, device = self.generator, self.place.device
        z = torch.randn(2 * count, self.params.w_size, device=device)
        if not self.params.mixing:
            return generator.same(generator.w(z[:count]))
        coarse, fine = generator.w(z).chunk(2)
        layers = generator.layer_count
        crossover = torch.randint(1, layers, (count, 1), device=device)
        crossover = torch.where(torch.rand(count, 1, device=device) < self.params.mixing, crossover, layers)
        follows = torch.arange(layers, device=device)[None] < crossover
        return torch.where(follows[:, :, None], coarse[:, None], fine[:, None])

    def sample(self, seed: int) -> Picture:
        """A grid of the pictures of the first seeds."""
        return Picture.grid(pictures_of(self._created(latents(seed, PREVIEW, self.params.w_size))))

    def insights(self) -> dict[str, dict[str, Any]]:
        """Where real and created pictures lie for the discriminator, and what it says of each."""
        pairs = (
            floats(self.data.train[:MOST].to(self.place.device)),
            self._created(latents(self.place.seed, MOST, self.params.w_size)),
        )
        judge = self.discriminator
        seen = [judge.last(judge.levels(pictures, self.place.dtype)[-1]) for pictures in pairs]
        scores = [judge.out(one).squeeze(1) for one in seen]
        return {"discriminator": self._view.look(*pairs, (seen[0], seen[1]), (scores[0], scores[1]))}

    def evaluate(self) -> dict[str, float]:
        """Over all held-out pictures: how far the created ones are from them, and what the discriminator says."""
        held, device = self.data.heldout, self.place.device
        made = len(held) * math.ceil(LOOK / len(held)) if len(held) < LOOK else len(held)
        seeded = torch.Generator().manual_seed(LOOK_SEED + self.place.seed)
        z = torch.randn(made, self.params.w_size, generator=seeded)
        if self._fixed is None:
            along = directions(held[0].numel(), DIRECTIONS).to(device)
            self._fixed = along, project(lambda at: floats(held[at].to(device)).flatten(1), len(held), along)
        along, target = self._fixed
        scores: list[Tensor] = []

        def create(at: slice) -> Tensor:
            pictures = self._created(z[at])
            scores.append(self._scores(pictures))
            return pictures.flatten(1)

        distance = sliced_wasserstein(target, project(create, made, along))
        unseen = self._scores(held)
        seen = self._scores(self.data.train[: max(len(held), LOOK)])
        return {
            "heldout_distance": distance,
            "heldout_told_apart": scored_higher(unseen, torch.cat(scores)),
            "heldout_memorised": scored_higher(seen, unseen),
        }

    def _created(self, z: Tensor) -> Tensor:
        """The pictures of latents, as `create` makes them."""
        generator = self.generator
        parts = z.to(self.place.device).split(CHUNK)
        return torch.cat([generator(generator.same(generator.w(part)), None, self.place.dtype) for part in parts])

    def _scores(self, pictures: Tensor) -> Tensor:
        """Of bytes or floats [n, C, H, W]."""
        found = []
        for part in pictures.split(CHUNK):
            part = part.to(self.place.device)
            found.append(self.discriminator(floats(part) if part.dtype == torch.uint8 else part, self.place.dtype))
        return torch.cat(found)

    def parts(self) -> dict[str, Any]:
        names = ("generator", "discriminator", "generator_optimizer", "discriminator_optimizer", "mean_path")
        return {name: getattr(self, name) for name in names} | {"strength": self.strength.state}

    def save(self, folder: Path) -> None:
        config = {
            "side": self.side,
            "channels": self.channels,
            "width": self.params.width,
            "w_size": self.params.w_size,
            "mapping_layers": self.params.mapping_layers,
        }
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        principal.measure(self.generator)
        both = nn.ModuleDict({"generator": self.generator, "discriminator": self.discriminator})
        numbers = {name: tensor.detach().cpu().contiguous() for name, tensor in both.state_dict().items()}
        save_file(numbers, folder / "model.safetensors", metadata={"format": "pt"})


def settling(progress: float) -> float:
    """The learning rate's factor: 1 for most of the training, then half a cosine to 0, so that the networks settle."""
    return 1.0 if progress < 0.7 else 0.5 * (1 + math.cos(math.pi * (progress - 0.7) / 0.3))


def _adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), rate, betas=(0.0, 0.99), fused=True)
