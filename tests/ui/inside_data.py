"""What a model says of its inside, as the views get it: small, of single letters."""

from typing import Any

import numpy as np

from aigc_desktop.media.inline import inline

LETTERS = ["a", " ", "b", "床", "\n", "c", "é"]
SURPRISE: dict[str, Any] = {
    "tokens": LETTERS,
    "nats": [0.0, 0.7, 2.3, 4.6, 9.0, 1.2, None],
    "likeliest": [[["a", 0.99], ["b", 0.01]], [], [["b", 0.1]], [], [], [["x", 0.5], ["\n", 0.25]], []],
    "mean": 2.9667,
    "count": 6,
}
NEXT: dict[str, Any] = {
    "text": "a b\nc",
    "tokens": ["a", " b", "\n", "床", "<|endoftext|>", "⟨E4 B8⟩"],
    "probabilities": [0.5, 0.25, 0.1, 0.05, 0.02, 0.00004],
}
DRAWN = NEXT | {"drawn": [0.7, 0.2, 0.1, 0.0, 0.0, 0.0]}


def attention(layers: int = 2, heads: int = 3, tokens: int = 6, only: int | None = None) -> dict[str, Any]:
    """Each head looks a little further back than the one before it, and the rest evenly at all."""
    weights = []
    for layer in range(layers):
        made = []
        for head in range(heads):
            rows = []
            for row in range(tokens):
                even = [0.4 / (row + 1) if place <= row else 0.0 for place in range(tokens)]
                even[max(0, row - head - layer)] += 0.6
                rows.append([round(weight, 4) for weight in even])
            made.append(rows)
        weights.append(made if only in (None, layer) else None)
    return {"tokens": ["<s>", *LETTERS[: tokens - 1]], "weights": weights, "first": 1, "count": tokens - 1}


def verdicts(unbounded: bool = False) -> dict[str, Any]:
    """Three real and two created pictures of 4×4, each as grey as its number says; the created ones lie to the right."""
    tiles = [np.full((4, 4), 50 * number, np.uint8) for number in range(5)]
    sheet = np.vstack([np.hstack([*tiles[:3]]), np.hstack([*tiles[3:], np.zeros((4, 4), np.uint8)])])
    real, created = [[-2.0, 0.0, 0.9], [-1.0, 1.0, 0.8], [0.0, -1.0, 0.3]], [[2.0, 0.5, 0.1], [1.0, 0.0, 0.4]]
    if unbounded:
        real, created = ([[x, y, 10 * score - 4] for x, y, score in one] for one in (real, created))
    return {
        "sheet": inline(sheet),
        "tile": [4, 4],
        "columns": 3,
        "real": real,
        "created": created,
        "unbounded": unbounded,
    }
