"""The samplers: diffusers' schedulers, made from the scheduler that a model was saved with.

DDPM (Ho 2020), DDIM (Song 2021), DPM-Solver++ (Lu 2022), Euler (Karras 2022). A noisy picture at a level is
scale · (picture + spread · noise); the levels are those that the sampler goes through, the last is without noise.
"""

import math
from typing import Any

import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler
from torch import Tensor

LEAST_LAMBDA = (
    -5.1
)  # below it a cosine schedule is all noise, and the solver's logarithms run away (diffusers' own advice)
KEPT = ("_step_index", "model_outputs", "lower_order_nums")  # what a scheduler remembers from step to step


class DPMSolver(DPMSolverMultistepScheduler):
    """Where estimates are cut to what a picture can be: at once, for diffusers' threshold of 1 sorts all pixels for it."""

    def _threshold_sample(self, sample: Tensor) -> Tensor:
        cut: Tensor = sample.clamp(-1, 1) if self.config.sample_max_value == 1 else super()._threshold_sample(sample)
        return cut


def scheduler(name: str, config: dict[str, Any]) -> Any:
    """A fresh scheduler of this sampler for a model with this scheduler configuration."""
    if name == "ddpm":
        return DDPMScheduler.from_config(config, timestep_spacing="trailing")
    if name == "ddim":
        return DDIMScheduler.from_config(config, timestep_spacing="trailing")
    if name == "euler":
        return EulerDiscreteScheduler.from_config(config, timestep_spacing="trailing")
    words: dict[str, Any] = {"timestep_spacing": "trailing", "algorithm_type": "dpmsolver++"}
    if config.get("beta_schedule") == "squaredcos_cap_v2" and not config.get("rescale_betas_zero_snr"):
        words |= {"lambda_min_clipped": LEAST_LAMBDA, "timestep_spacing": "linspace"}
    if config.get("clip_sample", True) and config.get("clip_sample_range", 1.0) == 1:
        words |= {"thresholding": True, "sample_max_value": 1.0}
    return DPMSolver.from_config(config, **words)


class Way:
    """From noise to a picture in so many steps, beginning with the step `begin`."""

    def __init__(self, name: str, config: dict[str, Any], steps: int, begin: int = 0, eta: float = 0.0):
        self.scheduler = scheduler(name, config)
        self.scheduler.set_timesteps(steps)
        self.times: Tensor = self.scheduler.timesteps
        self.begin = begin
        self._words = {"eta": eta} if name == "ddim" else {}
        self._cuts = name != "ddpm"  # what was learned of the variance is for DDPM alone
        if hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(begin)

    def __len__(self) -> int:
        return len(self.times)

    def first(self, noise: Tensor) -> Tensor:
        """What the first step begins with, where it is nothing but noise."""
        return noise * self.scheduler.init_noise_sigma

    def read(self, noisy: Tensor, step: int) -> Tensor:
        """What the network is shown."""
        shown: Tensor = self.scheduler.scale_model_input(noisy, self.times[step])
        return shown

    def take(self, told: Tensor, noisy: Tensor, step: int, draws: list[torch.Generator]) -> tuple[Tensor, Tensor]:
        """One step: the less noisy pictures, and the estimate of the pictures without noise; all [n, C, H, W].

        `told` is the network's answer. Fresh noise is drawn for each picture from its own generator.
        """
        if self._cuts:
            told = told[:, : noisy.shape[1]]
        words: dict[str, Any] = {"generator": draws, "return_dict": False, **self._words}
        found = self.scheduler.step(told, self.times[step], noisy, **words)
        estimate = found[1] if len(found) > 1 else self.scheduler.model_outputs[-1]
        return found[0], estimate

    def level(self, step: int) -> tuple[float, float]:
        """Scale and spread before a step; after the last step (1, 0)."""
        if step == len(self):
            return 1.0, 0.0
        if isinstance(self.scheduler, EulerDiscreteScheduler):
            return 1.0, float(self.scheduler.sigmas[step])
        if isinstance(self.scheduler, DPMSolverMultistepScheduler):
            spread = float(self.scheduler.sigmas[step])
            return 1 / math.sqrt(spread**2 + 1), spread
        left = float(self.scheduler.alphas_cumprod[self.times[step]])
        return math.sqrt(left), math.sqrt((1 - left) / left) if left else 0.0

    def noised(self, pictures: Tensor, noise: Tensor, step: int) -> Tensor:
        """Pictures as noisy as they are before a step."""
        scale, spread = self.level(step)
        return scale * pictures + scale * spread * noise

    def back(self, noisy: Tensor, noise: Tensor, step: int) -> Tensor:
        """From the level after a step to that before it, by fresh noise."""
        (scale, spread), (before, least) = self.level(step), self.level(step + 1)
        return scale / before * noisy + scale * math.sqrt(max(0.0, spread**2 - least**2)) * noise

    def memory(self) -> dict[str, Any]:
        """What the scheduler remembers, to go back to."""
        found = {name: getattr(self.scheduler, name) for name in KEPT if hasattr(self.scheduler, name)}
        return {name: list(value) if isinstance(value, list) else value for name, value in found.items()}

    def remember(self, memory: dict[str, Any]) -> None:
        """Go back to what it remembered then."""
        for name, value in memory.items():
            setattr(self.scheduler, name, list(value) if isinstance(value, list) else value)
