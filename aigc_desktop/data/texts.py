"""Texts to train on: a file, a folder or a zip of text files, or the starter text."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:  # a spec names Texts when the window starts: what reads texts must wait until it is needed
    from aigc_desktop.data.documents import Gathered
    from aigc_desktop.data.filed import Filed

TABLES = (".jsonl", ".csv", ".tsv")
SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst", ".log", ".srt", ".lrc", ".tex", ".fountain", *TABLES)
HELD_OUT = 1 << 18  # characters of held-out text that a figure is taken on; of more, an even part
NOTES = 5  # said at once
TENTH = 10  # of the text is held out


@dataclass(frozen=True)
class TextData:
    """Documents to learn from and documents held out; `facts` are characters, files, vocabulary, heldout_characters.

    Of a large text neither side is a list of strings but `Filed`: read both kinds with `data.filed.pieces`. `sha256` is
    that of the one file, or of the files' SHA-256 digests in the order of their names. `key` names what is learned and
    what is held out, letter for letter; it is empty where both are in memory. `notes` tell the user about the files.
    """

    train: "Sequence[str] | Filed"
    heldout: "Sequence[str] | Filed"
    sha256: str
    facts: dict[str, Any]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)
    key: str = ""
    known_letters: frozenset[str] = frozenset()

    @property
    def letters(self) -> frozenset[str]:
        """The different characters of both sides."""
        if self.known_letters:
            return self.known_letters
        return frozenset().union(*self.train, *self.heldout)  # type: ignore[misc]


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
            length = _only(found)[1]
            held = length - _cut(length)
        else:
            held = found.weigh(found.held_out())
        self._require_some(path, held)
        facts = _facts(found, held)
        return Found(facts, _summary(found, facts), found.skipped)

    def load(self, path: str, heldout: str | None, seed: int) -> TextData:
        """The documents, newlines as \\n.

        Held out is everything in `heldout`, else the last tenth of a single text, else a tenth of the documents by
        content, whatever the seed; none of it is in the training.
        """
        from aigc_desktop.data.filed import Filed, characters

        found = self._gather(path, self.min_characters, keep=True)
        letters, skipped, notes = found.letters, found.skipped, found.notes
        train: Sequence[str] | Filed
        held: Sequence[str] | Filed
        if heldout is not None:
            others = self._gather(heldout, 1, keep=True)
            train, held = _side(found, found.used & ~found.known_to(others)), _side(others, others.used)
            letters, notes = letters | others.letters, notes + others.notes
        elif found.one:
            number, length = _only(found)
            cut = _cut(length)
            if found.whole:
                train, held = [found.texts[0][:cut]], [found.texts[0][cut:]]
            else:
                alone = found.used
                alone[number + 1 :] = False
                train, held = Filed(found, alone, 0, cut), Filed(found, alone, cut, length)
        else:
            out = found.held_out()
            train, held = _side(found, found.used & ~out), _side(found, out)
        if not len(train):
            raise BadInput(mark("All text of {path} is held out: none is left to learn from."), path=path)
        self._require_some(path if heldout is None else heldout, characters(held))
        facts = _facts(found, characters(held))
        if isinstance(train, list) and isinstance(held, list):
            return TextData(train, held, found.sha256, facts, skipped, notes)
        return TextData(train, held, found.sha256, facts, skipped, notes, _key(train, held), frozenset(letters))

    def _gather(self, path: str, least: int, keep: bool) -> "Gathered":
        from aigc_desktop.data.documents import Gathered, Source
        from aigc_desktop.data.encodings import Encoding
        from aigc_desktop.data.filed import IN_MEMORY, survey

        if path == STARTER:
            from aigc_desktop.data import starter_text

            found = Gathered(IN_MEMORY if keep else 0, path, [Source("", Encoding("utf-8"), 1)])
            story = starter_text.make()
            found.add([story])
            found.sha256 = hashlib.sha256(story.encode()).hexdigest()
            return found
        found = survey(path, keep)
        if found.characters < max(least, 2):
            raise BadInput(
                mark(
                    "{path} is too short to learn from and to hold a part of it out: {count:,} of at least {least:,} "
                    "characters."
                ),
                path=path,
                count=found.characters,
                least=least,
            )
        return found

    def _require_some(self, path: str, heldout: int) -> None:
        """No figure says anything that is measured on a few letters."""
        least = max(1, self.min_characters // TENTH)
        if heldout < least:
            raise BadInput(
                mark(
                    "Too little of {path} can be held out to measure the learning: {count:,} of at least {least:,} "
                    "characters. Add text, or choose yourself what is held out."
                ),
                path=path,
                count=heldout,
                least=least,
            )


def _cut(length: int) -> int:
    """Where the last tenth of a text begins."""
    return length * (TENTH - 1) // TENTH


def _only(found: "Gathered") -> tuple[int, int]:
    """The number and the length of the first text that is not blank."""
    return next((number, length) for number, length in enumerate(found.lengths) if length)


def _side(found: "Gathered", chosen: Any) -> "Sequence[str] | Filed":
    """These documents (bool [n]): their texts, or where they are."""
    if found.whole:
        return [text for text, wanted in zip(found.texts, chosen[found.used], strict=True) if wanted]
    from aigc_desktop.data.filed import Filed

    return Filed(found, chosen)


def _key(*sides: "Sequence[str] | Filed") -> str:
    from aigc_desktop.data.filed import Filed

    digest = hashlib.sha256()
    for side in sides:
        if isinstance(side, Filed):
            digest.update(f"{side.start} {side.stop} ".encode())
            digest.update(side.found.digest(side.chosen))
        else:
            digest.update(hashlib.sha256("\0".join(side).encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()


def _facts(found: "Gathered", heldout: int) -> dict[str, Any]:
    return {
        "characters": found.characters,
        "files": len(found.sources),
        "vocabulary": len(found.letters),
        "heldout_characters": heldout,
    }


def _summary(found: "Gathered", facts: dict[str, Any]) -> list[Sentence]:
    said = [
        Sentence(mark("{characters:,} characters of text, {vocabulary:,} different ones."), facts)
        if facts["files"] == 1
        else Sentence(
            mark("{characters:,} characters of text in {files:,} files, {vocabulary:,} different ones."), facts
        )
    ]
    if found.count > facts["files"]:
        said.append(Sentence(mark("Each row of a table is a text: {count:,}."), {"count": found.count}))
    if facts["heldout_characters"] <= HELD_OUT:
        said.append(Sentence(mark("Held out to measure the learning: {heldout_characters:,} characters."), facts))
    else:
        pattern = mark(
            "Held out to measure the learning: {heldout_characters:,} characters; the figures are taken on {some:,} of them, "
            "evenly spread."
        )
        said.append(Sentence(pattern, facts | {"some": HELD_OUT}))
    unusual = sorted({source.encoding.name for source in found.sources} - {"utf-8", "utf-8-sig"})
    if unusual:
        said.append(Sentence(mark("Encoding: {encodings}."), {"encodings": ", ".join(map(str.upper, unusual))}))
    said += found.notes[:NOTES]
    if found.skipped:
        said.append(Sentence(mark("Skipped: {count:,}."), {"count": len(found.skipped)}))
    if found.others:
        said.append(Sentence(mark("Other files, not texts: {count:,}."), {"count": found.others}))
    return said
