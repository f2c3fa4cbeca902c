"""Every picture under a path, read one after another: what look and load of `data.pictures` have in common."""

import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, TypeVar

import numpy as np
from PIL import Image, ImageOps

from aigc_desktop.data import idx
from aigc_desktop.data.archives import Entry, Files, open_files
from aigc_desktop.data.pictures import SUFFIXES
from aigc_desktop.i18n import mark
from aigc_desktop.media.decode import decode, measure
from aigc_desktop.problems import BadInput, Sentence

FOREIGN = (".heic", ".heif", ".svg", ".psd", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".jxl", ".eps")
MAX_BYTES = 512 << 20
# Small pictures are kept from the first look at their size; of very many, that would be too much.
SMALL, EARLY = 1 << 14, 20_000  # bytes, files
THREADS = min(4, os.cpu_count() or 1)
TRAINING = re.compile(r"train(ing)?([-_.]|$)", re.IGNORECASE)
LABELS = re.compile(r"idx1|labels", re.IGNORECASE)
TESTING = re.compile(r"(t10k|tests?|testing|val|valid|validation)([-_.]|$)", re.IGNORECASE)

Part = Literal["training", "heldout"]
Size = tuple[int, int]  # width, height
T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """The pictures of one file: uint8 [n,H,W] or [n,H,W,3], the digest of each, the file's SHA-256."""

    pixels: np.ndarray
    digests: list[bytes]
    sha256: bytes

    @property
    def size(self) -> Size:
        return self.pixels.shape[2], self.pixels.shape[1]


@dataclass
class Gathered:
    """What was read: for each picture its digest and, where wanted, its pixels at `size`.

    `sizes` counts the pictures' own sizes; `apart` names the test parts that were left alone; `others` counts files that
    are no pictures. `sha256` is that of the one file, or of the files' SHA-256 digests in the order of their names.
    """

    size: Size
    sizes: Counter[Size] = field(default_factory=Counter)
    colour: bool = False
    digests: list[bytes] = field(default_factory=list)
    pixels: list[np.ndarray] = field(default_factory=list)  # each uint8 [n,H,W] or [n,H,W,3]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    others: int = 0
    sums: list[bytes] = field(default_factory=list)

    def add(self, content: Content, own: Size, keep: bool) -> None:
        """Take a file's pictures, which were `own` large, at the size of all."""
        self.sizes[own] += len(content.pixels)
        self.colour = self.colour or not grey(content.pixels)
        self.digests += content.digests
        self.sums.append(content.sha256)
        if keep:
            self.pixels.append(content.pixels)

    @property
    def sha256(self) -> str:
        return (self.sums[0] if len(self.sums) == 1 else hashlib.sha256(b"".join(self.sums)).digest()).hex()


def gather(path: str, part: Part, choose: Callable[[Counter[Size]], Size], keep: bool) -> Gathered:
    """Read every picture under the path, decoding each; `choose` gives the size from the counted sizes.

    Only with `keep` are pixels kept, brought to that size. Files that cannot be used are listed as skipped. A path with
    training and test parts (folders `train` and `test`, or idx files `train-…` and `t10k-…`) gives the one asked for.
    BadInput where there is nothing at the path, or its only file cannot be used.
    """
    with open_files(path) as files:
        entries, others = _candidates(files)
        if not entries and files.only_zip:
            return gather(str(files.only_zip), part, choose, keep)
        entries, apart = _part(entries, part)
        skipped = list(files.skipped)
        early = len(entries) <= EARLY
        opened: dict[Entry, Content | Size] = {}
        for entry, result in _each(files, entries, lambda files, entry: _open(files, entry, early)):
            if isinstance(result, Sentence):
                skipped.append((entry.name, result))
            else:
                opened[entry] = result
        counted: Counter[Size] = Counter()
        for thing in opened.values():
            if isinstance(thing, Content):
                counted[thing.size] += len(thing.pixels)
            else:
                counted[thing] += 1
        size = choose(counted) if counted else (0, 0)
        found = Gathered(size, skipped=skipped, apart=apart, others=others)
        for entry, content in _each(files, list(opened), lambda files, entry: _read(files, entry, opened[entry], size)):
            if isinstance(content, Sentence):
                found.skipped.append((entry.name, content))
            else:
                own = opened.pop(entry)
                found.add(content, own.size if isinstance(own, Content) else own, keep)
        return found


