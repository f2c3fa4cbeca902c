"""Pictures that are in a set more than once: the same to the last pixel, or so alike that nobody tells them apart.

The look from afar is dHash (Krawetz 2013, "Kind of Like That"): which of two neighbours is brighter, in a copy of 9×8
pixels; 64 bits. Since it knows neither colours nor small things, a copy of 8×8 pixels is compared too.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image

SMALLEST = 64  # pixels: smaller pictures are alike by their nature, as digits are
BITS = 3  # in which two alike pictures may differ
TONE = 16  # by how much of 255 any of the 8×8 pixels may
TONES = 8 * 8 * 3
BLOCK = 16  # bits: of two hashes that differ in 3 at most, one of four blocks is equal
CROWD = 32  # of those with an equal block so many are compared with each: the next ones by hash, then by brightness


def fingerprint(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hash (uint64 [n], never 0) and tones (uint8 [n, 192]) of pictures uint8 [n,H,W] or [n,H,W,3].

    Of small ones hash 0, and no tones [0, 192].
    """
    hashes = np.zeros(len(pixels), np.uint64)
    if min(pixels.shape[1:3]) < SMALLEST:
        return hashes, np.zeros((0, TONES), np.uint8)
    tones = np.empty((len(pixels), TONES), np.uint8)
    for number, one in enumerate(pixels):
        image = Image.fromarray(one).convert("RGB")
        small = image.resize((9, 8), Image.Resampling.BOX)
        bright = np.asarray(small.convert("L")).astype(np.int16)
        bits = np.packbits(bright[:, 1:] > bright[:, :-1])
        hashes[number] = max(1, int.from_bytes(bits.tobytes(), "big"))
        tones[number] = np.asarray(image.resize((8, 8), Image.Resampling.BOX)).reshape(-1)
    return hashes, tones


def copies(same: np.ndarray) -> np.ndarray:
    """For each picture the number of the first one with the same pixels (uint64 [n]): its own, where it is that."""
    order = np.argsort(same, kind="stable")  # of equal ones the first comes first
    new = np.ones(len(same), bool)
    new[1:] = same[order][1:] != same[order][:-1]
    first = np.empty(len(same), np.int64)
    first[order] = order[new][np.cumsum(new) - 1]
    return first


def alike(hashes: np.ndarray, tones: np.ndarray, first: np.ndarray) -> np.ndarray:
    """For each picture the first one that it cannot be told from, `first` (as of `copies`) among them.

    `tones` [m, 192] are those of the m pictures whose hash is not 0.
    """
    found = first.copy()
    seen = np.flatnonzero(hashes)
    new = first[seen] == seen
    chosen = seen[new]
    for earlier, later in _pairs(hashes[chosen], tones[new]):
        for one, other in zip(chosen[earlier], chosen[later], strict=True):
            one, other = sorted((_root(found, one), _root(found, other)))
            found[other] = one
    for number in np.flatnonzero(found != np.arange(len(found))).tolist():
        found[number] = _root(found, number)
    return found


def _pairs(hashes: np.ndarray, tones: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers of pictures that are alike, in two arrays. Time grows with the number of pictures, not with its square."""
    bright = tones.mean(1)
    for shift in range(0, 64, BLOCK):
        block = (hashes >> np.uint64(shift)) & np.uint64((1 << BLOCK) - 1)
        order = np.lexsort((bright, hashes, block))
        for apart in range(1, min(CROWD, len(order))):
            one, other = order[:-apart], order[apart:]
            near = block[one] == block[other]
            if not near.any():
                break
            one, other = one[near], other[near]
            near = np.bitwise_count(hashes[one] ^ hashes[other]) <= BITS
            one, other = one[near], other[near]
            near = (np.abs(tones[one].astype(np.int16) - tones[other]) <= TONE).all(1)
            yield one[near], other[near]


def _root(found: np.ndarray, number: int) -> int:
    while found[number] != number:
        number = found[number]
    return int(number)
