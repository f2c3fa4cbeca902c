"""Texts that are too large for the memory: they stay in their files and are read in pieces, as often as they are wanted."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_desktop import foreign_json
from aigc_desktop.data import cache
from aigc_desktop.data.archives import open_files
from aigc_desktop.data.documents import Gathered, Source, documents, gather
from aigc_desktop.data.encodings import Encoding
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:
    import numpy as np

IN_MEMORY = 1 << 24  # characters; of more text than this none is kept in memory
LARGE = 300 << 20  # bytes that reading a larger text takes, measured
VERSION = 1  # of what is remembered


@dataclass(frozen=True, eq=False)
class Filed:
    """Documents in their files; `chosen` bool [n] says which of all that are there. `start` and `stop` cut a single text.

    `characters` is the length of all together.
    """

    found: Gathered
    chosen: "np.ndarray"
    start: int = 0
    stop: int | None = None

    @property
    def characters(self) -> int:
        whole = self.found.weigh(self.chosen)
        return whole if self.stop is None else self.stop - self.start

    def __len__(self) -> int:
        return int(self.chosen.sum())

    def pieces(self) -> Iterator[Iterator[str]]:
        """Each document as an iterator of its pieces, to be read to its end before the next one is asked for.

        BadInput where a file is not as it was when it was looked at.
        """
        place = 0
        with open_files(self.found.path) as files:
            entries = {entry.name: entry for entry in files.entries}
            for source in self.found.sources:
                wanted = self.chosen[place : place + source.documents]
                if not wanted.any():
                    place += source.documents
                    continue
                if source.name not in entries:
                    raise self._changed()
                count = 0
                for own in documents(files, entries[source.name], source.encoding):
                    if count >= source.documents:
                        raise self._changed()
                    if wanted[count]:
                        whole = self._checked(own, self.found.lengths[place + count])
                        yield whole if self.stop is None else _cut(whole, self.start, self.stop)
                    count += 1
                if count < source.documents:
                    raise self._changed()
                place += count

    def _checked(self, pieces: Iterator[str], length: int) -> Iterator[str]:
        for piece in pieces:
            length -= len(piece)
            yield piece
        if length:
            raise self._changed()

    def _changed(self) -> BadInput:
        return BadInput(mark("{path} was changed while it was read. Start again."), path=self.found.path)


def memory(characters: int) -> int:
    """Bytes that a text and its tokens take while it is learned."""
    return 8 * characters if characters <= IN_MEMORY else LARGE


def pieces(texts: "Sequence[str] | Filed") -> Iterator[Iterator[str]]:
    """Each document, of texts in memory or in files, as an iterator of its pieces."""
    return texts.pieces() if isinstance(texts, Filed) else (iter([text]) for text in texts)


def characters(texts: "Sequence[str] | Filed") -> int:
    """The length of all documents."""
    return texts.characters if isinstance(texts, Filed) else sum(map(len, texts))


def survey(path: str, keep: bool) -> Gathered:
    """`gather`, keeping the texts of what is small. What was found out about a large text is remembered."""
    key = _key(path)
    known = None if key is None else _remembered(key)
    if known is not None:
        return known
    found = gather(path, IN_MEMORY if keep else 0)
    if key is not None and found.characters > IN_MEMORY:
        with suppress(BadInput):  # a full disk: it is found out again
            _remember(key, found)
    return found


def _cut(pieces: Iterator[str], start: int, stop: int) -> Iterator[str]:
    """The characters from `start` to `stop` of a text."""
    place = 0
    for piece in pieces:
        part = piece[max(0, start - place) : max(0, stop - place)]
        place += len(piece)
        if part:
            yield part


def _key(path: str) -> str | None:
    """What names the files as they are now; None where they cannot be seen, or are too small to be remembered."""
    try:
        with open_files(path) as files:
            places = [(entry.name, entry.place) for entry in files.entries if isinstance(entry.place, Path)]
            if files.archive is not None:
                places = [("", Path(files.path))]
            if sum(entry.bytes for entry in files.entries) <= IN_MEMORY:
                return None
            facts = [(name, *_facts(place)) for name, place in places]
    except (BadInput, OSError):
        return None  # reading says what is wrong
    text = json.dumps([VERSION, os.path.abspath(os.path.expanduser(path)), facts])
    return "found-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _facts(place: Path) -> tuple[int, ...]:
    stat = place.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _remember(key: str, found: Gathered) -> None:
    facts = {
        "path": found.path,
        "sources": [[one.name, one.encoding.name, one.encoding.mixed, one.documents] for one in found.sources],
        "letters": sorted(map(ord, found.letters)),
        "characters": found.characters,
        "skipped": [[name, plain(sentence)] for name, sentence in found.skipped],
        "notes": [plain(sentence) for sentence in found.notes],
        "others": found.others,
        "sha256": found.sha256,
    }
    with cache.making(key, 16 * len(found.lengths) + (1 << 20)) as folder:
        (folder / "found.json").write_text(json.dumps(facts), encoding="utf-8")
        for name in ("lengths", "keys"):
            with (folder / name).open("wb") as file:
                getattr(found, name).tofile(file)


def _remembered(key: str) -> Gathered | None:
    folder = cache.find(key)
    if folder is None:
        return None
    try:
        facts: Any = foreign_json.parse((folder / "found.json").read_bytes())
        found = Gathered(0, facts["path"], sha256=facts["sha256"], others=facts["others"])
        found.sources = [Source(name, Encoding(code, mixed), count) for name, code, mixed, count in facts["sources"]]
        found.letters = set(map(chr, facts["letters"]))
        found.characters = facts["characters"]
        found.skipped = [(name, sentence(said)) for name, said in facts["skipped"]]
        found.notes = [sentence(said) for said in facts["notes"]]
        count = sum(source.documents for source in found.sources)
        for name in ("lengths", "keys"):
            with (folder / name).open("rb") as file:
                getattr(found, name).fromfile(file, count)
        if sum(found.lengths) != found.characters:
            raise ValueError(key)
    except (OSError, ValueError, KeyError, TypeError, EOFError, OverflowError):
        cache.forget(key)
        return None
    return found


def plain(sentence: Sentence) -> list[Any]:
    values = {
        name: plain(value) if isinstance(value, Sentence) else value if isinstance(value, int) else str(value)
        for name, value in sentence.values.items()
    }
    return [sentence.pattern, values]


def sentence(said: list[Any]) -> Sentence:
    pattern, values = said
    return Sentence(
        pattern, {name: sentence(value) if isinstance(value, list) else value for name, value in values.items()}
    )
