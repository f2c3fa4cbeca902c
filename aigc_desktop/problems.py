"""What goes wrong because of what the user gave: one sentence that says what, which file, and what to do."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aigc_desktop.i18n import localised, tr
from aigc_desktop.shown import shown


@dataclass(frozen=True)
class Sentence:
    """A text for the user: an English pattern (marked for translation) and what fills its `{names}`."""

    pattern: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return fill(tr(self.pattern), localised(self.values)) if self.values else tr(self.pattern)

    @property
    def english(self) -> str:
        return fill(self.pattern, self.values) if self.values else self.pattern


def fill(pattern: str, values: Mapping[str, Any]) -> str:
    """The pattern with each `{name}` filled by the value as it can be shown.

    A pattern that asks for anything else stays as it is: sentences are also read from files, which may hold anything.
    """
    try:
        fields = [
            (name, spec or "", how) for _, name, spec, how in string.Formatter().parse(pattern) if name is not None
        ]
    except ValueError:
        return pattern
    if any(name not in values or how or len(spec) > 4 for name, spec, how in fields):
        return pattern
    ready = {name: _ready(value) for name, value in values.items()}
    try:
        return pattern.format(**ready)
    except (ValueError, OverflowError):  # "{name:,}" of a text
        return pattern


def _ready(value: object) -> object:
    """Numbers keep their format, a sentence inside a sentence its length."""
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**30):
        return value
    return str(value) if isinstance(value, Sentence) else shown(value)


class BadInput(Exception):
    """Input that cannot be used; the window shows its sentence, the command line prints it and exits with 2."""

    def __init__(self, pattern: str, **values: Any):
        self.sentence = Sentence(pattern, values)
        super().__init__(self.sentence.english)

    def __str__(self) -> str:
        return str(self.sentence)


class Failure(Exception):
    """Work that cannot go on through no fault of the input (a loss that is no number, no memory): one sentence."""

    def __init__(self, pattern: str, **values: Any):
        self.sentence = Sentence(pattern, values)
        super().__init__(self.sentence.english)
