"""A text file that holds lines of several encodings, or damaged places: read line by line, and said."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

LONGEST_LINE = 1 << 24  # bytes
DAMAGE = 0.05  # of the letters beyond ASCII; more is no slip of a program but another encoding
SLIPS = 3  # damaged places that are always forgiven

Guess = Callable[[bytes], str | None]  # the encoding that a line seems to be in, None where none fits


@dataclass
class Mending:
    """Decodes lines of bytes, each in the encoding that it is in, and counts what it meets.

    `main` is the encoding of most lines. A line that is in none is decoded as `main`, its wrong places as U+FFFD.
    """

    main: str
    guess: Guess
    line: int = 0
    letters: int = 0  # beyond ASCII, and right
    foreign: Counter[str] = field(default_factory=Counter)  # lines by encoding
    first_foreign: int = 0
    replaced: int = 0
    first_replaced: int = 0

    def decode(self, line: bytes) -> str:
        self.line += 1
        if line.isascii():
            return line.decode("ascii")
        encoding = self._encoding_of(line)
        if encoding is None:
            text = line.decode(self.main, "replace")
            wrong = text.count("\ufffd")
            self.replaced += wrong
            self.first_replaced = self.first_replaced or self.line
        else:
            text, wrong = line.decode(encoding), 0
            if encoding != self.main:
                self.foreign[encoding] += 1
                self.first_foreign = self.first_foreign or self.line
        self.letters += sum(1 for letter in text if letter > "\x7f") - wrong
        return text

    def _encoding_of(self, line: bytes) -> str | None:
        for encoding in dict.fromkeys(("utf-8", self.main)):  # what happens to be UTF-8 is hardly ever anything else
            if _fits(line, encoding):
                return encoding
        found = self.guess(line)
        if found is None:
            found = next((one for one, _ in self.foreign.most_common() if _fits(line, one)), None)
        return found

    @property
    def small(self) -> bool:
        """Is so little damaged that the text is worth reading?"""
        return self.replaced <= max(SLIPS if self.letters > 10 * self.replaced else 0, DAMAGE * self.letters)

    def sentences(self, path: object) -> list[Sentence]:
        """What the user is told: how much was not as the rest, and where the first of it is."""
        said = []
        if self.foreign:
            values = {
                "path": path,
                "count": self.foreign.total(),
                "others": ", ".join(sorted(one.upper() for one in self.foreign)),
                "main": self.main.upper(),
                "line": self.first_foreign,
            }
            pattern = mark(
                "{path} mixes encodings: most of it is {main}, {count:,} lines are {others} and were read as that; "
                "the first is line {line:,}."
            )
            said.append(Sentence(pattern, values))
        if self.replaced:
            values = {"path": path, "count": self.replaced, "line": self.first_replaced}
            pattern = mark(
                "{path} is damaged: {count:,} characters could not be read, and \ufffd stands in their place; "
                "the first is in line {line:,}."
            )
            said.append(Sentence(pattern, values))
        return said


def assess(file: BinaryIO, mending: Mending) -> bool:
    """Read the whole file; False where a line is too long to be looked at by itself."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            return False
        mending.decode(line)
    return True


def most_lines(sample: bytes, guess: Guess) -> tuple[str | None, bool]:
    """The encoding of most lines of a sample that are not ASCII, and whether any of them is UTF-8."""
    counts: Counter[str] = Counter()
    for line in sample.splitlines():
        if not line.isascii():
            found = "utf-8" if _fits(line, "utf-8") else guess(line)
            if found:
                counts[found] += 1
    return (counts.most_common(1)[0][0] if counts else None), counts["utf-8"] > 0


class Mended(io.RawIOBase):
    """The file as UTF-8, whatever its lines are in: a stream of bytes."""

    def __init__(self, file: BinaryIO, mending: Mending):
        self._lines = self._read(file, mending)
        self._left = memoryview(b"")

    def _read(self, file: BinaryIO, mending: Mending) -> Iterator[bytes]:
        while line := file.readline(LONGEST_LINE):
            yield mending.decode(line).encode("utf-8")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = memoryview(next(self._lines, b""))
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
