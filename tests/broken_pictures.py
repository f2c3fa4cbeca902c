"""Real diffusers folders with one thing wrong, as downloads, copies and people leave them, and words of what is said of each."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from tests.broken_models import POINTER, Spoil

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"
UNET, SCHEDULER, INDEX = "unet/config.json", "scheduler/scheduler_config.json", "model_index.json"


def spoiled(name: str, model: Path, folder: Path) -> Path:
    """A copy of a whole model in `folder`, spoiled."""
    target = folder / "model"
    shutil.copytree(model, target)
    (SEEN | LOADED)[name][0](target)
    return target


def said(file: str, **changes: Any) -> Spoil:
    """A JSON file with other values; None takes one out."""

    def spoil(folder: Path) -> None:
        values = json.loads((folder / file).read_text()) | changes
        (folder / file).write_text(json.dumps({name: value for name, value in values.items() if value is not None}))

    return spoil


def content(file: str, change: Callable[[bytes], bytes]) -> Spoil:
    """A file with other bytes."""
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes())) and None


def gone(file: str) -> Spoil:
    return lambda folder: (folder / file).unlink()


def pipeline(name: str, **parts: str) -> Spoil:
    """Nothing but the index of a pipeline of this class."""
    index = {"_class_name": name, **{part: ["diffusers", kind] for part, kind in parts.items()}}
    return only_json(INDEX, index)


def part(name: str) -> Spoil:
    """Nothing but a network of this class."""
    return only_json("config.json", {"_class_name": name})


def only_json(file: str, values: dict[str, Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (folder / file).write_text(json.dumps(values))

    return spoil


def tensors(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Other weights, in a file that is whole."""

    def spoil(folder: Path) -> None:
        weights = {name: one.clone() for name, one in load_file(folder / WEIGHTS).items()}
        change(weights)
        save_file(weights, folder / WEIGHTS, {"format": "pt"})

    return spoil


def _number(name: str, value: float) -> Callable[[dict[str, Any]], Any]:
    def change(weights: dict[str, Any]) -> None:
        weights[name].view(-1)[3] = value

    return change


def _single(folder: Path) -> None:
    import torch

    shutil.rmtree(folder)
    folder.mkdir()
    save_file({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(1)}, folder / "v1-5.safetensors")


def _lora(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "pytorch_lora_weights.safetensors").write_bytes(b"")


def _pickled(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "unet" / "diffusion_pytorch_model.bin")


STABLE = {"vae": "AutoencoderKL", "unet": "UNet2DConditionModel", "scheduler": "PNDMScheduler"}

