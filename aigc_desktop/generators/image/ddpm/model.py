"""Diffusion: the training of a U-Net of diffusers. What creates with it serves every diffusion model of pictures."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.pictures import PictureData
from aigc_desktop.engine import trainer
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.ddpm.spec import Train, classes, settings
from aigc_desktop.media.picture import Picture
from aigc_desktop.nets.diffusion import sampling, unet
from aigc_desktop.nets.diffusion.opening import Diffuser
from aigc_desktop.nets.diffusion.params import Draw
from aigc_desktop.nets.diffusion.schedule import STEPS, Schedule, scheduler
from aigc_desktop.nets.muon import Muon
from aigc_desktop.nets.pixels import floats, pictures_of

WARM_UP = 20  # steps until the learning rate is whole
OTHERS = 0.1  # learning rate of what is no matrix inside the network, as a share of the matrices'
CLIP = 1.0
PREVIEW, COLUMNS = 36, 6
PREVIEW_HOW = sampling.How(steps=8)
LOOK, LOOK_SEED = 256, 20_200_619  # held-out pictures that are looked at, and the noise that is mixed into them
PART = 128  # pictures that are looked at side by side


class Batch(NamedTuple):
    """Pictures, uint8 [n, C, H, W], their classes [n], and the batch's number since the beginning."""

    pictures: Tensor
    labels: Tensor | None
    number: int


class Trainer(trainer.Trainer):
    """Pictures mixed with noise of every strength, and a network that learns to tell the two apart."""

    def __init__(self, params: Train, data: PictureData, place: Place):
        self.params, self.data, self.place = params, data, place
        _, channels, height, width = data.train.shape
        facts = {"channels": channels, "height": height, "width": width, "classes": len(data.classes)}
        self.config = settings(params, facts)
        self.classes = classes(params, facts)
        self.network = unet.begin(unet.build(self.config)).to(place.device)
        self.schedule = Schedule(params.prediction, params.schedule, params.min_snr, place.device)
        matrices, others = _sides(self.network)
        self.muon = Muon(matrices, params.learning_rate)
        self.adam = torch.optim.Adam(others, OTHERS * params.learning_rate, betas=(0.9, 0.99), fused=True)
        self.ema = {"network": params.average}
        self.order = Shuffled(len(data.train), params.batch_size, place.seed, place.rank, place.world)
        self._held: tuple[Tensor, Tensor, Tensor, Tensor | None] | None = None

    def batch(self, step: int) -> Batch:
        at = self.order.take(step)
        labels = self.data.labels[at].to(self.place.device) if self.classes and self.data.labels is not None else None
        return Batch(self.data.take(at, self.params.mirror).to(self.place.device), labels, step)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        params, number = self.params, batch.number // self.accumulate
        for one, share in ((self.muon, 1.0), (self.adam, OTHERS)):
            for group in one.param_groups:
                group["lr"] = params.learning_rate * share * min(1.0, (number + 1) / WARM_UP) * (1 - self.progress)
        pictures = floats(batch.pictures).contiguous(memory_format=torch.channels_last)
        labels = batch.labels
        if labels is not None and params.label_dropout:
            labels = torch.where(torch.rand(len(labels)).to(labels.device) < params.label_dropout, self.classes, labels)
        loss = self._loss(pictures, torch.randn_like(pictures), self.schedule.times(len(pictures)), labels)
        self.optimise(loss, self.muon, self.adam, clip=CLIP)
        return {"loss": loss.detach()}

    def _loss(self, pictures: Tensor, noise: Tensor, times: Tensor, labels: Tensor | None) -> Tensor:
        noisy, wanted = self.schedule.mix(pictures, noise, times)
        with self.place.autocast():
            said = self.network(noisy, times, class_labels=labels, return_dict=False)[0]
        each = (said.float() - wanted).square().mean((1, 2, 3))
        return (each * self.schedule.weights[times]).mean()

    def sample(self, seed: int) -> Picture:
        """A grid of the pictures of the first seeds, by few steps; where there are classes, one of each after the other."""
        seeds = range(seed, seed + PREVIEW)
        labels = [number % self.classes for number in range(PREVIEW)] if self.classes else None
        with self.place.autocast():
            made = sampling.sample(self._diffuser(), seeds, PREVIEW_HOW, labels)
        return Picture.grid(pictures_of(made), COLUMNS)

    def _diffuser(self) -> Diffuser:
        made = scheduler(self.params.prediction, self.params.schedule)
        _, channels, height, width = self.data.train.shape
        return Diffuser(
            unet=self.network,
            scheduler={"_class_name": type(made).__name__, **made.config},
            width=width,
            height=height,
            channels=channels,
            batch=PREVIEW,
            classes=self.data.classes if self.classes else (),
            free=bool(self.classes),
        )

    def evaluate(self) -> dict[str, float]:
        """The loss on held-out pictures, with noise and times that are always the same."""
        if self._held is None:
            count = min(LOOK, len(self.data.heldout))
            pictures = self.data.heldout[:count]
            draws = torch.Generator().manual_seed(LOOK_SEED)
            noise = torch.randn(pictures.shape, generator=draws)
            times = (torch.arange(count) * 0.618034 % 1 * STEPS).long()
            labels = None
            if self.classes:  # held-out pictures of their own may lie in no folders of classes
                known = self.data.heldout_labels
                labels = torch.full((count,), self.classes) if known is None else known[:count]
            self._held = pictures, noise, times, labels
        pictures, noise, times, labels = self._held
        device, total = self.place.device, 0.0
        for start in range(0, len(pictures), PART):
            at = slice(start, start + PART)
            told = None if labels is None else labels[at].to(device)
            loss = self._loss(floats(pictures[at].to(device)), noise[at].to(device), times[at].to(device), told)
            total += float(loss) * len(times[at])
        return {"heldout_loss": total / len(pictures)}

    def parts(self) -> dict[str, Any]:
        return {"network": self.network, "muon": self.muon, "adam": self.adam}

    def save(self, folder: Path) -> None:
        """A pipeline's folder of diffusers, and our config.json, which names the classes."""
        from diffusers import DDIMPipeline

        plain = unet.plain(self.network)
        pipeline = DDIMPipeline(plain, scheduler(self.params.prediction, self.params.schedule))
        pipeline.save_pretrained(folder)
        ours = {"model_type": "aigc-ddpm", "classes": list(self.data.classes) if self.classes else []}
        (folder / "config.json").write_text(json.dumps(ours, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sides(network: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The kernels and matrices inside the network, and everything else."""
    outside = ("conv_in", "conv_out", "class_embedding")
    inside, others = [], []
    for name, weight in network.named_parameters():
        (inside if weight.ndim > 1 and not name.startswith(outside) else others).append(weight)
    return inside, others


def create(folder: Path, params: Draw, run: Run) -> None:
    """Draw pictures with the model in this folder."""
    from aigc_desktop.nets.diffusion import create as drawing

    drawing.create(folder, params, run)
