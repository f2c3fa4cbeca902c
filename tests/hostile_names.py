"""Names that people, other systems and attackers give to files."""

import os
import sys

NAMES = {
    "spaces": "  two  spaces 春天 来了 ",
    "new line": "a\nb\tc\rd",
    "controls": "bell\x07 \x1b[31mred\x7f",
    "emoji": "🌷👩‍👩‍👧‍👦🇨🇳",
    "combining": "e\u0301le\u0300ve z\u0336a\u0321l\u0353g\u0489o",
    "composed": "élève",
    "right to left": "שלום مرحبا",
    "override": "photo\u202egnp.exe\u2066",
    "forbidden": 'a:b*c?d<e>f|g"h\\i',
    "device": "CON",
    "device with suffix": "nul.tar",
    "dots": "..trailing. . ",
    "option": "-rf --help",
    "pattern": "{name} {0} %s $(touch ran) `id` ;&",
    "markup": "<b>bold</b><img src=x>",
    "dots only": "...",
    "longest": "x" * 255,
    "longest Chinese": "春" * 85,
    "longest emoji": "🌷" * 63,
}
UNDECODABLE = os.fsdecode(b"\xff\xfe \xe6\x98")  # bytes that are no letters, which Linux allows


def file_named(name: str, suffix: str) -> str:
    """The name with a suffix, of at most 255 bytes."""
    stem = name.encode("utf-8", "surrogateescape")[: 255 - len(suffix)].decode("utf-8", "ignore")
    return (stem if UNDECODABLE not in name else name) + suffix


def possible(name: str) -> bool:
    """Whether this system can have a file of this name."""
    return "/" not in name and (sys.platform == "linux" or (name != UNDECODABLE and name.isprintable()))
