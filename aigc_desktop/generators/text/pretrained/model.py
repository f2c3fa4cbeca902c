"""Any causal language model in a local folder: create()."""

from pathlib import Path
from typing import Any

import torch

from aigc_desktop.engine.run import Run
from aigc_desktop.generators.text.pretrained.spec import Create
from aigc_desktop.nets.causal import explain, write


def create(folder: Path, params: Create, run: Run) -> None:
    """Continue `params.prompt` with the model in this folder."""
    write.create(folder, params, run)


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """Answer a question about the model in this folder."""
    return explain.explore(folder, question, device)
