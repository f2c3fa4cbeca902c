"""safetensors files whose header lies about offsets, types, shapes or its own length, or whose numbers are none."""

import json
import struct
from random import Random

from tests.bench.mutate.harm import EXTREMES
from tests.bench.mutate.json_lies import lie as lie_json

TYPES = ("F32", "F16", "BF16", "F64", "I64", "I32", "U8", "BOOL", "F8_E4M3", "C64", "X", "")
NUMBERS = (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff", b"\xff\xff\x7f\x7f", b"\x00\x00\x00\x00")


def lie(content: bytes, random: Random) -> bytes:
    length = struct.unpack("<Q", content[:8])[0]
    header, body = json.loads(content[8 : 8 + length]), content[8 + length :]
    names = [name for name in header if name != "__metadata__"]
    name, way = random.choice(names), random.randrange(10)
    entry = header[name]
    if way == 0:
        entry["dtype"] = random.choice(TYPES)
    elif way == 1:
        shape = entry["shape"] or [1]
        shape[random.randrange(len(shape))] = random.choice((*EXTREMES, -1, 2, 1000))
    elif way == 2:
        entry["data_offsets"][random.randrange(2)] = random.choice((*EXTREMES, len(body), len(body) + 1, -4))
    elif way == 3:
        other = header[random.choice(names)]
        other["data_offsets"], entry["data_offsets"] = entry["data_offsets"], other["data_offsets"]
    elif way == 4:
        header[random.choice(("x", name + ".x", "../x", ""))] = header.pop(name)
    elif way == 5:
        header["__metadata__"] = random.choice(
            ({"format": "pickle"}, {"a": 1}, [], "x", {"format": "pt", "x": "y" * 9000})
        )
    elif way == 6:
        values = bytearray(body)
        for _ in range(random.choice((1, 20, len(values) // 4))):
            place = 4 * random.randrange(len(values) // 4)
            values[place : place + 4] = random.choice(NUMBERS)
        body = bytes(values)
    elif way == 7:
        body = random.choice((body[:-4], body + bytes(4), b"", body * 2))
    elif way == 8:
        entry["shape"] = random.choice(([], entry["shape"][::-1], [*entry["shape"], 1], [0], [2**32, 2**32]))
    packed = json.dumps(header).encode()
    if way == 9:
        packed = lie_json(packed, random)
    said = random.choice((*EXTREMES, len(packed) + 8)) if random.random() < 0.1 else len(packed)
    return struct.pack("<Q", said % 2**64) + packed + body
