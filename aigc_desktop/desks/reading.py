"""The file of a desk, which anybody may have written: read, checked, or refused in one sentence that says where."""

import math
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aigc_desktop.desks.desk import ANSWER, CHOICE, KINDS, NAME, NUMBER, PLACE, START, TEXT, Desk, Field
from aigc_desktop.i18n import LANGUAGES, mark
from aigc_desktop.problems import BadInput, Sentence

FORMAT = 1
LARGEST = 256 << 10  # bytes of a file
LONG = 100_000  # characters of a pattern or an example
SHORT = 200  # of a title, a choice, a stop word
MOST_FIELDS, MOST_CHOICES, MOST_EXAMPLES, MOST_STOPS, MOST_SETTINGS = 40, 200, 200, 20, 50

KEYS = (
    "format", "title", "language", "about", "order", "opening", "template", "example", "separator", "answer", "stop",
    "fields", "examples", "settings",
)  # fmt: skip
FIELD_KEYS = ("name", "title", "kind", "help", "default", "choices", "low", "high")
_MISSING = object()


class _Wrong(Exception):
    """What is wrong inside the file."""

    def __init__(self, pattern: str, **values: Any):
        self.sentence = Sentence(pattern, values)


def parse(text: str, id: str, *, path: Path | None = None, own: bool = True) -> Desk:
    """The desk that a text in TOML describes; BadInput where it is none. `path` is the file it was read from."""
    try:
        return _desk(_table(text), id, path, own)
    except _Wrong as wrong:
        raise BadInput(
            mark("The desk {desk} cannot be used: {reason}"), desk=path or f"{id}.toml", reason=wrong.sentence
        ) from None


