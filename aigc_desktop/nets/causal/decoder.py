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


class Decoder:
    """A model (any that transformers has, in eval mode) and its memory of what it has read, for n sequences side by side.

    A text may become longer than the `context` the model can look back on: once it is full, the first `keep` tokens and
    the newer half of the others are read again and the text goes on from there, so that at least half a context is
    always in sight. Prompts are read in chunks, in few passes; single tokens by a lean step where there is one. A change of the
    model's weights needs a new decoder.
    """

    def __init__(self, model: Any, context: int, keep: int = 0):
        self.model, self.context, self.keep = model, context, min(keep, context // 2)
        last_only = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._words = {"use_cache": True, "return_dict": True} | ({"logits_to_keep": 1} if last_only else {})
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
            tokens = seen = self._slide(seen, tokens.shape[1])
        self._seen = seen
        if self._step is not None and tokens.shape == (len(seen), 1) and seen.shape[1] > 1:
            return self._step(tokens[:, 0], self._memory.layers).float()
        for part in tokens.split(CHUNK, dim=1):
            logits = self._read(part)
        return logits.float()

    __call__ = next_logits

    def reorder(self, rows: Tensor) -> None:
        """Sequence i goes on from what sequence `rows[i]` has read; there may be more of them, or fewer."""
        rows = rows.to(self.device)
        self._seen = None if self._seen is None else self._seen[rows]
        self._memory.reorder_cache(rows)

    def _slide(self, seen: Tensor, fresh: int) -> Tensor:
        room = self.context - self.keep
        newer = seen[:, -min(max(room // 2, 1 if fresh == 1 else min(fresh, room - room // 4)), room) :]
        self._memory = memory(self.model.config, self.context)
        return torch.cat([seen[:, : self.keep], newer], dim=1)

    def _read(self, tokens: Tensor) -> Tensor:
        result = self.model(input_ids=tokens, past_key_values=self._memory, **self._words)
        return result.logits[:, -1]
