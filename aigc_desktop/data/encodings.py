"""Which encoding a text file has."""

import codecs
from typing import IO

from charset_normalizer import from_bytes

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

SAMPLE = 1 << 18
PIECE = 1 << 22
MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


def encoding_of(file: IO[bytes], path: str) -> str:
    """The name of the file's encoding: by its byte-order mark, else UTF-8 if all of it is, else by its statistics."""
    head = file.read(SAMPLE)
    for start, name in MARKS:
        if head.startswith(start):
            return name
    file.seek(0)
    if _fits(file, "utf-8"):
        return "utf-8"
    best = from_bytes(head).best()
    if best is None:
        raise BadInput(mark("{path} is no text."), path=path)
    return best.encoding


def _fits(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
