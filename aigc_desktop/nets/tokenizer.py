"""Text to tokens and back, in the format of Hugging Face tokenizers: characters, or byte-level BPE."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

END = "<|endoftext|>"  # stands before and after every document, under the number 0
SMALLEST_BPE = 257  # END and the 256 bytes
_PIECE = 1 << 16  # characters encoded at once
_BREAK = re.compile(r"\n(?=\S)")


def of_characters(alphabet: Iterable[str]) -> Tokenizer:
    """One token per character; characters outside the alphabet are left out."""
    letters = sorted(one for one in set(alphabet) if not "\ud800" <= one <= "\udfff")  # halves of pairs are no text
    vocabulary = {END: 0} | {letter: number for number, letter in enumerate(letters, 1)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))  # BPE without merges is characters
    tokenizer.decoder = decoders.Fuse()
    return _ready(tokenizer)


def of_bytes(documents: Iterable[str], vocabulary: int) -> Tokenizer:
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
    tokenizer.train_from_iterator((piece for one in documents for piece in _pieces(one)), trainer)
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


def encode(tokenizer: Tokenizer, text: str) -> np.ndarray:
    """The text's tokens, int32; a text that spells the end mark is read as those letters."""
    encodings = tokenizer.encode_batch_fast(list(_pieces(text)), add_special_tokens=False)
    return np.concatenate([np.array(one.ids, np.int32) for one in encodings] or [np.empty(0, np.int32)])


def decode(tokenizer: Tokenizer, tokens: list[int]) -> str:
    """The text of tokens, without end marks and without a last character that is not whole yet."""
    return tokenizer.decode(tokens, skip_special_tokens=True).rstrip("\ufffd")


def stream(tokenizer: Tokenizer, documents: Iterable[str]) -> np.ndarray:
    """All documents one after another, int32, the end mark before each."""
    parts: list[np.ndarray] = []
    for document in documents:
        parts += [np.zeros(1, np.int32), encode(tokenizer, document)]
    return np.concatenate(parts or [np.empty(0, np.int32)])


def _ready(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.add_special_tokens([END])
    tokenizer.encode_special_tokens = True
    return tokenizer


def _pieces(text: str) -> Iterator[str]:
    """The text cut before words that begin a line, where no tokenizer here would join what is cut."""
    text, start = text.encode("utf-8", "replace").decode(), 0
    while start < len(text):
        found = _BREAK.search(text, start + _PIECE)
        stop = found.end() if found else len(text)
        yield text[start:stop]
        start = stop
