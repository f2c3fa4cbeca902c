"""VAE: its training; creating with it and looking inside are in `creating` and `exploring`."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine.trainer import Place
from aigc_desktop.engine.trainer import Trainer as Base
from aigc_desktop.generators.image.vae.creating import create
from aigc_desktop.generators.image.vae.exploring import explore
from aigc_desktop.generators.image.vae.networks import Vae, kl
from aigc_desktop.generators.image.vae.spec import Train
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.latents import latents
from aigc_desktop.nets.pixels import pictures_of

__all__ = ["Trainer", "create", "explore", "settling"]

PREVIEW = 64  # pictures
BEGINNING, SOON = 500, 0.1  # steps, or this share of a short training
PART = 1024  # held-out pictures at once
LOOK_SEED = 20_131_220


class Batch(NamedTuple):
    """Pictures, uint8 [n, C, H, W], and the batch's number since the beginning."""

    pictures: Tensor
    number: int


class Trainer(Base):
    """Encoder and decoder learn together from −ELBO of each picture."""

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, *shape = data.train.shape
        self.config: dict[str, Any] = {
            "shape": shape,
            "framing": params.framing,
            "network": params.network,
            "latent_size": params.latent_size,
            "likelihood": params.likelihood,
            "width": params.width,
            "layers": params.layers,
            "channels": params.channels,
        }
        self.network = Vae.of(self.config).to(place.device)
        self.network.begin_at(shares(data.train[:PART]).to(place.device).mean(0))
        self.optimizer = torch.optim.Adam(self.network.parameters(), params.learning_rate, fused=True)
        self.ema = {"network": params.average}
        self.order = Shuffled(len(data.train), params.batch_size, place.seed, place.rank, place.world)

    def batch(self, step: int) -> Batch:
        return Batch(self.data.take(self.order.take(step), self.params.mirror).to(self.place.device), step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        # Gently at first, and with little weight on the description's length (Bowman 2016): a dimension that the first steps
        # drive out of use does not come back.
        begun = min(1.0, max((batch.number // self.accumulate + 1) / BEGINNING, self.progress / SOON))
        weight = self.params.beta * begun
        for group in self.optimizer.param_groups:
            group["lr"] = self.params.learning_rate * begun * settling(self.progress)
        pictures = shares(batch.pictures)
        noise = torch.randn(len(pictures), self.params.latent_size, device=pictures.device)
        with self.place.autocast():
            decoded, mean, log_variance = self.network(pictures, noise)
        reconstruction = self.network.loss(decoded, pictures)
        description = kl(mean, log_variance).sum(1).mean()
        self.optimise(reconstruction + weight * description, self.optimizer)
        return {"reconstruction": reconstruction.detach(), "kl": description.detach()}

    def sample(self, seed: int) -> Picture:
        """A grid of the pictures of the first seeds."""
        z = latents(seed, PREVIEW, self.params.latent_size).to(self.place.device)
        return Picture.grid(pictures_of(2 * self.network.drawn(z) - 1))

    def evaluate(self) -> dict[str, float]:
        """−ELBO and its two parts, means over all held-out pictures: β = 1, one sample of z for each, always the same."""
        held = self.data.heldout
        drawn = torch.Generator().manual_seed(LOOK_SEED + self.place.seed)
        reconstruction = description = 0.0
        for start in range(0, len(held), PART):
            pictures = shares(held[start : start + PART].to(self.place.device))
            noise = torch.randn(len(pictures), self.params.latent_size, generator=drawn).to(pictures.device)
            decoded, mean, log_variance = self.network(pictures, noise)
            reconstruction += float(self.network.nats(decoded, pictures).double().sum())
            description += float(kl(mean, log_variance).double().sum())
        reconstruction, description = reconstruction / len(held), description / len(held)
        return {
            "heldout_elbo_nats": reconstruction + description,
            "heldout_reconstruction": reconstruction,
            "heldout_kl": description,
        }

    def parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimizer": self.optimizer}

    def save(self, folder: Path) -> None:
        """`used`: how many nats each latent dimension says of a picture on average, over some held-out ones."""
        pictures = shares(self.data.heldout[:PART].to(self.place.device))
        with torch.no_grad():
            used = kl(*self.network.encode(pictures)).mean(0)
        config = self.config | {"used": [round(one, 4) for one in used.tolist()]}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        numbers = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        save_file(numbers, folder / "model.safetensors", metadata={"format": "pt"})


def shares(pictures: Tensor) -> Tensor:
    """uint8 → float of the same shape in 0…1."""
    return pictures.float().div_(255)


def settling(progress: float) -> float:
    """The learning rate's factor: 1 for the first half, then half a cosine to 0 (after Loshchilov and Hutter 2017)."""
    return 1.0 if progress < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * progress - 1)))
