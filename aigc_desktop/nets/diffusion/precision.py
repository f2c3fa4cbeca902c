"""In which precision and layout a U-Net draws: what is fastest on this machine is measured once, on the network itself.

Convolutions are soonest with the channels last and in bfloat16; normalisation of few channels is not. Which weighs more
differs from network to network.
"""

import time
from collections import Counter

import torch
from torch import nn

from aigc_desktop.engine import machine

LAYOUTS = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}
EXACT = "float32 contiguous"
MARGIN = 0.9  # the exact one is kept unless another is clearly faster
TURNS = 4


def prepare(unet: nn.Module, wanted: str, shape: tuple[int, ...], speeds: machine.Speeds | None = None) -> str:
    """Put a U-Net into a precision and a layout, in place; says which. `shape` [n, C, H, W] is what it will be given.

    float32 is computed as diffusers does; bfloat16 and auto in the layout that is faster here.
    """
    if wanted == "float32":
        return _put(unet, EXACT)
    known = _known(unet, shape, speeds or machine.Speeds())
    if wanted == "bfloat16":
        known = {name: seconds for name, seconds in known.items() if name.startswith("bfloat16")}
    return _put(unet, min(known, key=lambda one: known[one] * (1.0 if one == EXACT else 1 / MARGIN)))


def layout(unet: nn.Module) -> torch.memory_format:
    """How its input is to lie in memory."""
    found: torch.memory_format = getattr(unet, "aigc_layout", torch.contiguous_format)
    return found


def _put(unet: nn.Module, name: str) -> str:
    dtype, _, how = name.partition(" ")
    for module in unet.modules():
        for one in module.parameters(recurse=False):
            one.data = one.data.to(getattr(torch, dtype))
            if one.ndim == 4:
                one.data = one.data.contiguous(memory_format=LAYOUTS[how])
    object.__setattr__(unet, "aigc_layout", LAYOUTS[how])
    return name


def _known(unet: nn.Module, shape: tuple[int, ...], speeds: machine.Speeds) -> dict[str, float]:
    device = next(unet.parameters()).device.type
    sizes = sorted(Counter(str(tuple(one.shape)) for one in unet.parameters()).items())
    key = machine.size_key("drawing", {}, {"layers": sizes, "shape": shape}, torch.get_num_threads(), device)
    known = speeds.get(key)
    if not known:
        known = measure(unet, shape)
        speeds.put(key, known)
    return known


@torch.inference_mode()
def measure(unet: nn.Module, shape: tuple[int, ...]) -> dict[str, float]:
    """Seconds of a look at such a batch, by precision and layout, in turns; the network is left as it was."""
    weights = [one.data for one in unet.parameters()]
    ways = [f"{dtype} {how}" for dtype in ("float32", "bfloat16") for how in LAYOUTS]
    known = dict.fromkeys(ways, float("inf"))
    for turn in range(TURNS):
        for name in ways:
            _restore(unet, weights)
            _put(unet, name)
            if not turn:
                _seconds(unet, shape)  # the first of all prepares kernels
            known[name] = min(known[name], _seconds(unet, shape))  # the fastest: other programs only ever add to it
    _restore(unet, weights)
    return known


def _restore(unet: nn.Module, weights: list[torch.Tensor]) -> None:
    for one, data in zip(unet.parameters(), weights, strict=True):
        one.data = data


def _seconds(unet: nn.Module, shape: tuple[int, ...]) -> float:
    weight = next(unet.parameters())
    read = torch.randn(shape, device=weight.device).to(weight.dtype).contiguous(memory_format=layout(unet))
    labels = torch.zeros(shape[0], dtype=torch.long, device=weight.device)
    told_class = labels if getattr(unet, "class_embedding", None) is not None else None
    begun = time.perf_counter()
    told = unet(read, torch.tensor(500, device=weight.device), class_labels=told_class, return_dict=False)[0]
    float(told.flatten()[0])
    return time.perf_counter() - begun
