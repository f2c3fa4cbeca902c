"""The framed pictures of a set as one array: small in memory, larger on the disk and mapped, so that it is made once.

Nothing of a mapped array counts as the process's memory: the system reads what is taken, and forgets it again.
"""

import hashlib
import json
import math
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aigc_desktop import foreign_json
from aigc_desktop.data import cache, framing, gather
from aigc_desktop.data.gather import Size, Survey
from aigc_desktop.data.sides import Chosen
from aigc_desktop.engine import progress
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1  # of what framing makes
SMALL = 1 << 20  # bytes: less is made again
IN_MEMORY = 1 << 28  # bytes: so much does without a disk
CHECKED = 64  # pictures whose sums are looked at before an array is used again

Shape = tuple[int, int, int, int]
Rows = Iterator[tuple[int, np.ndarray]]  # which side, uint8 [n,C,H,W] in order


def framed(chosen: Chosen, size: Size, how: framing.Framing, colour: bool) -> "tuple[Tensor, Tensor]":
    """What is learned from and what is held out, uint8 [n,C,H,W] each, read-only.

    BadInput where the disk has no room, or a file is not as it was when it was looked at.
    """
    counts = int(chosen.learned.sum()), chosen.heldout
    shape = (sum(counts), 3 if colour else 1, size[1], size[0])

    def rows() -> Rows:
        done = 0
        for side, pixels in _rows(chosen, size, how, colour):
            done += len(pixels)
            progress.say(mark("Framing the pictures"), done / shape[0])
            yield side, pixels

    array = _array(lambda: _key(chosen, shape, how), shape, counts[0], rows)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        import torch

        tensor = torch.from_numpy(array)
    return tensor[: counts[0]], tensor[counts[0] :]


def _array(key: Callable[[], str], shape: Shape, second: int, rows: Callable[[], Rows]) -> np.ndarray:
    """An array of this shape; its rows from `second` on are those of side 1."""
    size = math.prod(shape)
    if size <= SMALL:
        return _filled(shape, second, rows())
    name = key()
    known = _mapped(name, shape)
    if known is not None:
        return known
    try:
        with cache.making(name, size) as folder:
            _write(folder, shape, second, rows())
    except disk.Trouble:
        if size <= IN_MEMORY:
            return _filled(shape, second, rows())
        raise
    made = _mapped(name, shape)
    if made is None:
        raise BadInput(mark("The cached pictures in {path} cannot be read back."), path=cache.place(name))
    return made


def _filled(shape: Shape, second: int, rows: Rows) -> np.ndarray:
    array = np.empty(shape, np.uint8)
    ends = [0, second]
    for side, pixels in rows:
        array[ends[side] : ends[side] + len(pixels)] = pixels
        ends[side] += len(pixels)
    return array


def _write(folder: Path, shape: Shape, second: int, rows: Rows) -> None:
    one = math.prod(shape[1:])
    places = _checked(shape[0])
    sums: dict[int, int] = {}
    path = folder / "pictures"
    path.touch()
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("r+b")) for _ in range(2)]
        files[1].seek(second * one)
        ends = [0, second]
        for side, pixels in rows:
            files[side].write(np.ascontiguousarray(pixels).data)
            for place in places[(places >= ends[side]) & (places < ends[side] + len(pixels))].tolist():
                sums[place] = zlib.crc32(np.ascontiguousarray(pixels[place - ends[side]]).data)
            ends[side] += len(pixels)
    facts = {"shape": shape, "sums": [sums[place] for place in places.tolist()]}
    (folder / "pictures.json").write_text(json.dumps(facts), encoding="utf-8")


def _mapped(key: str, shape: Shape) -> np.ndarray | None:
    """The array under this key, mapped read-only; None where there is none, or not as it was made."""
    folder = cache.find(key)
    if folder is None:
        return None
    try:
        facts = foreign_json.parse((folder / "pictures.json").read_bytes())
        if (folder / "pictures").stat().st_size != math.prod(shape):
            raise ValueError(key)
        # Shared and read-only: a private mapping would count as memory of this process.
        array = np.memmap(folder / "pictures", np.uint8, "r", shape=shape)
        if [zlib.crc32(array[place].data) for place in _checked(shape[0]).tolist()] != facts["sums"]:
            raise ValueError(key)
    except (OSError, ValueError, KeyError, TypeError):
        cache.forget(key)
        return None
    return array


def _checked(count: int) -> np.ndarray:
    """Which pictures' sums are kept: the first, the last, and some between."""
    return np.unique(np.linspace(0, count - 1, min(count, CHECKED)).astype(np.int64))


def _rows(chosen: Chosen, size: Size, how: framing.Framing, colour: bool) -> Rows:
    def work(pixels: np.ndarray) -> np.ndarray:
        return planes(framing.frame(pixels, size, how), colour)

    at_least = 2 * max(size)
    if chosen.others is not None:
        for _, pixels in gather.read(chosen.found, chosen.learned, at_least, work):
            yield 0, pixels
        for _, pixels in gather.read(chosen.others, np.ones(len(chosen.others.pictures), bool), at_least, work):
            yield 1, pixels
        return
    wanted = chosen.learned | chosen.out
    out, place = chosen.out[wanted], 0
    for count, pixels in gather.read(chosen.found, wanted, at_least, work):
        here = out[place : place + count]
        place += count
        for side, some in ((0, ~here), (1, here)):
            if some.any():
                yield side, pixels[some]


def planes(pixels: np.ndarray, colour: bool) -> np.ndarray:
    """Pictures [n,H,W] or [n,H,W,3] as [n,C,H,W]; grey is weighed as in Rec. 601 where a picture in colour must be grey."""
    if pixels.ndim == 3:
        return np.repeat(pixels[:, None], 3 if colour else 1, axis=1)
    if colour:
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
    return (pixels @ np.array([0.299, 0.587, 0.114])).round().astype(np.uint8)[:, None]


def _key(chosen: Chosen, shape: Shape, how: str) -> str:
    digest = hashlib.sha256(json.dumps([VERSION, shape, how]).encode())
    for found, some in _parts(chosen):
        digest.update(np.ascontiguousarray(found.pictures["digest"][some]).data)
        digest.update(b"|")
    return "pictures-" + digest.hexdigest()[:32]


def _parts(chosen: Chosen) -> Iterator[tuple[Survey, np.ndarray]]:
    yield chosen.found, chosen.learned
    if chosen.others is None:
        yield chosen.found, chosen.out
    else:
        yield chosen.others, np.ones(len(chosen.others.pictures), bool)
