"""Text files as documents: a whole file is one, but of a table (.jsonl, .csv) each row is."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aigc_desktop.data import split
from aigc_desktop.data.archives import Entry, Files, open_files, unreadable
from aigc_desktop.data.encodings import binary, encoding_of, looks_binary, unknown
from aigc_desktop.data.texts import SUFFIXES, TABLES
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

FOREIGN = (".doc", ".docx", ".odt", ".rtf", ".pdf", ".epub", ".mobi", ".azw3", ".wps", ".pages")
FIELDS = ("text", "content", "body", "story", "sentence", "lines", "paragraphs", "正文", "内容", "文本")
MAX_BYTES = 4 << 30  # of all files together
PIECE = 1 << 22
LONGEST_LINE = 1 << 25  # characters of a row

csv.field_size_limit(1 << 24)


@dataclass
class Gathered:
    """What was read: of each document its digest, its length and, where wanted, its text."""

    keep: bool
    files: int = 0
    lengths: list[int] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    encodings: set[str] = field(default_factory=set)
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    others: int = 0
    sha256: str = ""

    def add(self, pieces: Iterable[str]) -> None:
        """Take one document that comes in pieces; one of blanks only is left out."""
        kept: list[str] = []
        digest, length, blank = hashlib.sha256(), 0, True
        for piece in pieces:
            digest.update(piece.encode("utf-8", "surrogatepass"))
            length += len(piece)
            self.letters.update(piece)
            blank = blank and piece.isspace()
            if self.keep:
                kept.append(piece)
        if blank:
            return
        self.lengths.append(length)
        self.digests.append(digest.digest())
        if self.keep:
            self.texts.append("".join(kept))

    @property
    def one(self) -> bool:
        """Is there one text only, perhaps several times?"""
        return len(set(self.digests)) == 1

    def held_out(self) -> list[bool]:
        return split.held_out(self.digests, self.lengths)


def gather(path: str, keep: bool) -> Gathered:
    """Read every text file under the path; BadInput where there is none that can be used."""
    found = Gathered(keep)
    with open_files(path) as files:
        if files.single:
            entries = files.entries
        else:
            entries = [entry for entry in files.entries if entry.suffix in (*SUFFIXES, *FOREIGN)]
        if not entries and files.only_zip:
            return gather(str(files.only_zip), keep)
        found.others = len(files.entries) - len(entries)
        found.skipped += files.skipped
        if sum(entry.bytes for entry in entries) > MAX_BYTES:
            raise BadInput(
                mark("The texts in {path} are too big: {gigabytes} GB at most."), path=path, gigabytes=MAX_BYTES >> 30
            )
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
    found.files = len(sums)
    found.sha256 = (sums[0] if len(sums) == 1 else hashlib.sha256(b"".join(sums)).digest()).hex()
    return found


def _gather_one(files: Files, entry: Entry, found: Gathered) -> bytes:
    """Gather one file's documents; the SHA-256 of the file. Nothing of it is kept where it cannot be used."""
    encoding, texts = documents(files, entry)
    own = Gathered(found.keep)
    for pieces in texts:
        own.add(pieces)
    if not own.digests:
        raise BadInput(mark("{path} is empty: there is no text in it."), path=files.shown(entry))
    found.lengths += own.lengths
    found.digests += own.digests
    found.texts += own.texts
    found.letters |= own.letters
    found.encodings.add(encoding)
    return files.sha256(entry)


def documents(files: Files, entry: Entry) -> tuple[str, Iterator[Iterator[str]]]:
    """The encoding, and each document as an iterator of its pieces, newlines as \\n.

    BadInput, also while iterating, where the file is no text, in no known encoding, damaged, or a table without text.
    """
    if entry.suffix in FOREIGN:
        raise BadInput(
            mark("{path} is no plain text; open it where it was written and save it as .txt (UTF-8)."),
            path=files.shown(entry),
        )
    with files.open(entry) as file:
        encoding = encoding_of(file, files.shown(entry))
    return encoding, _checked(files, entry, encoding)


def _checked(files: Files, entry: Entry, encoding: str) -> Iterator[Iterator[str]]:
    path = files.shown(entry)
    table = entry.suffix in TABLES
    with files.open(entry) as file, io.TextIOWrapper(file, encoding, newline="" if table else None) as text:
        if not table:
            yield _guarded(_pieces(text, path), path)
        elif entry.suffix == ".jsonl":
            yield from (iter([one]) for one in _guarded(_objects(text, path), path))
        else:
            yield from (
                iter([one]) for one in _guarded(_rows(text, path, "\t" if entry.suffix == ".tsv" else ","), path)
            )


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
