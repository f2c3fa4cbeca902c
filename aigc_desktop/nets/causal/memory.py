"""The keys and values of what a model has read: one allocation for each layer, filled from the front."""

from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin, DynamicCache, get_layer_types_and_kwargs

FIRST = 128  # tokens that there is room for at the beginning
PLAIN = {"full_attention", "sliding_attention", "chunked_attention"}  # layers that only need what was read before


class Filled(CacheLayerMixin):
    """Room for `most` tokens at most, doubled when it is full; a step writes its tokens and sees views of the filled part."""

    is_sliding = False

    def __init__(self, most: int):
        super().__init__()
        self.most, self.length = most, 0
        self.room: list[Tensor] = []

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        self.dtype, self.device = key_states.dtype, key_states.device
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Keys and values [n,h,t,d] of the new tokens in; those of all tokens out, [n,h,all,d]."""
        start, end = self.length, self.length + key_states.shape[2]
        if not self.room:
            self.lazy_initialization(key_states, value_states)
        if not self.room or end > self.room[0].shape[2]:
            self._grow(end, key_states, value_states)
        keys, values = self.room
        keys[:, :, start:end] = key_states
        values[:, :, start:end] = value_states
        self.length = end
        self.keys, self.values = keys[:, :, :end], values[:, :, :end]
        return self.keys, self.values

    def _grow(self, needed: int, *like: Tensor) -> None:
        size = max(needed, min(self.most, max(FIRST, 2 * self.length)))
        fresh = [one.new_empty(*one.shape[:2], size, one.shape[3]) for one in like]
        for new, old in zip(fresh, self.room, strict=False):
            new[:, :, : self.length] = old[:, :, : self.length]
        self.room = fresh

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        return self.length

    def get_max_length(self) -> int:
        return self.most

    def reset(self) -> None:
        self.length = 0

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Row i becomes what row `beam_idx[i]` was; there may be more rows, or fewer."""
        self.room = [self._rows(one, beam_idx) for one in self.room]

    def _rows(self, old: Tensor, rows: Tensor) -> Tensor:
        fresh = old.new_empty(len(rows), *old.shape[1:])
        torch.index_select(old[:, :, : self.length], 0, rows, out=fresh[:, :, : self.length])
        return fresh


def memory(config: Any, most: int) -> Cache:
    """An empty memory for a model of this configuration: ours, or transformers' own where a layer keeps other things."""
    if is_plain(config):
        return Cache(layers=[Filled(most) for _ in get_layer_types_and_kwargs(config.get_text_config(decoder=True))[0]])
    return DynamicCache(config=config)


def is_plain(config: Any) -> bool:
    """Whether all layers of such a model are attention to what was read before, and nothing else."""
    return set(get_layer_types_and_kwargs(config.get_text_config(decoder=True))[0]) <= PLAIN