# What the doctor sees without loading anything.
SEEN: dict[str, tuple[Spoil, list[str]]] = {
    "Stable Diffusion": (pipeline("StableDiffusionPipeline", **STABLE), ["StableDiffusionPipeline", "from a text", "UNet2DModel"]),
    "ControlNet with Stable Diffusion": (pipeline("StableDiffusionControlNetPipeline", **STABLE), ["ControlNet", "drawing"]),
    "Flux": (pipeline("FluxPipeline", transformer="FluxTransformer2DModel"), ["FluxPipeline", "from a text"]),
    "a video model": (pipeline("CogVideoXPipeline", transformer="X"), ["makes videos"]),
    "a sound model": (pipeline("AudioLDM2Pipeline", unet="X"), ["makes sounds"]),
    "latent diffusion": (pipeline("LDMPipeline", vqvae="VQModel", unet="UNet2DModel", scheduler="DDIMScheduler"), ["VAE", "LDM"]),
    "a consistency model": (
        pipeline("ConsistencyModelPipeline", unet="UNet2DModel", scheduler="CMStochasticIterativeScheduler"),
        ["consistency model"],
    ),
    "a ControlNet": (part("ControlNetModel"), ["a ControlNet", "ControlNetModel"]),
    "a VAE": (part("AutoencoderKL"), ["a VAE", "AutoencoderKL"]),
    "a part of Stable Diffusion": (part("UNet2DConditionModel"), ["network of a Stable Diffusion"]),
    "a scheduler": (part("DDIMScheduler"), ["scheduler without a network"]),
    "something newer": (part("BrandNewThing"), ["BrandNewThing", "another kind"]),
    "a LoRA": (_lora, ["a LoRA", "pytorch_lora_weights.safetensors"]),
    "a single file": (_single, ["single file", "v1-5.safetensors"]),
    "index is no JSON": (content(INDEX, lambda _: b"{"), [INDEX, "no JSON"]),
    "index is a list": (content(INDEX, lambda _: b"[]"), [INDEX, "no settings"]),
    "no network": (lambda folder: shutil.rmtree(folder / "unet"), ["config.json", "missing"]),
    "no settings of the network": (gone(UNET), ["config.json", "missing"]),
    "settings that are no JSON": (content(UNET, lambda whole: whole[:40]), ["unet", "no JSON"]),
    "no scheduler": (gone(SCHEDULER), ["scheduler_config.json", "missing"]),
    "a scheduler of another kind": (said(SCHEDULER, _class_name="FlowMatchEulerDiscreteScheduler"), ["FlowMatchEuler"]),
    "a schedule of a million million steps": (said(SCHEDULER, num_train_timesteps=10**12), ["num_train_timesteps"]),
    "an unknown schedule": (said(SCHEDULER, beta_schedule="zigzag"), ["beta_schedule", "zigzag"]),
    "noise that cannot be": (said(SCHEDULER, beta_end=7), ["beta_end", "7"]),
    "an unknown prediction": (said(SCHEDULER, prediction_type="flow"), ["prediction_type", "flow"]),
    "noise by a list of texts": (said(SCHEDULER, trained_betas=["a"]), ["trained_betas"]),
    "no weights": (gone(WEIGHTS), ["diffusion_pytorch_model.safetensors", "missing"]),
    "only pickles": (_pickled, ["diffusion_pytorch_model.bin", "pickle", "DiffusionPipeline"]),
    "cut off": (content(WEIGHTS, lambda whole: whole[:-100]), ["diffusion_pytorch_model", "not whole"]),
    "a pointer": (content(WEIGHTS, lambda _: POINTER), ["diffusion_pytorch_model", "Git LFS"]),
    "no safetensors": (content(WEIGHTS, lambda _: b"<html>not found</html>"), ["no safetensors file"]),
    "a picture larger than any": (said(UNET, sample_size=10**9), ["sample_size"]),
    "a picture that cannot be halved": (said(UNET, sample_size=9), ["sample_size", "9"]),
    "no picture size": (said(UNET, sample_size=None), ["sample_size"]),
    "channels of no picture": (said(UNET, in_channels=7), ["7", "channels"]),
    "as many layers as there are atoms": (said(UNET, layers_per_block=10**30), ["layers_per_block"]),
    "more layers than weights": (said(UNET, layers_per_block=60), ["60 layers"]),
    "far too wide": (said(UNET, block_out_channels=[8, 2**40]), ["block_out_channels"]),
    "widths that are texts": (said(UNET, block_out_channels=["8", "8"]), ["block_out_channels"]),
    "a million million classes": (said(UNET, num_class_embeds=10**12), ["num_class_embeds"]),
    "fewer blocks than levels": (said(UNET, down_block_types=["DownBlock2D"]), ["down_block_types"]),
}  # fmt: skip

# What is seen when it is loaded.
LOADED: dict[str, tuple[Spoil, list[str]]] = {
    "not a number": (tensors(_number("conv_in.weight", float("nan"))), ["conv_in.weight", "NaN"]),
    "infinite": (tensors(_number("conv_out.weight", float("-inf"))), ["conv_out.weight", "infinity"]),
    "a tensor is missing": (tensors(lambda weights: weights.pop("conv_in.bias")), ["1 of its", "conv_in.bias"]),
    "a tensor too many": (tensors(lambda weights: weights.update(new=weights["conv_in.bias"].clone())), ["1 more", "new"]),
    "another shape": (
        tensors(lambda weights: weights.update({"conv_in.bias": weights["conv_in.bias"][:-1].clone()})),
        ["conv_in.bias", "[7]", "[8]"],
    ),
    "wider than its weights": (said(UNET, block_out_channels=[16, 16384]), ["config.json", "missing"]),
    "an unknown block": (said(UNET, down_block_types=["DownBlock2D", "SidewaysBlock2D"]), ["SidewaysBlock2D"]),
    "groups that do not divide": (said(UNET, norm_num_groups=3), ["config.json"]),
    "a setting of another type": (said(UNET, act_fn=17), ["config.json"]),
}  # fmt: skip
