"""Single pictures that a user gives to a model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aigc_desktop.data.framing import Framing, frame
from aigc_desktop.data.pictures import SUFFIXES
from aigc_desktop.i18n import mark
from aigc_desktop.media.decode import decode
from aigc_desktop.problems import BadInput

GREY = np.array([0.299, 0.587, 0.114])  # Rec. 601


def files(paths: Sequence[str]) -> list[Path]:
    """The files named, a folder standing for the pictures in it; BadInput where there is nothing, or no picture."""
    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
        if not inside:
            raise BadInput(mark("There are no pictures in {path}."), path=path)
        found += inside
    return found


def read(path: Path | str, width: int, height: int, channels: int, framing: Framing = "crop") -> np.ndarray:
    """The picture of a file as a model with these sizes sees it: uint8 [C, H, W], without transparency on white.

    BadInput names the file where it is missing, broken or no picture.
    """
    pixels = decode(Path(path))
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        opacity = pixels[..., 3:].astype(np.uint16)
        pixels = ((pixels[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    if pixels.ndim == 2 and channels == 3:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    framed = frame(pixels[None], (width, height), framing)[0]
    if framed.ndim == 3 and channels == 1:
        framed = (framed @ GREY).round().astype(np.uint8)
    return framed[None] if framed.ndim == 2 else np.ascontiguousarray(framed.transpose(2, 0, 1))
