"""The forward pass of transformers' LlamaForCausalLM for training: the same numbers from fewer and larger operations.

What reads the same input is one matrix product (query, key and value; gate and up), and attention is `nets.causal.attention`.
A step of a small model takes a quarter less time on a processor. Two tests hold scores and gradients to transformers' own.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from aigc_desktop.nets.causal.attention import attend


def scores(model: Any, tokens: Tensor, dropout: float = 0.0) -> Tensor:
    """Scores [n,t,V] of what follows each of the tokens [n,t].

    `dropout` is the share of numbers left out of what is read in and of what each layer adds, the same ones at every place
    of a text (Gal and Ghahramani 2016): cheaper to draw than others at every place.
    """
    config = model.config
    size = config.hidden_size // config.num_attention_heads
    angles = torch.arange(tokens.shape[1], device=tokens.device)[:, None] * model.model.rotary_emb.inv_freq.float()
    turn = angles.cos()[:, None, None], angles.sin()[:, None, None]
    stream = _drop(functional.embedding(tokens, model.model.embed_tokens.weight), dropout)
    for layer in model.model.layers:
        attention, feed = layer.self_attn, layer.mlp
        stream = stream + _drop(_attended(attention, _norm(layer.input_layernorm, stream), turn, size), dropout)
        gate_up = torch.cat([feed.gate_proj.weight, feed.up_proj.weight])
        gate, up = functional.linear(_norm(layer.post_attention_layernorm, stream), gate_up).chunk(2, -1)
        stream = stream + _drop(feed.down_proj(functional.silu(gate) * up), dropout)
    result: Tensor = model.lm_head(_norm(model.model.norm, stream))
    return result


def _attended(attention: Any, read: Tensor, turn: tuple[Tensor, Tensor], size: int) -> Tensor:
    count, length, width = read.shape
    weights = torch.cat([attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight])
    made = functional.linear(read, weights).view(count, length, 3, width // size, size)
    cos, sin = (one.to(made.dtype) for one in turn)
    first, second = made[:, :, :2].chunk(2, -1)
    turned = torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
    query, key, value = (one.transpose(1, 2) for one in (turned[:, :, 0], turned[:, :, 1], made[:, :, 2]))
    out, _ = attend(attention, query, key, value, None, attention.scaling)
    result: Tensor = attention.o_proj(out.reshape(count, length, width))
    return result


def _norm(norm: Any, stream: Tensor) -> Tensor:
    return functional.rms_norm(stream, stream.shape[-1:], norm.weight, norm.variance_epsilon)


def _drop(out: Tensor, share: float) -> Tensor:
    if not share:
        return out
    kept = torch.rand(out.shape[0], 1, out.shape[2], device=out.device) >= share
    return out * (kept / (1 - share)).to(out.dtype)
