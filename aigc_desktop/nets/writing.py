"""What every creation of text does with a language model: write from a prompt, show it as it grows, keep each text."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from aigc_desktop.engine import desk
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.engine.wildcards import expand
from aigc_desktop.engine.word_lists import missing
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets.decode import Sampling, generate
from aigc_desktop.nets.tokenizer import decode, encode

SHOW_SECONDS = 0.1


@dataclass
class _Alternative:
    """One text that is being written: its prompt, of which the first `hidden` characters do not stay in it."""

    seed: int
    prompt: str
    hidden: int
    read: list[int]
    tokens: list[int] = field(default_factory=list)
    done: bool = False
    saved: bool = False


def write(
    reader: Callable[[int], Callable[[Tensor], Tensor]], tokenizer: Tokenizer, first: list[int], chosen: Any, run: Run
) -> None:
    """Write `chosen.count` texts that continue `chosen.prompt`; text i draws, and its wildcards are drawn, from the seed
    `run.seed + i`.

    `reader(n)` is what `nets.decode.generate` wants for n sequences; the tokens `first` are read before the prompt. A text
    ends at the end mark, before `chosen.stop_text`, or after `chosen.max_new_tokens`. Each is previewed in a slot of its
    own while it grows, and saved at the end, or as far as it has come when the job is stopped. Texts whose prompts are
    equally long are written at once.
    """
    for sentence in missing(chosen.prompt):
        run.message(sentence.pattern, "warning", **sentence.values)
    texts = []
    for seed, prompt in enumerate(prompts(chosen, run), run.seed):
        hidden = desk.hidden(run.job.desk, chosen.prompt, prompt, seed)
        texts.append(_Alternative(seed, prompt, hidden, [*first, *encode(tokenizer, prompt).tolist()]))
    groups: dict[int, list[int]] = {}
    for number, one in enumerate(texts):
        groups.setdefault(len(one.read), []).append(number)
    try:
        _write(texts, groups, reader, tokenizer, chosen, run)
    except Cancelled:
        if run.asked_to_stop() == "stop":  # who stops wants what stands there; else it begins again later
            for number, one in enumerate(texts):
                if one.tokens and not one.saved:
                    with suppress(Cancelled):  # said after each is kept
                        _keep(texts, number, tokenizer, chosen, run, stopped=True)
        raise


def _write(
    texts: list[_Alternative],
    groups: dict[int, list[int]],
    reader: Callable[[int], Callable[[Tensor], Tensor]],
    tokenizer: Tokenizer,
    chosen: Any,
    run: Run,
) -> None:
    shown = 0.0
    for place, group in enumerate(groups.values()):
        for step in _grow([texts[number] for number in group], reader(len(group)), tokenizer, chosen, run):
            run.check()
            if time.monotonic() - shown > SHOW_SECONDS:
                for number in group:
                    run.preview(Text(_text(tokenizer, texts[number], chosen)), step, number)
                run.progress(place * chosen.max_new_tokens + step, len(groups) * chosen.max_new_tokens)
                shown = time.monotonic()
    for number, one in enumerate(texts):
        run.preview(Text(_text(tokenizer, one, chosen)), chosen.max_new_tokens, number)
        _keep(texts, number, tokenizer, chosen, run)


def _keep(
    texts: list[_Alternative], number: int, tokenizer: Tokenizer, chosen: Any, run: Run, **more: bool | int
) -> None:
    one = texts[number]
    one.saved = True
    more |= {"hidden": one.hidden} if one.hidden else {}
    text = Text(_text(tokenizer, one, chosen))
    run.save(text, seed=one.seed, prompt=one.prompt, alternative=number, alternatives=len(texts), **more)


def _grow(
    texts: list[_Alternative],
    next_logits: Callable[[Tensor], Tensor],
    tokenizer: Tokenizer,
    chosen: Any,
    run: Run,
) -> Iterator[int]:
    """Write texts whose prompts are equally long; yields after each step."""
    sampling = Sampling(
        chosen.temperature, chosen.top_k, chosen.top_p, chosen.repetition_penalty, chosen.repetition_window
    )
    tail = len(chosen.stop_text.encode()) + 4  # tokens that are sure to hold the stop text and a cut character
    start = torch.tensor([one.read for one in texts], device=run.device)
    seeds = [one.seed for one in texts]
    steps = generate(next_logits, start, sampling, seeds, chosen.max_new_tokens, tokenizer.get_vocab_size())
    for step, tokens in enumerate(steps, 1):
        for one, token in zip(texts, tokens.tolist(), strict=True):
            if one.done:
                continue
            if token == 0:
                one.done = True
                continue
            one.tokens.append(token)
            if chosen.stop_text and chosen.stop_text in decode(tokenizer, one.tokens[-tail:]):
                one.done = True
        yield step
        if all(one.done for one in texts):
            return


def prompts(chosen: Any, run: Run) -> list[str]:
    """What each of the texts begins with: the prompt with its wildcards drawn."""
    return [expand(chosen.prompt, run.seed + number) for number in range(chosen.count)]


def say_unknown(prompts: Iterable[str], alphabet: str, left_out: bool, run: Run) -> None:
    """Say which characters of the prompts the model never saw; `left_out`: it cannot even read them."""
    known = set(alphabet)
    unknown = "".join(dict.fromkeys(one for prompt in prompts for one in prompt if one not in known))
    if not unknown:
        return
    run.message(
        mark("The model never saw these characters: {characters}. They stay in the text, but it passes over them.")
        if left_out
        else mark(
            "The model never saw these characters: {characters}. What it writes after them may make little sense."
        ),
        "warning",
        characters=" ".join(unknown[:20]) + (" …" if len(unknown) > 20 else ""),
    )


def _text(tokenizer: Tokenizer, one: _Alternative, chosen: Any) -> str:
    continued = decode(tokenizer, one.tokens)
    if chosen.stop_text and chosen.stop_text in continued:
        continued = continued[: continued.index(chosen.stop_text)]
    return one.prompt[one.hidden :] + continued
