"""A text as tokens to train on: its tokenizer, the training tokens and the held-out ones.

The tokens of a large text stay on the disk, memory-mapped, in the cache folder under a name made of the text's contents
and the tokenizer: made once, found again at the next start. Only a part of it is in the memory at any time.
"""

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from aigc_desktop import foreign_json
from aigc_desktop.data import cache
from aigc_desktop.data.documents import letters_of
from aigc_desktop.data.filed import Filed, characters, pieces
from aigc_desktop.data.texts import HELD_OUT, TextData
from aigc_desktop.engine import progress
from aigc_desktop.i18n import mark
from aigc_desktop.nets import tokenizer as tokenizers
from aigc_desktop.problems import BadInput

VERSION = 1  # of the files below
SAMPLE = 1 << 22  # characters that word pieces are learned from
STRETCH = 1 << 12  # characters of held-out text that are looked at together, where not all are
READING, LEARNING, CUTTING = (
    mark("Reading the text"),
    mark("Learning word pieces"),
    mark("Cutting the text into tokens"),
)


class Corpus:
    """Tokenizer, training tokens and held-out tokens, and what they stand for.

    `train` and `heldout` are tensors of integers: int32, or where `filed` is true `train` is uint8, uint16 or int32 in a
    memory-mapped file that must not be written to. Index it with int64 tensors or slices and take `.long()` of what comes;
    do not compute with it as a whole. `heldout` is all of a held-out text of up to HELD_OUT characters; of a longer one it
    is HELD_OUT characters in stretches that are spread evenly, each like a document of its own.

    `vocabulary` is how many tokens a network must know, `alphabet` the characters of the training text. `start` is read
    before a prompt: nothing but the end mark for a model of many texts, a new line for one of a single text, which hardly
    ever saw the end mark.
    """

    tokenizer: Any
    vocabulary: int
    train: Tensor
    heldout: Tensor
    heldout_characters: int
    tokens_per_character: float
    alphabet: str
    start: str
    filed: bool = False

    def __init__(self, tokenizer: Any, vocabulary: int, encoder: tokenizers.Encoder, data: TextData, name: str):
        self.tokenizer, self.vocabulary = tokenizer, vocabulary
        if isinstance(data.train, Filed):
            self._from_disk(encoder, data, data.train, f"tokens-{_digest(data.key, name)}")
        else:
            held = held_out(data)
            self.train = torch.from_numpy(tokenizers.stream(encoder, data.train))
            self.heldout = torch.from_numpy(tokenizers.stream(encoder, held))
            self.heldout_characters = sum(map(len, held))
            marks = len(data.train) * len(encoder.start)
            self.tokens_per_character = (len(self.train) - marks) / max(1, characters(data.train))
            self.alphabet = _alphabet(set().union(*data.train))
        self.start = "\n" if len(data.train) == 1 and "\n" in self.alphabet else ""

    def _from_disk(self, encoder: tokenizers.Encoder, data: TextData, train: Filed, key: str) -> None:
        kind = _smallest(self.vocabulary)
        folder = cache.find(key)
        if folder is None or not self._read(folder, kind):
            cache.forget(key)
            with cache.making(key, (train.characters + len(train)) * np.dtype(kind).itemsize) as fresh:
                _write(fresh, encoder, data, train, kind)
            folder = cache.find(key)
            if folder is None or not self._read(folder, kind):
                raise BadInput(mark("The tokens of the text vanished from the cache folder. Start again."))

    def _read(self, folder: Path, kind: type[np.generic]) -> bool:
        """Take what was written; False where it is not whole."""
        try:
            facts = foreign_json.parse((folder / "facts.json").read_bytes())
            mapped, held = np.memmap(folder / "train", kind, "r"), np.fromfile(folder / "heldout", np.int32)
            if len(mapped) != facts["tokens"] or len(held) != facts["heldout"]:
                return False
            self.tokens_per_character, self.alphabet = float(facts["per_character"]), str(facts["alphabet"])
            self.heldout_characters = int(facts["heldout_characters"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        with warnings.catch_warnings():  # that it cannot be written to is what is wanted
            warnings.simplefilter("ignore", UserWarning)
            self.train = torch.from_numpy(mapped)
        self.heldout = torch.from_numpy(held)
        self.filed = True
        return True


_last: tuple[TextData, tuple[str, object], Corpus] | None = None


def corpus(tokens: Literal["characters", "bpe"], vocabulary: int, data: TextData) -> Corpus:
    """The data as tokens; kept for the next trainer of the same data, since measuring precisions builds several."""

    def make() -> Corpus:
        if tokens == "characters":
            tokenizer = tokenizers.of_characters(data.letters)
            return Corpus(tokenizer, tokenizer.get_vocab_size(), tokenizers.Letters(tokenizer), data, tokens)
        tokenizer = _learned(vocabulary, data)
        return Corpus(tokenizer, vocabulary, tokenizers.Words.of(tokenizer), data, f"{tokens} {vocabulary}")

    return _kept(data, (tokens, vocabulary), make)


def of_tokenizer(tokenizer: Any, data: TextData, start: Sequence[int]) -> Corpus:
    """The data as tokens of a model's own tokenizer (transformers); the tokens `start` stand before each document."""

    backend = getattr(tokenizer, "backend_tokenizer", None)
    if isinstance(backend, Tokenizer):
        own = Tokenizer.from_str(backend.to_str())  # its settings are changed
        own.no_truncation()
        own.no_padding()
        own.encode_special_tokens = True
        encoder, name = tokenizers.Words.of(own, start), own.to_str()
    else:
        encoder = tokenizers.Words(_lists(tokenizer), start)
        name = json.dumps([repr(tokenizer), sorted(tokenizer.get_vocab().items())])
    name = _digest(name, *map(str, start))
    return _kept(data, ("tokenizer", name), lambda: Corpus(tokenizer, len(tokenizer), encoder, data, name))


def _kept(data: TextData, key: tuple[str, object], make: Callable[[], Corpus]) -> Corpus:
    global _last
    if _last is None or _last[0] is not data or _last[1] != key:
        _last = None  # frees what was kept before more is read
        _last = (data, key, make())
    return _last[2]


def held_out(data: TextData) -> list[str]:
    """The held-out documents; of more than HELD_OUT characters, stretches that are spread evenly over all of them.

    A document that is shorter than a stretch is taken whole where it begins inside one.
    """
    whole = characters(data.heldout)
    if whole <= HELD_OUT:
        return ["".join(one) for one in pieces(data.heldout)]
    apart = whole / (HELD_OUT // STRETCH)
    found: list[str] = []
    place = 0
    for document in pieces(data.heldout):
        begun, beginning, parts = place, "", dict[int, list[str]]()
        for piece in document:
            beginning = beginning or piece
            number = int(max(0, place - STRETCH) / apart)
            while (start := int(number * apart)) < place + len(piece):
                part = piece[max(0, start - place) : max(0, start + STRETCH - place)]
                if part:
                    parts.setdefault(number, []).append(part)
                number += 1
            place += len(piece)
            progress.say(READING, place / whole)
        if place - begun > len(beginning) or len(beginning) > STRETCH:
            found += ["".join(part) for _, part in sorted(parts.items())]
        elif begun - int(int(begun / apart) * apart) < STRETCH:
            found.append(beginning)
    return found


def _lists(tokenizer: Any) -> Callable[[list[str]], list[list[int]]]:
    """Encodes with a tokenizer that is written in Python."""
    return lambda texts: tokenizer(texts, add_special_tokens=False, split_special_tokens=True)["input_ids"]


def _learned(vocabulary: int, data: TextData) -> Tokenizer:
    """Word pieces learned from the training text, or from an even sample of a large one."""
    if not isinstance(data.train, Filed):
        return tokenizers.of_bytes(data.train, vocabulary)
    key = f"pieces-{_digest(data.key, str(vocabulary))}"
    folder = cache.find(key)
    if folder is not None:
        try:
            return tokenizers.read(folder / "tokenizer.json")
        except BadInput:
            cache.forget(key)
    sample = _sampled(data.train)
    tokenizer = progress.during(LEARNING, lambda: tokenizers.of_bytes(sample, vocabulary))
    with cache.making(key, 1 << 20) as folder:
        tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def _sampled(train: Filed) -> list[str]:
    """Pieces of the text, evenly, of SAMPLE characters together."""
    whole = train.characters
    share = min(1.0, SAMPLE / whole)
    seen = taken = 0
    sample: list[str] = []
    for document in train.pieces():
        for piece in tokenizers.cut(document):
            seen += len(piece)
            if taken < seen * share:
                taken += len(piece)
                sample.append(piece)
            progress.say(READING, seen / whole)
    return sample


def _write(folder: Path, encoder: tokenizers.Encoder, data: TextData, train: Filed, kind: type[np.generic]) -> None:
    whole, done, count = train.characters, 0, 0
    letters: set[str] = set()
    noted = (_noting(document, letters) for document in train.pieces())
    with (folder / "train").open("wb") as file:
        for part, size in tokenizers.stream_in_parts(encoder, noted):
            file.write(part.astype(kind).data)
            count, done = count + len(part), done + size
            progress.say(CUTTING, done / max(1, whole))
    held = held_out(data)
    tokens = tokenizers.stream(encoder, held)
    tokens.tofile(folder / "heldout")
    facts = {
        "tokens": count,
        "per_character": (count - len(train) * len(encoder.start)) / max(1, done),
        "alphabet": _alphabet(letters),
        "heldout": len(tokens),
        "heldout_characters": sum(map(len, held)),
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def _alphabet(letters: set[str]) -> str:
    """The characters in order; halves of pairs are none."""
    return "".join(sorted(one for one in letters if not "\ud800" <= one <= "\udfff"))


def _noting(document: Iterator[str], letters: set[str]) -> Iterator[str]:
    for piece in document:
        letters |= letters_of(piece)
        yield piece


def _smallest(vocabulary: int) -> type[np.generic]:
    return np.uint8 if vocabulary <= 1 << 8 else np.uint16 if vocabulary <= 1 << 16 else np.int32


def _digest(*names: str) -> str:
    return hashlib.sha256("\0".join((str(VERSION), *names)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