def of_array(pixels: np.ndarray, choose: Callable[[Counter[Size]], Size], keep: bool) -> Gathered:
    """Pictures that are already in memory, uint8 [N,H,W] or [N,H,W,3]."""
    content = Content(pixels, _row_digests(pixels), hashlib.sha256(np.ascontiguousarray(pixels).data).digest())
    found = Gathered(choose(Counter({content.size: len(pixels)})))
    found.add(replace(content, pixels=fit(pixels, found.size)), content.size, keep)
    return found


def grey(pixels: np.ndarray) -> bool:
    """Are red, green and blue the same everywhere?"""
    if pixels.ndim == 3:
        return True
    return np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 1], pixels[..., 2])


def fit(pixels: np.ndarray, size: Size) -> np.ndarray:
    """Pictures [n,H,W] or [n,H,W,3] at this size: cut in the middle to its shape, then scaled (Lanczos)."""
    if pixels.shape[1:3] == (size[1], size[0]):
        return pixels
    return np.stack([np.asarray(ImageOps.fit(Image.fromarray(one), size, Image.Resampling.LANCZOS)) for one in pixels])


def _candidates(files: Files) -> tuple[list[Entry], int]:
    """The entries that may be pictures, and how many others there are."""
    known = (*SUFFIXES, *FOREIGN)
    entries = [
        entry
        for entry in files.entries
        if entry.suffix in known or (idx.is_idx(files, entry) and (files.single or not LABELS.search(entry.name)))
    ]
    return entries, len(files.entries) - len(entries)


def _part(entries: list[Entry], part: Part) -> tuple[list[Entry], list[str]]:
    """The entries of the part asked for, and the names of the parts left alone."""
    top = os.path.commonpath([os.path.dirname(entry.name) for entry in entries]) if entries else ""
    start = len(top) + 1 if top else 0

    def label(entry: Entry) -> str:
        first, slash, _ = entry.name[start:].partition("/")
        return first if slash or entry.suffix not in SUFFIXES else ""

    if not any(TRAINING.match(label(entry)) for entry in entries):
        return entries, []
    testing = [entry for entry in entries if TESTING.match(label(entry))]
    if part == "heldout":
        return testing or entries, []
    training = [entry for entry in entries if not TESTING.match(label(entry))]
    return training, sorted({label(entry) for entry in testing})


def _each(
    files: Files, entries: list[Entry], work: Callable[[Files, Entry], T]
) -> Iterator[tuple[Entry, T | Sentence]]:
    """Each entry in order with what `work` makes of it, or the sentence of its BadInput; a few at a time in threads."""

    def guarded(entry: Entry) -> T | Sentence:
        try:
            return work(files, entry)
        except BadInput as problem:
            if files.single:
                raise
            return problem.sentence

    waiting = iter(entries)
    with ThreadPoolExecutor(THREADS) as pool:
        while batch := list(islice(waiting, 64)):
            yield from zip(batch, pool.map(guarded, batch), strict=True)


def _open(files: Files, entry: Entry, early: bool) -> Content | Size:
    """An idx file's pictures; of a picture file only the size, or all of it if `early` and it is small."""
    if entry.suffix in FOREIGN:
        raise BadInput(
            mark("{path} is of a kind that is not read ({suffix}); save it as PNG or JPEG."),
            path=files.shown(entry),
            suffix=entry.suffix,
        )
    if entry.suffix not in SUFFIXES:
        pixels = idx.read(files, entry)
        return Content(pixels, _row_digests(pixels), files.sha256(entry))
    if early and entry.bytes <= SMALL:
        content = _decode(files, entry)
        return content if content.pixels.nbytes <= SMALL else content.size
    with files.open(entry) as file:
        return measure(file, files.shown(entry))


def _read(files: Files, entry: Entry, opened: Content | Size, size: Size) -> Content:
    """The file's pictures at the size."""
    content = opened if isinstance(opened, Content) else _decode(files, entry, at_least=2 * max(size))
    return replace(content, pixels=fit(content.pixels, size))


def _decode(files: Files, entry: Entry, at_least: int = 0) -> Content:
    """The picture of a picture file."""
    data = files.read(entry, MAX_BYTES)
    pixels = _on_white(decode(io.BytesIO(data), files.shown(entry), at_least))[None]
    digest = hashlib.sha256(data).digest()
    return Content(pixels[..., 0] if pixels.ndim == 4 and grey(pixels) else pixels, [digest], digest)


def _on_white(pixels: np.ndarray) -> np.ndarray:
    """Without transparency, as if on white paper."""
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return pixels
    opacity = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)


def _row_digests(pixels: np.ndarray) -> list[bytes]:
    return [hashlib.blake2b(row, digest_size=32).digest() for row in np.ascontiguousarray(pixels)]
