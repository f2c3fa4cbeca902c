"""Causal attention for training on a processor: matrix products over blocks of queries.

torch's own (sdpa) takes 2 to 10 times as long there in bfloat16, forward and backward, for stretches of a few hundred tokens.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

NAME = "aigc_blocks"
LONGEST = 512  # tokens: what is kept for the backward pass grows with their square
BLOCK = 128  # queries at once: what lies after a block is not computed for it


def use(model: Any) -> None:
    """Let a transformers model on a processor attend this way, wherever the result is the same."""
    if model.device.type != "cpu" or model.config._attn_implementation != "sdpa":
        return
    _register()
    model.set_attn_implementation(NAME)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **others: Any,
) -> tuple[Tensor, None]:
    """Queries [n,h,t,d], keys and values [n,g,t,d] → [n,t,h,d], as transformers' attention functions; each sees what
    stands before it and itself. What is not plain, as a mask or a cache, goes to torch's own.
    """
    count, heads, length, size = query.shape
    if attention_mask is not None or key.shape[2] != length or length > LONGEST or others.get("is_causal") is False:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        result: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **others
        )
        return result
    kept = count * key.shape[1]
    shared = heads // key.shape[1]  # queries that share a key
    queries = query.reshape(kept, shared, length, size)
    keys, values = (one.to(query.dtype).reshape(kept, length, size) for one in (key, value))
    after = _after(length, query.dtype, query.device)
    parts = []
    for start in range(0, length, BLOCK):
        stop = min(start + BLOCK, length)
        asked = queries[:, :, start:stop].reshape(kept, -1, size)
        scores = torch.baddbmm(
            after[start:stop, :stop].repeat(shared, 1),
            asked,
            keys[:, :stop].transpose(1, 2),
            alpha=size**-0.5 if scaling is None else scaling,
        )
        weights = functional.dropout(scores.softmax(-1), dropout, module.training)
        parts.append(torch.bmm(weights, values[:, :stop]).view(count, heads, stop - start, size))
    return torch.cat(parts, dim=2).transpose(1, 2).contiguous(), None


@cache
def _after(length: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """What is added to the scores [t,t]: nothing, or so little that what comes later has no weight."""
    return torch.full((length, length), torch.finfo(dtype).min / 2, dtype=dtype, device=device).triu(1)


@cache
def _register() -> None:
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)  # None where the mask is plainly causal
