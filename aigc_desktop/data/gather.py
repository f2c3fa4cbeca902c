"""Every picture under a path, looked at one after another: what is there, without keeping it. `pixels` reads it again."""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeVar

import numpy as np

from aigc_desktop.data import classes, idx
from aigc_desktop.data.archives import Entry, Files, open_files
from aigc_desktop.data.duplicates import TONES, fingerprint
from aigc_desktop.data.pictures import SUFFIXES
from aigc_desktop.engine import progress
from aigc_desktop.i18n import mark
from aigc_desktop.media.decode import decode, measure
from aigc_desktop.problems import BadInput, Sentence

FOREIGN = (".heic", ".heif", ".svg", ".psd", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".jxl", ".eps")
MAX_BYTES = 512 << 20
ENOUGH = 256  # pixels: no side of a JPEG is decoded to less
KEPT = 64 << 20  # bytes of pixels that are kept from the first look
THREADS = min(4, os.cpu_count() or 1)
TRAINING = re.compile(r"train(ing)?([-_.]|$)", re.IGNORECASE)
LABELS = re.compile(r"idx1|labels", re.IGNORECASE)
TESTING = re.compile(r"(t10k|tests?|testing|val|valid|validation)([-_.]|$)", re.IGNORECASE)
# What is known of a picture: its file, its number in that, its own size, whether it is grey, its class (-1: none), the
# digest that decides its side, that of its pixels, and what it looks like from afar (0: not known; see `duplicates`).
PICTURE = np.dtype(
    [
        ("file", "<u4"), ("number", "<u4"), ("width", "<i4"), ("height", "<i4"), ("grey", "?"), ("label", "<i4"),
        ("digest", "u1", 16), ("same", "<u8"), ("hash", "<u8"),
    ]
)  # fmt: skip

Part = Literal["training", "heldout"]
Size = tuple[int, int]  # width, height
T = TypeVar("T")


@dataclass
class Survey:
    """What is there. `pictures` is a PICTURE array [n], in the order of the `files` that they are in; `tones` [m, TONES]
    are those of the m pictures with a hash.

    `apart` names the test parts that were left alone; `others` counts files that are no pictures; `astray` the pictures
    that are in no class folder although there are some. `sha256` is that of the one file, or of the files' SHA-256
    digests in the order of their names. `kept` has the pixels of a small set by file: uint8 [n,H,W] or [n,H,W,3].
    """

    path: str
    pictures: np.ndarray
    tones: np.ndarray
    files: list[str]
    sha256: str
    classes: tuple[str, ...] = ()
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    others: int = 0
    astray: int = 0
    kept: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def colour(self) -> bool:
        return not bool(self.pictures["grey"].all())

    def name(self, picture: int) -> str:
        """What a picture is called: its file, and its number there among several."""
        one = self.pictures[picture]
        name = self.files[one["file"]]
        alone = np.count_nonzero(self.pictures["file"] == one["file"]) == 1
        return name if alone else f"{name}[{one['number']}]"


@dataclass(frozen=True)
class _Seen:
    """One file: its pictures, its SHA-256, and the pixels where they are small."""

    pictures: np.ndarray
    tones: np.ndarray
    sha256: bytes
    pixels: np.ndarray | None


