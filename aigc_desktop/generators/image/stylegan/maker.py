"""A trained StyleGAN from its folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aigc_desktop.engine import loaded
from aigc_desktop.generators.image.stylegan import principal
from aigc_desktop.generators.image.stylegan.networks import Discriminator, Generator
from aigc_desktop.generators.image.stylegan.sizes import SIDES
from aigc_desktop.i18n import mark
from aigc_desktop.nets import configs, weights
from aigc_desktop.nets.latents import latent
from aigc_desktop.nets.pixels import pictures_of
from aigc_desktop.problems import BadInput

CONFIG: Mapping[str, configs.Check] = {
    "side": configs.one_of(*SIDES),
    "channels": configs.one_of(1, 3),
    "width": configs.whole(4, 512),
    "w_size": configs.whole(4, 512),
    "mapping_layers": configs.whole(1, 8),
}


class Maker:
    """Seeds and w → pictures; BadInput names the file that is missing, broken or does not fit."""

    def __init__(self, folder: Path, device: torch.device):
        config: dict[str, Any] = configs.read(folder, CONFIG)
        shape = config["side"], config["channels"], config["width"]
        # On no device at first: a config that lies must not take the machine's memory.
        with torch.device("meta"):
            generator = Generator(*shape, config["w_size"], config["mapping_layers"])
            both = nn.ModuleDict({"generator": generator, "discriminator": Discriminator(*shape)})
        weights.load(folder, both)
        both.to(device).eval().requires_grad_(False)
        self.generator, self.discriminator = generator, both["discriminator"]
        self.side, self.channels, self.device = config["side"], config["channels"], device
        self.layers = generator.layer_count

    @torch.no_grad()
    def w(self, seed: int, truncation: float = 1.0) -> Tensor:
        """The w [w_size] of a seed, drawn towards the mean one."""
        generator = self.generator
        w = generator.w(latent(seed, generator.w_size)[None].to(self.device))[0]
        return self.truncated(w, truncation)

    def truncated(self, w: Tensor, truncation: float) -> Tensor:
        centre = self.generator.centre
        return w if truncation == 1 else centre + truncation * (w - centre)

    @torch.no_grad()
    def picture(self, w: Tensor, noises: list[Tensor] | None = None) -> np.ndarray:
        """The picture, uint8 [H, W, C], of one w [w_size] or of a w for each layer [layers, w_size].

        One at a time, so that its bytes never depend on what else is created.
        """
        ws = w.expand(self.layers, -1) if w.ndim == 1 else w
        return pictures_of(self.generator(ws[None], noises))[0]

    def mixed(self, coarse: Tensor, fine: Tensor, crossover: int) -> Tensor:
        """w for each layer [layers, w_size]: the first `crossover` of one, the others of another."""
        follows = torch.arange(self.layers, device=self.device) < crossover
        return torch.where(follows[:, None], coarse, fine)

    def moved(self, w: Tensor, distances: dict[int, float]) -> Tensor:
        """w moved along principal directions; BadInput where there is no such direction."""
        known = len(self.generator.spreads)
        for number in distances:
            if not 1 <= number <= known:
                raise BadInput(
                    mark("There is no direction {number}; this model has {known}."), number=number, known=known
                )
        return principal.moved(self.generator, w, distances)


def maker(folder: Path, device: torch.device) -> Maker:
    """The model in this folder, kept from question to question."""
    return loaded.model(folder, lambda: Maker(folder, device), str(device))
