"""Linear layers in 8 bits: weights in int8 with a scale for each output, what comes in rounded to 8 bits as it comes.

W8A8 dynamic quantisation (Zafrir et al. 2019; Dettmers et al. 2022 explain what it costs), by the kernels that torch
brings along (FBGEMM, QNNPACK or oneDNN): no compiler is needed. Processors only.
"""

import warnings
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

LARGE = 2**20  # weights of an embedding from which halving it counts


class Int8Linear(nn.Module):
    """What a linear layer was, in a quarter of its memory."""

    def __init__(self, rows: Tensor, bias: Tensor | None):
        """`rows`: the weights [out,in] as they were."""
        super().__init__()
        self.out_features, self.in_features = rows.shape
        scale = (rows.float().abs().amax(1) / 127).clamp(min=1e-12)
        whole = (rows.float() / scale[:, None]).round_().to(torch.int8)
        zero = torch.zeros(len(scale), dtype=torch.long)
        with warnings.catch_warnings():  # the packing takes no other tensors in the torch that we pin
            warnings.filterwarnings("ignore", message=".*quantize_per_channel.*deprecated", category=UserWarning)
            quantised = torch._make_per_channel_quantized_tensor(whole, scale.double(), zero, 0)
        torch.backends.quantized.engine = engine()
        self.packed = torch.ops.quantized.linear_prepack(quantised, None if bias is None else bias.float())
        self.narrow = _narrow()

    def forward(self, read: Tensor) -> Tensor:
        result: Tensor = torch.ops.quantized.linear_dynamic(read, self.packed, self.narrow)
        return result


class HalfEmbedding(nn.Module):
    """A large table of embeddings in bfloat16 that gives float32."""

    def __init__(self, weight: Tensor):
        super().__init__()
        self.weight = nn.Parameter(weight.to(torch.bfloat16), requires_grad=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return nn.functional.embedding(tokens, self.weight).float()


@cache
def engine() -> str | None:
    """Which of torch's engines works here; None: there is none, and 8 bits cannot be had."""
    known = torch.backends.quantized.supported_engines
    return next((one for one in ("fbgemm", "qnnpack", "onednn") if one in known), None)


def convert(model: nn.Module) -> None:
    """Every linear layer of a model in int8, in place, one after the other: what it was is let go at once."""
    from transformers.pytorch_utils import Conv1D

    model.requires_grad_(False)
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            if type(layer) is nn.Linear:
                fresh: nn.Module = Int8Linear(layer.weight.detach(), _detached(layer.bias))
            elif type(layer) is Conv1D:
                fresh = Int8Linear(layer.weight.detach().t(), _detached(layer.bias))
            elif type(layer) is nn.Embedding and layer.weight.numel() >= LARGE:
                fresh = HalfEmbedding(layer.weight.detach())
            else:
                continue
            setattr(parent, name, fresh)
            del layer
    for one in model.parameters():  # what is left of a model that was loaded in 16 bits
        if one.dtype in (torch.bfloat16, torch.float16) and one.ndim < 2:
            one.data = one.data.float()


def is_int8(model: nn.Module) -> bool:
    return any(isinstance(one, Int8Linear) for one in model.modules())


def _detached(bias: Any) -> Tensor | None:
    return None if bias is None else bias.detach()


@cache
def _narrow() -> bool:
    """Whether what comes in must be rounded to 7 bits, lest sums of 16 bits overflow: on x86 without VNNI."""
    return engine() == "fbgemm" and not torch.cpu._is_vnni_supported()
