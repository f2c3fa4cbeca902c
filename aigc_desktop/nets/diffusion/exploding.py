"""Models whose noise has a variance that explodes (Song 2021, VE): only the predictor-corrector can follow it, with diffusers'
`ScoreSdeVeScheduler`. Their pictures are values from 0 to 1."""

from collections.abc import Callable
from typing import Any

import torch
from diffusers import ScoreSdeVeScheduler
from torch import Tensor

Look = Callable[[Tensor, Tensor], Tensor]


def walk(config: dict[str, Any], steps: int, look: Look, shape: tuple[int, ...], draw: torch.Generator) -> Any:
    """Yields for each step the picture [1, C, H, W] in −1…1 as far as it has come; the last is the picture itself.

    One picture at a time: the corrector's step is as long as the mean of a whole batch says.
    """
    scheduler = ScoreSdeVeScheduler.from_config(config)
    scheduler.set_timesteps(steps)
    scheduler.set_sigmas(steps)
    noisy = torch.randn((1, *shape), generator=draw) * scheduler.init_noise_sigma
    for step, time in enumerate(scheduler.timesteps):
        sigma = scheduler.sigmas[step] * torch.ones(1)
        for _ in range(scheduler.config.correct_steps):
            noisy = scheduler.step_correct(look(noisy, sigma), noisy, generator=draw).prev_sample
        found = scheduler.step_pred(look(noisy, sigma), time, noisy, generator=draw)
        noisy = found.prev_sample
        yield found.prev_sample_mean.clamp(0, 1) * 2 - 1
