"""Metadata inside a FLAC file: a Vorbis comment AIGC=… (RFC 9639, sections 8.1 and 8.6)."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_desktop.media.base import metadata_json, parse_metadata
from aigc_desktop.media.files import write_bytes

_SIGNATURE = b"fLaC"
_COMMENTS = 4  # the type of the block that holds tags
_LAST = 0x80
_LARGEST = 2**24 - 1  # bytes of a block
_KEY = "AIGC="


def read_metadata(path: Path) -> dict[str, Any] | None:
    """The metadata of a FLAC file; None where there is none or the file is no FLAC."""
    try:
        with path.open("rb") as file:
            if file.read(4) != _SIGNATURE:
                return None
            kind = 0
            while not kind & _LAST:
                kind, high, low = struct.unpack(">BBH", file.read(4))
                block = file.read(high << 16 | low)
                if kind & ~_LAST == _COMMENTS:
                    return _find(block)
    except (OSError, struct.error):
        return None
    return None


def copy_with_metadata(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    """A copy of a FLAC file with this metadata; its sound stays the same bytes."""
    write_bytes(target, with_metadata(source.read_bytes(), metadata))


def with_metadata(content: bytes, metadata: dict[str, Any]) -> bytes:
    """A FLAC file's bytes with this metadata, and its name as the title, in place of any tags."""
    blocks = [(kind, body) for kind, body, _ in _blocks(content) if kind != _COMMENTS]
    sound = content[max(end for _, _, end in _blocks(content)) :]
    tags = [_KEY + metadata_json(metadata)]
    if metadata.get("name"):
        tags.append(f"TITLE={metadata['name']}")
    blocks.insert(1, (_COMMENTS, _comments(tags)))  # the first must be the stream's description
    parts = [_SIGNATURE]
    for place, (kind, body) in enumerate(blocks):
        last = _LAST if place == len(blocks) - 1 else 0
        parts.append(struct.pack(">BBH", kind | last, len(body) >> 16, len(body) & 0xFFFF) + body)
    return b"".join([*parts, sound])


def _blocks(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each metadata block's type and body, and where it ends."""
    if not content.startswith(_SIGNATURE):
        raise ValueError("not a FLAC file")
    place, kind = 4, 0
    while not kind & _LAST:
        kind, high, low = struct.unpack_from(">BBH", content, place)
        end = place + 4 + (high << 16 | low)
        yield kind & ~_LAST, content[place + 4 : end], end
        place = end


def _comments(tags: list[str]) -> bytes:
    encoded = [tag.encode("utf-8", "replace") for tag in tags]
    body = struct.pack("<I", 4) + b"AIGC" + struct.pack("<I", len(encoded))
    body += b"".join(struct.pack("<I", len(tag)) + tag for tag in encoded)
    if len(body) > _LARGEST:
        raise ValueError("too much metadata for a FLAC file")
    return body


def _find(block: bytes) -> dict[str, Any] | None:
    place = 4 + struct.unpack_from("<I", block)[0]
    (count,) = struct.unpack_from("<I", block, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<I", block, place)
        tag = block[place + 4 : place + 4 + length].decode("utf-8", "replace")
        place += 4 + length
        if tag.startswith(_KEY):
            return parse_metadata(tag[len(_KEY) :])
    return None
