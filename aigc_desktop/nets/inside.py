"""What a language model says of a text, as data of the views: how surprised it is by each piece, and what may follow.

`scores` gives for tokens [t] the model's scores [t, V] of what follows each; `start` are the tokens read before any text.
"""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from aigc_desktop.i18n import mark
from aigc_desktop.nets.decode import keep_top_k, keep_top_p
from aigc_desktop.nets.pieces import decode, labels, pieces, read
from aigc_desktop.problems import BadInput

Scores = Callable[[Tensor], Tensor]

LONGEST = 512  # tokens of a passage that are judged
LETTERS = 20_000  # of a text that are looked at
LIKELIEST = 20  # tokens that may follow
GUESSES = 3  # of what might have stood at a place
ROWS = 64  # of scores that are turned into probabilities at once
TAIL = 300  # letters of the text so far


def asked_text(question: dict[str, Any]) -> str:
    """The text of a question, whole characters only; BadInput where it is no text."""
    text = question.get("text", "")
    if not isinstance(text, str):
        raise BadInput(mark("The text to look at is no text."))
    return text[:LETTERS].encode("utf-8", "replace").decode()


@torch.no_grad()
def surprise(scores: Scores, tokenizer: Any, start: list[int], text: str, most: int = LONGEST) -> dict[str, Any]:
    """{"tokens": pieces, "nats": -ln p of each (none for what the model cannot read), "likeliest": per piece the first
    few that were expected, with their probabilities, "mean": nats per token, "count": tokens of the whole text}.

    Only the first `most` tokens are judged. The nats of a piece of several tokens are their sum: of the whole character.
    """
    ids, spans = read(tokenizer, text)
    count = len(ids)
    spans, ids = spans[:most], ids[:most]
    nats, guesses = _judged(scores, start, ids)
    shown = text if count <= most else text[: spans[-1][1]]
    found, tokens = [], pieces(shown, spans)
    for piece in tokens:
        found.append(round(sum(nats[place] for place in piece.tokens), 4) if piece.tokens else None)
    likeliest: list[Any] = []
    for piece in tokens:
        if not piece.tokens:
            likeliest.append([])
            continue
        first = piece.tokens[0]
        best, chances = guesses[first]
        likeliest.append(
            [
                [label, round(chance, 4)]
                for label, chance in zip(labels(tokenizer, best, [*start, *ids[:first]]), chances, strict=True)
            ]
        )
    mean = sum(nats) / len(nats) if nats else 0.0
    return {
        "tokens": [piece.text for piece in tokens],
        "nats": found,
        "likeliest": likeliest,
        "mean": round(mean, 4),
        "count": count,
    }


@torch.no_grad()
def next_tokens(
    scores: Scores,
    tokenizer: Any,
    start: list[int],
    text: str,
    question: dict[str, Any],
    usable: int,
    context: int = 0,
) -> dict[str, Any]:
    """{"text": its end, "tokens": the likeliest that may follow, "probabilities": theirs as the model gives them}.

    With "temperature", "top_p" or "top_k" in the question also "drawn": the probabilities with which a writing with these
    settings would draw each. Only the first `usable` tokens stand for anything. Of a longer text the last `context` tokens
    are read (0: all).
    """
    ids = [*start, *read(tokenizer, text)[0]]
    ids = ids[-context:] if context else ids
    last = scores(torch.tensor(ids))[-1].float().cpu()[:usable]
    return likeliest(last, tokenizer, ids, text, question)


def likeliest(
    logits: Tensor, tokenizer: Any, ids: list[int], text: str, question: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The data of `next_tokens` from the scores [V] of what follows the tokens `ids`."""
    best = logits.float().softmax(0).topk(min(LIKELIEST, len(logits)))
    order = best.indices.tolist()
    data: dict[str, Any] = {
        "text": text[-TAIL:],
        "tokens": labels(tokenizer, order, ids),
        "probabilities": [round(one, 5) for one in best.values.tolist()],
    }
    settings = _settings(question or {})
    if settings is not None:
        drawn = _drawn(logits.double(), *settings)
        data["drawn"] = [round(one, 5) for one in drawn[best.indices].tolist()]
    return data


@contextmanager
def uncompiled() -> Iterator[None]:
    """Inside, a compiled network runs as it was written: nothing is compiled anew for a text of some odd length."""
    if "torch._dynamo" not in sys.modules:  # nothing was compiled, and importing that takes a second
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield


def text_of(tokenizer: Any, tokens: list[int], most: int = LONGEST) -> str:
    """The text of some training tokens, from the first whole one to the next end mark (0): a passage to look at."""
    first = next((place for place, one in enumerate(tokens) if one), 0)
    last = next((place for place in range(first, len(tokens)) if not tokens[place]), len(tokens))
    return decode(tokenizer, list(tokens[first : min(last, first + most)])).strip("\ufffd")


def _judged(
    scores: Scores, start: list[int], ids: list[int]
) -> tuple[list[float], list[tuple[list[int], list[float]]]]:
    """-ln p of each token, and for each place the likeliest tokens with their probabilities."""
    if not ids:
        return [], []
    nats: list[float] = []
    guesses: list[tuple[list[int], list[float]]] = []
    wanted = torch.tensor(ids)
    with uncompiled():
        logits = scores(torch.tensor([*start, *ids])[:-1])[len(start) - 1 :]
    for first in range(0, len(ids), ROWS):
        rows = logits[first : first + ROWS].float().cpu().log_softmax(1)
        nats += (-rows.gather(1, wanted[first : first + ROWS, None])[:, 0]).tolist()
        best = rows.topk(min(GUESSES, rows.shape[1]), dim=1)
        guesses += list(zip(best.indices.tolist(), best.values.exp().tolist(), strict=True))
    return [one if math.isfinite(one) else 99.0 for one in nats], guesses


def _settings(question: dict[str, Any]) -> tuple[float, float, int] | None:
    given = {name: question.get(name) for name in ("temperature", "top_p", "top_k")}
    if all(value is None for value in given.values()):
        return None
    for name, value in given.items():
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9
        ):
            raise BadInput(mark("{name} is a number from 0 on, not {value}."), name=name, value=value)
    temperature, top_p, top_k = given["temperature"], given["top_p"], given["top_k"]
    return (1.0 if temperature is None else temperature, 1.0 if top_p is None else top_p, int(top_k or 0))


def _drawn(logits: Tensor, temperature: float, top_p: float, top_k: int) -> Tensor:
    """The probabilities [V] that a draw with these settings follows."""
    if temperature == 0:
        return torch.zeros_like(logits).scatter(0, logits.argmax()[None], 1.0)
    scaled = ((logits - logits.max()) / temperature)[None]
    return keep_top_p(keep_top_k(scaled, top_k), top_p).softmax(1)[0]
