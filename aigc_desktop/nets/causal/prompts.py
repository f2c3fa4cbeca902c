"""A prompt as what a model reads: its tokens, cut at the front where they are more than fit."""

from dataclasses import dataclass

from aigc_desktop.nets.causal.loading import Language

SHOWN = 60  # characters of what was cut


@dataclass(frozen=True)
class Prompt:
    """`tokens` are what the model reads, `language.start` in front (once, where the prompt itself begins so). `left_out` is
    the text that was cut, `tokens_cut` long; `tokens_whole` is how long the prompt was. `spaces` at the end of the text were
    kept from the model.
    """

    text: str
    tokens: list[int]
    left_out: str = ""
    tokens_cut: int = 0
    tokens_whole: int = 0
    spaces: int = 0

    def joined(self, continued: str) -> str:
        """The prompt as it was typed, and what follows it; a space that stands there already is not written again."""
        spaces = len(continued) - len(continued.lstrip(" "))
        return self.text + continued[min(spaces, self.spaces) :]


def read(language: Language, text: str, length: int) -> Prompt:
    """The prompt as this model reads it, to be continued by up to `length` tokens.

    Models of word pieces begin a word with its space: one that ends the prompt is kept for the word to come, which would
    be a strange one otherwise. A prompt that does not fit is cut so that there is room to write, too.
    """
    spaces = len(text) - len(text.rstrip(" ")) if _words_bring_spaces(language) else 0
    tokens = language.encode(text[: len(text) - spaces])
    whole, first = len(tokens), 0
    room = max(1, language.context - len(language.start))
    if whole >= room:
        first = whole - max(1, room - min(length, room // 4))
    left_out = _text_of(language, text, tokens, first)
    begun = first == 0 and tokens[: len(language.start)] == language.start
    start = [] if begun else language.start
    return Prompt(text, [*start, *tokens[first:]], left_out, first, whole, spaces)


def _words_bring_spaces(language: Language) -> bool:
    """Whether a space is one token with the word that follows it, unlike where every character is a token."""
    return len(language.encode("a a")) < 3


def _text_of(language: Language, text: str, tokens: list[int], count: int) -> str:
    """The beginning of the text that its first `count` tokens stand for."""
    if not count:
        return ""
    if language.tokenizer.is_fast:
        places = language.tokenizer(
            text.encode("utf-8", "replace").decode(), add_special_tokens=False, return_offsets_mapping=True
        )["offset_mapping"]
        if count < len(places):
            return text[: places[count][0]]
    return str(language.tokenizer.decode(tokens[:count], clean_up_tokenization_spaces=False))
