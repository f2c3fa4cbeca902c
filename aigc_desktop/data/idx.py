"""The idx format of MNIST (http://yann.lecun.com/exdb/mnist/): two zero bytes, a type, the number of dimensions, each
dimension as a big-endian 32-bit number, then the values; often gzipped."""

import gzip
import math
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from aigc_desktop.data.archives import Entry, Files, too_dense
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

NAMES = re.compile(r"(^|[-._])(idx[0-9]?(-ubyte)?|ubyte)(\.gz)?$", re.IGNORECASE)
TYPES = {0x08: "uint8", 0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
PIECE = 1 << 22  # bytes at once, but at least one picture
LARGEST = 1 << 30  # bytes of one picture


def is_idx(files: Files, entry: Entry) -> bool:
    """Does the entry's name say idx, or its first bytes?"""
    if NAMES.search(entry.name):
        return True
    if not files.single and entry.suffix not in ("", ".gz", ".bin"):
        return False
    try:
        with files.open(entry) as raw:
            return _begins_well(_unzipped(raw).read(4))
    except BadInput:
        return False


def pieces(files: Files, entry: Entry) -> Iterator[np.ndarray]:
    """The pictures, some at a time: uint8 [n,H,W] or [n,H,W,3]; BadInput where they are none, or header and data differ."""
    path = files.shown(entry)
    with files.open(entry) as raw:
        file = _unzipped(raw)
        try:
            shape = _shape(file, path)
            if len(shape) == 1:
                raise BadInput(mark("{path} holds labels, not pictures; choose the file of images."), path=path)
            if len(shape) == 2 or (len(shape) == 4 and shape[3] not in (1, 3)):
                raise BadInput(
                    mark("{path} holds no pictures: its shape is {shape}."), path=path, shape="×".join(map(str, shape))
                )
            yield from _pixels(file, path, shape, entry.packed)
        except EOFError:
            raise BadInput(mark("{path} is cut short. Copy or download it again."), path=path) from None


def labels(files: Files, entry: Entry, count: int) -> np.ndarray:
    """The labels of so many pictures, uint8 [count]; BadInput where they are none, or others than that."""
    path = entry.name
    with files.open(entry) as raw:
        file = _unzipped(raw)
        try:
            shape = _shape(file, path)
            found = file.read(count + 1)
        except EOFError:
            raise BadInput(mark("{path} is cut short. Copy or download it again."), path=path) from None
    if shape != (count,) or len(found) != count:
        raise BadInput(
            mark("The labels in {path} are not those of these pictures: {there:,} of {count:,}. They are left out."),
            path=path,
            there=min(shape[0], len(found)),
            count=count,
        )
    return np.frombuffer(found, np.uint8)


def _unzipped(raw: BinaryIO) -> BinaryIO:
    start = raw.read(2)
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if start == b"\x1f\x8b" else raw  # type: ignore[return-value]


def _begins_well(head: bytes) -> bool:
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in TYPES and 1 <= head[3] <= 4


def _shape(file: BinaryIO, path: object) -> tuple[int, ...]:
    head = file.read(4)
    if not _begins_well(head):
        raise BadInput(mark("{path} is no idx file: it does not begin like one."), path=path)
    dimensions = head[3]
    numbers = file.read(4 * dimensions)
    if len(numbers) < 4 * dimensions:
        raise BadInput(mark("{path} is cut short. Copy or download it again."), path=path)
    shape = struct.unpack(f">{dimensions}I", numbers)
    if head[2] != 0x08:
        raise BadInput(
            mark("{path} holds {type} values; only idx files of bytes (uint8) are pictures."),
            path=path,
            type=TYPES[head[2]],
        )
    return shape


def _pixels(file: BinaryIO, path: object, shape: tuple[int, ...], packed: int) -> Iterator[np.ndarray]:
    one = math.prod(shape[1:])
    expected = shape[0] * one
    if 0 in shape:
        raise BadInput(mark("{path} is empty: its header says {shape}."), path=path, shape="×".join(map(str, shape)))
    have = 0
    while have < expected:
        parts: list[bytes] = []
        wanted = min(max(1, PIECE // one) * one, expected - have)
        while wanted and (part := file.read(min(PIECE, wanted))):
            parts.append(part)
            have, wanted = have + len(part), wanted - len(part)
            if len(parts) * PIECE > LARGEST:
                raise BadInput(mark("{path} is too big: {limit} GB at most."), path=path, limit=LARGEST >> 30)
            if too_dense(have, packed):
                raise BadInput(
                    mark("{path} unpacks to far more than any such file does, to fill the memory."), path=path
                )
        piece = b"".join(parts)
        count, rest = divmod(len(piece), one)
        if rest or not piece:
            break
        pixels = np.frombuffer(piece, np.uint8).reshape(count, *shape[1:])
        yield pixels[..., 0] if pixels.ndim == 4 and shape[3] == 1 else pixels
    if have < expected:
        raise BadInput(
            mark(
                "{path} says in its header that it holds {count:,} pictures of {width}×{height}, but has data for {there:,}."
            ),
            path=path,
            count=shape[0],
            width=shape[2],
            height=shape[1],
            there=have // one,
        )
    if file.read(1):  # also checks a gzip's checksum
        raise BadInput(
            mark(
                "{path} says in its header that it holds {count:,} pictures of {width}×{height}, but there is more data."
            ),
            path=path,
            count=shape[0],
            width=shape[2],
            height=shape[1],
        )
