"""Texts to train on: a file, a folder or a zip of text files, or the starter text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aigc_desktop.data.archives import Entry, Files, open_files
from aigc_desktop.data.documents import FOREIGN, SUFFIXES, documents
from aigc_desktop.data.split import held_out
from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

MAX_BYTES = 4 << 30  # of all files together


@dataclass(frozen=True)
class TextData:
    """Documents to learn from and documents held out; `facts` are characters, files, vocabulary, heldout_characters.

    `sha256` is that of the one file, or of the files' SHA-256 digests in the order of their names.
    """

    train: list[str]
    heldout: list[str]
    sha256: str
    facts: dict[str, Any]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)


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
        return held_out(self.digests, self.lengths)


@dataclass(frozen=True)
class Texts:
    """Text as training data, at least `min_characters` of it."""

    min_characters: int = 200
    name: str = "texts"
    suffixes: tuple[str, ...] = SUFFIXES

    def look(self, path: str) -> Found:
        """Characters, files, vocabulary, encodings, and what is skipped and why. All is read, little of it kept."""
        found = self._gather(path, self.min_characters, keep=False)
        if found.one:
            held = found.lengths[0] - _cut(found.lengths[0])
        else:
            held = sum(length for length, out in zip(found.lengths, found.held_out(), strict=True) if out)
        facts = _facts(found, held)
        return Found(facts, _summary(found, facts), found.skipped)

    def load(self, path: str, heldout: str | None, seed: int) -> TextData:
        """The documents, newlines as \\n.

        Held out is everything in `heldout`, else the last tenth of a single text, else a tenth of the documents by
        content, whatever the seed; none of it is in the training.
        """
        found = self._gather(path, self.min_characters, keep=True)
        if heldout is not None:
            others = self._gather(heldout, 1, keep=True)
            known = set(others.digests)
            train = [text for text, digest in zip(found.texts, found.digests, strict=True) if digest not in known]
            held = others.texts
        elif found.one:
            cut = _cut(found.lengths[0])
            train, held = [found.texts[0][:cut]], [found.texts[0][cut:]]
        else:
            sides = list(zip(found.texts, found.held_out(), strict=True))
            train, held = [text for text, out in sides if not out], [text for text, out in sides if out]
        if not train:
            raise BadInput(mark("All text of {path} is held out: none is left to learn from."), path=path)
        return TextData(train, held, found.sha256, _facts(found, sum(map(len, held))), found.skipped)

    def _gather(self, path: str, least: int, keep: bool) -> Gathered:
        found = Gathered(keep)
        if path == STARTER:
            from aigc_desktop.data import starter_text

            found.files = 1
            found.add([starter_text.make()])
            found.sha256 = found.digests[0].hex()
            return found
        _read(path, found)
        if sum(found.lengths) < max(least, 2):
            raise BadInput(
                mark("{path} is too short: {count:,} characters; at least {least:,} are needed."),
                path=path,
                count=sum(found.lengths),
                least=least,
            )
        return found


def _read(path: str, found: Gathered) -> None:
    """Gather every text file under the path; BadInput where there is none that can be used."""
    with open_files(path) as files:
        if files.single:
            entries = files.entries
        else:
            entries = [entry for entry in files.entries if entry.suffix in (*SUFFIXES, *FOREIGN)]
        found.others = len(files.entries) - len(entries)
        found.skipped += files.skipped
        if sum(entry.bytes for entry in entries) > MAX_BYTES:
            raise BadInput(
                mark("The texts in {path} are too big: {gigabytes} GB at most."), path=path, gigabytes=MAX_BYTES >> 30
            )
        sums: list[bytes] = []
        for entry in entries:
            try:
                sums.append(_read_one(files, entry, found))
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


def _read_one(files: Files, entry: Entry, found: Gathered) -> bytes:
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


def _cut(length: int) -> int:
    """Where the last tenth of a text begins."""
    return length * 9 // 10


def _facts(found: Gathered, heldout: int) -> dict[str, Any]:
    return {
        "characters": sum(found.lengths),
        "files": found.files,
        "vocabulary": len(found.letters),
        "heldout_characters": heldout,
    }


def _summary(found: Gathered, facts: dict[str, Any]) -> list[Sentence]:
    said = [
        Sentence(mark("{characters:,} characters of text, {vocabulary:,} different ones."), facts)
        if found.files == 1
        else Sentence(
            mark("{characters:,} characters of text in {files:,} files, {vocabulary:,} different ones."), facts
        )
    ]
    if len(found.lengths) > found.files:
        said.append(Sentence(mark("Each row of a table is a text: {count:,}."), {"count": len(found.lengths)}))
    said.append(Sentence(mark("Held out to measure the learning: {heldout_characters:,} characters."), facts))
    unusual = sorted(found.encodings - {"utf-8", "utf-8-sig"})
    if unusual:
        said.append(Sentence(mark("Encoding: {encodings}."), {"encodings": ", ".join(map(str.upper, unusual))}))
    if found.skipped:
        said.append(Sentence(mark("Skipped: {count:,}."), {"count": len(found.skipped)}))
    if found.others:
        said.append(Sentence(mark("Other files, not texts: {count:,}."), {"count": found.others}))
    return said
