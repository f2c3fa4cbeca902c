"""Texts to train on: a file, a folder or a zip of text files, or the starter text."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aigc_desktop.data.archives import Entry, Files, open_files
from aigc_desktop.data.encodings import encoding_of
from aigc_desktop.data.split import held_out
from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

SUFFIXES = (".txt", ".md", ".text", ".markdown", ".rst", ".srt", ".lrc")
PIECE = 1 << 22


@dataclass(frozen=True)
class TextData:
    """Documents to learn from and documents held out; `facts` are characters, files, vocabulary, heldout_characters."""

    train: list[str]
    heldout: list[str]
    sha256: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Texts:
    """Text as training data, at least `min_characters` of it."""

    min_characters: int = 200
    name: str = "texts"
    suffixes: tuple[str, ...] = SUFFIXES

    def look(self, path: str) -> Found:
        data = self.load(path, None, 0)
        return Found(data.facts, [Sentence(mark("{characters:,} characters."), data.facts)])

    def load(self, path: str, heldout: str | None, seed: int) -> TextData:
        documents = self._documents(path)
        sha256 = hashlib.sha256("".join(documents).encode()).hexdigest()
        if heldout is not None:
            train, held = documents, self._documents(heldout)
        elif len(documents) == 1:
            cut = len(documents[0]) * 9 // 10
            train, held = [documents[0][:cut]], [documents[0][cut:]]
        else:
            out = held_out([hashlib.sha256(one.encode()).digest() for one in documents], [len(one) for one in documents])
            train = [one for one, held in zip(documents, out, strict=True) if not held]
            held = [one for one, held in zip(documents, out, strict=True) if held]
        facts = {
            "characters": sum(map(len, train + held)),
            "files": len(documents),
            "vocabulary": len(set().union(*train, *held)),
            "heldout_characters": sum(map(len, held)),
        }
        if facts["characters"] < self.min_characters or not facts["heldout_characters"]:
            raise BadInput(mark("{path} is too short."), path=path)
        return TextData(train, held, sha256, facts)

    def _documents(self, path: str) -> list[str]:
        if path == STARTER:
            from aigc_desktop.data import starter_text

            return [starter_text.make()]
        with open_files(path) as files:
            entries = files.entries if files.single else [one for one in files.entries if one.suffix in SUFFIXES]
            return ["".join(_pieces(files, entry)) for entry in entries]


def _pieces(files: Files, entry: Entry) -> Iterator[str]:
    with files.open(entry) as file:
        encoding = encoding_of(file, files.full_name(entry))
        file.seek(0)
        with io.TextIOWrapper(file, encoding, newline=None) as text:
            while piece := text.read(PIECE):
                yield piece
