"""A diffusion model from a diffusers folder: offline, safetensors only, none of the folder's own code."""

import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.utils import logging
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from aigc_desktop.engine import diffusers_folder, doctor, tensor_files
from aigc_desktop.engine.diffusers_folder import Model
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.nets.diffusion import precision as precisions
from aigc_desktop.nets.diffusion.unet import fast
from aigc_desktop.problems import BadInput

READ = "pread" if os.name == "nt" else "mmap"  # a mapped file could be neither moved nor deleted on Windows
OLD_NAMES = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}  # of attention, until 2023

MISFIT = mark("The weights in {path} do not fit its config.json: {reason}.")
LACKS = mark("The weights in {path} do not fit its config.json: {count} of its tensors are missing, {name} for one.")
TOO_MANY = mark("The weights in {path} do not fit its config.json: there are {count} more tensors, {name} for one.")
OTHER_SHAPE = mark("The weights in {path} do not fit its config.json: {name} has the shape {theirs}, not {ours}.")
NO_NUMBERS = mark(
    "The weights in {path} are damaged: {name} holds values that are no numbers (NaN or infinity). "
    "Get another copy of the model."
)


@dataclass(frozen=True)
class Diffuser:
    """A network that takes noise away, and what is known of it.

    `scheduler` is the configuration it was trained with, by diffusers' names. `batch` pictures are drawn at once, always as
    many: what a processor computes for one picture depends in its last digits on how many there are. `free`: beside the
    labels of the classes there is one for none of them, the last.
    """

    unet: nn.Module
    scheduler: dict[str, Any]
    width: int
    height: int
    channels: int
    batch: int
    classes: Sequence[str] = ()
    free: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one picture: [C, H, W]."""
        return self.channels, self.height, self.width

    @property
    def device(self) -> torch.device:
        return next(self.unet.parameters()).device

    def look(self, noisy: Tensor, time: Tensor, labels: Tensor | None) -> Tensor:
        """What the network says of noisy pictures [n, C, H, W] at a time: float32 [n, C or 2C, H, W]."""
        weight: Tensor = next(self.unet.parameters())
        layout = precisions.layout(self.unet)
        read = noisy.to(weight.dtype).contiguous(memory_format=layout)
        told: Tensor = self.unet(read, time, class_labels=labels, return_dict=False)[0]
        return told.float().contiguous()


def open_folder(folder: Path, device: torch.device | str = "cpu", precision: str = "float32") -> Diffuser:
    """The model in this folder, ready to draw; BadInput for whatever is wrong with the folder.

    `precision` is float32, bfloat16 or auto (what is fastest here, measured once).
    """
    report = doctor.examine(folder)
    if report.problem is not None and report.problem.pattern != doctor.NO_ROOM:
        raise BadInput(report.problem.pattern, **report.problem.values)
    model = diffusers_folder.read(folder)
    unet = _load(model, report.weights).to(device)
    if model.scheduler["_class_name"] == diffusers_folder.EXPLODING:
        precision = "float32"
    precisions.prepare(unet, precision, (model.batch, model.channels, model.height, model.width))
    return Diffuser(
        unet=unet,
        scheduler=model.scheduler,
        width=model.width,
        height=model.height,
        channels=model.channels,
        batch=model.batch,
        classes=model.classes,
        free=model.free,
    )


def _load(model: Model, files: Sequence[str]) -> UNet2DModel:
    """The network with its weights as float32; never more memory than these take, whatever config.json says."""
    path = model.unet
    with ExitStack() as opened:
        stored: dict[str, Tensor] = {}
        for name in files:
            try:
                file = opened.enter_context(safe_open(path / name, "pt", backend=READ))
                stored |= {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict; mapped, not read
            except (SafetensorError, OSError, ValueError) as error:
                raise BadInput(tensor_files.DAMAGED, path=path / name, reason=f"{why(error)}.") from None
        stored = {_renamed(name): one for name, one in stored.items()}
        unet = _built(model)
        wanted = unet.state_dict()
        _check(path, stored, wanted)
        unet.load_state_dict({name: one.to(torch.float32, copy=True) for name, one in stored.items()}, assign=True)
    for name, weight in unet.named_parameters():
        if weight.numel() and not torch.isfinite(sum(torch.aminmax(weight.detach()))):
            raise BadInput(NO_NUMBERS, path=path, name=name)
    return fast(unet.requires_grad_(False).eval())


def _built(model: Model) -> UNet2DModel:
    """The network on no device: a config that lies must not take the machine's memory."""
    level = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)
    try:
        with torch.device("meta"):
            return UNet2DModel.from_config(model.config)
    except Exception as error:  # noqa: BLE001 - each block checks its values in its own way
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise BadInput(MISFIT, path=model.unet, reason=reason) from None
    finally:
        logging.set_verbosity(level)


def _check(path: Path, stored: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    missing = sorted(set(wanted) - set(stored))
    if missing:
        raise BadInput(LACKS, path=path, count=len(missing), name=missing[0])
    more = sorted(set(stored) - set(wanted))
    if more:
        raise BadInput(TOO_MANY, path=path, count=len(more), name=more[0])
    for name, one in sorted(stored.items()):
        if one.shape != wanted[name].shape:
            raise BadInput(OTHER_SHAPE, path=path, name=name, theirs=list(one.shape), ours=list(wanted[name].shape))


def _renamed(name: str) -> str:
    return re.sub(r"(?<=\.)(query|key|value|proj_attn)(?=\.(weight|bias)$)", lambda found: OLD_NAMES[found[0]], name)
