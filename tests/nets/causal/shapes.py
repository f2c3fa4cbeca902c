"""Tiny causal models of many architectures, with weights drawn large enough that their choices differ."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

VOCABULARY, CONTEXT, END = 61, 48, 2
IDS = {"bos_token_id": 1, "eos_token_id": END, "pad_token_id": 0}
GPT = IDS | {"vocab_size": VOCABULARY, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": CONTEXT}
WIDE = IDS | {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": CONTEXT,
}
SHARED = WIDE | {"num_key_value_heads": 2}
SHAPES: dict[str, dict[str, Any]] = {
    "gpt2": GPT,
    "llama": SHARED,
    "mistral": SHARED | {"sliding_window": None},
    "qwen2": SHARED,
    "qwen3": SHARED | {"head_dim": 16},
    # these have no lean step
    "mistral window": SHARED | {"sliding_window": 6},
    "gemma2": SHARED | {"head_dim": 8, "sliding_window": 6},
    "gpt_neox": WIDE,
    "opt": WIDE | {"ffn_dim": 48, "word_embed_proj_dim": 32},
    "bloom": IDS | {"vocab_size": VOCABULARY, "hidden_size": 32, "n_layer": 2, "n_head": 4},
    "phi": WIDE,
    "mamba": IDS | {"vocab_size": VOCABULARY, "hidden_size": 16, "num_hidden_layers": 2, "state_size": 4},
}


def shape(name: str, seed: int = 0, **more: Any) -> Any:
    """A model of this name with random weights, in eval mode."""
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging

    logging.set_verbosity_error()
    torch.manual_seed(seed)
    config = AutoConfig.for_model(name.split()[0], **SHAPES[name] | more)
    model = AutoModelForCausalLM.from_config(config).eval().requires_grad_(False)
    for one in model.parameters():
        if one.ndim > 1:
            torch.nn.init.normal_(one, std=0.3)
    return model


class Vocabulary:
    """What `Language.usable` asks a tokenizer for."""

    def __init__(self, size: int):
        self.size = size

    def get_vocab(self) -> dict[str, int]:
        return {str(number): number for number in range(self.size)}


def language(model: Any, ends: Sequence[int] = (END,), context: int = CONTEXT, vocabulary: int = VOCABULARY) -> Any:
    """The model as one that was loaded; texts begin with token 1."""
    from aigc_desktop.nets.causal.loading import Language

    return Language(model, Vocabulary(vocabulary), context, Path(), [1], frozenset(ends))


def prompts(count: int, length: int, seed: int = 0) -> list[list[int]]:
    drawn = torch.randint(3, VOCABULARY, (count, length - 1), generator=torch.Generator().manual_seed(seed))
    return [[1, *one] for one in drawn.tolist()]


def theirs(model: Any, prompt: Sequence[int], **words: Any) -> list[list[int]]:
    """What transformers' generate writes after the prompt, each text up to its end token."""
    read = torch.tensor([list(prompt)])
    out = model.generate(read, attention_mask=torch.ones_like(read), do_sample=False, pad_token_id=0, **words)
    texts = [one[len(prompt) :] for one in out.tolist()]
    ends = words.get("eos_token_id", [END])
    return [text[: next((at for at, one in enumerate(text) if one in ends), len(text))] for text in texts]
