"""A transformers causal model that reads on: tokens in, scores of the next one out, all before them remembered.

What a creation calls is `generation.generate(language, prompts, chosen, seeds)`; beams are in `search.py`, the choice
of a token in `sampling.py`, the precisions in `precision.py`, the memory in `memory.py`.
"""

import inspect
from typing import Any

import torch
from torch import Tensor

from aigc_desktop.nets.causal.lean import lean
from aigc_desktop.nets.causal.memory import memory

CHUNK = 512  # tokens of a prompt that are read at once
MEMORIES = ("past_key_values", "cache_params")  # what architectures call it; one that has none reads all every time


class Decoder:
    """A model (any that transformers has, in eval mode) and its memory of what it has read, for n sequences side by side.

    A text may become longer than the `context` the model can look back on: once it is full, the first `keep` tokens and
    the newer half of the others are read again and the text goes on from there, so that at least half a context is
    always in sight. Prompts are read in chunks, in few passes; single tokens by a lean step where there is one. A change of
    the model's weights needs a new decoder.
    """

    def __init__(self, model: Any, context: int, keep: int = 0):
        self.model, self.context, self.keep = model, context, min(keep, context // 2)
        plain = model.get_base_model() if hasattr(model, "get_base_model") else model  # of an adapter's wrapping
        known = inspect.signature(plain.forward).parameters
        self._remembers = next((name for name in MEMORIES if name in known), None)
        self._words = {"use_cache": self._remembers is not None, "return_dict": True}
        if "logits_to_keep" in known:
            self._words["logits_to_keep"] = 1
        self._step = lean(model, context)
        self.device = model.get_input_embeddings().weight.device
        self.forget()

    def forget(self) -> None:
        """Nothing has been read."""
        self._memory = memory(self.model.config, self.context)
        self._seen: Tensor | None = None  # what the memory stands for, [n,t]

    @property
    def rows(self) -> int:
        """How many sequences there are."""
        return 0 if self._seen is None else self._seen.shape[0]

    @torch.no_grad()
    def next_logits(self, tokens: Tensor) -> Tensor:
        """Read the tokens [n,t]; the scores [n,V] of what follows, float32."""
        tokens = tokens.to(self.device)
        seen = tokens if self._seen is None else torch.cat([self._seen, tokens], dim=1)
        if seen.shape[1] > self.context:
            tokens = seen = self._slide(seen)
        self._seen = seen
        if self._step is not None and tokens.shape == (len(seen), 1) and seen.shape[1] > 1:
            return self._step(tokens[:, 0], self._memory.layers).float()
        for part in tokens.split(CHUNK, dim=1) if self._remembers else (seen,):
            logits = self._read(part)
        return logits.float()

    __call__ = next_logits

    def reorder(self, rows: Tensor) -> None:
        """Sequence i goes on from what sequence `rows[i]` has read; there may be more of them, or fewer."""
        rows = rows.to(self.device)
        self._seen = None if self._seen is None else self._seen[rows]
        self._memory.reorder_cache(rows)

    def _slide(self, seen: Tensor) -> Tensor:
        newer = max(1, (self.context - self.keep) // 2)
        self._memory = memory(self.model.config, self.context)
        return torch.cat([seen[:, : self.keep], seen[:, -newer:]], dim=1)

    def _read(self, tokens: Tensor) -> Tensor:
        read = {self._remembers: self._memory} if self._remembers else {}
        result = self.model(input_ids=tokens, **read, **self._words)
        return result.logits[:, -1]
