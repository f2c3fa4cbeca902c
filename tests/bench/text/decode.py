"""Decoding by our own loop beside transformers' generate, in one run: a model of GPT-2's size, batch 1, 50 tokens.

The weights are drawn by the bench: the speed does not depend on them. Tokens per second, without loading or packing.
"""

import copy
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from aigc_desktop.engine import machine
from aigc_desktop.nets.causal import precision
from aigc_desktop.nets.causal.decoder import Decoder
from tests.bench.figures import Figure
from tests.real_data import data_folder

TOKENS, ROUNDS = 50, 5
TEXTS, LENGTH = 12, 256  # that stories260k writes, to be read again with fewer digits


def figures(folder: Path) -> Iterator[Figure]:
    """Speed in each precision against generate's defaults; what bfloat16 and int8 cost in loss."""
    torch.set_num_threads(machine.threads())
    yield from _speed(folder)
    yield from _loss()


def _speed(folder: Path) -> Iterator[Figure]:
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config()).eval().requires_grad_(False)
    read = torch.randint(0, model.config.vocab_size, (1, 16))
    speeds = machine.Speeds(folder / "speeds.json")
    start = time.perf_counter()
    chosen = precision.fastest(model, speeds)
    measured = time.perf_counter() - start
    same, ratios = True, {}
    for wanted in ("float32", "bfloat16", "int8"):
        ours = copy.deepcopy(model)
        start = time.perf_counter()
        precision.prepare(ours, wanted)
        packed = time.perf_counter() - start
        here, there = _beside(lambda ours=ours: _own(ours, read), lambda: _theirs(model, read))
        if wanted == "float32":
            same = _own(ours, read) == _theirs(model, read)
        ratios[wanted] = there / here
        text = (
            f"{there / here:.2f}× ({TOKENS / here:.1f} against {TOKENS / there:.1f} tokens/s; ready in {packed:.1f} s)"
        )
        yield Figure(f"greedy decoding, 124M, {wanted}, against generate", "reported", text, True)
    yield Figure("float32: the same 50 tokens as generate", "yes", "yes" if same else "no", same)
    text = f"{ratios[chosen]:.2f}× ({chosen}, chosen in {measured:.1f} s)"
    yield Figure("greedy decoding, 124M, 50 tokens, against generate", "≥ 4.5×", text, ratios[chosen] >= 4.5)


def _beside(ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of both, medians of some rounds in turns, after one that does not count."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for times, write in zip(found, (ours, theirs), strict=True):
            start = time.perf_counter()
            write()
            if number:
                times.append(time.perf_counter() - start)
    return statistics.median(found[0]), statistics.median(found[1])


@torch.inference_mode()
def _own(model: Any, read: torch.Tensor) -> list[int]:
    decoder = Decoder(model, model.config.n_positions)
    text: list[int] = []
    fresh = read
    for _ in range(TOKENS):
        text.append(int(decoder.next_logits(fresh).argmax()))
        fresh = torch.tensor([[text[-1]]])
    return text


def _theirs(model: Any, read: torch.Tensor) -> list[int]:
    mask = torch.ones_like(read)
    out = model.generate(read, attention_mask=mask, do_sample=False, max_new_tokens=TOKENS, pad_token_id=0)
    text: list[int] = out[0, read.shape[1] :].tolist()
    return text


def _loss() -> Iterator[Figure]:
    """Nats per token of what stories260k writes by itself, token by token as in writing: drawn at temperature 1 from
    float32, so that float32's loss is the least there is, and what others have more is their distance from it.
    """
    from aigc_desktop.nets.causal.loading import load

    data = data_folder()
    if data is None:
        return
    folder = data / "weights" / "stories260k_hf_llama"
    language = load(folder, "cpu")
    draws = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        decoder = Decoder(language.model, language.context)
        texts = torch.tensor([language.start] * TEXTS)
        fresh = texts
        for _ in range(LENGTH):
            fresh = decoder.next_logits(fresh).softmax(1).multinomial(1, generator=draws)
            texts = torch.cat([texts, fresh], dim=1)
    known = _nats(language.model, texts)
    for wanted in ("bfloat16", "int8"):
        rough = load(folder, "cpu").model
        precision.prepare(rough, wanted)
        found = _nats(rough, texts)
        here = f"{found:.4f} nats/token against {known:.4f} ({100 * (found / known - 1):+.2f} %)"
        yield Figure(f"stories260k's own text, {wanted}: loss", "≤ +1 %", here, found <= 1.01 * known)


@torch.inference_mode()
def _nats(model: Any, texts: torch.Tensor) -> float:
    total = 0.0
    for text in texts:
        decoder = Decoder(model, len(text))
        for place in range(len(text) - 1):
            scores = decoder.next_logits(text[None, place : place + 1])
            total -= float(scores.log_softmax(1)[0, text[place + 1]])
    return total / (texts.shape[0] * (texts.shape[1] - 1))
