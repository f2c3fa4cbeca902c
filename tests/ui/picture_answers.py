"""What models of pictures answer to the views that explore them: small pictures whose shades say what was asked."""

from typing import Any

import numpy as np

from aigc_desktop.media.inline import inline

SIDE = 8  # pixels of a picture
LAYERS = 6
TILE = [SIDE, SIDE]


def sheet(shades: list[float], columns: int = 0) -> str:
    """A picture of each shade, 0 … 255, in one sheet."""
    columns = columns or max(1, len(shades))
    rows = -(-len(shades) // columns)
    pixels = np.zeros((rows * SIDE, columns * SIDE), np.uint8)
    for place, shade in enumerate(shades):
        row, column = divmod(place, columns)
        pixels[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE] = round(shade)
    return inline(pixels)


def plane_shade(x: float, y: float) -> float:
    """Brighter to the right, a little to the top."""
    return 20 + 30 * (x + 3) + 5 * (y + 3)


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """To a question of any of the views."""
    return globals()["_" + question["view"]](question)  # type: ignore[no-any-return]


def _latent_plane(question: dict[str, Any]) -> dict[str, Any]:
    shades = [plane_shade(x, y) + question["seed"] for x, y in question["points"]]
    return {"sheet": sheet(shades, 6), "tile": TILE, "columns": 6, "extent": 3.0, "axes_count": 4}


def _morph(question: dict[str, Any]) -> dict[str, Any]:
    count = question["frames"]
    return {"sheet": sheet([200 * place / (count - 1) for place in range(count)]), "tile": TILE, "columns": count}


def _direction(question: dict[str, Any]) -> dict[str, Any]:
    strengths = question["strengths"]
    shades = [120 + 30 * one for one in strengths]
    return {"sheet": sheet(shades), "tile": TILE, "columns": len(shades), "strengths": strengths}


def _reconstruct(question: dict[str, Any]) -> dict[str, Any]:
    count = len(question["pictures"])
    originals, made = sheet([40 + place for place in range(count)]), sheet([140 + place for place in range(count)])
    nats = [80.0 + place for place in range(count)]
    return {"originals": originals, "sheet": made, "tile": TILE, "columns": count, "nats": nats}


def _mixing(question: dict[str, Any]) -> dict[str, Any]:
    rows, columns, crossover = question["rows"], question["columns"], question["crossover"]
    cells = [(crossover * row + (LAYERS - crossover) * column) / LAYERS for row in rows for column in columns]
    return {
        "rows": sheet(rows),
        "columns_sheet": sheet(columns),
        "cells": sheet(cells, len(columns)),
        "tile": TILE,
        "layers": LAYERS,
        "crossover": crossover,
    }


def _principal(question: dict[str, Any]) -> dict[str, Any]:
    def picture(shade: float) -> str:
        return inline(np.full((SIDE, SIDE, 3), round(shade), np.uint8))

    shares = [0.4, 0.2, 0.1, 0.05]
    changed = 100 + 10 * sum(question["values"][: len(shares)])
    return {"picture": picture(changed), "original": picture(100), "components": 4, "shares": shares}
