"""Texts to train on: a file, a folder or a zip of text files, or the starter text."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:  # a spec names Texts when the window starts: what reads texts must wait until it is needed
    from aigc_desktop.data.documents import Gathered

TABLES = (".jsonl", ".csv", ".tsv")
SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst", ".log", ".srt", ".lrc", ".tex", ".fountain", *TABLES)


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

    def _gather(self, path: str, least: int, keep: bool) -> "Gathered":
        from aigc_desktop.data.documents import Gathered, gather

        if path == STARTER:
            from aigc_desktop.data import starter_text

            found = Gathered(keep, files=1)
            found.add([starter_text.make()])
            found.sha256 = found.digests[0].hex()
            return found
        found = gather(path, keep)
        if sum(found.lengths) < max(least, 2):
            raise BadInput(
                mark("{path} is too short: {count:,} of at least {least:,} characters."),
                path=path,
                count=sum(found.lengths),
                least=least,
            )
        return found


def _cut(length: int) -> int:
    """Where the last tenth of a text begins."""
    return length * 9 // 10


def _facts(found: "Gathered", heldout: int) -> dict[str, Any]:
    return {
        "characters": sum(found.lengths),
        "files": found.files,
        "vocabulary": len(found.letters),
        "heldout_characters": heldout,
    }


def _summary(found: "Gathered", facts: dict[str, Any]) -> list[Sentence]:
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
