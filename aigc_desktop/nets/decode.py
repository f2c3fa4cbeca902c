"""Choosing the next token from a language model's scores: what may not be, temperature, top-k, top-p, min-p, then a draw."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

FEW = 1024  # tokens that nearly always hold all that top-p keeps


@dataclass(frozen=True)
class Sampling:
    """How to choose. Temperature 0 takes the likeliest token; top_k 0, top_p 1, min_p 0, repetition_penalty 1 and
    no_repeat_ngram 0 change nothing.

    `window` is how many of the last tokens the penalty and the runs look at; None: at the whole text.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    window: int | None = 64
    min_p: float = 0.0
    no_repeat_ngram: int = 0

    @property
    def looks_back(self) -> bool:
        """Whether the choice depends on what was written."""
        return self.repetition_penalty != 1.0 or self.no_repeat_ngram > 0


def penalise(logits: Tensor, recent: Tensor, penalty: float) -> Tensor:
    """Scores [n,V] with those of the tokens `recent` [n,t] made less likely (CTRL, Keskar et al. 2019, section 4.1)."""
    scores = logits.gather(1, recent)
    return logits.scatter(1, recent, torch.where(scores < 0, scores * penalty, scores / penalty))


def only_usable(logits: Tensor, count: int) -> Tensor:
    """Scores [n,V] with -inf from token `count` on: a model's tables may be larger than its vocabulary."""
    if count >= logits.shape[1]:
        return logits
    return logits.index_fill(1, torch.arange(count, logits.shape[1], device=logits.device), -torch.inf)


def forbid_runs(logits: Tensor, text: Tensor, length: int) -> Tensor:
    """Scores [n,V] with -inf wherever a token would write a run of `length` tokens a second time after the text [n,t].

    A row that has nothing else left stays as it is.
    """
    if not 0 < length <= text.shape[1]:
        return logits
    runs = text.unfold(1, length, 1)
    again = (runs[:, :, :-1] == text[:, None, text.shape[1] - length + 1 :]).all(dim=2)
    rows, places = again.nonzero(as_tuple=True)
    left = logits.index_put((rows, runs[rows, places, -1]), logits.new_tensor(-torch.inf))
    return torch.where(left.isfinite().any(dim=1, keepdim=True), left, logits)


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
    total = logits.logsumexp(dim=1, keepdim=True)
    for count in (FEW, logits.shape[1]):  # a few of many are found much faster than all of them are sorted
        best = logits.topk(min(count, logits.shape[1]), dim=1)
        probabilities = (best.values - total).exp()
        reached = probabilities.cumsum(dim=1)
        if bool((reached[:, -1] >= p).all()):
            break
    before = reached - probabilities
    before[:, 0] = 0.0  # the best one stays, however small p is
    kept = best.values.masked_fill(before >= max(p, 1e-9), -torch.inf)
    return torch.full_like(logits, -torch.inf).scatter(1, best.indices, kept)


def keep_min_p(logits: Tensor, p: float) -> Tensor:
    """Scores [n,V] without those less likely than p times the likeliest (Nguyen et al. 2024); 0 keeps all."""
    if p <= 0:
        return logits
    return logits.masked_fill(logits < logits.max(dim=1, keepdim=True).values + math.log(p), -torch.inf)


def allowed(logits: Tensor, sampling: Sampling, recent: Tensor) -> Tensor:
    """Scores [n,V] after what the text so far, or the end of it [n,t], makes less likely or forbids."""
    if sampling.repetition_penalty != 1.0 and recent.shape[1]:
        logits = penalise(logits, recent, sampling.repetition_penalty)
    return forbid_runs(logits, recent, sampling.no_repeat_ngram)


def choose(logits: Tensor, sampling: Sampling, uniform: Tensor, recent: Tensor | None = None) -> Tensor:
    """One token for each row of scores [n,V]: int64 [n], drawn by inverting the distribution at `uniform` [n] in 0…1."""
    logits = logits.double()
    if recent is not None:
        logits = allowed(logits, sampling, recent)
    if sampling.temperature == 0:
        return logits.argmax(dim=1)
    # The best at 0 first: dividing by a tiny temperature must not overflow.
    logits = (logits - logits.max(dim=1, keepdim=True).values) / sampling.temperature
    logits = keep_min_p(keep_top_p(keep_top_k(logits, sampling.top_k), sampling.top_p), sampling.min_p)
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
    window = sampling.window or 0  # of 0 tokens: the whole text
    history, fresh = start.cpu()[:, -window:], start
    for _ in range(length):
        logits = next_logits(fresh).float().cpu()
        if usable is not None:
            logits[:, usable:] = -torch.inf
        uniform = torch.cat([torch.rand(1, generator=one, dtype=torch.float64) for one in draws])
        chosen = choose(logits, sampling, uniform, history)
        history = torch.cat([history, chosen[:, None]], dim=1)[:, -window:]
        yield chosen
        fresh = chosen[:, None].to(start.device)
