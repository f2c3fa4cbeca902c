"""Looking inside a transformers model: where it attends, how surprised it is, what may follow.

For a trainer's `insights`: `attention(model, tokenizer, start, text)` and `surprise(model, tokenizer, start, text)`, with a
tokenizer of transformers or of `tokenizers`; both are data of the view of that name. For a model folder: `explore`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aigc_desktop.engine import loaded
from aigc_desktop.i18n import mark
from aigc_desktop.nets import inside
from aigc_desktop.nets.pieces import Piece, labels, pieces, read
from aigc_desktop.problems import BadInput

SENTENCE = 64  # tokens whose attention is looked at, at most
NUMBERS = 400_000  # of an answer about all layers
SCORES = 1 << 26  # of one forward pass: tokens times vocabulary


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The data of the view that the question names, of the model in this folder, which stays loaded.

    {"view": "attention", "text", "layer" (0…; without it all)}, {"view": "next_tokens", "text", "temperature", "top_p",
    "top_k"}, {"view": "surprise", "text"}. BadInput for a folder or a question that cannot be used.
    """
    text = inside.asked_text(question)
    language = loaded.model(folder, lambda: _load(folder, device), str(device))
    model, tokenizer, start = language.model, language.tokenizer, language.start
    room = max(1, language.context - len(start)) if language.context else inside.LONGEST
    if question["view"] == "attention":
        layer = question.get("layer")
        if layer is not None and (isinstance(layer, bool) or not isinstance(layer, int)):
            raise BadInput(mark("{name} is a number from 0 on, not {value}."), name="layer", value=layer)
        return attention(model, tokenizer, start, text, layer, min(SENTENCE, room))
    if question["view"] == "surprise":
        return surprise(model, tokenizer, start, text, min(inside.LONGEST, room))
    context = language.context or inside.LONGEST
    return inside.next_tokens(_scores(model, last=True), tokenizer, start, text, question, language.usable, context)


def surprise(model: Any, tokenizer: Any, start: list[int], text: str, most: int = inside.LONGEST) -> dict[str, Any]:
    """How surprised the model is by each piece of the text: `nets.inside.surprise`."""
    vocabulary = int(model.get_input_embeddings().weight.shape[0])
    return inside.surprise(_scores(model), tokenizer, start, text, max(8, min(most, SCORES // vocabulary)))


@torch.no_grad()
def attention(
    model: Any, tokenizer: Any, start: list[int], text: str, layer: int | None = None, most: int = 32
) -> dict[str, Any]:
    """{"tokens": what is read, `start` first, "weights": [layer][head][from][to], "first": how many are of `start`,
    "count": tokens of the whole text}: row by row how much each piece takes from itself and those before it, in sum 1.

    Of other layers than `layer` the weights are None. A character of several tokens takes what they take on average and
    gives what they give together. Only the first `most` tokens of the text are read, fewer of a very large model.
    """
    ids, spans = read(tokenizer, text)
    count = len(ids)
    layers, heads = int(model.config.num_hidden_layers), int(model.config.num_attention_heads)
    if layer is not None and not 0 <= layer < layers:
        raise BadInput(mark("The model has the layers 1 to {last}, not {layer}."), last=layers, layer=layer + 1)
    fits = int((NUMBERS / (heads * (layers if layer is None else 1))) ** 0.5)
    most = max(4, min(most, fits - len(start)))
    ids, spans = ids[:most], spans[:most]
    shown = text if count <= most else text[: spans[-1][1]]
    whole = torch.tensor([*start, *ids], device=model.device)[None]
    with attending(model):
        found = model(input_ids=whole, use_cache=False, output_attentions=True).attentions
    if not found or any(one is None for one in found) or len(found) != layers:
        raise BadInput(
            mark("The attention of this kind of model ({name}) cannot be shown."), name=model.config.model_type
        )
    marks = [Piece(label, [place]) for place, label in enumerate(labels(tokenizer, start, []))]
    read_pieces = [one for one in pieces(shown, spans) if one.tokens]
    groups = marks + [Piece(one.text, [len(start) + place for place in one.tokens]) for one in read_pieces]
    return {
        "tokens": [one.text for one in groups],
        "weights": [
            _rounded(together(weights[0].float().cpu(), groups)) if layer in (None, number) else None
            for number, weights in enumerate(found)
        ],
        "first": len(start),
        "count": count,
    }


def together(weights: Tensor, groups: list[Piece]) -> Tensor:
    """Weights [heads, tokens, tokens] → [heads, pieces, pieces]: the mean of a piece's rows, the sum of its columns."""
    belongs = torch.zeros(len(groups), weights.shape[-1])
    for number, one in enumerate(groups):
        belongs[number, one.tokens] = 1.0
    return (belongs / belongs.sum(1, keepdim=True)) @ weights @ belongs.T


@contextmanager
def attending(model: Any) -> Iterator[None]:
    """Inside, the model computes its attention in the plain way, which alone can tell the weights; not compiled."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        with inside.uncompiled():
            yield
    finally:
        model.set_attn_implementation(before)


def _scores(model: Any, last: bool = False) -> inside.Scores:
    """What follows each token; with `last` only what follows the last, where the model can do that."""
    only = {"logits_to_keep": 1} if last and "logits_to_keep" in signature(model.forward).parameters else {}

    def scores(ids: Tensor) -> Tensor:
        found: Tensor = model(input_ids=ids[None].to(model.device), use_cache=False, **only).logits[0]
        return found

    return scores


def _load(folder: Path, device: torch.device) -> Any:
    from aigc_desktop.nets.causal.adapters import opened

    return opened(folder, device)


def _rounded(weights: Tensor) -> Any:
    return [[[round(one, 4) for one in row] for row in head] for head in weights.tolist()]
