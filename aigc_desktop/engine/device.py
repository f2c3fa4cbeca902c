"""Where tensors live and how many threads compute: CUDA or Metal where there is one, else part of the processor."""

import os

import torch

from aigc_desktop.engine import machine


def device() -> torch.device:
    """The device to compute on (AIGC_DEVICE=cpu asks for the processor); sets torch's threads (AIGC_THREADS) too."""
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    wanted = max(1, machine.threads(int(os.environ.get("AIGC_THREADS", "0"))) // here)
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)
    if os.environ.get("AIGC_DEVICE") == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def available() -> tuple[str, ...]:
    """The kinds of device that models can compute on here, whatever is wished for."""
    found = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return tuple(name for name, there in found.items() if there)
