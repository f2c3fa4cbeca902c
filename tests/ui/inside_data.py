"""What a model says of its inside, as the views get it: small, of single letters."""

from typing import Any

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
