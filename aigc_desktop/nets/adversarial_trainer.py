"""What every training of a generator against a discriminator shows and measures."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.trainer import Trainer
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.adversarial import scored_higher
from aigc_desktop.nets.adversary_view import MOST, DiscriminatorView
from aigc_desktop.nets.latents import latents
from aigc_desktop.nets.pixels import floats, pictures_of
from aigc_desktop.nets.sliced import directions, project, sliced_wasserstein

PREVIEW = 64  # pictures
LOOK = 1024  # created pictures at least, where held-out figures are taken
DIRECTIONS = 256
LOOK_SEED = 20_140_610


class AdversarialTrainer(Trainer):
    """Base of such trainers: they set `generator`, `discriminator`, `data`, `place` and `params`, and say how both look at
    pictures [n, C, H, W] in −1…1."""

    generator: nn.Module
    discriminator: nn.Module
    data: PictureData
    params: Any
    most: int | None = None  # held-out pictures that are looked at; None: all
    _fixed: tuple[Tensor, Tensor] | None = None
    _view: DiscriminatorView | None = None

    def made(self, z: Tensor) -> Tensor:
        """The pictures of latents [n, latent_size]."""
        raise TypeError

    def judged(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """What the discriminator makes of pictures: its last hidden activations [n, …] and its scores [n]."""
        raise TypeError

    def sample(self, seed: int) -> Picture:
        """A grid of the pictures of the first seeds."""
        z = latents(seed, PREVIEW, self.params.latent_size).to(self.place.device)
        return Picture.grid(pictures_of(self.made(z)))

    def insights(self) -> dict[str, dict[str, Any]]:
        """Where real and created pictures lie, and what the discriminator says of them."""
        self._view = self._view or DiscriminatorView()
        device = self.place.device
        real = floats(self.data.train[:MOST].to(device))
        created = self.made(latents(LOOK_SEED, MOST, self.params.latent_size).to(device))
        known, known_scores = self.judged(real)
        other, other_scores = self.judged(created)
        unbounded = str(self.params.loss).startswith("wasserstein")
        return {
            "discriminator": self._view.look(real, created, (known, other), (known_scores, other_scores), unbounded)
        }

    def evaluate(self) -> dict[str, float]:
        """Over the held-out pictures: how far the created ones are from them, and what the discriminator says."""
        held, device = self.data.heldout[: self.most], self.place.device
        made = len(held) * math.ceil(LOOK / len(held)) if len(held) < LOOK else len(held)
        z = torch.randn(
            made, self.params.latent_size, generator=torch.Generator().manual_seed(LOOK_SEED + self.place.seed)
        )
        if self._fixed is None:
            along = directions(held[0].numel(), DIRECTIONS).to(device)
            self._fixed = along, project(lambda at: floats(held[at].to(device)).flatten(1), len(held), along)
        along, target = self._fixed
        scores: list[Tensor] = []

        def create(at: slice) -> Tensor:
            pictures = self.made(z[at].to(device))
            scores.append(self.judged(pictures)[1])
            return pictures.flatten(1)

        distance = sliced_wasserstein(target, project(create, made, along))
        unseen = self._scores(held)
        seen = self._scores(self.data.train[: max(len(held), LOOK)])
        return {
            "heldout_distance": distance,
            "heldout_told_apart": scored_higher(unseen, torch.cat(scores)),
            "heldout_memorised": scored_higher(seen, unseen),
        }

    def _scores(self, pictures: Tensor) -> Tensor:
        return torch.cat([self.judged(floats(part.to(self.place.device)))[1] for part in pictures.split(LOOK)])


def settling(progress: float) -> float:
    """The learning rate's factor: 1 for the first half, then half a cosine to 0 (after Loshchilov and Hutter 2017)."""
    return 1.0 if progress < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * progress - 1)))
