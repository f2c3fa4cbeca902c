"""A writing desk: a form whose values, with a few examples before them, become the prompt for a language model."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

TEXT, LONG_TEXT, CHOICE, NUMBER = KINDS = ("text", "long text", "choice", "number")
ANSWER = "answer"  # what the model writes, as a pattern calls it
START = "start"  # where the finished text begins, as the task's pattern calls it
SHOTS = (0, 1, 3, 5)  # examples that the test row tries

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PLACE = re.compile(r"(\\?)\{([a-z][a-z0-9_]{0,39})\}")  # `{topic}`; `\{topic}` stays, without the backslash

_START = "\0"

Value = str | int | float


@dataclass(frozen=True)
class Field:
    """One thing that the form asks for. `kind` is one of KINDS; a default is text, a choice's one of `choices`.

    `low` and `high` bound a number (None: no bound). Texts are in the desk's own language and are shown as they are.
    """

    name: str
    title: str
    kind: str = TEXT
    help: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Desk:
    """A desk as its file has it; `own`: it is the user's, else it came with the program.

    A prompt is `opening`, then the examples, each by the pattern `example`, then the task by `template`; what stands
    between them is `separator`. `examples` are rows of texts, one for each of `columns`: the fields in order, the answer
    last. A text ends before one of `stop`. `params` are suggestions for creating (`settings` says which a model takes).
    The finished text begins where the template has `{start}`: with the task where it has none, with the answer alone where
    it ends so. Opening and examples are never part of it.
    """

    id: str
    title: str
    template: str
    about: str = ""
    language: str = "en"  # that it writes in, a key of i18n.LANGUAGES
    fields: tuple[Field, ...] = ()
    answer: str = ""  # the title of the answer's column
    opening: str = ""
    example: str = ""
    separator: str = "\n\n"
    examples: tuple[tuple[str, ...], ...] = ()
    stop: tuple[str, ...] = ()
    params: Mapping[str, str | int | float | bool] = dataclasses.field(default_factory=dict, hash=False)
    order: int = 100
    own: bool = False
    path: Path | None = None

    @property
    def columns(self) -> list[str]:
        """The titles of the table of examples: one for each field, then the answer's."""
        return [*(one.title for one in self.fields), self.answer]

    @property
    def defaults(self) -> dict[str, str]:
        """The values that the form begins with."""
        return {one.name: one.default for one in self.fields}

    @property
    def rows(self) -> list[list[str]]:
        """The desk's own examples, to be changed at will."""
        return [list(row) for row in self.examples]

    def prompt(
        self, values: Mapping[str, Value], examples: Sequence[Sequence[str]] | None = None, shots: int = 0
    ) -> str:
        """The prompt with the first `shots` of the examples (the desk's own unless given) before the task.

        Fields without a value take their default. A line whose fields are all empty is left out, but for the last one.
        Wildcards stay as they are typed. BadInput for a value or a row that does not fit.
        """
        return "".join(self.parts(values, examples, shots))

    def parts(
        self, values: Mapping[str, Value], examples: Sequence[Sequence[str]] | None = None, shots: int = 0
    ) -> tuple[str, str]:
        """That prompt in two: what the finished text leaves out, and what it begins with."""
        if unknown := [name for name in values if name not in self.defaults]:
            raise BadInput(
                mark("The desk {desk} has no field {name}; its fields are: {known}."),
                desk=self.title,
                name=unknown[0],
                known=", ".join(self.defaults),
            )
        filled = {one.name: _checked(one, values.get(one.name, one.default)) for one in self.fields}
        before, mark_, after = _fill(self.template, filled | {START: _START}).partition(_START)
        after = after.rstrip(" \t")
        if not mark_:
            before, after = "", before.rstrip(" \t")
        elif not after:
            before = before.rstrip(" \t")
        return self.head(examples, shots) + before, after

    def head(self, examples: Sequence[Sequence[str]] | None = None, shots: int = 0) -> str:
        """What stands before the task in that prompt: the opening and the examples."""
        rows = self.examples if examples is None else examples
        if not 0 <= shots <= len(rows):
            raise BadInput(
                mark("The desk {desk} has {count} examples, not {shots}."),
                desk=self.title,
                count=len(rows),
                shots=shots,
            )
        parts = [self.opening] if self.opening else []
        names = [*(one.name for one in self.fields), ANSWER]
        for number, row in enumerate(rows[:shots], 1):
            if len(row) != len(names):
                raise BadInput(
                    mark("Example {number} of the desk {desk} has {given} entries, not {count}: {columns}."),
                    number=number,
                    desk=self.title,
                    given=len(row),
                    count=len(names),
                    columns=", ".join(self.columns),
                )
            filled = {name: _clean(text) for name, text in zip(names, row, strict=True)} | {START: ""}
            parts.append(_fill(self.example_pattern, filled).strip("\n").rstrip())
        return "".join(part + self.separator for part in parts)

    @property
    def example_pattern(self) -> str:
        """How an example is written: as the file says, else as the task with the answer behind it."""
        if self.example:
            return self.example
        task = self.template.replace(f"{{{START}}}", "")
        joined = "" if task[-1:].isspace() or self.language.startswith("zh") else " "
        return f"{task}{joined}{{{ANSWER}}}"


def _checked(field: Field, value: Value) -> str:
    """The value as it stands in a prompt; BadInput where the field cannot have it."""
    text = _clean(str(value))
    if field.kind == LONG_TEXT:
        return text
    text = " ".join(text.split("\n")).strip()
    if field.kind == CHOICE and text and text not in field.choices and not _is_drawn(text):
        raise BadInput(
            mark("{name} cannot be {value}; choose one of: {choices}."),
            name=field.title,
            value=text,
            choices=", ".join(field.choices),
        )
    if field.kind == NUMBER and text and not _is_drawn(text):
        _in_bounds(field, text)
    return text


def _is_drawn(text: str) -> bool:
    """Is it a wildcard, of which nobody knows yet what it becomes?"""
    return "{" in text or "__" in text


def _in_bounds(field: Field, text: str) -> None:
    low = float("-inf") if field.low is None else field.low
    high = float("inf") if field.high is None else field.high
    try:
        fits = low <= float(text) <= high
    except ValueError:
        fits = False
    if fits:
        return
    if field.low is None or field.high is None:
        raise BadInput(mark("{name} cannot be {value}; give a number."), name=field.title, value=text)
    raise BadInput(
        mark("{name} cannot be {value}; give a number from {low} to {high}."),
        name=field.title,
        value=text,
        low=field.low,
        high=field.high,
    )


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace(_START, "").strip("\n")


def _fill(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its `{names}` filled; a line of nothing but empty fields is left out, unless it is the last."""
    lines, kept, started = pattern.split("\n"), [], ""
    for line in lines[:-1]:
        if _is_empty(line, values):
            started = f"{{{START}}}" if f"{{{START}}}" in line else started
        else:
            kept.append(started + line)
            started = ""
    filled = "\n".join([*kept, started + lines[-1]])
    return PLACE.sub(lambda one: one[0][1:] if one[1] else values.get(one[2], one[0]), filled)


def _is_empty(line: str, values: Mapping[str, str]) -> bool:
    asked = [values[one[2]] for one in PLACE.finditer(line) if not one[1] and one[2] in values and one[2] != START]
    return bool(asked) and not any(text.strip() for text in asked)
