"""A desk as the text of its file, with a line of explanation where a user may want to change something."""

import json
import re

from aigc_desktop.desks.desk import ANSWER, Desk, Field
from aigc_desktop.desks.reading import FORMAT
from aigc_desktop.i18n import mark, tr


def write(desk: Desk) -> str:
    """The TOML of a desk; reading it gives the same desk again (but for id, path and whose it is)."""
    parts = [
        _comment(mark("A writing desk of AIGC Desktop: a form that builds the prompt of a language model.")),
        f"format = {FORMAT}",
        f"title = {_text(desk.title)}",
        f"language = {_text(desk.language)}",
        f"about = {_text(desk.about)}",
        *([f"order = {desk.order}"] if desk.order != 100 else []),
        "",
        _comment(
            mark("The task, as the model reads it: {names} are the fields below. It ends where the model goes on.")
        ),
        _comment(mark("The finished text begins at {start}; what stands before that is left out of it.")),
        f"template = {_text(desk.template, block=True)}",
        "",
        _comment(mark("How an example stands before it. Empty: the task with the answer behind it.")),
        f"example = {_text(desk.example, block=True)}",
        f"opening = {_text(desk.opening)}",
        f"separator = {_text(desk.separator)}",
        "",
        _comment(mark("The title of what the model writes, and the texts that it stops before.")),
        f"answer = {_text(desk.answer)}",
        f"stop = {_list(desk.stop)}",
        "",
        _comment(mark("Settings that suit this desk; a model that lacks one goes without.")),
        "[settings]",
        *(f"{_key(name)} = {_value(value)}" for name, value in desk.params.items()),
    ]
    for number, field in enumerate(desk.fields):
        parts.append("")
        if not number:
            parts.append(_comment(mark("What the form asks for. The kinds are: text, long text, choice, number.")))
        parts += _field(field)
    names = [*(one.name for one in desk.fields), ANSWER]
    for number, row in enumerate(desk.examples):
        parts.append("")
        if not number:
            parts.append(_comment(mark("Examples: each field, and the answer as it should be.")))
        parts += ["[[examples]]", *(f"{name} = {_text(text, True)}" for name, text in zip(names, row, strict=True))]
    return "\n".join(parts) + "\n"


def _field(field: Field) -> list[str]:
    lines = [
        "[[fields]]",
        f"name = {_text(field.name)}",
        f"title = {_text(field.title)}",
        f"kind = {_text(field.kind)}",
    ]
    if field.help:
        lines.append(f"help = {_text(field.help)}")
    if field.choices:
        lines.append(f"choices = {_list(field.choices)}")
    if field.default:
        lines.append(f"default = {field.default if field.kind == 'number' else _text(field.default, block=True)}")
    lines += [f"{key} = {value}" for key, value in (("low", field.low), ("high", field.high)) if value is not None]
    return lines


def _comment(text: str) -> str:
    return "# " + " ".join(tr(text).split())


def _text(text: str, block: bool = False) -> str:
    """The text in quotes, one of several lines as a block."""
    quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if not block or "\n" not in text:
        return quoted
    lines = re.sub(r"\\(.)", lambda one: "\n" if one[1] == "n" else one[0], quoted[1:-1])
    if '""' not in text and not text.endswith('"'):
        lines = lines.replace('\\"', '"')
    return f'"""\n{lines}"""'


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _text(name)


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)
