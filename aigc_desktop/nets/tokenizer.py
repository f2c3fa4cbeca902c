"""Text to tokens and back, in the format of Hugging Face tokenizers: characters, or byte-level BPE."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

_UNKNOWN = -1
END = "<|endoftext|>"  # stands before and after every document, under the number 0
SMALLEST_BPE = 257  # END and the 256 bytes
_PIECE = 1 << 16  # characters of a text that are encoded as one
_LONGEST = 1 << 20  # characters without a break
_BATCH = 1 << 19  # characters handed to the encoder at once
_MANY = 4096  # pieces handed to it at once
_BREAK = re.compile(r"\n(?=\S)")

Pieces = Iterable[str]  # a document, as the pieces that make it up


def of_characters(alphabet: Iterable[str]) -> Tokenizer:
    """One token per character; characters outside the alphabet are left out."""
    letters = sorted(one for one in set(alphabet) if not "\ud800" <= one <= "\udfff")  # halves of pairs are no text
    vocabulary = {END: 0} | {letter: number for number, letter in enumerate(letters, 1)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))  # BPE without merges is characters
    tokenizer.decoder = decoders.Fuse()
    return _ready(tokenizer)


def of_bytes(documents: Iterable[Pieces], vocabulary: int) -> Tokenizer:
    """Byte-level BPE (Sennrich et al. 2016; Radford et al. 2019) with at most `vocabulary` tokens; knows every text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=max(vocabulary, SMALLEST_BPE),
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((piece for one in documents for piece in cut(one)), trainer)
    return _ready(tokenizer)


def read(path: Path) -> Tokenizer:
    """The tokenizer in a tokenizer.json; BadInput where the file is missing, broken, or lacks the end mark."""
    if not path.is_file():
        raise BadInput(mark("The model {path} is not whole: {file} is missing."), path=path.parent, file=path.name)
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception:  # noqa: BLE001 (the library raises the bare class for whatever is wrong)
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path) from None
    if tokenizer.token_to_id(END) != 0:
        raise BadInput(mark("The file {path} lacks the end mark {token}; train the model again."), path=path, token=END)
    return _ready(tokenizer)


def encode(tokenizer: Tokenizer, text: Pieces) -> np.ndarray:
    """The text's tokens, int32; a text that spells the end mark is read as those letters."""
    return stream(Words.of(tokenizer, start=()), [text])


def decode(tokenizer: Tokenizer, tokens: list[int]) -> str:
    """The text of tokens, without end marks and without a last character that is not whole yet."""
    return tokenizer.decode(tokens, skip_special_tokens=True).rstrip("\ufffd")


class Words:
    """Pieces of text to tokens by any encoder of many texts; the tokens `start` stand before each document."""

    def __init__(self, encode: Callable[[list[str]], Iterable[list[int]]], start: Iterable[int] = (0,)):
        self.encode, self.start = encode, list(start)

    @classmethod
    def of(cls, tokenizer: Tokenizer, start: Iterable[int] = (0,)) -> Self:
        """Encodes in as many threads as RAYON_NUM_THREADS says."""

        def encode(pieces: list[str]) -> Iterator[list[int]]:
            return (one.ids for one in tokenizer.encode_batch_fast(pieces, add_special_tokens=False))

        return cls(encode, start)

    def __call__(self, pieces: list[str], first: list[bool]) -> np.ndarray:
        """Tokens of the pieces one after another, int32; `first` says which of them begin a document."""
        tokens: list[int] = []
        for one, begins in zip(self.encode(pieces), first, strict=True):
            if begins:
                tokens += self.start
            tokens += one
        return np.array(tokens, np.int32)


class Letters:
    """The same for a tokenizer `of_characters`, a hundred times faster: a table of the characters."""

    start = (0,)

    def __init__(self, tokenizer: Tokenizer):
        self.table = np.full(0x110000, _UNKNOWN, np.int32)
        for letter, token in tokenizer.get_vocab(with_added_tokens=False).items():
            if len(letter) == 1:
                self.table[ord(letter)] = token

    def __call__(self, pieces: list[str], first: list[bool]) -> np.ndarray:
        tokens = self.table[np.frombuffer("".join(pieces).encode("utf-32-le"), np.uint32)]
        places = np.cumsum([0, *map(len, pieces[:-1])])[np.array(first, bool)]
        tokens = np.insert(tokens, places, 0)
        known = tokens != _UNKNOWN
        return tokens if known.all() else tokens[known]


Encoder = Words | Letters


def stream_in_parts(encoder: Encoder, documents: Iterable[Pieces]) -> Iterator[tuple[np.ndarray, int]]:
    """The tokens of all documents one after another, part by part, int32, each with the characters that it stands for."""
    pieces: list[str] = []
    first: list[bool] = []
    size = 0
    for document in documents:
        begins = True
        for piece in cut(document):
            pieces.append(piece)
            first.append(begins)
            begins, size = False, size + len(piece)
            if size >= _BATCH or len(pieces) == _MANY:
                yield encoder(pieces, first), size
                pieces, first, size = [], [], 0
        if begins:  # nothing is in it
            pieces.append("")
            first.append(True)
    if pieces:
        yield encoder(pieces, first), size


def stream(encoder: Encoder, documents: Iterable[Pieces]) -> np.ndarray:
    """The tokens of all documents one after another, int32."""
    return np.concatenate([np.empty(0, np.int32), *(part for part, _ in stream_in_parts(encoder, documents))])


def cut(text: Pieces) -> Iterator[str]:
    """The text cut before words that begin a line, where no tokenizer here would join what is cut; halves of pairs are "?".

    The cuts are the same, however the text comes in pieces. A line of more than a million characters is cut before a word.
    """
    left = ""
    for piece in [text] if isinstance(text, str) else text:
        left += piece if piece.isascii() else piece.encode("utf-8", "replace").decode()
        start = 0
        while stop := _cut(left, start):
            yield left[start:stop]
            start = stop
        left = left[start:]
    if left:
        yield left


def _ready(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.add_special_tokens([END])
    tokenizer.encode_special_tokens = True
    return tokenizer


def _cut(text: str, start: int) -> int:
    """Where the piece ends that begins here; 0 where more of the text is needed to say so."""
    found = _BREAK.search(text, start + _PIECE)
    if found and found.end() <= start + _LONGEST:
        return found.end()
    if len(text) <= start + _LONGEST:
        return 0
    word = text.rfind(" ", start + _PIECE, start + _LONGEST)
    return word if word > 0 else start + _LONGEST