def survey(path: str, part: Part, keep: int = KEPT) -> Survey:
    """Look at every picture under the path, decoding each. Files that cannot be used are listed as skipped.

    A path with training and test parts (folders `train` and `test`, or idx files `train-…` and `t10k-…`) gives the one
    asked for. At most `keep` bytes of pixels are kept, of all pictures or of none. BadInput where there is nothing at the
    path, or its only file cannot be used.
    """
    with open_files(path) as files:
        entries, others = _candidates(files)
        if not entries and files.only_zip:
            return survey(str(files.only_zip), part, keep)
        entries, apart = _part(entries, part)
        skipped = list(files.skipped)
        used: list[Entry] = []
        counts: list[int] = []
        seen, tones = bytearray(), bytearray()  # of a million files, as many small arrays would take ten times the room
        sums: list[bytes] = []
        kept: dict[int, np.ndarray] = {}
        room = keep
        for done, (entry, result) in enumerate(_each(files, entries, _look)):
            progress.say(mark("Looking at the pictures"), done / len(entries))
            if isinstance(result, Sentence):
                skipped.append((entry.name, result))
                continue
            result.pictures["file"] = len(used)
            room -= result.pixels.nbytes if result.pixels is not None else keep + 1
            if room >= 0 and result.pixels is not None:
                kept[len(used)] = result.pixels
            else:
                kept.clear()
            used.append(entry)
            counts.append(len(result.pictures))
            seen += result.pictures.tobytes()
            tones += result.tones.tobytes()
            sums.append(result.sha256)
        pictures = np.frombuffer(seen, PICTURE)
        names, pictures["label"], astray, problems = classes.find(files, used, counts)
        return Survey(
            str(path), pictures, np.frombuffer(tones, np.uint8).reshape(-1, TONES), [entry.name for entry in used],
            _together(sums), names, skipped + problems, apart, others, astray, kept,
        )  # fmt: skip


def of_array(pixels: np.ndarray, labels: np.ndarray, names: tuple[str, ...], path: str) -> Survey:
    """Pictures that are already in memory, uint8 [N,H,W] or [N,H,W,3], with the number of each one's class."""
    pictures, tones = _facts(pixels)
    pictures["label"] = labels
    sha256 = hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest()
    return Survey(path, pictures, tones, [""], sha256, names, kept={0: pixels})


def read(found: Survey, chosen: np.ndarray, at_least: int, work: Callable[[np.ndarray], T]) -> Iterator[tuple[int, T]]:
    """What `work` makes of the chosen (bool [n]) pictures, in their order: how many pictures, and that.

    `work` gets the uint8 [n,H,W] or [n,H,W,3] of a part of one file, in one of several threads. A JPEG may come smaller,
    no side under `at_least`. BadInput where a file is not as it was when it was looked at.
    """
    wanted = np.split(chosen, np.searchsorted(found.pictures["file"], np.arange(1, len(found.files))))
    if found.kept and at_least <= ENOUGH:
        for number, here in enumerate(wanted):
            for start in range(0, len(here), PIECE):
                some = found.kept[number][start : start + PIECE][here[start : start + PIECE]]
                if len(some):
                    yield len(some), work(some)
        return
    at_least = max(at_least, ENOUGH)
    with open_files(found.path) as files:
        known = {entry.name: entry for entry in files.entries}
        order = {known[name]: here for name, here in zip(found.files, wanted, strict=True) if name in known}
        if len(order) < len(found.files):
            raise _changed(found)

        def one(files: Files, entry: Entry) -> T:
            return work(_pixels(_decoded(files, entry, at_least)[0]))

        for many, group in _grouped([entry for entry, here in order.items() if here.any()]):
            if not many:
                for _, result in _each(files, group, one):
                    if isinstance(result, Sentence):
                        raise _changed(found)
                    yield 1, result
                continue
            for entry in group:
                place = 0
                for piece in idx.pieces(files, entry):
                    some = piece[order[entry][place : place + len(piece)]]
                    place += len(piece)
                    if len(some):
                        yield len(some), work(some)
                if place != len(order[entry]):
                    raise _changed(found)


PIECE = 1 << 12  # pictures at once


def grey(pixels: np.ndarray) -> bool:
    """Are red, green and blue the same everywhere?"""
    if pixels.ndim == 3:
        return True
    return np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 1], pixels[..., 2])


def _candidates(files: Files) -> tuple[list[Entry], int]:
    """The entries that may be pictures, and how many others there are."""
    known = (*SUFFIXES, *FOREIGN)
    labels = 0
    entries = []
    for entry in files.entries:
        if entry.suffix in known:
            entries.append(entry)
        elif idx.is_idx(files, entry):
            if files.single or not LABELS.search(entry.name):
                entries.append(entry)
            else:
                labels += 1
    return entries, len(files.entries) - len(entries) - labels


def _part(entries: list[Entry], part: Part) -> tuple[list[Entry], list[str]]:
    """The entries of the part asked for, and the names of the parts left alone."""
    start = classes.below([entry.name for entry in entries])

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


