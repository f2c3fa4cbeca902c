"""PNG files whose parts lie, each with the right checksum, so that it is believed."""

import struct
import zlib
from random import Random

from tests.bench.mutate.harm import EXTREMES, harm

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def lie(content: bytes, random: Random) -> bytes:
    """The file with one or two of its chunks changed, doubled, moved, dropped or added."""
    chunks = list(_chunks(content))
    for _ in range(random.choice((1, 1, 2))):
        place = random.randrange(len(chunks)) if random.random() < 0.6 else 0
        kind, body = chunks[place]
        way = random.randrange(7)
        if way == 0 and kind == b"IHDR":
            width, height, *rest = struct.unpack(">IIBBBBB", body[:13].ljust(13, b"\0"))
            numbers = [width, height, *rest]
            which = random.randrange(7)
            numbers[which] = random.choice((*EXTREMES[:10], 20_000)) if which < 2 else random.randrange(256)
            chunks[place] = (kind, struct.pack(">IIBBBBB", *numbers))
        elif way == 1:
            chunks[place] = (kind, harm(body, random))
        elif way == 2:
            chunks.insert(random.randrange(len(chunks) + 1), chunks[place])
        elif way == 3 and len(chunks) > 1:
            chunks.pop(place)
        elif way == 4:
            chunks.insert(place, (random.choice((b"iTXt", b"zTXt", b"iCCP", b"eXIf", b"tEXt")), _text(random)))
        elif way == 5:
            random.shuffle(chunks)
        else:
            chunks.insert(place, (random.choice((b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND")),
                                  random.randbytes(random.choice((0, 1, 3, 26, 800)))))  # fmt: skip
    return SIGNATURE + b"".join(_packed(kind, body) for kind, body in chunks)


def _text(random: Random) -> bytes:
    """A text, some of them a bomb: ten megabytes of zeros packed small."""
    bomb = zlib.compress(b"\0" * (10 << 20 if random.random() < 0.3 else 100))
    said = random.choice((b'{"id": 3}', b"[" * 5000, b'{"job": {"a": NaN}}', b"\xff\xfe", b'{"name": "\\ud800"}'))
    return random.choice((b"aigc\0\0\0\0\0" + said, b"x\0\1\0\0\0" + bomb, b"icc\0\0" + bomb, b"Exif\0\0II*\0" + said))


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        found.append((kind, content[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


def _packed(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))
