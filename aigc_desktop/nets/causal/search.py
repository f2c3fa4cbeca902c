"""Beam search: following several beginnings at once to find a likelier whole text than greedy choice does.

The rules are those of transformers 5.23's `generate(num_beams=…)` with its default length penalty of 1, so that both find
the same tokens: a finished text is worth its log-probability divided by its number of tokens.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_desktop.nets.causal.decoder import Decoder
from aigc_desktop.nets.decode import Sampling, allowed, only_usable

NEVER = -1e9  # the score of what is not there


@dataclass(frozen=True)
class Found:
    """The best continuations after a step, the best first, and the scores [V] of what followed the best beginning.

    While the search goes on they are what it follows; at its end, the best that it has found, without end tokens.
    """

    texts: list[list[int]]
    scores: Tensor


def beam_search(
    decoder: Decoder,
    prompt: Sequence[int],
    beams: int,
    length: int,
    ends: Collection[int],
    early_stopping: bool = True,
    sampling: Sampling | None = None,
    usable: int | None = None,
) -> Iterator[Found]:
    """Continue the prompt by at most `length` tokens; yields after each, and once more with what was found.

    `early_stopping`: end once `beams` texts are finished, else once no open one can become better. Of `sampling` only
    the repetition penalty and the runs that may not repeat count. The decoder's memory must be empty.
    """
    sampling = sampling or Sampling()
    text = torch.tensor([list(prompt)])
    logits = _read(decoder, text, usable)
    decoder.reorder(torch.zeros(beams, dtype=torch.long))
    text, logits = text.repeat(beams, 1), logits.repeat(beams, 1)
    running = torch.full((beams,), NEVER)
    running[0] = 0.0
    done: list[tuple[float, Tensor]] = []
    stop = torch.tensor(sorted(ends), dtype=torch.long)
    for written in range(1, length + 1):
        chances = allowed(logits.log_softmax(dim=1), sampling, text) + running[:, None]
        best = chances.flatten().topk(min(max(2, 1 + len(ends)) * beams, chances.numel()))
        rows, tokens = best.indices // chances.shape[1], best.indices % chances.shape[1]
        texts = torch.cat([text[rows], tokens[:, None]], dim=1)
        ended = torch.isin(tokens, stop) | (written == length)
        if not (early_stopping and len(done) == beams):
            fresh = [(float(best.values[one] / written), texts[one]) for one in range(beams) if ended[one]]
            done = sorted(done + fresh, key=lambda one: -one[0])[:beams]
        going = (best.values + ended.float() * NEVER).topk(beams)
        text, running, rows = texts[going.indices], going.values, rows[going.indices]
        yield Found(text[:, len(prompt) :].tolist(), logits[int(rows[0])])
        hopeless = len(done) == beams and float(running[0] / written) <= done[-1][0]
        if bool(ended.all()) or hopeless or (early_stopping and len(done) == beams):
            break
        decoder.reorder(rows)
        logits = _read(decoder, text[:, -1:], usable)
    found = [one[len(prompt) :].tolist() for _, one in done]
    yield Found([one[:-1] if one[-1] in ends else one for one in found], logits[0])


def _read(decoder: Decoder, tokens: Tensor, usable: int | None) -> Tensor:
    logits = decoder.next_logits(tokens).float().cpu()
    return logits if usable is None else only_usable(logits, usable)