def _grouped(entries: list[Entry]) -> Iterator[tuple[bool, list[Entry]]]:
    """The entries in order, idx files apart from files with one picture."""
    group: list[Entry] = []
    for entry in entries:
        if group and _is_many(entry) != _is_many(group[0]):
            yield _is_many(group[0]), group
            group = []
        group.append(entry)
    if group:
        yield _is_many(group[0]), group


def _is_many(entry: Entry) -> bool:
    return entry.suffix not in SUFFIXES


def _look(files: Files, entry: Entry) -> _Seen:
    """What is in one file."""
    if entry.suffix in FOREIGN:
        raise BadInput(
            mark("{path} is of a kind that is not read ({suffix}); save it as PNG or JPEG."),
            path=files.shown(entry),
            suffix=entry.suffix,
        )
    if _is_many(entry):
        parts, tones, kept, room = [], [], [], KEPT
        for piece in idx.pieces(files, entry):
            facts, seen = _facts(piece)
            parts.append(facts)
            tones.append(seen)
            room -= piece.nbytes
            kept = [*kept, piece] if room >= 0 else []
        pictures = np.concatenate(parts)
        pictures["number"] = np.arange(len(pictures))
        return _Seen(pictures, np.concatenate(tones), files.sha256(entry), np.concatenate(kept) if room >= 0 else None)
    decoded, size, sha256 = _decoded(files, entry, ENOUGH)
    pixels = _pixels(decoded)
    pictures, seen = _facts(pixels)
    pictures["width"], pictures["height"] = size
    pictures["digest"] = np.frombuffer(sha256, np.uint8)[:16]
    return _Seen(pictures, seen, sha256, pixels if pixels.nbytes <= KEPT // 64 else None)


def _facts(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is known of these pictures by themselves, and their tones."""
    pictures = np.zeros(len(pixels), PICTURE)
    pictures["height"], pictures["width"], pictures["label"] = *pixels.shape[1:3], -1
    pictures["grey"] = grey(pixels)
    flat = np.ascontiguousarray(pixels)
    digests = b"".join(hashlib.blake2b(one, digest_size=32).digest()[:16] for one in flat)
    pictures["digest"] = np.frombuffer(digests, np.uint8).reshape(-1, 16)
    pictures["same"] = np.frombuffer(digests, np.uint64)[::2]
    plain = np.flatnonzero((flat == flat[:, :1, :1]).reshape(len(flat), -1).all(1))
    for number in plain.tolist():  # of one colour: the same in every size
        pictures["same"][number] = int.from_bytes(bytes([1, *flat[number, 0, 0].reshape(-1)]), "little")
    pictures["hash"], tones = fingerprint(flat)
    return pictures, tones


def _decoded(files: Files, entry: Entry, at_least: int) -> tuple[np.ndarray, Size, bytes]:
    """The pixels of a picture file, its own size, its SHA-256."""
    data = files.read(entry, MAX_BYTES)
    shown = files.shown(entry)
    pixels = decode(io.BytesIO(data), shown, at_least)
    size = (pixels.shape[1], pixels.shape[0])
    if data[:2] == b"\xff\xd8" and max(size) >= at_least:
        size = measure(io.BytesIO(data), shown)
    return pixels, size, hashlib.sha256(data).digest()


def _pixels(decoded: np.ndarray) -> np.ndarray:
    """A picture as one of many: [1,H,W], or [1,H,W,3] where it has colour; without transparency, as if on white paper."""
    if decoded.ndim == 3 and decoded.shape[2] == 4:
        opacity = decoded[..., 3:].astype(np.uint16)
        decoded = ((decoded[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    pixels = decoded[None]
    return pixels[..., 0] if pixels.ndim == 4 and grey(pixels) else pixels


def _together(sums: list[bytes]) -> str:
    return (sums[0] if len(sums) == 1 else hashlib.sha256(b"".join(sums)).digest()).hex()


def _changed(found: Survey) -> BadInput:
    return BadInput(mark("{path} was changed while it was read. Start again."), path=found.path)
