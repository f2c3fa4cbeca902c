"""The numbers of a trained network in its model's folder (safetensors: data only, nothing that could run)."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

FILE = "model.safetensors"


def load(folder: Path, network: nn.Module) -> None:
    """Give a network, built on the meta device, the weights in this folder.

    BadInput names the file where it is missing, broken, of another network, or holds what is no number.
    """
    path = folder / FILE
    try:
        stored = load_file(path)
    except FileNotFoundError:
        raise BadInput(mark("The model {path} is not whole: {file} is missing."), path=folder, file=FILE) from None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path) from None
    wanted = {name: (one.shape, one.dtype) for name, one in network.state_dict().items()}
    if {name: (one.shape, one.dtype) for name, one in stored.items()} != wanted:
        raise BadInput(mark("The weights in {path} do not fit config.json; use a copy that is whole."), path=path)
    if not all(bool(torch.isfinite(one).all()) for one in stored.values() if one.is_floating_point()):
        raise BadInput(mark("The weights in {path} are not all numbers; train the model again."), path=path)
    network.load_state_dict(stored, assign=True)
