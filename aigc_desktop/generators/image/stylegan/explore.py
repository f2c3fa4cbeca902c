"""What the mixing table and the sliders of principal directions ask of a trained StyleGAN."""

from pathlib import Path
from typing import Any

import torch

from aigc_desktop.generators.image.stylegan import principal
from aigc_desktop.generators.image.stylegan.create import table
from aigc_desktop.generators.image.stylegan.maker import Maker, maker
from aigc_desktop.i18n import mark
from aigc_desktop.media.inline import inline
from aigc_desktop.nets.pixels import sheet
from aigc_desktop.problems import BadInput

MOST = 16  # rows or columns


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The data of the view that the question names: "mixing" or "principal"."""
    model = maker(folder, device)
    return {"mixing": _mixing, "principal": _principal}[question["view"]](model, question)


def _mixing(model: Maker, question: dict[str, Any]) -> dict[str, Any]:
    rows, columns = (_seeds(question, name) for name in ("rows", "columns"))
    crossover = min(_whole(question, "crossover", model.layers // 2), model.layers)
    made = table(model, rows, columns, crossover, _number(question, "truncation", 1.0))
    tiles = sheet(made.cells, len(columns))
    return {
        "rows": sheet(made.rows, 1)["sheet"],
        "columns_sheet": sheet(made.columns, len(columns))["sheet"],
        "cells": tiles["sheet"],
        "tile": tiles["tile"],
        "columns": len(columns),
        "layers": model.layers,
        "crossover": crossover,
    }


def _principal(model: Maker, question: dict[str, Any]) -> dict[str, Any]:
    values = question.get("values", [])
    if not isinstance(values, list):
        raise _unusable("values")
    known = len(model.generator.spreads)
    distances = {number + 1: _number({"values": one}, "values", 0.0) for number, one in enumerate(values[:known])}
    w = model.w(_whole(question, "seed", 0), _number(question, "truncation", 1.0))
    return {
        "picture": inline(model.picture(model.moved(w, distances))),
        "original": inline(model.picture(w)),
        "components": known,
        "shares": [round(share, 5) for share in principal.shares(model.generator)],
    }


def _seeds(question: dict[str, Any], name: str) -> list[int]:
    found = question.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= MOST:
        raise _unusable(name)
    return [_whole({name: one}, name, 0) for one in found]


def _whole(question: dict[str, Any], name: str, default: int) -> int:
    value = question.get(name, default)
    if type(value) is not int or not 0 <= value < 2**63:
        raise _unusable(name)
    return value


def _number(question: dict[str, Any], name: str, default: float) -> float:
    value = question.get(name, default)
    if type(value) not in (int, float) or not abs(value) <= 100:
        raise _unusable(name)
    return float(value)


def _unusable(name: str) -> BadInput:
    return BadInput(mark("The question's {name} cannot be used."), name=name)
