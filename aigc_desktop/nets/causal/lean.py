"""One more token through the architectures that nearly every model has, without what transformers does around it.

`lean(model)` is a step for GPT-2 and for the Llama family (Llama, Mistral, Qwen 2 and 3), or None: such a model goes
through transformers' own forward. The arithmetic is that of transformers, in fewer operations: writing with a small
model is several times faster, since its time goes into Python. The weights are looked up once: make a new step when
they have become other tensors.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from aigc_desktop.nets.causal.int8 import Int8Linear
from aigc_desktop.nets.causal.memory import Filled

Step = Callable[[Tensor, Sequence[Filled]], Tensor]  # tokens [n], memory of each layer → scores [n,V]
ROTATIONS = {"default", "linear", "llama3", "yarn"}  # that do not change as a text grows
TABLE = 512  # positions whose rotation is computed at once


def lean(model: Any, context: int) -> Step | None:
    """A step for this model of texts up to `context` tokens, or None where only transformers knows how."""
    config = model.config
    if type(model).__module__.startswith("transformers.") and not model.training:
        kind = type(model).__name__
        if kind == "GPT2LMHeadModel" and not (config.reorder_and_upcast_attn or config.add_cross_attention):
            return GPT2(model)
        window = getattr(config, "sliding_window", None)
        if (
            kind in ("LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
            and (window is None or window >= context)
            and model.model.rotary_emb.rope_type in ROTATIONS
        ):
            return Llama(model)
    return None


class GPT2:
    """GPT2LMHeadModel (Radford et al. 2019)."""

    def __init__(self, model: Any):
        body = model.transformer
        self.tokens, self.places = body.wte.weight, body.wpe.weight
        self.layers = [
            (
                _layer_norm(block.ln_1),
                _linear(block.attn.c_attn),
                (3, block.attn.num_heads, 1, block.attn.head_dim),
                block.attn.scaling,
                _linear(block.attn.c_proj),
                _layer_norm(block.ln_2),
                _linear(block.mlp.c_fc),
                _activation(block.mlp.act),
                _linear(block.mlp.c_proj),
            )
            for block in body.h
        ]
        self.norm, self.head = _layer_norm(body.ln_f), _linear(model.lm_head)
        self.dtype = body.ln_f.weight.dtype

    def __call__(self, tokens: Tensor, memory: Sequence[Filled]) -> Tensor:
        stream = (functional.embedding(tokens, self.tokens) + self.places[memory[0].length]).to(self.dtype)
        count = len(tokens)
        attend = functional.scaled_dot_product_attention
        for kept, layer in zip(memory, self.layers, strict=True):
            norm, read, shape, scaling, out, second_norm, widen, activation, narrow = layer
            made = read(norm(stream)).view(count, *shape)
            keys, values = kept.update(made[:, 1], made[:, 2])
            stream = stream + out(attend(made[:, 0], keys, values, scale=scaling).reshape(count, -1))
            stream = stream + narrow(activation(widen(second_norm(stream))))
        return self.head(self.norm(stream))


class Llama:
    """LlamaForCausalLM and what is built like it (Touvron et al. 2023): rotated positions, shared keys, gated layers."""

    def __init__(self, model: Any):
        body = model.model
        self.tokens, self.rotary = body.embed_tokens.weight, body.rotary_emb
        self.dtype = body.norm.weight.dtype
        self.cos = self.sin = torch.empty(0)
        self.layers = [self._layer(block) for block in body.layers]
        self.norm, self.head = _rms_norm(body.norm), _linear(model.lm_head)

    @staticmethod
    def _layer(block: Any) -> tuple[Any, ...]:
        attention, feed = block.self_attn, block.mlp
        return (
            _rms_norm(block.input_layernorm),
            *(_linear(one) for one in (attention.q_proj, attention.k_proj, attention.v_proj)),
            *(_rms_norm(getattr(attention, name, None)) for name in ("q_norm", "k_norm")),
            attention.head_dim,
            attention.num_key_value_groups,
            attention.scaling,
            _linear(attention.o_proj),
            _rms_norm(block.post_attention_layernorm),
            *(_linear(one) for one in (feed.gate_proj, feed.up_proj, feed.down_proj)),
            _activation(feed.act_fn),
        )

    def _turn(self, place: int) -> tuple[Tensor, Tensor]:
        """Cosine and sine [d] of a position, the sine with the signs of the half that it is multiplied with."""
        while place >= len(self.cos):
            places = torch.arange(len(self.cos), max(TABLE, 2 * len(self.cos)), device=self.tokens.device)
            cos, sin = (one[0] for one in self.rotary(self.tokens[:1].to(self.dtype), places[None]))
            half = sin.shape[1] // 2
            sin = torch.cat([-sin[:, :half], sin[:, half:]], dim=1)
            self.cos, self.sin = (
                torch.cat([old.to(new), new])
                for old, new in ((self.cos.view(-1, half * 2), cos), (self.sin.view(-1, half * 2), sin))
            )
        return self.cos[place], self.sin[place]

    def __call__(self, tokens: Tensor, memory: Sequence[Filled]) -> Tensor:
        stream = functional.embedding(tokens, self.tokens).to(self.dtype)
        count = len(tokens)
        cos, sin = self._turn(memory[0].length)
        attend = functional.scaled_dot_product_attention
        for kept, layer in zip(memory, self.layers, strict=True):
            norm, ask, key, value, ask_norm, key_norm, size, groups, scaling, out, second, gate, up, down, act = layer
            read = norm(stream)
            asked, keyed = ask(read).view(count, -1, size), key(read).view(count, -1, size)
            if ask_norm is not None:
                asked, keyed = ask_norm(asked), key_norm(keyed)
            heads = keyed.shape[1]
            turned = torch.cat([asked, keyed], dim=1)
            turned = torch.addcmul(turned * cos, turned.roll(size // 2, 2), sin)
            keys, values = kept.update(turned[:, -heads:, None], value(read).view(count, heads, 1, size))
            queries = turned[:, :-heads].reshape(count, heads, groups, size)  # those that share a key as one query each
            stream = stream + out(attend(queries, keys, values, scale=scaling).reshape(count, -1))
            read = second(stream)
            stream = stream + down(act(gate(read)) * up(read))
        return self.head(self.norm(stream))


def _linear(module: nn.Module) -> Callable[[Tensor], Tensor]:
    from transformers.pytorch_utils import Conv1D

    if module._forward_hooks or module._forward_pre_hooks:
        return module
    if type(module) is Int8Linear:
        operation = torch.ops.quantized.linear_dynamic.default
        return lambda read: operation(read, module.packed, module.narrow)
    if type(module) is nn.Linear:
        return partial(_product, module.weight, module.bias)
    if type(module) is Conv1D:
        return partial(_sum_and_product, module.weight, module.bias)
    return module


def _product(weight: Tensor, bias: Tensor | None, read: Tensor) -> Tensor:
    return functional.linear(read, weight, bias)


def _sum_and_product(weight: Tensor, bias: Tensor, read: Tensor) -> Tensor:
    return torch.addmm(bias, read, weight)


def _layer_norm(module: nn.LayerNorm) -> Callable[[Tensor], Tensor]:
    shape, weight, bias, least = module.normalized_shape, module.weight, module.bias, module.eps
    return lambda read: torch.layer_norm(read, shape, weight, bias, least)


def _rms_norm(module: Any) -> Callable[[Tensor], Tensor] | None:
    if module is None:
        return None
    weight, least = module.weight, module.variance_epsilon
    return lambda read: torch.rms_norm(read, weight.shape, weight, least)


def _activation(module: Any) -> Callable[[Tensor], Tensor]:
    kind = type(module).__name__
    if kind in ("NewGELUActivation", "FastGELUActivation", "GELUTanh"):
        return partial(functional.gelu, approximate="tanh")
    plain = {"GELUActivation": functional.gelu, "SiLUActivation": functional.silu, "SiLU": functional.silu}
    return plain.get(kind, module)
