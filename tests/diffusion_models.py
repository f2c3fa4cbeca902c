"""Small real diffusion models of random weights, as diffusers saves them."""

import json
from pathlib import Path
from typing import Any

UNET = {
    "sample_size": 8,
    "in_channels": 1,
    "out_channels": 1,
    "layers_per_block": 1,
    "block_out_channels": [8, 8],
    "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
    "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
    "norm_num_groups": 4,
    "attention_head_dim": 4,
}


def tiny_unet(seed: int = 0, **config: Any) -> Any:
    """A `UNet2DModel` of two levels of 8 channels for grey pictures of 8×8; `config` overrides UNET."""
    import torch
    from diffusers.models.unets.unet_2d import UNet2DModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        unet = UNet2DModel(**UNET | config)
        for weight in unet.parameters():  # larger than usual, so that each step does something
            if weight.ndim > 1:
                torch.nn.init.normal_(weight, std=0.2)
    return unet.eval()


def tiny_pipeline(
    folder: Path,
    kind: str = "DDPM",
    scheduler: dict[str, Any] | None = None,
    classes: list[str] | None = None,
    **config: Any,
) -> Path:
    """A whole folder: `kind` names pipeline and scheduler (DDPM, DDIM, PNDM, ScoreSdeVe). `classes` as a training here has
    them: one label more than names."""
    import diffusers

    if classes is not None:
        config["num_class_embeds"] = len(classes) + 1
    schedule = getattr(diffusers, f"{kind}Scheduler")(**scheduler or {})
    getattr(diffusers, f"{kind}Pipeline")(tiny_unet(**config), schedule).save_pretrained(folder)
    if classes is not None:
        (folder / "config.json").write_text(
            json.dumps({"model_type": "aigc-ddpm", "classes": classes}), encoding="utf-8"
        )
    return folder
