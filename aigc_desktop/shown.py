"""A value as it stands in a sentence: one line, its writing direction its own, not too long, nothing that cannot be shown."""

import re
import unicodedata

LONGEST = 160  # characters of one value
_ISOLATED, _END = "\u2068", "\u2069"  # Unicode's first-strong isolate: what is inside moves nothing outside
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_BREAK = re.compile(r"\s*[^\S ]\s*")


def shown(value: object) -> str:
    """The value's text on one line; in the middle of a long one stands "…".

    Control characters, marks that turn the direction of writing and halves of surrogate pairs (bytes of a file name that
    are no letters) become "�"; a text with letters that run from right to left is isolated from the sentence around it.
    """
    text = plain(value)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 3]}…{text[LONGEST // 3 + 1 - LONGEST :]}"
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return _ISOLATED + text + _END
    return text


def piece(token: str) -> str:
    """A token of a text as a label: what cannot be seen in it can be, a space as ␣, a line break as ↵, a tab as ⇥."""
    return plain(token.replace("\r\n", "↵").replace("\n", "↵").replace("\t", "⇥").replace(" ", "␣"))


def plain(value: object) -> str:
    """The value's text on one line, however long, without what a terminal or a window would obey instead of showing."""
    text = str(value)
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, _BREAK.sub(" ", text)))


def _visible(letter: str) -> str:
    kind = unicodedata.category(letter)
    return "\ufffd" if kind in ("Cc", "Cs") or (kind == "Cf" and letter not in "\u200c\u200d") else letter
