"""The samplers: diffusers' schedulers, made from the scheduler that a model was saved with.

DDPM (Ho 2020), DDIM (Song 2021), DPM-Solver++ (Lu 2022), Euler (Karras 2022), and the predictor-corrector of models of a
variance that explodes (Song 2021), which knows no other.
"""

from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    ScoreSdeVeScheduler,
)
from torch import Tensor

from aigc_desktop.engine.diffusers_folder import EXPLODING

LEAST_LAMBDA = -5.1  # below it a cosine schedule is all noise, and the solver's logarithms run away (diffusers' own advice)


class DPMSolver(DPMSolverMultistepScheduler):
    """Where estimates are cut to what a picture can be: at once, for diffusers' threshold of 1 sorts all pixels for it."""

    def _threshold_sample(self, sample: Tensor) -> Tensor:
        return sample.clamp(-1, 1) if self.config.sample_max_value == 1 else super()._threshold_sample(sample)


def scheduler(name: str, config: dict[str, Any]) -> Any:
    """A fresh scheduler of this sampler for a model with this scheduler configuration."""
    if is_exploding(config):
        return ScoreSdeVeScheduler.from_config(config)
    if name == "ddpm":
        return DDPMScheduler.from_config(config, timestep_spacing="trailing")
    if name == "ddim":
        return DDIMScheduler.from_config(config, timestep_spacing="trailing")
    if name == "euler":
        return EulerDiscreteScheduler.from_config(config, timestep_spacing="trailing")
    words: dict[str, Any] = {"timestep_spacing": "trailing", "algorithm_type": "dpmsolver++"}
    if config.get("beta_schedule") == "squaredcos_cap_v2":
        words |= {"lambda_min_clipped": LEAST_LAMBDA, "timestep_spacing": "linspace"}
    if config.get("clip_sample", True) and config.get("clip_sample_range", 1.0) == 1:
        words |= {"thresholding": True, "sample_max_value": 1.0}
    return DPMSolver.from_config(config, **words)


def is_exploding(config: dict[str, Any]) -> bool:
    """Whether the model's noise has a variance that explodes: only its own sampler can follow it."""
    return config.get("_class_name") == EXPLODING


def schedule(config: dict[str, Any]) -> Tensor:
    """How much of the picture is left at each time [steps of training]: the product of all α so far."""
    return torch.as_tensor(DDPMScheduler.from_config(config).alphas_cumprod)
