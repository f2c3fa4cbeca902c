"""Parameters: described once, checked everywhere."""

from typing import Literal

import pytest

from aigc_desktop.engine.params import Params, Picture, Pictures, Prompt, Training, describe, field, make, parse
from aigc_desktop.problems import BadInput


class Sample(Params):
    width: int = field(8, ge=2, le=64, title="Width", help="How wide.")
    rate: float = field(0.5, ge=0, le=1, title="Rate", help="How fast.", advanced=True)
    loud: bool = field(False, title="Loud", help="Whether.")
    cell: Literal["a", "b"] = field("a", title="Cell", help="Which.", choices={"a": "First", "b": "Second"})
    prompt: Prompt = field("", title="Prompt", help="What.")
    start: Picture | None = field(None, title="Start", help="From what.")


def test_describe() -> None:
    width, rate, loud, cell, prompt, start = describe(Sample)
    assert (width.kind, width.low, width.high, width.default) == ("int", 2, 64, 8)
    assert rate.advanced and rate.kind == "float" and loud.kind == "bool"
    assert cell.choices == {"a": "First", "b": "Second"}
    assert prompt.kind == "prompt" and (start.kind, start.optional) == ("picture", True)
    assert width.to_json() == {
        "name": "width", "kind": "int", "default": 8, "title": "Width", "help": "How wide.", "min": 2, "max": 64,
        "unit": "", "optional": False, "advanced": False,
    }  # fmt: skip


def test_own_parameters_come_before_inherited_ones() -> None:
    class Mine(Training):
        depth: int = field(2, ge=1, le=9, title="Depth", help="How deep.")

    names = [one.name for one in describe(Mine)]
    assert names[0] == "depth" and "max_seconds" in names and "precision" in names


def test_parse_gives_typed_values() -> None:
    values = parse(Sample, ["width=9", "rate=0.25", "loud=true", "prompt=a=b", "start=none"])
    assert values == {"width": 9, "rate": 0.25, "loud": True, "prompt": "a=b", "start": None}


def test_a_setting_may_count_only_beside_another() -> None:
    class Modes(Params):
        mode: Literal["new", "morph"] = field("new", title="Mode", help="What.")
        files: Pictures = field([], title="Files", help="From what.", when={"mode": ("morph",)})

    _, files = describe(Modes)
    assert files.kind == "pictures" and files.to_json()["when"] == {"mode": ["morph"]}
    assert files.applies({"mode": "morph"}) and not files.applies({"mode": "new"})
    assert parse(Modes, ["files=a=1.png", "mode=morph", "files=b.png"])["files"] == ["a=1.png", "b.png"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"witdh": 9}, "did you mean width?"),
        ({"xyzzy": 1}, "the settings are: width, rate"),
        ({"width": 1}, "width cannot be 1; give a whole number from 2 to 64."),
        ({"width": "many"}, "width cannot be many; give a whole number"),
        ({"rate": float("nan")}, "rate cannot be nan; give a number from 0"),
        ({"cell": "c"}, "choose one of: a, b"),
    ],
)
def test_bad_values_are_one_sentence(values: dict, sentence: str) -> None:
    with pytest.raises(BadInput) as problem:
        make(Sample, values)
    assert sentence in str(problem.value) and "\n" not in str(problem.value)


def test_an_assignment_needs_an_equals_sign() -> None:
    with pytest.raises(BadInput, match="NAME=VALUE"):
        parse(Sample, ["width"])


def test_params_are_frozen_json() -> None:
    sample = make(Sample, {"width": 4})
    with pytest.raises(ValueError):
        sample.width = 5  # type: ignore[misc]
    assert Sample.model_validate_json(sample.model_dump_json()) == sample
