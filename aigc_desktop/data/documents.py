"""A text file as documents: the whole file is one, but of a table (.jsonl, .csv) each row is."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from aigc_desktop.data.archives import Entry, Files, unreadable
from aigc_desktop.data.encodings import binary, encoding_of, looks_binary, unknown
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

TABLES = (".jsonl", ".csv", ".tsv")
SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst", ".log", ".srt", ".lrc", ".tex", ".fountain", *TABLES)
FOREIGN = (".doc", ".docx", ".odt", ".rtf", ".pdf", ".epub", ".mobi", ".azw3", ".wps", ".pages")
FIELDS = ("text", "content", "body", "story", "sentence", "lines", "paragraphs", "正文", "内容", "文本")
PIECE = 1 << 22

csv.field_size_limit(1 << 24)


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


def _objects(text: io.TextIOWrapper, path: object) -> Iterator[str]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise BadInput(mark("Line {number} of {path} is no JSON."), number=number, path=path) from None
        yield row if isinstance(row, str) else _text(row if isinstance(row, dict) else {}, path)


def _rows(text: io.TextIOWrapper, path: object, delimiter: str) -> Iterator[str]:
    for row in csv.DictReader(text, delimiter=delimiter):
        yield _text(row, path)


def _text(row: dict[Any, Any], path: object) -> str:
    """A row's text: of its first field that is called like one; lists are lines; a title comes first."""
    named = {str(key).strip().lower(): value for key, value in row.items()}
    for field in FIELDS:
        if field in named:
            value = named[field]
            lines = value if isinstance(value, list) else [value]
            title = named.get("title")
            return "\n".join(str(line) for line in ([title] if title else []) + lines if line is not None)
    raise BadInput(mark("{path} has no column of texts: call one text."), path=path)
