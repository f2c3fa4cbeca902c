"""What every creation of text does with a language model: write from a prompt, show it as it grows, keep each text."""

import time
from collections.abc import Callable
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from aigc_desktop.engine.run import Run
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets.decode import Sampling, generate
from aigc_desktop.nets.tokenizer import decode, encode

SHOW_SECONDS = 0.1


def write(
    next_logits: Callable[[Tensor], Tensor], tokenizer: Tokenizer, first: list[int], chosen: Any, run: Run
) -> None:
    """Write `chosen.count` texts that continue `chosen.prompt`; sequence i draws from the seed `run.seed + i`.

    `next_logits` as `nets.decode.generate` wants it; the tokens `first` are read before the prompt. A text ends at the end mark, before `chosen.stop_text`, or after
    `chosen.max_new_tokens`. Each is previewed in a slot of its own while it grows, and saved at the end.
    """
    sampling = Sampling(
        chosen.temperature, chosen.top_k, chosen.top_p, chosen.repetition_penalty, chosen.repetition_window
    )
    seeds = [run.seed + number for number in range(chosen.count)]
    start = torch.tensor([[*first, *encode(tokenizer, chosen.prompt).tolist()]], device=run.device).repeat(
        len(seeds), 1
    )
    written: list[list[int]] = [[] for _ in seeds]
    open_ = set(range(len(seeds)))
    shown = 0.0
    tail = len(chosen.stop_text.encode()) + 4  # tokens that are sure to hold the stop text and a cut character
    steps = generate(next_logits, start, sampling, seeds, chosen.max_new_tokens, tokenizer.get_vocab_size())
    for step, tokens in enumerate(steps, 1):
        for number in sorted(open_):
            token = int(tokens[number])
            if token == 0:
                open_.discard(number)
                continue
            written[number].append(token)
            if chosen.stop_text and chosen.stop_text in decode(tokenizer, written[number][-tail:]):
                open_.discard(number)
        run.check()
        if time.monotonic() - shown > SHOW_SECONDS:
            for number in range(len(seeds)):
                run.preview(Text(_text(tokenizer, written[number], chosen)), step, number)
            run.progress(step, chosen.max_new_tokens)
            shown = time.monotonic()
        if not open_:
            break
    for number, seed in enumerate(seeds):
        text = Text(_text(tokenizer, written[number], chosen))
        run.preview(text, chosen.max_new_tokens, number)
        run.save(text, seed=seed)


def say_unknown(prompt: str, alphabet: str, left_out: bool, run: Run) -> None:
    """Say which characters of the prompt the model never saw; `left_out`: it cannot even read them."""
    unknown = "".join(dict.fromkeys(character for character in prompt if character not in alphabet))
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


def _text(tokenizer: Tokenizer, tokens: list[int], chosen: Any) -> str:
    continued = decode(tokenizer, tokens)
    if chosen.stop_text and chosen.stop_text in continued:
        continued = continued[: continued.index(chosen.stop_text)]
    return chosen.prompt + continued
