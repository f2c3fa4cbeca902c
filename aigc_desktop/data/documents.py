"""Text files as documents: a whole file is one, but of a table (.jsonl, .csv) each row is."""

import csv
import hashlib
import io
import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from aigc_desktop.data import split
from aigc_desktop.data.archives import Entry, Files, open_files, unreadable
from aigc_desktop.data.encodings import Encoding, binary, encoding_of, looks_binary, mending, unknown
from aigc_desktop.data.mixed import Mended
from aigc_desktop.data.texts import SUFFIXES, TABLES
from aigc_desktop.engine import progress
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:
    import numpy as np

FOREIGN = (".doc", ".docx", ".odt", ".rtf", ".pdf", ".epub", ".mobi", ".azw3", ".wps", ".pages")
FIELDS = ("text", "content", "body", "story", "sentence", "lines", "paragraphs", "正文", "内容", "文本")
MAX_BYTES = 4 << 30  # of all files together
PIECE = 1 << 22
SHORT = 1 << 14  # characters
PASSES = 3  # a file is read for its encoding, for its texts, for its SHA-256
LONGEST_LINE = 1 << 25  # characters of a row

csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Source:
    """A file that texts are read from: its name below the path, its encoding, and how many documents it holds."""

    name: str
    encoding: Encoding
    documents: int


@dataclass
class Gathered:
    """What was read: of each document its length and the first bytes of its digest, and where wanted its text.

    A document of blanks only has the length 0, and is left out of everything. `sha256` is that of the one file, or of the
    files' SHA-256 digests in the order of their names.
    """

    keep: int  # characters whose texts are kept; of more than that none is
    path: str = ""
    sources: list[Source] = field(default_factory=list)
    lengths: "array[int]" = field(default_factory=lambda: array("Q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    texts: list[str] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    characters: int = 0
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)
    others: int = 0
    sha256: str = ""

    def add(self, pieces: Iterable[str]) -> None:
        """Take one document that comes in pieces."""
        kept: list[str] = []
        digest, length, blank = hashlib.sha256(), 0, True
        for piece in pieces:
            digest.update(piece.encode("utf-8", "surrogatepass"))
            length += len(piece)
            self.letters |= letters_of(piece)
            blank = blank and piece.isspace()
            if self.characters + length <= self.keep:
                kept.append(piece)
        length = 0 if blank else length
        self.characters += length
        self.lengths.append(length)
        self.keys.append(int.from_bytes(digest.digest()[:8], "big"))  # in the order of the digests
        if self.characters > self.keep:
            self.texts.clear()
        elif length:
            self.texts.append("".join(kept))

    def take(self, own: "Gathered", source: Source) -> None:
        """Add all that was read of a file."""
        self.sources.append(source)
        self.lengths += own.lengths
        self.keys += own.keys
        self.letters |= own.letters
        self.characters += own.characters
        self.texts += own.texts
        if self.characters > self.keep:
            self.texts.clear()

    @property
    def whole(self) -> bool:
        """Are all texts kept?"""
        return self.characters <= self.keep

    @property
    def used(self) -> "np.ndarray":
        """Which documents are not blank: bool [n]."""
        return self._sizes > 0

    @property
    def count(self) -> int:
        """How many documents are not blank."""
        return int(self.used.sum())

    @property
    def one(self) -> bool:
        """Is there one text only, perhaps several times?"""
        known = self._keys[self.used]
        return bool(len(known)) and bool((known == known[0]).all())

    def held_out(self) -> "np.ndarray":
        """Which documents are held out: bool [n]."""
        out = self.used
        out[out] = split.held_out_of(self._keys[out], self._sizes[out])
        return out

    def known_to(self, other: "Gathered") -> "np.ndarray":
        """Which documents are also among another's: bool [n]."""
        import numpy as np

        return np.isin(self._keys, other._keys[other.used])

    def weigh(self, chosen: "np.ndarray") -> int:
        """The characters of these documents."""
        return int(self._sizes[chosen].sum())

    def digest(self, chosen: "np.ndarray") -> bytes:
        """What names these documents, in their order, letter for letter."""
        return hashlib.sha256(self._keys[chosen].tobytes() + self._sizes[chosen].tobytes()).digest()

    @property
    def _sizes(self) -> "np.ndarray":
        return _uint64(self.lengths)

    @property
    def _keys(self) -> "np.ndarray":
        return _uint64(self.keys)


def gather(path: str, keep: int) -> Gathered:
    """Read every text file under the path; BadInput where there is none that can be used."""
    found = Gathered(keep, path)
    with open_files(path) as files:
        if files.single:
            entries = files.entries
        else:
            entries = [entry for entry in files.entries if entry.suffix in (*SUFFIXES, *FOREIGN)]
        if not entries and files.only_zip:
            return gather(str(files.only_zip), keep)
        found.others = len(files.entries) - len(entries)
        found.skipped += files.skipped
        total = sum(entry.bytes for entry in entries)
        if total > MAX_BYTES:
            raise BadInput(
                mark("The texts in {path} are too big: {gigabytes} GB at most."), path=path, gigabytes=MAX_BYTES >> 30
            )
        files.watch = _watch(PASSES * total)
        sums: list[bytes] = []
        for entry in entries:
            try:
                sums.append(_gather_one(files, entry, found))
            except BadInput as problem:
                if files.single:
                    raise
                found.skipped.append((entry.name, problem.sentence))
    if not sums and found.skipped:
        name, reason = found.skipped[0]
        raise BadInput(
            mark("No text in {path} can be used. The first, {name}: {reason}"), path=path, name=name, reason=reason
        )
    if not sums:
        raise BadInput(mark("There are no texts in {path}: choose a text file, or a folder or zip of them."), path=path)
    found.sha256 = (sums[0] if len(sums) == 1 else hashlib.sha256(b"".join(sums)).digest()).hex()
    return found


def letters_of(piece: str) -> set[str]:
    """The different characters of a text."""
    if len(piece) < SHORT:
        return set(piece)
    import numpy as np

    seen = np.zeros(0x110000, bool)  # five times faster than a set
    seen[np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)] = True
    return set(map(chr, np.flatnonzero(seen).tolist()))


