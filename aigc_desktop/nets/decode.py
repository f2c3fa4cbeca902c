"""Choosing the next token from a language model's scores: penalty, temperature, top-k, top-p, then a draw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """How to choose. Temperature 0 takes the likeliest token; top_k 0, top_p 1 and repetition_penalty 1 change nothing.

    `window` is how many of the last tokens the penalty looks at.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    window: int = 64


def penalise(logits: Tensor, recent: Tensor, penalty: float) -> Tensor:
    """Scores [n,V] with those of the tokens `recent` [n,t] made less likely (CTRL, Keskar et al. 2019, section 4.1)."""
    scores = logits.gather(1, recent)
    return logits.scatter(1, recent, torch.where(scores < 0, scores * penalty, scores / penalty))


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """Scores [n,V] with all but the k best of each row at -inf (Fan et al. 2018); 0 keeps all."""
    if not 0 < k < logits.shape[1]:
        return logits
    best = logits.topk(k, dim=1)
    return torch.full_like(logits, -torch.inf).scatter(1, best.indices, best.values)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Scores [n,V] with only the fewest best kept whose probabilities reach p (nucleus, Holtzman et al. 2020)."""
    if p >= 1.0:
        return logits
    ordered, order = logits.sort(dim=1, descending=True)
    probabilities = ordered.softmax(dim=1)
    before = probabilities.cumsum(dim=1) - probabilities
    before[:, 0] = 0.0  # the best one stays, however small p is
    ordered = ordered.masked_fill(before >= max(p, 1e-9), -torch.inf)
    return torch.empty_like(logits).scatter(1, order, ordered)


def choose(logits: Tensor, sampling: Sampling, uniform: Tensor, recent: Tensor | None = None) -> Tensor:
    """One token for each row of scores [n,V]: int64 [n], drawn by inverting the distribution at `uniform` [n] in 0…1."""
    logits = logits.double()
    if sampling.repetition_penalty != 1.0 and recent is not None and recent.shape[1]:
        logits = penalise(logits, recent, sampling.repetition_penalty)
    if sampling.temperature == 0:
        return logits.argmax(dim=1)
    # The best at 0 first: dividing by a tiny temperature must not overflow.
    logits = (logits - logits.max(dim=1, keepdim=True).values) / sampling.temperature
    logits = keep_top_p(keep_top_k(logits, sampling.top_k), sampling.top_p)
    reached = logits.softmax(dim=1).cumsum(dim=1)
    chosen = torch.searchsorted(reached, (uniform.double() * reached[:, -1])[:, None], right=True)[:, 0]
    return chosen.clamp(max=logits.shape[1] - 1)


def generate(
    next_logits: Callable[[Tensor], Tensor],
    start: Tensor,
    sampling: Sampling,
    seeds: Sequence[int],
    length: int,
    usable: int | None = None,
) -> Iterator[Tensor]:
    """Yields `length` times the next token of each sequence, int64 [n], on the processor.

    `next_logits` reads tokens [n,t], remembers them, and gives the scores [n,V] of what follows; `start` [n,t] is read
    first. Each sequence draws from its own seed, whatever the others do. Only the first `usable` tokens are written.
    """
    draws = [torch.Generator().manual_seed(seed % 2**63) for seed in seeds]
    history, fresh = start.cpu()[:, -sampling.window :], start
    for _ in range(length):
        logits = next_logits(fresh).float().cpu()
        if usable is not None:
            logits[:, usable:] = -torch.inf
        uniform = torch.cat([torch.rand(1, generator=one, dtype=torch.float64) for one in draws])
        chosen = choose(logits, sampling, uniform, history)
        history = torch.cat([history, chosen[:, None]], dim=1)[:, -sampling.window :]
        yield chosen
        fresh = chosen[:, None].to(start.device)