def _table(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise _Wrong(mark("it is too big; at most {size} KB are read."), size=LARGEST >> 10)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _Wrong(mark("it holds characters that are no text."))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        if line is None:
            raise _Wrong(mark("it is no TOML ({reason})."), reason=str(error)) from None
        raise _Wrong(
            mark("line {line} is no TOML ({reason})."), line=int(line[1]), reason=str(error).split(" (at line")[0]
        ) from None
    except (RecursionError, ValueError, OverflowError):  # nested too deep, a number of thousands of digits
        raise _Wrong(mark("it is no TOML that can be read.")) from None


def _desk(table: dict[str, Any], id: str, path: Path | None, own: bool) -> Desk:
    _only(table, KEYS, "")
    version = _whole(table, "format", FORMAT)
    if version != FORMAT:
        raise _Wrong(
            mark("it is written in format {theirs}; this version reads format {ours}."), theirs=version, ours=FORMAT
        )
    fields = tuple(_field(one, f"fields {place}") for place, one in _tables(table, "fields", MOST_FIELDS))
    names = [one.name for one in fields]
    if twice := [name for name in names if names.count(name) > 1]:
        raise _Wrong(mark("two fields are called {name}."), name=twice[0])
    template = _text(table, "template", longest=LONG)
    if not template.strip():
        raise _Wrong(mark("{key} is empty."), key="template")
    example = _text(table, "example", "", longest=LONG)
    _names_fields(template, "template", [*names, START])
    _names_fields(example, "example", [*names, ANSWER])
    if len(re.findall(rf"(?<!\\)\{{{START}\}}", template)) > 1:
        raise _Wrong(mark("{key} holds {place} more than once."), key="template", place=f"{{{START}}}")
    if example and f"{{{ANSWER}}}" not in example:
        raise _Wrong(mark("the pattern {key} lacks {place}."), key="example", place=f"{{{ANSWER}}}")
    return Desk(
        id=id,
        title=_line(table, "title"),
        template=template,
        about=_text(table, "about", "", longest=LONG),
        language=_one_of(table, "language", LANGUAGES, "en"),
        fields=fields,
        answer=_line(table, "answer", ""),
        opening=_text(table, "opening", "", longest=LONG).strip("\n"),
        example=example,
        separator=_text(table, "separator", "\n\n"),
        examples=tuple(_example(one, names, place) for place, one in _tables(table, "examples", MOST_EXAMPLES)),
        stop=_texts(table, "stop", MOST_STOPS),
        params=_settings(table),
        order=_whole(table, "order", 100),
        own=own,
        path=path,
    )


def _field(table: dict[str, Any], where: str) -> Field:
    _only(table, FIELD_KEYS, where)
    name = _line(table, "name", where=where)
    if not NAME.fullmatch(name) or name in (ANSWER, START):
        raise _Wrong(
            mark("{where}: a field cannot be called {name}; use small letters a to z, digits and _."),
            where=where,
            name=name,
        )
    kind = _one_of(table, "kind", KINDS, TEXT, where)
    choices = _texts(table, "choices", MOST_CHOICES, where)
    if (kind == CHOICE) != bool(choices):
        raise _Wrong(
            mark("{where}: a field of the kind {kind} needs {key}, and no other has them."),
            where=where,
            kind=CHOICE,
            key="choices",
        )
    low, high = _number(table, "low", where), _number(table, "high", where)
    if kind != NUMBER and (low is not None or high is not None):
        raise _Wrong(
            mark("{where}: only a field of the kind {kind} has {key}."), where=where, kind=NUMBER, key="low, high"
        )
    if low is not None and high is not None and low > high:
        raise _Wrong(mark("{where}: {low} is more than {high}."), where=where, low=low, high=high)
    field = Field(
        name=name,
        title=_line(table, "title", name, where),
        kind=kind,
        help=_text(table, "help", "", where, 2000),
        default=_default(table, kind, choices, where),
        choices=choices,
        low=low,
        high=high,
    )
    if (
        kind == NUMBER
        and field.default
        and not (low if low is not None else -math.inf)
        <= float(field.default)
        <= (high if high is not None else math.inf)
    ):
        raise _Wrong(mark("{where}: the default {value} is out of bounds."), where=where, value=field.default)
    return field


def _default(table: dict[str, Any], kind: str, choices: tuple[str, ...], where: str) -> str:
    if kind == NUMBER:
        number = _number(table, "default", where)
        return "" if number is None else format(number, ".15g")
    text = _text(table, "default", choices[0] if kind == CHOICE else "", where, LONG)
    if kind == CHOICE and text not in choices:
        raise _Wrong(mark("{where}: the default {value} is none of the choices."), where=where, value=text)
    return text


def _example(table: dict[str, Any], names: list[str], place: int) -> tuple[str, ...]:
    where = f"examples {place}"
    _only(table, [*names, ANSWER], where)
    row = []
    for name in [*names, ANSWER]:
        value = table.get(name, "" if name != ANSWER else _MISSING)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        row.append(_text({name: value} if value is not _MISSING else {}, name, where=where, longest=LONG).strip("\n"))
    return tuple(row)


def _settings(table: dict[str, Any]) -> dict[str, str | int | float | bool]:
    found = table.get("settings", {})
    if not isinstance(found, dict):
        raise _Wrong(mark("{key} must be a table: [{key}], and below it a line for each."), key="settings")
    if len(found) > MOST_SETTINGS:
        raise _Wrong(mark("{key} has more than {count} entries."), key="settings", count=MOST_SETTINGS)
    for name, value in found.items():
        fine = isinstance(value, str | int | float) and abs(value if isinstance(value, int | float) else 0) < 2**63
        if not fine or len(str(value)) > LONG:
            raise _Wrong(mark("{key} must be a text, a number, true or false."), key=f"settings.{name}")
    return found


def _names_fields(pattern: str, key: str, names: list[str]) -> None:
    for place in PLACE.finditer(pattern):
        if place[1] or place[2] in names:
            continue
        if place[2] == ANSWER:
            raise _Wrong(mark("{key} ends where the answer begins, and cannot hold {place}."), key=key, place=place[0])
        raise _Wrong(
            mark("{key} asks for the field {name}, which is not there; write {escaped} if it should stay as it is."),
            key=key,
            name=place[2],
            escaped="\\" + place[0],
        )


# One value each: of the right type, not too long, else what is wrong with it ---------------------------------------------


def _only(table: dict[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise _Wrong(
                mark("there is no {key}; what can stand here: {known}."),
                key=f"{where}.{key}" if where else key,
                known=", ".join(known),
            )


def _tables(table: dict[str, Any], key: str, most: int) -> list[tuple[int, dict[str, Any]]]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _Wrong(mark("each of the {key} must be a table of its own, headed [[{key}]]."), key=key)
    if len(found) > most:
        raise _Wrong(mark("{key} has more than {count} entries."), key=key, count=most)
    return [*enumerate(found, 1)]


def _text(table: dict[str, Any], key: str, default: Any = _MISSING, where: str = "", longest: int = SHORT) -> str:
    value = table.get(key, default)
    name = f"{where}.{key}" if where else key
    if value is _MISSING:
        raise _Wrong(mark("{key} is missing."), key=name)
    if not isinstance(value, str):
        raise _Wrong(mark("{key} must be a text in quotes."), key=name)
    if len(value) > longest:
        raise _Wrong(mark("{key} is longer than {count} characters."), key=name, count=longest)
    return value.replace("\r\n", "\n")


def _line(table: dict[str, Any], key: str, default: Any = _MISSING, where: str = "") -> str:
    text = _text(table, key, default, where)
    if (default is _MISSING and not text.strip()) or not all(map(str.isprintable, text)):
        raise _Wrong(mark("{key} must be one line of text."), key=f"{where}.{key}" if where else key)
    return text


def _one_of(table: dict[str, Any], key: str, known: Iterable[str], default: str, where: str = "") -> str:
    text = _text(table, key, default, where)
    if text not in known:
        raise _Wrong(
            mark("{key} cannot be {value}; choose one of: {choices}."),
            key=f"{where}.{key}" if where else key,
            value=text,
            choices=", ".join(known),
        )
    return text


def _texts(table: dict[str, Any], key: str, most: int, where: str = "") -> tuple[str, ...]:
    found, name = table.get(key, []), f"{where}.{key}" if where else key
    if not isinstance(found, list) or not all(isinstance(one, str) and 0 < len(one) <= SHORT for one in found):
        raise _Wrong(mark('{key} must be a list of short texts: ["one", "two"].'), key=name)
    if len(found) > most:
        raise _Wrong(mark("{key} has more than {count} entries."), key=name, count=most)
    return tuple(dict.fromkeys(found))


def _number(table: dict[str, Any], key: str, where: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e15:
        raise _Wrong(mark("{key} must be a number."), key=f"{where}.{key}")
    return value


def _whole(table: dict[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**6:
        raise _Wrong(mark("{key} must be a whole number."), key=key)
    return value
