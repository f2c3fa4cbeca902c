"""What the models of diffusers are for, by the names of their classes. Imports no diffusers, which is slow."""

from typing import Any

from aigc_desktop.i18n import mark

SCHEDULES = ("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid")

# Schedulers whose noise ours can follow: of a variance that is preserved, and the one of a variance that explodes.
SCHEDULERS = frozenset(
    [
        "DDPMScheduler",
        "DDPMParallelScheduler",
        "DDIMScheduler",
        "DDIMParallelScheduler",
        "PNDMScheduler",
        "DPMSolverMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "DPMSolverSDEScheduler",
        "DEISMultistepScheduler",
        "UniPCMultistepScheduler",
        "SASolverScheduler",
        "EulerDiscreteScheduler",
        "EulerAncestralDiscreteScheduler",
        "HeunDiscreteScheduler",
        "LMSDiscreteScheduler",
        "KDPM2DiscreteScheduler",
        "KDPM2AncestralDiscreteScheduler",
        "RePaintScheduler",
        "ScoreSdeVeScheduler",
    ]
)

_STABLE = mark("a Stable Diffusion, which makes pictures from a text")
_TEXT = mark("a model that makes pictures from a text")
_VIDEO = mark("a model that makes videos")
_SOUND = mark("a model that makes sounds")
_LATENT = mark("a latent diffusion model, whose pictures another network (a VAE) unpacks")
_CONTROL = mark("a ControlNet, which guides a Stable Diffusion by a drawing")
_VAE = mark("a VAE, the part of a latent diffusion model that packs and unpacks pictures")

LORA = mark("a LoRA, which changes a Stable Diffusion")
CHECKPOINT = mark("a Stable Diffusion in a single file, which makes pictures from a text")

# By a part of a pipeline's name, the first that fits.
_PIPELINES: tuple[tuple[str, str], ...] = (
    ("ControlNet", mark("a Stable Diffusion with a ControlNet, which makes pictures from a text and a drawing")),
    ("StableVideo", _VIDEO),
    ("TextToVideo", _VIDEO),
    ("Video", _VIDEO),
    ("AnimateDiff", _VIDEO),
    ("I2VGen", _VIDEO),
    ("Wan", _VIDEO),
    ("LTX", _VIDEO),
    ("Mochi", _VIDEO),
    ("Allegro", _VIDEO),
    ("Latte", _VIDEO),
    ("StableAudio", _SOUND),
    ("Audio", _SOUND),
    ("Music", _SOUND),
    ("DanceDiffusion", _SOUND),
    ("Spectrogram", _SOUND),
    ("Upscale", mark("a Stable Diffusion that enlarges pictures")),
    ("SuperResolution", mark("a model that enlarges pictures")),
    ("Inpaint", mark("a Stable Diffusion that fills gaps in pictures")),
    ("StableDiffusion", _STABLE),
    ("StableCascade", _TEXT),
    ("LDMTextToImage", _TEXT),
    ("LDM", _LATENT),
    ("LatentConsistency", _STABLE),
    ("Consistency", mark("a consistency model, which makes pictures in one or two steps of its own kind")),
    ("DiT", mark("a diffusion transformer (DiT)")),
    ("ShapE", mark("a model that makes solid shapes")),
    ("Marigold", mark("a model that sees depth in pictures")),
    ("UnCLIP", _TEXT),
)

# By a part of a network's name, the first that fits.
_PARTS: tuple[tuple[str, str], ...] = (
    ("ControlNet", _CONTROL),
    ("T2IAdapter", _CONTROL),
    ("Autoencoder", _VAE),
    ("VQModel", _VAE),
    ("Scheduler", mark("a scheduler without a network")),
    ("UNet2DCondition", mark("the network of a Stable Diffusion, without its other parts")),
    ("UNet1D", _SOUND),
    ("UNet3D", _VIDEO),
    ("UNetMotion", _VIDEO),
    ("UNetSpatioTemporal", _VIDEO),
    ("MotionAdapter", _VIDEO),
    ("Transformer", mark("the network of a diffusion transformer, without its other parts")),
)
_OTHER = mark("a model of diffusers of another kind")


def of_pipeline(name: str) -> str:
    """What a pipeline of this class is, marked for translation."""
    return next((kind for part, kind in _PIPELINES if part in name), _TEXT if name.endswith("Pipeline") else _OTHER)


def of_part(name: str) -> str:
    """What a network of this class is by itself, marked for translation."""
    return next((kind for part, kind in _PARTS if part in name), _OTHER)


def is_open(index: dict[str, Any]) -> bool:
    """Whether this model_index.json is of a pipeline with nothing but a UNet2DModel and a scheduler."""
    parts = {
        name: value[1] for name, value in index.items() if isinstance(value, list) and len(value) == 2 and value[1]
    }
    if "Consistency" in str(index.get("_class_name")):
        return False
    return parts.get("unet") == "UNet2DModel" and set(parts) <= {"unet", "scheduler"}
