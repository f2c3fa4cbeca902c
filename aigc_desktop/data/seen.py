"""A few pictures of a set as a network will see them. Imports no torch; of a large set only these are read."""

from dataclasses import dataclass

import numpy as np

from aigc_desktop.data import framing, gather
from aigc_desktop.data.gather import Size
from aigc_desktop.data.picture_cache import planes
from aigc_desktop.data.sides import Chosen

EARLY = 1 << 10  # pictures: of a file with many, only the first are shown, since it is read from its beginning


@dataclass(frozen=True)
class Seen:
    """A picture, uint8 [H,W] or [H,W,3]; the name of its file, and of its class ("": none)."""

    pixels: np.ndarray
    name: str
    label: str


def sample(chosen: Chosen, count: int, size: Size, how: framing.Framing, colour: bool, mirror: bool) -> list[Seen]:
    """Up to `count` pictures, evenly spread over the set; with `mirror` every second one is mirrored."""
    found = chosen.found
    can = np.flatnonzero(chosen.used & (found.pictures["number"] < EARLY))
    numbers = can[np.unique(np.linspace(0, len(can) - 1, min(count, len(can))).round().astype(int))]
    wanted = np.zeros(len(found.pictures), bool)
    wanted[numbers] = True

    def work(pixels: np.ndarray) -> np.ndarray:
        return planes(framing.frame(pixels, size, how), colour)

    pictures: list[np.ndarray] = []
    for _, some in gather.read(found, wanted, 2 * max(size), work):
        pictures += list(some)
        if len(pictures) >= len(numbers):
            break
    seen = []
    for place, (number, planar) in enumerate(zip(numbers.tolist(), pictures, strict=True)):
        pixels = planar[0] if len(planar) == 1 else planar.transpose(1, 2, 0)
        label = found.pictures["label"][number]
        name = found.classes[label] if found.classes else ""
        pixels = pixels[:, ::-1] if mirror and place % 2 else pixels
        seen.append(Seen(np.ascontiguousarray(pixels), found.name(number), name))
    return seen
