"""Metadata inside a PNG file: one iTXt chunk with the keyword "aigc" (PNG 3rd edition, W3C 2025, section 11.3.3)."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_desktop.media.base import metadata_json, parse_metadata
from aigc_desktop.media.files import write_bytes

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = b"aigc\0\0\0\0\0"  # keyword, not compressed, no language, no translated keyword


def read_metadata(path: Path) -> dict[str, Any] | None:
    """The metadata of a PNG file; None where there is none or the file is no PNG."""
    try:
        with path.open("rb") as file:
            left = os.fstat(file.fileno()).st_size
            if file.read(8) != SIGNATURE:
                return None
            while len(start := file.read(8)) == 8:
                length, kind = struct.unpack(">I4s", start)
                if kind == b"IDAT":  # ours stands before the pixels
                    return None
                if length > left:  # cut off, or no length at all
                    return None
                if kind != b"iTXt":
                    file.seek(length + 4, 1)
                    continue
                content = file.read(length)
                file.seek(4, 1)
                if content.startswith(_HEADER):
                    return parse_metadata(content[len(_HEADER) :])
    except OSError:
        return None
    return None


def copy_with_metadata(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    """A copy of a PNG file with this metadata; its pixels stay the same bytes."""
    write_bytes(target, with_metadata(source.read_bytes(), metadata))


def with_metadata(content: bytes, metadata: dict[str, Any]) -> bytes:
    """A PNG file's bytes with this metadata in place of any other."""
    parts = [SIGNATURE]
    for kind, whole, body in _chunks(content):
        if kind == b"iTXt" and body.startswith(_HEADER):
            continue
        parts.append(whole)
        if kind == b"IHDR":
            text = _HEADER + metadata_json(metadata).encode("utf-8", "replace")
            parts.append(struct.pack(">I4s", len(text), b"iTXt") + text + struct.pack(">I", zlib.crc32(b"iTXt" + text)))
    return b"".join(parts)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk's type, whole bytes, and body."""
    if not content.startswith(SIGNATURE):
        raise ValueError("not a PNG file")
    place = 8
    while place + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        yield kind, content[place:end], content[place + 8 : end - 4]
        place = end
