"""Zips whose directory lies, or that hold what no archive should."""

import io
import struct
import zipfile
from random import Random

from tests.bench.mutate.harm import EXTREMES, harm

NAMES = (
    "../outside.png", "/etc/outside.png", "C:\\outside.png", "..\\outside.png", "a/../../outside.png", "con.png", "a\nb.png",
    "x" * 255 + ".png", "\u202egnp.txt", "春/天.png", "", "/", "a//b.png", "./a.png", "A.png", "a.png", "\ud800.png", "nested.zip",
)  # fmt: skip


def lie(content: bytes, random: Random) -> bytes:
    """The zip with numbers of its directory replaced, or with entries beside the others that should not be there."""
    try:
        return random.choice((_numbers, _entries, _insides))(content, random)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error):
        return harm(content, random)


def _numbers(content: bytes, random: Random) -> bytes:
    """A number of an entry's record (local, or in the directory) or of the end replaced by an extreme one."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 2, 5))):
        mark, fields = random.choice(((b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)))
        places = [place for place in range(len(content)) if content.startswith(mark, place)]
        if places:
            wide, place = random.choice((2, 4)), random.choice(places) + 4 + 2 * random.randrange((fields - 4) // 2)
            changed[place : place + wide] = (random.choice(EXTREMES) % (1 << 8 * wide)).to_bytes(wide, "little")
    return bytes(changed)


def _entries(content: bytes, random: Random) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        inside = archive.read(random.choice(archive.namelist()))
        for _ in range(random.choice((1, 3))):
            info = zipfile.ZipInfo("a")
            info.filename = random.choice(NAMES)
            info.external_attr = random.choice((0, 0o120777, 0o020666, 0o010666, 0o040755, 0o140777)) << 16
            info.compress_type = random.choice((0, 8, 12, 14))
            info.flag_bits = random.choice((0, 0, 1, 0x800))
            archive.writestr(info, random.choice((inside, b"../../outside", b"\0" * (30 << 20), b"")))
    return out.getvalue()


def _insides(content: bytes, random: Random) -> bytes:
    """Every entry packed again, some of them harmed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            inside = source.read(info)
            target.writestr(
                info, harm(inside, random) if random.random() < 0.5 else inside, random.choice((0, 8, 12, 14))
            )
    return out.getvalue()
