"""What safetensors files say they hold, checked against what they are; reads their headers alone, and no torch.

The format: eight bytes (the header's length, little-endian), the header (JSON: for each tensor its dtype, shape and place),
then the numbers, without gaps (safetensors' own documentation, "Format").
"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Sentence

LONGEST = 100_000_000  # bytes of a header, as safetensors has it
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F4": 4,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
LFS = b"version https://git-lfs"

DAMAGED = mark("The file {path} is damaged: {reason} Get another copy of it.")
POINTER = mark("{path} is not the file itself but a note where to find it (Git LFS). Download the whole file.")
CUT_OFF = mark("The file {path} is not whole: {there} of its {wanted} bytes are there. Download or copy it again.")
MISSING = mark("The model {path} is not whole: {file} is missing.")


@dataclass(frozen=True)
class Stored:
    """One tensor in a file: safetensors' name of its dtype, shape, bytes."""

    dtype: str
    shape: tuple[int, ...]
    bytes: int

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


def read_header(path: Path) -> dict[str, Stored]:
    """Every tensor in a safetensors file by its name; BadInput where the file is missing, cut off, or its header lies."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            begin = file.read(len(LFS))
            if begin == LFS:
                raise BadInput(POINTER, path=path)
            length = int.from_bytes(begin[:8], "little")
            if size < 8 or length > LONGEST:
                raise _damaged(path, mark("it is no safetensors file."))
            if 8 + length > size:
                raise _damaged(path, mark("its header would be longer than the file."))
            file.seek(8)
            header = file.read(length)
    except FileNotFoundError:
        raise BadInput(MISSING, path=path.parent, file=path.name) from None
    except OSError as error:
        raise BadInput(mark("The file {path} cannot be read: {reason}."), path=path, reason=why(error)) from None
    return _checked(path, _parsed(path, header), size - 8 - length, size)


def is_pointer(path: Path) -> bool:
    """Whether this is what Git leaves where a large file was not downloaded."""
    try:
        with path.open("rb") as file:
            return file.read(len(LFS)) == LFS
    except OSError:
        return False


def _parsed(path: Path, header: bytes) -> dict[str, Any]:
    try:
        values = json.loads(header)
    except (ValueError, RecursionError):
        raise _damaged(path, mark("its header is no JSON.")) from None
    if not isinstance(values, dict):
        raise _damaged(path, mark("its header names no tensors."))
    values.pop("__metadata__", None)
    return values


def _checked(path: Path, values: dict[str, Any], room: int, size: int) -> dict[str, Stored]:
    found: dict[str, Stored] = {}
    places: list[tuple[int, int, str]] = []
    for name, value in values.items():
        try:
            dtype, shape, (begin, end) = value["dtype"], tuple(value["shape"]), value["data_offsets"]
            whole = isinstance(dtype, str) and all(type(one) is int and one >= 0 for one in (*shape, begin, end))
        except (TypeError, KeyError, ValueError):
            whole = False
        if not whole:
            raise _damaged(path, mark("its header does not say where {name} is."), name=name)
        if dtype not in BITS:
            raise _damaged(path, mark("the numbers of {name} are of an unknown kind ({kind})."), name=name, kind=dtype)
        if (end - begin) * 8 != math.prod(shape) * BITS[dtype]:
            raise _damaged(
                path, mark("its header gives {name} the shape {shape}, but another size."), name=name, shape=list(shape)
            )
        found[name] = Stored(dtype, shape, end - begin)
        places.append((begin, end, name))
    reached = 0
    for begin, end, name in sorted(places):
        if begin != reached:
            raise _damaged(path, mark("its header puts {name} where something else is."), name=name)
        reached = end
    if reached > room:
        raise BadInput(CUT_OFF, path=path, there=f"{size:,}", wanted=f"{size - room + reached:,}")
    if reached < room:
        raise _damaged(path, mark("there is more in it than its header says."))
    return found


def _damaged(path: Path, reason: str, **values: Any) -> BadInput:
    return BadInput(DAMAGED, path=path, reason=Sentence(reason, values))
