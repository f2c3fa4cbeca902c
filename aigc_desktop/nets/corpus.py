"""A text as tokens to train on: its tokenizer, the training tokens and the held-out ones."""

from typing import Literal

import torch

from aigc_desktop.data.texts import TextData
from aigc_desktop.nets import tokenizer as tokenizers


class Corpus:
    """Tokenizer, training tokens and held-out tokens (int32 tensors), and what they stand for.

    `vocabulary` is how many tokens a network must know. `start` is read before a prompt: nothing but the end mark for a
    model of many texts, a new line for one of a single text, which hardly ever saw the end mark.
    """

    def __init__(self, tokens: Literal["characters", "bpe"], vocabulary: int, data: TextData):
        if tokens == "characters":
            self.tokenizer = tokenizers.of_characters(set().union(*data.train, *data.heldout))
            self.vocabulary = self.tokenizer.get_vocab_size()
        else:
            self.tokenizer, self.vocabulary = tokenizers.of_bytes(data.train, vocabulary), vocabulary
        self.train = torch.from_numpy(tokenizers.stream(self.tokenizer, data.train))
        self.heldout = torch.from_numpy(tokenizers.stream(self.tokenizer, data.heldout))
        self.heldout_characters = sum(map(len, data.heldout))
        self.tokens_per_character = int((self.train != 0).sum()) / max(1, sum(map(len, data.train)))
        self.alphabet = "".join(sorted(set().union(*data.train)))
        self.start = "\n" if len(data.train) == 1 and "\n" in self.alphabet else ""


_last: tuple[TextData, tuple[str, int], Corpus] | None = None


def corpus(tokens: Literal["characters", "bpe"], vocabulary: int, data: TextData) -> Corpus:
    """The data as tokens; kept for the next trainer of the same data, since measuring precisions builds several."""
    global _last
    if _last is None or _last[0] is not data or _last[1] != (tokens, vocabulary):
        _last = (data, (tokens, vocabulary), Corpus(tokens, vocabulary, data))
    return _last[2]
