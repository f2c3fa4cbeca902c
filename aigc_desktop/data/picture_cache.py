"""The framed pictures of a set as one array: small in memory, larger on the disk and mapped, so that it is made once.

Nothing of a mapped array counts as the process's memory: the system reads what is taken, and forgets it again.
"""

import hashlib
import json
import math
import mmap
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aigc_desktop import foreign_json
from aigc_desktop.data import cache, framing, gather
from aigc_desktop.data.gather import Size, Survey
from aigc_desktop.data.sides import Chosen
from aigc_desktop.engine import machine, progress
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 2  # of what framing makes
SMALL = 1 << 20  # bytes: less is made again
IN_MEMORY = 1 << 28  # bytes: so much does without a disk
CHECKED = 64  # pictures whose sums are looked at before an array is used again

Shape = tuple[int, int, int, int]
Rows = Iterator[tuple[np.ndarray, np.ndarray]]  # the places of pictures, int64 [n], and they, uint8 [n,C,H,W]


def framed(
    chosen: Chosen, size: Size, how: framing.Framing, colour: bool
) -> "tuple[Tensor, Tensor, Callable[[list[int]], None] | None]":
    """What is learned from and what is held out, uint8 [n,C,H,W] each, read-only; and who is to be told which pictures
    are wanted next, where there are more than the memory holds.

    BadInput where the disk has no room, or a file is not as it was when it was looked at.
    """
    counts = int(chosen.learned.sum()), chosen.heldout
    shape = (sum(counts), 3 if colour else 1, size[1], size[0])

    def rows() -> Rows:
        done = 0
        for places, pixels in _rows(chosen, counts[0], size, how, colour):
            done += len(pixels)
            progress.say(mark("Framing the pictures"), done / shape[0])
            yield places, pixels

    array = _array(lambda: _key(chosen, shape, how), shape, rows)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        import torch

        tensor = torch.from_numpy(array)
    large = isinstance(array, np.memmap) and array.nbytes > machine.memory_bytes() // 4
    return tensor[: counts[0]], tensor[counts[0] :], _ahead(array) if large else None


def _array(key: Callable[[], str], shape: Shape, rows: Callable[[], Rows]) -> np.ndarray:
    size = math.prod(shape)
    if size <= SMALL:
        return _filled(shape, rows())
    name = key()
    known = _mapped(name, shape)
    if known is not None:
        return known
    try:
        with cache.making(name, size) as folder:
            _write(folder, shape, rows())
    except disk.Trouble:
        if size <= IN_MEMORY:
            return _filled(shape, rows())
        raise
    made = _mapped(name, shape)
    if made is None:
        raise BadInput(mark("The cached pictures in {path} cannot be read back."), path=cache.place(name))
    return made


def _filled(shape: Shape, rows: Rows) -> np.ndarray:
    array = np.empty(shape, np.uint8)
    for places, pixels in rows:
        array[places] = pixels
    return array


def _write(folder: Path, shape: Shape, rows: Rows) -> None:
    one = math.prod(shape[1:])
    checked = _checked(shape[0])
    sums: dict[int, int] = {}
    with (folder / "pictures").open("wb") as file:
        for places, pixels in rows:
            pixels = np.ascontiguousarray(pixels)
            breaks = np.flatnonzero(np.diff(places) != 1) + 1
            for run, some in zip(np.split(places, breaks), np.split(pixels, breaks), strict=True):
                if file.tell() != run[0] * one:
                    file.seek(run[0] * one)
                file.write(some.data)
            for row in np.flatnonzero(np.isin(places, checked)).tolist():
                sums[int(places[row])] = zlib.crc32(pixels[row].data)
    facts = {"shape": shape, "sums": [sums[place] for place in checked.tolist()]}
    (folder / "pictures.json").write_text(json.dumps(facts), encoding="utf-8")


def _ahead(array: np.memmap) -> Callable[[list[int]], None] | None:
    """Has the system read all the pictures of a batch at once, rather than one after another as each is touched; and
    none beside them, which would be wanted at another time."""
    mapped: Any = array._mmap  # type: ignore[attr-defined]
    if not hasattr(mmap, "MADV_WILLNEED"):
        return None
    mapped.madvise(mmap.MADV_RANDOM)
    one = math.prod(array.shape[1:])

    def ahead(places: list[int]) -> None:
        for place in places:
            start = place * one // mmap.PAGESIZE * mmap.PAGESIZE
            mapped.madvise(mmap.MADV_WILLNEED, start, place * one + one - start)

    return ahead


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


def _rows(chosen: Chosen, second: int, size: Size, how: framing.Framing, colour: bool) -> Rows:
    def work(pixels: np.ndarray) -> np.ndarray:
        return planes(framing.frame(pixels, size, how), colour)

    at_least = 2 * max(size)
    held = second + chosen.held_places
    if chosen.others is None:
        wanted = chosen.learned | chosen.out
        every = np.empty(len(wanted), np.int64)
        every[chosen.learned], every[chosen.out] = np.arange(second), held
        yield from _placed(gather.read(chosen.found, wanted, at_least, work), every[wanted])
    else:
        yield from _placed(gather.read(chosen.found, chosen.learned, at_least, work), np.arange(second))
        yield from _placed(gather.read(chosen.others, np.ones(len(held), bool), at_least, work), held)


def _placed(pictures: Iterator[tuple[int, np.ndarray]], places: np.ndarray) -> Rows:
    start = 0
    for count, pixels in pictures:
        yield places[start : start + count], pixels
        start += count


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
