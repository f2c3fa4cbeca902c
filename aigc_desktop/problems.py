"""What goes wrong because of what the user gave: one sentence that says what, which file, and what to do."""

from dataclasses import dataclass, field
from typing import Any

from aigc_desktop.i18n import tr


@dataclass(frozen=True)
class Sentence:
    """A text for the user: an English pattern (marked for translation) and what fills its `{names}`."""

    pattern: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return tr(self.pattern).format(**self.values) if self.values else tr(self.pattern)

    @property
    def english(self) -> str:
        return self.pattern.format(**self.values) if self.values else self.pattern


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
