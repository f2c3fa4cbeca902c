"""Continuing prompts with a causal language model, step by step: greedy, drawn, or by beams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from aigc_desktop.nets.causal.decoder import Decoder
from aigc_desktop.nets.causal.loading import Language
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.causal.search import beam_search
from aigc_desktop.nets.decode import Sampling, choose, only_usable


@dataclass
class Step:
    """What stands after a step.

    `written[i]` holds the tokens that continue prompt i so far (with beams: the best so far, which may change from step
    to step), without the end token. `ended` holds the texts that are finished; put a number into it to finish a text
    (a stop word came): it is not continued any more, and when all have ended so does the iterator.
    """

    written: list[list[int]]
    ended: set[int]
    scores: dict[int, Tensor] = field(default_factory=dict, repr=False)

    def likeliest(self, number: int, k: int) -> list[tuple[int, float]]:
        """The k tokens that the model thought likeliest for text `number` at this step, with their probabilities.

        The model's own, before temperature, penalty and filters. Computed only when asked; empty for a text that this
        step did not continue.
        """
        if number not in self.scores:
            return []
        best = self.scores[number].softmax(0).topk(min(k, len(self.scores[number])))
        return list(zip(best.indices.tolist(), best.values.tolist(), strict=True))


def generate(
    language: Language, prompts: Sequence[Sequence[int]], chosen: Write, seeds: Sequence[int]
) -> Iterator[Step]:
    """Continue each prompt (token ids, `language.start` in front; never empty) by at most `chosen.max_new_tokens`.

    Text i draws from `seeds[i]`, whatever the others do (int8 alone rounds what comes in by the largest number of the whole
    batch, so that a text may differ from the one written alone). Prompts of equal length go through the model together; with
    beams, texts of the same prompt are the best that one search finds. Yields after every token; the same Step is
    given again and again: copy what is to be kept. Runs on the model's device, as precise as the model is
    (`precision.prepare`).
    """
    step, usable = Step([[] for _ in prompts], set()), language.usable
    groups: dict[object, list[int]] = {}
    for number, prompt in enumerate(prompts):
        groups.setdefault(tuple(prompt) if chosen.beams > 1 else len(prompt), []).append(number)
    sampling = Sampling(
        temperature=chosen.temperature,
        top_k=chosen.top_k,
        top_p=chosen.top_p,
        min_p=chosen.min_p,
        repetition_penalty=chosen.repetition_penalty,
        no_repeat_ngram=chosen.no_repeat_ngram,
        window=None,
    )
    running = [
        _search(language, prompts[numbers[0]], chosen, sampling, usable, numbers, step)
        if chosen.beams > 1
        else _draw(language, prompts, chosen.max_new_tokens, sampling, usable, seeds, numbers, step)
        for numbers in groups.values()
    ]
    while running:
        step.scores = {}
        running = [one for one in running if next(one, False)]
        if running:
            yield step


def _draw(
    language: Language,
    prompts: Sequence[Sequence[int]],
    length: int,
    sampling: Sampling,
    usable: int,
    seeds: Sequence[int],
    numbers: list[int],
    step: Step,
) -> Iterator[bool]:
    """Texts that begin with equally long prompts, a token each at every step; equal prompts are read once."""
    draws = {number: torch.Generator().manual_seed(seeds[number] % 2**63) for number in numbers}
    different = list(dict.fromkeys(tuple(prompts[number]) for number in numbers))
    decoder = _decoder(language, different[0])
    logits = only_usable(decoder.next_logits(torch.tensor(different)).cpu(), usable)
    rows = torch.tensor([different.index(tuple(prompts[number])) for number in numbers])
    if len(different) != len(numbers):
        decoder.reorder(rows)
    logits, text, open_ = logits[rows], torch.tensor(different)[rows], list(numbers)
    for _ in range(length):
        uniform = torch.cat([torch.rand(1, generator=draws[number], dtype=torch.float64) for number in open_])
        tokens = choose(logits, sampling, uniform, text)
        if sampling.looks_back:
            text = torch.cat([text, tokens[:, None]], dim=1)
        for row, (number, token) in enumerate(zip(open_, tokens.tolist(), strict=True)):
            if token in language.ends:
                step.ended.add(number)
            if number not in step.ended:
                step.written[number].append(token)
                step.scores[number] = logits[row]
        yield True
        if left := [row for row, number in enumerate(open_) if number not in step.ended]:
            if 2 * len(left) <= len(open_):  # moving the memory costs about as much as a step
                kept = torch.tensor(left)
                decoder.reorder(kept)
                tokens, text, open_ = tokens[kept], text[kept], [open_[row] for row in left]
            logits = only_usable(decoder.next_logits(tokens[:, None]).cpu(), usable)
        else:
            return


def _search(
    language: Language,
    prompt: Sequence[int],
    chosen: Write,
    sampling: Sampling,
    usable: int,
    numbers: list[int],
    step: Step,
) -> Iterator[bool]:
    """The best texts of one prompt, as many as there are `numbers`."""
    search = beam_search(
        _decoder(language, prompt),
        prompt,
        max(chosen.beams, len(numbers)),
        chosen.max_new_tokens,
        language.ends,
        chosen.early_stopping,
        sampling,
        usable,
    )
    for found in search:
        for number, text in zip(numbers, found.texts, strict=False):
            if number not in step.ended:
                step.written[number] = text
                step.scores[number] = found.scores
        yield True
        if step.ended.issuperset(numbers):
            return
    step.ended.update(numbers)


def _decoder(language: Language, prompt: Sequence[int]) -> Decoder:
    """A decoder that keeps the tokens in sight that every text begins with."""
    start = language.start
    return Decoder(language.model, language.context, len(start) if list(prompt[: len(start)]) == start else 0)
