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
REPEATS = 3


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
    """Seconds of a look at such a batch, by precision and layout; the network is left in the last of them."""
    known = {}
    weights = [one.data for one in unet.parameters()]
    device = weights[0].device
    labels = (
        torch.zeros(shape[0], dtype=torch.long, device=device)
        if getattr(unet, "class_embedding", None) is not None
        else None
    )
    for dtype in ("float32", "bfloat16"):
        for how, order in LAYOUTS.items():
            for one, data in zip(unet.parameters(), weights, strict=True):
                one.data = data
            name = _put(unet, f"{dtype} {how}")
            read = torch.randn(shape, device=device).to(getattr(torch, dtype)).contiguous(memory_format=order)
            known[name] = min(_seconds(unet, read, labels) for _ in range(REPEATS + 1))  # others only ever add to it
    for one, data in zip(unet.parameters(), weights, strict=True):
        one.data = data
    return known


def _seconds(unet: nn.Module, read: torch.Tensor, labels: torch.Tensor | None) -> float:
    begun = time.perf_counter()
    told = unet(read, torch.tensor(500, device=read.device), class_labels=labels, return_dict=False)[0]
    float(told.flatten()[0])
    return time.perf_counter() - begun
