"""Looking inside a model from the command line: one question, its answer as a small table, as JSON, as pictures."""

import argparse
import contextlib
import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.cli import FINISHED, jobs
from aigc_desktop.cli.projects import open_project
from aigc_desktop.engine import explore as engine
from aigc_desktop.engine import memory, registry
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.shown import piece

LOOKS = 3  # tokens that are told of those that one looks at
LARGEST = 1 << 20  # bytes of a text


def explore(chosen: argparse.Namespace) -> int:
    alone = not chosen.project and os.path.isdir(chosen.model)
    folder = None if alone else jobs.project_folder(chosen.project)
    spec, model = jobs.model_of(chosen.model, folder)
    place = Path(model)
    if folder is not None and not place.is_absolute():
        with open_project(folder) as project:
            place = project.models.find(model)
    question = _question(chosen, spec)
    memory.limit(memory.wanted(), torch=True)
    # What a library prints belongs to people, not between the answer.
    with contextlib.redirect_stdout(sys.stderr):
        data = engine.answer(spec.id, place, question)
    if chosen.out:
        data = _written(data, chosen.out, "")
    if chosen.json:
        print(json.dumps(data, ensure_ascii=False))
        return FINISHED
    table = TABLES.get(question["view"])
    for line in _plain(data) if table is None else table(data, chosen):
        print(line)
    return FINISHED


def _question(chosen: argparse.Namespace, spec: registry.Spec) -> dict[str, Any]:
    question: dict[str, Any] = {"view": chosen.view or next(iter(spec.explores), ""), "text": chosen.text or ""}
    if chosen.file:
        try:
            with Path(chosen.file).expanduser().open("rb") as file:
                question["text"] = file.read(LARGEST).decode("utf-8", "replace")
        except OSError:
            raise BadInput(mark("There is no file {path}."), path=chosen.file) from None
    given = {"layer": chosen.layer, "temperature": chosen.temperature, "top_p": chosen.top_p, "top_k": chosen.top_k}
    question |= {name: value for name, value in given.items() if value is not None}
    if chosen.layer is not None:
        question["layer"] = chosen.layer - 1
    return question | _asked(chosen.ask)


def _asked(words: list[str]) -> dict[str, Any]:
    """What `--ask NAME=VALUE` says, values as JSON where they are any, else as text; a name said again makes a list."""
    asked: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise BadInput(mark("Write what you ask as NAME=VALUE, not {text}."), text=word)
        try:
            value = foreign_json.parse(text)
        except ValueError:
            value = text
        if name in asked:
            before = asked[name]
            value = [*before, value] if isinstance(before, list) else [before, value]
        asked[name] = value
    return asked


def _written(data: Any, folder: Path, name: str) -> Any:
    """The answer with every picture in it written to the folder, and the file's path in its place."""
    if isinstance(data, dict):
        return {key: _written(value, folder, f"{name}-{key}" if name else key) for key, value in data.items()}
    if isinstance(data, list):
        return [_written(value, folder, f"{name}-{place}") for place, value in enumerate(data, 1)]
    if not _is_picture(data):
        return data
    from aigc_desktop.media import inline
    from aigc_desktop.media.base import why
    from aigc_desktop.media.files import write_bytes

    path = folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(path, inline.content(data))
    except OSError as error:
        raise BadInput(mark("{path} cannot be written: {reason}."), path=path, reason=why(error)) from None
    return str(path)


def _is_picture(value: Any) -> bool:
    from aigc_desktop.media import inline  # NumPy and Pillow wait until there is an answer

    return isinstance(value, str) and value.startswith(inline.HEAD)


def _plain(data: dict[str, Any]) -> Iterator[str]:
    """Each part of the answer in a line."""
    for name, value in data.items():
        if _is_picture(value):
            from aigc_desktop.media import inline

            size = len(inline.content(value))
            yield f"{name}: " + tr("a picture of {size:,} bytes; --out DIR writes it", size=size)
        else:
            yield f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _next_tokens(data: dict[str, Any], chosen: argparse.Namespace) -> Iterator[str]:
    drawn = data.get("drawn")
    for place, (token, share) in enumerate(zip(data["tokens"], data["probabilities"], strict=True)):
        after = f"  {100 * drawn[place]:6.2f} %" if drawn else ""
        yield f"{100 * share:6.2f} %{after}  {piece(token)}"


def _surprise(data: dict[str, Any], chosen: argparse.Namespace) -> Iterator[str]:
    for token, nats in zip(data["tokens"], data["nats"], strict=True):
        yield (
            f"{'':>6}  {'':>8}  {piece(token)}"
            if nats is None
            else (f"{nats:6.3f}  {100 * math.exp(-nats):6.2f} %  {piece(token)}")
        )
    values = {"nats": f"{data['mean']:.3f}", "perplexity": f"{math.exp(min(700.0, data['mean'])):.4g}"}
    yield tr("{nats} nats per token, perplexity {perplexity}", **values)


def _attention(data: dict[str, Any], chosen: argparse.Namespace) -> Iterator[str]:
    layers = [layer for layer in data["weights"] if layer is not None]
    heads = [head for layer in layers for head in layer]
    if chosen.head is not None:
        if not 1 <= chosen.head <= len(layers[0]):
            raise BadInput(
                mark("The model has the heads 1 to {last}, not {head}."), last=len(layers[0]), head=chosen.head
            )
        heads = [layer[chosen.head - 1] for layer in layers]
    for row, token in enumerate(data["tokens"]):
        weights = [sum(head[row][place] for head in heads) / len(heads) for place in range(row + 1)]
        best = sorted(range(row + 1), key=lambda place: -weights[place])[:LOOKS]
        yield f"{piece(token):<16}  " + "  ".join(
            f"{100 * weights[one]:5.1f} % {piece(data['tokens'][one])}" for one in best
        )


TABLES = {"next_tokens": _next_tokens, "surprise": _surprise, "attention": _attention}
