"""Continuing prompts with a causal language model, step by step: greedy, drawn, or by beams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from aigc_desktop.nets.causal.decoder import Decoder
from aigc_desktop.nets.causal.loading import Language
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.decode import Sampling, choose


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

    Text i draws from `seeds[i]`, whatever the others do. Yields after every token; prompts of equal length go through
    the model together. The same Step is given again and again: copy what is to be kept. Runs on the model's device.
    """
    step = Step([[] for _ in prompts], set())
    groups: dict[int, list[int]] = {}
    for number, prompt in enumerate(prompts):
        groups.setdefault(len(prompt), []).append(number)
    running = [_draw(language, prompts, chosen, seeds, numbers, step) for numbers in groups.values()]
    while running:
        step.scores = {}
        running = [one for one in running if next(one, False)]
        if running:
            yield step


def _draw(
    language: Language,
    prompts: Sequence[Sequence[int]],
    chosen: Write,
    seeds: Sequence[int],
    numbers: list[int],
    step: Step,
) -> Iterator[bool]:
    sampling = Sampling(chosen.temperature, chosen.top_k, chosen.top_p, chosen.repetition_penalty)
    draws = [torch.Generator().manual_seed(seeds[number] % 2**63) for number in numbers]
    start = torch.tensor([list(prompts[number]) for number in numbers])
    decoder = Decoder(language.model, language.context, _shared(start, language.start))
    with torch.inference_mode():
        logits = decoder.next_logits(start).cpu()
    for _ in range(chosen.max_new_tokens):
        with torch.inference_mode():
            uniform = torch.cat([torch.rand(1, generator=one, dtype=torch.float64) for one in draws])
            tokens = choose(logits, sampling, uniform, start)
            start = torch.cat([start, tokens[:, None]], dim=1)
        for row, number in enumerate(numbers):
            if number in step.ended:
                continue
            if int(tokens[row]) in language.ends:
                step.ended.add(number)
                continue
            step.written[number].append(int(tokens[row]))
            step.scores[number] = logits[row]
        yield True
        if step.ended.issuperset(numbers):
            return
        with torch.inference_mode():
            logits = decoder.next_logits(tokens[:, None]).cpu()


def _shared(start: Tensor, first: Sequence[int]) -> int:
    return len(first) if start[0, : len(first)].tolist() == list(first) else 0
