"""What training a model further takes, from its files alone; imports no torch."""

import math
import re
from pathlib import Path
from typing import Any

from aigc_desktop.engine import adapter_files, model_files
from aigc_desktop.engine.registry import Preflight
from aigc_desktop.engine.tensor_files import Stored, read_header

RUNTIME = 600 << 20  # torch, transformers and peft themselves, measured
PER_LAYER = 34  # numbers of the width of a layer that the backward pass needs of it, for each token


def preflight(params: Any, facts: dict[str, Any]) -> Preflight:
    """How many weights are trained; memory at the peak from them, the model, and the activations of a batch.

    BadInput where the folder lacks a file. Without a folder both are only what any training takes.
    """
    folder = Path(params.base)
    adapter = adapter_files.is_adapter(folder)
    tensors = model_files.all_weights(adapter_files.base_of(folder) if adapter else folder) if params.base else {}
    linear = {
        name: one for name, one in tensors.items() if model_files.is_linear(name, one) and not model_files.is_head(name)
    }
    count = sum(one.count for one in tensors.values())
    if params.method == "full":
        trained = count
    elif adapter:
        trained = sum(one.count for one in read_header(folder / adapter_files.WEIGHTS).values())
    else:
        trained = params.rank * sum(sum(one.shape) for name, one in linear.items() if is_chosen(name, params.targets))
    return Preflight(trained, _memory(params, facts, tensors, linear, trained))


def is_chosen(name: str, targets: str) -> bool:
    """Whether a linear layer's weights are of one of the layers to adapt."""
    wanted = split(targets)
    return not wanted or name.removesuffix(".weight").rpartition(".")[2] in wanted


def split(targets: str) -> list[str]:
    """The names in a text, separated by commas or spaces."""
    return [one for one in re.split(r"[\s,;，、]+", targets) if one]


def _memory(
    params: Any, facts: dict[str, Any], tensors: dict[str, Stored], linear: dict[str, Stored], trained: int
) -> int:
    from aigc_desktop.data import filed

    count = sum(one.count for one in tensors.values())
    layers = max(1, len({found[1] for name in linear if (found := re.search(r"\.(\d+)\.", name))}))
    width = math.sqrt(sum(one.count for one in linear.values()) / (12 * layers))
    whole = min(3 * PER_LAYER + layers, PER_LAYER * layers) if params.recompute else PER_LAYER * layers
    places = params.batch_size * params.sequence_length
    scores = (1 if params.recompute else layers) * places * params.sequence_length * max(1.0, width / 32)
    activations = 4 * places * (whole * width + 3 * model_files.rows(tensors)) + 2 * scores
    # The weights, their file and a 16-bit copy; of what is trained gradients and two moments; the text and its tokens.
    return RUNTIME + int(8 * count + 16 * trained + activations) + filed.memory(facts.get("characters", 0))
