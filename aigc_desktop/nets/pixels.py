"""Pictures as numbers that a network reads and writes."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from aigc_desktop.media.inline import inline
from aigc_desktop.media.picture import Picture


def floats(pictures: Tensor) -> Tensor:
    """uint8 [n, C, H, W] → float of the same shape in −1…1."""
    return pictures.float().div_(127.5).sub_(1)


def bytes_of(pictures: Tensor) -> Tensor:
    """Floats in −1…1 → uint8 of the same shape, on the processor."""
    return pictures.detach().float().add(1).mul(127.5).round().clamp(0, 255).to("cpu", torch.uint8)


def pictures_of(pictures: Tensor) -> list[np.ndarray]:
    """Floats [n, C, H, W] in −1…1 → a picture, uint8 [H, W, C], for each."""
    return list(bytes_of(pictures).permute(0, 2, 3, 1).contiguous().numpy())


def sheet(pictures: Sequence[np.ndarray], columns: int) -> dict[str, object]:
    """Pictures of one size, uint8 [H, W, C], side by side without gaps: "sheet", "tile" and "columns" of a view's data."""
    height, width = pictures[0].shape[:2]
    whole = Picture.grid(pictures, columns, gap=0)
    return {"sheet": inline(whole.pixels), "tile": [width, height], "columns": min(columns, len(pictures))}
