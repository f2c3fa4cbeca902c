"""How noise is mixed into pictures, what a network shall say of them, and how much each time counts."""

from typing import Any, Literal

import torch
from torch import Tensor

Prediction = Literal["v", "epsilon"]
Kind = Literal["cosine", "linear"]
STEPS = 1000


def scheduler(prediction: Prediction, kind: Kind) -> Any:
    """The scheduler of diffusers that creates as this was trained, wherever the folder is opened.

    With v creating begins where nothing of the picture is left: a linear schedule is stretched to end there (Lin 2023), the
    cosine one does. A network that says the noise knows nothing of the picture there, and begins a little before.
    """
    from diffusers import DDIMScheduler

    cosine, v = kind == "cosine", prediction == "v"
    return DDIMScheduler(
        num_train_timesteps=STEPS,
        beta_schedule="squaredcos_cap_v2" if cosine else "linear",
        prediction_type="v_prediction" if v else "epsilon",
        timestep_spacing="trailing" if v else "leading",
        rescale_betas_zero_snr=v and not cosine,
        clip_sample=True,
        set_alpha_to_one=True,
    )


class Schedule:
    """Times 0…999: xₜ = αₜ x + σₜ ε."""

    def __init__(self, prediction: Prediction, kind: Kind, min_snr: float, device: torch.device):
        kept = scheduler(prediction, kind).alphas_cumprod.double()
        self.v = prediction == "v"
        self.alpha, self.sigma = (one.sqrt().float().to(device) for one in (kept, 1 - kept))
        self.weights = _weights(kept / (1 - kept), self.v, min_snr).float().to(device)

    def times(self, count: int) -> Tensor:
        """Times [n] drawn one from each n-th of all, so that no batch is all easy or all hard."""
        spread = (torch.arange(count) / count + torch.rand(1)) % 1
        return (spread * STEPS).long().clamp_max(STEPS - 1).to(self.alpha.device)

    def mix(self, pictures: Tensor, noise: Tensor, times: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures and noise [n, …] → the noisy pictures, and what the network shall say of them."""
        shape = (-1, *[1] * (pictures.ndim - 1))
        alpha, sigma = self.alpha[times].view(shape), self.sigma[times].view(shape)
        return alpha * pictures + sigma * noise, alpha * noise - sigma * pictures if self.v else noise


def _weights(snr: Tensor, v: bool, limit: float) -> Tensor:
    """Min-SNR (Hang 2023): an error of the picture counts min(SNR, limit), in terms of what is predicted; 1 without a limit."""
    if not limit:
        return torch.ones_like(snr)
    return snr.clamp(max=limit) / (snr + 1 if v else snr)
