"""The idx format of MNIST (http://yann.lecun.com/exdb/mnist/): two zero bytes, a type, the number of dimensions, each
dimension as a big-endian 32-bit number, then the values; often gzipped."""

import gzip
import math
import re
import struct
from typing import BinaryIO

import numpy as np

from aigc_desktop.data.archives import Entry, Files, too_dense
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

NAMES = re.compile(r"(^|[-._])(idx[0-9]?(-ubyte)?|ubyte)(\.gz)?$", re.IGNORECASE)
TYPES = {0x08: "uint8", 0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
LIMIT = 8 << 30  # bytes of pixels
PIECE = 1 << 24


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


def read(files: Files, entry: Entry) -> np.ndarray:
    """The pictures, uint8 [N,H,W] or [N,H,W,3]; BadInput where they are none, or header and data differ."""
    path = files.shown(entry)
    with files.open(entry) as raw:
        file = _unzipped(raw)
        try:
            return _pixels(file, path, _shape(file, path), entry.packed)
        except EOFError:
            raise BadInput(mark("{path} is cut short. Copy or download it again."), path=path) from None


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
    if dimensions == 1:
        raise BadInput(mark("{path} holds labels, not pictures; choose the file of images."), path=path)
    if head[2] != 0x08:
        raise BadInput(
            mark("{path} holds {type} values; only idx files of bytes (uint8) are pictures."),
            path=path,
            type=TYPES[head[2]],
        )
    if dimensions == 2 or (dimensions == 4 and shape[3] not in (1, 3)):
        raise BadInput(
            mark("{path} holds no pictures: its shape is {shape}."), path=path, shape="×".join(map(str, shape))
        )
    return shape


def _pixels(file: BinaryIO, path: object, shape: tuple[int, ...], packed: int) -> np.ndarray:
    one = math.prod(shape[1:])
    expected = shape[0] * one
    if 0 in shape:
        raise BadInput(mark("{path} is empty: its header says {shape}."), path=path, shape="×".join(map(str, shape)))
    pieces: list[bytes] = []
    have = 0
    while have < expected and (piece := file.read(min(PIECE, expected - have))):
        pieces.append(piece)
        have += len(piece)
        if have > LIMIT:
            raise BadInput(mark("{path} is too big: {limit} GB at most."), path=path, limit=LIMIT >> 30)
        if too_dense(have, packed):
            raise BadInput(mark("{path} unpacks to far more than any such file does, to fill the memory."), path=path)
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
    pixels = np.frombuffer(b"".join(pieces), np.uint8).reshape(shape)
    return pixels[..., 0] if pixels.ndim == 4 and shape[3] == 1 else pixels