def _uint64(numbers: "array[int]") -> "np.ndarray":
    import numpy as np

    return np.frombuffer(numbers, np.uint64) if numbers else np.empty(0, np.uint64)


def _watch(total: int) -> Callable[[int], None]:
    """Say how far the reading is, from the bytes of each look into a file."""
    done = 0

    def watch(count: int) -> None:
        nonlocal done
        done += count
        progress.say(mark("Reading the text"), min(1.0, done / max(1, total)))

    return watch


def _gather_one(files: Files, entry: Entry, found: Gathered) -> bytes:
    """Gather one file's documents; the SHA-256 of the file. Nothing of it is kept where it cannot be used."""
    encoding = encoding_in(files, entry)
    own = Gathered(found.keep)
    for pieces in documents(files, entry, encoding):
        own.add(pieces)
    if not own.characters:
        raise BadInput(mark("{path} is empty: there is no text in it."), path=files.shown(entry))
    digest = files.sha256(entry)
    found.take(own, Source(entry.name, encoding, len(own.lengths)))
    found.notes += encoding.notes
    return digest


def encoding_in(files: Files, entry: Entry) -> Encoding:
    """The file's encoding; BadInput where it is no text, damaged, or in no known encoding."""
    if entry.suffix in FOREIGN:
        raise BadInput(
            mark("{path} is no plain text; open it where it was written and save it as .txt (UTF-8)."),
            path=files.shown(entry),
        )
    with files.open(entry) as file:
        return encoding_of(file, files.shown(entry), str(files.path) if files.single else entry.name)


def documents(files: Files, entry: Entry, encoding: Encoding) -> Iterator[Iterator[str]]:
    """Each document of the file as an iterator of its pieces, newlines as \n.

    BadInput while iterating where the file is no text, not in this encoding, damaged, or a table without text.
    """
    path = files.shown(entry)
    table = entry.suffix in TABLES
    with files.open(entry) as file, _decoded(file, encoding, newline="" if table else None) as text:
        if not table:
            yield _guarded(_pieces(text, path), path)
        elif entry.suffix == ".jsonl":
            yield from (iter([one]) for one in _guarded(_objects(text, path), path))
        else:
            yield from (
                iter([one]) for one in _guarded(_rows(text, path, "\t" if entry.suffix == ".tsv" else ","), path)
            )


def _decoded(file: BinaryIO, encoding: Encoding, newline: str | None) -> io.TextIOWrapper:
    if not encoding.mixed:
        return io.TextIOWrapper(file, encoding.name, newline=newline)
    mended = io.BufferedReader(Mended(file, mending(encoding)), PIECE)
    return io.TextIOWrapper(mended, "utf-8-sig", newline=newline)


def _guarded(pieces: Iterator[str], path: object) -> Iterator[str]:
    """The pieces; what goes wrong while they are read becomes a BadInput."""
    try:
        yield from pieces
    except UnicodeError:
        raise unknown(path) from None
    except csv.Error as error:
        raise unreadable(path, error) from None


def _pieces(text: io.TextIOWrapper, path: object) -> Iterator[str]:
    while piece := text.read(PIECE):
        if looks_binary(piece):
            raise binary(path)
        yield piece


def _lines(text: io.TextIOWrapper, path: object) -> Iterator[str]:
    """The lines of a table, each of which must fit into memory."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise BadInput(
                mark("{path} is no table: it has a line of more than {count:,} characters."),
                path=path,
                count=LONGEST_LINE,
            )
        yield line


def _objects(text: io.TextIOWrapper, path: object) -> Iterator[str]:
    for number, line in enumerate(_lines(text, path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise BadInput(
                mark("{path} has a line that is no JSON: line {number}."), number=number, path=path
            ) from None
        yield row if isinstance(row, str) else _text(row if isinstance(row, dict) else {}, path)


def _rows(text: io.TextIOWrapper, path: object, delimiter: str) -> Iterator[str]:
    for row in csv.DictReader(_lines(text, path), delimiter=delimiter):
        yield _text(row, path)


def _text(row: dict[Any, Any], path: object) -> str:
    """A row's text: of its first field that is called like one; lists are lines; a title comes first."""
    named = {str(key).strip().lower(): value for key, value in row.items()}
    for name in FIELDS:
        if name in named:
            value = named[name]
            lines = value if isinstance(value, list) else [value]
            title = named.get("title")
            return "\n".join(str(line) for line in ([title] if title else []) + lines if line is not None)
    raise BadInput(mark("{path} has no column of texts: call one text."), path=path)
