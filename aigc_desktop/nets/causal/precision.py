"""In which precision a causal model writes: float32, bfloat16 or int8; which is fastest here is measured once.

Nearly all of the time that one token takes goes into reading the weights of the linear layers, so these are what is
measured, on some of the model's own. A step compiled by torch is not among the choices: it would read the same weights,
and must be compiled anew whenever the program starts (21 s for GPT-2 on two cores, to be a fifth faster in float32).
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from aigc_desktop.engine import machine
from aigc_desktop.nets.causal import int8
from aigc_desktop.nets.causal.memory import is_plain

SMALL = 5_000_000  # weights below which float32 is fast enough for anyone
SAMPLE, PART = 24_000_000, 3_000_000  # weights that are measured, and of one layer at most
REPEATS = 4
MARGIN = 0.85  # the exact one is kept unless another is clearly faster


def prepare(model: Any, wanted: str, speeds: machine.Speeds | None = None) -> str:
    """Put a model into a precision, in place; it cannot go back. Gives the one that it has now.

    "auto" takes the fastest on this machine, by what was measured for a model of this shape before, or now: a second at
    most. Where 8 bits cannot be had (on a graphics card, or where a model looks at its weights itself), it is bfloat16.
    """
    if int8.is_int8(model):
        return "int8"
    if wanted == "auto":
        wanted = fastest(model, speeds or machine.Speeds())
    if wanted == "int8" and not int8_possible(model):
        wanted = "bfloat16"
    if wanted == "int8":
        int8.convert(model)
    elif wanted == "bfloat16":
        for one in model.parameters():  # not the buffers: angles of positions need all their digits
            one.data = one.data.to(torch.bfloat16) if one.is_floating_point() else one.data
    return wanted


def int8_possible(model: Any) -> bool:
    """Whether int8.convert can be applied to this model."""
    return bool(_device(model).type == "cpu" and int8.engine() is not None and is_plain(model.config))


def fastest(model: Any, speeds: machine.Speeds) -> str:
    """The precision in which a model on its device writes fastest."""
    layers = _layers(model)
    if sum(one.numel() for one in layers) < SMALL:
        return "float32"
    if _device(model).type != "cpu":
        return "bfloat16"
    shapes = sorted(Counter(str(tuple(one.shape)) for one in layers).items())
    key = machine.size_key("writing", {}, {"layers": shapes}, torch.get_num_threads(), "cpu")
    known = speeds.get(key)
    if not known:
        known = measure(layers, int8_possible(model))
        speeds.put(key, known)
    return min(known, key=lambda one: known[one] * (1.0 if one == "float32" else 1 / MARGIN))


@torch.inference_mode()
def measure(layers: list[Tensor], with_int8: bool = True) -> dict[str, float]:
    """Seconds that a token's way through these linear layers [out,in] takes, by precision."""
    sample: list[Tensor] = []
    for one in layers:
        sample.append(one[: max(1, PART // one.shape[1])].float())
        if sum(part.numel() for part in sample) >= SAMPLE:
            break
    share = sum(one.numel() for one in layers) / sum(one.numel() for one in sample)
    read = [torch.randn(1, one.shape[1]) for one in sample]
    known = {"float32": _seconds([partial(functional.linear, *one) for one in zip(read, sample, strict=True)])}
    halves = [partial(functional.linear, one.bfloat16(), two.bfloat16()) for one, two in zip(read, sample, strict=True)]
    known["bfloat16"] = _seconds(halves)
    del halves
    if with_int8:
        packed = [int8.Int8Linear(one, None) for one in sample]
        known["int8"] = _seconds([partial(*one) for one in zip(packed, read, strict=True)])
    return {name: seconds * share for name, seconds in known.items()}


def _seconds(calls: list[Callable[[], Any]]) -> float:
    best = float("inf")
    for _ in range(REPEATS):  # the fastest: other programs only ever add to it
        start = time.perf_counter()
        for call in calls:
            call()
        best = min(best, time.perf_counter() - start)
    return best


def _layers(model: nn.Module) -> list[Tensor]:
    """The weights of the linear layers, [out,in]."""
    from transformers.pytorch_utils import Conv1D

    return [
        one.weight.detach() if type(one) is nn.Linear else one.weight.detach().t()
        for one in model.modules()
        if type(one) in (nn.Linear, Conv1D)
    ]


def _device(model: Any) -> torch.device:
    device: torch.device = model.get_input_embeddings().weight.device
    return device
